// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/ladder.h"

#include <gtest/gtest.h>

#include <set>

#include "act/ladder/cgroup_bpf.h"
#include "act/ladder/ladder_notes.h"
#include "support/fake_host.h"
#include "support/private_network.h"
#include "sys/nf_tables/nf_tables.h"

namespace genba::act {
namespace {

using base::ErrorCode;

constexpr Rung kBelow[] = {Rung::kNftablesInet, Rung::kCgroupBpf, Rung::kRoutes};

TEST(Ladder, EachRungSaysInBothLanguagesWhatItDoesNotReach) {
  for (const Rung rung : kBelow) {
    std::set<std::string> ids;
    const auto notes = not_covered_by(rung);
    EXPECT_FALSE(notes.empty());
    for (const LadderNote& note : notes) {
      EXPECT_TRUE(ids.insert(note.id).second) << note.id;
      EXPECT_FALSE(note.text.en.empty() || note.text.ja.empty()) << note.id;
      EXPECT_NE(note.text.en, note.text.ja);
    }
  }
}

TEST(Ladder, ARungIsJudgedByWhatItClaims) {
  for (const Rung rung : {Rung::kNftables, Rung::kNftablesInet, Rung::kCgroupBpf, Rung::kRoutes}) {
    EXPECT_TRUE(claims(rung, "out_v4"));
    EXPECT_TRUE(claims(rung, "namespace:9:out_v6"));
    EXPECT_EQ(claims(rung, "in_v4"), rung != Rung::kRoutes);
    EXPECT_EQ(claims(rung, "forward_v6"), rung != Rung::kCgroupBpf);
    EXPECT_EQ(claims(rung, "link:eth0"), rung == Rung::kNftables);
    EXPECT_EQ(claims(rung, "namespace:9:link:eth0"), rung == Rung::kNftables);
  }
}

TEST(Ladder, RungsOfOthersAreNotOpenedHere) {
  const test::FakeHost host;
  EXPECT_EQ(open_rung(Rung::kNftables, host).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(open_rung(Rung::kNone, host).error().code, ErrorCode::kUnsupported);
}

TEST(Ladder, WithoutAHierarchyThereAreNoPrograms) {
  test::FakeHost host;
  host.add_file("/proc/self/mountinfo", "24 1 0:22 / /proc rw - proc proc rw\n");
  EXPECT_EQ(open_rung(Rung::kCgroupBpf, host).error().code, ErrorCode::kUnsupported);
}

TEST(Ladder, TheStrongestThatIsOfferedIsChosen) {
  test::in_private_network([] {
    const auto host = host::open_live_host({});
    ASSERT_TRUE(host);
    const RungChoice choice = choose_rung(**host, sys::nf_tables_present());
    ASSERT_GE(choice.offers.size(), 2U);
    for (const RungOffer& offer : choice.offers) {
      EXPECT_FALSE(offer.evidence.en.empty() || offer.evidence.ja.empty());
      if (offer.rung == choice.rung) {
        EXPECT_EQ(choice.chosen(), &offer);
        break;
      }
      EXPECT_FALSE(offer.offered);
    }
  });
}

TEST(Ladder, WhereNfTablesMayNotBeAskedItIsNotAsked) {
  test::in_private_network([] {
    const auto host = host::open_live_host({});
    ASSERT_TRUE(host);
    sys::NftKernel none;
    none.presence = sys::NftPresence::kAbsent;
    const RungChoice choice = choose_rung(**host, none);
    EXPECT_FALSE(choice.offers.at(0).offered);
    EXPECT_FALSE(choice.offers.at(1).offered);
    const RungOffer* chosen = choice.chosen();
    if (chosen == nullptr) {
      test::network_cannot_be_made_here();
    }
    EXPECT_FALSE(chosen->not_covered.empty());
    EXPECT_EQ(open_rung(choice.rung, **host).value()->kind(), choice.rung);
  });
}

}  // namespace
}  // namespace genba::act
