// SPDX-License-Identifier: Apache-2.0
#include "parse/utmp/utmp.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

struct Parsed {
  UtmpLayout layout;
  std::vector<uint64_t> offsets;
  std::vector<UtmpRecord> records;
  std::vector<base::Note> notes;
};

Parsed parse(const std::string& bytes) {
  Parsed parsed;
  parsed.layout = detect_utmp_layout(bytes, bytes.size());
  parse_utmp(
      bytes, parsed.layout,
      [&](uint64_t offset, const UtmpRecord& record) {
        parsed.offsets.push_back(offset);
        parsed.records.push_back(record);
      },
      parsed.notes);
  return parsed;
}

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string sample(const std::string& name) {
  const char* source = std::getenv("GENBA_SOURCE_DIR");
  return read_whole((source == nullptr ? std::string(".") : std::string(source)) +
                    "/src/parse/utmp/samples/" + name);
}

TEST(Utmp, LayoutIsFoundFromWhatMakesSense) {
  EXPECT_EQ(parse(sample("narrow_little")).layout, (UtmpLayout{384, ByteOrder::kLittle}));
  EXPECT_EQ(parse(sample("narrow_big")).layout, (UtmpLayout{384, ByteOrder::kBig}));
  EXPECT_EQ(parse(sample("wide_little")).layout, (UtmpLayout{400, ByteOrder::kLittle}));
}

TEST(Utmp, EveryFieldIsTaken) {
  const std::string bytes = sample("narrow_little");
  const Parsed parsed = parse(bytes);
  ASSERT_EQ(parsed.records.size(), 2U);
  EXPECT_EQ(parsed.records[0].type, UtmpType::kBootTime);
  const UtmpRecord& login = parsed.records[1];
  EXPECT_EQ(login.type, UtmpType::kUserProcess);
  EXPECT_EQ(login.pid, 100);
  EXPECT_EQ(login.line, "pts/0");
  EXPECT_EQ(login.user, "root");
  EXPECT_EQ(login.host, "192.0.2.1");
  EXPECT_EQ(login.time, base::timestamp_from_unix(1700000100, 5000));
  ASSERT_TRUE(login.address);
  EXPECT_EQ(base::to_text(*login.address), "192.0.2.1");
}

TEST(Utmp, AddressOfABigEndianMachineIsInNetworkOrder) {
  const std::string bytes = sample("narrow_big");
  const Parsed parsed = parse(bytes);
  ASSERT_EQ(parsed.records.size(), 2U);
  ASSERT_TRUE(parsed.records[1].address);
  EXPECT_EQ(base::to_text(*parsed.records[1].address), "2001:db8::1");
}

TEST(Utmp, RecordsOutOfStepAreFoundAgain) {
  const std::string bytes = sample("out_of_step");
  const Parsed parsed = parse(bytes);
  ASSERT_EQ(parsed.records.size(), 3U);
  EXPECT_EQ(parsed.offsets[1], 484U);
  EXPECT_EQ(parsed.records[2].type, UtmpType::kDeadProcess);
  ASSERT_EQ(parsed.notes.size(), 2U);
  EXPECT_EQ(parsed.notes[0].offset, 384U);
  EXPECT_EQ(parsed.notes[0].bytes, 100U);
  EXPECT_EQ(parsed.notes[1].bytes, 4U);
}

TEST(Utmp, EmptyRecordsAreShownAndNonsenseIsNot) {
  EXPECT_TRUE(parse("").records.empty());
  EXPECT_TRUE(parse("").notes.empty());
  const Parsed zeroes = parse(std::string(3 * 384, '\0'));
  ASSERT_EQ(zeroes.records.size(), 3U);
  EXPECT_EQ(zeroes.records[0].type, UtmpType::kEmpty);
  EXPECT_TRUE(zeroes.notes.empty());
  const Parsed ones = parse(std::string(3 * 384, '\xff'));
  EXPECT_TRUE(ones.records.empty());
  ASSERT_EQ(ones.notes.size(), 1U);
  EXPECT_EQ(ones.notes[0].bytes, 3U * 384);
}

