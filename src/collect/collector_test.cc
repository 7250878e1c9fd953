// SPDX-License-Identifier: Apache-2.0
#include "collect/collector.h"

#include "gtest/gtest.h"
#include "model/tables/file.h"
#include "model/tables/hash.h"

namespace genba::collect {
namespace {

using base::ErrorCode;

model::Coverage finished(CoverageCounter& counter) {
  model::Facts facts;
  counter.finish(facts);
  return facts.read<model::Coverage>().at(0);
}

TEST(Coverage, EverythingReadIsComplete) {
  CoverageCounter counter("area", "subject");
  counter.asked(2);
  counter.seen(2);
  const auto row = finished(counter);
  EXPECT_EQ(row.area, "area");
  EXPECT_EQ(row.subject, "subject");
  EXPECT_EQ(row.status, "complete");
  EXPECT_FALSE(row.reason);
  EXPECT_FALSE(row.remedy);
}

TEST(Coverage, WhatVanishedAloneLeavesItComplete) {
  CoverageCounter counter("area", "subject");
  counter.asked(2);
  counter.seen();
  counter.failed({ErrorCode::kGone, 0, "gone"});
  const auto row = finished(counter);
  EXPECT_EQ(row.status, "complete");
  EXPECT_EQ(row.gone, 1);
  EXPECT_FALSE(row.reason);
}

TEST(Coverage, RefusalIsPartialKeepsTheFirstReasonAndNamesRoot) {
  CoverageCounter counter("area", "subject");
  counter.asked(3);
  counter.seen();
  counter.failed({ErrorCode::kDenied, 13, "first"});
  counter.failed({ErrorCode::kIo, 5, "second"});
  const auto row = finished(counter);
  EXPECT_EQ(row.status, "partial");
  EXPECT_EQ(row.denied, 1);
  EXPECT_EQ(row.failed, 1);
  EXPECT_EQ(row.reason, "first");
  EXPECT_EQ(row.remedy, "run as root");
}

TEST(Coverage, NothingReadIsFailed) {
  CoverageCounter counter("area", "subject");
  counter.asked();
  counter.failed({ErrorCode::kIo, 5, "broken"});
  EXPECT_EQ(finished(counter).status, "failed");
}

TEST(Coverage, DamageIsPartialAndSaysWhere) {
  CoverageCounter counter("area", "subject");
  counter.asked();
  counter.seen();
  counter.note({"/etc/x", 12, 3, "a line is no field"});
  const auto row = finished(counter);
  EXPECT_EQ(row.status, "partial");
  EXPECT_EQ(row.reason, "a line is no field at byte 12 of /etc/x");
}

TEST(Coverage, CutIsPartialOrSkippedAndKeepsItsRemedy) {
  CoverageCounter some("area", "subject");
  some.seen();
  some.cut("out of time", "--deep");
  const auto row = finished(some);
  EXPECT_EQ(row.status, "partial");
  EXPECT_EQ(row.reason, "out of time");
  EXPECT_EQ(row.remedy, "--deep");
  CoverageCounter none("area", "subject");
  none.cut("out of time");
  EXPECT_EQ(finished(none).status, "skipped");
}

TEST(Coverage, NotApplicableAndUnsupportedStand) {
  CoverageCounter first("area", "subject");
  first.not_applicable("no kernel in a tree");
  EXPECT_EQ(finished(first).status, "not_applicable");
  CoverageCounter second("area", "subject");
  second.unsupported("too old");
  const auto row = finished(second);
  EXPECT_EQ(row.status, "unsupported");
  EXPECT_EQ(row.reason, "too old");
}

TEST(Wanted, AllWantsEveryColumn) {
  const Wanted wanted = Wanted::all();
  EXPECT_TRUE(wanted.wants(model::tables::file()));
  EXPECT_TRUE(wanted.wants(model::tables::file(), "path"));
}

TEST(Wanted, ColumnsAndWholeTables) {
  Wanted wanted;
  wanted.add("file", "path");
  wanted.add("hash", "");
  EXPECT_TRUE(wanted.wants(model::tables::file()));
  EXPECT_TRUE(wanted.wants(model::tables::file(), "path"));
  EXPECT_FALSE(wanted.wants(model::tables::file(), "size"));
  EXPECT_TRUE(wanted.wants(model::tables::hash(), "sha256"));
  EXPECT_FALSE(Wanted().wants(model::tables::hash()));
}

}  // namespace
}  // namespace genba::collect
