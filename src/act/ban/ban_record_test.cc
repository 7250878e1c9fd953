// SPDX-License-Identifier: Apache-2.0
#include "act/ban/ban_record.h"

#include <gtest/gtest.h>

namespace genba::act {
namespace {

using model::Action;
using model::ActionEffect;
using model::ActionOutcome;
using std::chrono::hours;

BanRecord record(const char* network, model::BanLength length = hours(1), bool renewed = false) {
  return {*base::parse_network(network), length, base::Timestamp{1'000'000'000}, "why\n\xFF\"",
          renewed};
}

class BanRecordTest : public testing::Test {
 protected:
  Action& add(std::string_view verb, ActionEffect effect, const BanState& before,
              const BanState& after, ActionOutcome outcome = ActionOutcome::kDone) {
    Action action;
    action.id = log_.actions.size() + 1;
    action.verb = verb;
    action.effect = effect;
    action.before.text = to_json(before);
    action.after.text = to_json(after);
    action.outcome = outcome;
    log_.actions.push_back(std::move(action));
    return log_.actions.back();
  }
  Action& ban(const BanRecord& about, ActionOutcome outcome = ActionOutcome::kDone) {
    return add(kBanVerb, ActionEffect::kEstablishes, {{}, {about}}, {{about}, {}}, outcome);
  }
  BanMemory memory() const {
    return remember_bans(log_, [](std::string_view sha256) -> base::Result<std::string> {
      if (sha256 != "there") {
        return base::fail(base::ErrorCode::kNotFound, "no object");
      }
      return to_json(BanState{{record("203.0.113.0/24")}, {}});
    });
  }
  const BanHistory* of(const char* network) {
    memory_ = memory();
    const auto found = memory_.networks.find(*base::parse_network(network));
    return found == memory_.networks.end() ? nullptr : &found->second;
  }
  model::ActionLog log_;
  BanMemory memory_;
};

TEST_F(BanRecordTest, IsReadAsItWasWritten) {
  BanState state{{record("192.0.2.0/24"), record("2001:db8::/64", {}, true)},
                 {record("198.51.100.7/32")}};
  state.bans[1].until.reset();
  const auto again = ban_state_from_json(to_json(state));
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->bans[0].why, "why\n\\xff\"") << "bytes that are no UTF-8 are told as such";
  EXPECT_EQ(again->bans[1].length, model::BanLength());
  EXPECT_EQ(to_json(*again), to_json(state));
}

TEST_F(BanRecordTest, WhatIsNotOursIsNotBelieved) {
  const std::string good = to_json(BanState{{record("192.0.2.0/24")}, {}});
  ASSERT_TRUE(ban_state_from_json(good));
  const std::pair<const char*, const char*> breaks[] = {{"192.0.2.0", "192.0.2"},
                                                        {"/24", "/99"},
                                                        {"3600", "0"},
                                                        {"3600", "99999999999999"},
                                                        {"\"format\":1", "\"format\":2"},
                                                        {"false", "7"},
                                                        {"\"bans\"", "\"bands\""}};
  for (const auto& [from, to] : breaks) {
    std::string bad = good;
    bad.replace(bad.find(from), std::string_view(from).size(), to);
    EXPECT_FALSE(ban_state_from_json(bad)) << bad;
  }
  for (const auto* text : {"", "{}", "[]", "null", R"({"format":1,"bans":{}})"}) {
    EXPECT_FALSE(ban_state_from_json(text)) << text;
  }
}

TEST_F(BanRecordTest, BansAreCountedAndRenewalsAreNot) {
  ban(record("192.0.2.7/32"));
  ban(record("192.0.2.7/32", hours(2), true));
  ban(record("192.0.2.7/32", hours(3)));
  ban(record("192.0.2.8/32"), ActionOutcome::kFailed);
  const BanHistory* history = of("192.0.2.7/32");
  ASSERT_NE(history, nullptr);
  EXPECT_EQ(history->times, 2U);
  EXPECT_EQ(history->last.length, model::BanLength(hours(3)));
  EXPECT_EQ(history->action, 3U);
  EXPECT_EQ(of("192.0.2.8/32"), nullptr) << "it never was";
}

TEST_F(BanRecordTest, LiftedByHandIsForgivenAndSwallowedIsNot) {
  ban(record("192.0.2.7/32"));
  ban(record("192.0.2.8/32"));
  add(kUnbanVerb, ActionEffect::kLifts, {{record("192.0.2.7/32")}, {}}, {});
  add(kBanVerb, ActionEffect::kLifts, {{record("192.0.2.8/32")}, {}}, {});
  EXPECT_TRUE(of("192.0.2.7/32")->lifted);
  EXPECT_EQ(of("192.0.2.7/32")->times, 0U);
  EXPECT_TRUE(of("192.0.2.8/32")->lifted);
  EXPECT_EQ(of("192.0.2.8/32")->times, 1U);
}

TEST_F(BanRecordTest, AnIntentionTellsWhatWasPlanned) {
  ban(record("192.0.2.7/32"), ActionOutcome::kIntended).after = {};
  ASSERT_NE(of("192.0.2.7/32"), nullptr);
  EXPECT_TRUE(of("192.0.2.7/32")->intended);
  add(kUnbanVerb, ActionEffect::kLifts, {{record("192.0.2.7/32")}, {}}, {},
      ActionOutcome::kIntended);
  EXPECT_FALSE(of("192.0.2.7/32")->lifted) << "of what it was to lift nothing is known";
}

TEST_F(BanRecordTest, LongStatesAreObjectsAndWhatIsLostIsCounted) {
  ban(record("192.0.2.7/32")).after = {{}, "there"};
  ban(record("192.0.2.8/32")).after = {{}, "gone"};
  ban(record("192.0.2.9/32")).after = {"{", {}};
  EXPECT_NE(of("203.0.113.0/24"), nullptr);
  EXPECT_EQ(memory_.unreadable, 2U);
  EXPECT_EQ(memory_.networks.size(), 1U);
}

TEST_F(BanRecordTest, OtherActionsAreNoneOfOurs) {
  add("contain apply", ActionEffect::kEstablishes, {}, {{record("192.0.2.7/32")}, {}});
  EXPECT_TRUE(memory().networks.empty());
  EXPECT_EQ(memory().unreadable, 0U);
}

}  // namespace
}  // namespace genba::act
