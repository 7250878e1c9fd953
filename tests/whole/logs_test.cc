// SPDX-License-Identifier: Apache-2.0
//
// `genba logs` on a tree: who tried, who got in, what they did; for people, for programs, filtered,
// from a stored case, and of logs that were written to attack whoever reads them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "fmt/format.h"
#include "support/run_program.h"
#include "support/small_system.h"
#include "support/triage_output.h"

namespace genba::test {
namespace {

using Words = std::vector<std::string>;

// A line as Debian 12 writes it: with its zone, so that nothing is inferred.
std::string line(std::string_view time, std::string_view text) {
  return fmt::format("2026-11-20T{}.000000+00:00 small {}\n", time, text);
}

// People at work, and a stranger who tries five names once.
std::string honest_log() {
  std::string log =
      line("08:00:00",
           "sshd[970]: Accepted publickey for hana from 192.0.2.10 port 50000 ssh2: ED25519 "
           "SHA256:hanahanahanahanahanahanahanahanahanahanahan") +
      line("08:01:00",
           "sudo:     hana : TTY=pts/0 ; PWD=/home/hana ; USER=root ; COMMAND=/usr/bin/apt update");
  for (int i = 0; i < 5; ++i) {
    log += line(fmt::format("09:0{}:00", i),
                fmt::format("sshd[{}]: Failed password for invalid user admin from 198.51.100.9 "
                            "port 4000{} ssh2",
                            1000 + i, i));
  }
  return log;
}

// Thirty guesses at root's password, the last of them right, and an account for later.
std::string break_in() {
  std::string log;
  for (int i = 0; i < 30; ++i) {
    log += line(fmt::format("02:{}:{:02}", 10 + i / 2, i % 2 * 30),
                fmt::format("sshd[{}]: Failed password for root from 203.0.113.7 port {} ssh2",
                            900 + i, 40'000 + i));
  }
  return log +
         line("02:40:00",
              "sshd[950]: Accepted password for root from 203.0.113.7 port 40100 "
              "ssh2") +
         line("02:41:00",
              "useradd[960]: new user: name=sysupd, UID=1003, GID=1003, "
              "home=/var/tmp, shell=/bin/bash, from=/dev/pts/0");
}

class Logs : public SmallSystem {
 protected:
  void write_log(const std::string& bytes) { tree_.file("var/log/auth.log", bytes); }
  ProgramResult logs(const Words& more = {}, const ProgramOptions& options = {}) const {
    Words words = {"logs", "--root", root()};
    words.insert(words.end(), more.begin(), more.end());
    return run_genba(words, options);
  }
};

std::vector<Json> json_lines(const ProgramResult& result, std::string_view type = {}) {
  std::vector<Json> lines;
  for (const std::string& text : lines_of(result.out)) {
    Json json = Json::parse(text, nullptr, false);
    EXPECT_TRUE(json.is_object() && json.contains("type")) << text;
    if (json.is_object() && (type.empty() || json.at("type") == type)) {
      lines.push_back(std::move(json));
    }
  }
  return lines;
}

// "root 203.0.113.7", in their order.
Words logins_of(const ProgramResult& result) {
  Words logins;
  for (const Json& login : json_lines(result, "login")) {
    logins.push_back(login.at("username").get<std::string>() + " " +
                     login.at("address").get<std::string>());
  }
  return logins;
}

int64_t attempts_of(const ProgramResult& result) {
  const auto lines = json_lines(result, "attempts");
  EXPECT_EQ(lines.size(), 1U);
  return lines.empty() ? -1 : lines[0].at("attempts").get<int64_t>();
}

Words deeds_of(const ProgramResult& result) {
  Words deeds;
  for (const Json& deed : json_lines(result, "deed")) {
    deeds.push_back(deed.at("action"));
  }
  return deeds;
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

void expect_harmless(const std::string& text) {
  for (const std::string& shown : lines_of(text)) {
    EXPECT_EQ(base::escape_for_terminal(shown), shown);
  }
}

// --- what the exit code says --------------------------------------------------------------------

TEST_F(Logs, HonestLogsAreNothingFound) {
  write_log(honest_log());
  const ProgramResult result = logs();
  EXPECT_EQ(result.status, 0) << result.out;
  EXPECT_EQ(result.err, "");
  EXPECT_TRUE(holds(result.out, "hana from 192.0.2.10 by publickey")) << result.out;
  EXPECT_TRUE(holds(result.out, "hana ran as root by sudo: /usr/bin/apt update")) << result.out;
}

TEST_F(Logs, GuessedPasswordIsAFinding) {
  write_log(break_in() + honest_log());
  const ProgramResult result = logs({"--json"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "");
  const auto findings = json_lines(result, "finding");
  EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [](const Json& finding) {
    return finding.at("rule") == "guessed_login" && finding.at("severity") == "high" &&
           has_subject(finding, "address", "ip", "203.0.113.7");
  }));
  EXPECT_EQ(json_lines(result, "summary").at(0).at("verdict"), "suspicious");
}

TEST_F(Logs, TreeWithoutLogsIsNothingThatCouldBeLookedAt) {
  const ProgramResult result = logs();
  EXPECT_EQ(result.status, 2);
  EXPECT_TRUE(result.out.starts_with("No log could be read.\n")) << result.out;
  EXPECT_EQ(logs({"--json"}).status, 2);
}

TEST_F(Logs, FifoInPlaceOfALogDoesNotHoldItUp) {
  tree_.fifo("var/log/auth.log");
  tree_.fifo("var/log/wtmp");
  ProgramOptions options;
  options.deadline = std::chrono::seconds(60);
  const ProgramResult alone = logs({}, options);
  EXPECT_FALSE(alone.timed_out);
  EXPECT_EQ(alone.status, 2);
  tree_.file("var/log/secure", honest_log());
  const ProgramResult result = logs({"--json"}, options);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(logins_of(result), Words{"hana 192.0.2.10"});
}

TEST_F(Logs, MistakesGetOneLineWithAHint) {
  write_log(honest_log());
  const std::vector<std::pair<Words, std::string>> mistakes = {
      {{"--ip", "somewhere"}, "203.0.113.0/24"},
      {{"--ip", "192.0.2.0/33"}, "203.0.113.0/24"},
      {{"--since", "yesterday"}, "--since takes a time in UTC"},
      {{"--until", "2026-13-01"}, "--until takes a time in UTC"},
      {{"--user"}, "--user needs a value"},
      {{"--usr", "root"}, "did you mean '--user'?"},
      {{"--follow"}, "'genba help logs' lists them"},
      {{"here"}, "'genba help logs'"},
      {{"--case", root()}, "--root and --case exclude each other"},
      {{"--since", "\x1b[2J"}, "\\x1b[2J"}};
  for (const auto& [words, hint] : mistakes) {
    SCOPED_TRACE(hint);
    const ProgramResult result = logs(words);
    EXPECT_EQ(result.status, 3);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(lines_of(result.err).size(), 1U) << result.err;
    EXPECT_TRUE(result.err.starts_with("genba: ")) << result.err;
    EXPECT_TRUE(holds(result.err, hint)) << result.err;
    expect_harmless(result.err);
  }
}

TEST_F(Logs, SpanThatEndsBeforeItBeginsIsAMistakeThatIsTold) {
  write_log(honest_log());
  const ProgramResult result = logs({"--since", "2026-11-21", "--until", "2026-11-20"});
  EXPECT_EQ(result.status, 3) << result.out;
  EXPECT_EQ(lines_of(result.err).size(), 1U) << result.err;
}

TEST_F(Logs, ReaderThatIsGoneMakesNoNoiseAndAFullDiskIsTold) {
  write_log(break_in());
  ProgramOptions closed;
  closed.where = Where::kClosed;
  const ProgramResult gone = logs({}, closed);
  EXPECT_EQ(gone.status, 0);
  EXPECT_EQ(gone.err, "");
  const ProgramResult full = run_program(
      {"/bin/sh", "-c", given("GENBA_BINARY") + " logs --root " + root() + " >/dev/full"});
  EXPECT_EQ(full.status, 4);
  EXPECT_TRUE(holds(full.err, "no space left")) << full.err;
}

// --- for programs -------------------------------------------------------------------------------

TEST_F(Logs, JsonLinesHaveStableTypesAndKeys) {
  write_log(break_in() + honest_log() + std::string(100, '\0') + line("10:00:00", "x: y"));
  const ProgramResult result = logs({"--json"});
  const std::map<std::string, std::set<std::string>> needed = {
      {"host", {"genba", "command", "source", "started", "hostname"}},
      {"attempts", {"attempts", "addresses", "networks", "names", "first", "last", "over_time"}},
      {"attempts_by", {"by", "name", "attempts", "first", "last"}},
      {"login",
       {"time", "certainty", "username", "address", "port", "network", "scope", "method", "program",
        "pid", "sources", "first_of_address", "logins_before", "failures_before",
        "failures_before_hour", "user_failures_before", "network_failures_before", "path", "line"}},
      {"deed", {"time", "certainty", "action", "path", "line", "count", "says"}},
      {"anomaly", {"source", "path", "kind"}},
      {"finding", {"id", "rule", "severity", "says", "subjects", "evidence"}},
      {"incident", {"id", "says", "story", "advice"}},
      {"coverage", {"area", "subject", "status"}},
      {"summary", {"verdict", "findings", "seconds", "footprint"}}};
  std::set<std::string> seen;
  for (const Json& json : json_lines(result)) {
    const std::string type = json.at("type");
    const auto keys = needed.find(type);
    ASSERT_NE(keys, needed.end()) << "a new type of line: " << json;
    seen.insert(type);
    for (const std::string& key : keys->second) {
      EXPECT_TRUE(json.contains(key)) << key << " is missing of " << json;
    }
    for (const char* number :
         {"attempts", "addresses", "accepted", "port", "pid", "line", "count", "failures_before"}) {
      EXPECT_TRUE(!json.contains(number) || json.at(number).is_number_integer()) << json;
    }
    for (const char* time : {"time", "first", "last", "from_time"}) {
      EXPECT_TRUE(!json.contains(time) || json.at(time).get<std::string>().back() == 'Z') << json;
    }
  }
  EXPECT_EQ(seen.size(), needed.size()) << testing::PrintToString(seen);
}

TEST_F(Logs, JsonTellsAttemptsLoginsAndDeedsExactly) {
  write_log(break_in() + honest_log());
  const ProgramResult result = logs({"--json"});
  EXPECT_EQ(attempts_of(result), 35);
  EXPECT_EQ(logins_of(result), (Words{"root 203.0.113.7", "hana 192.0.2.10"}));
  EXPECT_EQ(deeds_of(result), (Words{"account_added", "sudo"}));
  const Json login = json_lines(result, "login").at(0);
  EXPECT_EQ(login.at("time"), "2026-11-20T02:40:00.000000000Z");
  EXPECT_EQ(login.at("certainty"), "exact");
  EXPECT_EQ(login.at("failures_before"), 30);
  EXPECT_EQ(login.at("first_of_address"), true);
  EXPECT_EQ(login.at("path"), "/var/log/auth.log");
  EXPECT_EQ(login.at("line"), 31);
  const Json added = json_lines(result, "deed").at(0);
  EXPECT_EQ(added.at("target"), "sysupd");
  EXPECT_EQ(added.at("line"), 32);
}

// The last pair counts: what stands before it was typed as a name.
TEST_F(Logs, NameThatLooksLikeAnAddressAccusesNobody) {
  write_log(line("03:00:00",
                 "sshd[1]: Failed password for invalid user x from 192.0.2.10 port 22 "
                 "ssh2 from 198.51.100.66 port 4022 ssh2"));
  const auto groups = json_lines(logs({"--json"}), "attempts_by");
  ASSERT_FALSE(groups.empty());
  EXPECT_EQ(groups[0].at("by"), "address");
  EXPECT_EQ(groups[0].at("name"), "198.51.100.66");
  EXPECT_EQ(std::count_if(groups.begin(), groups.end(),
                          [](const Json& group) { return group.at("name") == "192.0.2.10"; }),
            0);
}

// --- filters ------------------------------------------------------------------------------------

TEST_F(Logs, FiltersLeaveOnlyWhatWasAskedFor) {
  write_log(break_in() + honest_log());
  struct Asked {
    Words words;
    int64_t attempts;
    Words logins;
    Words deeds;
  };
  const std::vector<Asked> cases = {
      {{"--user", "root"}, 30, {"root 203.0.113.7"}, {"sudo"}},  // hana became root
      {{"--user", "hana"}, 0, {"hana 192.0.2.10"}, {"sudo"}},
      {{"--user", "nobody-of-that-name"}, 0, {}, {}},
      {{"--ip", "203.0.113.7"}, 30, {"root 203.0.113.7"}, {}},
      {{"--ip", "192.0.2.0/24"}, 0, {"hana 192.0.2.10"}, {}},
      {{"--ip", "2001:db8::/32"}, 0, {}, {}},
      {{"--since", "2026-11-20 03:00"}, 5, {"hana 192.0.2.10"}, {"sudo"}},
      {{"--until", "2026-11-20T03:00:00Z"}, 30, {"root 203.0.113.7"}, {"account_added"}},
      {{"--since", "2026-11-20T02:40:00+00:00", "--until", "2026-11-20 02:41"},
       0,
       {"root 203.0.113.7"},
       {"account_added"}},
      {{"--since", "2026-11-20", "--user", "root", "--ip", "192.0.2.10"}, 0, {}, {}}};
  for (const Asked& asked : cases) {
    SCOPED_TRACE(testing::PrintToString(asked.words));
    Words words = asked.words;
    words.emplace_back("--json");
    const ProgramResult result = logs(words);
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(attempts_of(result), asked.attempts);
    EXPECT_EQ(logins_of(result), asked.logins);
    EXPECT_EQ(deeds_of(result), asked.deeds);
  }
}

// --- for people ---------------------------------------------------------------------------------

TEST_F(Logs, SummaryIsTheFirstScreenOnly) {
  write_log(break_in() + honest_log());
  const std::string whole = logs().out;
  const std::string first = logs({"--summary"}).out;
  EXPECT_TRUE(holds(whole, "\nFindings\n")) << whole;
  EXPECT_FALSE(holds(first, "\nFindings\n")) << first;
  for (const char* part : {"Who tried", "Who got in", "What they did then",
                           "What is missing or was altered", "203.0.113.7", "sysupd"}) {
    EXPECT_TRUE(holds(first, part)) << part << "\n" << first;
  }
}

TEST_F(Logs, JapaneseWhenAskedFor) {
  write_log(break_in() + honest_log());
  ProgramOptions environment;
  environment.environment = {"LANG=ja_JP.UTF-8"};
  for (const std::string& out : {logs({"--lang", "ja"}).out, logs({}, environment).out}) {
    for (const char* part : {"侵入の試み", "ログインに成功した者", "その後の操作", "203.0.113.7",
                             "hana が sudo で root として実行：/usr/bin/apt update"}) {
      EXPECT_TRUE(holds(out, part)) << part << "\n" << out;
    }
    EXPECT_FALSE(holds(out, "Who got in"));
  }
}

TEST_F(Logs, NoLineIsWiderThanTheTerminal) {
  std::string log = break_in() + honest_log();
  for (int i = 0; i < 40; ++i) {
    log += line(fmt::format("11:{:02}:00", i),
                fmt::format("sshd[7]: Failed password for invalid user {} from "
                            "2001:db8:1234:5678:9abc:def0:1234:{:x} port 9 ssh2",
                            std::string(static_cast<size_t>(10 * i + 1), 'n'), 4096 + i));
  }
  write_log(log);
  ProgramOptions terminal;
  terminal.where = Where::kTerminal;
  for (const uint16_t columns : {uint16_t{60}, uint16_t{80}, uint16_t{132}}) {
    terminal.columns = columns;
    for (const char* language : {"en", "ja"}) {
      const ProgramResult result = logs({"--lang", language, "--no-color", "--quiet"}, terminal);
      EXPECT_EQ(result.status, 1);
      std::string widest;
      for (const std::string& shown : lines_of(result.out)) {
        const bool command = shown.starts_with("    $ ");  // stays on one line, to be copied
        widest =
            command || base::display_width(shown) <= base::display_width(widest) ? widest : shown;
      }
      EXPECT_LE(base::display_width(widest), columns) << language << ": " << widest.substr(0, 90);
    }
  }
}

// --- a stored case ------------------------------------------------------------------------------

TEST_F(Logs, CaseTellsTheSameAsTheTreeItWasMadeOf) {
  write_log(break_in() + honest_log());
  Scratch place;
  const std::string dir = place.at("case");
  EXPECT_EQ(run_genba({"triage", "--root", root(), "--save", dir, "--json"}).status, 1);
  const ProgramResult tree = logs({"--json"});
  const ProgramResult stored = run_genba({"logs", "--case", dir, "--json"});
  EXPECT_EQ(stored.status, 1);
  EXPECT_EQ(stored.err, "");
  for (const char* type : {"attempts", "attempts_by", "login", "deed", "anomaly"}) {
    EXPECT_EQ(json_lines(stored, type), json_lines(tree, type)) << type;
  }
  const ProgramResult filtered = run_genba({"logs", "--case", dir, "--json", "--user", "hana"});
  EXPECT_EQ(logins_of(filtered), Words{"hana 192.0.2.10"});
}

TEST_F(Logs, CaseThatLogsItselfSavedIsReadAgain) {
  write_log(break_in());
  Scratch place;
  const std::string dir = place.at("case");
  const ProgramResult saved = logs({"--json", "--save", dir});
  const ProgramResult stored = run_genba({"logs", "--case", dir, "--json"});
  EXPECT_EQ(stored.status, saved.status);
  EXPECT_EQ(json_lines(stored, "login"), json_lines(saved, "login"));
  EXPECT_EQ(json_lines(stored, "finding").size(), json_lines(saved, "finding").size());
}

// --- bad input ----------------------------------------------------------------------------------

TEST_F(Logs, HostileBytesInNamesAndLinesNeverReachTheTerminal) {
  const std::string hostile("\x1b[2J\x1b]0;x\x07\r\0\xe2\x80\xae\xff\xc2\x9b", 18);
  write_log(break_in() +
            line("03:00:00", "sshd[1]: Failed password for invalid user a" + hostile +
                                 "b from 198.51.100.9 port 1 ssh2") +
            line("03:00:01",
                 "sshd[1]: Accepted password for c" + hostile + " from 198.51.100.10 port 1 ssh2") +
            line("03:00:02",
                 "sudo: d" + hostile + " : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/e" + hostile) +
            line("03:00:03", "useradd[9]: new user: name=f" + hostile + ", UID=0, GID=0") +
            line("03:00:04", "sshd[1]: Accepted password for g from h" + hostile + " port 1 ssh2"));
  ProgramOptions terminal;
  terminal.where = Where::kTerminal;
  for (const char* language : {"en", "ja"}) {
    expect_harmless(logs({"--lang", language}).out);
    expect_harmless(logs({"--lang", language, "--json"}).out);
    expect_harmless(logs({"--lang", language, "--no-color", "--quiet"}, terminal).out);
  }
  EXPECT_GE(attempts_of(logs({"--json"})), 30);
}

TEST_F(Logs, LinesThatAreCutNulsAndRubbishCostOnlyThemselves) {
  const std::string rubbish = "\xff\xfe\x80 not a log line\n" + std::string(4096, '\0') +
                              "\n\n\r\n" + std::string(3'000'000, 'x') + "\n" +
                              "2026-99-99T99:99:99.000000+00:00 small sshd[1]: Accepted\n" +
                              "2026-11-20T03:00:00.000000+00:00\n" +
                              "2026-11-20T03:00:00.000000+00:00 small sshd[1]: Accepted password";
  write_log(break_in() + rubbish + "\n" + honest_log() + "2026-11-20T12:00:00.000000+00:00 sma");
  const ProgramResult result = logs({"--json"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(attempts_of(result), 35);
  EXPECT_EQ(logins_of(result), (Words{"root 203.0.113.7", "hana 192.0.2.10"}));
}

}  // namespace
}  // namespace genba::test
