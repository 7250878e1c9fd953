// SPDX-License-Identifier: Apache-2.0
//
// On the running kernel, at a cgroup of the test's own with the test's own process in it, which
// talks to a machine in another network namespace. The real root is never touched. Waiting for a
// timer is bounded, and what is asserted is what happens, not when.
#include "act/ladder/cgroup_bpf.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>

#include "act/freeze/hierarchy.h"
#include "act/journal/self.h"
#include "fmt/format.h"
#include "support/far_machine.h"
#include "support/private_network.h"
#include "sys/bpf/bpf_assembler.h"
#include "sys/cgroup.h"
#include "sys/process.h"

namespace genba::act {
namespace {

using base::ErrorCode;
using model::AllowedFlow;
using model::ContainmentPlan;
using sys::CgroupHook;
using test::far_address;
using test::far_answers;

constexpr int kDomains[] = {AF_INET, AF_INET6};

AllowedFlow udp_flow(int domain, uint16_t local_port, uint16_t remote_port) {
  AllowedFlow flow;
  flow.id = "session";
  flow.protocol = IPPROTO_UDP;
  flow.local = *base::parse_network(domain == AF_INET ? "192.0.2.1" : "2001:db8::1");
  flow.remote = *base::parse_network(far_address(domain));
  flow.local_ports = {local_port, local_port};
  flow.remote_ports = {remote_port, remote_port};
  return flow;
}

ContainmentPlan plan_for(int64_t timeout) {
  ContainmentPlan plan;
  plan.flows = {udp_flow(AF_INET, 6000, 7000), udp_flow(AF_INET6, 6000, 7000)};
  plan.hold = timeout == 0;
  plan.timeout = timeout;
  return plan;
}

class CgroupBpfTest : public testing::Test {
 protected:
  void SetUp() override {
    auto host = host::open_live_host({});
    ASSERT_TRUE(host) << host.error().what;
    host_ = *std::move(host);
    auto hierarchy = Hierarchy::open(*host_, FreezeMethod::kCgroup2);
    if (!hierarchy) {
      GTEST_SKIP() << "SKIPPED: needs a cgroup hierarchy of version 2: " << hierarchy.error().what;
    }
    hierarchy_ = std::make_unique<Hierarchy>(*std::move(hierarchy));
    const auto made = hierarchy_->make(fmt::format("test-ladder-{}", ::getpid()));
    if (!made) {
      GTEST_SKIP() << "SKIPPED: needs the right to make a cgroup: " << made.error().what;
    }
    path_ = *made;
    const auto timer = probe_cgroup_bpf(group());
    if (!timer || *timer != ProgramTimer::kDeadline) {
      GTEST_SKIP() << "SKIPPED: needs programs at cgroups with a clock (Linux 5.8)"
                   << (timer ? "" : ": " + timer.error().what);
    }
  }
  void TearDown() override {
    if (!path_.empty()) {
      EXPECT_TRUE(hierarchy_->remove(path_));
    }
  }

  sys::Fd group() const { return *hierarchy_->open_cgroup(path_); }
  std::unique_ptr<CgroupBpf> rung() const { return std::make_unique<CgroupBpf>(group()); }
  // Makes the calling process one of the contained.
  void join() const { ASSERT_TRUE(hierarchy_->move(::getpid(), group())); }

