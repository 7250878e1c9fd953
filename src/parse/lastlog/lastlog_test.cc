// SPDX-License-Identifier: Apache-2.0
#include "parse/lastlog/lastlog.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

std::string record(LastlogLayout layout, uint64_t time, const std::string& line,
                   const std::string& host) {
  const size_t width = layout.record_size == 296 ? 8 : 4;
  std::string bytes(layout.record_size, '\0');
  for (size_t i = 0; i < width; ++i) {
    const size_t at = layout.order == ByteOrder::kLittle ? i : width - 1 - i;
    bytes[at] = static_cast<char>(time >> (8 * i) & 0xff);
  }
  bytes.replace(width, line.size(), line);
  bytes.replace(width + 32, host.size(), host);
  return bytes;
}

struct Parsed {
  std::shared_ptr<const std::string> bytes;  ///< what the records' texts point into
  std::vector<LastlogRecord> records;
  std::vector<base::Note> notes;
};

Parsed parse(std::string bytes, uint64_t first_offset, LastlogLayout layout) {
  Parsed parsed;
  parsed.bytes = std::make_shared<const std::string>(std::move(bytes));
  parse_lastlog(
      *parsed.bytes, first_offset, layout,
      [&](const LastlogRecord& found) { parsed.records.push_back(found); }, parsed.notes);
  return parsed;
}

constexpr LastlogLayout kLayouts[] = {{292, ByteOrder::kLittle},
                                      {296, ByteOrder::kLittle},
                                      {292, ByteOrder::kBig},
                                      {296, ByteOrder::kBig}};

TEST(Lastlog, EachLayoutIsFoundFromOneLogin) {
  for (const LastlogLayout layout : kLayouts) {
    SCOPED_TRACE(layout.record_size);
    const std::string bytes =
        std::string(layout.record_size, '\0') + record(layout, 1700000000, "pts/0", "192.0.2.1");
    EXPECT_EQ(detect_lastlog_layout(bytes, 0, bytes.size()), layout);
    EXPECT_EQ(detect_lastlog_layout(bytes, 0, 0), layout);
    const Parsed parsed = parse(bytes, 0, layout);
    ASSERT_EQ(parsed.records.size(), 1U);
    EXPECT_EQ(parsed.records[0].uid, 1U);
    EXPECT_EQ(parsed.records[0].time, base::timestamp_from_unix(1700000000));
    EXPECT_EQ(parsed.records[0].line, "pts/0");
    EXPECT_EQ(parsed.records[0].host, "192.0.2.1");
    EXPECT_TRUE(parsed.notes.empty());
  }
}

TEST(Lastlog, LayoutOfAnExtentBehindAHoleIsFound) {
  for (const LastlogLayout layout : kLayouts) {
    const std::string bytes = "tail" + record(layout, 1700000000, "tty1", "");
    EXPECT_EQ(detect_lastlog_layout(bytes, 50000 * layout.record_size - 4, 0), layout);
  }
}

TEST(Lastlog, ExtentOfTheHighestUidIsReadWithoutTheHoleBeforeIt) {
  const LastlogLayout layout;
  const std::string bytes = record(layout, 1700000000, "pts/3", "2001:db8::1");
  const Parsed parsed = parse(bytes, uint64_t{4294967294} * 292, layout);
  ASSERT_EQ(parsed.records.size(), 1U);
  EXPECT_EQ(parsed.records[0].uid, 4294967294U);
  const Parsed beyond = parse(bytes, uint64_t{4294967296} * 292, layout);
  EXPECT_TRUE(beyond.records.empty());
  ASSERT_EQ(beyond.notes.size(), 1U);
  EXPECT_EQ(beyond.notes[0].reason, "beyond the last user id");
}

TEST(Lastlog, PartsOfRecordsAreNotedUnlessTheyAreZero) {
  const LastlogLayout layout;
  const std::string login = record(layout, 1700000000, "pts/0", "host");
  const Parsed parsed = parse("host" + login + "\x01", 288, layout);
  ASSERT_EQ(parsed.records.size(), 1U);
  EXPECT_EQ(parsed.records[0].uid, 1U);
  ASSERT_EQ(parsed.notes.size(), 2U);
  EXPECT_EQ(parsed.notes[0].offset, 288U);
  EXPECT_EQ(parsed.notes[0].bytes, 4U);
  EXPECT_EQ(parsed.notes[1].offset, 584U);
  EXPECT_EQ(parsed.notes[1].bytes, 1U);
  const std::string zeroes(4, '\0');
  EXPECT_TRUE(parse(zeroes + login + zeroes, 288, layout).notes.empty());
  EXPECT_EQ(parse("abc", 10, layout).notes.size(), 1U);
}

