// SPDX-License-Identifier: Apache-2.0
#include "render/brief.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/compromised_report.h"

namespace genba::render {
namespace {

using model::Language;

TEST(Brief, WeaknessesStandApartAndTheWorstComesFirst) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  std::swap(fixture.judgement.findings.front(), fixture.judgement.findings[4]);
  const Brief brief = make_brief(fixture.report);
  ASSERT_EQ(brief.intrusions.size(), 5U);
  EXPECT_EQ(brief.intrusions.front()->rule, "fake_kernel_thread");
  ASSERT_EQ(brief.weaknesses.size(), 1U);
  EXPECT_EQ(brief.sources_asked, 7U);
  EXPECT_EQ(brief.sources_read, 5U);
  ASSERT_EQ(brief.gaps.size(), 3U);
  EXPECT_EQ(brief.gaps.front()->subject, "walk of /home");
}

TEST(Brief, WhatDoesNotApplyToATreeIsNoGap) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  for (auto& row : fixture.facts.rows<model::Coverage>()) {
    row.status = "not_applicable";
  }
  const Brief brief = make_brief(fixture.report);
  EXPECT_EQ(brief.sources_asked, 0U);
  EXPECT_TRUE(brief.gaps.empty());
}

TEST(Brief, AnIncidentThatNamesAnUnknownFindingIsToldWithoutIt) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  fixture.judgement.incidents[0].findings = {"f-gone", "f-5093dd34e1aafc07"};
  const auto findings = leading_findings(make_brief(fixture.report));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0]->rule, "new_root_key");
}

TEST(Brief, EvidenceIsKeptBeforeAnythingElseUnlessItIsKeptAlready) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  const auto first = [&fixture] {
    return steps_of(make_brief(fixture.report), fixture.report, Language::kEnglish).front().text;
  };
  EXPECT_EQ(first().rfind("Isolate", 0), 0U) << "the advice itself names --save";
  fixture.judgement.incidents.clear();
  EXPECT_EQ(first(), word(Word::kKeepEvidence, Language::kEnglish));
  fixture.report.run.command = "genba triage --save /mnt/usb/web01";
  EXPECT_EQ(first(), "genba collect --pid 4242");
}

TEST(Brief, CommandsAreNamedOnce) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  const auto steps = steps_of(make_brief(fixture.report), fixture.report, Language::kEnglish);
  EXPECT_EQ(std::count_if(steps.begin(), steps.end(),
                          [](const Step& step) { return step.text == "genba collect --pid 4242"; }),
            1);
}

TEST(Brief, NumbersForPeople) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1'234'567), "1,234,567");
  EXPECT_EQ(byte_size(999), "999 B");
  EXPECT_EQ(byte_size(1'500), "1.5 kB");
  EXPECT_EQ(byte_size(999'999'999), "1.0 GB");
  EXPECT_EQ(endpoint("2001:db8::1", "443"), "[2001:db8::1]:443");
  EXPECT_EQ(endpoint("192.0.2.1", ""), "192.0.2.1");
  EXPECT_EQ(endpoint("/var/log/auth.log", "7"), "/var/log/auth.log:7");
}

}  // namespace
}  // namespace genba::render
