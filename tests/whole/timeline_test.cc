// SPDX-License-Identifier: Apache-2.0
//
// `genba timeline` on a tree and on the running system: everything in one order, narrowed by time,
// text, path and source, in every format that another tool reads.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "base/time.h"
#include "fmt/format.h"
#include "support/run_program.h"
#include "support/small_system.h"
#include "support/triage_output.h"

namespace genba::test {
namespace {

using Words = std::vector<std::string>;

constexpr int64_t kDay = 1'795'132'800;  // 2026-11-20T00:00:00Z
constexpr char kHeader[] = "time,certainty,source,what,path,line,username,address,pid,message";

std::string line(std::string_view time, std::string_view text) {
  return fmt::format("2026-11-20T{}.250000+00:00 small {}\n", time, text);
}

// A record of utmp(5) for a login, 384 bytes, little-endian.
std::string login_record(std::string_view user, std::string_view host, int64_t time) {
  std::string bytes(384, '\0');
  bytes[0] = 7;
  for (size_t i = 0; i < 4; ++i) {
    bytes[340 + i] = static_cast<char>(static_cast<uint64_t>(time) >> (8 * i) & 0xff);
  }
  std::copy_n("pts/0", 5, bytes.begin() + 8);
  std::copy(user.begin(), user.end(), bytes.begin() + 44);
  std::copy(host.begin(), host.end(), bytes.begin() + 76);
  return bytes;
}

// Auth.log of the day, an older part of it compressed, wtmp, a history with times, and a file whose
// times were set.
class Timeline : public SmallSystem {
 protected:
  void SetUp() override {
    SmallSystem::SetUp();
    gzip("var/log/auth.log.2.gz", line("01:00:00", "sshd[1]: Server listening on 0.0.0.0"));
    tree_.file("var/log/auth.log.1", line("02:00:00", "sshd[2]: Connection from 203.0.113.7"));
    tree_.file(
        "var/log/auth.log",
        line("03:00:00", "sshd[3]: Accepted password for root from 203.0.113.7 port 9 ssh2") +
            line("03:30:00", "sudo:  hana : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls"));
    tree_.file("var/log/wtmp", login_record("root", "203.0.113.7", kDay + 3 * 3600 + 1));
    tree_.file("root/.bash_history",
               fmt::format("#{}\nwget http://192.0.2.9/x\n", kDay + 3 * 3600 + 60));
    tree_.file("usr/local/bin/odd", "x\n");
    tree_.times("usr/local/bin/odd", kDay + 3 * 3600 + 120);
    tree_.times("var/log/auth.log", kDay + 4 * 3600);
    tree_.times("var/log/auth.log.1", kDay + 3 * 3600 - 1);
    tree_.times("var/log/auth.log.2.gz", kDay + 2 * 3600 - 1);
  }
  void gzip(std::string_view path, const std::string& text) {
    tree_.file(path, "");
    const std::string at = tree_.at(path);
    const gzFile file = gzopen(at.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    ASSERT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())),
              static_cast<int>(text.size()));
    ASSERT_EQ(gzclose(file), Z_OK);
  }
  ProgramResult timeline(const Words& more = {}, const ProgramOptions& options = {}) const {
    Words words = {"timeline", "--root", root()};
    words.insert(words.end(), more.begin(), more.end());
    return run_genba(words, options);
  }
  // What happened on the day, and not the files that this test has just made.
  ProgramResult of_day(const Words& more = {}) const {
    Words words = {"--since", "2026-11-20", "--until", "2026-11-20 23:59"};
    words.insert(words.end(), more.begin(), more.end());
    return timeline(words);
  }
};

std::vector<Json> json_of(const ProgramResult& result) {
  std::vector<Json> lines;
  for (const std::string& text : lines_of(result.out)) {
    lines.push_back(Json::parse(text, nullptr, false));
    EXPECT_TRUE(lines.back().is_object()) << text;
  }
  return lines;
}

