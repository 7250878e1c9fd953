// SPDX-License-Identifier: Apache-2.0
#include "act/contain/containment.h"

#include <gtest/gtest.h>

#include <string>

#include "base/digest.h"
#include "support/scratch.h"

namespace genba::act {
namespace {

Containment sample() {
  Containment state;
  state.id = "c-0a1b";
  state.version = "0.1.0";
  state.boot_id = "7f0c";
  state.timeout = 300;
  state.armed_utc = 1'700'000'000'000'000'000;
  state.armed_since_boot = 5;
  state.guard = {4242, 99};
  state.session_namespace = 4026531840;
  state.kept = {4026532317};
  model::AllowedFlow flow;
  flow.id = "session";
  flow.direction = model::FlowDirection::kIn;
  flow.protocol = 58;
  flow.local = *base::parse_network("2001:db8::/64");
  flow.remote = *base::parse_network("::/0");
  flow.remote_ports = {1, 2};
  flow.types = {133, 255};
  flow.code = 4;
  flow.hop_limit = 255;
  flow.device = "et\xFFh %0";
  state.flows = {flow};
  state.blocked = {*base::parse_network("169.254.169.254")};
  ContainedNamespace where;
  where.inode = 4026532208;
  where.process = {77, 8};
  where.path = "/run/netns/\xE4\x01";
  where.before = {"ab", 3, 9, {"inet 'x'"}, 17};
  where.contained = where.owned = true;
  where.hooks = DeviceHooks::kIngress;
  where.devices = {{7, "wg0"}};
  where.contents = "cd";
  where.trouble = "line\nline";
  where.notes = {"one"};
  state.namespaces = {where};
  return state;
}

TEST(Containment, IsReadAsItWasWritten) {
  const Containment state = sample();
  const std::string text = to_json(state);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto read = containment_from_json(text);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(to_json(*read), text);
  EXPECT_EQ(read->namespaces, state.namespaces);
  EXPECT_EQ(read->flows[0].device, state.flows[0].device);
  EXPECT_EQ(read->flows[0].types, state.flows[0].types);
  EXPECT_EQ(read->flows[0].direction, model::FlowDirection::kIn);
  EXPECT_EQ(read->guard, state.guard);
}

TEST(Containment, WhatIsNotOursIsDamaged) {
  const std::string whole = to_json(sample());
  EXPECT_FALSE(containment_from_json(""));
  EXPECT_FALSE(containment_from_json("{}"));
  EXPECT_FALSE(containment_from_json("[]"));
  for (size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(containment_from_json(whole.substr(0, i)));
  }
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = whole;
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return containment_from_json(text.replace(at, from.size(), to)).has_value();
  };
  EXPECT_TRUE(with("\"hold\":false", "\"hold\":true"));
  EXPECT_FALSE(with("\"hold\":false", "\"hold\":0"));
  EXPECT_FALSE(with("\"format\":1", "\"format\":2"));
  EXPECT_FALSE(with("c-0a1b", "../../x"));
  EXPECT_FALSE(with("\"pid\":4242", "\"pid\":1")) << "never PID 1";
  EXPECT_FALSE(with("\"pid\":4242", "\"pid\":-1"));
  EXPECT_FALSE(with("\"pid\":4242", "\"pid\":99999999999"));
  EXPECT_FALSE(with("\"direction\":1", "\"direction\":3"));
  EXPECT_FALSE(with("[1,2]", "[2,1]"));
  EXPECT_FALSE(with("[1,2]", "[1]"));
  EXPECT_FALSE(with("2001:db8::/64", "2001:db8::/640"));
  EXPECT_FALSE(with("2001:db8::/64", "192.0.2.0/24")) << "two families in one flow";
  EXPECT_FALSE(with("\"hooks\":\"ingress\"", "\"hooks\":\"all\""));
  EXPECT_FALSE(with("et%ffh", "et%fgh"));
}

model::Action step(model::ActionEffect effect, model::ActionOutcome outcome, std::string before,
                   std::string after) {
  model::Action action;
  action.subject = std::string(kContainSubject);
  action.effect = effect;
  action.outcome = outcome;
  action.before.text = std::move(before);
  action.after.text = std::move(after);
  return action;
}

TEST(Containment, TheJournalsLastOneCountsAlsoWhenItWasCutShort) {
  using model::ActionEffect;
  using model::ActionOutcome;
  const std::string first = to_json(sample());
  Containment other = sample();
  other.id = "c-2";
  const std::string second = to_json(other);
  model::ActionLog log;
  EXPECT_EQ(find_containment(log, "").error().code, base::ErrorCode::kNotFound);
  log.actions = {step(ActionEffect::kEstablishes, ActionOutcome::kIntended, first, "")};
  EXPECT_EQ(find_containment(log, "")->id, "c-0a1b") << "killed in the middle";
  log.actions.push_back(step(ActionEffect::kLifts, ActionOutcome::kFailed, "", ""));
  EXPECT_EQ(find_containment(log, "")->id, "c-0a1b") << "undo failed";
  log.actions.push_back(step(ActionEffect::kLifts, ActionOutcome::kDone, "", ""));
  EXPECT_EQ(find_containment(log, "").error().code, base::ErrorCode::kNotFound);
  log.actions.push_back(step(ActionEffect::kEstablishes, ActionOutcome::kFailed, first, second));
  EXPECT_EQ(find_containment(log, "")->id, "c-2") << "half of it may stand";
  log.actions.push_back(step(ActionEffect::kNone, ActionOutcome::kDone, "x", "x"));
  EXPECT_EQ(find_containment(log, "")->id, "c-2");
  log.actions.push_back(step(ActionEffect::kEstablishes, ActionOutcome::kDone, "", "{}"));
  EXPECT_EQ(find_containment(log, "").error().code, base::ErrorCode::kDamaged);
}

TEST(Containment, ALongOneIsReadFromTheJournalsObjects) {
  test::Scratch scratch;
  const std::string text = to_json(sample());
  model::ActionLog log;
  log.actions = {step(model::ActionEffect::kEstablishes, model::ActionOutcome::kDone, "", "")};
  log.actions[0].after.sha256 = base::sha256_of(text);
  scratch.file("objects/" + log.actions[0].after.sha256, text);
  const auto found = find_containment(log, scratch.at(""));
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->id, "c-0a1b");
  scratch.file("objects/" + log.actions[0].after.sha256, text + " ");
  EXPECT_EQ(find_containment(log, scratch.at("")).error().code, base::ErrorCode::kDamaged);
}

