// SPDX-License-Identifier: Apache-2.0
#include "store/case/case_line.h"

#include "base/digest.h"
#include "gtest/gtest.h"

namespace genba::store {
namespace {

// A line with any body and the right chain value.
std::string chained(const std::string& body) {
  return body + ",\"chain\":\"" + base::sha256_of(kFirstChain + body) + "\"}";
}

bool parses(const std::string& body) {
  std::string chain = kFirstChain;
  return parse_case_line(chained(body), chain).has_value();
}

TEST(CaseLine, ReadsBackWhatWasBuilt) {
  CaseLineBuilder builder("processes", 12);
  builder.add("pid", int64_t{-7});
  builder.add("cmdline", "a\"b\\c\n\x1b\x7f現場");
  std::string chain = kFirstChain;
  const std::string line = builder.finish(chain);
  EXPECT_NE(chain, kFirstChain);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  ASSERT_TRUE(line.ends_with("\"}\n"));
  std::string reading = kFirstChain;
  const auto parsed = parse_case_line(std::string_view(line).substr(0, line.size() - 1), reading);
  ASSERT_TRUE(parsed) << parsed.error().what;
  EXPECT_EQ(reading, chain);
  EXPECT_EQ(parsed->kind, "processes");
  EXPECT_EQ(parsed->number, 12U);
  ASSERT_NE(parsed->find("pid"), nullptr);
  EXPECT_EQ(*parsed->find("pid"), JsonCell(int64_t{-7}));
  EXPECT_EQ(*parsed->find("cmdline"), JsonCell(std::string("a\"b\\c\n\x1b\x7f現場")));
  EXPECT_EQ(parsed->find("ppid"), nullptr);
}

TEST(CaseLine, OneChangedByteBreaksTheChain) {
  const std::string line = chained(R"({"t":"a","n":1,"r":{"pid":7})");
  for (size_t i = 0; i < line.size(); ++i) {
    std::string altered = line;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    std::string chain = kFirstChain;
    EXPECT_FALSE(parse_case_line(altered, chain)) << altered;
    EXPECT_EQ(chain, kFirstChain);
  }
  std::string other = std::string(64, '1');
  EXPECT_FALSE(parse_case_line(line, other));
}

TEST(CaseLine, OtherShapesAreRefusedEvenWithARightChain) {
  EXPECT_TRUE(parses(R"({"t":"a","n":1,"r":{})"));
  EXPECT_TRUE(parses(R"({"t":"a","n":1,"r":{"x":null,"y":1.5,"z":true})"));
  for (const char* body :
       {"", "{", R"({"t":"a","n":1)", R"({"t":"a","r":{})", R"({"t":1,"n":1,"r":{})",
        R"({"t":"a","n":-1.5,"r":{})", R"({"t":"a","n":1,"r":[])",
        R"({"t":"a","n":1,"r":{"x":[1]})", R"({"t":"a","n":1,"r":{"x":{}})",
        R"({"t":"a","t":"b","n":1,"r":{})", R"({"t":"a","n":1,"r":{},"r":{})",
        R"({"t":"a","n":1,"r":{},"s":1)", R"({"t":"a","n":99999999999999999999,"r":{})",
        "{\"t\":\"\xff\",\"n\":1,\"r\":{}"}) {
    EXPECT_FALSE(parses(body)) << body;
  }
  EXPECT_FALSE(parses(std::string(200'000, '[')));
}

TEST(ToValue, TypesThatDoNotFitAreRefused) {
  using enum model::ColumnType;
  model::Value value;
  EXPECT_TRUE(to_value(std::string("2026-11-21T03:12:09Z"), kTimestamp, value));
  EXPECT_EQ(value, model::Value(int64_t{1'795'230'729'000'000'000}));
  EXPECT_TRUE(to_value(int64_t{3}, kReal, value));
  EXPECT_EQ(value, model::Value(3.0));
  EXPECT_TRUE(to_value(true, kBoolean, value));
  EXPECT_FALSE(to_value(int64_t{3}, kTimestamp, value));
  EXPECT_FALSE(to_value(std::string("x"), kTimestamp, value));
  EXPECT_FALSE(to_value(std::string("3"), kInteger, value));
  EXPECT_FALSE(to_value(1.5, kInteger, value));
  EXPECT_FALSE(to_value(std::monostate(), kText, value));
}

}  // namespace
}  // namespace genba::store
