// SPDX-License-Identifier: Apache-2.0
#include "render/log_words.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"

namespace genba::render {
namespace {

using model::Language;

constexpr Language kBoth[] = {Language::kEnglish, Language::kJapanese};
constexpr std::string_view kDeeds[] = {"sudo",
                                       "sudo_refused",
                                       "su",
                                       "su_failed",
                                       "account_added",
                                       "account_removed",
                                       "account_changed",
                                       "password_changed",
                                       "crontab_changed",
                                       "units_reloaded",
                                       "transient_unit",
                                       "module_taint",
                                       "module_unsigned",
                                       "module_loaded",
                                       "bpf_write_user",
                                       "polkit_exploit",
                                       "kexec",
                                       "audit_stopped",
                                       "audit_config",
                                       "web_shell_speaks",
                                       "ftp_upload",
                                       "clock_step",
                                       "package_command",
                                       "package_installed",
                                       "package_removed",
                                       "package_purged",
                                       "package_reinstalled",
                                       "package_downgraded"};

Deed deed(std::string_view action, std::string_view who, std::string_view target,
          std::string_view what) {
  Deed deed;
  deed.action = action;
  deed.who = who;
  deed.target = target;
  deed.what = what;
  return deed;
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool has_wide(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c & '\x80') != 0; });
}

// The kinds that the table declares, so that a new one is worded too.
std::vector<std::string> kinds_of_anomalies() {
  const model::TableInfo& table = model::tables::log_anomalies();
  const auto column = static_cast<size_t>(table.column_index("kind"));
  std::vector<std::string> kinds(1);
  for (const char c : table.columns[column].meaning) {
    if ((c >= 'a' && c <= 'z') || c == '_') {
      kinds.back() += c;
    } else if (!kinds.back().empty()) {
      kinds.emplace_back();
    }
  }
  kinds.pop_back();
  return kinds;
}

model::LogAnomaly anomaly(std::string_view kind) {
  model::LogAnomaly row;
  row.source = "/var/log/auth.log";
  row.path = "/var/log/auth.log.1";
  row.kind = kind;
  row.count = 15'120;
  row.usual = 600;
  row.others = 1234;
  row.detail = "DETAIL";
  return row;
}

// --- both languages -----------------------------------------------------------------------------

TEST(LogWords, EveryDeedIsWordedInBothLanguagesWithTheSameValues) {
  for (const std::string_view action : kDeeds) {
    const Deed given = deed(action, "WHO", "TARGET", "WHAT");
    const std::string en = deed_words(given, Language::kEnglish);
    const std::string ja = deed_words(given, Language::kJapanese);
    EXPECT_FALSE(en.starts_with(std::string(action) + ": ")) << action << " has no words";
    EXPECT_FALSE(has_wide(en)) << en;
    EXPECT_TRUE(has_wide(ja)) << ja;
    EXPECT_TRUE(base::is_valid_utf8(ja)) << action;
    EXPECT_FALSE(holds(en, "{") || holds(ja, "{")) << en << " / " << ja;
    for (const std::string_view value : {"WHO", "TARGET", "WHAT"}) {
      EXPECT_EQ(holds(en, value), holds(ja, value)) << en << " / " << ja;
    }
  }
}

TEST(LogWords, EveryKindOfAnomalyIsWordedInBothLanguages) {
  const auto kinds = kinds_of_anomalies();
  ASSERT_GE(kinds.size(), 12U);
  EXPECT_EQ(kinds.front(), "silence");
  for (const std::string& kind : kinds) {
    const std::string en = anomaly_words(anomaly(kind), Language::kEnglish);
    const std::string ja = anomaly_words(anomaly(kind), Language::kJapanese);
    EXPECT_FALSE(holds(en, ": " + kind)) << kind << " has no words: " << en;
    EXPECT_FALSE(has_wide(en)) << en;
    EXPECT_TRUE(has_wide(ja)) << kind << ": " << ja;
    EXPECT_FALSE(holds(en, "{") || holds(ja, "{")) << en << " / " << ja;
    EXPECT_TRUE(holds(en, "/var/log/auth.log")) << en;
    EXPECT_TRUE(holds(ja, "/var/log/auth.log")) << ja;
  }
}

// --- deeds --------------------------------------------------------------------------------------

TEST(LogWords, DeedsSayWhoDidWhatAsWhom) {
  EXPECT_EQ(deed_words(deed("sudo", "hana", "root", "/bin/sh"), Language::kEnglish),
            "hana ran as root by sudo: /bin/sh");
  EXPECT_EQ(deed_words(deed("sudo", "hana", "root", "/bin/sh"), Language::kJapanese),
            "hana が sudo で root として実行：/bin/sh");
  EXPECT_EQ(deed_words(deed("password_changed", "", "root", ""), Language::kEnglish),
            "password of root changed");
  EXPECT_EQ(deed_words(deed("package_removed", "", "auditd", "auditd"), Language::kEnglish),
            "removed: auditd");
}

