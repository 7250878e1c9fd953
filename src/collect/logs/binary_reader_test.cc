// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/binary_reader.h"

#include <algorithm>
#include <string>

#include "collect/logs/logs_test_support.h"
#include "parse/journal/test_journal.h"
#include "sqlite3.h"

namespace genba::collect::logs {
namespace {

using test::FakeHost;
using test_support::gzip;

constexpr int64_t kNow = 1'794'107'529;  // 2026-11-08T03:12:09Z

std::string utmp(int type, int64_t time, std::string_view user, std::string_view host = "",
                 std::string_view tty = "pts/0", uint32_t address = 0) {
  std::string bytes(384, '\0');
  const auto put = [&](size_t at, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; ++i) {
      bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xff);
    }
  };
  put(0, static_cast<uint64_t>(type), 2);
  put(4, 4711, 4);
  std::copy(tty.begin(), tty.end(), bytes.begin() + 8);
  std::copy(user.begin(), user.end(), bytes.begin() + 44);
  std::copy(host.begin(), host.end(), bytes.begin() + 76);
  put(340, static_cast<uint64_t>(time), 4);
  put(348, address, 4);
  return bytes;
}

const std::string kWiped(384, '\0');

std::string lastlog(int64_t time, std::string_view host) {
  std::string bytes(292, '\0');
  for (size_t i = 0; i < 4; ++i) {
    bytes[i] = static_cast<char>(static_cast<uint64_t>(time) >> (8 * i) & 0xff);
  }
  bytes.replace(4, 5, "pts/0");
  bytes.replace(36, host.size(), host);
  return bytes;
}

