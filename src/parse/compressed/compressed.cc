// SPDX-License-Identifier: Apache-2.0
#include "parse/compressed/compressed.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "parse/compressed/codec.h"

namespace genba::parse {

namespace {

constexpr size_t kMaxNotes = 64;
// What a damaged file may cost in bytes decoded again, before it has earned more by its length.
constexpr uint64_t kFirstLookBack = uint64_t{64} << 10;
// gzip's length field behind a checksum that was wrong, or the reverse.
constexpr uint64_t kTailBehindChecksum = 8;
// Index and footer of an xz stream of some ten thousand blocks.
constexpr uint64_t kLongestTail = uint64_t{64} << 10;

std::unique_ptr<Codec> make_codec(Compression compression, size_t memory) {
  switch (compression) {
    case Compression::kGzip: return make_gzip_codec();
    case Compression::kXz: return make_xz_codec(memory);
    case Compression::kZstd: return make_zstd_codec(memory);
    case Compression::kBzip2: return make_bzip2_codec();
    case Compression::kNone: break;
  }
  return nullptr;
}

std::string joined(std::string_view first, std::string_view second, std::string_view third = {}) {
  std::string text(first);
  text.append(second);
  text.append(third);
  return text;
}

}  // namespace

Compression detect_compression(std::string_view head) {
  if (head.size() < 6) {
    return Compression::kNone;
  }
  const auto at = [head](size_t i) { return static_cast<unsigned char>(head[i]); };
  if (head.starts_with("\x1f\x8b\x08") && (at(3) & 0xE0) == 0) {
    return Compression::kGzip;
  }
  if (head.substr(0, 6) == std::string_view("\xfd"
                                            "7zXZ\0",
                                            6)) {
    return Compression::kXz;
  }
  const bool is_skippable = (at(0) & 0xF0) == 0x50 && head.substr(1, 3) == "\x2a\x4d\x18";
  if (head.starts_with("\x28\xb5\x2f\xfd") || is_skippable) {
    return Compression::kZstd;
  }
  // A block's magic, or that of the stream's end, begins behind the level.
  const bool is_bzip2 = head.starts_with("BZh") && head[3] >= '1' && head[3] <= '9' &&
                        (head.substr(4, 2) == "1A" || head.substr(4, 2) == "\x17\x72");
  return is_bzip2 ? Compression::kBzip2 : Compression::kNone;
}

std::string_view to_string(Compression compression) {
  switch (compression) {
    case Compression::kNone: return "";
    case Compression::kGzip: return "gzip";
    case Compression::kXz: return "xz";
    case Compression::kZstd: return "zstd";
    case Compression::kBzip2: return "bzip2";
  }
  return "";
}

std::unique_ptr<Decompressor> Decompressor::make(Compression compression,
                                                 const DecompressionLimits& limits) {
  return std::unique_ptr<Decompressor>(new Decompressor(compression, limits));
}

Decompressor::Decompressor(Compression compression, const DecompressionLimits& limits)
    : compression_(compression),
      limits_(limits),
      codec_(make_codec(compression, limits.memory)),
      look_back_budget_(kFirstLookBack) {}

Decompressor::~Decompressor() = default;

std::vector<base::Note> Decompressor::take_notes() {
  return std::exchange(notes_, {});
}

void Decompressor::note(uint64_t offset, uint64_t bytes, std::string reason) {
  if (notes_made_ < kMaxNotes) {
    ++notes_made_;
    notes_.push_back({std::string(to_string(compression_)), offset, bytes, std::move(reason)});
  } else if (!notes_.empty()) {
    notes_.back().bytes += bytes;
  } else {
    // The last note was taken already: a new one, so that no loss goes untold.
    notes_.push_back({std::string(to_string(compression_)), offset, bytes,
                      "more damage than is told one by one"});
  }
}

void Decompressor::drop_held(size_t count) {
  std::memmove(held_.data(), held_.data() + count, held_size_ - count);
  held_size_ -= count;
}

Decompressor::Step Decompressor::finish_step(Work& work, State state) {
  consumed_ += work.at;
  return {work.at, work.produced, state};
}

Decompressor::Step Decompressor::copy(Work& work) {
  const size_t count = std::min(work.input.size(), work.output.size());
  if (count != 0) {
    std::memcpy(work.output.data(), work.input.data(), count);
  }
  work.at = work.produced = count;
  const bool is_end = count == work.input.size() && work.end == InputEnd::kReached;
  return finish_step(work, is_end ? State::kEnd : State::kMore);
}

bool Decompressor::is_over_limit(const Work& work) {
  const uint64_t taken = std::max<uint64_t>(consumed_ + work.at, 1);
  const bool is_long = produced_ >= limits_.total;
  if (!is_long && (produced_ <= limits_.free || produced_ / taken < limits_.ratio)) {
    return false;
  }
  phase_ = Phase::kLimited;
  note(offset(work), 0,
       joined("stopped after ", std::to_string(produced_),
              is_long ? " bytes: the limit for one file"
                      : " bytes: no honest log is compressed so well"));
  return true;
}

void Decompressor::begin_search(uint64_t from, std::string_view reason, uint64_t quiet) {
  phase_ = Phase::kSearching;
  search_start_ = from;
  search_reason_ = reason;
  search_quiet_ = quiet;
}

void Decompressor::end_search(uint64_t to) {
  const uint64_t lost = to > search_start_ ? to - search_start_ : 0;
  if (!search_reason_.empty() && (lost > search_quiet_ || search_quiet_ == 0)) {
    note(search_start_, lost, search_reason_);
  }
  search_reason_.clear();
}

// Over what need not be looked at byte by byte.
void Decompressor::pass_over(Work& work) {
  const bool is_searching = phase_ == Phase::kSearching;
  if (!is_searching && (members_ == 0 || !codec_->allows_padding())) {
    return;
  }
  const auto passed = [&](std::string_view bytes) {
    return is_searching ? codec_->next_candidate(bytes)
                        : std::min(bytes.find_first_not_of('\0'), bytes.size());
  };
  drop_held(passed(held()));
  if (held_size_ == 0) {
    work.at += passed(work.input.substr(work.at));
  }
}

void Decompressor::fill_head(Work& work) {
  const size_t count = std::min(held_.size() - held_size_, work.input.size() - work.at);
  if (count != 0) {
    std::memcpy(held_.data() + held_size_, work.input.data() + work.at, count);
  }
  held_size_ += count;
  work.at += count;
}

// Moves to the next member's head, which is then held.
Decompressor::Finding Decompressor::find_member(Work& work) {
  for (;;) {
    pass_over(work);
    fill_head(work);
    const bool is_all = work.at == work.input.size();
    if (held_size_ == 0) {
      return work.end == InputEnd::kReached ? Finding::kEndOfFile : Finding::kNothing;
    }
    const HeadPlace place =
        phase_ == Phase::kSearching ? HeadPlace::kAnywhere : HeadPlace::kExpected;
    const Head head = codec_->look(held(), place);
    if (head == Head::kMember) {
      return Finding::kMember;
    }
    if (head == Head::kTooShort && is_all && work.end == InputEnd::kMoreFollows) {
      return Finding::kNothing;
    }
    if (phase_ == Phase::kBetween) {
      const std::string_view name = codec_->member_name();
      begin_search(offset(work),
                   head == Head::kTooShort ? joined("the file ends in the head of a ", name)
                                           : joined("not a ", name),
                   head == Head::kTail ? kLongestTail : 0);
    }
    drop_held(1);
  }
}

Decompressor::State Decompressor::start_member(Work& work) {
  member_start_ = offset(work);
  if (phase_ == Phase::kSearching) {
    end_search(member_start_);
  }
  // The held bytes came from this input, unless it is shorter than they are; a new search may
  // begin one byte behind the head's first.
  work.member_from = work.at >= held_size_ ? work.at - held_size_ + 1 : 0;
  phase_ = Phase::kInside;
  ++members_;
  const Outcome outcome = codec_->start();
  if (outcome == Outcome::kGoesOn) {
    return State::kMore;
  }
  return fail_member(work, outcome == Outcome::kTooMuchMemory
                               ? "asks for more memory than is allowed"
                               : "uses an option that is not supported");
}

// A member whose end was damaged decodes on into the next one's beginning: look for heads in what
// it swallowed of this input. The budget keeps bytes from being decoded more than twice.
void Decompressor::look_back(Work& work) {
  const size_t from = work.member_from;
  if (from >= work.at || work.at - from > look_back_budget_) {
    return;
  }
  look_back_budget_ -= work.at - from;
  for (size_t at = from; at < work.at; ++at) {
    at += codec_->next_candidate(work.input.substr(at, work.at - at));
    if (at < work.at &&
        codec_->look(work.input.substr(at, held_.size()), HeadPlace::kSwallowed) == Head::kMember) {
      work.at = at;
      return;
    }
  }
}

Decompressor::State Decompressor::fail_member(Work& work, std::string_view reason) {
  begin_search(offset(work), joined(codec_->member_name(), " ", reason), 0);
  if (held_size_ == 0) {
    look_back(work);
  } else if (offset(work) == member_start_) {
    // Its head itself is bad, and must not be found again.
    drop_held(1);
  }
  return State::kDamaged;
}

// One step of the member at hand. False when the call is over, with its state.
bool Decompressor::run_member(Work& work, State& state) {
  const std::string_view source = held_size_ != 0 ? held() : work.input.substr(work.at);
  const uint64_t room = std::min<uint64_t>(work.output.size() - work.produced,
                                           limits_.total - std::min(limits_.total, produced_));
  const Progress progress =
      codec_->run(source, work.output.subspan(work.produced, static_cast<size_t>(room)));
  if (held_size_ != 0) {
    drop_held(progress.consumed);
  } else {
    work.at += progress.consumed;
  }
  const uint64_t here = offset(work);
  look_back_budget_ += here > furthest_ ? here - furthest_ : 0;
  furthest_ = std::max(furthest_, here);
  work.produced += progress.produced;
  produced_ += progress.produced;
  switch (progress.outcome) {
    case Outcome::kGoesOn: break;
    case Outcome::kMemberEnds: phase_ = Phase::kBetween; return true;
    case Outcome::kWrongChecksum:
      note(member_start_, offset(work) - member_start_,
           joined(codec_->member_name(),
                  " has a wrong checksum: part of its text is not what was "
                  "written"));
      begin_search(offset(work), joined("not a ", codec_->member_name()), kTailBehindChecksum);
      state = State::kDamaged;
      return false;
    case Outcome::kDamaged: state = fail_member(work, "is damaged"); return false;
    case Outcome::kTooMuchMemory:
      state = fail_member(work, "asks for more memory than is allowed");
      return false;
    case Outcome::kUnsupported:
      state = fail_member(work, "uses an option that is not supported");
      return false;
  }
  if (progress.consumed != 0 || progress.produced != 0) {
    return true;
  }
  if (!source.empty()) {
    state = fail_member(work, "does not go on");
    return false;
  }
  if (work.end == InputEnd::kMoreFollows) {
    state = State::kMore;
    return false;
  }
  note(member_start_, offset(work) - member_start_,
       joined("the file ends inside a ", codec_->member_name()));
  phase_ = Phase::kEnded;
  return true;
}

Decompressor::Step Decompressor::decompress(std::span<const char> input, std::span<char> output,
                                            InputEnd end) {
  Work work{{input.data(), input.size()}, output, end};
  if (codec_ == nullptr) {
    return copy(work);
  }
  for (;;) {
    if (phase_ == Phase::kEnded) {
      return finish_step(work, State::kEnd);
    }
    if (phase_ == Phase::kLimited || is_over_limit(work)) {
      return finish_step(work, State::kLimit);
    }
    if (work.produced == output.size()) {
      return finish_step(work, State::kMore);
    }
    State state = State::kMore;
    if (phase_ == Phase::kInside) {
      if (!run_member(work, state)) {
        return finish_step(work, state);
      }
      continue;
    }
    switch (find_member(work)) {
      case Finding::kMember:
        if (start_member(work) == State::kDamaged) {
          return finish_step(work, State::kDamaged);
        }
        break;
      case Finding::kNothing: return finish_step(work, State::kMore);
      case Finding::kEndOfFile:
        if (phase_ == Phase::kSearching) {
          end_search(offset(work));
        }
        phase_ = Phase::kEnded;
        break;
    }
  }
}

}  // namespace genba::parse