TEST(Utmp, DamageIsCountedWholeThoughItsNotesAreCapped) {
  std::string bytes = sample("narrow_little");
  const std::string login = bytes.substr(384);
  bytes.clear();
  for (int i = 0; i < 200; ++i) {
    bytes += login + std::string(384, '\xff');
  }
  const Parsed parsed = parse(login + login + bytes);
  EXPECT_EQ(parsed.records.size(), 202U);
  EXPECT_EQ(parsed.notes.size(), 64U);
  uint64_t lost = 0;
  for (const auto& note : parsed.notes) {
    lost += note.bytes;
  }
  EXPECT_EQ(lost, 200U * 384);
}

class UtmpOfRealMachines : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("GENBA_SHARED_DIR");
    folder_ = std::string(shared == nullptr ? "../shared" : shared) + "/data/wtmp-multiarch/";
    if (read_whole(folder_ + "SOURCE.txt").empty()) {
      GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no real login records in " << folder_;
    }
  }
  Parsed parse_file(const std::string& path) {
    bytes_ = read_whole(folder_ + path);
    EXPECT_FALSE(bytes_.empty()) << path;
    return parse(bytes_);
  }
  // The lines of a dump by utmpdump, made on the machine itself.
  std::vector<std::string> lines(const std::string& path) {
    std::vector<std::string> result;
    std::ifstream file(folder_ + path);
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with('[')) {
        result.push_back(line);
      }
    }
    EXPECT_FALSE(result.empty()) << path;
    return result;
  }

  std::string folder_;
  std::string bytes_;
};

// One record as utmpdump prints it, up to the time.
std::string dumped(const UtmpRecord& record) {
  const auto padded = [](std::string_view text, size_t width) {
    std::string out(text.substr(0, std::max(width, text.size())));
    out.resize(std::max(width, out.size()), ' ');
    return out;
  };
  std::string pid = std::to_string(record.pid);
  pid.insert(0, pid.size() < 5 ? 5 - pid.size() : 0, '0');
  const std::string address = record.address ? base::to_text(*record.address) : "0.0.0.0";
  std::string time = base::to_rfc3339(record.time);
  time = time.substr(0, 19) + "," + time.substr(20, 6);
  return "[" + std::to_string(static_cast<int>(record.type)) + "] [" + pid + "] [" +
         padded(record.id, 4) + "] [" + padded(record.user, 8) + "] [" + padded(record.line, 12) +
         "] [" + padded(record.host, 20) + "] [" + padded(address, 15) + "] [" + time;
}

TEST_F(UtmpOfRealMachines, AgreeWithTheDumpsMadeOnThem) {
  const std::pair<const char*, const char*> files[] = {
      {"s4/logs/CentOS7/x86_64/wtmp", "s4/logs/CentOS7/x86_64/wtmp.utmpdump.txt"},
      {"s4/logs/CentOS7/x86_64/btmp", "s4/logs/CentOS7/x86_64/btmp.utmpdump.txt"},
      {"s4/logs/CentOS7/x86_64/utmp", "s4/logs/CentOS7/x86_64/utmp.utmpdump.txt"},
      {"s4/logs/CentOS9/x86_64/wtmp", "s4/logs/CentOS9/x86_64/wtmp.utmpdump.txt"},
      {"s4/logs/CentOS9/x86_64/btmp", "s4/logs/CentOS9/x86_64/btmp.utmpdump.txt"},
      {"s4/logs/Debian13/RISC-V/wtmp", "s4/logs/Debian13/RISC-V/wtmp.utmpdump.txt"},
      {"s4/logs/Debian13/RISC-V/utmp", "s4/logs/Debian13/RISC-V/utmp.utmpdump.txt"},
      {"s4/logs/Debian11/armv6l_ARMv6/wtmp", "s4/logs/Debian11/armv6l_ARMv6/wtmp.utmpdump.txt"},
      {"s4/logs/Debian11/armv7l_ARMv6/wtmp", "s4/logs/Debian11/armv7l_ARMv6/wtmp.utmpdump.txt"},
      {"s4/logs/Debian11/aarch64_ARMv6/wtmp", "s4/logs/Debian11/aarch64_ARMv6/wtmp.utmpdump.txt"},
      {"s4/logs/OpenSUSE15/wtmp", "s4/logs/OpenSUSE15/wtmp.utmpdump.txt"},
      {"s4/logs/Ubuntu16/x86_32/wtmp", "s4/logs/Ubuntu16/x86_32/wtmp.utmpdump.txt"},
      {"s4/logs/Ubuntu16/x86_32/btmp", "s4/logs/Ubuntu16/x86_32/btmp.utmpdump.txt"},
  };
  for (const auto& [file, dump] : files) {
    SCOPED_TRACE(file);
    const Parsed parsed = parse_file(file);
    auto expected = lines(dump);
    EXPECT_TRUE(parsed.notes.empty());
    // Some files were copied a little after their dump was made.
    ASSERT_GE(parsed.records.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      std::string ours = dumped(parsed.records[i]);
      // Old versions print the time in the machine's own zone.
      const size_t time = ours.rfind('[') + 1;
      if (expected[i].compare(time, 2, "20") != 0) {
        ours.resize(time);
      }
      if (expected[i].find("192.168.100.") != std::string::npos) {
        // The home network was made anonymous in the dumps, not in the files.
        constexpr size_t kHost = sizeof("[7] [00000] [ts/0] [userid  ] [pts/0       ]");
        ours.erase(kHost, time - kHost);
        expected[i].erase(kHost, time - kHost);
      }
      ASSERT_EQ(expected[i].substr(0, ours.size()), ours) << "record " << i;
    }
  }
}