TEST(LogWords, WhoIsNotToldIsSaidToBeUnknown) {
  EXPECT_EQ(deed_words(deed("su", "", "", ""), Language::kEnglish),
            "somebody became somebody by su");
  EXPECT_EQ(deed_words(deed("su", "", "root", ""), Language::kJapanese),
            "不明 が su で root に切り替え");
}

TEST(LogWords, ValueThatLooksLikeAPlaceholderStaysAsItIs) {
  EXPECT_EQ(deed_words(deed("su", "{1}", "{0}", ""), Language::kEnglish), "{1} became {0} by su");
  EXPECT_EQ(deed_words(deed("sudo", "{9}", "{", "{2"), Language::kEnglish),
            "{9} ran as { by sudo: {2");
}

TEST(LogWords, UnknownActionIsShownAsItIs) {
  EXPECT_EQ(deed_words(deed("strange", "a", "b", "c"), Language::kEnglish), "strange: c");
}

TEST(LogWords, CountsAreOfTimesAndOfPackages) {
  Deed given = deed("sudo", "hana", "root", "id");
  given.count = 1234;
  EXPECT_EQ(deed_words(given, Language::kEnglish), "hana ran as root by sudo: id (1,234 times)");
  EXPECT_EQ(deed_words(given, Language::kJapanese),
            "hana が sudo で root として実行：id（1,234回）");
  Deed packages = deed("package_installed", "", "nmap", "nmap jq");
  packages.count = 12;
  EXPECT_EQ(deed_words(packages, Language::kEnglish), "installed: nmap jq (12 in all)");
  EXPECT_EQ(deed_words(packages, Language::kJapanese), "パッケージを導入：nmap jq（計12個）");
}

// --- anomalies ----------------------------------------------------------------------------------

TEST(LogWords, SilenceSaysHowLongAndWhatIsUsual) {
  EXPECT_EQ(anomaly_words(anomaly("silence"), Language::kEnglish),
            "/var/log/auth.log says nothing for 4 h 12 min; all but one in a thousand of its "
            "silences are within 10 min, and other logs have 1,234 lines meanwhile");
  EXPECT_EQ(anomaly_words(anomaly("silence"), Language::kJapanese),
            "/var/log/auth.log に 4時間12分 の空白（通常の空白は 10分 以内、その間に他のログは"
            "1,234行）");
}

TEST(LogWords, StepBackSaysFromWhenToWhen) {
  model::LogAnomaly row = anomaly("time_back");
  row.from_time = base::timestamp_from_unix(1'795'262'400);
  row.to_time = base::timestamp_from_unix(1'795'258'800);
  EXPECT_EQ(anomaly_words(row, Language::kEnglish),
            "times in /var/log/auth.log go back from 2026-11-21 12:00:00 UTC to 2026-11-21 "
            "11:00:00 UTC");
  EXPECT_TRUE(holds(anomaly_words(row, Language::kJapanese), "12:00:00 UTC → 2026-11-21"));
}

TEST(LogWords, CountsOfRecordsAreNumbersAndNotSpans) {
  EXPECT_EQ(anomaly_words(anomaly("wiped_records"), Language::kEnglish),
            "15,120 records in /var/log/auth.log.1 were overwritten with zeros");
  EXPECT_TRUE(holds(anomaly_words(anomaly("nul_run"), Language::kEnglish), "15,120 NUL bytes"));
}

TEST(LogWords, AnomalyOfWhichNothingIsCountedStillReads) {
  model::LogAnomaly row;
  row.path = row.source = "/var/log/wtmp";
  for (const std::string& kind : kinds_of_anomalies()) {
    row.kind = kind;
    for (const Language language : kBoth) {
      EXPECT_TRUE(holds(anomaly_words(row, language), "/var/log/wtmp")) << kind;
    }
  }
}

// --- spans and marks ----------------------------------------------------------------------------

TEST(LogWords, SpansAreTheTwoLargestUnits) {
  const std::pair<int64_t, const char*> spans[] = {
      {0, "0 s"},      {45, "45 s"},    {60, "1 min"},          {61, "1 min 1 s"},
      {3600, "1 h"},   {3601, "1 h"},   {15'120, "4 h 12 min"}, {86'399, "23 h 59 min"},
      {86'400, "1 d"}, {86'460, "1 d"}, {266'400, "3 d 2 h"},   {-15'120, "4 h 12 min"}};
  for (const auto& [seconds, words] : spans) {
    EXPECT_EQ(span_words(seconds, Language::kEnglish), words);
  }
  EXPECT_EQ(span_words(266'400, Language::kJapanese), "3日2時間");
  EXPECT_EQ(span_words(61, Language::kJapanese), "1分1秒");
}

TEST(LogWords, OnlyUncertainTimesAreMarked) {
  EXPECT_EQ(certainty_mark("exact"), "");
  EXPECT_EQ(certainty_mark("anchored"), "");
  EXPECT_EQ(certainty_mark("assumed_zone"), "~");
  EXPECT_EQ(certainty_mark("inferred_year"), "?");
}

}  // namespace
}  // namespace genba::render
