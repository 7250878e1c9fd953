// SPDX-License-Identifier: Apache-2.0
//
// One true break-in in a month of logs, among 200,000 addresses that guess passwords: all that was
// planted must be found and told as one incident, nobody who works there may be accused, and the
// same month without the intruder must hold nothing. How often was tried is counted here from the
// files, by other means than Genba's, and must agree to the last attempt. Sanitizers get a tenth.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>

#include "base/time.h"
#include "fmt/format.h"
#include "support/log_month.h"
#include "support/run_program.h"
#include "support/small_system.h"
#include "support/triage_output.h"

namespace genba::test {
namespace {

constexpr std::string_view kAuthLogs[] = {"auth.log.3.gz", "auth.log.2.gz", "auth.log.1",
                                          "auth.log"};
// 2026-10-22 is the month's first day. Rsyslog tells local time, which is that of Tokyo.
constexpr int64_t kTokyo = 9 * 3600;
constexpr std::string_view kForged = "192.0.2.77";

int attackers() {
  const char* sanitizer = std::getenv("GENBA_SANITIZE");
  return sanitizer != nullptr && *sanitizer != '\0' ? 20'000 : 200'000;
}

std::string read_log(const Scratch& tree, std::string_view name) {
  const std::string path = tree.at("var/log/" + std::string(name));
  std::string text;
  const gzFile file = gzopen(path.c_str(), "rb");  // reads what is not compressed as it is
  if (file == nullptr) {
    ADD_FAILURE() << "no " << path;
    return text;
  }
  std::array<char, 1 << 16> piece{};
  for (int got = 1; got > 0;) {
    got = gzread(file, piece.data(), piece.size());
    text.append(piece.data(), static_cast<size_t>(std::max(got, 0)));
  }
  gzclose(file);
  return text;
}

// A line's own time, in seconds of UTC; the month lies within October and November 2026.
int64_t time_of(std::string_view line) {
  const bool october = line.starts_with("Oct ");
  EXPECT_TRUE(october || line.starts_with("Nov ")) << line;
  const std::string text = fmt::format("2026-{}-{}{}T{}Z", october ? "10" : "11",
                                       line[4] == ' ' ? '0' : line[4], line[5], line.substr(7, 8));
  const auto time = base::parse_rfc3339(text);
  EXPECT_TRUE(time.has_value()) << line;
  return time ? time->nanoseconds / 1'000'000'000 - kTokyo : 0;
}

struct Failures {
  int64_t all = 0;
  int64_t within = 0;  // of the time that was asked for
  std::map<std::string, int64_t> by_address;
};

// Lines of failed passwords, by the address that stands last: what stands before it was typed.
Failures count_failures(const Scratch& tree, int64_t from = 0, int64_t to = 0) {
  Failures failures;
  for (const std::string_view name : kAuthLogs) {
    const std::string text = read_log(tree, name);
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = text.find('\n', begin);
      const std::string_view line = std::string_view(text).substr(begin, end - begin);
      begin = end + 1;
      if (line.find("]: Failed password for ") == std::string_view::npos) {
        continue;
      }
      const size_t address = line.rfind(" from ") + 6;
      ++failures.by_address[std::string(line.substr(address, line.find(' ', address) - address))];
      ++failures.all;
      if (to > from) {
        const int64_t time = time_of(line);
        failures.within += time >= from && time < to ? 1 : 0;
      }
    }
  }
  return failures;
}

int64_t of_honest(const Failures& failures, const PlantedMonth& planted) {
  int64_t sum = 0;
  for (const std::string& address : planted.honest_addresses) {
    const auto found = failures.by_address.find(address);
    sum += found == failures.by_address.end() ? 0 : found->second;
  }
  return sum;
}

std::vector<Json> json_lines(const ProgramResult& result) {
  std::vector<Json> lines;
  for (const std::string& line : lines_of(result.out)) {
    lines.push_back(Json::parse(line, nullptr, false));
    EXPECT_TRUE(lines.back().is_object()) << line;
  }
  return lines;
}

const Json* finding_of(const TriageOutput& output, std::string_view rule) {
  const auto found =
      std::find_if(output.findings.begin(), output.findings.end(), [&](const Json& finding) {
        return finding.at("rule") == rule && is_medium_or_above(finding);
      });
  return found == output.findings.end() ? nullptr : &*found;
}

std::string medium_and_above(const TriageOutput& output) {
  std::string text;
  for (const Json& finding : output.findings) {
    text += is_medium_or_above(finding) ? brief_of(finding) + "\n" : "";
  }
  return text;
}

// The same month twice: with the intruder and without.
class LogMonthSeed : public testing::TestWithParam<uint32_t> {
 protected:
  struct Built {
    Scratch tree;
    PlantedMonth planted;
    TriageOutput triage;
    int status = -1;
  };

