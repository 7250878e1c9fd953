// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/attempts.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

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

int64_t Attempts::gap() const {
  constexpr int64_t kHour = int64_t{3600} * 1'000'000'000;
  switch (fineness_) {
    case Fineness::kHours: return kHour;
    case Fineness::kDays: return 24 * kHour;
    case Fineness::kWhole:
    case Fineness::kWithoutNames: break;
  }
  return std::numeric_limits<int64_t>::max();
}

// Against overflow: times may be anything.
bool Attempts::touch(const Episode& left, const Episode& right) const {
  const int64_t later = std::max(left.time, right.time);
  const int64_t earlier = std::min(left.last_time, right.last_time);
  return later <= earlier || static_cast<uint64_t>(later) - static_cast<uint64_t>(earlier) <=
                                 static_cast<uint64_t>(gap());
}

uint32_t Attempts::number_of(std::string_view text) {
  return texts_.size() < kMostTexts ? texts_.number_of(text) : texts_.find(text);
}

// Line after line comes in the same few ways: the one before is most often the one again.
uint16_t Attempts::way_number(const Attempt& attempt, uint16_t source) {
  if (!ways_.empty()) {
    const AttemptWay& last = ways_[last_way_];
    if (last.source == source && last.outcome == attempt.outcome &&
        texts_.text(last.method) == attempt.method &&
        texts_.text(last.program) == attempt.program && texts_.text(last.comm) == attempt.comm) {
      return last_way_;
    }
  }
  last_way_ = number_of({number_of(attempt.method), number_of(attempt.program),
                         number_of(attempt.comm), source, attempt.outcome});
  return last_way_;
}

uint16_t Attempts::number_of(const AttemptWay& way) {
  const auto known = std::find(ways_.begin(), ways_.end(), way);
  if (known != ways_.end()) {
    return static_cast<uint16_t>(known - ways_.begin());
  }
  // Whoever forges lines of so many programs or methods gets the last one for all further.
  constexpr size_t kMostWays = 1000;
  if (ways_.size() < kMostWays) {
    ways_.push_back(way);
  }
  return static_cast<uint16_t>(ways_.size() - 1);
}

void Attempts::add(const Attempt& attempt, uint16_t source) {
  Pending& pending = pending_[pushed_ % kPending];
  // Longer ones are nobody's; their beginnings are told apart.
  const std::string_view address = attempt.address.substr(0, 46);  // INET6_ADDRSTRLEN
  const std::string_view username =
      attempt.username.substr(0, pending.text.size() - address.size());
  std::copy(address.begin(), address.end(), pending.text.begin());
  std::copy(username.begin(), username.end(),
            pending.text.begin() + static_cast<std::ptrdiff_t>(address.size()));
  pending.address_length = static_cast<uint8_t>(address.size());
  pending.username_length = static_cast<uint8_t>(username.size());
  pending.address_hash = TextPool::hash_of(address);
  pending.episode = {};
  pending.episode.way = way_number(attempt, source);
  pending.episode.certainty = attempt.certainty;
  pending.episode.file = attempt.file;
  pending.episode.time = attempt.time;
  pending.episode.last_time = std::max(attempt.time, attempt.last_time);
  pending.episode.count = capped(static_cast<uint64_t>(std::max<int64_t>(attempt.count, 1)));
  pending.episode.line = attempt.line;
  texts_.expect(pending.address_hash);
  ++pushed_;
  const auto before = [this](size_t stages) -> Pending& {
    return pending_[(pushed_ - 1 - stages * kStage) % kPending];
  };
  const size_t waiting = pushed_ - taken_;
  if (waiting > kStage) {
    texts_.expect_entry(before(1).address_hash);
  }
  if (waiting > 2 * kStage) {
    find_texts(before(2));
    expect(before(2).key_hash);
  }
  if (waiting > 3 * kStage) {
    expect_episode(before(3).key_hash);
  }
  if (waiting == kPending) {
    add_pending(pending_[taken_++ % kPending]);
  }
}

void Attempts::find_texts(Pending& pending) {
  pending.episode.address = number_of(pending.address());
  pending.episode.username =
      fineness_ == Fineness::kWithoutNames ? 0 : number_of(pending.username());
  pending.fineness = fineness_;
  pending.key_hash = hash_of(pending.episode);
}

void Attempts::expect(uint64_t key_hash) const {
  if (!slots_.empty()) {
    __builtin_prefetch(&slots_[key_hash & (slots_.size() - 1)]);
  }
}

