// SPDX-License-Identifier: Apache-2.0
//
// From facts to frozen, killed and watched, on the running kernel.
#include "act/freeze/family_request.h"

#include <gtest/gtest.h>

#include "act/freeze/kill.h"
#include "act/freeze/watch.h"
#include "support/fake_host.h"
#include "support/freeze_stage.h"

namespace genba::act {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;

constexpr int64_t kTick = 10'000'000;

base::Timestamp start_of(const host::Host& host, const ProcessKey& key) {
  const host::ClockReading clocks = host.clocks();
  return base::Timestamp{clocks.realtime.nanoseconds - clocks.boottime_nanoseconds +
                         static_cast<int64_t>(key.start_ticks) * kTick};
}

TEST(FamilyRequest, TheReasonNamesEachTie) {
  FamilyMember member;
  member.ties = {{Tie::kExecutable, 900, "/tmp/x"}, {Tie::kDescendant, 901, ""}};
  EXPECT_EQ(reason_of(member), "executable of 900 (/tmp/x), descendant of 901");
  member.ties = {{Tie::kNamed, 7, ""}};
  EXPECT_EQ(reason_of(member), "the process that was named");
}

TEST(FamilyRequest, AMemberWithAnotherStartIsLeftOut) {
  test::FakeHost host;
  test::FakeProcess process;
  for (const int64_t pid : {1, 900, 901}) {
    process.pid = pid;
    process.start_ticks = 10'000;
    host.add_process(process);
  }
  const base::Timestamp start = start_of(host, {900, 10'000});
  Family family;
  family.members = {{900, start, {{Tie::kNamed, 900, ""}}},
                    {901, {start.nanoseconds - 5'000'000'000}, {{Tie::kDescendant, 900, ""}}}};
  FamilyOptions options;
  options.session = {901};
  const auto request = to_freeze_request(host, family, options, "x");
  ASSERT_TRUE(request) << request.error().what;
  ASSERT_EQ(request->members.size(), 1U);
  EXPECT_EQ(request->members[0].key, (ProcessKey{900, 10'000}));
  ASSERT_EQ(request->spared.size(), 2U);
  EXPECT_EQ(request->spared[0].key.pid, 1);
  EXPECT_EQ(request->spared[1].key.pid, 901);
  family.members.erase(family.members.begin());
  EXPECT_EQ(to_freeze_request(host, family, {}, "x").error().code, ErrorCode::kGone);
}

TEST(FamilyRequest, APairIsJudgedFrozenKilledAndSeenComingBack) {
  test::FreezeStage stage;
  if (!stage.possible()) {
    GTEST_SKIP() << "SKIPPED: needs root and the fixture 'respawner'";
  }
  const host::Host& host = stage.host();
  const ProcessKey root = stage.start({"tree"});
  model::Facts facts;
  const Scan scan = scan_processes(host).value();
  const base::Timestamp start = start_of(host, root);
  for (const auto& [pid, scanned] : scan) {
    model::Process process;
    process.pid = pid;
    process.parent = scanned.parent;
    process.session = scanned.session;
    process.kernel_thread = scanned.kernel_thread;
    process.start_time = scanned.key == root ? start : start_of(host, scanned.key);
    if (const auto executable = executable_of(host, pid)) {
      process.path = executable->path;
      process.exe_kind = "file";
      process.exe_device = static_cast<int64_t>(executable->device);
      process.exe_inode = static_cast<int64_t>(executable->inode);
    }
    facts.rows<model::Process>().push_back(process);
  }
  FamilyOptions options;
  options.spared = untouchable(host, scan);
  const auto family = find_family(facts, root.pid, start, options);
  ASSERT_TRUE(family) << family.error().what;
  const auto request = to_freeze_request(host, *family, options, stage.id());
  ASSERT_TRUE(request) << request.error().what;
  EXPECT_EQ(request->members.size(), family->members.size());
  const auto frozen = freeze(host, *request);
  ASSERT_TRUE(frozen) << frozen.error().what;
  EXPECT_TRUE(frozen->all_frozen);
  ASSERT_EQ(request->executables.size(), 1U);
  const auto dead = remember(host, frozen->state, request->executables);
  EXPECT_EQ(dead.size(), frozen->state.processes.size());
  EXPECT_EQ(dead.front().sha256.size(), 64U);
  ASSERT_TRUE(kill_frozen(host, frozen->state, {})->complete);

  Watch watching(host, dead);
  EXPECT_TRUE(watching.look()->empty());
  const ProcessKey again = stage.start({"sleep"});
  const auto found = watching.look();
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().key, again);
  EXPECT_EQ(found->front().likeness.front(), Likeness::kFile);
  ASSERT_FALSE(found->front().from.empty());
  EXPECT_NE(found->front().from.front().path.find("genba_act_test"), std::string::npos);
}

}  // namespace
}  // namespace genba::act
