// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/text_source.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace genba::collect::logs {

namespace {

using base::Result;

constexpr size_t kBufferBytes = 1UL << 20;
// What a log may grow by while it is read; more would be read for ever.
constexpr uint64_t kGrowth = 64ULL << 20;
// A head that takes more packed bytes than it gives, and this, is of a file that gives nothing.
constexpr uint64_t kHeadInput = 16ULL << 20;

// Hands a file's bytes on, decompressed, until `take` returns false. No bytes mean a gap. Packed
// files can be long and give nothing (empty members), so before more of one is read, `goes_on` is
// asked with the bytes that it took so far.
class ByteStream {
 public:
  ByteStream(const host::FileReader& file, TextRead& read,
             std::function<bool(uint64_t input)> goes_on)
      : status_(file.status()), read_(read), goes_on_(std::move(goes_on)) {}

  Result<void> run(host::FileReader& file, const TextSource& source,
                   const std::function<bool(std::string_view)>& take) {
    return source.compression == parse::Compression::kNone ? run_plain(file, source, take)
                                                           : run_packed(file, source, take);
  }

 private:
  Result<void> run_plain(host::FileReader& file, const TextSource& source,
                         const std::function<bool(std::string_view)>& take) {
    std::string buffer(kBufferBytes, '\0');
    uint64_t offset = source.from;
    const uint64_t end = std::min(source.to, status_.size + kGrowth);
    while (offset < end) {
      const size_t want = std::min<uint64_t>(buffer.size(), end - offset);
      GENBA_TRY(const size_t size, file.read_at(offset, std::span(buffer).first(want)));
      if (size == 0 || !take(std::string_view(buffer).substr(0, size))) {
        break;
      }
      offset += size;
    }
    return {};
  }

  Result<void> run_packed(host::FileReader& file, const TextSource& source,
                          const std::function<bool(std::string_view)>& take) {
    const auto decompressor = parse::Decompressor::make(source.compression);
    std::string input(kBufferBytes / 4, '\0');
    std::string output(kBufferBytes, '\0');
    uint64_t offset = 0;
    bool at_end = false;
    bool stalled = false;
    size_t begin = 0;  // of what was not consumed
    size_t end = 0;
    while (true) {
      if (!at_end && (begin == end || stalled)) {
        if (offset > 0 && offset < status_.size && !goes_on_(offset)) {
          break;
        }
        std::copy(input.begin() + static_cast<std::ptrdiff_t>(begin),
                  input.begin() + static_cast<std::ptrdiff_t>(end), input.begin());
        end -= begin;
        begin = 0;
        GENBA_TRY(const size_t size, file.read_at(offset, std::span(input).subspan(end)));
        offset += size;
        end += size;
        at_end = size == 0;
      }
      const auto step = decompressor->decompress(
          std::span<const char>(input).subspan(begin, end - begin), output,
          at_end ? parse::InputEnd::kReached : parse::InputEnd::kMoreFollows);
      begin += step.consumed;
      stalled = step.consumed == 0 && step.produced == 0;
      if (step.produced > 0 && !take(std::string_view(output).substr(0, step.produced))) {
        break;
      }
      if (step.state == parse::Decompressor::State::kDamaged) {
        take({});  // a gap: what comes behind it is not the same line
      }
      if (step.state == parse::Decompressor::State::kEnd ||
          step.state == parse::Decompressor::State::kLimit) {
        break;
      }
    }
    read_.notes = decompressor->take_notes();
    for (base::Note& note : read_.notes) {
      note.source = source.path;
      read_.damaged_bytes += note.bytes;
    }
    read_.truncated = std::any_of(read_.notes.begin(), read_.notes.end(), [](const auto& note) {
      return note.reason.find("file ends") != std::string::npos;
    });
    return {};
  }

  const host::FileStatus& status_;
  TextRead& read_;
  std::function<bool(uint64_t input)> goes_on_;
};

}  // namespace

TextRead read_text(const host::Host& host, const TextSource& source,
                   std::chrono::steady_clock::time_point deadline,
                   const std::function<bool(const parse::LogLine&)>& found) {
  TextRead read;
  const auto file = host.open_file(source.path);
  if (!file) {
    read.error = file.error();
    return read;
  }
  parse::LineSplitter splitter;
  bool wanted = true;
  const auto each = [&](const parse::LogLine& line) {
    if (!wanted) {
      return;
    }
    read.lines = line.number;
    read.ended = line.ended;
    if (source.from == 0) {
      wanted = found(line);
      return;
    }
    parse::LogLine moved = line;
    moved.offset += source.from;
    wanted = found(moved);
  };
  const auto has_time = [&] {
    read.out_of_time = std::chrono::steady_clock::now() > deadline;
    return !read.out_of_time;
  };
  bool any = false;
  ByteStream stream(**file, read, [&](uint64_t) { return has_time(); });
  const auto done = stream.run(**file, source, [&](std::string_view bytes) {
    if (bytes.empty()) {
      splitter.end(each);
      return true;
    }
    // Asked before a piece, so that a file that ends with the one before it was read whole.
    if (any && !has_time()) {
      return false;
    }
    any = true;
    splitter.feed(bytes, each);
    return wanted;
  });
  if (!done) {
    read.error = done.error();
  }
  splitter.end(each);
  read.bytes = splitter.bytes();
  read.nul_runs = splitter.nul_runs();
  for (parse::NulRun& run : read.nul_runs) {
    run.offset += source.from;
  }
  return read;
}

Result<FileHead> read_head(const host::Host& host, std::string_view path, size_t most) {
  GENBA_TRY(const auto file, host.open_file(path));
  std::string magic(6, '\0');
  GENBA_TRY(const size_t size, file->read_at(0, magic));
  TextSource source;
  source.path = path;
  source.compression = parse::detect_compression(std::string_view(magic).substr(0, size));
  TextRead read;
  FileHead head;
  head.compression = source.compression;
  bool stopped = false;
  ByteStream stream(*file, read, [&](uint64_t input) { return input < most + kHeadInput; });
  GENBA_TRY_VOID(stream.run(*file, source, [&](std::string_view bytes) {
    head.bytes.append(bytes.substr(0, most - head.bytes.size()));
    stopped = head.bytes.size() == most;
    return !stopped;
  }));
  const bool packed = source.compression != parse::Compression::kNone;
  head.truncated = stopped && (packed || file->status().size > most);
  head.notes = std::move(read.notes);
  return head;
}

}  // namespace genba::collect::logs
