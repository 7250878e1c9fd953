// SPDX-License-Identifier: Apache-2.0
#include "render/table.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace genba::render {
namespace {

using model::ColumnType;
using model::OwnedValue;

ResultRows sample() {
  ResultRows result;
  result.columns = {{"pid", ColumnType::kInteger},
                    {"path", ColumnType::kText},
                    {"start_time", ColumnType::kTimestamp},
                    {"cwd", ColumnType::kText}};
  result.rows = {{int64_t{1}, std::string("/sbin/init"), int64_t{0}, OwnedValue()},
                 {int64_t{4242}, std::string("/tmp/日本"), OwnedValue(), std::string("/tmp")}};
  return result;
}

TEST(Table, ColumnsAreAlignedByDisplayWidthAndNullIsEmpty) {
  EXPECT_EQ(render_table(sample(), std::nullopt),
            "pid   path        start_time                      cwd\n"
            "----  ----------  ------------------------------  ----\n"
            "   1  /sbin/init  1970-01-01T00:00:00.000000000Z\n"
            "4242  /tmp/日本                                   /tmp\n");
}

TEST(Table, NoRowsGiveTheHeaderAlone) {
  ResultRows result = sample();
  result.rows.clear();
  EXPECT_EQ(render_table(result, 80), "pid  path  start_time  cwd\n---  ----  ----------  ---\n");
}

TEST(Table, OnATerminalLongCellsAreCutAndInAPipeTheyAreWhole) {
  ResultRows result = sample();
  result.rows[0][1] = std::string(5'000'000, 'x');
  const std::string cut = render_table(result, 80);
  size_t start = 0;
  while (start < cut.size()) {
    const size_t end = cut.find('\n', start);
    EXPECT_LE(base::display_width(cut.substr(start, end - start)), 80U);
    start = end + 1;
  }
  EXPECT_NE(cut.find("…"), std::string::npos);
  EXPECT_NE(render_table(result, std::nullopt).find(std::string(5'000'000, 'x')),
            std::string::npos);
}

TEST(Table, ManyColumnsOnANarrowTerminalEnd) {
  ResultRows result;
  for (int i = 0; i < 60; ++i) {
    result.columns.push_back({"column", ColumnType::kText});
  }
  result.rows = {std::vector<OwnedValue>(60, OwnedValue(std::string(100, 'y')))};
  EXPECT_FALSE(render_table(result, 40).empty());
}

TEST(Table, AHostileCellCannotDriveTheTerminal) {
  ResultRows result = sample();
  result.rows[0][1] = std::string("\x1b[2J\nfake\xE2\x80\xAE");
  const std::string out = render_table(result, std::nullopt);
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 4);
}

TEST(Table, ARowAsJsonKeepsNullsAndTellsColumnsOfOneNameApart) {
  const std::vector<store::ResultColumn> columns = {
      {"pid", ColumnType::kInteger}, {"pid", ColumnType::kInteger}, {"t", ColumnType::kTimestamp}};
  const std::vector<model::Value> cells = {int64_t{1}, model::Value(), int64_t{0}};
  EXPECT_EQ(render_row_json(columns, cells),
            "{\"pid\":1,\"pid_2\":null,\"t\":\"1970-01-01T00:00:00.000000000Z\"}\n");
}

TEST(Table, RowsAreCopiedAsTheStatementHandsThemOut) {
  ResultRows result;
  result.columns = {{"a", ColumnType::kText}, {"b", ColumnType::kReal}};
  std::string text = "x";
  const std::vector<model::Value> cells = {std::string_view(text), 1.5};
  result.add(cells);
  text = "y";
  EXPECT_EQ(render_table(result, std::nullopt), "a  b\n-  ---\nx  1.5\n");
}

TEST(Table, RowsThatCouldNotBeReadInColumnsBecomeBlocks) {
  ResultRows result;
  result.columns = {{"pid", ColumnType::kInteger},
                    {"path", ColumnType::kText},
                    {"cmdline", ColumnType::kText},
                    {"cwd", ColumnType::kText}};
  const OwnedValue longer(std::string("/usr/lib/longer"));
  result.rows = {{int64_t{1}, longer, longer, OwnedValue()}, {int64_t{2}, longer, longer, longer}};
  EXPECT_EQ(render_table(result, 24),
            "pid      1\n"
            "path     /usr/lib/longer\n"
            "cmdline  /usr/lib/longer\n"
            "cwd\n"
            "\n"
            "pid      2\n"
            "path     /usr/lib/longer\n"
            "cmdline  /usr/lib/longer\n"
            "cwd      /usr/lib/longer\n");
}

TEST(Table, RealsHaveSixDigitsAtMost) {
  ResultRows result;
  result.columns = {{"a", ColumnType::kReal}, {"b", ColumnType::kReal}};
  result.rows = {{98.70000000000001, 1234567.25}};
  EXPECT_EQ(render_table(result, std::nullopt), "a     b\n----  -------\n98.7  1234567\n");
}

}  // namespace
}  // namespace genba::render
