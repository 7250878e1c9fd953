// SPDX-License-Identifier: Apache-2.0
//
// Texts as numbers: each different text lies once in memory and is known by its number from then
// on. Ten million failed logins have a few hundred thousand names and addresses. Not thread-safe.
// Covered by attempts_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "xxhash.h"

namespace genba::collect::logs {

/// Distinct texts, numbered from 1; 0 is the absent text. A copy knows the same texts and must not
/// be added to, nor the one it was copied from.
class TextPool {
 public:
  /// The number of the text; 0 for an empty one.
  uint32_t number_of(std::string_view text) {
    if (text.empty()) {
      return 0;
    }
    const uint64_t hash = XXH3_64bits(text.data(), text.size());
    if ((texts_.size() + 1) * 2 > slots_.size()) {
      grow();
    }
    size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != 0) {
      const uint32_t number = slots_[slot];
      if (hashes_[number - 1] == static_cast<uint32_t>(hash >> 32) && texts_[number - 1] == text) {
        return number;
      }
      slot = (slot + 1) & (slots_.size() - 1);
    }
    texts_.push_back(keep(text));
    hashes_.push_back(static_cast<uint32_t>(hash >> 32));
    places_.push_back(hash);
    slots_[slot] = static_cast<uint32_t>(texts_.size());
    return slots_[slot];
  }

  /// The number of a text that is known; 0 when it is not.
  uint32_t find(std::string_view text) const {
    if (text.empty() || slots_.empty()) {
      return 0;
    }
    const uint64_t hash = XXH3_64bits(text.data(), text.size());
    size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != 0 && texts_[slots_[slot] - 1] != text) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slots_[slot];
  }

  /// The text of a number; empty for 0. Valid while the pool lives.
  std::string_view text(uint32_t number) const {
    return number == 0 ? std::string_view{} : texts_[number - 1];
  }
  /// How many texts there are; the largest number.
  size_t size() const { return texts_.size(); }

 private:
  static constexpr size_t kBlock = 64UL << 10;

  std::string_view keep(std::string_view text) {
    if (text.size() > left_) {
      left_ = text.size() > kBlock ? text.size() : kBlock;
      blocks_.push_back(std::shared_ptr<char[]>(new char[left_]));
      next_ = blocks_.back().get();
    }
    std::memcpy(next_, text.data(), text.size());
    const std::string_view kept(next_, text.size());
    next_ += text.size();
    left_ -= text.size();
    return kept;
  }

  void grow() {
    slots_.assign(slots_.empty() ? 1024 : slots_.size() * 2, 0);
    for (size_t i = 0; i < places_.size(); ++i) {
      size_t slot = places_[i] & (slots_.size() - 1);
      while (slots_[slot] != 0) {
        slot = (slot + 1) & (slots_.size() - 1);
      }
      slots_[slot] = static_cast<uint32_t>(i + 1);
    }
  }

  std::vector<uint32_t> slots_;  ///< open addressing, at most half full; number or 0
  std::vector<std::string_view> texts_;
  std::vector<uint32_t> hashes_;
  std::vector<uint64_t> places_;
  std::vector<std::shared_ptr<char[]>> blocks_;  ///< a copy refers to the same texts
  char* next_ = nullptr;
  size_t left_ = 0;
};

}  // namespace genba::collect::logs
