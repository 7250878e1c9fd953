// SPDX-License-Identifier: Apache-2.0
#include "render/bans.h"

#include "base/text.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace genba::render {
namespace {

using model::BanFate;
using std::chrono::hours;
using std::chrono::milliseconds;

base::Network net(std::string_view text) {
  return *base::parse_network(text);
}

model::BanStep step(const char* asked, const char* network, BanFate fate) {
  model::BanStep made;
  made.asked = asked;
  made.network = net(network);
  made.fate = fate;
  return made;
}

model::BanReport report_of_everything() {
  model::BanReport report;
  report.steps = {step("192.0.2.0/24", "192.0.2.0/24", BanFate::kBanned),
                  step("2001:db8::7", "2001:db8::/64", BanFate::kBanned),
                  step("10.9.8.7", "10.9.8.7/32", BanFate::kCovered),
                  step("203.0.113.9", "203.0.113.9/32", BanFate::kRefused),
                  step("192.0.2.254", "192.0.2.254/32", BanFate::kRefused),
                  step("198.51.100.1", "198.51.100.1/32", BanFate::kRenewed),
                  step("198.51.100.2", "198.51.100.2/32", BanFate::kFailed)};
  report.steps[0].length = hours(24);
  report.steps[0].until = base::Timestamp{86'400'000'000'000};
  report.steps[0].times_before = 1;
  report.steps[0].escalated = true;
  report.steps[0].replaces = {net("192.0.2.7/32"), net("192.0.2.128/25")};
  report.steps[1].widened = true;
  report.steps[2].cover = {net("10.0.0.0/8"), milliseconds(90'000), {}};
  report.steps[3].notes = {{"session", {"203.0.113.9 is \x1b[2Jyou", "203.0.113.9 は\x1b[2J"}}};
  report.steps[4].notes = {{"gateway", {"192.0.2.254 is a gateway", "ゲートウェイです"}}};
  report.steps[4].force_helps = true;
  report.cut.sockets = 3;
  report.cut.not_possible = {{"connection tracking cannot be asked", "接続追跡は参照できません"}};
  report.error = "the kernel said\x1b]0;x\x07 no";
  report.journal_chain = std::string(64, 'a');
  report.standing = 4;
  return report;
}

model::BanListing listing_of_everything() {
  model::BanListing listing;
  listing.bans = {
      {{net("192.0.2.7/32"), milliseconds(60'500), 12}, 3, base::Timestamp{}, "why\x1b"},
      {{net("2001:db8::/64"), {}, {}}, {}, {}, ""}};
  listing.lost = {
      {net("192.0.2.8/32"), model::LostBan::Cause::kOtherBoot, base::Timestamp{}, "x", 1},
      {net("192.0.2.9/32"), model::LostBan::Cause::kTakenAway, {}, "", 2}};
  listing.packets_dropped = 40;
  listing.notes = {{"altered", {"somebody changed it", "変更されています"}}};
  return listing;
}

void expect_words(const std::string& text, std::initializer_list<std::string_view> all) {
  for (const std::string_view words : all) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "nothing foreign reaches the terminal";
}

void expect_width(const std::string& text, size_t columns) {
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = text.find('\n', begin);
    EXPECT_LE(base::display_width(text.substr(begin, end - begin)), columns)
        << text.substr(begin, end - begin);
    begin = end + 1;
  }
}

TEST(RenderBans, AReportSaysWhatBecameOfEach) {
  const std::string text = render_ban_report(report_of_everything(), {});
  expect_words(
      text, {"192.0.2.0/24: banned for 1 d, until 1970-01-02 00:00:00 UTC",
             "It was banned once before", "It takes the place of 192.0.2.7, 192.0.2.128/25",
             "2001:db8::/64: banned until it is lifted", "2001:db8::7/128 names the one",
             "10.9.8.7: already covered by 10.0.0.0/8 (1 min 30 s left)", "203.0.113.9: NOT BANNED",
             "--force does not do it either", "192.0.2.254 is a gateway", "If you mean it: --force",
             "FAILED", "sockets of this machine 3, tracked connections not known",
             "A reboot lifts them all", "What went wrong: the kernel said"});
  EXPECT_LT(text.find("FAILED"), text.find("banned for")) << "what went wrong comes first";
  expect_width(text, 80);
}

TEST(RenderBans, AReportInJapanese) {
  TerminalStyle style;
  style.language = model::Language::kJapanese;
  const std::string text = render_ban_report(report_of_everything(), style);
  expect_words(text, {"192.0.2.0/24：ban しました。1日（1970-01-02 00:00:00 UTC まで）",
                      "過去に1回", "ban していません", "接続追跡は参照できません", "失敗"});
  EXPECT_EQ(text.find("NOT BANNED"), std::string::npos);
  expect_width(text, 80);
}

TEST(RenderBans, ThousandsAreCountedNotListed) {
  model::BanReport report;
  report.steps.assign(5000, step("192.0.2.7", "192.0.2.7/32", BanFate::kLifted));
  report.table_removed = true;
  const std::string text = render_ban_report(report, {});
  expect_words(text, {"and 4950 more: lifted", "the table has gone with the last ban"});
}

TEST(RenderBans, AListing) {
  const std::string text = render_bans(listing_of_everything(), {});
  expect_words(text, {"Banned: 2", "192.0.2.7: 1 min 1 s left, 12 packets dropped", "(#3): why",
                      "2001:db8::/64: until it is lifted", "The journal does not know it",
                      "192.0.2.8: of another boot; it was to last until", "TAKEN AWAY",
                      "somebody changed it", "40 packets"});
  expect_width(text, 80);
  TerminalStyle style;
  style.language = model::Language::kJapanese;
  const std::string japanese = render_bans(listing_of_everything(), style);
  expect_words(japanese, {"有効な ban：2件", "残り 1分1秒", "再起動前の ban", "変更されています"});
  expect_width(japanese, 80);
  expect_words(render_bans({}, {}), {"Nothing is banned"});
}

std::vector<nlohmann::json> lines_of(const std::string& text) {
  std::vector<nlohmann::json> lines;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = text.find('\n', begin);
    lines.push_back(nlohmann::json::parse(text.substr(begin, end - begin), nullptr, false));
    EXPECT_FALSE(lines.back().is_discarded()) << text.substr(begin, end - begin);
    begin = end + 1;
  }
  return lines;
}

TEST(RenderBans, JsonLinesAreWhole) {
  const auto lines =
      lines_of(render_ban_report_json(report_of_everything(), model::Language::kEnglish));
  ASSERT_EQ(lines.size(), 9U);
  EXPECT_EQ(lines[0]["type"], "ban");
  EXPECT_EQ(lines[0]["network"], "192.0.2.0/24");
  EXPECT_EQ(lines[0]["fate"], "banned");
  EXPECT_EQ(lines[0]["seconds"], 86400);
  EXPECT_EQ(lines[0]["replaces"].size(), 2U);
  EXPECT_TRUE(lines[1]["seconds"].is_null());
  EXPECT_EQ(lines[2]["covered_by"]["network"], "10.0.0.0/8");
  EXPECT_EQ(lines[3]["notes"][0]["id"], "session");
  EXPECT_EQ(lines[7]["type"], "cut");
  EXPECT_TRUE(lines[7]["tracked"].is_null());
  EXPECT_EQ(lines[8]["networks"]["refused"], 2);
  EXPECT_EQ(lines[8]["holds_all"], false);
  const auto listed =
      lines_of(render_bans_json(listing_of_everything(), model::Language::kEnglish));
  ASSERT_EQ(listed.size(), 6U);
  EXPECT_EQ(listed[0]["remaining_seconds"], 61);
  EXPECT_EQ(listed[3]["cause"], "taken_away");
  EXPECT_EQ(listed[5]["bans"], 2);
}

}  // namespace
}  // namespace genba::render
