// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/text.h"
#include "fmt/format.h"
#include "render/logs.h"
#include "support/compromised_report.h"

namespace genba::render {
namespace {

using model::Language;
using Json = nlohmann::json;

constexpr int64_t kNoon = 1'795'262'400;  // 2026-11-21T12:00:00Z
constexpr Language kBoth[] = {Language::kEnglish, Language::kJapanese};

base::Timestamp at(int64_t seconds_after_noon) {
  return base::timestamp_from_unix(kNoon + seconds_after_noon);
}

AttemptGroup group(std::string_view name, int64_t attempts, int64_t others, int64_t accepted = 0) {
  AttemptGroup group;
  group.name = name;
  group.attempts = attempts;
  group.others = others;
  group.first = at(0);
  group.last = at(5400);
  group.accepted = accepted;
  return group;
}

Deed deed(int64_t time, std::string_view action, std::string_view who, std::string_view target,
          std::string_view what) {
  Deed deed;
  deed.time = at(time);
  deed.certainty = "exact";
  deed.action = action;
  deed.who = who;
  deed.target = target;
  deed.what = what;
  deed.path = "/var/log/auth.log";
  deed.line = 7;
  return deed;
}

// One address that guessed root's password and added an account, and one person at work. `name` is
// of whoever can choose one.
LogBrief make_brief_of_logs(const std::string& name = "sysupd") {
  LogBrief brief;
  brief.files = 3;
  brief.lines = 12'345;
  brief.first_line = at(-86'400);
  brief.last_line = at(86'400);
  brief.attempts = 1907;
  brief.addresses = 2;
  brief.networks = 1;
  brief.names = 1;
  brief.first_attempt = at(0);
  brief.last_attempt = at(5400);
  brief.by_address = {group("203.0.113.7", 1900, 1, 1), group("198.51.100.9", 7, 1)};
  brief.by_network = {group("203.0.113.0/24", 1900, 1)};
  brief.by_name = {group(name, 1907, 2)};
  for (int64_t i = 0; i < 10; ++i) {
    brief.over_time.push_back({at(i * 600), i * 100, i == 9 ? 1 : 0});
  }
  model::Login login;
  login.time = at(5400);
  login.certainty = "inferred_year";
  login.username = "root";
  login.address = "203.0.113.7";
  login.method = "password";
  login.program = "sshd";
  login.sources = "/var/log/auth.log";
  login.path = "/var/log/auth.log";
  login.failures_before = 1900;
  login.first_of_address = true;
  brief.logins.push_back(login);
  LoginGroup odd;
  odd.username = "root";
  odd.address = "203.0.113.7";
  odd.method = "password";
  odd.certainty = "inferred_year";
  odd.count = 1;
  odd.first = odd.last = at(5400);
  odd.first_of_address = true;
  odd.failures_before = 1900;
  LoginGroup usual = odd;
  usual.username = "hana";
  usual.address = "192.0.2.10";
  usual.method = "publickey";
  usual.fingerprint = "SHA256:hana";
  usual.certainty = "exact";
  usual.count = 1200;
  usual.last = at(6000);
  usual.first_of_address = false;
  usual.failures_before = 19;
  brief.login_groups = {odd, usual};
  brief.deeds = {deed(5460, "account_added", "", name, "UID=0"),
                 deed(5500, "sudo", "hana", "root", "/usr/bin/id")};
  brief.deed_groups = brief.deeds;
  model::LogAnomaly silence;
  silence.kind = "silence";
  silence.source = silence.path = "/var/log/auth.log";
  silence.from_time = at(6000);
  silence.to_time = at(20'400);
  silence.count = 14'400;
  silence.usual = 32;
  silence.others = 37;
  brief.anomalies = {silence};
  return brief;
}

TerminalStyle style(size_t columns = 80, Language language = Language::kEnglish,
                    Detail detail = Detail::kSummary) {
  return {Colour::kPlain, columns, language, detail};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

// Of the screen, without its last paragraph, which tells how much could be read.
std::string screen_of(const LogBrief& brief, const TerminalStyle& style) {
  test::ReportFixture fixture;
  test::make_quiet(fixture);
  const std::string out = render_logs_terminal(fixture.report, brief, style);
  return out.substr(0, out.find("Times are UTC"));
}

std::vector<Json> json_of(const LogBrief& brief, Language language = Language::kEnglish) {
  test::ReportFixture fixture;
  test::make_quiet(fixture);
  std::vector<Json> lines;
  for (const std::string& line : lines_of(render_logs_json(fixture.report, brief, language))) {
    lines.push_back(Json::parse(line, nullptr, false));
    EXPECT_TRUE(lines.back().is_object()) << line;
  }
  return lines;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7f;
  });
}

// --- for people ---------------------------------------------------------------------------------

TEST(LogsTerminal, FirstScreenOfABreakIn) {
  LogBrief brief = make_brief_of_logs();
  brief.over_time.clear();
  brief.by_address[0].accepted = 0;
  EXPECT_EQ(screen_of(brief, style()),
            R"(Logs of web01: 2026-11-20 12:00:00 UTC to 2026-11-22 12:00:00 UTC, 3 files,
12,345 lines

Who tried
  1,907 failed attempts from 2 addresses in 1 network, 2026-11-21 12:00:00 UTC
  to 2026-11-21 13:30:00 UTC, about 1,907 an hour
  address          attempts     names  first             last
  203.0.113.7         1,900         1  2026-11-21 12:00  2026-11-21 13:30
  198.51.100.9            7         1  2026-11-21 12:00  2026-11-21 13:30
  network            attempts addresses  first             last
  203.0.113.0/24        1,900         1  2026-11-21 12:00  2026-11-21 13:30
  name       attempts addresses  first             last
  sysupd        1,907         2  2026-11-21 12:00  2026-11-21 13:30

Who got in
  1 login of 1 account from 1 address
  2026-11-21 13:30:00? root from 203.0.113.7 by password, first time from there,
  1,900 failures of this address before
  2026-11-21 13:30:00 hana from 192.0.2.10 by publickey SHA256:hana, 1,200 times
  until 2026-11-21 13:40

What they did then
  2026-11-21 13:31:00 account or group sysupd added UID=0
  2026-11-21 13:31:40 hana ran as root by sudo: /usr/bin/id

What is missing or was altered
  2026-11-21 13:40:00 /var/log/auth.log says nothing for 4 h; all but one in a
  thousand of its silences are within 32 s, and other logs have 37 lines
  meanwhile

)");
}

TEST(LogsTerminal, MarkOfALoginStandsBelowItsPieceOfTime) {
  const auto lines = lines_of(screen_of(make_brief_of_logs(), style()));
  const auto bars = std::find(lines.begin(), lines.end(), "   ▁▂▃▄▄▅▆▇█");  // none in the first
  ASSERT_NE(bars, lines.end()) << "no bars, or not in their place";
  EXPECT_EQ(bars[1], "           ^");
}

TEST(LogsTerminal, ThatAnAddressGotInCanBeReadInEightyColumns) {
  const std::string out = screen_of(make_brief_of_logs(), style());
  const size_t line = out.find("  203.0.113.7 ");
  ASSERT_NE(line, std::string::npos);
  EXPECT_NE(out.find("got in 1 time\n", line), std::string::npos) << out.substr(line, 80);
}

TEST(LogsTerminal, LoginsAfterFailuresSayHowManyAndRoutineSaysHowOften) {
  const std::string out = screen_of(make_brief_of_logs(), style(200));
  EXPECT_NE(out.find("  2026-11-21 13:30:00? root from 203.0.113.7 by password, first time from "
                     "there, 1,900 failures of this address before\n"),
            std::string::npos)
      << out;
  EXPECT_NE(out.find("  2026-11-21 13:30:00 hana from 192.0.2.10 by publickey SHA256:hana, 1,200 "
                     "times until 2026-11-21 13:40\n"),
            std::string::npos)
      << out;
  EXPECT_NE(out.find("  2026-11-21 13:31:00 account or group sysupd added UID=0\n"),
            std::string::npos)
      << out;
  EXPECT_NE(out.find("  2026-11-21 13:40:00 /var/log/auth.log says nothing for 4 h;"),
            std::string::npos)
      << out;
}

TEST(LogsTerminal, NetworkThatFailedIsWordedWhenTheAddressDidNot) {
  LogBrief brief = make_brief_of_logs();
  brief.login_groups[0].failures_before = LogBrief::kManyFailures - 1;
  brief.login_groups[0].network_failures_before = LogBrief::kManyFailures;
  const std::string out = screen_of(brief, style(200));
  EXPECT_NE(out.find("20 failures of its network before"), std::string::npos) << out;
  EXPECT_EQ(out.find("failures of this address"), std::string::npos) << out;
}

// A guessed login is nothing that is missing, and whoever reads ten lines must have read it.
TEST(LogsTerminal, WhatTheRulesFoundComesFirstUnderItsOwnHeading) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  const std::string out = render_logs_terminal(fixture.report, make_brief_of_logs(), style());
  const size_t heading = out.find("What stands out\n");
  ASSERT_NE(heading, std::string::npos) << out;
  EXPECT_LT(heading, out.find("Who tried\n"));
  EXPECT_EQ(out.find("Of all logs"), std::string::npos) << out;
  LogBrief asked = make_brief_of_logs();
  asked.asked.user = "root";
  EXPECT_NE(render_logs_terminal(fixture.report, asked, style())
                .find("What stands out\n  Of all logs, not only of what was asked for.\n"),
            std::string::npos);
}

TEST(LogsTerminal, WhatWasAskedForHoldsNothingAndTheLogsMayHoldMuch) {
  LogBrief brief = make_brief_of_logs();
  brief.asked.user = "nobody";
  brief.attempts = 0;
  brief.logins.clear();
  brief.deeds.clear();
  brief.anomalies.clear();
  const std::string out = screen_of(brief, style(200));
  EXPECT_EQ(out.find("in the logs that were read"), std::string::npos) << out;
  for (const char* part :
       {"No failed attempt from another address in what was asked for.",
        "No login in what was asked for.", "was changed in what was asked for",
        "No gap or alteration was noticed in what was read."}) {  // not narrowed by an account
    EXPECT_NE(out.find(part), std::string::npos) << part << "\n" << out;
  }
  EXPECT_EQ(out.find("without an address"), std::string::npos) << out;
  brief.asked.network = base::parse_network("203.0.113.7");
  brief.asked.since = at(0);
  const std::string narrower = screen_of(brief, style(200));
  EXPECT_NE(narrower.find("are logged without an address"), std::string::npos) << narrower;
  EXPECT_NE(narrower.find("noticed between the times asked for"), std::string::npos) << narrower;
}

TEST(LogsTerminal, LongNameIsCutRatherThanTimesAndTimesRatherThanAnAddress) {
  const LogBrief brief = make_brief_of_logs(std::string(100, 'x'));
  const std::string wide = screen_of(brief, style(80));
  EXPECT_NE(wide.find("…        1,907         2  2026-11-21 12:00  2026-11-21 13:30\n"),
            std::string::npos)
      << wide;
  const std::string narrow = screen_of(brief, style(60));
  EXPECT_NE(narrow.find("  203.0.113.7         1,900         1  2026-11-21 13:30\n"),
            std::string::npos)
      << narrow;
  const std::string small = screen_of(brief, style(50));
  EXPECT_NE(small.find("\n  203.0.113.0/24        1,900         1\n"), std::string::npos) << small;
}

TEST(LogsTerminal, NothingReadSaysSoAndNotThatNothingHappened) {
  const std::string out = screen_of(LogBrief(), style());
  EXPECT_TRUE(out.starts_with("No log could be read.\n")) << out;
}

TEST(LogsTerminal, LinesStayWithinTheTerminalInBothLanguages) {
  test::ReportFixture fixture;
  test::make_hostile(fixture);
  const LogBrief brief = make_brief_of_logs(std::string(300, 'x') + "名前" + std::string(90, 'y'));
  for (const Language language : kBoth) {
    for (const size_t columns : {40, 60, 80, 132}) {
      for (const Detail detail : {Detail::kSummary, Detail::kFull}) {
        const std::string out =
            render_logs_terminal(fixture.report, brief, style(columns, language, detail));
        for (const std::string& line : lines_of(out)) {
          const bool command = line.find("genba ") != std::string::npos;  // to be copied
          EXPECT_TRUE(command || base::display_width(line) <= columns)
              << columns << " columns, " << base::display_width(line) << ": " << line.substr(0, 60);
        }
      }
    }
  }
}

TEST(LogsTerminal, HostileNamesNeverReachTheTerminalRaw) {
  const std::string hostile("\x1b[2J\r\x07\0\xe2\x80\xae\xff\n", 12);
  test::ReportFixture fixture;
  test::make_hostile(fixture);
  LogBrief brief = make_brief_of_logs("a" + hostile);
  brief.by_address[0].name = "b" + hostile;
  brief.by_network[0].name = "c" + hostile;
  for (LoginGroup& login : brief.login_groups) {
    login.username = login.address = login.method = login.fingerprint = "d" + hostile;
  }
  brief.deed_groups[1].action = brief.deed_groups[1].what = "e" + hostile;
  brief.anomalies[0].path = brief.anomalies[0].source = "f" + hostile;
  brief.anomalies[0].detail = "g" + hostile;
  for (const Language language : kBoth) {
    for (const std::string& out :
         {render_logs_terminal(fixture.report, brief, style(80, language, Detail::kFull)),
          render_logs_json(fixture.report, brief, language)}) {
      EXPECT_FALSE(has_control(out));
      EXPECT_TRUE(base::is_valid_utf8(out));
      EXPECT_EQ(out.find("\u202e"), std::string::npos);
    }
    const std::string plain =
        render_logs_terminal(fixture.report, brief, style(400, language, Detail::kSummary));
    for (const char letter : {'a', 'b', 'c', 'd', 'e', 'f'}) {
      EXPECT_NE(plain.find(std::string(1, letter) + "\\x1b[2J"), std::string::npos) << letter;
    }
  }
}

TEST(LogsTerminal, ManyOfEachAreCutWithACountAndFullShowsMore) {
  LogBrief brief = make_brief_of_logs();
  for (int i = 0; i < 30; ++i) {
    brief.by_address.push_back(group(fmt::format("198.51.100.{}", 100 + i), 1, 1));
    brief.login_groups.push_back(brief.login_groups.back());
    brief.login_groups.back().username = fmt::format("person{}", i);
    brief.deed_groups.push_back(deed(7000 + i, "su", fmt::format("person{}", i), "root", ""));
    brief.anomalies.push_back(brief.anomalies.front());
  }
  const std::string few = screen_of(brief, style());
  EXPECT_NE(few.find("198.51.100.102"), std::string::npos) << few;
  EXPECT_EQ(few.find("198.51.100.103"), std::string::npos) << few;
  EXPECT_NE(few.find("+22 more\n"), std::string::npos) << few;            // of 32 logins
  EXPECT_NE(few.find("20 more before these"), std::string::npos) << few;  // of 32 deeds
  EXPECT_NE(few.find("+23 more\n"), std::string::npos) << few;            // of 31 anomalies
  EXPECT_NE(few.find("person29 became root"), std::string::npos) << few;
  const std::string full = screen_of(brief, style(80, Language::kEnglish, Detail::kFull));
  EXPECT_NE(full.find("198.51.100.107"), std::string::npos);
  EXPECT_EQ(full.find("198.51.100.108"), std::string::npos);
  EXPECT_NE(full.find("person0 became root"), std::string::npos);
}

TEST(LogsTerminal, SilenceOfAllLogsIsAMachineThatWasOff) {
  LogBrief brief = make_brief_of_logs();
  brief.anomalies[0].others = 0;
  const std::string out = screen_of(brief, style());
  EXPECT_EQ(out.find("says nothing"), std::string::npos) << out;
  EXPECT_NE(out.find("No gap or alteration was noticed"), std::string::npos) << out;
}

// Any visitor can make a log hold such lines, and many of them.
TEST(LogsTerminal, ImitatedLinesStandBehindWhatIsMissingAndAreNone) {
  LogBrief brief = make_brief_of_logs();
  model::LogAnomaly imitated;
  imitated.path = "/var/log/nginx/error.log";
  imitated.kind = "imitated_line";
  imitated.count = 2;
  brief.anomalies.insert(brief.anomalies.begin(), 9, imitated);
  const std::string both = screen_of(brief, style(200));
  EXPECT_LT(both.find("says nothing"), both.find("2 lines of /var/log/nginx/error.log imitate"));
  brief.anomalies.assign(1, imitated);
  const std::string alone = screen_of(brief, style(200));
  EXPECT_NE(alone.find("2 lines of /var/log/nginx/error.log imitate"), std::string::npos) << alone;
  EXPECT_NE(alone.find("No gap or alteration was noticed"), std::string::npos) << alone;
}

// --- for programs -------------------------------------------------------------------------------

TEST(LogsJson, LinesComeInOneOrderAndEachTypeHasItsKeys) {
  std::string order;
  std::vector<std::set<std::string>> keys;
  for (const Json& line : json_of(make_brief_of_logs())) {
    const std::string type = line.at("type").get<std::string>() +
                             (line.contains("by") ? "/" + line.at("by").get<std::string>() : "");
    if (order.find(type + " ") == std::string::npos) {
      order += type + " ";
      keys.emplace_back();
      for (const auto& [key, value] : line.items()) {
        keys.back().insert(key);
      }
    }
  }
  EXPECT_EQ(order,
            "host attempts attempts_by/address attempts_by/network attempts_by/name login deed "
            "anomaly finding coverage summary ");
  ASSERT_EQ(keys.size(), 11U);
  using Keys = std::set<std::string>;
  EXPECT_EQ(keys[1], (Keys{"type", "attempts", "addresses", "networks", "names", "first", "last",
                           "over_time"}));
  EXPECT_EQ(keys[2],
            (Keys{"type", "by", "name", "attempts", "names", "first", "last", "accepted"}));
  EXPECT_EQ(keys[3], (Keys{"type", "by", "name", "attempts", "addresses", "first", "last"}));
  EXPECT_EQ(keys[4], keys[3]);
  EXPECT_EQ(keys[6], (Keys{"type", "time", "certainty", "action", "target", "what", "path", "line",
                           "count", "says"}));
}

TEST(LogsJson, ValuesKeepTheirTypes) {
  for (const Json& line : json_of(make_brief_of_logs())) {
    if (line.at("type") == "attempts") {
      EXPECT_EQ(line.at("attempts"), 1907);
      EXPECT_EQ(line.at("first"), "2026-11-21T12:00:00.000000000Z");
      ASSERT_EQ(line.at("over_time").size(), 10U);
      EXPECT_EQ(
          line.at("over_time")[9],
          Json::parse(R"({"from":"2026-11-21T13:30:00.000000000Z","attempts":900,"logins":1})"));
    } else if (line.at("type") == "login") {
      EXPECT_EQ(line.at("username"), "root");
      EXPECT_EQ(line.at("first_of_address"), true);
      EXPECT_EQ(line.at("failures_before"), 1900);
      EXPECT_FALSE(line.contains("fingerprint"));
      EXPECT_FALSE(line.contains("end_time"));
    } else if (line.at("type") == "anomaly") {
      EXPECT_EQ(line.at("count"), 14'400);
      EXPECT_EQ(line.at("from_time"), "2026-11-21T13:40:00.000000000Z");
    }
  }
}

TEST(LogsJson, NothingReadStillSaysHowMuchWasTried) {
  const auto lines = json_of(LogBrief());
  ASSERT_GE(lines.size(), 3U);
  EXPECT_EQ(lines[1], Json::parse(R"({"type":"attempts","attempts":0,"addresses":0,"networks":0,
                                      "names":0,"over_time":[]})"));
}

TEST(LogsJson, OnlyWhatIsForPeopleIsInTheirLanguage) {
  const auto english = json_of(make_brief_of_logs());
  const auto japanese = json_of(make_brief_of_logs(), Language::kJapanese);
  ASSERT_EQ(english.size(), japanese.size());
  for (size_t i = 0; i < english.size(); ++i) {
    if (english[i].at("type") == "finding") {
      continue;
    }
    for (const auto& [key, value] : english[i].items()) {
      const bool words = english[i].at("type") == "deed" && key == "says";
      EXPECT_EQ(value == japanese[i].at(key), !words) << key << " " << value;
    }
  }
}

}  // namespace
}  // namespace genba::render
