// SPDX-License-Identifier: Apache-2.0
#include "judge/sql_scan.h"

#include "gtest/gtest.h"

namespace genba::judge {
namespace {

TEST(SqlScan, ParametersInStringsAndCommentsAreNone) {
  const auto names = parameters_in(
      "SELECT ':a', \":b\" FROM t -- :c\n WHERE x > :min_hits /* :d */ AND y = :other AND z='it''s "
      ":e'");
  EXPECT_EQ(names, (std::set<std::string>{"min_hits", "other"}));
}

TEST(SqlScan, UnclosedStringOrCommentEndsTheText) {
  EXPECT_TRUE(parameters_in("SELECT 'abc :a").empty());
  EXPECT_TRUE(parameters_in("SELECT 1 /* :a").empty());
  EXPECT_TRUE(parameters_in("SELECT 1 -- :a").empty());
  EXPECT_TRUE(parameters_in("").empty());
}

TEST(SqlScan, MainTableIsTheOuterSelects) {
  const std::set<std::string> tables = {"package_files", "processes"};
  EXPECT_EQ(main_table("WITH owned AS (SELECT path FROM package_files) "
                       "SELECT p.pid FROM processes p WHERE p.path NOT IN (SELECT path FROM owned)",
                       tables),
            "processes");
}

TEST(SqlScan, MainTableBehindACteIsFoundInsideIt) {
  EXPECT_EQ(
      main_table("WITH a AS (SELECT * FROM processes) SELECT * FROM a", {"coverage", "processes"}),
      "processes");
}

TEST(SqlScan, MainTableOfACteIsNotThatOfASubqueryInIt) {
  EXPECT_EQ(main_table("WITH a AS (SELECT pid, (SELECT count(*) FROM process_open_sockets) AS n "
                       "FROM processes) SELECT * FROM a",
                       {"process_open_sockets", "processes"}),
            "processes");
}

TEST(SqlScan, MainTableKeepsTheQuerysOrderInAJoin) {
  EXPECT_EQ(main_table("SELECT 1 FROM Process_Open_Sockets s JOIN processes p USING (pid)",
                       {"process_open_sockets", "processes"}),
            "process_open_sockets");
}

TEST(SqlScan, MainTableWithoutAFromIsTheFirst) {
  EXPECT_EQ(main_table("SELECT 1", {"a", "b"}), "a");
  EXPECT_EQ(main_table("SELECT 1", {}), "");
}

}  // namespace
}  // namespace genba::judge
