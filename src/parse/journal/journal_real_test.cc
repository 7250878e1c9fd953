// SPDX-License-Identifier: Apache-2.0
//
// Journals of real machines, entry by entry against what journalctl made of them.
#include <lzma.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "parse/journal/journal.h"
#include "parse/journal/journal_test_support.h"
#include "parse/journal/test_journal.h"

namespace genba::parse {
namespace {

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string unpack_xz(const std::string& packed) {
  lzma_stream stream = LZMA_STREAM_INIT;
  EXPECT_EQ(lzma_stream_decoder(&stream, UINT64_MAX, 0), LZMA_OK);
  stream.next_in = reinterpret_cast<const uint8_t*>(packed.data());
  stream.avail_in = packed.size();
  std::string bytes;
  std::vector<char> piece(1 << 20);
  lzma_ret status = LZMA_OK;
  while (status == LZMA_OK) {
    stream.next_out = reinterpret_cast<uint8_t*>(piece.data());
    stream.avail_out = piece.size();
    status = lzma_code(&stream, LZMA_FINISH);
    bytes.append(piece.data(), piece.size() - stream.avail_out);
  }
  lzma_end(&stream);
  EXPECT_EQ(status, LZMA_STREAM_END);
  return bytes;
}

class JournalOfRealMachines : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("GENBA_SHARED_DIR");
    folder = std::string(shared == nullptr ? "../shared" : shared) + "/data/journald-samples/";
    if (read_whole(folder + "SOURCE.txt").empty()) {
      GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no real journals in " << folder;
    }
  }
  std::string unpack(const std::string& path) {
    const std::string packed = read_whole(folder + path);
    EXPECT_FALSE(packed.empty()) << path;
    return unpack_xz(packed);
  }

  std::string folder;
};

// A text field of journalctl's JSON: a string, or an array of bytes or of several values.
std::string text_of(const nlohmann::json& line, const char* name) {
  const auto found = line.find(name);
  if (found == line.end() || found->is_null()) {
    return "";
  }
  if (found->is_string()) {
    return found->get<std::string>();
  }
  if (found->is_array() && !found->empty() && found->front().is_string()) {
    return found->front().get<std::string>();
  }
  std::string bytes;
  for (const auto& byte : *found) {
    bytes += static_cast<char>(byte.get<int>());
  }
  return bytes;
}

uint64_t seqnum_of(const nlohmann::json& line) {
  const std::string cursor = line.at("__CURSOR").get<std::string>();
  const size_t at = cursor.find(";i=") + 3;
  return std::stoull(cursor.substr(at, cursor.find(';', at) - at), nullptr, 16);
}

void expect_same(const KeptEntry& ours, const nlohmann::json& line) {
  EXPECT_EQ(ours.entry.seqnum, seqnum_of(line));
  EXPECT_EQ(std::to_string(ours.entry.realtime), text_of(line, "__REALTIME_TIMESTAMP"));
  EXPECT_EQ(std::to_string(ours.entry.monotonic), text_of(line, "__MONOTONIC_TIMESTAMP"));
  EXPECT_EQ(to_text(ours.entry.boot_id), text_of(line, "_BOOT_ID"));
  EXPECT_EQ(ours.message, text_of(line, "MESSAGE"));
  EXPECT_EQ(ours.identifier, text_of(line, "SYSLOG_IDENTIFIER"));
  EXPECT_EQ(ours.comm, text_of(line, "_COMM"));
  EXPECT_EQ(ours.hostname, text_of(line, "_HOSTNAME"));
  const std::string pid = text_of(line, "_PID");
  EXPECT_EQ(std::to_string(ours.entry.pid), pid.empty() ? "-1" : pid);
  const std::string priority = text_of(line, "PRIORITY");
  EXPECT_EQ(std::to_string(ours.entry.priority), priority.empty() ? "-1" : priority);
}

struct RealJournal {
  const char* file;
  const char* golden;
  size_t entries;
  uint64_t changed;         // some do not agree with their hashes
  uint64_t first_mismatch;  // where journalctl --verify says that it is corrupt; 0: PASS
};

constexpr RealJournal kRealJournals[] = {
    {"logs/OpenSUSE15/journal/f4e4621cbd954e73a519d0ca3e0d82c3/"
     "system@29912846da1c4d1d8d50dd155c553bdc-0000000000005156-00060c85794a2d40.journal.xz",
     "golden/system@29912846da1c4d1d8d50dd1.json.xz", 1120, 0, 0},
    {"logs/Ubuntu16/6c6ab73d82464b9493892c81fc732b3a/system.journal.xz", "golden/system.json.xz",
     289, 32, 0x01a210},
    {"logs/programs/journal/RHE_91_system.journal.xz", "golden/RHE_91_system.json.xz", 2081, 16,
     0x0f7350},
    {"logs/programs/journal/Ubuntu22-user-1000x3.journal.xz", "golden/Ubuntu22-user-1000x3.json.xz",
     3, 0, 0},
};

TEST_F(JournalOfRealMachines, GivesWhatJournalctlGives) {
  for (const RealJournal& real : kRealJournals) {
    SCOPED_TRACE(real.file);
    const ReadJournal read = read_all(unpack(real.file));
    expect_whole(read, real.entries);
    ASSERT_EQ(read.entries.size(), real.entries);
    const std::string golden = unpack(real.golden);
    size_t number = 0;
    for (size_t at = 0; at < golden.size(); ++number) {
      const size_t end = golden.find('\n', at);
      ASSERT_NE(end, std::string::npos);
      ASSERT_LT(number, read.entries.size());
      expect_same(read.entries[number], nlohmann::json::parse(golden.substr(at, end - at)));
      at = end + 1;
    }
    EXPECT_EQ(number, real.entries);
  }
}

TEST_F(JournalOfRealMachines, WithChangedFieldsAreFoundWhereJournalctlFindsThemCorrupt) {
  for (const RealJournal& real : kRealJournals) {
    SCOPED_TRACE(real.file);
    const JournalFindings findings = read_all(unpack(real.file)).findings;
    EXPECT_EQ(findings.changed_entries, real.changed);
    ASSERT_EQ(findings.changed_list.size(), real.changed);
    if (real.first_mismatch != 0) {
      EXPECT_EQ(findings.changed_list.front().data_offset, real.first_mismatch);
    }
    EXPECT_EQ(findings.seqnum_holes + findings.clock_steps + findings.monotonic_back, 0U);
  }
}

}  // namespace
}  // namespace genba::parse
