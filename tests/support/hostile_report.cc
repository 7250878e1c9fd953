// SPDX-License-Identifier: Apache-2.0
//
// The reports that try a renderer's defences: attacks on the reader's screen, and sheer size.
#include "fmt/format.h"
#include "model/tables/authorized_keys.h"
#include "model/tables/coverage.h"
#include "model/tables/crontab.h"
#include "model/tables/host_info.h"
#include "model/tables/listening_ports.h"
#include "model/tables/process_open_sockets.h"
#include "model/tables/processes.h"
#include "model/tables/startup_items.h"
#include "model/tables/users.h"
#include "support/compromised_report.h"

namespace genba::test {

namespace {

// Closes a script, a style, a comment and an attribute; starts a picture; clears the screen; turns
// the direction of writing; breaks off UTF-8.
constexpr std::string_view kAttack =
    "x</script></style>--><img src=http://192.0.2.1/ onerror=alert(1)>\"'&amp;"
    "\x1b[2J\x1b]0;pwned\x07\r\x9b"
    "31m\xe2\x80\xae"
    "gpj.exe\xe2\x80\x8b\xff\xfe\n[fake line]";

void poison(std::string& text) {
  text += kAttack;
}

void poison(model::Finding& finding) {
  poison(finding.says.en);
  poison(finding.says.ja);
  poison(finding.title.en);
  finding.next.push_back("genba collect --pid 1 " + std::string(kAttack));
  for (auto& subject : finding.subjects) {
    for (auto& field : subject.fields) {
      if (auto* text = std::get_if<std::string>(&field.value)) {
        poison(*text);
      }
    }
  }
  for (auto& evidence : finding.evidence) {
    poison(evidence.view);
    for (auto& field : evidence.row) {
      if (auto* text = std::get_if<std::string>(&field.value)) {
        poison(*text);
      }
    }
  }
}

}  // namespace

void make_hostile(ReportFixture& fixture) {
  make_compromised(fixture);
  auto& facts = fixture.facts;
  poison(*facts.rows<model::HostInfo>().front().hostname);
  for (auto& process : facts.rows<model::Process>()) {
    poison(process.name);
    if (process.cmdline) {
      poison(*process.cmdline);
      poison(*process.path);
    }
  }
  for (auto& cron : facts.rows<model::Crontab>()) {
    poison(cron.command);
    poison(cron.path);
  }
  for (auto& user : facts.rows<model::User>()) {
    poison(user.username);
  }
  poison(*facts.rows<model::AuthorizedKey>().front().comment);
  poison(facts.rows<model::StartupItem>().front().name);
  for (auto& row : facts.rows<model::Coverage>()) {
    poison(row.subject);
    if (row.reason) {
      poison(*row.reason);
    }
  }
  for (auto& finding : fixture.judgement.findings) {
    poison(finding);
  }
  for (auto& incident : fixture.judgement.incidents) {
    poison(incident.says.en);
    poison(incident.says.ja);
    for (auto& event : incident.story) {
      poison(event.says.en);
      poison(event.says.ja);
    }
  }
}

void make_huge(ReportFixture& fixture, size_t count) {
  make_compromised(fixture);
  auto& facts = fixture.facts;
  const model::Process process = facts.rows<model::Process>().back();
  const model::ProcessOpenSocket socket = facts.rows<model::ProcessOpenSocket>().front();
  const model::Crontab cron = facts.rows<model::Crontab>().front();
  const model::Coverage coverage = facts.rows<model::Coverage>().back();
  const model::Finding finding = fixture.judgement.findings[1];
  const std::string very_long(2000, '<');
  const std::string shorter = "/opt/some/program --with <arguments>";
  for (size_t i = 0; i < count; ++i) {
    const auto pid = static_cast<int64_t>(100'000 + i);
    // Enough of them to fill every budget, without a gigabyte for the rest.
    const std::string& long_text = i < 3000 ? very_long : shorter;
    auto& one = facts.rows<model::Process>().emplace_back(process);
    one.pid = pid;
    // One deep chain, the worst shape for a tree.
    one.parent = i == 0 ? 1 : pid - 1;
    one.cmdline = long_text;
    auto& other = facts.rows<model::ProcessOpenSocket>().emplace_back(socket);
    other.pid = pid;
    auto& port = facts.rows<model::ListeningPort>().emplace_back();
    port.pid = pid;
    port.address = "0.0.0.0";
    facts.rows<model::Crontab>().emplace_back(cron).command = long_text;
    facts.rows<model::Coverage>().emplace_back(coverage).subject = long_text;
    auto& copy = fixture.judgement.findings.emplace_back(finding);
    copy.id = fmt::format("f-{:016x}", i);
    copy.says.en = copy.says.ja = long_text;
    copy.subjects[0].fields[0].value = pid;
    copy.evidence[0].row[1].value = long_text;
    fixture.judgement.incidents[0].findings.push_back(copy.id);
    fixture.judgement.incidents[0].story.push_back({{}, {long_text, long_text}, copy.id});
  }
}

}  // namespace genba::test
