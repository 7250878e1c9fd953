// SPDX-License-Identifier: Apache-2.0
//
// What this folder's tests share: a journal read whole into values that outlive the reader, small
// journals of known contents, and what must hold for one that nobody touched.
#pragma once

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "parse/journal/journal.h"
#include "parse/journal/test_journal.h"

namespace genba::parse {

inline constexpr int64_t kJournalStart = 1'700'000'000'000'000;

// An entry that outlives the reader's views.
struct KeptEntry {
  JournalEntry entry;
  std::string message;
  std::string identifier;
  std::string comm;
  std::string unit;
  std::string exe;
  std::string hostname;
};

struct ReadJournal {
  JournalHeader header;
  std::vector<KeptEntry> entries;
  JournalFindings findings;
  std::vector<base::Note> notes;
};

inline ReadJournal read_all(JournalSource& source) {
  ReadJournal read;
  auto reader = JournalReader::open(source);
  EXPECT_TRUE(reader) << (reader ? "" : reader.error().what);
  if (!reader) {
    return read;
  }
  read.header = reader->header();
  JournalEntry entry;
  while (reader->next(entry)) {
    read.entries.push_back({entry, std::string(entry.message), std::string(entry.identifier),
                            std::string(entry.comm), std::string(entry.unit),
                            std::string(entry.exe), std::string(entry.hostname)});
  }
  EXPECT_FALSE(reader->next(entry));
  read.findings = reader->findings();
  read.notes = reader->notes();
  return read;
}

inline ReadJournal read_all(const std::string& bytes) {
  TestJournalSource source(bytes);
  return read_all(source);
}

inline TestJournalEntry entry_of(int64_t number, const std::string& message) {
  return {kJournalStart + number * 1'000'000,
          5'000'000 + number * 1'000'000,
          {"MESSAGE=" + message, "SYSLOG_IDENTIFIER=sshd", "_COMM=sshd", "_PID=4711",
           "_HOSTNAME=web1", "PRIORITY=6"}};
}

inline std::string journal_of(int64_t count, TestJournalOptions options = {}) {
  TestJournal journal(options);
  for (int64_t i = 0; i < count; ++i) {
    journal.add(entry_of(i, "line " + std::to_string(i)));
  }
  return journal.bytes();
}

inline void expect_whole(const ReadJournal& read, uint64_t count) {
  const JournalFindings& findings = read.findings;
  EXPECT_EQ(findings.entries, count);
  EXPECT_EQ(findings.entries_walked, count);
  EXPECT_EQ(findings.entries_listed, count);
  EXPECT_EQ(findings.walked_only + findings.listed_only, 0U);
  EXPECT_EQ(findings.entries_damaged + findings.damaged_objects + findings.damaged_items, 0U);
  EXPECT_EQ(findings.bad_array_items + findings.entries_after_tail, 0U);
  EXPECT_EQ(findings.odd_entries + findings.unchecked_entries, 0U);
  EXPECT_EQ(findings.objects, read.header.n_objects);
  EXPECT_FALSE(findings.flags_contradicted || findings.hashes_unverifiable ||
               findings.array_chain_broken || findings.cut || findings.n_entries_mismatch ||
               findings.head_seqnum_mismatch || findings.tail_seqnum_mismatch ||
               findings.tail_realtime_mismatch || findings.signature_damaged);
  EXPECT_TRUE(read.notes.empty());
}

}  // namespace genba::parse
