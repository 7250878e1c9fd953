// SPDX-License-Identifier: Apache-2.0
//
// Makes journals for tests, as journald would write them: fields shared and chained by hash,
// entries linked by arrays that double, checksums right, so that journalctl reads and verifies
// them. Any field may be given, also those that only journald sets: an entry whose
// SYSLOG_IDENTIFIER=sshd but _COMM=logger is one add(). For any folder's tests; no part of the
// program. Covered by journal_test.cc.
#pragma once

#include <lz4.h>
#include <lzma.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parse/journal/journal.h"
#include "parse/journal/journal_hash.h"

namespace genba::parse {

enum class TestJournalFormat : uint8_t { kRegular, kCompact };
enum class TestJournalHash : uint8_t { kJenkins, kKeyed };
/// Values as the objects' flags have them.
enum class TestJournalPacking : uint8_t { kNone = 0, kXz = 1, kLz4 = 2, kZstd = 4 };

struct TestJournalOptions {
  TestJournalFormat format = TestJournalFormat::kCompact;
  TestJournalHash hash = TestJournalHash::kKeyed;
  TestJournalPacking packing = TestJournalPacking::kNone;
  size_t pack_from = 512;      ///< payloads of this size and more are compressed
  uint64_t header_size = 272;  ///< 208, 224, 240, 256, 264 or 272: what versions of systemd wrote
  uint64_t hash_buckets = 61;
  JournalState state = JournalState::kArchived;
};

/// One entry to be written. Fields are "NAME=value", the value any bytes.
struct TestJournalEntry {
  int64_t realtime = 0;   ///< µs since 1970
  int64_t monotonic = 0;  ///< µs since boot
  std::vector<std::string> fields;
  uint64_t seqnum = 0;  ///< 0: one above the entry before
  JournalId boot_id = {0xb0, 0x07};
};

class TestJournal {
 public:
  explicit TestJournal(TestJournalOptions options = {}) : options_(options) {
    bytes_.assign(options.header_size, '\0');
    data_table_ = add_object(kDataHashTable, 16 + 16 * options.hash_buckets) + 16;
    field_table_ = add_object(kFieldHashTable, 16 + 16 * options.hash_buckets) + 16;
  }

  /// Writes an entry and returns its offset.
  uint64_t add(const TestJournalEntry& entry) {
    seqnum_ = entry.seqnum != 0 ? entry.seqnum : seqnum_ + 1;
    std::vector<uint64_t> items;
    uint64_t checksum = 0;
    for (const std::string& field : entry.fields) {
      checksum ^= journal::jenkins_hash(field);
      items.push_back(add_data(field));
    }
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    const uint64_t offset = add_object(kEntry, 64 + items.size() * item_size());
    put_u64(offset + 16, seqnum_);
    put_u64(offset + 24, static_cast<uint64_t>(entry.realtime));
    put_u64(offset + 32, static_cast<uint64_t>(entry.monotonic));
    std::memcpy(&bytes_[offset + 40], entry.boot_id.data(), entry.boot_id.size());
    put_u64(offset + 56, checksum);
    for (size_t i = 0; i < items.size(); ++i) {
      put_offset(offset + 64 + i * item_size(), items[i]);
      if (!is_compact()) {
        put_u64(offset + 64 + i * item_size() + 8, get_u64(items[i] + 16));
      }
    }
    link(offset, items);
    head_seqnum_ = n_entries_ == 0 ? seqnum_ : head_seqnum_;
    head_realtime_ = n_entries_ == 0 ? entry.realtime : head_realtime_;
    ++n_entries_;
    last_ = entry;
    last_.fields.clear();
    last_entry_ = offset;
    return offset;
  }

  /// The file so far. More entries may follow.
  const std::string& bytes() {
    write_header();
    return bytes_;
  }

  /// Offset of the DATA object of a field that was added; 0 when it was not.
  uint64_t data_offset(const std::string& field) const {
    const auto found = data_.find(field);
    return found == data_.end() ? 0 : found->second;
  }
  /// Offset of the first array that lists the entries; 0 before the first entry.
  uint64_t entry_array_offset() const { return entries_.first; }

 private:
  enum Type : uint8_t {
    kData = 1,
    kField = 2,
    kEntry = 3,
    kDataHashTable = 4,
    kFieldHashTable = 5,
    kEntryArray = 6
  };

  // A chain of entry arrays while it grows.
  struct Chain {
    uint64_t first = 0;
    uint64_t last = 0;
    uint64_t used = 0;      // items of the last array
    uint64_t capacity = 0;  // of the last array
  };
  struct DataState {
    uint64_t n_entries = 0;
    Chain chain;
  };