TEST(Lastlog, NonsenseLosesOnlyItself) {
  const LastlogLayout layout;
  const std::string login = record(layout, 1700000000, "pts/0", "");
  const Parsed parsed = parse(
      login + std::string(584, '\xff') + record(layout, 1, "a\x1b[2J", "") + login, 0, layout);
  ASSERT_EQ(parsed.records.size(), 2U);
  EXPECT_EQ(parsed.records[1].uid, 4U);
  ASSERT_EQ(parsed.notes.size(), 1U);
  EXPECT_EQ(parsed.notes[0].offset, 292U);
  EXPECT_EQ(parsed.notes[0].bytes, 876U);
  EXPECT_EQ(parsed.notes[0].reason, "not a last login record");
}

TEST(Lastlog, DamageIsCountedWholeThoughItsNotesAreCapped) {
  const LastlogLayout layout;
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    bytes += record(layout, 1700000000, "pts/0", "") + std::string(292, '\xff');
  }
  const Parsed parsed = parse(bytes, 0, layout);
  EXPECT_EQ(parsed.records.size(), 100U);
  EXPECT_EQ(parsed.notes.size(), 64U);
  uint64_t lost = 0;
  for (const auto& note : parsed.notes) {
    lost += note.bytes;
  }
  EXPECT_EQ(lost, 100U * 292);
}

TEST(Lastlog, TextsThatFillTheirFieldsStopThere) {
  const LastlogLayout layout;
  const Parsed parsed =
      parse(record(layout, 4102444799, std::string(32, 'a'), std::string(256, 'b')), 0, layout);
  ASSERT_EQ(parsed.records.size(), 1U);
  EXPECT_EQ(parsed.records[0].line, std::string(32, 'a'));
  EXPECT_EQ(parsed.records[0].host, std::string(256, 'b'));
  EXPECT_EQ(parsed.records[0].time, base::timestamp_from_unix(4102444799));
}

TEST(Lastlog, EmptyAndZeroFilesHoldNobody) {
  EXPECT_TRUE(parse("", 0, {}).records.empty());
  const Parsed zeroes = parse(std::string(3000, '\0'), 0, {});
  EXPECT_TRUE(zeroes.records.empty());
  EXPECT_TRUE(zeroes.notes.empty());
  EXPECT_EQ(detect_lastlog_layout("", 0, 0), LastlogLayout{});
  EXPECT_EQ(detect_lastlog_layout(std::string(2960, '\0'), 0, 2960), LastlogLayout{});
}