// "03:00:00 log", in their order.
Words events_of(const ProgramResult& result) {
  Words events;
  for (const Json& event : json_of(result)) {
    events.push_back(event.at("time").get<std::string>().substr(11, 8) + " " +
                     event.at("source").get<std::string>());
  }
  return events;
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

const Words kWholeDay = {"01:00:00 log",     "02:00:00 log",  "03:00:00 log", "03:00:01 login",
                         "03:01:00 history", "03:02:00 file", "03:30:00 log"};

// --- order and choice ---------------------------------------------------------------------------

TEST_F(Timeline, AllSourcesStandInOneOrder) {
  Words events = events_of(of_day({"--json"}));
  for (const char* rotated : {"01:59:59 file", "02:59:59 file", "04:00:00 file"}) {
    events.erase(std::remove(events.begin(), events.end(), rotated), events.end());
  }
  EXPECT_EQ(events, kWholeDay);
  const ProgramResult whole = timeline({"--json"});
  EXPECT_EQ(whole.status, 0);
  EXPECT_EQ(whole.err, "");
  std::string before;
  std::set<std::string> sources;
  for (const Json& event : json_of(whole)) {
    EXPECT_LE(before, event.at("time").get<std::string>());
    before = event.at("time");
    sources.insert(event.at("source"));
  }
  EXPECT_EQ(sources, (std::set<std::string>{"file", "history", "log", "login"}));
}

TEST_F(Timeline, LinesOfPlainAndCompressedLogsShowTheirText) {
  const auto events = json_of(timeline({"--json", "--only", "logs"}));
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0].at("path"), "/var/log/auth.log.2.gz");
  EXPECT_EQ(events[0].at("message"),
            "2026-11-20T01:00:00.250000+00:00 small sshd[1]: Server listening on 0.0.0.0");
  EXPECT_EQ(events[1].at("path"), "/var/log/auth.log.1");
  EXPECT_EQ(events[1].at("message"),
            "2026-11-20T02:00:00.250000+00:00 small sshd[2]: Connection from 203.0.113.7");
  EXPECT_EQ(events[2].at("time"), "2026-11-20T03:00:00.250000000Z");
  EXPECT_EQ(events[2].at("certainty"), "exact");
}

TEST_F(Timeline, AroundIsHalfAnHourUnlessAWindowIsGiven) {
  const Words all = {"--json", "--only", "logs", "--only", "logins", "--only", "histories"};
  const auto around = [&](const Words& more) {
    Words words = all;
    words.insert(words.end(), more.begin(), more.end());
    return events_of(timeline(words));
  };
  EXPECT_EQ(around({"--around", "2026-11-20 03:00:01"}),
            (Words{"03:00:00 log", "03:00:01 login", "03:01:00 history", "03:30:00 log"}));
  EXPECT_EQ(around({"--around", "2026-11-20 03:00", "--window", "1s"}),
            (Words{"03:00:00 log", "03:00:01 login"}));
  EXPECT_EQ(around({"--around", "2026-11-20T12:00:00+09:00", "--window", "59m"}),
            (Words{"03:00:00 log", "03:00:01 login", "03:01:00 history", "03:30:00 log"}));
}

TEST_F(Timeline, SinceAndUntilHoldTheirEnds) {
  EXPECT_EQ(events_of(timeline({"--json", "--only", "logins", "--since", "2026-11-20 03:00:01",
                                "--until", "2026-11-20 03:00:01"})),
            Words{"03:00:01 login"});
  EXPECT_EQ(events_of(timeline({"--json", "--only", "logs", "--since", "2026-11-20 02:30"})),
            (Words{"03:00:00 log", "03:30:00 log"}));
  EXPECT_EQ(events_of(timeline({"--json", "--only", "logs", "--until", "2026-11-20 02:00"})),
            Words{"01:00:00 log"});  // the next is a quarter of a second late
}

