// SPDX-License-Identifier: Apache-2.0
//
// The re-enactment: a false /usr/bin/cd that burns a processor, holds connections and replaces its
// own processes, an unknown key for root, and a cron entry that brings it back. Does one incident
// tell all of it, with what to do next, and does nothing else get blamed? The machine that the test
// runs on may have findings of its own, so what was said before is taken off. Only the fixture's
// own marker and loopback connections are used.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iterator>
#include <set>

#include "base/time.h"
#include "scenarios/stage.h"
#include "support/run_program.h"
#include "support/triage_output.h"

namespace genba::test {
namespace {

constexpr char kImpostor[] = "/usr/bin/cd";
constexpr char kCronEntry[] = "/etc/cron.d/genba-test-marker";
constexpr char kKeyFile[] = "/root/.ssh/authorized_keys";
// Made for this test; nobody has its private half.
constexpr char kKey[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKi1Nw7nXhYqTz4mSKp2yXfX1R0m0c0yHq5mJ8vB3dQe "
    "genba-test-marker\n";
constexpr int kConnections = 40;

std::string bytes_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TriageOutput look(const Stage& stage, int& status) {
  ProgramOptions options;
  options.mount_namespace = stage.mount_namespace();
  const ProgramResult result = run_genba({"triage", "--json"}, options);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.err, "");
  status = result.status;
  return parse_triage(result.out);
}

// Process ids and times differ from run to run of the same program: rule, kinds and paths do not.
std::string lasting_name(const Json& finding) {
  std::string name = finding.at("rule");
  for (const Json& subject : finding.at("subjects")) {
    name += " " + subject.at("kind").get<std::string>();
    for (const char* key : {"path", "fingerprint", "username", "name", "ip"}) {
      if (subject.contains(key)) {
        name += " " + subject.at(key).dump();
      }
    }
  }
  return name;
}

std::set<std::string> names_of_medium(const TriageOutput& output) {
  std::set<std::string> names;
  for (const Json& finding : output.findings) {
    if (is_medium_or_above(finding)) {
      names.insert(lasting_name(finding));
    }
  }
  return names;
}

bool is_of_the_fixture(const Json& finding) {
  const std::string text = finding.at("subjects").dump();
  return text.find(kImpostor) != std::string::npos || text.find(kCronEntry) != std::string::npos ||
         text.find(kKeyFile) != std::string::npos;
}

std::string now_text() {
  return base::to_rfc3339(base::timestamp_from_unix(std::time(nullptr), 0));
}

// A process of this machine that has started meanwhile and is not the fixture's.
bool is_about_a_newcomer(const Json& finding, const std::string& since) {
  const Json& subjects = finding.at("subjects");
  return std::any_of(subjects.begin(), subjects.end(), [&](const Json& subject) {
    return subject.at("kind") == "process" && subject.contains("start_time") &&
           subject.at("start_time").get<std::string>() >= since;
  });
}

class LiveReenactment : public testing::Test {
 protected:
  void SetUp() override {
    if (!stage_.missing().empty()) {
      GTEST_SKIP() << "SKIPPED, the re-enactment was not played: " << stage_.missing();
    }
    fixture_ = bytes_of(given("GENBA_FIXTURES") + "/impostor");
    if (fixture_.empty()) {
      GTEST_SKIP() << "SKIPPED, the re-enactment was not played: no fixture in this build";
    }
  }

  void break_in() {
    stage_.file(kImpostor, fixture_, 0755);
    stage_.file(kKeyFile, kKey, 0600);
    stage_.file(kCronEntry, "* * * * * root /usr/bin/cd >/dev/null 2>&1\n", 0644);
  }

  Stage stage_;
  std::string fixture_;
};

// The findings of the one incident that holds one about the fixture.
std::vector<Json> incident_of_the_fixture(const TriageOutput& output, Json& incident) {
  std::vector<Json> held;
  for (const Json& one : output.incidents) {
    std::vector<Json> findings;
    for (const Json& finding : output.findings) {
      const auto& ids = one.at("findings");
      if (std::find(ids.begin(), ids.end(), finding.at("id")) != ids.end()) {
        findings.push_back(finding);
      }
    }
    if (std::any_of(findings.begin(), findings.end(), is_of_the_fixture)) {
      EXPECT_TRUE(held.empty()) << "a second incident about the fixture: " << one.at("says");
      held = findings;
      incident = one;
    }
  }
  EXPECT_FALSE(held.empty()) << "no incident is about the fixture";
  return held;
}

bool any_with(const std::vector<Json>& findings, std::string_view kind, std::string_view key,
              const Json& value) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const Json& finding) { return has_subject(finding, kind, key, value); });
}