std::string database_of(const std::string& sql) {
  sqlite3* handle = nullptr;
  EXPECT_EQ(sqlite3_open(":memory:", &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_int64 size = 0;
  unsigned char* const bytes = sqlite3_serialize(handle, "main", &size, 0);
  std::string result(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  sqlite3_free(bytes);
  sqlite3_close(handle);
  return result;
}

// One file read as one part.
class BinaryReader : public ::testing::Test {
 protected:
  void read(const std::string& path, const std::string& bytes, LogFormat format,
            parse::Compression compression = parse::Compression::kNone) {
    if (!bytes.empty()) {
      host_.add_file(path, bytes);
    }
    LogFile log;
    log.path = path;
    log.format = format;
    log.compression = compression;
    Part part;
    part.log = &log;
    part.source = log.path;
    Folds folds;
    const Surroundings surroundings{host_, zone_, usernames_, deadline_};
    facts_ = read_part(part, surroundings, folds);
    folds.attempts.settle();
    attempts_.clear();
    for (const Episode& episode : folds.attempts.episodes()) {
      const AttemptWay& way = folds.attempts.way_of(episode);
      attempts_ += fmt::format("{} {} x{} {} {};", folds.attempts.text(episode.address),
                               folds.attempts.text(episode.username), episode.count,
                               folds.attempts.text(way.program), folds.attempts.text(way.comm));
    }
  }
  std::string last() const {
    std::string out;
    for (const model::Last& row : facts_.last) {
      out +=
          fmt::format("{} {} {} {} {} {};", row.record, row.type_name, row.username.value_or("-"),
                      row.host.value_or("-"), row.address.value_or("-"),
                      row.time ? row.time->nanoseconds / 1'000'000'000 : 0);
    }
    return out;
  }
  std::string anomalies() const {
    const auto seconds = [](const std::optional<base::Timestamp>& time) {
      return time ? time->nanoseconds / 1'000'000'000 - kNow : -1;
    };
    std::string out;
    for (const model::LogAnomaly& row : facts_.anomalies) {
      out += fmt::format("{} {}..{} x{} @{};", row.kind, seconds(row.from_time),
                         seconds(row.to_time), row.count.value_or(0), row.line.value_or(0));
    }
    return out;
  }

  FakeHost host_;
  parse::ZoneInfo zone_ = parse::ZoneInfo::utc();
  std::map<int64_t, std::string> usernames_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  PartFacts facts_;
  std::string attempts_;
};

TEST_F(BinaryReader, RecordsOfWtmpWithNumbersAndBoots) {
  read("/var/log/wtmp",
       utmp(2, kNow, "reboot", "6.1.0-25-amd64", "~") +
           utmp(7, kNow + 60, "hana", "web.example", "pts/0", 0x0a0200c0) +
           utmp(8, kNow + 90, "", ""),
       LogFormat::kUtmp);
  EXPECT_EQ(last(),
            "1 boot-time reboot 6.1.0-25-amd64 - 1794107529;"
            "2 user-process hana web.example 192.0.2.10 1794107589;"
            "3 dead-process - - - 1794107619;");
  ASSERT_EQ(facts_.events.rows().size(), 1U);
  EXPECT_EQ(facts_.events.rows()[0].action, "system_boot");
  EXPECT_EQ(facts_.events.rows()[0].subject, "6.1.0-25-amd64");
  EXPECT_EQ(facts_.events.rows()[0].line, 1);
  EXPECT_EQ(facts_.lines, 3);
  EXPECT_EQ(facts_.rhythm.last(), kNow + 90);
}

TEST_F(BinaryReader, WipedRecordsAreToldWithTheTimesAroundThem) {
  read("/var/log/wtmp",
       utmp(7, kNow, "hana") + kWiped + kWiped + utmp(7, kNow + 500, "ken") + kWiped,
       LogFormat::kUtmp);
  EXPECT_EQ(anomalies(), "wiped_records 0..500 x2 @2;wiped_records 500..-1 x1 @5;");
  EXPECT_EQ(last(),
            "1 user-process hana - - 1794107529;2 wiped - - - 0;3 wiped - - - 0;"
            "4 user-process ken - - 1794108029;5 wiped - - - 0;");
}

TEST_F(BinaryReader, WipedRecordsAtTheBeginningAndInBtmp) {
  read("/var/log/btmp", kWiped + utmp(6, kNow, "root", "203.0.113.7", "ssh:notty"),
       LogFormat::kBtmp);
  EXPECT_EQ(anomalies(), "wiped_records -1..0 x1 @1;");
  EXPECT_EQ(attempts_, "203.0.113.7 root x1 btmp ;");
  EXPECT_EQ(last(), "");
}

TEST_F(BinaryReader, RefusedLoginAtTheConsoleIsToldToo) {
  read("/var/log/btmp", utmp(6, kNow, "root", "", "tty1"), LogFormat::kBtmp);
  ASSERT_EQ(facts_.auth.size(), 1U);
  EXPECT_EQ(facts_.auth[0].outcome, "failed");
  EXPECT_EQ(facts_.auth[0].username, "root");
  EXPECT_EQ(facts_.auth[0].tty, "tty1");
}

TEST_F(BinaryReader, ImpossibleTypesAndABrokenEndAreNoted) {
  read("/var/log/wtmp",
       utmp(7, kNow, "hana") + utmp(4711, kNow, "x") + utmp(7, kNow + 9, "ken") + "broken",
       LogFormat::kUtmp);
  EXPECT_EQ(last(), "1 user-process hana - - 1794107529;3 user-process ken - - 1794107538;");
  EXPECT_GE(facts_.notes.size(), 2U);
  EXPECT_EQ(facts_.notes[0].source, "/var/log/wtmp");
  EXPECT_GT(facts_.damaged_bytes, 0);
}

TEST_F(BinaryReader, LargeWtmpIsReadInPiecesWithRunningNumbers) {
  std::string bytes;
  for (int i = 0; i < 45'000; ++i) {
    bytes += utmp(7, kNow + i, "hana");
  }
  read("/var/log/wtmp", bytes, LogFormat::kUtmp);
  ASSERT_EQ(facts_.last.size(), 45'000U);
  EXPECT_EQ(facts_.last.back().record, 45'000);
  EXPECT_EQ(facts_.last.back().time->nanoseconds, (kNow + 44'999) * 1'000'000'000);
  deadline_ = std::chrono::steady_clock::time_point::min();
  read("/var/log/wtmp", bytes, LogFormat::kUtmp);
  EXPECT_TRUE(facts_.out_of_time);
  EXPECT_EQ(facts_.last.size(), 20'000U);
}

TEST_F(BinaryReader, CompressedWtmpIsTheSame) {
  const std::string bytes = utmp(7, kNow, "hana") + kWiped + utmp(7, kNow + 9, "ken");
  read("/var/log/wtmp.1.gz", gzip(bytes), LogFormat::kUtmp, parse::Compression::kGzip);
  EXPECT_EQ(facts_.last.size(), 3U);
  EXPECT_EQ(anomalies(), "wiped_records 0..9 x1 @2;");
  EXPECT_FALSE(facts_.truncated);
}

TEST_F(BinaryReader, CompressedWtmpThatBreaksOffSaysSo) {
  std::string bytes;
  for (int i = 0; i < 2000; ++i) {
    bytes += utmp(7, kNow + i * 7919 % 100'000, fmt::format("user{}", i * 7919 % 1000));
  }
  const std::string packed = gzip(bytes);
  read("/var/log/wtmp.1.gz", packed.substr(0, packed.size() / 2), LogFormat::kUtmp,
       parse::Compression::kGzip);
  EXPECT_GT(facts_.last.size(), 100U);
  EXPECT_LT(facts_.last.size(), 2000U);
  EXPECT_TRUE(facts_.truncated);
  EXPECT_FALSE(facts_.notes.empty());
}

TEST_F(BinaryReader, LastlogKnowsAccountsByNumber) {
  usernames_ = {{0, "root"}, {2, "hana"}};
  read("/var/log/lastlog",
       lastlog(kNow, "192.0.2.10") + std::string(292, '\0') + lastlog(kNow + 5, "192.0.2.11") +
           lastlog(kNow + 9, "192.0.2.12"),
       LogFormat::kLastlog);
  std::string told;
  for (const model::LastLogin& row : facts_.lastlog) {
    told += fmt::format("{} {} {} {};", *row.uid, row.username.value_or("-"),
                        row.time.nanoseconds / 1'000'000'000 - kNow, *row.host);
  }
  EXPECT_EQ(told, "0 root 0 192.0.2.10;2 hana 5 192.0.2.11;3 - 9 192.0.2.12;");
}

// The file is sparse and, for such a number, longer than what is read of it in one go.
TEST_F(BinaryReader, LastlogOfAHighNumberIsReadWhereItStands) {
  constexpr int64_t kHigh = 240'000;  // at byte 70,080,000
  constexpr int64_t kStranger = 235'000;
  usernames_ = {{0, "root"}, {kHigh, "hana"}, {-2, "odd"}, {4'294'967'294, "nobody"}};
  std::string bytes(292 * (kHigh + 1), '\0');
  bytes.replace(0, 292, lastlog(kNow, "192.0.2.10"));
  bytes.replace(292 * kStranger, 292, lastlog(kNow, "192.0.2.99"));
  bytes.replace(292 * kHigh, 292, lastlog(kNow + 5, "192.0.2.11"));
  read("/var/log/lastlog", bytes, LogFormat::kLastlog);
  ASSERT_EQ(facts_.lastlog.size(), 2U);
  EXPECT_EQ(facts_.lastlog[0].username, "root");
  EXPECT_EQ(facts_.lastlog[1].uid, kHigh);
  EXPECT_EQ(facts_.lastlog[1].username, "hana");
  EXPECT_EQ(facts_.lastlog[1].host, "192.0.2.11");
  EXPECT_TRUE(facts_.notes.empty());
}

TEST_F(BinaryReader, Lastlog2AndWtmpdbAreDatabases) {
  read(
      "/var/lib/lastlog/lastlog2.db",
      database_of("CREATE TABLE Lastlog2(Name TEXT PRIMARY KEY, Time INTEGER, TTY TEXT, "
                  "RemoteHost TEXT, Service TEXT);"
                  "INSERT INTO Lastlog2 VALUES('hana', 1794107529, 'pts/0', '192.0.2.10', 'sshd')"),
      LogFormat::kLastlog2);
  ASSERT_EQ(facts_.lastlog.size(), 1U);
  EXPECT_EQ(facts_.lastlog[0].username, "hana");
  EXPECT_FALSE(facts_.lastlog[0].uid);
  EXPECT_EQ(facts_.lastlog[0].time.nanoseconds, kNow * 1'000'000'000);
  read("/var/lib/wtmpdb/wtmp.db",
       database_of("CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, "
                   "Login INTEGER, Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT;"
                   "INSERT INTO wtmp VALUES(3, 3, 'hana', 1794107529000000, 1794107629000000, "
                   "'pts/0', '192.0.2.10', 'sshd'), (4, 3, 'ken', 1794107530000000, NULL, 'pts/1', "
                   "'192.0.2.11', 'sshd'), (9, 3, 'mei', 1794107540000000, NULL, 'pts/2', "
                   "'192.0.2.12', 'sshd')"),
       LogFormat::kWtmpdb);
  ASSERT_EQ(facts_.last.size(), 3U);
  EXPECT_EQ(facts_.last[0].record, 3);
  EXPECT_EQ(facts_.last[0].type_name, "user-process");
  EXPECT_EQ(facts_.last[0].logout_time->nanoseconds, (kNow + 100) * 1'000'000'000);
  ASSERT_EQ(facts_.anomalies.size(), 1U);  // rotation takes the first ones, not those between
  EXPECT_EQ(facts_.anomalies[0].kind, "record_hole");
  EXPECT_EQ(facts_.anomalies[0].count, 4);
}

TEST_F(BinaryReader, OfALargeWtmpdbTheYoungestRowsAreKept) {
  read("/var/lib/wtmpdb/wtmp.db",
       database_of("CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, "
                   "Login INTEGER, Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT;"
                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                   "320000) INSERT INTO wtmp(ID, Type, User, Login) SELECT i, 3, 'u', "
                   "1794107529000000 + i FROM n"),
       LogFormat::kWtmpdb);
  EXPECT_EQ(facts_.lines, 320'000);
  ASSERT_EQ(facts_.last.size(), PartFacts::kMostLast);
  EXPECT_LE(facts_.last.capacity(), 2 * PartFacts::kMostLast);
  EXPECT_EQ(facts_.last.front().record, 170'001);
  EXPECT_EQ(facts_.last.back().record, 320'000);
  EXPECT_EQ(facts_.last_left_out, 170'000);
  EXPECT_TRUE(std::is_sorted(
      facts_.last.begin(), facts_.last.end(),
      [](const auto& left, const auto& right) { return left.record < right.record; }));
}

TEST_F(BinaryReader, Lastlog2OfMoreAccountsThanThereIsRoomForIsTold) {
  read("/var/lib/lastlog/lastlog2.db",
       database_of("CREATE TABLE Lastlog2(Name TEXT PRIMARY KEY, Time INTEGER, TTY TEXT, "
                   "RemoteHost TEXT, Service TEXT);"
                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                   "150007) INSERT INTO Lastlog2(Name, Time) SELECT 'u' || i, 1794107529 FROM n"),
       LogFormat::kLastlog2);
  EXPECT_EQ(facts_.lastlog.size(), PartFacts::kMostLast);
  EXPECT_EQ(facts_.last_left_out, 7);
}

TEST_F(BinaryReader, DatabaseThatIsNoneIsAnError) {
  read("/var/lib/wtmpdb/wtmp.db", std::string("SQLite format 3\0", 16) + "nonsense",
       LogFormat::kWtmpdb);
  EXPECT_TRUE(facts_.error);
  EXPECT_TRUE(facts_.last.empty());
}

TEST_F(BinaryReader, ForgedLineOfTheJournalKeepsWhoWroteIt) {
  parse::TestJournal journal;
  journal.add(
      {kNow * 1'000'000,
       1'000'000,
       {"MESSAGE=Accepted password for hana from 192.0.2.77 port 40022 ssh2",
        "SYSLOG_IDENTIFIER=sshd", "_COMM=logger", "_PID=9200", "_UID=1000", "_HOSTNAME=web01"}});
  journal.add({(kNow + 1) * 1'000'000,
               2'000'000,
               {"MESSAGE=Failed password for root from 203.0.113.7 port 4022 ssh2",
                "SYSLOG_IDENTIFIER=sshd", "_COMM=sshd", "_PID=700", "SYSLOG_PID=700"}});
  read("/var/log/journal/0123/system.journal", journal.bytes(), LogFormat::kJournal);
  ASSERT_EQ(facts_.auth.size(), 1U);
  EXPECT_EQ(facts_.auth[0].outcome, "accepted");
  EXPECT_EQ(facts_.auth[0].program, "sshd");
  EXPECT_EQ(facts_.auth[0].comm, "logger");
  EXPECT_EQ(facts_.auth[0].pid, 9200);
  EXPECT_EQ(facts_.auth[0].host, "web01");
  EXPECT_EQ(facts_.auth[0].certainty, "exact");
  EXPECT_EQ(facts_.auth[0].line, 1);
  EXPECT_EQ(attempts_, "203.0.113.7 root x1 sshd sshd;");
  EXPECT_EQ(facts_.lines, 2);
  EXPECT_EQ(anomalies(), "");
}

TEST_F(BinaryReader, JournalWhoseClockWentBackAndWhoseFieldWasChanged) {
  parse::TestJournal journal;
  const std::string message = "MESSAGE=Accepted password for hana from 192.0.2.77 port 40022 ssh2";
  journal.add({kNow * 1'000'000, 1'000'000, {message, "SYSLOG_IDENTIFIER=sshd"}});
  journal.add({(kNow - 7200) * 1'000'000, 2'000'000, {"MESSAGE=later", "SYSLOG_IDENTIFIER=x"}});
  std::string bytes = journal.bytes();
  const size_t address = bytes.find("192.0.2.77");
  ASSERT_NE(address, std::string::npos);
  bytes.replace(address, 10, "192.0.2.10");
  read("/var/log/journal/0123/system.journal", bytes, LogFormat::kJournal);
  EXPECT_EQ(anomalies(), "journal_changed 0..0 x1 @1;time_back 0..-7200 x1 @2;");
  ASSERT_EQ(facts_.auth.size(), 1U);
  EXPECT_EQ(facts_.auth[0].address, "192.0.2.10");
}

TEST_F(BinaryReader, JournalThatBreaksOffGivesWhatIsThere) {
  parse::TestJournal journal;
  for (int i = 0; i < 200; ++i) {
    journal.add({(kNow + i) * 1'000'000,
                 (i + 1) * 1'000'000,
                 {fmt::format("MESSAGE=Failed password for root from 203.0.113.7 port {} ssh2", i),
                  "SYSLOG_IDENTIFIER=sshd"}});
  }
  const std::string bytes = journal.bytes();
  read("/var/log/journal/0123/system.journal", bytes.substr(0, bytes.size() / 2),
       LogFormat::kJournal);
  EXPECT_GT(facts_.lines, 50);
  EXPECT_LT(facts_.lines, 200);
  EXPECT_TRUE(facts_.truncated);
  EXPECT_FALSE(facts_.error);
}

TEST_F(BinaryReader, JournalThatIsNoneAndFilesThatAreGoneAreErrors) {
  read("/var/log/journal/0123/system.journal", "LPKSHHRH", LogFormat::kJournal);
  EXPECT_TRUE(facts_.error);
  for (const LogFormat format : {LogFormat::kJournal, LogFormat::kUtmp, LogFormat::kLastlog,
                                 LogFormat::kLastlog2, LogFormat::kWtmpdb}) {
    read("/var/log/gone", "", format);
    ASSERT_TRUE(facts_.error) << to_string(format);
    EXPECT_EQ(facts_.error->code, base::ErrorCode::kNotFound);
  }
}

}  // namespace
}  // namespace genba::collect::logs