TEST_F(Timeline, GrepFindsInEitherCaseInTextsAndPaths) {
  EXPECT_EQ(events_of(timeline({"--json", "--only", "logs", "--grep", "ACCEPTED password"})),
            Words{"03:00:00 log"});
  EXPECT_EQ(events_of(of_day({"--json", "--grep", "Wget"})), Words{"03:01:00 history"});
  EXPECT_EQ(events_of(of_day({"--json", "--grep", "bin/ODD"})), Words{"03:02:00 file"});
}

// The address of a login is what a responder greps for first.
TEST_F(Timeline, GrepFindsAnAddressInLoginsToo) {
  EXPECT_EQ(events_of(timeline({"--json", "--only", "logins", "--grep", "203.0.113.7"})),
            Words{"03:00:01 login"});
}

TEST_F(Timeline, PathAndOnlyChoose) {
  EXPECT_EQ(events_of(of_day({"--json", "--path", "/usr/local"})), Words{"03:02:00 file"});
  EXPECT_EQ(events_of(of_day({"--json", "--path", "auth.log.2", "--only", "logs"})),
            Words{"01:00:00 log"});
  EXPECT_EQ(events_of(of_day({"--json", "--only", "logins"})), Words{"03:00:01 login"});
  EXPECT_EQ(events_of(of_day({"--json", "--only", "histories", "--only", "logins"})),
            (Words{"03:00:01 login", "03:01:00 history"}));
}

TEST_F(Timeline, LimitKeepsTheNewest) {
  EXPECT_EQ(events_of(timeline({"--json", "--only", "logs", "--limit", "2"})),
            (Words{"03:00:00 log", "03:30:00 log"}));
  EXPECT_EQ(events_of(timeline({"--json", "--only", "logs", "--limit", "99"})).size(), 4U);
}

// Logs were read whole; that none of them holds the word is an answer.
TEST_F(Timeline, NothingThatMatchesIsNoFailureToLook) {
  const ProgramResult result = timeline({"--only", "logs", "--grep", "no line holds this"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(timeline({"--only", "logs", "--limit", "0"}).status, 0);
}

TEST_F(Timeline, TreeWithoutAnythingCouldNotBeLookedAt) {
  Scratch empty;
  EXPECT_EQ(run_genba({"timeline", "--root", empty.path()}).status, 2);
}

// --- formats ------------------------------------------------------------------------------------

TEST_F(Timeline, TextIsOneLineForEachEvent) {
  const ProgramResult result = of_day({"--only", "logins"});
  EXPECT_TRUE(result.out.starts_with("2026-11-20 03:00:01.000 login   ")) << result.out;
  EXPECT_TRUE(holds(result.out, " /var/log/wtmp:1  root pts/0 203.0.113.7\n")) << result.out;
}

TEST_F(Timeline, JsonlIsWhatTheOptionJsonPrints) {
  EXPECT_EQ(of_day({"--format", "jsonl"}).out, of_day({"--json"}).out);
}

TEST_F(Timeline, CsvHasAHeaderAndFormulasAreDisarmed) {
  tree_.file("root/.bash_history",
             fmt::format("#{0}\n=cmd|' /C calc'!A0\n#{0}\n@SUM(1),\"2\"\n", kDay + 3 * 3600 + 60));
  const auto lines = lines_of(of_day({"--format", "csv", "--only", "histories"}).out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], kHeader);
  EXPECT_EQ(
      lines[1],
      "2026-11-20T03:01:00.000000000Z,exact,history,typed,/root/.bash_history,1,root,,,'=cmd|' "
      "/C calc'!A0");
  EXPECT_TRUE(lines[2].ends_with(",\"'@SUM(1),\"\"2\"\"\"")) << lines[2];
}

TEST_F(Timeline, CsvOfNothingIsItsHeader) {
  EXPECT_EQ(of_day({"--format", "csv", "--grep", "no line holds this"}).out,
            std::string(kHeader) + "\n");
}

TEST_F(Timeline, BodyfileHasElevenFieldsWhateverTheName) {
  tree_.file("usr/local/bin/a|b|c\nd", "x");
  const auto lines = lines_of(timeline({"--format", "bodyfile", "--path", "/usr/local/bin/"}).out);
  ASSERT_EQ(lines.size(), 2U);
  for (const std::string& body : lines) {
    EXPECT_EQ(std::count(body.begin(), body.end(), '|'), 10) << body;
    EXPECT_TRUE(body.starts_with("0|/usr/local/bin/")) << body;
  }
  const auto odd = std::find_if(lines.begin(), lines.end(), [](const std::string& body) {
    return body.starts_with("0|/usr/local/bin/odd|");
  });
  ASSERT_NE(odd, lines.end());
  EXPECT_TRUE(holds(*odd, fmt::format("|2|{0}|{0}|", kDay + 3 * 3600 + 120))) << *odd;
  EXPECT_TRUE(holds(*odd, "|r/rrw-")) << *odd;
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const std::string& body) {
    return body.starts_with("0|/usr/local/bin/a_b_c\\nd|");
  }));
}

