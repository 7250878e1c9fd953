// SPDX-License-Identifier: Apache-2.0
#include "act/ban/ban_plan.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace genba::act {
namespace {

using model::BanFate;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

base::Network net(std::string_view text) {
  return *base::parse_network(text);
}

class BanPlanTest : public testing::Test {
 protected:
  model::BanStep ban_one(const char* text) {
    const BanPlan plan = ban({text});
    EXPECT_EQ(plan.steps.size(), 1U);
    return plan.steps.at(0);
  }
  BanPlan ban(const std::vector<const char*>& texts) {
    return plan_ban(found_, table_, targets(texts), time_, force_);
  }
  static std::vector<BanTarget> targets(const std::vector<const char*>& texts) {
    std::vector<BanTarget> all;
    for (const char* text : texts) {
      all.push_back(*parse_ban_target(text));
    }
    return all;
  }
  void protect(const char* network, const char* id,
               Protection::Strength strength = Protection::Strength::kUnlessForced) {
    found_.protections.protections.push_back({net(network), strength, id, {"a thing", "物"}});
  }
  void stand(const char* network, std::optional<milliseconds> remaining) {
    table_.present = true;
    table_.bans[net(network)] = {net(network), remaining, 0};
  }
  void remember(const char* network, model::BanLength length, size_t times) {
    BanHistory& history = found_.memory.networks[net(network)];
    history.last = {net(network), length, {}, "before", false};
    history.times = times;
    history.action = ++action_;
  }