TEST(Containment, EndedByItsTimerUntilSomethingElseIsDone) {
  using model::ActionEffect;
  using model::ActionOutcome;
  model::ActionLog log;
  EXPECT_FALSE(was_ended_by_timer(log));
  log.actions = {step(ActionEffect::kEstablishes, ActionOutcome::kDone, "", "{}")};
  EXPECT_FALSE(was_ended_by_timer(log));
  log.actions.push_back(step(ActionEffect::kLifts, ActionOutcome::kDone, "{}", ""));
  EXPECT_FALSE(was_ended_by_timer(log)) << "taken back";
  log.actions.back().verb = std::string(kTimerVerb);
  EXPECT_TRUE(was_ended_by_timer(log));
  log.actions.push_back(step(ActionEffect::kLifts, ActionOutcome::kDone, "", ""));
  log.actions.back().subject = "freeze f-1";
  EXPECT_TRUE(was_ended_by_timer(log)) << "that was about something else";
  log.actions.push_back(step(ActionEffect::kEstablishes, ActionOutcome::kFailed, "", ""));
  EXPECT_TRUE(was_ended_by_timer(log)) << "nothing came of it";
  log.actions.push_back(step(ActionEffect::kEstablishes, ActionOutcome::kDone, "", "{}"));
  EXPECT_FALSE(was_ended_by_timer(log)) << "contained again";
}

}  // namespace
}  // namespace genba::act