  bool is_compact() const { return options_.format == TestJournalFormat::kCompact; }
  size_t item_size() const { return is_compact() ? 4 : 16; }
  size_t payload_offset() const { return is_compact() ? 72 : 64; }
  static JournalId file_id() {
    return {0xf1, 0x1e, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  }

  void put_u64(uint64_t at, uint64_t value) { std::memcpy(&bytes_[at], &value, sizeof(value)); }
  void put_u32(uint64_t at, uint64_t value) {
    const auto narrow = static_cast<uint32_t>(value);
    std::memcpy(&bytes_[at], &narrow, sizeof(narrow));
  }
  void put_offset(uint64_t at, uint64_t value) {
    if (is_compact()) {
      put_u32(at, value);
    } else {
      put_u64(at, value);
    }
  }
  uint64_t get_u64(uint64_t at) const { return journal::load_u64(&bytes_[at]); }
  uint64_t hash(std::string_view payload) const {
    return options_.hash == TestJournalHash::kKeyed ? journal::siphash24(payload, file_id())
                                                    : journal::jenkins_hash(payload);
  }

  uint64_t add_object(Type type, uint64_t size, TestJournalPacking packing = {}) {
    const uint64_t offset = bytes_.size();
    bytes_.resize(offset + ((size + 7) & ~uint64_t{7}));
    bytes_[offset] = static_cast<char>(type);
    bytes_[offset + 1] = static_cast<char>(packing);
    put_u64(offset + 8, size);
    tail_object_ = offset;
    ++n_objects_;
    ++n_of_type_[type];
    return offset;
  }

  // Appends an object to its bucket's chain, whose link is 24 bytes into each object.
  void chain_by_hash(uint64_t table, uint64_t offset, uint64_t value) {
    const uint64_t bucket = table + 16 * (value % options_.hash_buckets);
    const uint64_t tail = get_u64(bucket + 8);
    put_u64(tail == 0 ? bucket : tail + 24, offset);
    put_u64(bucket + 8, offset);
  }

  std::string pack(const std::string& payload, TestJournalPacking& packing) const {
    packing = TestJournalPacking::kNone;
    if (options_.packing == TestJournalPacking::kNone || payload.size() < options_.pack_from) {
      return payload;
    }
    std::string packed(payload.size() + payload.size() / 2 + 256, '\0');
    size_t size = 0;
    if (options_.packing == TestJournalPacking::kZstd) {
      size = ZSTD_compress(packed.data(), packed.size(), payload.data(), payload.size(), 3);
    } else if (options_.packing == TestJournalPacking::kLz4) {
      const uint64_t whole = payload.size();
      std::memcpy(packed.data(), &whole, sizeof(whole));
      size = 8 + static_cast<size_t>(LZ4_compress_default(payload.data(), packed.data() + 8,
                                                          static_cast<int>(payload.size()),
                                                          static_cast<int>(packed.size() - 8)));
    } else {
      lzma_easy_buffer_encode(0, LZMA_CHECK_NONE, nullptr,
                              reinterpret_cast<const uint8_t*>(payload.data()), payload.size(),
                              reinterpret_cast<uint8_t*>(packed.data()), &size, packed.size());
    }
    packed.resize(size);
    packing = options_.packing;
    return packed;
  }

  uint64_t add_data(const std::string& field) {
    const auto [found, is_new] = data_.try_emplace(field, 0);
    if (!is_new) {
      return found->second;
    }
    TestJournalPacking packing{};
    const std::string stored = pack(field, packing);
    const uint64_t offset = add_object(kData, payload_offset() + stored.size(), packing);
    std::memcpy(&bytes_[offset + payload_offset()], stored.data(), stored.size());
    put_u64(offset + 16, hash(field));
    chain_by_hash(data_table_, offset, hash(field));
    found->second = offset;
    const uint64_t name = add_field_name(field.substr(0, field.find('=')));
    put_u64(offset + 32, get_u64(name + 32));
    put_u64(name + 32, offset);
    return offset;
  }

  uint64_t add_field_name(const std::string& name) {
    const auto [found, is_new] = fields_.try_emplace(name, 0);
    if (is_new) {
      const uint64_t offset = add_object(kField, 40 + name.size());
      std::memcpy(&bytes_[offset + 40], name.data(), name.size());
      put_u64(offset + 16, hash(name));
      chain_by_hash(field_table_, offset, hash(name));
      found->second = offset;
    }
    return found->second;
  }

  void link(uint64_t entry, const std::vector<uint64_t>& items) {
    append(entries_, entry);
    for (const uint64_t item : items) {
      DataState& state = state_of_[item];
      if (state.n_entries == 0) {
        put_u64(item + 40, entry);
      } else {
        append(state.chain, entry);
        put_u64(item + 48, state.chain.first);
        if (is_compact()) {
          put_u32(item + 64, state.chain.last);
          put_u32(item + 68, state.chain.used);
        }
      }
      ++state.n_entries;
      put_u64(item + 56, state.n_entries);
    }
  }

  void append(Chain& chain, uint64_t entry) {
    const size_t width = is_compact() ? 4 : 8;
    if (chain.used == chain.capacity) {
      chain.capacity = std::max<uint64_t>(4, chain.capacity * 2);
      const uint64_t array = add_object(kEntryArray, 24 + chain.capacity * width);
      if (chain.last != 0) {
        put_u64(chain.last + 16, array);
      } else {
        chain.first = array;
      }
      chain.last = array;
      chain.used = 0;
    }
    put_offset(chain.last + 24 + chain.used * width, entry);
    ++chain.used;
  }

  uint32_t incompatible_flags() const {
    uint32_t flags = is_compact() ? 16U : 0U;
    flags |= options_.hash == TestJournalHash::kKeyed ? 4U : 0U;
    switch (options_.packing) {
      case TestJournalPacking::kNone: return flags;
      case TestJournalPacking::kXz: return flags | 1U;
      case TestJournalPacking::kLz4: return flags | 2U;
      case TestJournalPacking::kZstd: return flags | 8U;
    }
    return flags;
  }

  void write_header() {
    std::memcpy(bytes_.data(), "LPKSHHRH", 8);
    put_u32(8, options_.header_size >= 272 ? 2 : 0);  // TAIL_ENTRY_BOOT_ID
    put_u32(12, incompatible_flags());
    bytes_[16] = static_cast<char>(options_.state);
    const JournalId machine = {0x3a, 0xc1};
    const JournalId seqnum_id = {0x5e, 0x9d};
    std::memcpy(&bytes_[24], file_id().data(), 16);
    std::memcpy(&bytes_[40], machine.data(), 16);
    std::memcpy(&bytes_[56], last_.boot_id.data(), 16);
    std::memcpy(&bytes_[72], seqnum_id.data(), 16);
    const uint64_t words[] = {options_.header_size,
                              bytes_.size() - options_.header_size,
                              data_table_,
                              16 * options_.hash_buckets,
                              field_table_,
                              16 * options_.hash_buckets,
                              tail_object_,
                              n_objects_,
                              n_entries_,
                              seqnum_,
                              head_seqnum_,
                              entries_.first,
                              static_cast<uint64_t>(head_realtime_),
                              static_cast<uint64_t>(last_.realtime),
                              static_cast<uint64_t>(last_.monotonic),
                              n_of_type_[kData],
                              n_of_type_[kField],
                              0,
                              n_of_type_[kEntryArray],
                              0,
                              0,
                              entries_.used << 32 | entries_.last,
                              last_entry_};
    for (size_t i = 0; i < std::size(words) && 88 + 8 * i < options_.header_size; ++i) {
      put_u64(88 + 8 * i, words[i]);
    }
  }

  TestJournalOptions options_;
  std::string bytes_;
  uint64_t data_table_ = 0;
  uint64_t field_table_ = 0;
  uint64_t tail_object_ = 0;
  uint64_t n_objects_ = 0;
  uint64_t n_of_type_[8] = {};
  uint64_t n_entries_ = 0;
  uint64_t seqnum_ = 0;
  uint64_t head_seqnum_ = 0;
  int64_t head_realtime_ = 0;
  uint64_t last_entry_ = 0;
  TestJournalEntry last_;
  Chain entries_;
  std::unordered_map<std::string, uint64_t> data_;
  std::unordered_map<uint64_t, DataState> state_of_;
  std::unordered_map<std::string, uint64_t> fields_;
};

/// A journal in memory.
class TestJournalSource : public JournalSource {
 public:
  explicit TestJournalSource(std::string_view bytes) : bytes_(bytes) {}
  uint64_t size() const override { return bytes_.size(); }
  size_t read_at(uint64_t offset, std::span<char> buffer) override {
    if (offset >= bytes_.size()) {
      return 0;
    }
    return bytes_.substr(static_cast<size_t>(offset)).copy(buffer.data(), buffer.size());
  }

 private:
  std::string_view bytes_;
};

}  // namespace genba::parse