  static std::unique_ptr<Built> build(Intruder intruder) {
    auto built = std::make_unique<Built>();
    build_small_system(built->tree);
    built->planted = write_log_month(built->tree, {GetParam(), attackers(), intruder});
    const ProgramResult result =
        run_genba({"triage", "--deep", "--root", built->tree.path(), "--json"});
    EXPECT_EQ(result.err, "");
    built->status = result.status;
    built->triage = parse_triage(result.out);
    return built;
  }

  static void expect_planted_found(const Built& month);
  static void expect_one_incident(const Built& month);
  static void expect_nobody_accused(const Built& month);
  static void expect_attempts_exact(const Built& month, const Built& quiet);
};

void LogMonthSeed::expect_planted_found(const Built& month) {
  const PlantedMonth& planted = month.planted;
  const TriageOutput& triage = month.triage;
  const Json* guessed = finding_of(triage, "guessed_login");
  ASSERT_NE(guessed, nullptr);
  EXPECT_EQ(guessed->at("severity"), "high");
  EXPECT_TRUE(has_subject(*guessed, "address", "ip", planted.address));
  EXPECT_TRUE(has_subject(*guessed, "user", "username", "root"));
  const std::string in = base::to_rfc3339(base::timestamp_from_unix(planted.login_seconds));
  EXPECT_EQ(guessed->at("from"), in);
  const Json* account = finding_of(triage, "root_account_created");
  ASSERT_NE(account, nullptr);
  EXPECT_TRUE(has_subject(*account, "user", "username", "sysupd"));
  const Json* wiped = finding_of(triage, "login_records_wiped");
  ASSERT_NE(wiped, nullptr);
  EXPECT_TRUE(has_subject(*wiped, "file", "path", "/var/log/wtmp"));
  EXPECT_LE(wiped->at("from").get<std::string>(), in);
  EXPECT_GE(wiped->at("to").get<std::string>(), in);
  const Json* lastlog = finding_of(triage, "lastlog_contradicts_wtmp");
  ASSERT_NE(lastlog, nullptr);
  EXPECT_TRUE(has_subject(*lastlog, "user", "username", "root"));
  EXPECT_TRUE(has_subject(*lastlog, "address", "ip", planted.address));
  const Json* forged = finding_of(triage, "forged_log_line");
  ASSERT_NE(forged, nullptr);
  EXPECT_TRUE(has_subject(*forged, "user", "username", "hana"));
  EXPECT_TRUE(has_subject(*forged, "address", "ip", kForged));
  const Json* silence = finding_of(triage, "log_silence");
  ASSERT_NE(silence, nullptr);
  EXPECT_TRUE(has_subject(*silence, "log", "path", "/var/log/auth.log"));
  EXPECT_LE(silence->at("from").get<std::string>(),
            base::to_rfc3339(base::timestamp_from_unix(planted.gap_from)));
  EXPECT_GE(silence->at("to").get<std::string>(),
            base::to_rfc3339(base::timestamp_from_unix(planted.gap_to - 1)));
}

void LogMonthSeed::expect_one_incident(const Built& month) {
  std::vector<const Json*> tells;
  for (const Json& incident : month.triage.incidents) {
    if (incident.at("says").get<std::string>().find(month.planted.address) != std::string::npos) {
      tells.push_back(&incident);
    }
  }
  ASSERT_EQ(tells.size(), 1U);
  EXPECT_EQ(tells[0]->at("severity"), "critical");
  const Json& ids = tells[0]->at("findings");
  for (const char* rule : {"guessed_login", "root_account_created", "login_records_wiped",
                           "lastlog_contradicts_wtmp", "log_silence", "forged_log_line"}) {
    const Json* finding = finding_of(month.triage, rule);
    EXPECT_TRUE(finding != nullptr &&
                std::find(ids.begin(), ids.end(), finding->at("id")) != ids.end())
        << rule << " is no part of the incident";
  }
}

void LogMonthSeed::expect_nobody_accused(const Built& month) {
  std::set<std::string> others(month.planted.honest_addresses.begin(),
                               month.planted.honest_addresses.end());
  for (const char* name : {"hana", "ken", "yuki", "taro", "mei", "monitor", "nvidia"}) {
    others.insert(name);
  }
  for (const Json& finding : month.triage.findings) {
    if (!is_medium_or_above(finding)) {
      continue;
    }
    SCOPED_TRACE(brief_of(finding));
    const bool forged = finding.at("rule") == "forged_log_line";
    for (const Json& subject : finding.at("subjects")) {
      const std::string kind = subject.at("kind");
      if (kind == "address") {
        EXPECT_EQ(subject.at("ip"), forged ? std::string(kForged) : month.planted.address);
      } else if (kind == "user") {
        const std::string name = subject.at("username");
        EXPECT_TRUE(name == "root" || name == "sysupd" || (forged && name == "hana")) << name;
      } else {
        EXPECT_TRUE(kind == "log" || kind == "file") << kind;
        const std::string path = subject.at("path");
        EXPECT_TRUE(path.starts_with("/var/log/") || path == "/root/.bash_history") << path;
      }
    }
    const std::string says = finding.at("says");
    for (const std::string& other : others) {
      EXPECT_TRUE((forged && other == "hana") || says.find(" " + other + " ") == std::string::npos)
          << other;
    }
  }
}

// Of the month with the intruder Genba sees what was written less what was cut out; what that was
// stands in the month without one, for the attackers of one seed are the same in both.
void LogMonthSeed::expect_attempts_exact(const Built& month, const Built& quiet) {
  const ProgramResult result = run_genba({"logs", "--root", month.tree.path(), "--json"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "");
  const std::vector<Json> lines = json_lines(result);
  const auto attempts = std::find_if(
      lines.begin(), lines.end(), [](const Json& line) { return line.at("type") == "attempts"; });
  ASSERT_NE(attempts, lines.end());
  const Failures whole = count_failures(quiet.tree, month.planted.gap_from, month.planted.gap_to);
  EXPECT_EQ(whole.all, quiet.planted.failed_lines + of_honest(whole, quiet.planted));
  EXPECT_GT(whole.within, 0);
  EXPECT_EQ(attempts->at("attempts"),
            month.planted.failed_lines + of_honest(whole, quiet.planted) - whole.within);
  const Failures seen = count_failures(month.tree);
  EXPECT_EQ(attempts->at("attempts"), seen.all);
  EXPECT_EQ(attempts->at("addresses"), seen.by_address.size());
  bool told = false;
  for (const Json& line : lines) {
    if (line.at("type") == "attempts_by" && line.at("by") == "address") {
      const auto found = seen.by_address.find(line.at("name").get<std::string>());
      ASSERT_NE(found, seen.by_address.end()) << line;
      EXPECT_EQ(line.at("attempts"), found->second) << line;
      told = told || (line.at("name") == month.planted.address && line.at("accepted") == 1);
    }
  }
  EXPECT_TRUE(told) << "the address that got in stands among those that tried most";
}

TEST_P(LogMonthSeed, AllThatWasPlantedIsFoundAndNobodyElseIsAccused) {
  const auto month = build(Intruder::kOne);
  SCOPED_TRACE(medium_and_above(month->triage));
  EXPECT_EQ(month->status, 1);
  EXPECT_NE(month->triage.summary.at("verdict"), "nothing found");
  expect_planted_found(*month);
  expect_one_incident(*month);
  expect_nobody_accused(*month);
  const auto quiet = build(Intruder::kNone);
  EXPECT_EQ(medium_and_above(quiet->triage), "");
  EXPECT_EQ(quiet->triage.summary.at("verdict"), "nothing found");
  EXPECT_EQ(quiet->status, 0);
  expect_attempts_exact(*month, *quiet);
}

INSTANTIATE_TEST_SUITE_P(LogMonth, LogMonthSeed, testing::Values(1U, 2U, 3U));

}  // namespace
}  // namespace genba::test
