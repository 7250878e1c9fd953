// SPDX-License-Identifier: Apache-2.0
#include "model/packed_columns.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "xxhash.h"

namespace genba::model::packed {

namespace {

constexpr unsigned kArenaShift = 20;  // blocks of 1 MiB
constexpr uint64_t kArenaBlock = 1ULL << kArenaShift;

// Below this many different values a dictionary costs next to nothing, whatever the rows.
constexpr size_t kAlwaysIntern = 1024;

uint8_t width_of(int64_t value) {
  if (value == 0) {
    return 0;
  }
  if (value == static_cast<int8_t>(value)) {
    return 1;
  }
  if (value == static_cast<int16_t>(value)) {
    return 2;
  }
  return value == static_cast<int32_t>(value) ? 4 : 8;
}

template <class Integer>
int64_t load(const std::byte* values, size_t index) {
  Integer value;
  std::memcpy(&value, values + index * sizeof(Integer), sizeof(Integer));
  return value;
}

template <class Integer>
void store(std::byte* values, size_t index, int64_t wide) {
  const auto value = static_cast<Integer>(wide);
  std::memcpy(values + index * sizeof(Integer), &value, sizeof(Integer));
}

int64_t load(const std::byte* values, uint8_t width, size_t index) {
  switch (width) {
    case 0: return 0;
    case 1: return load<int8_t>(values, index);
    case 2: return load<int16_t>(values, index);
    case 4: return load<int32_t>(values, index);
    default: return load<int64_t>(values, index);
  }
}

void store(std::byte* values, uint8_t width, size_t index, int64_t value) {
  switch (width) {
    case 0: return;
    case 1: return store<int8_t>(values, index, value);
    case 2: return store<int16_t>(values, index, value);
    case 4: return store<int32_t>(values, index, value);
    default: return store<int64_t>(values, index, value);
  }
}

}  // namespace

std::optional<Span> Arena::add(std::string_view text) {
  if (text.empty()) {
    return Span{};
  }
  const uint64_t room = blocks_.size() * kArenaBlock - end_;
  if (text.size() > room) {
    // The rest of the block stays empty: a text never straddles two allocations.
    const uint64_t start = blocks_.size() * kArenaBlock;
    const uint64_t needed = (text.size() + kArenaBlock - 1) >> kArenaShift;
    if (start + needed * kArenaBlock > std::numeric_limits<uint32_t>::max()) {
      return std::nullopt;
    }
    memory_.push_back(std::make_unique_for_overwrite<char[]>(needed * kArenaBlock));
    for (uint64_t i = 0; i < needed; ++i) {
      blocks_.push_back(memory_.back().get() + i * kArenaBlock);
    }
    held_ += needed * kArenaBlock;
    end_ = start;
  }
  const Span span{static_cast<uint32_t>(end_), static_cast<uint32_t>(text.size())};
  std::memcpy(blocks_[end_ >> kArenaShift] + (end_ & (kArenaBlock - 1)), text.data(), text.size());
  end_ += text.size();
  return span;
}

std::string_view Arena::view(Span span) const {
  if (span.length == 0) {
    return "";
  }
  return {blocks_[span.offset >> kArenaShift] + (span.offset & (kArenaBlock - 1)), span.length};
}

void IntegerColumn::widen(Block& block, uint8_t width, size_t count) {
  auto wider = std::make_unique<std::byte[]>(kBlockRows * width);
  for (size_t i = 0; i < count; ++i) {
    store(wider.get(), width, i, load(block.values.get(), block.width, i));
  }
  block.values = std::move(wider);
  block.width = width;
}

void IntegerColumn::append(int64_t value) {
  const size_t index = size_ % kBlockRows;
  if (index == 0) {
    blocks_.emplace_back();
  }
  Block& block = blocks_.back();
  const uint8_t width = width_of(value);
  if (width > block.width) {
    widen(block, width, index);
  }
  store(block.values.get(), block.width, index, value);
  ++size_;
}

int64_t IntegerColumn::at(size_t row) const {
  const Block& block = blocks_[row / kBlockRows];
  return load(block.values.get(), block.width, row % kBlockRows);
}

size_t IntegerColumn::bytes() const {
  size_t total = blocks_.capacity() * sizeof(Block);
  for (const Block& block : blocks_) {
    total += kBlockRows * block.width;
  }
  return total;
}

void BitColumn::set(size_t row) {
  if (row / 64 >= words_.size()) {
    words_.resize(row / 64 + 1);
  }
  words_[row / 64] |= 1ULL << (row % 64);
}

bool BitColumn::at(size_t row) const {
  return row / 64 < words_.size() && (words_[row / 64] >> (row % 64) & 1) != 0;
}

std::optional<Span> TextColumn::place(std::string_view text, std::optional<Span> host) {
  if (host && host->length >= text.size()) {
    const std::string_view whole = arena_.view(*host);
    const auto length = static_cast<uint32_t>(text.size());
    if (whole.starts_with(text)) {
      return Span{host->offset, length};
    }
    if (whole.ends_with(text)) {
      return Span{host->offset + host->length - length, length};
    }
  }
  return arena_.add(text);
}

void TextColumn::grow_slots() {
  slots_.assign(std::max<size_t>(64, slots_.size() * 2), 0);
  for (size_t i = 0; i < dictionary_.size(); ++i) {
    size_t slot = hash_of(arena_.view(dictionary_[i])) & (slots_.size() - 1);
    while (slots_[slot] != 0) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    slots_[slot] = static_cast<uint32_t>(i + 1);
  }
}

std::optional<uint32_t> TextColumn::intern(std::string_view text, std::optional<Span> host) {
  if (dictionary_.size() * 2 >= slots_.size()) {
    grow_slots();
  }
  size_t slot = hash_of(text) & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    if (arena_.view(dictionary_[slots_[slot] - 1]) == text) {
      return slots_[slot] - 1;
    }
  }
  const auto span = place(text, host);
  if (!span) {
    return std::nullopt;
  }
  dictionary_.push_back(*span);
  slots_[slot] = static_cast<uint32_t>(dictionary_.size());
  return static_cast<uint32_t>(dictionary_.size() - 1);
}

