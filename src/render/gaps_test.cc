// SPDX-License-Identifier: Apache-2.0
#include "render/gaps.h"

#include <gtest/gtest.h>

#include "model/tables/host_info.h"
#include "render/coverage_words.h"

namespace genba::render {
namespace {

using model::Language;

struct Situation {
  explicit Situation(int64_t euid) {
    model::HostInfo host;
    host.euid = euid;
    facts.rows<model::HostInfo>().push_back(host);
    report.facts = &facts;
    report.judgement = &judgement;
  }
  model::Coverage& add(std::string subject, std::string status, std::string remedy) {
    model::Coverage& row = facts.rows<model::Coverage>().emplace_back();
    row.subject = std::move(subject);
    row.status = std::move(status);
    if (!remedy.empty()) {
      row.remedy = std::move(remedy);
    }
    return row;
  }
  std::string sentence(Language language) const {
    return gaps_sentence(report, make_brief(report), language);
  }
  model::Facts facts;
  model::Judgement judgement;
  Report report;
};

TEST(Gaps, AreToldByWhatHelps) {
  Situation run(1000);
  run.add("sock_diag", "unsupported", "");
  run.add("/usr", "partial", "--deep");
  run.add("/proc/PID/exe", "partial", "run as root").denied = 3;
  run.add("/proc", "complete", "");
  EXPECT_EQ(run.sentence(Language::kEnglish),
            "3 of 4 sources not read, or only in part: 1 refused (run as root), 1 cut short to "
            "save time (run with --deep), 1 not supported here.");
  EXPECT_EQ(make_brief(run.report).gaps.front()->subject, "/proc/PID/exe");
}

TEST(Gaps, RulesAreCountedByWhatTheyLack) {
  Situation run(0);
  EXPECT_TRUE(limits_of_view(run.report, Language::kEnglish).empty());
  run.judgement.rules_applied = 20;
  for (const char* reason : {"not_applicable", "not_applicable", "not_read", "too slow"}) {
    run.judgement.not_judged.emplace_back().reason = reason;
  }
  EXPECT_EQ(limits_of_view(run.report, Language::kEnglish),
            (std::vector<std::string>{"Rules: 20 applied, 2 need a running host, 1 lacked facts, "
                                      "1 failed or took too long."}));
}

TEST(Gaps, DamagedCaseIsAFailureNotAChoice) {
  Situation run(0);
  run.add("log.jsonl", "partial", "compare with another copy of the case").area = "case";
  EXPECT_NE(run.sentence(Language::kEnglish).find("1 failed or damaged"), std::string::npos);
}

TEST(Gaps, RootIsNeverToldToRunAsRoot) {
  Situation run(0);
  auto& row = run.add("/proc/PID/exe", "partial", "run as root");
  row.denied = 1;
  for (const Language language : {Language::kEnglish, Language::kJapanese}) {
    EXPECT_EQ(run.sentence(language).find("run as root"), std::string::npos);
    EXPECT_EQ(run.sentence(language).find("rootで実行"), std::string::npos);
    EXPECT_EQ(coverage_remedy(row, run.report, language), "");
  }
}

TEST(Gaps, AnOrdinaryUserIsNotToldWhatRootWasRefused) {
  Situation run(1000);
  run.add("/proc/PID/environ", "partial", "run again").denied = 1;
  EXPECT_NE(run.sentence(Language::kEnglish).find("1 refused (run as root)"), std::string::npos);
}

TEST(Gaps, KnownReasonsAreSaidInJapaneseWithTheirValues) {
  const auto ja = [](std::string_view english) {
    return coverage_text(english, Language::kJapanese);
  };
  EXPECT_EQ(ja("stopped after 500 entries"), "500件で打ち切りました");
  EXPECT_EQ(ja("915 of 1078 files were not compared: the time for it is over"),
            "1078ファイルのうち915件は、時間切れのため照合していません");
  EXPECT_EQ(ja("reading '/proc/1/maps': permission denied"),
            "アクセスを拒否されました（/proc/1/maps の読み取り）");
  EXPECT_EQ(ja("refused by the kernel even to root: reading '/x': permission denied"),
            "rootでもカーネルに拒否されました（アクセスを拒否されました（/x の読み取り））");
  EXPECT_EQ(ja("/mnt: a network, FUSE or automount filesystem is not entered (nfs)"),
            "/mnt：ネットワーク、FUSE、自動マウントのファイルシステムには入りません (nfs)");
  EXPECT_EQ(coverage_text("--deep", Language::kEnglish), "--deep");
}

TEST(Gaps, AnUnknownReasonStaysEnglish) {
  for (const std::string_view text : {"", "something else", "stopped after", "* entries {0}"}) {
    EXPECT_EQ(coverage_text(text, Language::kJapanese), text);
  }
}

}  // namespace
}  // namespace genba::render
