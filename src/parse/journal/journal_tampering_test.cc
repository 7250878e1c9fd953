// SPDX-License-Identifier: Apache-2.0
//
// Journals that somebody changed: what each kind of change gives away.
#include <cstring>
#include <string>

#include "gtest/gtest.h"
#include "parse/journal/journal.h"
#include "parse/journal/journal_hash.h"
#include "parse/journal/journal_test_support.h"
#include "parse/journal/test_journal.h"

namespace genba::parse {
namespace {

TEST(JournalTampering, EditedMessageDoesNotAgreeWithItsHash) {
  TestJournal journal;
  for (int64_t i = 0; i < 6; ++i) {
    journal.add(entry_of(i, "from 203.0.113." + std::to_string(i)));
  }
  std::string bytes = journal.bytes();
  const size_t at = bytes.find("203.0.113.3");
  bytes[at] = '1';
  const ReadJournal read = read_all(bytes);
  ASSERT_EQ(read.entries.size(), 6U);
  EXPECT_EQ(read.entries[3].message, "from 103.0.113.3");
  EXPECT_EQ(read.entries[3].entry.integrity, JournalIntegrity::kChanged);
  EXPECT_EQ(read.entries[2].entry.integrity, JournalIntegrity::kGood);
  EXPECT_EQ(read.findings.changed_entries, 1U);
  ASSERT_EQ(read.findings.changed_list.size(), 1U);
  EXPECT_EQ(read.findings.changed_list[0].seqnum, 4U);
  EXPECT_EQ(read.findings.changed_list[0].data_offset,
            journal.data_offset("MESSAGE=from 203.0.113.3"));
}

TEST(JournalTampering, HashMadeToFitIsGivenAwayByTheEntry) {
  for (const auto format : {TestJournalFormat::kRegular, TestJournalFormat::kCompact}) {
    TestJournalOptions options;
    options.format = format;
    TestJournal journal(options);
    journal.add(entry_of(0, "from 203.0.113.1"));
    journal.add(entry_of(1, "other"));
    std::string bytes = journal.bytes();
    const uint64_t data = journal.data_offset("MESSAGE=from 203.0.113.1");
    bytes[bytes.find("203.0.113.1")] = '1';
    JournalId key{};
    std::memcpy(key.data(), &bytes[24], 16);
    const uint64_t hash = journal::siphash24("MESSAGE=from 103.0.113.1", key);
    std::memcpy(&bytes[data + 16], &hash, sizeof(hash));
    const ReadJournal read = read_all(bytes);
    ASSERT_EQ(read.entries.size(), 2U);
    // Regular entries repeat each field's hash; compact ones have their own checksum only.
    const bool regular = format == TestJournalFormat::kRegular;
    EXPECT_EQ(read.entries[0].entry.integrity,
              regular ? JournalIntegrity::kChanged : JournalIntegrity::kOdd);
    EXPECT_EQ(read.findings.changed_entries, regular ? 1U : 0U);
    EXPECT_EQ(read.findings.odd_entries, regular ? 0U : 1U);
    EXPECT_EQ(read.entries[1].entry.integrity, JournalIntegrity::kGood);
  }
}

TEST(JournalTampering, EntryTakenFromTheListIsFoundByWalking) {
  TestJournalOptions options;
  options.format = TestJournalFormat::kRegular;
  TestJournal journal(options);
  for (int64_t i = 0; i < 4; ++i) {
    journal.add(entry_of(i, "line " + std::to_string(i)));
  }
  std::string bytes = journal.bytes();
  std::memset(&bytes[journal.entry_array_offset() + 24 + 8], 0, 8);
  const ReadJournal read = read_all(bytes);
  ASSERT_EQ(read.entries.size(), 4U);
  EXPECT_EQ(read.entries[1].entry.origin, JournalOrigin::kWalkedOnly);
  EXPECT_EQ(read.entries[1].message, "line 1");
  EXPECT_EQ(read.entries[2].entry.origin, JournalOrigin::kWalkedAndListed);
  EXPECT_EQ(read.findings.walked_only, 1U);
  EXPECT_EQ(read.findings.entries_listed, 3U);
}

TEST(JournalTampering, RemovedEntriesLeaveHolesAndClockStepsAreSeen) {
  TestJournal journal;
  const JournalId other_boot = {0xb0, 0x08};
  journal.add({kJournalStart, 100, {"MESSAGE=a"}, 10});
  journal.add({kJournalStart + 50, 150, {"MESSAGE=b"}, 15});
  journal.add({kJournalStart - 1'000'000, 200, {"MESSAGE=c"}, 16});
  journal.add({kJournalStart, 180, {"MESSAGE=d"}, 17});
  journal.add({kJournalStart - 5, 1, {"MESSAGE=e"}, 17, other_boot});
  const ReadJournal read = read_all(journal.bytes());
  const JournalFindings& findings = read.findings;
  EXPECT_EQ(findings.seqnum_holes, 1U);
  EXPECT_EQ(findings.seqnums_missing, 4U);
  ASSERT_EQ(findings.hole_list.size(), 1U);
  EXPECT_EQ(findings.hole_list[0].first_missing, 11U);
  EXPECT_EQ(findings.hole_list[0].last_missing, 14U);
  EXPECT_EQ(findings.hole_list[0].realtime_after, kJournalStart + 50);
  EXPECT_EQ(findings.clock_steps, 1U);
  ASSERT_EQ(findings.clock_step_list.size(), 1U);
  EXPECT_EQ(findings.clock_step_list[0].seqnum, 16U);
  EXPECT_EQ(findings.clock_step_list[0].realtime_before, kJournalStart + 50);
  EXPECT_EQ(findings.monotonic_back, 1U);
  EXPECT_EQ(findings.seqnums_back, 1U);
  EXPECT_EQ(findings.first_seqnum, 10U);
  EXPECT_EQ(findings.last_seqnum, 17U);
}

TEST(JournalTampering, HeaderThatTellsAnotherStoryIsNoted) {
  std::string bytes = journal_of(8);
  bytes[152] = 7;   // n_entries
  bytes[160] = 9;   // tail_entry_seqnum
  bytes[168] = 2;   // head_entry_seqnum
  bytes[192] ^= 1;  // tail_entry_realtime
  const ReadJournal read = read_all(bytes);
  EXPECT_EQ(read.findings.entries, 8U);
  EXPECT_TRUE(read.findings.n_entries_mismatch);
  EXPECT_TRUE(read.findings.tail_seqnum_mismatch);
  EXPECT_TRUE(read.findings.head_seqnum_mismatch);
  EXPECT_TRUE(read.findings.tail_realtime_mismatch);
}

TEST(JournalTampering, FlagsThatLieAreNotBelieved) {
  for (const int flag : {4, 16}) {
    std::string bytes = journal_of(8);
    bytes[12] = static_cast<char>(bytes[12] ^ flag);
    const ReadJournal read = read_all(bytes);
    EXPECT_TRUE(read.findings.flags_contradicted);
    ASSERT_EQ(read.entries.size(), 8U);
    EXPECT_EQ(read.entries[7].message, "line 7");
    EXPECT_EQ(read.entries[7].entry.integrity, JournalIntegrity::kGood);
  }
}

TEST(JournalTampering, LostKeyIsSaidAndChecksumsStillVouch) {
  std::string bytes = journal_of(8);
  bytes[30] ^= 1;
  bytes[bytes.find("line 5")] = 'L';
  const ReadJournal read = read_all(bytes);
  EXPECT_TRUE(read.findings.hashes_unverifiable);
  EXPECT_EQ(read.findings.changed_entries, 0U);
  ASSERT_EQ(read.entries.size(), 8U);
  EXPECT_EQ(read.entries[4].entry.integrity, JournalIntegrity::kGood);
  EXPECT_EQ(read.entries[5].entry.integrity, JournalIntegrity::kOdd);
}

}  // namespace
}  // namespace genba::parse
