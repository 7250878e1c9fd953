// SPDX-License-Identifier: Apache-2.0
//
// The TZif file format: a header, a data block with 32-bit times, and from version 2 on the same
// again with 64-bit times and a footer. Source: RFC 9636. Covered by zone_info_test.cc.
#include <string>
#include <utility>
#include <vector>

#include "base/cursor.h"
#include "parse/zone_info/zone_info.h"

namespace genba::parse {

namespace {

constexpr size_t kLargestFile = 1 << 20U;
constexpr uint64_t kMostTransitions = 20'000;  // the longest real file has some 240
constexpr uint64_t kMostLeapSeconds = 2'000;   // 28 by 2026
constexpr uint64_t kMostTypes = 256;           // a type's number is one byte
constexpr size_t kTypeSize = 6;

struct Counts {
  uint64_t utc_marks = 0;
  uint64_t standard_marks = 0;
  uint64_t leap_seconds = 0;
  uint64_t transitions = 0;
  uint64_t types = 0;
  uint64_t characters = 0;
};

struct LeapSecond {
  int64_t at = 0;          ///< counted with the leap seconds before it
  int64_t correction = 0;  ///< how many have passed from then on
};

tl::unexpected<base::Error> damaged(const char* what) {
  return base::fail(base::ErrorCode::kDamaged, std::string("time zone file: ") + what);
}

}  // namespace

/// Reads one file from front to end.
class TzifReader {
 public:
  explicit TzifReader(std::string_view bytes) : cursor_(bytes) {}

  base::Result<ZoneInfo> read() {
    GENBA_TRY_VOID(read_header());
    if (version_ >= '2') {
      if (!cursor_.skip(block_size(4))) {
        return damaged("its first block is cut off");
      }
      GENBA_TRY_VOID(read_header());
      GENBA_TRY_VOID(read_block(8));
      GENBA_TRY_VOID(read_footer());
    } else {
      GENBA_TRY_VOID(read_block(4));
    }
    return std::move(zone_);
  }

 private:
  using Done = base::Result<bool>;

  size_t block_size(size_t time_size) const {
    return static_cast<size_t>(counts_.transitions * (time_size + 1) + counts_.types * kTypeSize +
                               counts_.characters + counts_.leap_seconds * (time_size + 4) +
                               counts_.standard_marks + counts_.utc_marks);
  }

  Done read_header() {
    constexpr size_t kReserved = 15;
    const auto magic = cursor_.take(4);
    const auto version = cursor_.take(1);
    if (!magic || *magic != "TZif" || !version || !cursor_.skip(kReserved)) {
      return damaged("it does not begin as one");
    }
    version_ = (*version)[0];
    for (uint64_t* count : {&counts_.utc_marks, &counts_.standard_marks, &counts_.leap_seconds,
                            &counts_.transitions, &counts_.types, &counts_.characters}) {
      const auto value = cursor_.u32_be();
      if (!value) {
        return damaged("its header is cut off");
      }
      *count = *value;
    }
    return true;
  }

  int64_t take_time(size_t size) {
    const int64_t high = static_cast<int32_t>(*cursor_.u32_be());
    return size == 4 ? high
                     : static_cast<int64_t>(static_cast<uint64_t>(high) << 32U |
                                            static_cast<uint64_t>(*cursor_.u32_be()));
  }

