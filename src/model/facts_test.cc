// SPDX-License-Identifier: Apache-2.0
#include "model/facts.h"

#include "gtest/gtest.h"
#include "model/tables/coverage.h"
#include "model/tables/file.h"

namespace genba::model {
namespace {

TEST(Facts, UnreadIsNotTheSameAsEmpty) {
  Facts facts;
  EXPECT_FALSE(facts.has(tables::coverage()));
  EXPECT_TRUE(facts.read<Coverage>().empty());
  EXPECT_FALSE(facts.has(tables::coverage()));
  facts.rows<Coverage>();
  EXPECT_TRUE(facts.has(tables::coverage()));
  EXPECT_EQ(facts.find(tables::coverage())->size(), 0U);
}

TEST(Facts, RowsComeBackInTheOrderInWhichTheyWereAdded) {
  Facts facts;
  facts.rows<Coverage>().push_back({.area = "logs", .subject = "/var/log/auth.log"});
  facts.rows<Coverage>().push_back({.area = "files"});
  ASSERT_EQ(facts.read<Coverage>().size(), 2U);
  EXPECT_EQ(facts.read<Coverage>()[0].area, "logs");
  EXPECT_EQ(facts.find(tables::coverage())->cell(1, 0), Value("files"));
}

TEST(Facts, MergePutsRowsBehindOursAndTakesOverNewTables) {
  Facts ours;
  ours.rows<Coverage>().push_back({.area = "a"});
  Facts theirs;
  theirs.rows<Coverage>().push_back({.area = "b", .reason = "denied"});
  ASSERT_TRUE(theirs.append_large(File{.path = "/etc/passwd"}));
  ours.merge(std::move(theirs));
  ASSERT_EQ(ours.read<Coverage>().size(), 2U);
  EXPECT_EQ(ours.read<Coverage>()[1].area, "b");
  EXPECT_EQ(ours.read<Coverage>()[1].reason, "denied");
  ASSERT_TRUE(ours.has(tables::file()));
  EXPECT_EQ(ours.find(tables::file())->cell(0, 0), Value("/etc/passwd"));

  Facts more;
  ASSERT_TRUE(more.append_large(File{.path = "/etc/shadow", .mtime = base::Timestamp{5}}));
  ours.merge(std::move(more));
  ASSERT_EQ(ours.find(tables::file())->size(), 2U);
  EXPECT_EQ(ours.find(tables::file())->cell(1, 0), Value("/etc/shadow"));
  const auto mtime = static_cast<size_t>(tables::file().column_index("mtime"));
  EXPECT_EQ(ours.find(tables::file())->cell(0, mtime), Value());
  EXPECT_EQ(ours.find(tables::file())->cell(1, mtime), Value(int64_t{5}));
}

TEST(Facts, MergeOfAnEmptyReadKeepsOursAndMarksItRead) {
  Facts ours;
  Facts theirs;
  theirs.rows<Coverage>();
  ours.merge(std::move(theirs));
  EXPECT_TRUE(ours.has(tables::coverage()));
}

TEST(Facts, SharedTableIsTheSameRowsAndSurvivesItsDrop) {
  Facts ours;
  ours.rows<Coverage>().emplace_back();
  Facts theirs;
  theirs.share(tables::coverage(), ours);
  theirs.share(tables::file(), ours);
  EXPECT_EQ(theirs.find(tables::coverage()), ours.find(tables::coverage()));
  EXPECT_FALSE(theirs.has(tables::file()));
  theirs.drop(tables::coverage());
  EXPECT_FALSE(theirs.has(tables::coverage()));
  EXPECT_EQ(ours.read<Coverage>().size(), 1U);
}

TEST(Facts, TablesAreSortedByName) {
  Facts facts;
  facts.open(tables::file());
  facts.open(tables::coverage());
  ASSERT_EQ(facts.tables().size(), 2U);
  EXPECT_EQ(facts.tables()[0]->name, "coverage");
}

}  // namespace
}  // namespace genba::model
