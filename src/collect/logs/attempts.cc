// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/attempts.h"

#include <algorithm>
#include <limits>

namespace genba::collect::logs {

namespace {

// Episodes of one key that a new one is compared with: merged parts of a log come in any order, but
// a key with more than these is attacked all the time, and its rows are many anyway.
constexpr int kMostCompared = 8;

bool same_key(const Episode& left, const Episode& right) {
  return left.address == right.address && left.username == right.username && left.way == right.way;
}

uint64_t hash_of(const Episode& episode) {
  const uint32_t key[] = {episode.address, episode.username, episode.way};
  return XXH3_64bits(key, sizeof(key));
}

// Against overflow: times may be anything.
bool touch(const Episode& left, const Episode& right) {
  const int64_t later = std::max(left.time, right.time);
  const int64_t earlier = std::min(left.last_time, right.last_time);
  return later <= earlier || static_cast<uint64_t>(later) - static_cast<uint64_t>(earlier) <=
                                 static_cast<uint64_t>(Episode::kGap);
}

uint32_t capped(uint64_t count) {
  return static_cast<uint32_t>(std::min<uint64_t>(count, std::numeric_limits<uint32_t>::max()));
}

void join(Episode& into, const Episode& other) {
  if (other.time < into.time) {
    into.time = other.time;
    into.file = other.file;
    into.line = other.line;
  }
  into.last_time = std::max(into.last_time, other.last_time);
  into.certainty = std::max(into.certainty, other.certainty);
  into.count = capped(uint64_t{into.count} + other.count);
}

}  // namespace

uint16_t Attempts::number_of(const AttemptWay& way) {
  const auto known = std::find(ways_.begin(), ways_.end(), way);
  if (known != ways_.end()) {
    return static_cast<uint16_t>(known - ways_.begin());
  }
  // Whoever writes lines of so many programs or methods gets the last one for all further.
  if (ways_.size() < std::numeric_limits<uint16_t>::max()) {
    ways_.push_back(way);
  }
  return static_cast<uint16_t>(ways_.size() - 1);
}

void Attempts::add(const Attempt& attempt, uint16_t source) {
  Episode episode;
  episode.address = texts_.number_of(attempt.address);
  episode.username = texts_.number_of(attempt.username);
  episode.way = number_of({texts_.number_of(attempt.method), texts_.number_of(attempt.program),
                           texts_.number_of(attempt.comm), source, attempt.outcome});
  episode.certainty = attempt.certainty;
  episode.file = attempt.file;
  episode.time = attempt.time;
  episode.last_time = std::max(attempt.time, attempt.last_time);
  episode.count = capped(static_cast<uint64_t>(std::max<int64_t>(attempt.count, 1)));
  episode.line = attempt.line;
  add_episode(episode);
}

void Attempts::merge(const Attempts& other) {
  std::vector<uint32_t> numbers(other.texts_.size() + 1, 0);
  for (uint32_t i = 1; i < numbers.size(); ++i) {
    numbers[i] = texts_.number_of(other.texts_.text(i));
  }
  std::vector<uint16_t> ways;
  for (AttemptWay way : other.ways_) {
    way.method = numbers[way.method];
    way.program = numbers[way.program];
    way.comm = numbers[way.comm];
    ways.push_back(number_of(way));
  }
  for (Episode episode : other.episodes_) {
    episode.address = numbers[episode.address];
    episode.username = numbers[episode.username];
    episode.way = ways[episode.way];
    add_episode(episode);
  }
}

Attempts Attempts::without_names() const {
  Attempts folded;
  folded.texts_ = texts_;
  folded.ways_ = ways_;
  for (Episode episode : episodes_) {
    episode.username = 0;
    folded.add_episode(episode);
  }
  return folded;
}

Attempts::Slot& Attempts::slot_of(const Episode& episode, uint64_t hash) {
  const auto tag = static_cast<uint32_t>(hash >> 32U);
  size_t slot = hash & (slots_.size() - 1);
  while (slots_[slot].number != 0 &&
         (slots_[slot].tag != tag || !same_key(episodes_[slots_[slot].number - 1], episode))) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slots_[slot];
}

void Attempts::add_episode(const Episode& episode) {
  if ((keys_ + 1) * 2 > slots_.size()) {
    grow();
  }
  const uint64_t hash = hash_of(episode);
  Slot& slot = slot_of(episode, hash);
  uint32_t known = slot.number;
  for (int i = 0; known != 0 && i < kMostCompared; ++i) {
    Episode& each = episodes_[known - 1];
    if (touch(each, episode)) {
      join(each, episode);
      return;
    }
    known = each.before;
  }
  keys_ += slot.number == 0 ? 1 : 0;
  episodes_.push_back(episode);
  episodes_.back().before = slot.number;
  slot = {static_cast<uint32_t>(episodes_.size()), static_cast<uint32_t>(hash >> 32U)};
}

void Attempts::grow() {
  std::vector<Slot> old = std::move(slots_);
  slots_.assign(old.empty() ? 1024 : old.size() * 2, Slot{});
  for (const Slot& each : old) {
    if (each.number != 0) {
      const Episode& episode = episodes_[each.number - 1];
      slot_of(episode, hash_of(episode)) = each;
    }
  }
}

}  // namespace genba::collect::logs