  std::unique_ptr<host::Host> host_;
  std::unique_ptr<Hierarchy> hierarchy_;
  std::string path_;
};

// Applies in a process that has ended when this returns, and gives what it would have journaled.
LadderState apply_and_end(CgroupBpf& rung, const ContainmentPlan& plan) {
  int pipe[2];
  EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    auto applied = rung.apply(plan, TimerKeeper::kNobody);
    if (applied) {
      applied->state.id = "c-00000001";  // as ladder_control.h gives
    }
    const std::string text = applied ? to_json(applied->state) : applied.error().what;
    EXPECT_GT(::write(pipe[1], text.data(), text.size()), 0);
    ::_exit(0);
  }
  ::close(pipe[1]);
  EXPECT_EQ(::waitpid(pid, nullptr, 0), pid);
  char buffer[4096];
  const ssize_t size = ::read(pipe[0], buffer, sizeof buffer);
  ::close(pipe[0]);
  const std::string text(buffer, size > 0 ? static_cast<size_t>(size) : 0);
  const auto state = ladder_state_from_json(text);
  EXPECT_TRUE(state) << text;
  return state.value_or(LadderState{});
}

LadderStatus status_of(const CgroupBpf& rung, const LadderState& state) {
  const auto status = rung.status(state);
  EXPECT_TRUE(status) << status.error().what;
  return status.value_or(LadderStatus{});
}

// Until `done`, or for 20 seconds.
template <class Done>
bool wait_for(const Done& done) {
  for (int i = 0; i < 200; ++i) {
    if (done()) {
      return true;
    }
    sys::sleep_nanoseconds(100'000'000);
  }
  return false;
}

TEST_F(CgroupBpfTest, OnlyTheSessionPassesAndNobodyNeedsToLive) {
  test::in_private_network([&] {
    const test::FarMachine far;
    join();
    const int connection = test::connect_far(AF_INET6);
    ASSERT_GE(connection, 0);
    ASSERT_TRUE(test::far_echoes(connection));
    ASSERT_TRUE(far_answers(AF_INET, 6001, 7001) && far_answers(AF_INET6, 6001, 7001));
    const auto rung = this->rung();
    const LadderState state = apply_and_end(*rung, plan_for(600));
    for (const int domain : kDomains) {
      EXPECT_TRUE(far_answers(domain, 6000, 7000));
      const LadderCounts before = *status_of(*rung, state).counts;
      EXPECT_FALSE(far_answers(domain, 6001, 7000)) << "another port of ours";
      EXPECT_FALSE(far_answers(domain, 6000, 7001)) << "another port of theirs";
      EXPECT_NE(test::send_datagram(domain, 0, far_address(domain), 53), 0) << "out";
      EXPECT_LT(test::connect_far(domain), 0);
      EXPECT_GE(status_of(*rung, state).counts->dropped_out, before.dropped_out + 4);
      const int listening = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      sockaddr_in6 any{};
      any.sin6_family = AF_INET6;
      any.sin6_port = htons(6002);
      ASSERT_EQ(::bind(listening, reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
      far.send(domain, 7002, 6002);
      EXPECT_TRUE(wait_for([&] {
        return status_of(*rung, state).counts->dropped_in > before.dropped_in;
      })) << "in";
      char byte;
      EXPECT_LT(::recv(listening, &byte, 1, MSG_DONTWAIT), 0);
      ::close(listening);
    }
    EXPECT_FALSE(test::far_echoes(connection)) << "a connection from before";
    EXPECT_EQ(test::send_datagram(AF_INET, 0, "127.0.0.1", 9), 0) << "loopback";
    const LadderStatus status = status_of(*rung, state);
    EXPECT_EQ(status.standing, LadderStanding::kClosed);
    EXPECT_GT(status.remaining.value_or(0), 0);
    EXPECT_GT(status.counts->passed_out + status.counts->session_out, 1U);
    EXPECT_GT(status.counts->passed_in + status.counts->session_in, 1U);

    const auto undone = rung->undo(&state);
    ASSERT_TRUE(undone) << undone.error().what;
    EXPECT_EQ(undone->removed, 2U);
    EXPECT_TRUE(undone->as_before && undone->notes.empty());
    EXPECT_TRUE(far_answers(AF_INET, 6001, 7001) && far_answers(AF_INET6, 6001, 7001));
    EXPECT_TRUE(wait_for([&] { return test::far_echoes(connection); }));
    EXPECT_EQ(status_of(*rung, state).standing, LadderStanding::kGone);
  });
}

TEST_F(CgroupBpfTest, OtherNetworkNamespacesAreContainedToo) {
  test::in_private_network([&] {
    const test::FarMachine far;
    const auto rung = this->rung();
    const LadderState state = apply_and_end(*rung, plan_for(600));
    EXPECT_TRUE(far_answers(AF_INET, 6001, 7001)) << "a process of another group";
    join();
    EXPECT_FALSE(far_answers(AF_INET, 6001, 7001));
    EXPECT_TRUE(rung->undo(&state));
  });
}

TEST_F(CgroupBpfTest, TheTimerOpensItWithNoProcess) {
  test::in_private_network([&] {
    const test::FarMachine far;
    join();
    const auto rung = this->rung();
    const LadderState state = apply_and_end(*rung, plan_for(2));
    EXPECT_TRUE(wait_for([&] { return far_answers(AF_INET, 6001, 7001); }));
    EXPECT_TRUE(far_answers(AF_INET6, 6001, 7001));
    EXPECT_EQ(status_of(*rung, state).standing, LadderStanding::kOpened);
    EXPECT_EQ(rung->confirm(state).error().code, ErrorCode::kGone);
    EXPECT_EQ(rung->extend(state, 60).error().code, ErrorCode::kGone);
    EXPECT_TRUE(rung->undo(nullptr)->as_before);
  });
}

TEST_F(CgroupBpfTest, ConfirmedItStaysAndExtendedItStaysLonger) {
  test::in_private_network([&] {
    const test::FarMachine far;
    join();
    const auto rung = this->rung();
    const LadderState first = apply_and_end(*rung, plan_for(3));
    const auto longer = rung->extend(first, 600);
    ASSERT_TRUE(longer) << longer.error().what;
    EXPECT_GT(longer->deadline, first.deadline);
    // Behind the first deadline.
    sys::sleep_nanoseconds(first.deadline - sys::clock_nanoseconds(CLOCK_MONOTONIC));
    EXPECT_FALSE(far_answers(AF_INET, 6001, 7001));
    EXPECT_EQ(status_of(*rung, *longer).notes.size(), 0U);
    EXPECT_EQ(status_of(*rung, first).notes.at(0).id, "deadline_changed");

    const auto confirmed = rung->confirm(*longer);
    ASSERT_TRUE(confirmed) << confirmed.error().what;
    EXPECT_TRUE(confirmed->confirmed);
    EXPECT_FALSE(status_of(*rung, *confirmed).remaining);
    EXPECT_FALSE(far_answers(AF_INET6, 6001, 7001));
    EXPECT_EQ(rung->extend(*confirmed, 60).error().code, ErrorCode::kInvalid);
    EXPECT_TRUE(rung->undo(&*confirmed)->as_before);
  });
}

TEST_F(CgroupBpfTest, WithHoldThereIsNoTimer) {
  test::in_private_network([&] {
    const test::FarMachine far;
    join();
    const auto rung = this->rung();
    const LadderState state = apply_and_end(*rung, plan_for(0));
    EXPECT_TRUE(state.hold);
    EXPECT_FALSE(status_of(*rung, state).remaining);
    EXPECT_FALSE(far_answers(AF_INET, 6001, 7001));
    EXPECT_TRUE(far_answers(AF_INET, 6000, 7000));
    EXPECT_TRUE(rung->undo(&state)->as_before);
  });
}

// A program that lets everything pass, as a host may have one for accounting.
sys::Fd foreign_program(const char* name) {
  sys::BpfAssembler program;
  program.move(sys::BpfRegister::kR0, 1).exit();
  return *sys::load_cgroup_program(name, *program.assemble(), "GPL");
}

TEST_F(CgroupBpfTest, ProgramsOfOthersStayEvenUnderOurName) {
  const sys::Fd group = this->group();
  const sys::Fd accounting = foreign_program("accounting");
  const sys::Fd lookalike = foreign_program(kContainProgramName);
  for (const sys::Fd* program : {&accounting, &lookalike}) {
    ASSERT_TRUE(sys::attach_cgroup_program(group, CgroupHook::kEgress, *program));
  }
  const auto before = *sys::cgroup_programs(group, CgroupHook::kEgress);
  const auto rung = this->rung();
  const LadderState state = apply_and_end(*rung, plan_for(600));
  EXPECT_EQ(sys::cgroup_programs(group, CgroupHook::kEgress)->size(), 3U);
  EXPECT_EQ(status_of(*rung, state).standing, LadderStanding::kClosed);
  EXPECT_EQ(rung->undo(&state)->removed, 2U);
  EXPECT_EQ(*sys::cgroup_programs(group, CgroupHook::kEgress), before);
  EXPECT_EQ(rung->undo(nullptr)->removed, 0U);
}

TEST_F(CgroupBpfTest, ASecondContainmentIsRefused) {
  const auto rung = this->rung();
  const LadderState state = apply_and_end(*rung, plan_for(600));
  const auto second = rung->apply(plan_for(600), TimerKeeper::kNobody);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(status_of(*rung, state).standing, LadderStanding::kClosed);
  EXPECT_TRUE(rung->undo(&state)->as_before);
}

TEST_F(CgroupBpfTest, HalfOfItIsToldAndNotConfirmed) {
  const sys::Fd group = this->group();
  const auto rung = this->rung();
  const LadderState state = apply_and_end(*rung, plan_for(600));
  const sys::Fd program = *sys::open_bpf_program(state.cgroup->ingress.id);
  ASSERT_TRUE(sys::detach_cgroup_program(group, CgroupHook::kIngress, program));
  const LadderStatus status = status_of(*rung, state);
  EXPECT_EQ(status.standing, LadderStanding::kPartly);
  ASSERT_EQ(status.notes.size(), 1U);
  EXPECT_EQ(status.notes[0].id, "ingress_gone");
  EXPECT_EQ(rung->confirm(state).error().code, ErrorCode::kGone);
  EXPECT_EQ(rung->undo(nullptr)->removed, 1U);
}

TEST_F(CgroupBpfTest, AfterARebootNothingIsClaimed) {
  const auto rung = this->rung();
  LadderState state = apply_and_end(*rung, plan_for(600));
  LadderState other = state;
  other.boot_id = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(status_of(*rung, other).standing, LadderStanding::kAfterReboot);
  EXPECT_TRUE(rung->undo(&state)->as_before);
}

TEST_F(CgroupBpfTest, WhereProgramsCannotReadTheClockAGuardMust) {
  CgroupBpf old(group(), ProgramTimer::kNone);
  EXPECT_EQ(old.apply(plan_for(600), TimerKeeper::kNobody).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(sys::cgroup_programs(group(), CgroupHook::kEgress)->size(), 0U);
  for (const int64_t timeout : {int64_t{600}, int64_t{0}}) {
    const auto applied = old.apply(plan_for(timeout), TimerKeeper::kGuard);
    ASSERT_TRUE(applied) << applied.error().what;
    EXPECT_FALSE(applied->state.cgroup->has_timer);
    EXPECT_EQ(status_of(old, applied->state).remaining.has_value(), timeout != 0);
    if (timeout != 0) {
      const auto confirmed = old.confirm(*old.extend(applied->state, 6000));
      ASSERT_TRUE(confirmed) << confirmed.error().what;
      EXPECT_FALSE(status_of(old, *confirmed).remaining);
    }
    EXPECT_TRUE(old.undo(&applied->state)->as_before);
  }
}

TEST_F(CgroupBpfTest, AFlowOnADeviceThatIsNotThereIsTold) {
  ContainmentPlan plan = plan_for(600);
  plan.flows[0].device = "gone9";
  const auto rung = this->rung();
  const auto applied = rung->apply(plan, TimerKeeper::kNobody);
  ASSERT_TRUE(applied) << applied.error().what;
  ASSERT_EQ(applied->notes.size(), 1U);
  EXPECT_EQ(applied->notes[0].id, "device_gone");
  EXPECT_TRUE(rung->undo(&applied->state)->as_before);
}

}  // namespace
}  // namespace genba::act
