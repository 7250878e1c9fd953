// SPDX-License-Identifier: Apache-2.0
//
// Where do the lines of a log begin and end? The bottom of every text log: a file comes in buffers,
// in order, and goes out as lines, in one pass and in memory that no line can grow. Newlines are
// found by memchr; the look for NUL bytes is a second memchr over a piece that is still in the
// cache, so it costs next to nothing. Runs of NULs are the holes that stay where a log was cut
// while its writer kept its place (copytruncate), or where a crash lost data blocks, so a run of
// kNulRun or more is no text: it ends the line before it, and the next line starts behind it. A
// carriage return stays in the text, because hiding behind one is a known trick. A file in UTF-16
// or UTF-32 gives lines of half characters: this is for bytes. Covered by text_scan_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace genba::parse {

/// How many bytes of a line are kept; the rest is only counted. rsyslog's own limit is 8 KiB.
inline constexpr size_t kKeptLine = size_t{64} << 10;
/// NUL bytes in a row that make a hole instead of text.
inline constexpr uint64_t kNulRun = 16;
/// How many runs of NULs are kept for one file; the others are counted.
inline constexpr size_t kMaxNulRuns = 64;

/// One line of a log, without its newline.
struct LogLine {
  std::string_view text;  ///< its first kKeptLine bytes, a carriage return and short NUL runs too
  uint64_t offset = 0;    ///< of its first byte in the file
  uint64_t number = 0;    ///< 1 and the newlines before it; both halves around a hole have the same
  uint64_t length = 0;    ///< of the whole line, which may be more than text.size()
  bool ended = true;      ///< false when the file or a hole ended it, not a newline
};

/// A hole: `length` NUL bytes in a row.
struct NulRun {
  uint64_t offset = 0;
  uint64_t length = 0;

  friend bool operator==(const NulRun&, const NulRun&) = default;
};

/// Gives the lines of one file. Feed its buffers in order, of any sizes, then call end once.
class LineSplitter {
 public:
  /// Calls `found(const LogLine&)` for every line that ends in `buffer`. The text is a view into
  /// `buffer` when the line is whole in it and without NULs, else into a buffer of our own; either
  /// is valid only until `found` returns. Time is linear in the bytes, whatever they are.
  template <class Found>
  void feed(std::string_view buffer, Found&& found);

  /// Gives the line that no newline ended, if there is one.
  template <class Found>
  void end(Found&& found);

  /// Bytes fed.
  uint64_t bytes() const { return bytes_; }
  /// Lines given; an empty line counts.
  uint64_t lines() const { return lines_; }
  /// The first kMaxNulRuns holes, in order; complete after end.
  const std::vector<NulRun>& nul_runs() const { return nul_runs_; }
  /// Holes met, kept or not.
  uint64_t nul_runs_met() const { return nul_runs_met_; }

 private:
  // Where NULs stand in one buffer, looked for a piece ahead of the lines.
  class NulSearch {
   public:
    explicit NulSearch(std::string_view buffer) : buffer_(buffer) {}
    bool any_in(size_t from, size_t stop) { return stop > clean_ && search(from, stop); }

   private:
    bool search(size_t from, size_t stop);

    std::string_view buffer_;
    size_t clean_ = 0;     // no NUL from the last `from` up to here
    bool is_nul_ = false;  // and one here
  };

  bool has_open_line() const { return length_ != 0 || nuls_ != 0; }
  void keep(std::string_view part, uint64_t offset);
  void keep_nuls();
  void note_hole();
  size_t take_nuls(std::string_view part, uint64_t offset);

  template <class Found>
  void give(const LogLine& line, Found& found) {
    ++lines_;
    found(line);
  }
  template <class Found>
  void give_open_line(bool ended, Found& found);
  template <class Found>
  void settle_nuls(Found& found);
  template <class Found>
  void take(std::string_view part, uint64_t offset, Found& found);

  uint64_t bytes_ = 0;
  uint64_t lines_ = 0;
  uint64_t newlines_ = 0;
  std::string kept_;          // the open line's text
  uint64_t open_offset_ = 0;  // where the open line begins
  uint64_t length_ = 0;       // of the open line, without the NULs below
  uint64_t nuls_ = 0;         // NULs at the end of what was fed; text or hole is not known yet
  uint64_t nuls_offset_ = 0;
  std::vector<NulRun> nul_runs_;
  uint64_t nul_runs_met_ = 0;
};

template <class Found>
void LineSplitter::give_open_line(bool ended, Found& found) {
  give(LogLine{kept_, open_offset_, newlines_ + 1, length_, ended}, found);
  kept_.clear();
  length_ = 0;
}

// Decides what the NULs before this place are.
template <class Found>
void LineSplitter::settle_nuls(Found& found) {
  if (nuls_ >= kNulRun) {
    if (length_ != 0) {
      give_open_line(false, found);
    }
    note_hole();
  } else if (nuls_ != 0) {
    keep_nuls();
  }
  nuls_ = 0;
}

// A part of a line that holds NULs or crosses the end of a buffer.
template <class Found>
void LineSplitter::take(std::string_view part, uint64_t offset, Found& found) {
  while (!part.empty()) {
    const size_t text = std::min(part.find('\0'), part.size());
    if (text != 0) {
      settle_nuls(found);
      keep(part.substr(0, text), offset);
    }
    const size_t taken = text + take_nuls(part.substr(text), offset + text);
    part.remove_prefix(taken);
    offset += taken;
  }
}

template <class Found>
void LineSplitter::feed(std::string_view buffer, Found&& found) {
  NulSearch nuls(buffer);
  const char* const begin = buffer.data();
  size_t at = 0;
  while (at < buffer.size()) {
    const void* const newline = std::memchr(begin + at, '\n', buffer.size() - at);
    const size_t stop = newline != nullptr
                            ? static_cast<size_t>(static_cast<const char*>(newline) - begin)
                            : buffer.size();
    const std::string_view part(begin + at, stop - at);
    const uint64_t offset = bytes_ + at;
    if (newline != nullptr && !has_open_line() && !nuls.any_in(at, stop)) [[likely]] {
      give(LogLine{part.substr(0, kKeptLine), offset, newlines_ + 1, part.size(), true}, found);
    } else {
      take(part, offset, found);
      if (newline == nullptr) {
        break;
      }
      settle_nuls(found);
      if (length_ == 0) {
        open_offset_ = bytes_ + stop;
      }
      give_open_line(true, found);
    }
    ++newlines_;
    at = stop + 1;
  }
  bytes_ += buffer.size();
}

template <class Found>
void LineSplitter::end(Found&& found) {
  settle_nuls(found);
  if (length_ != 0) {
    give_open_line(false, found);
  }
}

}  // namespace genba::parse
