// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/rhythm.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace genba::collect::logs {

namespace {

int64_t bucket_of(int64_t seconds) {
  const int64_t bucket = seconds / Rhythm::kBucketSeconds;
  return seconds < 0 ? bucket - 1 : bucket;
}

// Orders counts by bucket and makes one of those of the same bucket.
template <class Counts>
void join_same(Counts& counts) {
  std::sort(counts.begin(), counts.end());
  size_t kept = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (kept > 0 && counts[kept - 1].first == counts[i].first) {
      counts[kept - 1].second += counts[i].second;
    } else {
      counts[kept++] = counts[i];
    }
  }
  counts.resize(kept);
}

size_t logarithm(int64_t seconds) {
  return static_cast<size_t>(std::bit_width(static_cast<uint64_t>(seconds)));
}

}  // namespace

void Rhythm::add_step(int64_t seconds, LineCode line) {
  if (lines_ == 1) {
    first_ = seconds;
    first_line_ = line;
  } else {
    const Step step{last_, seconds, line, file_};
    if (seconds > last_) {
      ++lengths_[std::min(logarithm(seconds - last_), lengths_.size() - 1)];
      keep_silence(step);
    } else if (last_ - seconds > kStepBack && steps_back_.size() < kMostSteps) {
      steps_back_.push_back(step);
    }
  }
  last_ = seconds;
  const int64_t bucket = bucket_of(seconds);
  if (counts_.empty() || counts_.back().first != bucket) {
    if (counts_.size() >= kMostCounts) {
      tidy_counts();
    }
    counts_.emplace_back(bucket, 0);
  }
  ++counts_.back().second;
}

// The lines of two hosts whose clocks differ come in turns, and each would be a count of its own.
void Rhythm::tidy_counts() {
  join_same(counts_);
  if (counts_.size() > kMostCounts / 2) {
    counts_.erase(counts_.begin(), counts_.end() - kMostCounts / 2);
  }
}

void Rhythm::keep_silence(const Step& silence) {
  const auto shorter = [](const Step& left, const Step& right) {
    return left.to - left.from > right.to - right.from;
  };
  if (silences_.size() == kMostSilences && !shorter(silence, silences_.back())) {
    return;
  }
  if (silences_.size() == kMostSilences) {
    silences_.pop_back();
  }
  silences_.insert(std::upper_bound(silences_.begin(), silences_.end(), silence, shorter), silence);
}

void Rhythm::append(const Rhythm& later) {
  if (later.lines_ == 0) {
    return;
  }
  if (lines_ == 0) {
    *this = later;
    return;
  }
  const Step between{last_, later.first_, later.first_line_, later.file_};
  if (between.to > between.from) {
    ++lengths_[std::min(logarithm(between.to - between.from), lengths_.size() - 1)];
    keep_silence(between);
  } else if (between.from - between.to > kStepBack && steps_back_.size() < kMostSteps) {
    steps_back_.push_back(between);
  }
  for (size_t i = 0; i < lengths_.size(); ++i) {
    lengths_[i] += later.lengths_[i];
  }
  for (const Step& silence : later.silences_) {
    keep_silence(silence);
  }
  for (const Step& step : later.steps_back_) {
    if (steps_back_.size() < kMostSteps) {
      steps_back_.push_back(step);
    }
  }
  if (counts_.size() + later.counts_.size() > kMostCounts) {
    tidy_counts();
  }
  counts_.insert(counts_.end(), later.counts_.begin(), later.counts_.end());
  lines_ += later.lines_;
  last_ = later.last_;
  file_ = later.file_;
}

int64_t Rhythm::usual_silence() const {
  uint64_t all = 0;
  for (const uint64_t count : lengths_) {
    all += count;
  }
  // One in a thousand is not usual, and of fewer the one.
  uint64_t left = std::max<uint64_t>(all / 1000, all > 1 ? 1 : 0);
  for (size_t i = lengths_.size(); i-- > 0;) {
    if (lengths_[i] > left) {
      return int64_t{1} << i;
    }
    left -= lengths_[i];
  }
  return 0;
}

size_t Rhythm::silences_from(int64_t seconds) const {
  return static_cast<size_t>(
      std::count_if(silences_.begin(), silences_.end(),
                    [&](const Step& silence) { return silence.to - silence.from >= seconds; }));
}

int64_t Rhythm::lines_within(int64_t from, int64_t to) const {
  int64_t lines = 0;
  const int64_t first = bucket_of(from) + 1;
  const int64_t last = bucket_of(to) - 1;
  for (const auto& [bucket, count] : counts_) {
    lines += bucket >= first && bucket <= last ? count : 0;
  }
  return lines;
}

void RhythmSum::add(const Rhythm& rhythm) {
  counts_.insert(counts_.end(), rhythm.counts_.begin(), rhythm.counts_.end());
  if (counts_.size() > room_) {
    join_same(counts_);
    room_ = std::max(room_, 2 * counts_.size());
  }
}

void RhythmSum::settle() {
  join_same(counts_);
  int64_t lines = 0;
  for (auto& [bucket, count] : counts_) {
    count = lines += count;
  }
}

int64_t RhythmSum::lines_within(int64_t from, int64_t to) const {
  const auto lines_before = [this](int64_t bucket) {
    const auto at =
        std::lower_bound(counts_.begin(), counts_.end(), bucket,
                         [](const auto& each, int64_t wanted) { return each.first < wanted; });
    return at == counts_.begin() ? 0 : std::prev(at)->second;
  };
  const int64_t first = bucket_of(from) + 1;
  const int64_t end = bucket_of(to);
  return first < end ? lines_before(end) - lines_before(first) : 0;
}

}  // namespace genba::collect::logs
