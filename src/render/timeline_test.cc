// SPDX-License-Identifier: Apache-2.0
#include "render/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace genba::render {
namespace {

using Json = nlohmann::json;

constexpr int64_t kNoon = 1'795'262'400;  // 2026-11-21T12:00:00Z
const std::string kHostile("\x1b[2J\r\x07\0\xe2\x80\xae\xff\n", 12);

TimelineEvent event() {
  TimelineEvent event;
  event.time = base::Timestamp{kNoon * 1'000'000'000 + 123'456'789};
  event.certainty = "inferred_year";
  event.source = TimelineSource::kLog;
  event.what = "log";
  event.path = "/var/log/auth.log";
  event.line = 41;
  event.username = "root";
  event.address = "203.0.113.7";
  event.pid = 4242;
  event.message = "sshd[4242]: Accepted password for root";
  return event;
}

TimelineEvent hostile() {
  TimelineEvent given = event();
  given.path = given.username = given.address = given.message = "x" + kHostile;
  return given;
}

TerminalStyle columns(size_t columns) {
  TerminalStyle style;
  style.columns = columns;
  return style;
}

BodyFile body_file() {
  BodyFile file;
  file.path = "/usr/bin/cd";
  file.inode = 77;
  file.type = "regular";
  file.mode = "0755";
  file.uid = 1000;
  file.gid = 100;
  file.size = 4096;
  file.atime = 4;
  file.mtime = 1;
  file.ctime = 2;
  file.btime = 3;
  return file;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

// One line that shows nothing raw.
void expect_harmless(std::string line) {
  ASSERT_FALSE(line.empty());
  EXPECT_EQ(line.back(), '\n');
  line.pop_back();
  EXPECT_FALSE(has_control(line)) << line;
  EXPECT_EQ(line.find("\u202e"), std::string::npos) << line;
  EXPECT_TRUE(base::is_valid_utf8(line)) << line;
}

std::string mode_of(std::string_view type, std::string_view mode) {
  BodyFile file = body_file();
  file.type = type;
  file.mode = mode;
  const std::string line = timeline_body(file);
  const size_t at = line.find("|77|") + 4;
  return line.substr(at, line.find('|', at) - at);
}

// --- text ---------------------------------------------------------------------------------------

TEST(TimelineText, LineOfALog) {
  EXPECT_EQ(timeline_text(event(), columns(0)),
            "2026-11-21 12:00:00.123? log     log   /var/log/auth.log:41  sshd[4242]: Accepted "
            "password for root\n");
}

TEST(TimelineText, TimesOfAFileAreLettersAsMactimeHasThem) {
  TimelineEvent file = event();
  file.source = TimelineSource::kFile;
  file.certainty = "exact";
  file.path = "/usr/bin/cd";
  file.line.reset();
  file.message.clear();
  const std::pair<const char*, const char*> whats[] = {{"modified", "m..."},
                                                       {"accessed", ".a.."},
                                                       {"changed", "..c."},
                                                       {"born", "...b"},
                                                       {"modified changed born", "m.cb"}};
  for (const auto& [what, letters] : whats) {
    file.what = what;
    EXPECT_EQ(timeline_text(file, columns(0)),
              "2026-11-21 12:00:00.123 file    " + std::string(letters) + "  /usr/bin/cd\n");
  }
}

TEST(TimelineText, LineTakesFourRowsOfTheTerminalAtMostAndIsWholeInAPipe) {
  TimelineEvent given = event();
  given.message = std::string(600, 'x') + "名前";
  for (const size_t width : {40, 80, 132}) {
    std::string line = timeline_text(given, columns(width));
    line.pop_back();
    EXPECT_EQ(base::display_width(line), 4 * width);
    EXPECT_TRUE(line.ends_with("…")) << line;
  }
  EXPECT_NE(timeline_text(given, columns(0)).find("名前\n"), std::string::npos);
}

// Time, source and path take 60 columns before a log line's own text begins.
TEST(TimelineText, WordsOfALogLineCanBeReadInEightyColumns) {
  TimelineEvent given = event();
  given.path = "/var/log/auth.log";
  given.message =
      "Nov 16 14:28:03 web01 sshd[11525]: Failed password for root from 203.0.113.133 port 48443 "
      "ssh2";
  EXPECT_NE(timeline_text(given, columns(80)).find(given.message), std::string::npos);
}

// --- what is chosen by an attacker
// ----------------------------------------------------------------

TEST(Timeline, HostileTextIsShownEscapedInEveryFormat) {
  for (const std::string& line : {timeline_text(hostile(), columns(0)), timeline_json(hostile()),
                                  timeline_csv(hostile()), timeline_timesketch(hostile())}) {
    expect_harmless(line);
  }
  BodyFile file = body_file();
  file.path = file.link_target = "/tmp/x" + kHostile;
  expect_harmless(timeline_body(file));
  EXPECT_NE(timeline_text(hostile(), columns(0)).find("x\\x1b[2J"), std::string::npos);
}

// --- JSON and CSV -------------------------------------------------------------------------------

TEST(TimelineJson, EveryFieldUnderItsNameAndAbsentOnesLeftOut) {
  EXPECT_EQ(Json::parse(timeline_json(event())), Json::parse(R"({
      "time": "2026-11-21T12:00:00.123456789Z", "what": "log", "certainty": "inferred_year",
      "source": "log", "path": "/var/log/auth.log", "line": 41, "username": "root",
      "address": "203.0.113.7", "pid": 4242,
      "message": "sshd[4242]: Accepted password for root"})"));
  TimelineEvent bare;
  bare.source = TimelineSource::kFile;
  bare.what = "born";
  const Json json = Json::parse(timeline_json(bare));
  for (const char* key : {"line", "username", "address", "pid"}) {
    EXPECT_FALSE(json.contains(key)) << key;
  }
}

TEST(TimelineCsv, HeaderNamesWhatLinesHold) {
  EXPECT_EQ(timeline_csv_header(),
            "time,certainty,source,what,path,line,username,address,pid,message\n");
  EXPECT_EQ(timeline_csv(event()),
            "2026-11-21T12:00:00.123456789Z,inferred_year,log,log,/var/log/auth.log,41,root,"
            "203.0.113.7,4242,sshd[4242]: Accepted password for root\n");
}

TEST(TimelineCsv, QuotesAndCommasAreQuoted) {
  TimelineEvent given = event();
  given.message = "said \"no\", twice";
  EXPECT_TRUE(timeline_csv(given).ends_with(",\"said \"\"no\"\", twice\"\n"));
}

TEST(TimelineCsv, WhatASpreadsheetWouldCalculateGetsAnApostrophe) {
  for (const char* formula : {"=1+1", "+1", "-1", "@SUM(A1)"}) {
    TimelineEvent given = event();
    given.path = given.username = given.address = given.message = formula;
    const std::string cell = "'" + std::string(formula);
    EXPECT_EQ(timeline_csv(given), "2026-11-21T12:00:00.123456789Z,inferred_year,log,log," + cell +
                                       ",41," + cell + "," + cell + ",4242," + cell + "\n");
  }
  TimelineEvent given = event();
  given.message = "=HYPERLINK(\"http://192.0.2.1\",1)";
  EXPECT_TRUE(timeline_csv(given).ends_with(",\"'=HYPERLINK(\"\"http://192.0.2.1\"\",1)\"\n"));
}

// --- Timesketch ---------------------------------------------------------------------------------

TEST(TimelineTimesketch, ItsImportersFieldsAndTheSameTimeTwice) {
  const Json json = Json::parse(timeline_timesketch(event()));
  EXPECT_EQ(json.at("message"), "sshd[4242]: Accepted password for root");
  EXPECT_EQ(json.at("datetime"), "2026-11-21T12:00:00.123456+00:00");
  EXPECT_EQ(json.at("timestamp"), kNoon * 1'000'000 + 123'456);
  EXPECT_EQ(json.at("timestamp_desc"), "log");
  EXPECT_EQ(json.at("data_type"), "genba:log");
}

TEST(TimelineTimesketch, MessageIsNeverEmpty) {
  TimelineEvent given = event();
  given.message.clear();
  EXPECT_EQ(Json::parse(timeline_timesketch(given)).at("message"), "/var/log/auth.log");
}

// An intruder may give a file any time; both fields must still be the same one.
TEST(TimelineTimesketch, TimeBefore1970IsTheSameInBothFields) {
  TimelineEvent given = event();
  given.time = base::Timestamp{-1'500};  // half a microsecond within one
  const Json json = Json::parse(timeline_timesketch(given));
  EXPECT_EQ(json.at("datetime"), "1969-12-31T23:59:59.999998+00:00");
  EXPECT_EQ(json.at("timestamp"), -2);
}

// --- bodyfile -----------------------------------------------------------------------------------

TEST(TimelineBody, ElevenFieldsInTheSleuthKitsOrder) {
  EXPECT_EQ(timeline_body(body_file()), "0|/usr/bin/cd|77|r/rrwxr-xr-x|1000|100|4096|4|1|2|3\n");
}

TEST(TimelineBody, LinkShowsWhereItLeads) {
  BodyFile file = body_file();
  file.type = "symlink";
  file.mode = "0777";
  file.link_target = "/tmp/x";
  EXPECT_EQ(timeline_body(file), "0|/usr/bin/cd -> /tmp/x|77|l/lrwxrwxrwx|1000|100|4096|4|1|2|3\n");
}

TEST(TimelineBody, BarInANameCannotMoveTheFields) {
  BodyFile file = body_file();
  file.path = "/tmp/a|0|b|c";
  const std::string line = timeline_body(file);
  EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 10);
  EXPECT_TRUE(line.starts_with("0|/tmp/a_0_b_c|77|")) << line;
}

TEST(TimelineBody, ModesAsLsWritesThem) {
  EXPECT_EQ(mode_of("regular", "4755"), "r/rrwsr-xr-x");
  EXPECT_EQ(mode_of("regular", "4644"), "r/rrwSr--r--");
  EXPECT_EQ(mode_of("regular", "2755"), "r/rrwxr-sr-x");
  EXPECT_EQ(mode_of("directory", "1777"), "d/drwxrwxrwt");
  EXPECT_EQ(mode_of("directory", "1770"), "d/drwxrwx--T");
  EXPECT_EQ(mode_of("fifo", "0600"), "p/prw-------");
  EXPECT_EQ(mode_of("socket", "0666"), "s/srw-rw-rw-");
  EXPECT_EQ(mode_of("character", "0660"), "c/crw-rw----");
  EXPECT_EQ(mode_of("block", "0000"), "b/b---------");
  EXPECT_EQ(mode_of("unknown", ""), "r/r---------");
}

// --- histogram ----------------------------------------------------------------------------------

TEST(TimelineHistogram, BarsAreInProportionAndTheLargestFillsTheLine) {
  const std::vector<TimelineCount> counts = {{base::timestamp_from_unix(kNoon), 1'000},
                                             {base::timestamp_from_unix(kNoon + 3600), 500},
                                             {base::timestamp_from_unix(kNoon + 7200), 1},
                                             {base::timestamp_from_unix(kNoon + 10'800), 0}};
  EXPECT_EQ(timeline_histogram(counts, columns(50)),
            "2026-11-21 12:00        1,000 ####################\n"
            "2026-11-21 13:00          500 ##########\n"
            "2026-11-21 14:00            1 #\n"
            "2026-11-21 15:00            0 \n");
  EXPECT_EQ(timeline_histogram({}, columns(80)), "");
}

TEST(TimelineHistogram, LinesFitTheTerminal) {
  const std::vector<TimelineCount> counts = {{base::timestamp_from_unix(kNoon), 123'456'789}};
  for (const size_t width : {40, 80, 132}) {
    const std::string line = timeline_histogram(counts, columns(width));
    EXPECT_EQ(line.size() - 1, width) << line;
  }
}

}  // namespace
}  // namespace genba::render