  BanFound found_{{}, {}, {1'000'000'000'000}};
  BanTable table_;
  std::optional<BanTime> time_;
  BanForce force_ = BanForce::kNo;
  uint64_t action_ = 0;
};

TEST_F(BanPlanTest, AFirstBanIsForAnHour) {
  const auto step = ban_one("192.0.2.7");
  EXPECT_EQ(step.fate, BanFate::kBanned);
  EXPECT_EQ(step.length, model::BanLength(hours(1)));
  EXPECT_EQ(step.until->nanoseconds, 1'000'000'000'000 + 3600 * 1'000'000'000LL);
  EXPECT_FALSE(step.escalated);
}

TEST_F(BanPlanTest, WhoComesBackIsBannedForLonger) {
  const std::pair<seconds, seconds> cases[] = {{minutes(10), hours(1)},
                                               {hours(1), hours(24)},
                                               {hours(5), hours(24)},
                                               {hours(24), hours(24 * 7)},
                                               {hours(24 * 7), hours(24 * 7)}};
  for (const auto& [before, now] : cases) {
    remember("192.0.2.7/32", before, 2);
    const auto step = ban_one("192.0.2.7");
    EXPECT_EQ(step.length, model::BanLength(now)) << before.count();
    EXPECT_EQ(step.times_before, 2U);
    EXPECT_TRUE(step.escalated);
  }
  remember("192.0.2.7/32", {}, 1);
  EXPECT_EQ(ban_one("192.0.2.7").length, model::BanLength(hours(24 * 7)));
}

TEST_F(BanPlanTest, ABanOfTheNetworkAroundItCountsToo) {
  remember("192.0.2.0/24", hours(1), 1);
  EXPECT_EQ(ban_one("192.0.2.7").length, model::BanLength(hours(24)));
  EXPECT_EQ(ban_one("198.51.100.7").length, model::BanLength(hours(1)));
}

TEST_F(BanPlanTest, WhatWasLiftedByHandDoesNotCount) {
  remember("192.0.2.7/32", hours(24), 0);
  EXPECT_EQ(ban_one("192.0.2.7").length, model::BanLength(hours(1)));
}

TEST_F(BanPlanTest, ATimeThatIsGivenIsTaken) {
  remember("192.0.2.7/32", hours(24), 3);
  time_ = *parse_ban_time("10m");
  EXPECT_EQ(ban_one("192.0.2.7").length, model::BanLength(minutes(10)));
  time_ = *parse_ban_time("permanent");
  const auto step = ban_one("192.0.2.7");
  EXPECT_FALSE(step.length);
  EXPECT_FALSE(step.until);
  for (const auto* text : {"", "0s", "-1h", "1y", "forever", "10"}) {
    EXPECT_FALSE(parse_ban_time(text)) << text;
  }
}

TEST_F(BanPlanTest, AgainIsTheSameTimeAgain) {
  stand("192.0.2.7/32", minutes(3));
  remember("192.0.2.7/32", hours(24), 2);
  const auto step = ban_one("192.0.2.7");
  EXPECT_EQ(step.fate, BanFate::kRenewed);
  EXPECT_EQ(step.length, model::BanLength(hours(24))) << "it has not ended, so nobody came back";
}

TEST_F(BanPlanTest, WhatStandsForLongerIsNotShortenedUnlessTold) {
  stand("192.0.2.7/32", hours(50));
  auto step = ban_one("192.0.2.7");
  EXPECT_EQ(step.fate, BanFate::kCovered);
  ASSERT_TRUE(step.cover);
  stand("192.0.2.7/32", {});
  EXPECT_EQ(ban_one("192.0.2.7").fate, BanFate::kCovered) << "permanent";
  time_ = BanTime{minutes(10)};
  step = ban_one("192.0.2.7");
  EXPECT_EQ(step.fate, BanFate::kRenewed);
  EXPECT_EQ(step.length, model::BanLength(minutes(10)));
}

TEST_F(BanPlanTest, APartOfABanIsCoveredByIt) {
  stand("192.0.2.0/24", minutes(3));
  const BanPlan plan = ban({"192.0.2.7"});
  EXPECT_EQ(plan.steps[0].fate, BanFate::kCovered);
  EXPECT_TRUE(same(plan.steps[0].cover->network, net("192.0.2.0/24")));
  EXPECT_TRUE(plan.change.empty());
}

TEST_F(BanPlanTest, ALargerBanTakesThePlaceOfSmallerOnes) {
  stand("192.0.2.7/32", minutes(3));
  stand("192.0.2.128/25", hours(99));
  stand("198.51.100.1/32", minutes(3));
  const BanPlan plan = ban({"192.0.2.0/24"});
  EXPECT_EQ(plan.steps[0].replaces.size(), 2U);
  EXPECT_EQ(plan.change.lift.size(), 2U);
  ASSERT_EQ(plan.change.set.size(), 1U);
  ASSERT_EQ(plan.steps[0].notes.size(), 1U) << "one ended later than what holds it now";
  EXPECT_EQ(plan.steps[0].notes[0].id, "shortens");
}

TEST_F(BanPlanTest, TargetsThatOverlapEachOtherAreSetOnce) {
  const BanPlan plan = ban({"192.0.2.7", "192.0.2.0/24", "192.0.2.0/25", "192.0.2.7"});
  ASSERT_EQ(plan.steps.size(), 4U);
  EXPECT_EQ(plan.steps[1].fate, BanFate::kBanned);
  for (const size_t index : {0, 2, 3}) {
    EXPECT_EQ(plan.steps[index].fate, BanFate::kCovered) << index;
  }
  EXPECT_EQ(plan.change.set.size(), 1U);
  const BanPlan twice = ban({"192.0.2.7", "192.0.2.7"});
  EXPECT_EQ(twice.change.set.size(), 1U);
}

TEST_F(BanPlanTest, WhatMustNotBeHitIsRefusedWithItsReason) {
  protect("192.0.2.254/32", "gateway");
  const BanPlan plan = ban({"192.0.2.254", "192.0.2.0/24", "192.0.2.7"});
  EXPECT_EQ(plan.steps[0].fate, BanFate::kRefused);
  EXPECT_EQ(plan.steps[1].fate, BanFate::kRefused) << "it holds the gateway";
  EXPECT_EQ(plan.steps[1].notes.at(0).text.en, "192.0.2.254 is a thing");
  EXPECT_TRUE(plan.steps[1].force_helps);
  EXPECT_EQ(plan.steps[2].fate, BanFate::kBanned) << "the others are banned all the same";
  force_ = BanForce::kYes;
  const auto forced = ban_one("192.0.2.0/24");
  EXPECT_EQ(forced.fate, BanFate::kBanned);
  EXPECT_EQ(forced.notes.at(0).id, "gateway") << "what was overridden is said";
}

TEST_F(BanPlanTest, APartOfWhatMustNotBeHitIsRefusedToo) {
  protect("127.0.0.0/8", "loopback");
  EXPECT_EQ(ban_one("127.0.0.53").fate, BanFate::kRefused);
}

TEST_F(BanPlanTest, ForceDoesNotStrandItsUser) {
  protect("203.0.113.9/32", "session", Protection::Strength::kAlways);
  protect("203.0.113.9/32", "ssh_session");
  force_ = BanForce::kYes;
  for (const auto* text : {"203.0.113.9", "203.0.113.0/24", "0.0.0.0/0"}) {
    const auto step = ban_one(text);
    EXPECT_EQ(step.fate, BanFate::kRefused) << text;
    EXPECT_FALSE(step.force_helps);
  }
  EXPECT_EQ(ban_one("203.0.113.9").notes.size(), 1U) << "one address, one reason";
}

TEST_F(BanPlanTest, WhatIsTooWideNeedsForce) {
  for (const auto* text : {"0.0.0.0/0", "::/0", "64.0.0.0/7", "2000::/15"}) {
    const auto step = ban_one(text);
    EXPECT_EQ(step.fate, BanFate::kRefused) << text;
    EXPECT_TRUE(step.force_helps);
  }
  for (const auto* text : {"12.0.0.0/8", "2001::/16"}) {
    EXPECT_EQ(ban_one(text).fate, BanFate::kBanned) << text;
  }
  force_ = BanForce::kYes;
  EXPECT_EQ(ban_one("64.0.0.0/7").fate, BanFate::kBanned);
}

TEST_F(BanPlanTest, WithoutKnowingWhomItHitsItNeedsForce) {
  found_.protections.unread.push_back({"unread", {"x", "x"}});
  EXPECT_EQ(ban_one("192.0.2.7").fate, BanFate::kRefused);
  force_ = BanForce::kYes;
  const BanPlan plan = ban({"192.0.2.7"});
  EXPECT_EQ(plan.steps[0].fate, BanFate::kBanned);
  EXPECT_EQ(plan.warnings.at(0).id, "unread");
}

TEST_F(BanPlanTest, ExactlyWhatWasBannedIsLifted) {
  stand("192.0.2.0/24", minutes(3));
  stand("198.51.100.1/32", {});
  stand("2001:db8::/64", {});
  stand("2001:db8:1::1/128", {});
  const BanPlan plan =
      plan_unban(table_, targets({"192.0.2.0/24", "192.0.2.7", "198.51.100.0/24", "203.0.113.1",
                                  "2001:db8::5", "2001:db8:1::1", "192.0.2.0/24"}));
  using F = BanFate;
  const F fates[] = {F::kLifted, F::kNotBanned, F::kNotBanned, F::kNotBanned,
                     F::kLifted, F::kLifted,    F::kNotBanned};
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    EXPECT_EQ(plan.steps[i].fate, fates[i]) << i;
  }
  EXPECT_EQ(plan.steps[2].notes.at(0).id, "holds");
  EXPECT_TRUE(plan.steps[3].notes.empty());
  EXPECT_EQ(plan.change.lift.size(), 3U);
  const BanPlan inner = plan_unban(table_, targets({"192.0.2.7"}));
  EXPECT_EQ(inner.steps[0].notes.at(0).id, "inside");
}

}  // namespace
}  // namespace genba::act
