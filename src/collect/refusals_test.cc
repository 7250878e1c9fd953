// SPDX-License-Identifier: Apache-2.0
#include "collect/refusals.h"

#include <gtest/gtest.h>

#include "collect/collector.h"

namespace genba::collect {
namespace {

model::Coverage refused(uint32_t euid) {
  model::Facts facts;
  CoverageCounter counter("processes", "/proc/PID/exe");
  counter.asked();
  counter.failed(base::Error{base::ErrorCode::kDenied, 0, "reading: permission denied"});
  counter.finish(facts);
  explain_refusals(euid, facts);
  return facts.read<model::Coverage>().front();
}

TEST(Refusals, AnOrdinaryUserIsToldToRunAsRoot) {
  EXPECT_EQ(refused(1000).remedy, "run as root");
  EXPECT_EQ(refused(1000).reason, "reading: permission denied");
}

TEST(Refusals, RootIsNotToldToRunAsRoot) {
  EXPECT_FALSE(refused(0).remedy);
  EXPECT_EQ(refused(0).reason, "refused by the kernel even to root: reading: permission denied");
}

TEST(Refusals, AnotherRemedyStays) {
  model::Facts facts;
  CoverageCounter counter("filesystem", "/tmp");
  counter.cut("the time for the walk is over", "--deep");
  counter.finish(facts);
  explain_refusals(0, facts);
  EXPECT_EQ(facts.read<model::Coverage>().front().remedy, "--deep");
}

TEST(Refusals, ARunWithoutCoverageGainsNone) {
  model::Facts facts;
  explain_refusals(0, facts);
  EXPECT_FALSE(facts.has(model::tables::coverage()));
}

}  // namespace
}  // namespace genba::collect
