// SPDX-License-Identifier: Apache-2.0
//
// How does a log flow? Keeps, in little memory, when a log spoke, how long it is usually silent,
// its longest silences and where its times go back, so that lines which were taken out of it leave
// a trace: a silence that this log never had, while others spoke. The idea does not hold for a
// server that does almost nothing, where every silence is usual. Not thread-safe.
// Covered by rhythm_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "collect/logs/line_code.h"

namespace genba::collect::logs {

/// Two neighbouring lines with much time between them, or with the later time first.
struct Step {
  int64_t from = 0;   ///< seconds since 1970, of the line before
  int64_t to = 0;     ///< of the line after
  LineCode line = 0;  ///< of the line after
  uint16_t file = 0;
};

class Rhythm {
 public:
  /// Lines of at most so many seconds fall together when siblings are compared.
  static constexpr int64_t kBucketSeconds = 600;

  explicit Rhythm(uint16_t file = 0) : file_(file) {}

  /// The next line's time.
  void add(int64_t seconds, LineCode line) {
    ++lines_;
    if (seconds == last_ && lines_ > 1) {
      ++counts_.back().second;
      return;
    }
    add_step(seconds, line);
  }

  /// Puts a later part of the same log behind this one.
  void append(const Rhythm& later);

  int64_t lines() const { return lines_; }
  /// Of all lines, in seconds; meaningless without lines.
  int64_t first() const { return first_; }
  int64_t last() const { return last_; }
  /// The silence that all but one in a thousand of this log's silences keep within, in seconds
  /// (rounded up to a power of two), of those that are one second or longer.
  int64_t usual_silence() const;
  /// The longest silences, longest first; at most kMostSilences.
  const std::vector<Step>& silences() const { return silences_; }
  /// How many silences were as long as `seconds` or longer, as far as kept.
  size_t silences_from(int64_t seconds) const;
  /// Where the time went back by more than a minute; at most kMostSteps of them.
  const std::vector<Step>& steps_back() const { return steps_back_; }
  /// Lines with a time in (from, to), about: whole buckets that lie inside. Of a log whose lines
  /// fall into more than kMostCounts / 2 buckets, without those that lie furthest back.
  int64_t lines_within(int64_t from, int64_t to) const;

 private:
  static constexpr size_t kMostSilences = 24;
  static constexpr size_t kMostSteps = 64;
  static constexpr int64_t kStepBack = 60;
  // Five years, of a log whose times go forward.
  static constexpr size_t kMostCounts = size_t{1} << 18U;
  friend class RhythmSum;

  void tidy_counts();
  void add_step(int64_t seconds, LineCode line);
  void keep_silence(const Step& silence);

  uint16_t file_ = 0;
  int64_t lines_ = 0;
  int64_t first_ = 0;
  int64_t last_ = 0;
  LineCode first_line_ = 0;
  std::array<uint64_t, 40> lengths_{};  ///< silences by the logarithm of their seconds
  std::vector<Step> silences_;
  std::vector<Step> steps_back_;
  std::vector<std::pair<int64_t, uint32_t>> counts_;  ///< bucket and lines, as they came
};

/// The lines of all logs together.
class RhythmSum {
 public:
  void add(const Rhythm& rhythm);
  /// After the last: makes lines_within() ready.
  void settle();
  /// As Rhythm::lines_within.
  int64_t lines_within(int64_t from, int64_t to) const;

 private:
  std::vector<std::pair<int64_t, int64_t>> counts_;  ///< bucket and lines; at the end, up to it
  size_t room_ = size_t{1} << 20U;
};

}  // namespace genba::collect::logs