void Attempts::expect_episode(uint64_t key_hash) const {
  const uint32_t number = slots_.empty() ? 0 : slots_[key_hash & (slots_.size() - 1)].number;
  if (number != 0) {
    __builtin_prefetch(&episodes_[number - 1]);
  }
}

void Attempts::flush() {
  for (; taken_ < pushed_; ++taken_) {
    Pending& pending = pending_[taken_ % kPending];
    find_texts(pending);
    add_pending(pending);
  }
}

void Attempts::add_pending(const Pending& pending) {
  if (pending.fineness == fineness_) {
    add_episode(pending.episode, pending.key_hash);
  } else {
    add_episode(pending.episode);  // its name may be left out by now
  }
}

void Attempts::merge(Attempts&& other) {
  flush();
  other.flush();
  if (episodes_.empty() && texts_.size() == 0 && left_out_ == 0 && most_ == other.most_) {
    *this = std::move(other);
    return;
  }
  std::vector<uint32_t> numbers(other.texts_.size() + 1, 0);
  for (uint32_t i = 1; i < numbers.size(); ++i) {
    numbers[i] = number_of(other.texts_.text(i));
  }
  std::vector<uint16_t> ways;
  for (AttemptWay way : other.ways_) {
    way.method = numbers[way.method];
    way.program = numbers[way.program];
    way.comm = numbers[way.comm];
    ways.push_back(number_of(way));
  }
  left_out_ += other.left_out_;
  if (other.fineness_ > fineness_) {
    fold_again(other.fineness_);
  }
  for (Episode& episode : other.episodes_) {
    episode.address = numbers[episode.address];
    episode.username = numbers[episode.username];
    episode.way = ways[episode.way];
  }
  add_all(other.episodes_);
}

void Attempts::fold_again(Fineness fineness) {
  fineness_ = fineness;
  std::vector<Episode> old = std::move(episodes_);
  episodes_ = {};
  episodes_.reserve(old.size());
  slots_ = {};
  keys_ = 0;
  add_all(old);
}

// Asks for each place in memory some episodes before it is needed, as add() does.
void Attempts::add_all(std::vector<Episode>& episodes) {
  std::array<uint64_t, 3 * kStage> hashes;
  const Fineness fineness = fineness_;
  const auto hash_at = [&](size_t i) -> uint64_t& { return hashes[i % hashes.size()]; };
  for (size_t i = 0; i < episodes.size() + 2 * kStage; ++i) {
    if (i < episodes.size()) {
      episodes[i].username = fineness == Fineness::kWithoutNames ? 0 : episodes[i].username;
      hash_at(i) = hash_of(episodes[i]);
      expect(hash_at(i));
    }
    if (i >= kStage && i - kStage < episodes.size()) {
      expect_episode(hash_at(i - kStage));
    }
    if (i < 2 * kStage) {
      continue;
    }
    const Episode& episode = episodes[i - 2 * kStage];
    if (fineness_ == fineness) {
      add_episode(episode, hash_at(i - 2 * kStage));
    } else {
      add_episode(episode);  // they were folded again meanwhile
    }
  }
}

void Attempts::settle() {
  flush();
  std::sort(episodes_.begin(), episodes_.end(), [](const Episode& left, const Episode& right) {
    return std::tie(left.time, left.address, left.username, left.way, left.line) <
           std::tie(right.time, right.address, right.username, right.way, right.line);
  });
  fold_again(fineness_);
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

void Attempts::add_episode(Episode episode) {
  if (fineness_ == Fineness::kWithoutNames) {
    episode.username = 0;
  }
  add_episode(episode, hash_of(episode));
}

void Attempts::add_episode(Episode episode, uint64_t hash) {
  if (episode.address == 0) {
    left_out_ += episode.count;
    return;
  }
  episode.before = 0;
  if ((keys_ + 1) * 2 > slots_.size()) {
    grow();
  }
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
  // There is room for each address in the ways of honest logs; a forger's are a thousand.
  if (fineness_ == Fineness::kWithoutNames && episodes_.size() >= most_ + kMostTexts) {
    left_out_ += episode.count;
    return;
  }
  keys_ += slot.number == 0 ? 1 : 0;
  episodes_.push_back(episode);
  episodes_.back().before = slot.number;
  slot = {static_cast<uint32_t>(episodes_.size()), static_cast<uint32_t>(hash >> 32U)};
  if (episodes_.size() > most_ && fineness_ != Fineness::kWithoutNames) {
    fold_again(static_cast<Fineness>(static_cast<int>(fineness_) + 1));
  }
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