bool any_of_rule(const std::vector<Json>& findings, std::string_view rule) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const Json& finding) { return finding.at("rule") == rule; });
}

std::string all_of(const std::vector<Json>& findings) {
  std::string text;
  for (const Json& finding : findings) {
    text += brief_of(finding) + "\n";
  }
  return text;
}

// The texts in which a placeholder such as {path} was left as it stands in the rule.
std::vector<std::string> unfilled(const Json& texts) {
  std::vector<std::string> found;
  for (const Json& text : texts) {
    if (text.get<std::string>().find_first_of("{}") != std::string::npos) {
      found.push_back(text);
    }
  }
  return found;
}

TEST_F(LiveReenactment, OneIncidentTellsTheWholeIntrusionAndWhatToDo) {
  int status = 0;
  const std::string begin = now_text();
  const TriageOutput before = look(stage_, status);
  break_in();
  const Impostor impostor(stage_, kImpostor, kConnections);
  ASSERT_TRUE(impostor.ready());
  const TriageOutput after = look(stage_, status);
  EXPECT_EQ(status, 1);
  EXPECT_NE(after.summary.at("verdict"), "nothing found");

  Json incident;
  const std::vector<Json> held = incident_of_the_fixture(after, incident);
  SCOPED_TRACE("the incident holds:\n" + all_of(held));
  const bool process = std::any_of(held.begin(), held.end(), [&](const Json& finding) {
    return has_subject(finding, "process", "pid", impostor.pid()) &&
           has_subject(finding, "process", "path", kImpostor);
  });
  EXPECT_TRUE(process) << "the process " << impostor.pid() << " is not named";
  EXPECT_TRUE(any_of_rule(held, "suspicious_program_on_network")) << "connections are missing";
  EXPECT_TRUE(any_of_rule(held, "self_replacing_family")) << "the replaced processes are missing";
  EXPECT_TRUE(any_with(held, "key", "path", kKeyFile)) << "the key is missing";
  EXPECT_TRUE(any_with(held, "file", "path", kCronEntry)) << "the cron entry is missing";
  EXPECT_NE(incident.at("says").get<std::string>().find(std::to_string(kConnections) +
                                                        " connections, all to this host itself"),
            std::string::npos)
      << incident.at("says");
  EXPECT_FALSE(incident.at("advice").empty());
  EXPECT_EQ(unfilled(incident.at("advice")), std::vector<std::string>());
  for (const Json& advice : incident.at("advice")) {
    EXPECT_EQ(advice.get<std::string>().find("127.77."), std::string::npos)
        << "a provider cannot block loopback: " << advice;
  }
  for (const Json& finding : held) {
    EXPECT_FALSE(finding.at("next").empty()) << brief_of(finding);
    EXPECT_EQ(unfilled(finding.at("next")), std::vector<std::string>());
  }

  const std::set<std::string> known = names_of_medium(before);
  for (const Json& finding : after.findings) {
    if (is_medium_or_above(finding) && known.count(lasting_name(finding)) == 0 &&
        !is_about_a_newcomer(finding, begin)) {
      EXPECT_TRUE(is_of_the_fixture(finding)) << "blamed without reason: " << brief_of(finding);
    }
  }
  for (const Json& finding : before.findings) {
    EXPECT_FALSE(is_of_the_fixture(finding)) << "before the break-in: " << brief_of(finding);
  }
}

TEST_F(LiveReenactment, FilesLeftBehindStayOneIncidentWhenTheProcessIsGone) {
  break_in();
  int status = 0;
  const TriageOutput output = look(stage_, status);
  EXPECT_EQ(status, 1);
  Json incident;
  const std::vector<Json> held = incident_of_the_fixture(output, incident);
  SCOPED_TRACE("the incident holds:\n" + all_of(held));
  EXPECT_TRUE(any_with(held, "file", "path", kImpostor));
  EXPECT_TRUE(any_with(held, "key", "path", kKeyFile));
  EXPECT_TRUE(any_with(held, "file", "path", kCronEntry));
}

}  // namespace
}  // namespace genba::test
