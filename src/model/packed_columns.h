// SPDX-License-Identifier: Apache-2.0
//
// What PackedStore is made of: an arena for text, integers at the width that their neighbours
// need, text columns that share repeated values, and the indexes over them. Everything grows in
// blocks, so that no vector of a million rows is ever copied or half empty. Internal to the
// packed store. Covered by packed_store_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace genba::model::packed {

/// A stretch of the arena.
struct Span {
  uint32_t offset = 0;
  uint32_t length = 0;
};

/// Text in blocks of 1 MiB, up to 4 GiB. Views into it stay valid while it lives.
class Arena {
 public:
  /// Nothing when the text does not fit any more.
  std::optional<Span> add(std::string_view text);
  std::string_view view(Span span) const;
  size_t bytes() const { return held_; }

 private:
  std::vector<std::unique_ptr<char[]>> memory_;
  std::vector<char*> blocks_;  ///< start of each MiB of offsets
  uint64_t end_ = 0;
  size_t held_ = 0;
};

/// Integers in blocks of kBlockRows, each block as wide (0, 1, 2, 4 or 8 bytes) as its widest.
class IntegerColumn {
 public:
  static constexpr size_t kBlockRows = 8192;

  void append(int64_t value);
  int64_t at(size_t row) const;
  size_t size() const { return size_; }
  size_t bytes() const;

 private:
  struct Block {
    uint8_t width = 0;
    std::unique_ptr<std::byte[]> values;
  };
  static void widen(Block& block, uint8_t width, size_t count);

  std::vector<Block> blocks_;
  size_t size_ = 0;
};

/// One bit a row, all zero and without memory until the first one is set.
class BitColumn {
 public:
  void set(size_t row);
  bool at(size_t row) const;
  size_t bytes() const { return words_.capacity() * sizeof(uint64_t); }

 private:
  std::vector<uint64_t> words_;
};

/// A text column. It starts as numbers into a dictionary; when its values turn out to be mostly
/// different ones, it becomes places in the arena. A value that begins or ends the row's `host`
/// text (a directory, a file's name in a path) takes no arena bytes of its own.
class TextColumn {
 public:
  explicit TextColumn(Arena& arena) : arena_(arena) {}

  /// False when the arena is full.
  bool append(std::string_view text, std::optional<Span> host);
  Span span(size_t row) const;
  std::string_view at(size_t row) const { return arena_.view(span(row)); }
  size_t size() const { return interned_ ? ids_.size() : offsets_.size(); }
  size_t bytes() const;

 private:
  std::optional<Span> place(std::string_view text, std::optional<Span> host);
  std::optional<uint32_t> intern(std::string_view text, std::optional<Span> host);
  void grow_slots();
  void give_up_interning();

  Arena& arena_;
  bool interned_ = true;
  IntegerColumn ids_;
  std::vector<Span> dictionary_;
  std::vector<uint32_t> slots_;  ///< open addressing: dictionary number + 1, or 0
  IntegerColumn offsets_;
  IntegerColumn lengths_;
};

uint32_t hash_of(std::string_view text);
uint32_t hash_of(int64_t number);

/// Rows by hash: `starts` cuts `rows` into buckets, ascending in each.
struct HashIndex {
  std::vector<uint32_t> starts;
  std::vector<uint32_t> rows;

  static HashIndex build(const std::vector<uint32_t>& hashes);
  std::span<const uint32_t> bucket(uint32_t hash) const;
  size_t bytes() const { return (starts.capacity() + rows.capacity()) * sizeof(uint32_t); }
};

}  // namespace genba::model::packed
