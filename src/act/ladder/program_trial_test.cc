// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/program_trial.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include "act/ladder/cgroup_program.h"
#include "support/network_building.h"
#include "support/private_network.h"

namespace genba::act {
namespace {

using model::ContainmentPlan;
using sys::CgroupHook;

ContainmentPlan plan_for(std::string_view local, std::string_view remote) {
  ContainmentPlan plan;
  auto& session = plan.session.emplace();
  session.local = *base::parse_address(local);
  session.local_port = 22;
  session.remote = *base::parse_address(remote);
  session.remote_port = 50022;
  model::AllowedFlow flow;
  flow.id = "session";
  flow.protocol = IPPROTO_TCP;
  flow.local = *base::parse_network(local);
  flow.local_ports = {22, 22};
  flow.remote = *base::parse_network(remote);
  flow.remote_ports = {50022, 50022};
  plan.flows = {flow};
  return plan;
}

sys::Fd load(const ContainmentPlan& plan, CgroupHook hook, const sys::Fd& map) {
  const auto program = make_contain_program(plan, hook, map.get(), ProgramTimer::kNone,
                                            [](std::string_view) { return std::nullopt; });
  auto loaded = sys::load_cgroup_program("genba_test", *program, "Apache-2.0");
  EXPECT_TRUE(loaded) << loaded.error().what;
  return *std::move(loaded);
}

base::Result<ProgramTrial> trial(const ContainmentPlan& told, const ContainmentPlan& made,
                                 uint32_t device) {
  const auto map = sys::create_bpf_array("genba_test", kContainSlots);
  if (!map || device == 0) {
    test::network_cannot_be_made_here();
  }
  return try_contain_programs(told, load(made, CgroupHook::kIngress, *map),
                              load(made, CgroupHook::kEgress, *map), device);
}

TEST(ProgramTrial, TheSessionPassesInBothFamilies) {
  test::in_private_network([] {
    const auto device = static_cast<uint32_t>(test::add_veth("up0", "far"));
    for (const auto& plan :
         {plan_for("192.0.2.1", "198.51.100.7"), plan_for("2001:db8::1", "2001:db8:1::7")}) {
      const auto result = trial(plan, plan, device);
      ASSERT_TRUE(result) << result.error().what;
      EXPECT_EQ(*result, ProgramTrial::kPassed);
    }
  });
}

TEST(ProgramTrial, AProgramThatDropsTheSessionIsRefused) {
  test::in_private_network([] {
    const auto device = static_cast<uint32_t>(test::add_veth("up0", "far"));
    const auto told = plan_for("192.0.2.1", "198.51.100.7");
    EXPECT_FALSE(trial(told, plan_for("192.0.2.1", "198.51.100.8"), device));
    auto in_only = told;
    in_only.flows[0].direction = model::FlowDirection::kIn;
    EXPECT_FALSE(trial(told, in_only, device));
  });
}

TEST(ProgramTrial, AProgramThatLetsAllPassIsRefused) {
  test::in_private_network([] {
    const auto device = static_cast<uint32_t>(test::add_veth("up0", "far"));
    const auto told = plan_for("192.0.2.1", "198.51.100.7");
    auto made = told;
    made.flows.push_back(made.flows[0]);
    made.flows[1].protocol = 253;
    made.flows[1].local_ports = {};
    made.flows[1].remote_ports = {};
    EXPECT_FALSE(trial(told, made, device));
    EXPECT_TRUE(trial(made, made, device)) << "who asked for it gets it";
  });
}

}  // namespace
}  // namespace genba::act
