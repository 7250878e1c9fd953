// SPDX-License-Identifier: Apache-2.0
#include "parse/journal/journal.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "parse/journal/journal_hash.h"
#include "parse/journal/journal_test_support.h"
#include "parse/journal/test_journal.h"

namespace genba::parse {
namespace {

TEST(JournalHash, AgreesWithThePublishedVectors) {
  JournalId key{};
  std::string input;
  for (uint8_t i = 0; i < 16; ++i) {
    key[i] = i;
    if (i < 15) {
      input += static_cast<char>(i);
    }
  }
  EXPECT_EQ(journal::siphash24(input, key), 0xa129ca6149be45e5U);
  EXPECT_EQ(journal::siphash24("", key), 0x726fdb47dd0e0e31U);
  EXPECT_EQ(journal::jenkins_hash("Four score and seven years ago"), 0x17770551ce7226e6U);
  EXPECT_EQ(journal::jenkins_hash(""), 0xdeadbeefdeadbeefU);
}

TEST(Journal, EveryVariantOfTheFormatIsRead) {
  const std::string large(3000, 'x');
  for (const auto format : {TestJournalFormat::kRegular, TestJournalFormat::kCompact}) {
    for (const auto hash : {TestJournalHash::kJenkins, TestJournalHash::kKeyed}) {
      for (const auto packing : {TestJournalPacking::kNone, TestJournalPacking::kXz,
                                 TestJournalPacking::kLz4, TestJournalPacking::kZstd}) {
        for (const uint64_t header_size : {208U, 224U, 240U, 256U, 264U, 272U}) {
          TestJournalOptions options{format, hash, packing};
          options.header_size = header_size;
          TestJournal journal(options);
          journal.add(entry_of(0, "first"));
          journal.add(entry_of(1, large + "end"));
          journal.add(entry_of(2, "last"));
          const ReadJournal read = read_all(journal.bytes());
          expect_whole(read, 3);
          ASSERT_EQ(read.entries.size(), 3U);
          EXPECT_EQ(read.entries[0].message, "first");
          EXPECT_EQ(read.entries[1].message, large + "end");
          EXPECT_EQ(read.entries[2].message, "last");
          for (const KeptEntry& kept : read.entries) {
            EXPECT_EQ(kept.entry.integrity, JournalIntegrity::kGood);
            EXPECT_EQ(kept.entry.pid, 4711);
          }
          EXPECT_EQ(read.header.is_compact(), format == TestJournalFormat::kCompact);
          EXPECT_EQ(read.header.has_keyed_hash(), hash == TestJournalHash::kKeyed);
        }
      }
    }
  }
}

TEST(Journal, HeaderIsGivenAsItStands) {
  TestJournalOptions options;
  options.packing = TestJournalPacking::kZstd;
  const ReadJournal read = read_all(journal_of(5, options));
  EXPECT_EQ(to_text(read.header.machine_id), "3ac10000000000000000000000000000");
  EXPECT_EQ(to_text(read.header.seqnum_id), "5e9d0000000000000000000000000000");
  EXPECT_EQ(to_text(read.header.tail_entry_boot_id), "b0070000000000000000000000000000");
  EXPECT_EQ(read.header.state, JournalState::kArchived);
  EXPECT_EQ(read.header.compression(), "zstd");
  EXPECT_FALSE(read.header.is_sealed());
  EXPECT_EQ(read.header.header_size, 272U);
  EXPECT_EQ(read.header.n_entries, 5U);
  EXPECT_EQ(read.header.n_data, 10U);
  EXPECT_EQ(read.header.head_seqnum, 1U);
  EXPECT_EQ(read.header.tail_seqnum, 5U);
  EXPECT_EQ(read.header.head_realtime, kJournalStart);
  EXPECT_EQ(read.header.tail_realtime, kJournalStart + 4'000'000);
  EXPECT_EQ(read.header.tail_monotonic, 9'000'000);
}

TEST(Journal, EveryFieldOfInterestIsTaken) {
  TestJournal journal;
  journal.add({kJournalStart,
               77,
               {"MESSAGE=Started Session.",
                "MESSAGE_ID=39f53479d3a045ac8e11786248231fbf",
                "SYSLOG_IDENTIFIER=systemd",
                "_COMM=systemd",
                "_EXE=/usr/lib/systemd/systemd",
                "_CMDLINE=/sbin/init",
                "_TRANSPORT=journal",
                "_SYSTEMD_UNIT=init.scope",
                "_SYSTEMD_USER_UNIT=a.service",
                "UNIT=session-1.scope",
                "_HOSTNAME=web1",
                "PRIORITY=5",
                "SYSLOG_FACILITY=3",
                "SYSLOG_PID=12",
                "_PID=1",
                "_UID=0",
                "_AUDIT_LOGINUID=1000",
                "_SOURCE_REALTIME_TIMESTAMP=1700000000000001",
                "CODE_FILE=x.c",
                "_UID_EXTRA=9",
                "MESSAGES=no"},
               41});
  TestJournalSource source(journal.bytes());
  auto reader = JournalReader::open(source);
  ASSERT_TRUE(reader);
  JournalEntry entry;
  ASSERT_TRUE(reader->next(entry));
  EXPECT_EQ(entry.seqnum, 41U);
  EXPECT_EQ(entry.realtime, kJournalStart);
  EXPECT_EQ(entry.monotonic, 77);
  EXPECT_EQ(entry.message, "Started Session.");
  EXPECT_EQ(entry.message_size, 16U);
  EXPECT_EQ(entry.message_id, "39f53479d3a045ac8e11786248231fbf");
  EXPECT_EQ(entry.identifier, "systemd");
  EXPECT_EQ(entry.comm, "systemd");
  EXPECT_EQ(entry.exe, "/usr/lib/systemd/systemd");
  EXPECT_EQ(entry.cmdline, "/sbin/init");
  EXPECT_EQ(entry.transport, "journal");
  EXPECT_EQ(entry.unit, "init.scope");
  EXPECT_EQ(entry.user_unit, "a.service");
  EXPECT_EQ(entry.subject_unit, "session-1.scope");
  EXPECT_EQ(entry.hostname, "web1");
  EXPECT_EQ(entry.priority, 5);
  EXPECT_EQ(entry.syslog_facility, 3);
  EXPECT_EQ(entry.syslog_pid, 12);
  EXPECT_EQ(entry.pid, 1);
  EXPECT_EQ(entry.uid, 0);
  EXPECT_EQ(entry.loginuid, 1000);
  EXPECT_EQ(entry.source_realtime, kJournalStart + 1);
  std::vector<std::string> all;
  reader->visit_fields([&](const JournalField& field) {
    all.push_back(std::string(field.name) + "=" + std::string(field.value));
    EXPECT_EQ(field.value_size, field.value.size());
  });
  ASSERT_EQ(all.size(), 21U);
  EXPECT_EQ(all.front(), "MESSAGE=Started Session.");
  EXPECT_EQ(all[18], "CODE_FILE=x.c");
}

TEST(Journal, AbsentFieldIsToldFromAnEmptyOne) {
  TestJournal journal;
  journal.add({kJournalStart, 1, {"MESSAGE=", "_PID=12x"}});
  const ReadJournal read = read_all(journal.bytes());
  ASSERT_EQ(read.entries.size(), 1U);
  EXPECT_NE(read.entries[0].entry.message.data(), nullptr);
  EXPECT_EQ(read.entries[0].entry.identifier.data(), nullptr);
  EXPECT_EQ(read.entries[0].entry.pid, -1);
}

TEST(Journal, SenderThatPosesAsSshdIsSeenInWhatJournaldVouchesFor) {
  TestJournal journal;
  journal.add(
      {kJournalStart,
       1,
       {"MESSAGE=Accepted password for root from 192.0.2.1 port 22 ssh2", "SYSLOG_IDENTIFIER=sshd",
        "_COMM=logger", "_EXE=/usr/bin/logger", "_SYSTEMD_UNIT=session-4.scope"}});
  const ReadJournal read = read_all(journal.bytes());
  ASSERT_EQ(read.entries.size(), 1U);
  EXPECT_EQ(read.entries[0].identifier, "sshd");
  EXPECT_EQ(read.entries[0].comm, "logger");
  EXPECT_EQ(read.entries[0].exe, "/usr/bin/logger");
  EXPECT_EQ(read.entries[0].unit, "session-4.scope");
}

TEST(Journal, FieldSentTwiceDoesNotLookEdited) {
  TestJournal journal;
  journal.add({kJournalStart, 1, {"MESSAGE=x", "TAG=a", "TAG=a", "TAG=b", "OTHER=c", "OTHER=c"}});
  journal.add({kJournalStart + 1, 2, {"MESSAGE=first", "MESSAGE=second"}});
  const ReadJournal read = read_all(journal.bytes());
  expect_whole(read, 2);
  ASSERT_EQ(read.entries.size(), 2U);
  EXPECT_EQ(read.entries[1].message, "first");
}

TEST(Journal, LongValuesAreCutWithTheirLengthKnown) {
  const std::string long_text = std::string(100'000, 'm') + "end";
  const std::string huge_text(5'000'000, 'h');
  for (const auto packing : {TestJournalPacking::kNone, TestJournalPacking::kXz,
                             TestJournalPacking::kLz4, TestJournalPacking::kZstd}) {
    TestJournal journal({TestJournalFormat::kCompact, TestJournalHash::kKeyed, packing});
    journal.add(entry_of(0, long_text));
    journal.add(entry_of(1, huge_text));
    journal.add(entry_of(2, "short"));
    const ReadJournal read = read_all(journal.bytes());
    ASSERT_EQ(read.entries.size(), 3U);
    EXPECT_EQ(read.entries[0].message, std::string(65536, 'm'));
    EXPECT_EQ(read.entries[0].entry.message_size, long_text.size());
    EXPECT_EQ(read.entries[0].entry.integrity, JournalIntegrity::kGood);
    EXPECT_EQ(read.entries[1].message, std::string(65536, 'h'));
    EXPECT_EQ(read.entries[1].entry.message_size, huge_text.size());
    EXPECT_EQ(read.entries[1].entry.integrity, JournalIntegrity::kUnchecked);
    EXPECT_EQ(read.entries[2].message, "short");
    EXPECT_EQ(read.findings.entries_damaged, 0U);
  }
}

TEST(Journal, HeadOfAValueThatDoesNotPackIsGivenToo) {
  std::mt19937 random(1);
  std::string noise(5'000'000, '\0');
  for (char& byte : noise) {
    byte = static_cast<char>(random());
  }
  for (const auto packing : {TestJournalPacking::kNone, TestJournalPacking::kXz,
                             TestJournalPacking::kLz4, TestJournalPacking::kZstd}) {
    TestJournal journal({TestJournalFormat::kCompact, TestJournalHash::kKeyed, packing});
    journal.add(entry_of(0, noise));
    const ReadJournal read = read_all(journal.bytes());
    ASSERT_EQ(read.entries.size(), 1U);
    EXPECT_EQ(read.entries[0].message, noise.substr(0, 65536));
    EXPECT_EQ(read.findings.entries_damaged, 0U);
    if (packing == TestJournalPacking::kXz) {
      EXPECT_GT(read.entries[0].entry.message_size, 65536U);
      EXPECT_LE(read.entries[0].entry.message_size, noise.size());
    } else {
      EXPECT_EQ(read.entries[0].entry.message_size, noise.size());
    }
  }
}

TEST(Journal, ValuesOfAnyBytesComeAsTheyAre) {
  const std::string binary("a\0=\xff\n\x1b[31m", 10);
  TestJournal journal;
  journal.add(entry_of(0, binary));
  const ReadJournal read = read_all(journal.bytes());
  ASSERT_EQ(read.entries.size(), 1U);
  EXPECT_EQ(read.entries[0].message, binary);
}

TEST(Journal, SharedLongValueIsTheSameInEachEntry) {
  // Between the sizes that are kept in two ways, and beyond both.
  for (const size_t size : {10U, 71U, 72U, 73U, 500U, 16384U, 16385U, 70000U}) {
    TestJournal journal;
    for (int64_t i = 0; i < 5; ++i) {
      journal.add(entry_of(i, std::string(size, 'v')));
    }
    const ReadJournal read = read_all(journal.bytes());
    expect_whole(read, 5);
    for (const KeptEntry& kept : read.entries) {
      EXPECT_EQ(kept.message, std::string(std::min<size_t>(size, 65536), 'v'));
    }
  }
}

TEST(Journal, OfManyPagesIsReadInOrder) {
  for (const auto format : {TestJournalFormat::kRegular, TestJournalFormat::kCompact}) {
    TestJournalOptions options;
    options.format = format;
    options.hash_buckets = 4001;
    const ReadJournal read = read_all(journal_of(20'000, options));
    expect_whole(read, 20'000);
    ASSERT_EQ(read.entries.size(), 20'000U);
    for (size_t i = 0; i < read.entries.size(); ++i) {
      ASSERT_EQ(read.entries[i].entry.seqnum, i + 1);
      ASSERT_EQ(read.entries[i].message, "line " + std::to_string(i));
    }
  }
}

TEST(Journal, OfANewerFormatIsReadAsFarAsItCanBe) {
  std::string bytes = journal_of(8);
  bytes[12] |= 32;
  const ReadJournal read = read_all(bytes);
  EXPECT_TRUE(read.findings.unknown_flags);
  EXPECT_EQ(read.header.unknown_flags(), 32U);
  EXPECT_EQ(read.entries.size(), 8U);
  ASSERT_EQ(read.notes.size(), 1U);
}

TEST(Journal, WithRoomAtItsEndIsWhole) {
  TestJournalOptions options;
  options.state = JournalState::kOnline;
  const ReadJournal read = read_all(journal_of(8, options) + std::string(100'000, '\0'));
  expect_whole(read, 8);
}

TEST(Journal, EntriesAppendedWhileWeReadAreNoMismatch) {
  TestJournal journal;
  journal.add(entry_of(0, "before"));
  const std::string old_header = journal.bytes().substr(0, 272);
  journal.add(entry_of(1, "after"));
  std::string bytes = journal.bytes();
  bytes.replace(0, 272, old_header);
  const ReadJournal read = read_all(bytes);
  EXPECT_EQ(read.findings.entries, 2U);
  EXPECT_EQ(read.findings.entries_after_tail, 1U);
  EXPECT_FALSE(read.findings.n_entries_mismatch);
  EXPECT_FALSE(read.findings.tail_seqnum_mismatch);
}

TEST(Journal, WhatIsNoneIsRefused) {
  for (const std::string& bytes : {std::string(), std::string("LPKSHHR"), std::string(10'000, '\0'),
                                   std::string(10'000, '\xff'), std::string(10'000, 'A')}) {
    TestJournalSource source(bytes);
    const auto reader = JournalReader::open(source);
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().code, base::ErrorCode::kWrongType);
  }
  const std::string head = journal_of(1).substr(0, 200);
  TestJournalSource source(head);
  const auto reader = JournalReader::open(source);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, base::ErrorCode::kDamaged);
}

TEST(Journal, FileThatShrinksWhileItIsReadEndsThere) {
  class Shrinking : public TestJournalSource {
   public:
    Shrinking(std::string_view bytes, uint64_t claimed)
        : TestJournalSource(bytes), claimed_(claimed) {}
    uint64_t size() const override { return claimed_; }

   private:
    uint64_t claimed_;
  };
  const std::string bytes = journal_of(5000);
  const std::string kept = bytes.substr(0, bytes.size() / 2);
  Shrinking source(kept, bytes.size());
  const ReadJournal read = read_all(source);
  EXPECT_GT(read.entries.size(), 2000U);
  EXPECT_LT(read.entries.size(), 3000U);
  // Also where it ends within the first objects, by which the layout is told.
  const std::string few = journal_of(20);
  for (size_t end = 208; end < 4096; ++end) {
    const std::string start = few.substr(0, end);
    Shrinking short_source(start, few.size());
    EXPECT_LT(read_all(short_source).entries.size(), 20U);
  }
}

}  // namespace
}  // namespace genba::parse
