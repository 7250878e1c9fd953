// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cerrno>

#include "act/contain/prove_parts.h"

namespace genba::act {
namespace {

using model::ProofOutcome;

Trial trial(int64_t taken, int64_t refused, std::optional<int64_t> dropped) {
  Trial made;
  made.target = "192.0.2.1";
  made.taken = taken;
  made.refused = refused;
  made.dropped = dropped;
  return made;
}

ProofOutcome judged(const Trial& trial, Enforcer enforcer = Enforcer::kNfTables) {
  const auto proof = judge_trial("out_v4", trial, enforcer);
  EXPECT_FALSE(proof.text.en.empty());
  EXPECT_FALSE(proof.text.ja.empty());
  return proof.outcome;
}

TEST(ProveTrial, ARefusalCountsWhenOurRulesCountedIt) {
  EXPECT_EQ(judged(trial(0, 4, 4)), ProofOutcome::kProven);
  EXPECT_EQ(judged(trial(0, 4, 3)), ProofOutcome::kAsserted);
  EXPECT_EQ(judged(trial(0, 4, std::nullopt)), ProofOutcome::kAsserted);
  EXPECT_EQ(judged(trial(0, 4, std::nullopt), Enforcer::kOther), ProofOutcome::kProven);
}

TEST(ProveTrial, WhatWasTakenMustBeCountedAndNotByOthersPackets) {
  EXPECT_EQ(judged(trial(4, 0, 4)), ProofOutcome::kProven);
  EXPECT_EQ(judged(trial(4, 0, 3)), ProofOutcome::kFailed);
  EXPECT_EQ(judged(trial(4, 0, std::nullopt)), ProofOutcome::kFailed);
  EXPECT_EQ(judged(trial(2, 2, 3)), ProofOutcome::kFailed) << "three of four";
  EXPECT_EQ(judged(trial(4, 0, 4), Enforcer::kOther), ProofOutcome::kFailed);
  Trial noisy = trial(4, 0, 90);
  noisy.noise = 80;
  EXPECT_EQ(judged(noisy), ProofOutcome::kAsserted);
  noisy = trial(256, 0, 330);
  noisy.noise = 80;
  EXPECT_EQ(judged(noisy), ProofOutcome::kProven) << "others were not that many";
}

TEST(ProveTrial, WhatWasSeenLeavingOutweighsCounters) {
  Trial seen = trial(4, 0, 400);
  seen.seen = 1;
  EXPECT_EQ(judged(seen), ProofOutcome::kFailed);
}

TEST(ProveTrial, ADropAtTheDeviceMayBeAFullQueue) {
  Trial lost = trial(0, 0, 4);
  lost.lost = 4;
  EXPECT_EQ(judged(lost), ProofOutcome::kProven);
  lost.dropped = 0;
  EXPECT_EQ(judged(lost), ProofOutcome::kAsserted);
  EXPECT_EQ(judged(lost, Enforcer::kOther), ProofOutcome::kAsserted);
}

TEST(ProveTrial, WhatCouldNotBeSentProvesNothing) {
  Trial none = trial(0, 0, 7);
  none.no_way = 4;
  none.sys_errno = ENETUNREACH;
  EXPECT_EQ(judged(none), ProofOutcome::kAsserted);
  EXPECT_EQ(judged(none, Enforcer::kOther), ProofOutcome::kAsserted);
  none.sys_errno = EINVAL;
  EXPECT_EQ(judged(none), ProofOutcome::kAsserted) << "a blackhole of somebody else's";
  EXPECT_EQ(judged(none, Enforcer::kOther), ProofOutcome::kProven);
  Trial error = trial(0, 0, 4);
  error.error = "socket: operation not permitted";
  const auto proof = judge_trial("raw_v4", error, Enforcer::kNfTables);
  EXPECT_EQ(proof.outcome, ProofOutcome::kAsserted);
  EXPECT_NE(proof.text.en.find("not permitted"), std::string::npos);
}

TEST(ProveTrial, TheRuleThatMayHaveLetItPassIsNamed) {
  Trial passed = trial(4, 0, 0);
  passed.let_by = {"allow admin"};
  const auto proof = judge_trial("out_v4", passed, Enforcer::kNfTables);
  EXPECT_EQ(proof.outcome, ProofOutcome::kFailed);
  EXPECT_NE(proof.text.en.find("allow admin"), std::string::npos);
  EXPECT_NE(proof.text.ja.find("allow admin"), std::string::npos);
}

TEST(ProveTrial, OneProofOfSeveralIsAsGoodAsTheWorst) {
  const auto of = [](ProofOutcome outcome, const char* text) {
    return model::PathProof{"x", outcome, {text, text}, {1, 2, 3, 4}};
  };
  using enum ProofOutcome;
  const auto all = join_proofs("link:a", {of(kProven, "p"), of(kFailed, "f"), of(kAsserted, "a")});
  EXPECT_EQ(all.path, "link:a");
  EXPECT_EQ(all.outcome, kFailed);
  EXPECT_EQ(all.text.en, "f");
  EXPECT_EQ(all.figures.sent, 3);
  EXPECT_EQ(all.figures.passed, 12);
  EXPECT_EQ(join_proofs("x", {of(kProven, "p"), of(kAsserted, "a")}).outcome, kAsserted);
  EXPECT_EQ(join_proofs("x", {of(kProven, "p")}).outcome, kProven);
  EXPECT_EQ(join_proofs("x", {}).outcome, kAsserted);
}

TEST(ProveTrial, AFrameFromElsewhereThatNobodySawHasNotPassed) {
  EXPECT_EQ(judge_crossing("in_v4", trial(4, 0, 0), Enforcer::kNfTables).outcome,
            ProofOutcome::kAsserted);
  Trial seen = trial(4, 0, 0);
  seen.seen = 4;
  EXPECT_EQ(judge_crossing("in_v4", seen, Enforcer::kNfTables).outcome, ProofOutcome::kFailed);
  EXPECT_EQ(judge_crossing("in_v4", trial(4, 0, 4), Enforcer::kNfTables).outcome,
            ProofOutcome::kProven);
}

TEST(ProveArrivals, AFamilyIsProvenByWhatTheOtherCannotExplain) {
  const auto judge = [](const Arrivals& arrivals, bool can_fail = true) {
    return judge_arrivals("in_v4", arrivals, can_fail).outcome;
  };
  EXPECT_EQ(judge({.surely = 9, .others = 4, .dropped = 5, .allowed = 0}), ProofOutcome::kProven);
  EXPECT_EQ(judge({.surely = 9, .others = 5, .dropped = 5, .allowed = 0}), ProofOutcome::kAsserted);
  EXPECT_EQ(judge({.surely = 0, .others = 0, .dropped = 0, .allowed = 0}), ProofOutcome::kAsserted);
  EXPECT_EQ(judge({.surely = 3, .others = 0, .dropped = 0, .allowed = 0}), ProofOutcome::kFailed);
  EXPECT_EQ(judge({.surely = 3, .others = 0, .dropped = 0, .allowed = 1}), ProofOutcome::kAsserted)
      << "it may be the session";
  EXPECT_EQ(judge({.surely = 2, .others = 0, .dropped = 0, .allowed = 0}), ProofOutcome::kAsserted)
      << "it may be on its way";
  EXPECT_EQ(judge({.surely = 9, .others = 0, .dropped = 0, .allowed = 0}, false),
            ProofOutcome::kAsserted);
}

TEST(ProveCounters, ATableThatWasMadeAnewCountsFromNothing) {
  CounterReading before;
  before.dropped = 100;
  before.allowed = {{"allow session", 50}};
  CounterReading after;
  after.dropped = 7;
  after.allowed = {{"allow session", 60}, {"allow dns", 3}};
  const CounterReading change = grown(before, after);
  EXPECT_EQ(change.dropped, 7U);
  EXPECT_EQ(change.allowed.at("allow session"), 10U);
  EXPECT_EQ(change.allowed.at("allow dns"), 3U);
}

sys::Link link(int index, const char* kind, int lower, bool elsewhere, int master = 0) {
  sys::Link made;
  made.index = index;
  made.kind = kind;
  made.lower = lower;
  made.lower_elsewhere = elsewhere;
  made.master = master;
  made.flags = 1;  // IFF_UP
  made.hardware_address = "at " + std::to_string(index);
  return made;
}

TEST(ProveCrossing, OnlyAPairThatBothEndsTellOfJoins) {
  const std::vector<sys::Link> home{link(2, "", 0, false),        link(3, "bridge", 0, false),
                                    link(7, "veth", 5, true),     link(8, "veth", 6, true, 3),
                                    link(9, "veth", 4, true, 11), link(11, "bond", 0, false)};
  const auto joints = find_joints(
      home, {link(5, "veth", 7, true), link(6, "veth", 8, true), link(4, "veth", 9, true),
             link(10, "veth", 7, true), link(12, "macvlan", 2, true), link(13, "veth", 7, false)});
  ASSERT_EQ(joints.size(), 2U);
  EXPECT_EQ(joints[0].inner, 5);
  EXPECT_EQ(joints[0].outer, 7);
  EXPECT_EQ(joints[1].inner, 6);
  EXPECT_EQ(joints[1].outer, 3) << "the bridge receives for its port";
  EXPECT_EQ(joints[1].hardware_address, "at 3");
}

}  // namespace
}  // namespace genba::act