TEST_F(UtmpOfRealMachines, OfOtherByteOrdersAndWidthsAreRecognized) {
  EXPECT_EQ(parse_file("plaso/test_data/utmp/utmp_x86_64").layout,
            (UtmpLayout{384, ByteOrder::kLittle}));
  EXPECT_EQ(parse_file("plaso/test_data/utmp/utmp_aarch64").layout,
            (UtmpLayout{400, ByteOrder::kLittle}));
  EXPECT_EQ(parse_file("plaso/test_data/utmp/utmp_s390").layout,
            (UtmpLayout{400, ByteOrder::kBig}));
  EXPECT_EQ(parse_file("s4/logs/Debian11/aarch64_ARM64/wtmp").layout,
            (UtmpLayout{400, ByteOrder::kLittle}));
  for (const char* name : {"a", "ipv6"}) {
    const std::string base = std::string("util-linux/tests/ts/utmp/wtmp-") + name;
    EXPECT_EQ(parse_file(base + ".LE").layout, (UtmpLayout{384, ByteOrder::kLittle}));
  }
  for (const char* name : {"b", "ipv6"}) {
    const std::string base = std::string("util-linux/tests/ts/utmp/wtmp-") + name;
    EXPECT_EQ(parse_file(base + ".BE").layout, (UtmpLayout{384, ByteOrder::kBig}));
  }
}

TEST_F(UtmpOfRealMachines, GiveTheAnswersKnownForThem) {
  const Parsed first = parse_file("plaso/test_data/utmp/wtmp.1");
  ASSERT_EQ(first.records.size(), 4U);
  EXPECT_EQ(first.records[0].user, "userA");
  EXPECT_EQ(first.records[0].line, "pts/32");
  EXPECT_EQ(base::to_rfc3339(first.records[0].time), "2011-12-01T17:36:38.432935000Z");
  EXPECT_EQ(base::to_text(*first.records[0].address), "10.10.122.1");

  const Parsed ipv6 = parse_file("util-linux/tests/ts/utmp/wtmp-ipv6.BE");
  ASSERT_FALSE(ipv6.records.empty());
  EXPECT_EQ(base::to_text(*ipv6.records[0].address), "2001:503:ba3e::2:30");
  EXPECT_EQ(base::to_rfc3339(ipv6.records[0].time), "2013-08-28T20:30:40.000000000Z");
}

TEST_F(UtmpOfRealMachines, WithDamageLoseOnlyTheDamage) {
  const Parsed parsed = parse_file("plaso/test_data/utmp/utmp_corrupted");
  ASSERT_EQ(parsed.records.size(), 2U);
  EXPECT_EQ(parsed.offsets[1], 1152U);
  EXPECT_EQ(parsed.records[1].user, "bob");
  EXPECT_EQ(base::to_rfc3339(parsed.records[1].time), "2023-11-14T22:46:40.000000000Z");
  EXPECT_EQ(parsed.notes.size(), 2U);
}

}  // namespace
}  // namespace genba::parse