void TextColumn::give_up_interning() {
  for (size_t row = 0; row < ids_.size(); ++row) {
    const Span span = dictionary_[static_cast<size_t>(ids_.at(row))];
    offsets_.append(span.offset);
    lengths_.append(span.length);
  }
  ids_ = {};
  dictionary_ = {};
  slots_ = {};
  interned_ = false;
}

bool TextColumn::append(std::string_view text, std::optional<Span> host) {
  if (interned_) {
    const auto id = intern(text, host);
    if (!id) {
      return false;
    }
    ids_.append(*id);
    if (dictionary_.size() > kAlwaysIntern && dictionary_.size() * 2 > ids_.size()) {
      give_up_interning();
    }
    return true;
  }
  std::optional<Span> span;
  if (size() > 0 && at(size() - 1) == text) {
    span = this->span(size() - 1);
  } else {
    span = place(text, host);
  }
  if (!span) {
    return false;
  }
  offsets_.append(span->offset);
  lengths_.append(span->length);
  return true;
}

Span TextColumn::span(size_t row) const {
  if (interned_) {
    return dictionary_[static_cast<size_t>(ids_.at(row))];
  }
  return {static_cast<uint32_t>(offsets_.at(row)), static_cast<uint32_t>(lengths_.at(row))};
}

size_t TextColumn::bytes() const {
  return ids_.bytes() + offsets_.bytes() + lengths_.bytes() +
         dictionary_.capacity() * sizeof(Span) + slots_.capacity() * sizeof(uint32_t);
}

uint32_t hash_of(std::string_view text) {
  return static_cast<uint32_t>(XXH3_64bits(text.data(), text.size()));
}

uint32_t hash_of(int64_t number) {
  return static_cast<uint32_t>(XXH3_64bits(&number, sizeof(number)));
}

HashIndex HashIndex::build(const std::vector<uint32_t>& hashes) {
  HashIndex index;
  const size_t buckets = std::bit_ceil(std::max<size_t>(hashes.size(), 1));
  index.starts.assign(buckets + 1, 0);
  for (const uint32_t hash : hashes) {
    ++index.starts[(hash & (buckets - 1)) + 1];
  }
  for (size_t i = 1; i <= buckets; ++i) {
    index.starts[i] += index.starts[i - 1];
  }
  index.rows.resize(hashes.size());
  std::vector<uint32_t> next(index.starts.begin(), index.starts.end() - 1);
  for (size_t row = 0; row < hashes.size(); ++row) {
    index.rows[next[hashes[row] & (buckets - 1)]++] = static_cast<uint32_t>(row);
  }
  return index;
}

std::span<const uint32_t> HashIndex::bucket(uint32_t hash) const {
  const size_t at = hash & (starts.size() - 2);
  return std::span(rows).subspan(starts[at], starts[at + 1] - starts[at]);
}

}  // namespace genba::model::packed