// Options that a bodyfile cannot obey may be refused; passed over in silence they mislead.
TEST_F(Timeline, BodyfileObeysOrRefusesWhatNarrows) {
  const auto refused_or_at_most = [&](const Words& more, size_t most) {
    Words words = {"--format", "bodyfile"};
    words.insert(words.end(), more.begin(), more.end());
    const ProgramResult result = timeline(words);
    return result.status == 3 || lines_of(result.out).size() <= most;
  };
  EXPECT_TRUE(refused_or_at_most({"--limit", "2"}, 2));
  EXPECT_TRUE(refused_or_at_most({"--only", "logs"}, 0));
  EXPECT_TRUE(refused_or_at_most({"--until", "1980-01-01"}, 0));
  EXPECT_TRUE(refused_or_at_most({"--histogram", "hour", "--path", "/usr/local"}, 1));
}

TEST_F(Timeline, TimesketchGetsItsFieldsWithTheSameTimeTwice) {
  const auto events = json_of(timeline({"--format", "timesketch"}));
  ASSERT_GE(events.size(), 7U);
  for (const Json& event : events) {
    ASSERT_TRUE(event.at("message").is_string()) << event;
    EXPECT_NE(event.at("message"), "");
    EXPECT_TRUE(event.at("timestamp").is_number_integer()) << event;
    EXPECT_NE(event.at("timestamp_desc"), "");
    const std::string datetime = event.at("datetime");
    ASSERT_EQ(datetime.size(), 32U) << datetime;
    EXPECT_TRUE(datetime.ends_with("+00:00")) << datetime;
    const auto time = base::parse_rfc3339(datetime);
    ASSERT_TRUE(time.has_value()) << datetime;
    EXPECT_EQ(event.at("timestamp"), time->nanoseconds / 1000) << event;
  }
}