  Done read_block(size_t time_size) {
    if (counts_.transitions > kMostTransitions || counts_.leap_seconds > kMostLeapSeconds ||
        counts_.types == 0 || counts_.types > kMostTypes) {
      return damaged("its counts are out of range");
    }
    // From here on nothing can be cut off: the whole block is there.
    if (cursor_.remaining() < block_size(time_size)) {
      return damaged("its data is cut off");
    }
    std::vector<ZoneInfo::Transition>& transitions = zone_.transitions_;
    for (uint64_t i = 0; i < counts_.transitions; ++i) {
      transitions.push_back({take_time(time_size), 0});
      if (i > 0 && transitions[i].at <= transitions[i - 1].at) {
        return damaged("its transitions are out of order");
      }
    }
    const std::string_view numbers = *cursor_.take(counts_.transitions);
    std::vector<int32_t> offsets;
    for (uint64_t i = 0; i < counts_.types; ++i) {
      offsets.push_back(static_cast<int32_t>(*cursor_.u32_be()));
      if (offsets.back() < -kMostSecondsWest || offsets.back() > kMostSecondsEast) {
        return damaged("an offset is out of range");
      }
      (void)cursor_.skip(kTypeSize - 4);
    }
    zone_.first_offset_ = offsets[0];
    for (size_t i = 0; i < transitions.size(); ++i) {
      const auto number = static_cast<uint8_t>(numbers[i]);
      if (number >= offsets.size()) {
        return damaged("a transition names no type");
      }
      transitions[i].offset = offsets[number];
    }
    (void)cursor_.skip(counts_.characters);
    GENBA_TRY_VOID(take_out_leap_seconds(time_size));
    (void)cursor_.skip(counts_.standard_marks + counts_.utc_marks);
    drop_what_changes_nothing();
    return true;
  }

  /// A "right/" file counts its times with leap seconds.
  Done take_out_leap_seconds(size_t time_size) {
    std::vector<LeapSecond> leaps;
    for (uint64_t i = 0; i < counts_.leap_seconds; ++i) {
      LeapSecond leap;
      leap.at = take_time(time_size);
      leap.correction = static_cast<int32_t>(*cursor_.u32_be());
      if (!leaps.empty() && leap.at <= leaps.back().at) {
        return damaged("its leap seconds are out of order");
      }
      leaps.push_back(leap);
    }
    size_t passed = 0;
    int64_t last = INT64_MIN;
    for (ZoneInfo::Transition& transition : zone_.transitions_) {
      while (passed < leaps.size() && leaps[passed].at <= transition.at) {
        ++passed;
      }
      if (passed > 0 &&
          __builtin_sub_overflow(transition.at, leaps[passed - 1].correction, &transition.at)) {
        return damaged("a time is out of range");
      }
      if (transition.at < last) {
        return damaged("its leap seconds put transitions out of order");
      }
      last = transition.at;
    }
    return true;
  }

  /// Many transitions change the name only, or whether it is called summer time. The last one
  /// stays: the footer's rule holds from there on, and not before.
  void drop_what_changes_nothing() {
    std::vector<ZoneInfo::Transition> kept;
    int32_t offset = zone_.first_offset_;
    for (const ZoneInfo::Transition& transition : zone_.transitions_) {
      if (transition.offset != offset || &transition == &zone_.transitions_.back()) {
        kept.push_back(transition);
      }
      offset = transition.offset;
    }
    zone_.transitions_ = std::move(kept);
  }

  Done read_footer() {
    const std::string_view rest = cursor_.rest();
    const size_t end = rest.find('\n', 1);
    if (!rest.starts_with('\n') || end == std::string_view::npos) {
      return damaged("its footer is cut off");
    }
    const std::string_view text = rest.substr(1, end - 1);
    if (text.empty()) {
      return true;
    }
    const auto rule = parse_posix_rule(text);
    if (!rule) {
      return damaged("its footer is not a rule");
    }
    zone_.rule_ = rule;
    return true;
  }

  base::Cursor cursor_;
  char version_ = '\0';
  Counts counts_;
  ZoneInfo zone_;
};

base::Result<ZoneInfo> ZoneInfo::parse_tzif(std::string_view bytes) {
  if (bytes.size() > kLargestFile) {
    return base::fail(base::ErrorCode::kTooLarge, "time zone file: larger than 1 MiB");
  }
  return TzifReader(bytes).read();
}

}  // namespace genba::parse
