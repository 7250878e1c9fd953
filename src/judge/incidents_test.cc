// SPDX-License-Identifier: Apache-2.0
#include "judge/incidents.h"

#include "base/time.h"
#include "gtest/gtest.h"
#include "model/tables/file.h"
#include "model/tables/host_info.h"
#include "model/tables/package_files.h"
#include "model/tables/process_open_sockets.h"
#include "model/tables/processes.h"
#include "model/tables/users.h"

namespace genba::judge {
namespace {

using model::ColumnType;
using model::Facts;
using model::Field;
using model::Finding;
using model::Process;
using model::Subject;

base::Timestamp at(std::string_view text) {
  return *base::parse_rfc3339(text);
}

Field text(std::string key, std::string value) {
  return {std::move(key), std::move(value), ColumnType::kText};
}

Subject file(std::string path) {
  return {"file", {text("path", std::move(path))}};
}
Subject user(std::string name) {
  return {"user", {text("username", std::move(name))}};
}
Subject key(std::string fingerprint, std::string path) {
  return {"key", {text("fingerprint", std::move(fingerprint)), text("path", std::move(path))}};
}
Subject process(int64_t pid, std::string path) {
  return {"process",
          {{"pid", pid, ColumnType::kInteger},
           {"start_time", at("2026-11-21T03:12:09Z").nanoseconds, ColumnType::kTimestamp},
           text("path", std::move(path))}};
}
Subject socket(std::string remote, int64_t port) {
  return {"socket",
          {text("protocol", "tcp"),
           text("local_address", "10.0.0.5"),
           {"local_port", port, ColumnType::kInteger},
           text("remote_address", std::move(remote)),
           {"remote_port", int64_t{443}, ColumnType::kInteger}}};
}

Finding finding(std::string rule, std::vector<Subject> subjects, std::string table,
                std::vector<Field> row = {}) {
  Finding out;
  out.id = model::finding_id(rule, subjects);
  out.says = {"says " + rule, "所見 " + rule};
  out.rule = std::move(rule);
  out.severity = model::Severity::kHigh;
  out.confidence = model::Confidence::kLikely;
  out.subjects = std::move(subjects);
  out.evidence.push_back({std::move(table), "", std::move(row)});
  return out;
}

Finding low(Finding out) {
  out.severity = model::Severity::kLow;
  return out;
}

Process& add_process(Facts& facts, int64_t pid, std::string path, int64_t uid = 0) {
  Process out;
  out.pid = pid;
  out.parent = 1;
  out.session = pid;
  out.path = std::move(path);
  out.uid = uid;
  out.euid = uid;
  out.start_time = at("2026-11-21T03:12:09Z");
  facts.rows<Process>().push_back(out);
  return facts.rows<Process>().back();
}

void add_accounts(Facts& facts) {
  for (const auto& [uid, name] :
       {std::pair<int64_t, const char*>{0, "root"}, {1000, "alice"}, {1001, "bob"}}) {
    model::User account;
    account.uid = uid;
    account.username = name;
    facts.rows<model::User>().push_back(account);
  }
}

void own(Facts& facts, std::string path) {
  model::PackageFile owned;
  owned.package = "p";
  owned.path = std::move(path);
  facts.append_large(owned);
}

Finding dated(Finding out, std::string column, std::string_view when) {
  out.from = out.to = at(when);
  out.evidence.front().row.push_back(
      {std::move(column), at(when).nanoseconds, ColumnType::kTimestamp});
  return out;
}

/// What was found on the server of the report: /usr/bin/cd, a key, a cron entry and a service.
std::vector<Finding> story_of_cd() {
  return {
      dated(finding("service", {file("/etc/systemd/system/netd.service"), file("/usr/bin/cd")},
                    "systemd_units", {text("executable", "/usr/bin/cd")}),
            "file_ctime", "2026-11-20T22:00:00Z"),
      dated(finding("cron", {file("/etc/cron.d/update"), file("/usr/bin/cd")}, "crontab",
                    {text("command", "root /usr/bin/cd --quiet"), text("username", "root")}),
            "file_ctime", "2026-11-20T22:05:00Z"),
      dated(finding("key",
                    {key("SHA256:x", "/root/.ssh/authorized_keys"), user("root"),
                     file("/root/.ssh/authorized_keys")},
                    "authorized_keys"),
            "file_ctime", "2026-11-20T21:00:00Z"),
      dated(finding("unowned", {file("/usr/bin/cd")}, "file"), "ctime", "2026-11-20T21:30:00Z")};
}

TEST(Incidents, OwnerOfAKeyIsNotToldAsTheOwnerOfProcesses) {
  Facts facts;
  add_accounts(facts);
  add_process(facts, 4242, "/usr/bin/cd");
  std::vector<Finding> findings = story_of_cd();
  findings.push_back(finding("running", {process(4242, "/usr/bin/cd")}, "processes"));
  findings.push_back(finding(
      "key",
      {key("SHA256:y", "/home/hana/.ssh/authorized_keys"), user("hana"), file("/usr/bin/cd")},
      "authorized_keys"));
  const auto incidents = find_incidents(findings, facts);
  ASSERT_EQ(incidents.size(), 1u);
  EXPECT_NE(incidents[0].says.en.find("/usr/bin/cd runs as root (1 process)"), std::string::npos)
      << incidents[0].says.en;
}

TEST(Incidents, LiveStoryOfTheReportIsOneIncident) {
  Facts facts;
  add_accounts(facts);
  add_process(facts, 4242, "/usr/bin/cd");
  for (int64_t i = 0; i < 150; ++i) {
    model::ProcessOpenSocket connection;
    connection.pid = 4242;
    connection.socket = 1000 + i;
    connection.protocol = "tcp";
    connection.state = "ESTABLISHED";
    connection.remote_address = "192.0.2." + std::to_string(i);
    connection.remote_scope = "public";
    facts.rows<model::ProcessOpenSocket>().push_back(connection);
  }
  std::vector<Finding> findings = story_of_cd();
  Finding running = finding("running", {process(4242, "/usr/bin/cd")}, "processes");
  running.from = at("2026-11-21T03:12:09Z");
  running.to = running.from;
  running.severity = model::Severity::kCritical;
  findings.insert(findings.begin(), running);

  const auto incidents = find_incidents(findings, facts);
  ASSERT_EQ(incidents.size(), 1u);
  const model::Incident& incident = incidents[0];
  EXPECT_EQ(incident.findings.size(), 5u);
  EXPECT_EQ(incident.severity, model::Severity::kCritical);
  EXPECT_EQ(incident.from, at("2026-11-20T21:00:00Z"));
  EXPECT_EQ(incident.to, at("2026-11-21T03:12:09Z"));
  ASSERT_EQ(incident.story.size(), 5u);
  EXPECT_EQ(incident.story.front().says.en,
            "The key file /root/.ssh/authorized_keys appeared or was last changed.");
  EXPECT_EQ(incident.story.back().says.en, "Process 4242 (/usr/bin/cd) started.");
  EXPECT_EQ(
      incident.says.en,
      "This host has very likely been broken into: the program /usr/bin/cd runs as root "
      "(1 process), 1 cron entry and 1 systemd unit start programs automatically, and 1 SSH key "
      "opens a way in. Its processes hold 150 connections to 150 addresses. The earliest trace is "
      "of 2026-11-20 21:00:00 UTC; times can be forged, so it may have begun earlier.");
  EXPECT_EQ(
      incident.says.ja,
      "侵害されている可能性が高い状態です。アカウント root で /usr/bin/cd "
      "が動作しています（プロセス1件）。"
      "cron設定1件、systemdユニット1件がプログラムを自動起動します。"
      "登録済みのSSH鍵1件でログインできます。"
      "関係するプロセスの通信は150件、相手のアドレスは150件です。"
      "最も早い痕跡は 2026-11-20 21:00:00 UTC です。時刻は偽装できるため、実際の開始はさらに前の"
      "可能性があります。");
}

TEST(Incidents, StoryOfATreeIsOneIncidentWithoutProcesses) {
  Facts facts;
  facts.rows<model::HostInfo>().emplace_back();
  add_accounts(facts);
  const auto incidents = find_incidents(story_of_cd(), facts);
  ASSERT_EQ(incidents.size(), 1u);
  EXPECT_EQ(incidents[0].findings.size(), 4u);
  EXPECT_EQ(incidents[0].says.en.find("This system was very likely broken into"), 0u);
  EXPECT_NE(incidents[0].says.en.find("/usr/bin/cd"), std::string::npos) << incidents[0].says.en;
  for (const model::Text& advice : incidents[0].advice) {
    EXPECT_EQ(advice.en.find("reboot"), std::string::npos) << advice.en;
  }
}

TEST(Incidents, IdsAreStable) {
  const Facts facts;
  std::vector<Finding> findings = story_of_cd();
  const auto first = find_incidents(findings, facts);
  std::reverse(findings.begin(), findings.end());
  const auto second = find_incidents(findings, facts);
  ASSERT_EQ(first.size(), 1u);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(first[0].id, second[0].id);
  EXPECT_EQ(first[0].id.substr(0, 2), "i-");
  EXPECT_EQ(first[0].id.size(), 18u);
}

TEST(Incidents, UnrelatedHintsOfTwoAccountsStayApart) {
  Facts facts;
  add_accounts(facts);
  own(facts, "/usr/bin/python3.11");
  add_process(facts, 10, "/usr/bin/python3.11", 1000).exe_inode = 5;
  add_process(facts, 11, "/usr/bin/python3.11", 1001).exe_inode = 5;
  const auto incidents =
      find_incidents({finding("a", {process(10, "/usr/bin/python3.11")}, "processes"),
                      finding("b", {process(11, "/usr/bin/python3.11")}, "processes")},
                     facts);
  EXPECT_EQ(incidents.size(), 2u);
}

TEST(Incidents, OldAgentOfRootIsNoPartOfTodaysStory) {
  Facts facts;
  add_accounts(facts);
  const auto of_root = [](std::string rule, std::string path, std::string_view time) {
    Finding out = finding(std::move(rule), {file(std::move(path)), user("root")}, "file");
    if (!time.empty()) {
      out.from = out.to = at(time);
    }
    return out;
  };
  const std::vector<Finding> findings = {
      of_root("impostor", "/usr/bin/cd", "2026-11-20T22:00:00Z"),
      of_root("cron", "/etc/cron.d/x", "2026-11-16T00:00:00Z"),
      of_root("agent", "/opt/vendor/agent", "2025-03-01T00:00:00Z"),
      of_root("timeless", "/etc/ld.so.preload", "")};
  const auto incidents = find_incidents(findings, facts);
  ASSERT_EQ(incidents.size(), 2U);
  EXPECT_EQ(incidents[0].findings.size(), 3U);
  EXPECT_EQ(*incidents[0].from, at("2026-11-16T00:00:00Z"));
  EXPECT_EQ(incidents[1].findings, std::vector{findings[2].id});
}

TEST(Incidents, InterpreterIsNoLinkEvenWhenPackagesWereNotRead) {
  Facts facts;
  add_accounts(facts);
  add_process(facts, 10, "/usr/bin/bash", 1000);
  add_process(facts, 11, "/bin/bash", 1001);
  const auto incidents = find_incidents({finding("a", {process(10, "/usr/bin/bash")}, "processes"),
                                         finding("b", {process(11, "/bin/bash")}, "processes")},
                                        facts);
  EXPECT_EQ(incidents.size(), 2u);
}

TEST(Incidents, TwoProcessesOfOneForeignProgramBelongTogether) {
  Facts facts;
  add_accounts(facts);
  for (const int64_t pid : {10, 11}) {
    Process& added = add_process(facts, pid, "/tmp/" + std::to_string(pid), 990 + pid);
    added.exe_device = 1;
    added.exe_inode = 77;
  }
  const auto incidents = find_incidents({finding("a", {process(10, "/tmp/10")}, "processes"),
                                         finding("b", {process(11, "/tmp/11")}, "processes")},
                                        facts);
  EXPECT_EQ(incidents.size(), 1u);
}

TEST(Incidents, ParentAndChildBelongTogetherButSiblingsOfCronDoNot) {
  Facts facts;
  add_accounts(facts);
  own(facts, "/usr/bin/perl");
  add_process(facts, 100, "/usr/bin/perl", 1000);
  add_process(facts, 101, "/usr/bin/perl", 1001).parent = 100;
  const std::vector<Finding> family = {finding("a", {process(100, "/usr/bin/perl")}, "processes"),
                                       finding("b", {process(101, "/usr/bin/perl")}, "processes")};
  EXPECT_EQ(find_incidents(family, facts).size(), 1u);

  facts.rows<Process>()[0].parent = 50;
  facts.rows<Process>()[1].parent = 50;
  EXPECT_EQ(find_incidents(family, facts).size(), 2u);
}

TEST(Incidents, ProcessesOfOneSessionBelongTogether) {
  Facts facts;
  add_accounts(facts);
  own(facts, "/usr/bin/perl");
  add_process(facts, 100, "/usr/bin/perl", 1000).session = 90;
  add_process(facts, 101, "/usr/bin/perl", 1001).session = 90;
  EXPECT_EQ(find_incidents({finding("a", {process(100, "/usr/bin/perl")}, "processes"),
                            finding("b", {process(101, "/usr/bin/perl")}, "processes")},
                           facts)
                .size(),
            1u);
}

TEST(Incidents, LoopbackAddressTiesNothing) {
  const Facts facts;
  EXPECT_EQ(find_incidents({finding("a", {socket("127.0.0.1", 1)}, "process_open_sockets"),
                            finding("b", {socket("127.0.0.1", 2)}, "process_open_sockets")},
                           facts)
                .size(),
            2u);
  EXPECT_EQ(find_incidents({finding("a", {socket("127.0.0.1", 1)}, "process_open_sockets"),
                            finding("b", {socket("127.0.0.1", 1)}, "process_open_sockets")},
                           facts)
                .size(),
            1u);
  EXPECT_EQ(find_incidents({finding("a", {socket("203.0.113.9", 1)}, "process_open_sockets"),
                            finding("b", {socket("203.0.113.9", 2)}, "process_open_sockets")},
                           facts)
                .size(),
            1u);
}

TEST(Incidents, LowFindingJoinsByAThingNotByTheAccount) {
  Facts facts;
  add_accounts(facts);
  const Finding core = finding("core", {file("/etc/cron.d/x")}, "crontab");
  const Finding same = low(finding("same_file", {file("/etc/cron.d/x")}, "file"));
  const Finding other = low(finding("other", {file("/etc/issue"), user("root")}, "file"));
  const auto incidents = find_incidents({core, same, other}, facts);
  ASSERT_EQ(incidents.size(), 1u);
  EXPECT_EQ(incidents[0].findings, (std::vector<std::string>{core.id, same.id}));
}

TEST(Incidents, LowFindingsAloneAreNoIncident) {
  const Facts facts;
  Finding weakness = low(finding("w", {file("/etc/ssh/sshd_config")}, "file"));
  weakness.about = model::About::kWeakness;
  EXPECT_TRUE(
      find_incidents({low(finding("a", {user("root")}, "users")), weakness}, facts).empty());
}

TEST(Incidents, LowFindingTiesNoTwoStoriesTogether) {
  Facts facts;
  add_accounts(facts);
  const Finding a = finding("a", {file("/home/alice/x"), user("alice")}, "file");
  const Finding b = finding("b", {file("/home/bob/y"), user("bob")}, "file");
  const Finding bridge = low(finding("c", {file("/home/alice/x"), file("/home/bob/y")}, "file"));
  EXPECT_EQ(find_incidents({a, b, bridge}, facts).size(), 2u);
}

TEST(Incidents, WhatJoinsDoesNotMoveTheBeginning) {
  const Facts facts;
  Finding core = finding("core", {file("/x")}, "file");
  core.from = core.to = at("2026-11-20T00:00:00Z");
  Finding old = low(finding("old", {file("/x")}, "file"));
  old.from = old.to = at("2020-01-01T00:00:00Z");
  const auto incidents = find_incidents({core, old}, facts);
  ASSERT_EQ(incidents.size(), 1u);
  EXPECT_EQ(incidents[0].from, at("2026-11-20T00:00:00Z"));
}

TEST(Incidents, FileOfAnotherFindingsProgramLinksThroughTheMergedUsr) {
  Facts facts;
  add_accounts(facts);
  add_process(facts, 10, "/usr/bin/cd", 1000);
  EXPECT_EQ(find_incidents({finding("a", {process(10, "/usr/bin/cd")}, "processes"),
                            finding("b", {file("/bin/cd")}, "file")},
                           facts)
                .size(),
            1u);
}

TEST(Incidents, TrojanedInterpreterLinksWhatRunsOnIt) {
  Facts facts;
  add_accounts(facts);
  own(facts, "/usr/bin/bash");
  add_process(facts, 10, "/usr/bin/bash", 1000);
  EXPECT_EQ(find_incidents({finding("a", {process(10, "/usr/bin/bash")}, "processes"),
                            finding("b", {file("/usr/bin/bash")}, "package_verify")},
                           facts)
                .size(),
            1u);
}

TEST(Incidents, AdviceIsOrderedAndSaidOnce) {
  const Facts facts;
  std::vector<Finding> findings = story_of_cd();
  for (Finding& finding : findings) {
    finding.advice = {{"Read the entry.", "設定を読みます。"}};
  }
  const auto incidents = find_incidents(findings, facts);
  ASSERT_EQ(incidents.size(), 1u);
  const auto place = [&](std::string_view words) {
    const auto& advice = incidents[0].advice;
    for (size_t i = 0; i < advice.size(); ++i) {
      if (advice[i].en.find(words) != std::string::npos) {
        return static_cast<int>(i);
      }
    }
    return -1;
  };
  EXPECT_EQ(place("Do not reboot"), 0);
  EXPECT_LT(place("snapshot"), place("isolate"));
  EXPECT_LT(place("isolate"), place("starts it again"));
  EXPECT_LT(place("starts it again"), place("Read the entry."));
  EXPECT_LT(place("Read the entry."), place("another machine"));
  EXPECT_LT(place("another machine"), place("rebuild"));
  EXPECT_EQ(incidents[0].advice.size(), 7u);
}

TEST(Incidents, ConnectionsToTheHostItselfAreCountedApart) {
  Facts facts;
  add_process(facts, 10, "/usr/bin/cd");
  add_process(facts, 11, "/usr/bin/cd");
  for (const int64_t pid : {10, 11}) {  // a fork holds its parent's sockets
    for (int64_t i = 1; i <= 40; ++i) {
      model::ProcessOpenSocket connection;
      connection.pid = pid;
      connection.socket = i;
      connection.protocol = "tcp";
      connection.state = "ESTABLISHED";
      connection.local_address = "127.0.0.1";
      connection.local_port = 40000 + i;
      connection.remote_address = "127.77.0." + std::to_string(i);
      connection.remote_port = 80;
      connection.remote_scope = "loopback";
      facts.rows<model::ProcessOpenSocket>().push_back(connection);
    }
  }
  const std::vector<Finding> findings = {
      finding("running", {process(10, "/usr/bin/cd")}, "processes"),
      finding("running", {process(11, "/usr/bin/cd")}, "processes")};
  std::string says = find_incidents(findings, facts).at(0).says.en;
  EXPECT_NE(says.find("hold 40 connections, all to this host itself."), std::string::npos) << says;

  auto& outside = facts.rows<model::ProcessOpenSocket>().front();
  outside.remote_address = "203.0.113.9";
  outside.remote_scope = "public";
  facts.rows<model::ProcessOpenSocket>()[40] = outside;
  says = find_incidents(findings, facts).at(0).says.en;
  EXPECT_NE(says.find("hold 40 connections: 1 to 1 address, 39 to this host itself."),
            std::string::npos)
      << says;
}

TEST(Incidents, AdviceAboutOneProcessNamesItsWholeFamily) {
  Facts facts;
  std::vector<Finding> findings;
  for (const int64_t pid : {4242, 4250, 4251}) {
    add_process(facts, pid, "/usr/bin/cd");
    findings.push_back(finding("memory", {process(pid, "/usr/bin/cd")}, "processes"));
    findings.back().advice = {
        {"Copy /proc/" + std::to_string(pid) + "/exe.", std::to_string(pid) + " を複製します。"}};
  }
  const auto incidents = find_incidents(findings, facts);
  ASSERT_EQ(incidents.size(), 1u);
  const auto& advice = incidents[0].advice;
  EXPECT_TRUE(std::any_of(advice.begin(), advice.end(), [](const model::Text& text) {
    return text.en ==
           "Copy /proc/4242/exe. The same goes for all 3 processes that run /usr/bin/cd: "
           "pids 4242, 4250, 4251.";
  }));
}

TEST(Incidents, ProgramThatAnEntryStartsIsNoEntry) {
  Facts facts;
  facts.rows<model::HostInfo>().emplace_back().kernel_release = "6.1.0";
  const auto incidents = find_incidents(story_of_cd(), facts);
  ASSERT_EQ(incidents.size(), 1u);
  EXPECT_NE(incidents[0].says.en.find("the file /usr/bin/cd is suspicious"), std::string::npos);
  for (const model::Text& advice : incidents[0].advice) {
    if (advice.en.find("starts it again") != std::string::npos) {
      EXPECT_NE(advice.en.find("(/etc/systemd/system/netd.service and /etc/cron.d/update)"),
                std::string::npos)
          << advice.en;
    }
  }
}

TEST(Incidents, ThingsAreCountedOnceHoweverManyRulesSpeakOfThem) {
  Facts facts;
  facts.rows<model::HostInfo>().emplace_back().kernel_release = "6.1.0";
  const std::string unit = "/etc/systemd/system/cd.service";
  const std::string keys = "/root/.ssh/authorized_keys";
  const std::vector<Field> unit_row = {text("id", "cd.service"), text("fragment_path", unit)};
  const auto line = [](int64_t number) { return Field{"line", number, ColumnType::kInteger}; };
  std::vector<Finding> findings = {
      finding("runs", {file(unit), file("/usr/bin/cd")}, "systemd_unit_commands", unit_row),
      finding("tricks", {file(unit)}, "systemd_unit_commands", unit_row),
      finding("options", {key("SHA256:x", keys), user("root")}, "authorized_keys"),
      finding("added", {key("SHA256:x", keys), file(keys)}, "authorized_keys"),
      low(finding("writable", {file(keys)}, "authorized_keys")),
      finding("cron", {file("/etc/cron.d/x"), file("/usr/bin/cd")}, "crontab",
              {text("path", "/etc/cron.d/x"), line(1)})};
  findings.back().evidence.push_back({"crontab", "", {text("path", "/etc/cron.d/x"), line(2)}});
  const auto incidents = find_incidents(findings, facts);
  ASSERT_EQ(incidents.size(), 1u);
  const std::string& says = incidents[0].says.en;
  EXPECT_NE(says.find("1 systemd unit"), std::string::npos) << says;
  EXPECT_NE(says.find("2 cron entries"), std::string::npos) << says;
  EXPECT_NE(says.find("1 SSH key opens"), std::string::npos) << says;
}

TEST(Incidents, TenThousandFindingsBecomeOneStoryOfBoundedLength) {
  Facts facts;
  add_accounts(facts);
  std::vector<Finding> findings;
  for (int64_t pid = 1; pid <= 10'000; ++pid) {
    add_process(facts, pid + 10, "/tmp/x" + std::to_string(pid % 100));
    findings.push_back(
        finding("r", {process(pid + 10, "/tmp/x" + std::to_string(pid % 100))}, "processes"));
    findings.back().from = at("2026-11-21T03:12:09Z");
  }
  const auto incidents = find_incidents(findings, facts);
  ASSERT_EQ(incidents.size(), 1u);
  EXPECT_LE(incidents[0].story.size(), 201u);
}

}  // namespace
}  // namespace genba::judge