class LastlogOfRealMachines : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("GENBA_SHARED_DIR");
    folder_ = std::string(shared == nullptr ? "../shared" : shared) + "/data/wtmp-multiarch/";
    if (read_whole("SOURCE.txt").empty()) {
      GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no real login records in " << folder_;
    }
  }
  std::string read_whole(const std::string& path) {
    std::ifstream file(folder_ + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string folder_;
};

// "pts/0    host.net         Sun Mar  3 02:03:58 -0500 2024" of lastlog(8), as port, host and time.
struct Told {
  std::string user;
  std::string port;
  std::string host;
  std::string time;
};

std::vector<Told> told_by(const std::string& dump) {
  const size_t host_column = dump.find("From");
  const size_t time_column = dump.find("Latest");
  std::vector<Told> result;
  for (size_t at = dump.find('\n') + 1; at < dump.size();) {
    const size_t end = std::min(dump.find('\n', at), dump.size());
    const std::string line = dump.substr(at, end - at);
    at = end + 1;
    if (line.empty() || line.find("**") != std::string::npos) {
      continue;
    }
    const auto column = [&](size_t from, size_t to) {
      const std::string text = line.substr(from, to - from);
      return text.substr(0, text.find_last_not_of(' ') + 1);
    };
    // riscv64's lastlog prints the time one column to the left of its title.
    const size_t time = line.find_first_not_of(' ', time_column - 1);
    result.push_back({column(0, 17), column(17, host_column), column(host_column, time_column - 1),
                      line.substr(time)});
  }
  return result;
}

// The time as lastlog(8) prints it in a zone: "Sun Mar  3 02:03:58 -0500 2024".
std::string printed(base::Timestamp time, const std::string& zone) {
  static constexpr const char* kDays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const int sign = zone[0] == '-' ? -1 : 1;
  const int64_t offset =
      sign * (std::stoi(zone.substr(1, 2)) * 3600 + std::stoi(zone.substr(3)) * 60);
  const base::Timestamp local{time.nanoseconds + offset * 1'000'000'000};
  const base::Civil civil = base::to_civil(local);
  char text[64];
  std::snprintf(text, sizeof text, "%s %s %2d %02d:%02d:%02d %s %d",
                kDays[local.nanoseconds / 86'400'000'000'000 % 7], kMonths[civil.month - 1],
                civil.day, civil.hour, civil.minute, civil.second, zone.c_str(),
                static_cast<int>(civil.year));
  return text;
}

TEST_F(LastlogOfRealMachines, AgreeInEachFieldWithWhatLastlogPrintedOnThem) {
  struct File {
    const char* path;
    LastlogLayout layout;
    uint32_t other_uid;  ///< of the user who is not root
  };
  const LastlogLayout narrow{292, ByteOrder::kLittle};
  const LastlogLayout wide{296, ByteOrder::kLittle};
  const File files[] = {
      {"s4/logs/CentOS7/x86_64/lastlog", narrow, 1001},
      {"s4/logs/Debian11/aarch64_ARM64/lastlog", wide, 1000},
      {"s4/logs/Debian11/aarch64_ARMv6/lastlog", narrow, 1000},
      {"s4/logs/Debian11/armv6l_ARMv6/lastlog", narrow, 1000},
      {"s4/logs/Debian11/armv7l_ARMv6/lastlog", narrow, 1000},
      {"s4/logs/Debian13/RISC-V/lastlog", narrow, 1000},
      {"s4/logs/Ubuntu16/x86_32/lastlog", narrow, 1000},
      {"s4/logs/Ubuntu20/x86_64/lastlog", narrow, 1000},
  };
  for (const File& file : files) {
    SCOPED_TRACE(file.path);
    const std::string bytes = read_whole(file.path);
    ASSERT_FALSE(bytes.empty());
    EXPECT_EQ(detect_lastlog_layout(bytes, 0, bytes.size()), file.layout);
    EXPECT_EQ(detect_lastlog_layout(bytes, 0, 0), file.layout);
    const Parsed parsed = parse(bytes, 0, file.layout);
    EXPECT_TRUE(parsed.notes.empty());
    const std::vector<Told> expected = told_by(read_whole(std::string(file.path) + ".txt"));
    ASSERT_FALSE(expected.empty());
    ASSERT_EQ(parsed.records.size(), expected.size());
    // passwd, whose order lastlog(8) follows, has root first and users last on these machines.
    for (size_t i = 0; i < expected.size(); ++i) {
      const LastlogRecord& ours = parsed.records[i];
      EXPECT_EQ(ours.uid, expected[i].user == "root" ? 0U : file.other_uid);
      EXPECT_EQ(ours.line, expected[i].port);
      EXPECT_EQ(ours.host, expected[i].host);
      const std::string& time = expected[i].time;
      ASSERT_GT(time.size(), 10U);
      EXPECT_EQ(printed(ours.time, time.substr(time.size() - 10, 5)), time);
    }
  }
}

TEST_F(LastlogOfRealMachines, ReadInPagesGiveTheSameUsers) {
  const std::string bytes = read_whole("s4/logs/Debian11/armv7l_ARMv6/lastlog");
  ASSERT_EQ(bytes.size(), 292292U);
  std::vector<uint32_t> uids;
  // As a caller does it: an extent that SEEK_DATA found, rounded outwards to records.
  const auto read = [&](size_t begin, size_t end) {
    begin -= begin % 292;
    end = std::min(bytes.size(), (end + 291) / 292 * 292);
    for (const auto& found : parse(bytes.substr(begin, end - begin), begin, {}).records) {
      uids.push_back(found.uid);
    }
  };
  read(0, 4096);
  read(286720, bytes.size());
  EXPECT_EQ(uids, (std::vector<uint32_t>{0, 1000}));
}

}  // namespace
}  // namespace genba::parse
