// SPDX-License-Identifier: Apache-2.0
//
// Texts as numbers: each different text lies once in memory and is known by its number from then
// on. Ten million failed logins have a few hundred thousand names and addresses, and looking them
// up waits for memory more than for anything else: so a text of up to 20 bytes (an IPv4 address, a
// name) lies in its entry, and a look-up touches two places. Not thread-safe.
// Covered by attempts_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

// Its hash of a few bytes is shorter than the call of it.
#define XXH_INLINE_ALL
#include "xxhash.h"

namespace genba::collect::logs {

/// Distinct texts, numbered from 1; 0 is the absent text.
class TextPool {
 public:
  TextPool() = default;
  TextPool(TextPool&&) = default;
  TextPool& operator=(TextPool&&) = default;

  /// The number of the text; 0 for an empty one.
  uint32_t number_of(std::string_view text) {
    if (text.empty()) {
      return 0;
    }
    if ((entries_.size() + 1) * 2 > slots_.size()) {
      grow();
    }
    const uint64_t hash = hash_of(text);
    Slot& slot = slots_[slot_of(text, hash)];
    if (slot.number == 0) {
      entries_.push_back(keep(text));
      slot = {static_cast<uint32_t>(entries_.size()), tag_of(hash)};
    }
    return slot.number;
  }

  static uint64_t hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }
  /// Two hints, some work apart, that a text with that hash will be looked up.
  void expect(uint64_t hash) const {
    if (!slots_.empty()) {
      __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
    }
  }
  void expect_entry(uint64_t hash) const {
    const uint32_t number = slots_.empty() ? 0 : slots_[hash & (slots_.size() - 1)].number;
    if (number != 0) {
      __builtin_prefetch(&entries_[number - 1]);
    }
  }

  /// The number of a text that is known; 0 when it is not.
  uint32_t find(std::string_view text) const {
    return text.empty() || slots_.empty() ? 0 : slots_[slot_of(text, hash_of(text))].number;
  }

  /// The text of a number; empty for 0. Valid until a text is added.
  std::string_view text(uint32_t number) const {
    return number == 0 ? std::string_view{} : entries_[number - 1].view();
  }
  /// How many texts there are; the largest number.
  size_t size() const { return entries_.size(); }
  /// The memory that the texts take, about.
  size_t bytes() const {
    return block_bytes_ + entries_.size() * (sizeof(Entry) + 3 * sizeof(Slot));
  }

 private:
  static constexpr size_t kBlock = 64UL << 10;

  struct Slot {
    uint32_t number = 0;
    uint32_t tag = 0;  ///< other bits of the hash
  };
  struct Entry {
    uint32_t length = 0;
    std::array<char, 20> bytes{};  ///< the text, or where it lies

    bool is_inside() const { return length <= bytes.size(); }
    std::string_view view() const {
      if (is_inside()) {
        return {bytes.data(), length};
      }
      const char* place = nullptr;
      std::memcpy(&place, bytes.data(), sizeof(place));
      return {place, length};
    }
  };

  static uint32_t tag_of(uint64_t hash) { return static_cast<uint32_t>(hash >> 32U); }

  size_t slot_of(std::string_view text, uint64_t hash) const {
    size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot].number != 0 &&
           (slots_[slot].tag != tag_of(hash) || entries_[slots_[slot].number - 1].view() != text)) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slot;
  }

  Entry keep(std::string_view text) {
    Entry entry;
    entry.length = static_cast<uint32_t>(text.size());
    if (entry.is_inside()) {
      std::memcpy(entry.bytes.data(), text.data(), text.size());
      return entry;
    }
    if (text.size() > left_) {
      left_ = text.size() > kBlock ? text.size() : kBlock;
      blocks_.push_back(std::make_unique<char[]>(left_));
      block_bytes_ += left_;
      next_ = blocks_.back().get();
    }
    std::memcpy(next_, text.data(), text.size());
    std::memcpy(entry.bytes.data(), &next_, sizeof(next_));
    next_ += text.size();
    left_ -= text.size();
    return entry;
  }

  void grow() {
    slots_.assign(slots_.empty() ? 1024 : slots_.size() * 2, Slot{});
    for (size_t i = 0; i < entries_.size(); ++i) {
      const uint64_t hash = hash_of(entries_[i].view());
      size_t slot = hash & (slots_.size() - 1);
      while (slots_[slot].number != 0) {
        slot = (slot + 1) & (slots_.size() - 1);
      }
      slots_[slot] = {static_cast<uint32_t>(i + 1), tag_of(hash)};
    }
  }

  std::vector<Slot> slots_;  ///< open addressing, at most half full
  std::vector<Entry> entries_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t block_bytes_ = 0;
};

}  // namespace genba::collect::logs
