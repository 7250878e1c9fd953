// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/ladder_state.h"

#include <gtest/gtest.h>

#include "act/contain/containment.h"

namespace genba::act {
namespace {

LadderState by_programs() {
  LadderState state;
  state.rung = Rung::kCgroupBpf;
  state.id = "c-0123abcd";
  state.armed_utc = 1'795'000'000'000'000'000;
  state.guard = {4711, 815};
  state.boot_id = "3f0c8a1e-0000-4000-8000-00000000abcd";
  state.deadline = 123'456'789'012;
  state.cgroup = CgroupState{{7, "0123456789abcdef"}, {8, "fedcba9876543210"}, 9, true};
  return state;
}

LadderState by_routes() {
  LadderState state;
  state.rung = Rung::kRoutes;
  state.id = "c-0123abcd";
  state.boot_id = "3f0c8a1e-0000-4000-8000-00000000abcd";
  state.hold = true;
  state.routes = RoutesState{4026531840,
                             {{base::AddressFamily::kIpv4, 0x67656E62},
                              {base::AddressFamily::kIpv4, 0},
                              {base::AddressFamily::kIpv6, 255}},
                             3,
                             std::string(64, 'a'),
                             std::string(64, 'b'),
                             std::string(64, 'c')};
  return state;
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(LadderState, ComesBackAsItWasWritten) {
  for (const LadderState& state : {by_programs(), by_routes()}) {
    const auto again = ladder_state_from_json(to_json(state));
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(*again, state);
  }
}

TEST(LadderState, WhatDoesNotFitIsDamaged) {
  const std::string good = to_json(by_programs());
  ASSERT_TRUE(ladder_state_from_json(good));
  const std::string bad[] = {
      "",
      "[]",
      "null",
      good.substr(0, good.size() - 1),
      with(good, "\"format\":1", "\"format\":2"),
      with(good, "cgroup_bpf", "routes"),
      with(good, "cgroup_bpf", "iptables"),
      with(good, "0123456789abcdef", "0123456789abcdeF"),
      with(good, "\"deadline\":123456789012", "\"deadline\":0"),
      with(good, "\"deadline\":123456789012", "\"deadline\":-1"),
      with(good, "\"deadline\":123456789012", "\"deadline\":9223372036854775807"),
      with(good, "\"deadline\":123456789012", "\"deadline\":18446744073709551615"),
      with(good, "\"hold\":false", "\"hold\":true"),
      with(good, "\"id\":7", "\"id\":4294967296"),
      with(good, "3f0c8a1e", "../../x!"),
      with(good, "c-0123abcd", "c-0123abcg"),
      with(good, "\"pid\":4711", "\"pid\":-1"),
      with(to_json(by_routes()), "ipv6", "ipx"),
  };
  for (const std::string& text : bad) {
    const auto state = ladder_state_from_json(text);
    EXPECT_FALSE(state) << text;
    if (!state) {
      EXPECT_EQ(state.error().code, base::ErrorCode::kDamaged);
    }
  }
}

model::ActionLog log_of(const std::string& state) {
  model::ActionLog log;
  model::Action action;
  action.subject = std::string(kContainSubject);
  action.effect = model::ActionEffect::kEstablishes;
  action.outcome = model::ActionOutcome::kDone;
  action.after.text = state;
  log.actions.push_back(action);
  return log;
}

TEST(LadderState, IsFoundInTheJournalByItsRung) {
  model::ActionLog log = log_of(to_json(by_programs()));
  const auto found = find_ladder(log, "/");
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(*found, by_programs());
  EXPECT_EQ(find_containment(log, "/").error().code, base::ErrorCode::kNotFound);
  const auto of_nf_tables = log_of(to_json(Containment()));
  EXPECT_EQ(find_ladder(of_nf_tables, "/").error().code, base::ErrorCode::kNotFound);
  const auto damaged = log_of(with(to_json(by_programs()), "c-0123abcd", "c-x"));
  EXPECT_EQ(find_ladder(damaged, "/").error().code, base::ErrorCode::kDamaged);
  log.actions.push_back(log.actions.front());
  log.actions.back().effect = model::ActionEffect::kLifts;
  EXPECT_EQ(find_ladder(log, "/").error().code, base::ErrorCode::kNotFound);
}

TEST(LadderState, OneThatWasBegunAndNeverMadeIsKnown) {
  LadderState begun = by_programs();
  begun.cgroup.reset();
  const auto again = ladder_state_from_json(to_json(begun));
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_FALSE(again->is_made());
}

}  // namespace
}  // namespace genba::act
