// SPDX-License-Identifier: Apache-2.0
#include "render/actors.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/tables/process_open_sockets.h"
#include "render/brief.h"
#include "support/compromised_report.h"

namespace genba::render {
namespace {

using model::ColumnType;
using model::Finding;
using model::Language;
using model::Subject;

using Things = std::vector<std::string>;

Subject subject(std::string kind, std::string key, std::string value) {
  return {std::move(kind), {{std::move(key), std::move(value), ColumnType::kText}}};
}
Subject file(std::string path) {
  return subject("file", "path", std::move(path));
}
Subject process(int64_t pid, std::string path) {
  return {"process",
          {{"pid", pid, ColumnType::kInteger}, {"path", std::move(path), ColumnType::kText}}};
}

Finding about(std::vector<Subject> subjects, std::string table) {
  Finding finding;
  finding.subjects = std::move(subjects);
  finding.evidence.push_back({std::move(table), "", {}});
  return finding;
}

Actors cast_of(const std::vector<Finding>& findings, const model::Facts& facts = {}) {
  std::vector<const Finding*> pointers;
  for (const Finding& finding : findings) {
    pointers.push_back(&finding);
  }
  return actors_of(pointers, facts, Language::kEnglish);
}

Actor of_kind(const Actors& actors, Word kind) {
  const auto found = std::find_if(actors.begin(), actors.end(),
                                  [kind](const Actor& actor) { return actor.kind == kind; });
  return found == actors.end() ? Actor{kind, "", {}} : *found;
}

TEST(Actors, EachThingOnceAndProcessesOfOneProgramTogether) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  const Actors actors =
      actors_of(leading_findings(make_brief(fixture.report)), fixture.facts, Language::kEnglish);
  EXPECT_EQ(of_kind(actors, Word::kProcesses).things, Things{"4242, 4250, 4251 /usr/bin/cd"});
  EXPECT_EQ(of_kind(actors, Word::kConnections).summary, "2 (1 to this host itself)");
  EXPECT_EQ(of_kind(actors, Word::kConnections).things,
            (Things{"203.0.113.77:443", "127.0.0.1:39112"}));
  EXPECT_EQ(of_kind(actors, Word::kAccounts).things, Things{"root (uid 0)"});
}

TEST(Actors, ProgramThatAnEntryStartsIsAFileUntilItRuns) {
  const Finding cron = about({file("/etc/cron.d/x"), file("/usr/bin/cd")}, "crontab");
  Actors actors = cast_of({cron, about({file("/usr/bin/cd")}, "file")});
  EXPECT_EQ(of_kind(actors, Word::kStartup).things, Things{"/etc/cron.d/x"});
  EXPECT_EQ(of_kind(actors, Word::kFiles).things, Things{"/usr/bin/cd"});

  actors = cast_of({cron, about({process(7, "/usr/bin/cd")}, "processes")});
  EXPECT_EQ(of_kind(actors, Word::kStartup).things, Things{"/etc/cron.d/x"});
  EXPECT_EQ(of_kind(actors, Word::kProcesses).things, Things{"7 /usr/bin/cd"});
  EXPECT_TRUE(of_kind(actors, Word::kFiles).things.empty());
}

TEST(Actors, AccountIsOneWhetherItsNumberIsKnownOrNot) {
  Subject numbered = subject("user", "username", "root");
  numbered.fields.push_back({"uid", int64_t{0}, ColumnType::kInteger});
  const Actors actors = cast_of({about({subject("user", "username", "root")}, "crontab"),
                                 about({numbered}, "authorized_keys"),
                                 about({subject("user", "username", "root")}, "processes")});
  EXPECT_EQ(of_kind(actors, Word::kAccounts).things, Things{"root (uid 0)"});
}

TEST(Actors, KeysStandApartAndTheirFileIsNotToldAgain) {
  Subject key = subject("key", "fingerprint", "SHA256:x");
  key.fields.push_back({"path", std::string("/root/.ssh/authorized_keys"), ColumnType::kText});
  const Actors actors =
      cast_of({about({key, file("/root/.ssh/authorized_keys")}, "authorized_keys")});
  ASSERT_EQ(actors.size(), 1U);
  EXPECT_EQ(actors[0].kind, Word::kSshKeys);
  EXPECT_EQ(actors[0].things, Things{"/root/.ssh/authorized_keys SHA256:x"});
}

TEST(Actors, ConnectionsOfTheProcessesAreCountedEvenToTheHostItself) {
  model::Facts facts;
  for (const int64_t pid : {7, 8}) {
    for (int64_t n = 1; n <= 3; ++n) {
      model::ProcessOpenSocket socket;
      socket.pid = pid;
      socket.socket = n;
      socket.protocol = "tcp";
      socket.state = "ESTABLISHED";
      socket.local_address = "127.0.0.1";
      socket.local_port = 40000 + n;
      socket.remote_address = "127.77.0." + std::to_string(n);
      socket.remote_port = 80;
      socket.remote_scope = "loopback";
      facts.rows<model::ProcessOpenSocket>().push_back(socket);
    }
  }
  const Actor actor = of_kind(
      cast_of({about({process(7, "/usr/bin/cd"), process(8, "/usr/bin/cd")}, "processes")}, facts),
      Word::kConnections);
  EXPECT_EQ(actor.summary, "3, only to this host itself");
  EXPECT_EQ(actor.things, (Things{"127.77.0.1:80", "127.77.0.2:80", "127.77.0.3:80"}));
}

}  // namespace
}  // namespace genba::render