TEST_F(Timeline, HistogramCountsByHourAndMinute) {
  const auto lines = lines_of(of_day({"--only", "logs", "--histogram", "hour"}).out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(lines[0].starts_with("2026-11-20 01:00            1 #")) << lines[0];
  EXPECT_TRUE(lines[2].starts_with("2026-11-20 03:00            2 ##")) << lines[2];
  EXPECT_EQ(std::count(lines[2].begin(), lines[2].end(), '#'),
            2 * std::count(lines[0].begin(), lines[0].end(), '#'));
  const auto minutes = lines_of(of_day({"--only", "logs", "--histogram", "minute"}).out);
  ASSERT_EQ(minutes.size(), 7U);  // with a line for each silence between
  EXPECT_EQ(minutes[5], "2026-11-20 03:01            0 … 2026-11-20 03:30");
  EXPECT_TRUE(minutes[6].starts_with("2026-11-20 03:30            1 #")) << minutes[6];
}

// A file may have any time: before 1970 an hour is an hour, too.
TEST_F(Timeline, HistogramKeepsHoursBefore1970Apart) {
  tree_.times("usr/local/bin/odd", -1800);
  tree_.file("usr/local/bin/odd2", "x");
  tree_.times("usr/local/bin/odd2", 1800);
  const auto lines = lines_of(
      timeline({"--histogram", "hour", "--path", "/usr/local/bin/odd", "--until", "1971-01-01"})
          .out);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(lines[0].starts_with("1969-12-31 23:00            1 #")) << lines[0];
  EXPECT_TRUE(lines[1].starts_with("1970-01-01 00:00            1 #")) << lines[1];
}

// A timeline is an order of events: what could not be read leaves no mark in it.
TEST_F(Timeline, LogThatCouldNotBeReadInFullIsToldBesideTheTimeline) {
  EXPECT_EQ(timeline({"--only", "logs"}).err, "");
  std::string older;
  for (int i = 0; i < 2000; ++i) {
    older += line("00:30:00", fmt::format("sshd[{}]: Connection from 203.0.113.7", i * 7919));
  }
  gzip("var/log/auth.log.3.gz", older);
  const std::string path = root() + "/var/log/auth.log.3.gz";
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const ProgramResult result = timeline({"--only", "logs"});
  EXPECT_EQ(result.status, 0);
  EXPECT_FALSE(result.out.empty());
  EXPECT_TRUE(holds(result.err, "sources not read, or only in part")) << result.err;
  EXPECT_EQ(timeline({"--only", "logs", "--quiet"}).err, "");
}

// Two readers look for logs here: one for logins, one for lines. A log is one source for both.
TEST_F(Timeline, LogThatTwoReadersCouldNotReadIsCountedOnce) {
  ASSERT_EQ(mkfifo((root() + "/var/log/pipe.log").c_str(), 0600), 0);
  const ProgramResult result = timeline({"--only", "logs", "--only", "logins"});
  EXPECT_EQ(result.status, 0);
  EXPECT_TRUE(holds(result.err, "genba: 1 of ")) << result.err;
  Scratch place;
  const ProgramResult saved =
      timeline({"--only", "logs", "--only", "logins", "--save", place.at("case")});
  EXPECT_TRUE(holds(saved.err, "genba: 1 of ")) << saved.err;
}

// --- mistakes -----------------------------------------------------------------------------------

TEST_F(Timeline, MistakesGetOneLineWithAHint) {
  const std::vector<std::pair<Words, std::string>> mistakes = {
      {{"--format", "xml"}, "text, jsonl, csv, bodyfile, timesketch"},
      {{"--only", "files", "--only", "dreams"}, "not 'dreams'"},
      {{"--limit", "few"}, "--limit takes a number"},
      {{"--limit", "-1"}, "--limit takes a number"},
      {{"--histogram", "day"}, "hour, minute"},
      {{"--histogram", "hour", "--json"}, "leave out --json and --format"},
      {{"--histogram", "hour", "--format", "csv"}, "leave out --json and --format"},
      {{"--json", "--format", "csv"}, "--json is --format jsonl"},
      {{"--around", "yesterday"}, "--around takes a time in UTC"},
      {{"--around", "now", "--window", "wide"}, "--window takes a span"},
      {{"--around", "now", "--since", "1d"}, "--around excludes --since and --until"},
      {{"--since", "2026-11-20 25:00"}, "--since takes a time in UTC"},
      {{"--grep"}, "--grep needs a value"},
      {{"--case", root()}, "--root and --case exclude each other"},
      {{"--format", "\x1b[2J"}, "\\x1b[2J"}};
  for (const auto& [words, hint] : mistakes) {
    SCOPED_TRACE(hint);
    const ProgramResult result = timeline(words);
    EXPECT_EQ(result.status, 3);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(lines_of(result.err).size(), 1U) << result.err;
    EXPECT_TRUE(holds(result.err, hint)) << result.err;
  }
}

TEST_F(Timeline, SpanThatEndsBeforeItBeginsIsAMistakeThatIsTold) {
  const ProgramResult result = timeline({"--since", "2026-11-21", "--until", "2026-11-20"});
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(lines_of(result.err).size(), 1U) << result.err;
}

TEST_F(Timeline, ReaderThatIsGoneMakesNoNoiseAndAFullDiskIsTold) {
  ProgramOptions closed;
  closed.where = Where::kClosed;
  const ProgramResult gone = timeline({}, closed);
  EXPECT_EQ(gone.status, 0);
  EXPECT_EQ(gone.err, "");
  const ProgramResult full = run_program(
      {"/bin/sh", "-c", given("GENBA_BINARY") + " timeline --root " + root() + " >/dev/full"});
  EXPECT_EQ(full.status, 4);
  EXPECT_TRUE(holds(full.err, "no space left")) << full.err;
}

// --- terminal, case, running system
// ----------------------------------------------------------------

TEST_F(Timeline, LinesFitTheTerminalAndHostileTextIsEscaped) {
  const std::string hostile("\x1b[2J\x1b]0;x\x07\r\0\xe2\x80\xae\xff", 16);
  tree_.file("var/log/auth.log", line("03:00:00", "sshd[3]: x" + hostile + std::string(300, 'x')));
  tree_.file("usr/local/bin/odd\x1b[2J\xe2\x80\xae", "x");
  for (const char* format : {"text", "jsonl", "csv", "bodyfile", "timesketch"}) {
    for (const std::string& shown : lines_of(timeline({"--format", format}).out)) {
      EXPECT_EQ(base::escape_for_terminal(shown), shown) << format;
    }
  }
  ProgramOptions terminal;
  terminal.where = Where::kTerminal;
  const ProgramResult result = timeline({"--quiet"}, terminal);
  for (const std::string& shown : lines_of(result.out)) {
    EXPECT_EQ(base::escape_for_terminal(shown), shown);
    EXPECT_LE(base::display_width(shown), 4 * 80U) << shown;
  }
}

TEST_F(Timeline, CaseHoldsTheEventsThatLogsWereReadFor) {
  Scratch place;
  const std::string dir = place.at("case");
  run_genba({"triage", "--root", root(), "--save", dir, "--json"});
  const ProgramResult result = run_genba({"timeline", "--case", dir, "--json", "--since",
                                          "2026-11-20", "--until", "2026-11-20 23:59"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "");
  std::string before;
  Words found;
  for (const Json& event : json_of(result)) {
    EXPECT_LE(before, event.at("time").get<std::string>());
    before = event.at("time");
    found.push_back(event.at("source").get<std::string>() + " " +
                    event.at("what").get<std::string>());
  }
  for (const char* event : {"event accepted", "event sudo"}) {
    EXPECT_NE(std::find(found.begin(), found.end(), event), found.end()) << event;
  }
  EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](const std::string& event) {
    return event.starts_with("login ");
  })) << testing::PrintToString(found);
}

// The lines are not in it, but what was recognised in them is.
TEST_F(Timeline, CaseThatATimelineSavedHoldsEventsOfLogsToo) {
  Scratch place;
  const std::string dir = place.at("case");
  ASSERT_EQ(timeline({"--save", dir}).status, 0);
  const ProgramResult result =
      run_genba({"timeline", "--case", dir, "--json", "--only", "logs", "--since", "2026-11-20"});
  EXPECT_TRUE(holds(result.out, R"("what":"accepted")")) << result.out;
}

TEST(TimelineLive, NewestProcessesOfTheRunningSystem) {
  const ProgramResult result =
      run_genba({"timeline", "--only", "processes", "--limit", "5", "--json"});
  EXPECT_EQ(result.status, 0) << result.err;
  const auto events = json_of(result);
  ASSERT_EQ(events.size(), 5U);
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].at("source"), "process");
    EXPECT_EQ(events[i].at("what"), "started");
    EXPECT_GT(events[i].at("pid"), 0);
    EXPECT_TRUE(i == 0 || events[i - 1].at("time").get<std::string>() <=
                              events[i].at("time").get<std::string>());
  }
}

}  // namespace
}  // namespace genba::test
