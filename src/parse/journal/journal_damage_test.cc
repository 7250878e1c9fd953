// SPDX-License-Identifier: Apache-2.0
//
// Journals cut, flipped, wiped and forged: what a damaged byte touches may be lost, nothing else.
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "parse/journal/journal.h"
#include "parse/journal/test_journal.h"

namespace genba::parse {
namespace {

struct Survivor {
  uint64_t seqnum = 0;
  int64_t realtime = 0;
  std::string message;
  std::string identifier;
  uint32_t lost_items = 0;
  JournalIntegrity integrity = JournalIntegrity::kUnchecked;
};

struct Salvage {
  bool opened = false;
  std::map<uint64_t, Survivor> entries;  // by offset
  JournalFindings findings;
};

Salvage salvage(const std::string& bytes) {
  TestJournalSource source(bytes);
  Salvage result;
  auto reader = JournalReader::open(source);
  result.opened = reader.has_value();
  if (!reader) {
    return result;
  }
  JournalEntry entry;
  uint64_t last = 0;
  while (reader->next(entry)) {
    EXPECT_GT(entry.offset, last);
    last = entry.offset;
    result.entries[entry.offset] = {
        entry.seqnum,     entry.realtime, std::string(entry.message), std::string(entry.identifier),
        entry.lost_items, entry.integrity};
  }
  result.findings = reader->findings();
  EXPECT_LE(reader->notes().size(), 64U);
  return result;
}

struct Variant {
  TestJournalFormat format;
  TestJournalHash hash;
};
constexpr Variant kVariants[] = {{TestJournalFormat::kRegular, TestJournalHash::kJenkins},
                                 {TestJournalFormat::kRegular, TestJournalHash::kKeyed},
                                 {TestJournalFormat::kCompact, TestJournalHash::kKeyed}};

struct Sample {
  std::string bytes;
  std::map<uint64_t, std::pair<uint64_t, std::string>> messages;  // entry -> DATA, message
  uint64_t shared_data = 0;                                       // of SYSLOG_IDENTIFIER
  std::map<uint64_t, uint64_t> ends;                              // of objects, by offset
};

Sample make_sample(Variant variant, int64_t count) {
  TestJournalOptions options;
  options.format = variant.format;
  options.hash = variant.hash;
  options.packing = TestJournalPacking::kZstd;
  options.pack_from = 80;
  options.hash_buckets = 31;
  TestJournal journal(options);
  Sample sample;
  for (int64_t i = 0; i < count; ++i) {
    std::string message = "Failed password for user" + std::to_string(i);
    message += i % 5 == 0 ? std::string(200, 'z') : "";
    const uint64_t offset =
        journal.add({1'700'000'000'000'000 + i * 1000,
                     i * 1000 + 1,
                     {"MESSAGE=" + message, "SYSLOG_IDENTIFIER=sshd", "_COMM=sshd",
                      "_PID=" + std::to_string(100 + i / 4), "N=" + std::to_string(i)}});
    sample.messages[offset] = {journal.data_offset("MESSAGE=" + message), message};
  }
  sample.shared_data = journal.data_offset("SYSLOG_IDENTIFIER=sshd");
  sample.bytes = journal.bytes();
  for (uint64_t at = options.header_size; at < sample.bytes.size();) {
    const uint64_t size = journal::load_u64(&sample.bytes[at + 8]);
    sample.ends[at] = at + size;
    at += (size + 7) & ~uint64_t{7};
  }
  return sample;
}

bool touches(const Sample& sample, uint64_t object, uint64_t byte) {
  return byte >= object && byte < sample.ends.at(object);
}

TEST(JournalDamage, FlippedByteLosesAtMostWhatItTouches) {
  std::mt19937 random(20261128);
  for (const Variant variant : kVariants) {
    const Sample sample = make_sample(variant, 40);
    for (int round = 0; round < 1200; ++round) {
      // All of the header, then anywhere.
      const size_t byte = round < 272 ? static_cast<size_t>(round) : random() % sample.bytes.size();
      std::string bytes = sample.bytes;
      const auto flip = static_cast<char>(round % 3 == 0 ? 1 + random() % 255 : 1U << random() % 8);
      bytes[byte] = static_cast<char>(bytes[byte] ^ flip);
      const Salvage result = salvage(bytes);
      ASSERT_TRUE(result.opened) << byte;
      for (const auto& [offset, data] : sample.messages) {
        if (touches(sample, offset, byte)) {
          continue;
        }
        const auto found = result.entries.find(offset);
        ASSERT_NE(found, result.entries.end())
            << "entry at " << offset << " lost by byte " << byte << " ^ " << int{flip};
        if (!touches(sample, data.first, byte)) {
          ASSERT_EQ(found->second.message, data.second) << byte << " ^ " << int{flip};
        }
        if (!touches(sample, sample.shared_data, byte)) {
          ASSERT_EQ(found->second.identifier, "sshd") << byte << " ^ " << int{flip};
        }
      }
      ASSERT_LE(result.entries.size(), sample.messages.size()) << "invented by byte " << byte;
    }
  }
}

TEST(JournalDamage, FlippedByteWithoutAnyListLosesAtMostItsNeighbours) {
  std::mt19937 random(7);
  for (const Variant variant : kVariants) {
    Sample sample = make_sample(variant, 40);
    std::memset(&sample.bytes[176], 0, 8);  // entry_array_offset
    for (int round = 0; round < 800; ++round) {
      const size_t byte = 272 + random() % (sample.bytes.size() - 272);
      std::string bytes = sample.bytes;
      bytes[byte] = static_cast<char>(bytes[byte] ^ (1 + random() % 255));
      const Salvage result = salvage(bytes);
      ASSERT_TRUE(result.opened);
      ASSERT_GE(result.entries.size() + 3, sample.messages.size()) << byte;
      ASSERT_LE(result.entries.size(), sample.messages.size()) << byte;
    }
  }
}

TEST(JournalDamage, FileCutAnywhereIsReadUpToTheCut) {
  for (const Variant variant : kVariants) {
    const Sample sample = make_sample(variant, 40);
    for (size_t cut = 0; cut < sample.bytes.size(); cut += 37) {
      const Salvage result = salvage(sample.bytes.substr(0, cut));
      ASSERT_EQ(result.opened, cut >= 208);
      if (!result.opened) {
        continue;
      }
      EXPECT_TRUE(result.findings.cut);
      EXPECT_EQ(result.findings.missing_bytes, sample.bytes.size() - cut);
      for (const auto& [offset, data] : sample.messages) {
        if (sample.ends.at(offset) <= cut) {
          const auto found = result.entries.find(offset);
          ASSERT_NE(found, result.entries.end()) << "entry at " << offset << ", cut at " << cut;
          ASSERT_EQ(found->second.message, data.second);
          ASSERT_EQ(found->second.integrity, JournalIntegrity::kGood);
        }
      }
    }
  }
}

TEST(JournalDamage, EntryThatIsCutComesWithTheFieldsThatAreThere) {
  const Sample sample = make_sample(kVariants[1], 3);
  const uint64_t last = sample.messages.rbegin()->first;
  const Salvage result = salvage(sample.bytes.substr(0, last + 64 + 4 * 16 + 5));
  ASSERT_EQ(result.entries.size(), 3U);
  EXPECT_EQ(result.entries.at(last).seqnum, 3U);
  EXPECT_EQ(result.findings.entries_damaged, 1U);
}

TEST(JournalDamage, WipedStretchIsMeasuredAndTheRestIsRead) {
  for (const Variant variant : kVariants) {
    Sample sample = make_sample(variant, 60);
    const uint64_t from = std::next(sample.messages.begin(), 20)->first;
    const uint64_t to = std::next(sample.messages.begin(), 30)->first;
    std::memset(&sample.bytes[from], 0, to - from);
    const Salvage result = salvage(sample.bytes);
    EXPECT_GE(result.findings.blank_bytes, to - from);
    EXPECT_LT(result.findings.blank_bytes, to - from + 16);
    EXPECT_EQ(result.findings.damaged_objects, 1U);
    EXPECT_EQ(result.entries.size(), 50U);
    EXPECT_TRUE(result.findings.n_entries_mismatch);
  }
}

TEST(JournalDamage, WhatCannotBeReadBehindAWipedHeadIsMeasuredToo) {
  Sample sample = make_sample(kVariants[2], 40);
  const uint64_t entry = std::next(sample.messages.begin(), 20)->first;
  std::fill_n(&sample.bytes[entry], 16, '\0');
  const Salvage result = salvage(sample.bytes);
  EXPECT_EQ(result.entries.size(), 39U);
  EXPECT_GE(result.findings.damaged_bytes, sample.ends.at(entry) - entry);
}

TEST(JournalDamage, HeaderWipedWholeStillGivesEntries) {
  Sample sample = make_sample(kVariants[0], 40);
  std::memset(sample.bytes.data(), 0, 272);
  const Salvage result = salvage(sample.bytes);
  ASSERT_TRUE(result.opened);
  EXPECT_TRUE(result.findings.signature_damaged);
  EXPECT_EQ(result.entries.size(), 40U);
  EXPECT_EQ(result.findings.walked_only, 40U);
}

TEST(JournalDamage, ArraysThatLoopEnd) {
  TestJournalOptions options;
  options.format = TestJournalFormat::kRegular;
  TestJournal journal(options);
  for (int64_t i = 0; i < 20; ++i) {
    journal.add({1'700'000'000'000'000 + i, i + 1, {"MESSAGE=" + std::to_string(i)}});
  }
  const uint64_t first = journal.entry_array_offset();
  const uint64_t second = journal::load_u64(&journal.bytes()[first + 16]);
  const std::pair<uint64_t, uint64_t> loops[] = {
      {first, first}, {second, first}, {second, second}, {first, first + 8}, {second, first + 24}};
  for (const auto& [from, to] : loops) {
    std::string bytes = journal.bytes();
    std::memcpy(&bytes[from + 16], &to, sizeof(to));
    const Salvage result = salvage(bytes);
    EXPECT_TRUE(result.findings.array_chain_broken);
    EXPECT_EQ(result.entries.size(), 20U);
    EXPECT_EQ(result.findings.listed_only, 0U);
  }
}

TEST(JournalDamage, ListOutOfOrderHidesNothing) {
  TestJournalOptions options;
  options.format = TestJournalFormat::kRegular;
  TestJournal journal(options);
  std::vector<uint64_t> offsets;
  for (int64_t i = 0; i < 20; ++i) {
    offsets.push_back(
        journal.add({1'700'000'000'000'000 + i, i + 1, {"MESSAGE=" + std::to_string(i)}}));
  }
  std::string bytes = journal.bytes();
  // The second of the list leads to the last entry.
  std::memcpy(&bytes[journal.entry_array_offset() + 32], &offsets[19], 8);
  const Salvage result = salvage(bytes);
  EXPECT_EQ(result.entries.size(), 20U);
  EXPECT_EQ(result.findings.walked_only, 1U);
  EXPECT_EQ(result.findings.bad_array_items, 1U);
}

// The bytes of an entry that refers to a real field, with its checksum right or wrong.
std::string forged_entry(uint64_t data, uint64_t hash, uint64_t checksum) {
  std::string bytes(64 + 16, '\0');
  const uint64_t words[] = {3,        bytes.size(), 999, 1'700'000'000'000'000, 1, 0, 0,
                            checksum, data,         hash};
  std::memcpy(bytes.data(), words, sizeof(words));
  return bytes;
}

TEST(JournalDamage, BytesOfAMessageDoNotPoseAsAnEntry) {
  TestJournalOptions options;
  options.format = TestJournalFormat::kRegular;
  TestJournal journal(options);
  journal.add({1'700'000'000'000'000, 1, {"MESSAGE=first"}});
  const uint64_t data = journal.data_offset("MESSAGE=first");
  const uint64_t hash = journal::load_u64(&journal.bytes()[data + 16]);
  // "MESSAGE=" is 8 bytes long, so the forged objects are aligned.
  std::string message;
  for (int i = 0; i < 20; ++i) {
    message += forged_entry(data, hash, 0x1234);
  }
  const uint64_t real = journal.add({1'700'000'000'000'001, 2, {"MESSAGE=" + message}});
  journal.add({1'700'000'000'000'002, 3, {"MESSAGE=third"}});
  std::string bytes = journal.bytes();
  const uint64_t forged = journal.data_offset("MESSAGE=" + message);
  bytes[forged + 9] ^= 0x40;  // its size: the walk loses its way inside the message
  const Salvage result = salvage(bytes);
  EXPECT_EQ(result.entries.size(), 3U);
  EXPECT_EQ(result.entries.count(real), 1U);
  for (const auto& [offset, entry] : result.entries) {
    EXPECT_NE(entry.seqnum, 999U);
  }
}

TEST(JournalDamage, FieldsOfTheWrongKindAreCountedAsLost) {
  TestJournalOptions options;
  options.format = TestJournalFormat::kRegular;
  TestJournal journal(options);
  const uint64_t entry =
      journal.add({1'700'000'000'000'000, 1, {"MESSAGE=text", "_COMM=x", "_PID=1"}});
  for (const uint64_t wrong : {uint64_t{0}, uint64_t{7}, uint64_t{16}, entry, UINT64_MAX,
                               UINT64_MAX - 7, journal.bytes().size(), uint64_t{1} << 40}) {
    std::string bytes = journal.bytes();
    std::memcpy(&bytes[entry + 64 + 16], &wrong, sizeof(wrong));
    const Salvage result = salvage(bytes);
    ASSERT_EQ(result.entries.size(), 1U);
    EXPECT_EQ(result.entries.at(entry).message, "text");
    EXPECT_EQ(result.entries.at(entry).lost_items, 1U);
    EXPECT_EQ(result.entries.at(entry).integrity, JournalIntegrity::kUnchecked);
    EXPECT_EQ(result.findings.damaged_items, 1U);
    EXPECT_EQ(result.findings.entries_damaged, 1U);
  }
}

TEST(JournalDamage, PackedFieldThatIsBrokenIsLostAlone) {
  for (const auto packing :
       {TestJournalPacking::kXz, TestJournalPacking::kLz4, TestJournalPacking::kZstd}) {
    TestJournal journal({TestJournalFormat::kCompact, TestJournalHash::kKeyed, packing});
    const std::string message = "MESSAGE=" + std::string(5000, 'p');
    const uint64_t entry = journal.add({1'700'000'000'000'000, 1, {message, "_COMM=x"}});
    std::string bytes = journal.bytes();
    std::memset(&bytes[journal.data_offset(message) + 72], 0xee, 16);
    const Salvage result = salvage(bytes);
    ASSERT_EQ(result.entries.size(), 1U);
    EXPECT_EQ(result.entries.at(entry).lost_items, 1U);
    EXPECT_EQ(result.entries.at(entry).message, "");
  }
}

TEST(JournalDamage, ManyReferencesToABombEndInBoundedTime) {
  TestJournalOptions options;
  options.packing = TestJournalPacking::kZstd;
  TestJournal journal(options);
  // Each field unpacks to 300 KB, and no entry says that others share it.
  std::vector<std::string> bombs;
  for (int i = 0; i < 40; ++i) {
    bombs.push_back("MESSAGE=" + std::to_string(i) + std::string(300'000, 'b'));
  }
  for (int64_t i = 0; i < 20; ++i) {
    journal.add({1'700'000'000'000'000 + i, i + 1, bombs});
  }
  const Salvage result = salvage(journal.bytes());
  EXPECT_EQ(result.entries.size(), 20U);
  EXPECT_GT(result.findings.values_cut, 100U);
  EXPECT_EQ(result.entries.begin()->second.message.size(), 65536U);
  EXPECT_GT(result.entries.rbegin()->second.message.size(), 900U);
}

// Writes an object of these words behind a journal, and what follows it.
uint64_t append_object(std::string& bytes, std::initializer_list<uint64_t> words,
                       std::string_view rest) {
  const uint64_t offset = bytes.size();
  bytes.resize(offset + words.size() * 8);
  std::memcpy(&bytes[offset], std::data(words), words.size() * 8);
  bytes += rest;
  bytes.resize((bytes.size() + 7) & ~uint64_t{7});
  return offset;
}

// An entry with 4096 references to one packed field.
std::string with_packed_field(uint8_t packing, std::string_view packed) {
  TestJournal journal;
  journal.add({1'700'000'000'000'000, 1, {"MESSAGE=first", "_PID=1"}});
  std::string bytes = journal.bytes();
  const uint64_t data = append_object(
      bytes, {1U | uint64_t{packing} << 8, 72 + packed.size(), 0, 0, 0, 0, 0, 1, 0}, packed);
  const std::vector<uint32_t> items(4096, static_cast<uint32_t>(data));
  append_object(bytes, {3, 64 + 4 * items.size(), 2, 1'700'000'000'000'001, 2, 0, 0, 0},
                {reinterpret_cast<const char*>(items.data()), 4 * items.size()});
  return bytes;
}

// Each reference would decode 64 MiB to count what lies behind the head.
TEST(JournalDamage, ManyReferencesToAnXzBombEndInBoundedTime) {
  const std::string text = "MESSAGE=" + std::string(64 << 20, 'b');
  std::string packed(1 << 20, '\0');
  size_t size = 0;
  ASSERT_EQ(lzma_easy_buffer_encode(
                0, LZMA_CHECK_NONE, nullptr, reinterpret_cast<const uint8_t*>(text.data()),
                text.size(), reinterpret_cast<uint8_t*>(packed.data()), &size, packed.size()),
            LZMA_OK);
  packed.resize(size);
  const auto start = std::chrono::steady_clock::now();
  const Salvage result = salvage(with_packed_field(1, packed));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  EXPECT_EQ(result.entries.size(), 2U);
  EXPECT_GT(result.findings.values_cut, 1000U);
  // Of a field that was not read whole no hash is known: it was not changed.
  EXPECT_EQ(result.entries.rbegin()->second.integrity, JournalIntegrity::kUnchecked);
}

// What breaks only at its end has cost as much as what is whole.
TEST(JournalDamage, ManyReferencesToABrokenFieldAreCutShort) {
  const std::string text = "MESSAGE=" + std::string(2'000'000, 'b');
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1) - 1);
  const Salvage result = salvage(with_packed_field(4, packed));
  EXPECT_EQ(result.entries.size(), 2U);
  // Past the budget only the head is unpacked, which is sound.
  EXPECT_GT(result.findings.values_cut, 1000U);
}

TEST(JournalDamage, ListThatLeadsToAndFroEnds) {
  TestJournal journal;
  journal.add({1'700'000'000'000'000, 1, {"MESSAGE=first"}});
  std::string bytes = journal.bytes();
  constexpr uint64_t kListed = 200'000;
  const uint64_t array = append_object(bytes, {6, 24 + 4 * kListed, 0}, {});
  bytes.resize(32 << 20);
  for (uint64_t i = 0; i < kListed; ++i) {
    // Each is on another page than those before, and none is an entry.
    const auto offset = static_cast<uint32_t>((i * 7919 * 131'072 + 4096) % bytes.size());
    std::memcpy(&bytes[array + 24 + 4 * i], &offset, sizeof(offset));
  }
  std::memcpy(&bytes[176], &array, sizeof(array));
  const Salvage result = salvage(bytes);
  EXPECT_EQ(result.entries.size(), 1U);
  EXPECT_TRUE(result.findings.array_chain_broken);
  EXPECT_LT(result.findings.bad_array_items, kListed / 10);
}

// One array that lists an entry every 8 bytes, each of which claims thousands of the same fields.
TEST(JournalDamage, EntriesThatOverlapEndInBoundedTime) {
  TestJournalOptions options;
  options.format = TestJournalFormat::kRegular;
  TestJournal journal(options);
  journal.add({1'700'000'000'000'000, 1, {"MESSAGE=shared"}});
  std::string bytes = journal.bytes();
  const uint64_t data = journal.data_offset("MESSAGE=shared");
  const uint64_t start = bytes.size();
  constexpr uint64_t kListed = 40'000;
  const uint64_t fields_end = start + kListed * 16 + 64 + 4096 * 16;
  bytes.resize(fields_end + 24 + kListed * 8);
  // [3][size] over and over: every other word starts an entry, and is an item of those before.
  for (uint64_t at = start; at < fields_end; at += 16) {
    const uint64_t words[] = {3, 64 + 4096 * 16};
    std::memcpy(&bytes[at], words, sizeof(words));
  }
  for (uint64_t at = start + 64; at < fields_end; at += 16 * 64) {
    std::memcpy(&bytes[at], &data, sizeof(data));
  }
  const uint64_t array[] = {6, 24 + kListed * 8, 0};
  std::memcpy(&bytes[fields_end], array, sizeof(array));
  for (uint64_t i = 0; i < kListed; ++i) {
    const uint64_t entry = start + i * 16;
    std::memcpy(&bytes[fields_end + 24 + i * 8], &entry, sizeof(entry));
  }
  std::memcpy(&bytes[176], &fields_end, sizeof(fields_end));
  TestJournalSource source(bytes);
  auto reader = JournalReader::open(source);
  ASSERT_TRUE(reader);
  JournalEntry entry;
  uint64_t entries = 0;
  uint64_t fields = 0;
  while (reader->next(entry)) {
    ++entries;
    reader->visit_fields([&](const JournalField&) { ++fields; });
  }
  // Three of each 64 lead to a field near their start and count as entries. Without a limit each of
  // them would have 64 such fields.
  EXPECT_GT(entries, 1800U);
  EXPECT_GT(fields, entries);
  EXPECT_LT(fields, 10'000U);
}

TEST(JournalDamage, NoiseBehindAHeaderIsNoEntry) {
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    std::string bytes = make_sample(kVariants[static_cast<size_t>(round) % 3], 1).bytes;
    bytes.resize(60'000);
    for (size_t i = 272; i < bytes.size(); ++i) {
      bytes[i] = static_cast<char>(random());
    }
    const Salvage result = salvage(bytes);
    EXPECT_TRUE(result.opened);
    EXPECT_EQ(result.entries.size(), 0U);
    EXPECT_GT(result.findings.damaged_bytes, 50'000U);
  }
}

}  // namespace
}  // namespace genba::parse
