// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text.h"
#include "render/report.h"
#include "support/compromised_report.h"
#include "support/golden.h"

namespace genba::render {
namespace {

using model::Language;

std::vector<nlohmann::json> parse_lines(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(nlohmann::json::parse(line));
  }
  return lines;
}

TEST(JsonLines, CompromisedHostInBothLanguages) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  test::expect_golden("src/render/samples/compromised.en.jsonl",
                      render_json_lines(fixture.report, Language::kEnglish));
  test::expect_golden("src/render/samples/compromised.ja.jsonl",
                      render_json_lines(fixture.report, Language::kJapanese));
}

TEST(JsonLines, LinesComeInTheContractsOrder) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  const auto lines = parse_lines(render_json_lines(fixture.report, Language::kEnglish));
  std::string order;
  for (const auto& line : lines) {
    const auto type = line.at("type").get<std::string>();
    if (order.find(type) == std::string::npos) {
      order += type + " ";
    }
  }
  EXPECT_EQ(order, "host finding incident coverage not_judged summary ");
  EXPECT_EQ(lines.front().at("hostname"), "web01");
  EXPECT_EQ(lines.front().at("genba"), "0.1.0 (commit 0123abc, release)");
  EXPECT_FALSE(lines.front().contains("lockdown"));
  const auto& summary = lines.back();
  EXPECT_EQ(summary.at("verdict"), "compromised");
  EXPECT_EQ(summary.at("findings").at("high"), 4);
  EXPECT_EQ(summary.at("findings").at("weakness"), 1);
  EXPECT_EQ(summary.at("footprint").at("files_opened"), 18412);
}

TEST(JsonLines, HostileStringsStayInsideTheirLineAndOffTheTerminal) {
  test::ReportFixture fixture;
  test::make_hostile(fixture);
  const std::string out = render_json_lines(fixture.report, Language::kJapanese);
  EXPECT_TRUE(base::is_valid_utf8(out));
  for (size_t at = 0; at < out.size();) {
    const uint32_t c = base::next_code_point(out, at);
    EXPECT_TRUE((c >= 0x20 && c < 0x7F) || c == '\n' || c >= 0xA0) << c;
    EXPECT_NE(c, 0x202EU);
  }
  test::ReportFixture plain;
  test::make_compromised(plain);
  EXPECT_EQ(parse_lines(out).size(),
            parse_lines(render_json_lines(plain.report, Language::kJapanese)).size());
}

TEST(JsonLines, AHostThatWasNotReadStillHasItsLineAndSummary) {
  test::ReportFixture fixture;
  fixture.report.facts = &fixture.facts;
  fixture.report.judgement = &fixture.judgement;
  const auto lines = parse_lines(render_json_lines(fixture.report, Language::kEnglish));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at("type"), "host");
  EXPECT_EQ(lines[1].at("verdict"), "nothing found");
}

}  // namespace
}  // namespace genba::render
