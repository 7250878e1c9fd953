// SPDX-License-Identifier: Apache-2.0
#include "render/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace genba::render {
namespace {

std::string string_of(std::string_view bytes) {
  std::string out;
  JsonWriter json(out);
  json.string(bytes);
  return out;
}

TEST(JsonWriter, EscapesWhatATerminalObeys) {
  EXPECT_EQ(string_of("a\x1b[31mb"), R"("a\u001b[31mb")");
  EXPECT_EQ(string_of("a\x7f"), R"("a\u007f")");
  EXPECT_EQ(string_of("\xC2\x9B"
                      "31m"),
            R"("\u009b31m")");
  EXPECT_EQ(string_of("\xE2\x80\xAE"
                      "gpj.exe"),
            R"("\u202egpj.exe")");
  EXPECT_EQ(string_of("\xE2\x80\x8B\xE2\x80\xA8"), R"("\u200b\u2028")");
  EXPECT_EQ(string_of("\xF3\xA0\x80\x81"), R"("\udb40\udc01")");
}

TEST(JsonWriter, BytesThatAreNotUtf8BecomeTheirSpelling) {
  EXPECT_EQ(string_of("a\xff"), R"("a\\xff")");
}

TEST(JsonWriter, QuotesBackslashesAndLineEnds) {
  EXPECT_EQ(string_of("\"\\\n\r\t"), R"("\"\\\n\r\t")");
  EXPECT_EQ(string_of("日本語"), "\"日本語\"");
}

TEST(JsonWriter, EveryCodePointParsesBackToItself) {
  std::string text;
  for (int byte = 0; byte < 128; ++byte) {
    text += static_cast<char>(byte);
  }
  text += "日本\xE2\x80\xAE\xF3\xA0\x80\x81\xF0\x9F\x98\x80";
  EXPECT_EQ(nlohmann::json::parse(string_of(text)).get<std::string>(), text);
}

TEST(JsonWriter, CellsFollowTheirColumnsType) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.cell(model::Value(int64_t{0}), model::ColumnType::kTimestamp);
  json.cell(model::Value(int64_t{1}), model::ColumnType::kBoolean);
  json.cell(model::Value(int64_t{-7}), model::ColumnType::kInteger);
  json.cell(model::Value(2.5), model::ColumnType::kReal);
  json.cell(model::Value(std::numeric_limits<double>::infinity()), model::ColumnType::kReal);
  json.cell(model::Value(), model::ColumnType::kText);
  json.begin_object();
  json.member("a", "b");
  json.key("c");
  json.begin_array();
  json.end_array();
  json.end_object();
  json.end_array();
  EXPECT_EQ(out, R"(["1970-01-01T00:00:00.000000000Z",true,-7,2.5,null,null,{"a":"b","c":[]}])");
}

}  // namespace
}  // namespace genba::render
