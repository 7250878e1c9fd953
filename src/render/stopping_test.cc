// SPDX-License-Identifier: Apache-2.0
#include "render/stopping.h"

#include <gtest/gtest.h>

#include <sstream>

#include "nlohmann/json.hpp"
#include "render/stopping_words.h"

namespace genba::render {
namespace {

using model::Language;
using nlohmann::json;

TerminalStyle style(Language language = Language::kEnglish) {
  TerminalStyle made;
  made.columns = 100;
  made.language = language;
  return made;
}

model::StopPlan plan() {
  model::StopPlan plan;
  plan.verb = model::StopVerb::kKill;
  plan.id = "42-20261129T031205";
  plan.target = {"process 42", "プロセス 42"};
  plan.evidence = "/var/lib/genba/cases/42-20261129T031205";
  plan.journal = "/var/lib/genba/actions";
  plan.watch_seconds = 120;
  plan.members = {{42,
                   base::Timestamp{1'000'000'000},
                   "/tmp/.x",
                   "/tmp/.x -o pool\x1b[2J",
                   {{"named", 42, ""}},
                   ""},
                  {43, std::nullopt, "/tmp/.x", "/tmp/.x", {{"executable", 42, "/tmp/.x"}}, ""}};
  plan.left_out = {{7,
                    std::nullopt,
                    "/usr/sbin/cron",
                    "cron -f",
                    {{"pipe", 42, "pipe 9"}},
                    "runs /usr/sbin/cron, a program of the system"}};
  model::Respawner cron;
  cron.kind = model::RespawnKind::kCron;
  cron.confidence = model::Confidence::kLikely;
  cron.source = "/etc/cron.d/x";
  cron.line = 3;
  cron.what = "/tmp/.x -q";
  cron.says = {"cron starts it again.", "cron が再び起動します。"};
  cron.counter = {"Comment it.", "コメントにしてください。"};
  plan.respawners = {cron};
  plan.not_looked_at = {{"not read: at jobs", "未確認：at ジョブ"}};
  return plan;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Stopping, ThePlanSaysWhoAndWhyAndWhoStaysOut) {
  const std::string text = render_stop_plan(plan(), style(), "genba");
  for (const std::string_view part :
       {"Freeze, then kill the family of process 42", "runs the same file as 42",
        "pipe with 42 (pipe 9); but runs /usr/sbin/cron, a program of the system",
        "cron: /etc/cron.d/x:3", "/tmp/.x -q", "Comment it.", "not read: at jobs",
        "/var/lib/genba/cases/42-20261129T031205", "120 s for whoever brings it back",
        "--memory keeps it"}) {
    EXPECT_TRUE(has(text, part)) << part << "\n" << text;
  }
  EXPECT_FALSE(has(text, "\x1b[2J")) << "a hostile command line is escaped";
}

TEST(Stopping, ManyHoldersOfOnePipeAreOneHint) {
  model::StopPlan one_pipe = plan();
  model::Respawner holder;
  holder.kind = model::RespawnKind::kWatchdog;
  holder.what = "pipe:[9]";
  holder.says = {"It shares a pipe.", "パイプを共有しています。"};
  for (const char* pid : {"pid 5", "pid 6"}) {
    holder.source = pid;
    one_pipe.respawners.push_back(holder);
  }
  const std::string text = render_stop_plan(one_pipe, style(), "genba");
  EXPECT_TRUE(has(text, "process: pid 5, pid 6 [hint]")) << text;
}

TEST(Stopping, TheSameInJapanese) {
  const std::string text = render_stop_plan(plan(), style(Language::kJapanese), "genba");
  for (const std::string_view part :
       {"プロセス 42 とその関連プロセスを凍結し、終了させます", "42 と同じファイルを実行",
        "システムのプログラム /usr/sbin/cron を実行しています", "cron が再び起動します。",
        "未確認：at ジョブ", "再び起動するものを 120 秒間監視"}) {
    EXPECT_TRUE(has(text, part)) << part << "\n" << text;
  }
}

TEST(Stopping, ReasonsAreKnownInJapaneseOrStayAsTheyAre) {
  const auto ja = [](std::string_view text) { return stop_words(text, Language::kJapanese); };
  EXPECT_EQ(ja("executable of 900 (/tmp/x, y), pipe of 901"),
            "executable of 900 (/tmp/x, y), pipe of 901")
      << "a comma in a name cannot be told from one between reasons";
  EXPECT_EQ(ja("executable of 900 (/tmp/x), pipe of 901"),
            "900 と同じファイルを実行（/tmp/x）、901 とパイプで接続");
  EXPECT_EQ(ja("process 5 must not be touched: it is Genba itself"),
            "プロセス 5 は操作できません：genba 自身");
  EXPECT_EQ(ja("something new"), "something new");
}

TEST(Stopping, NotAllFrozenIsNeverToldAsFrozen) {
  model::FreezeTold freeze;
  freeze.method = "stop";
  freeze.frozen = {{42, "the process that was named"}};
  freeze.not_frozen = {{43, "does not stop: state D (waits for the kernel)"}};
  const std::string text = render_freeze(freeze, style(), "genba");
  EXPECT_TRUE(has(text, "NOT ALL FROZEN: 1 are (by SIGSTOP), 1 are not")) << text;
  EXPECT_TRUE(has(text, "43: does not stop")) << text;
  freeze.all_frozen = true;
  freeze.not_frozen.clear();
  EXPECT_TRUE(has(render_freeze(freeze, style(), "genba"), "FROZEN: 1 process by SIGSTOP"));
}

TEST(Stopping, ACaseWithoutASealAndWhatIsMissingAreTold) {
  model::KeptEvidence kept;
  kept.directory = "/case";
  kept.changed = {42};
  kept.in_part = {{"/proc/43/exe", "a limit cut it"}};
  const std::string text = render_kept(kept, style());
  EXPECT_TRUE(has(text, "could not be sealed")) << text;
  EXPECT_TRUE(has(text, "not kept whole: /proc/43/exe (a limit cut it)")) << text;
  EXPECT_TRUE(has(text, "while they were read: 42")) << text;
}

TEST(Stopping, WhoComesBackIsNamedWithWhoStartedIt) {
  model::ComebackTold comeback;
  comeback.pid = 50;
  comeback.path = "/tmp/.x";
  comeback.like = 42;
  comeback.likeness = {"file", "command"};
  comeback.from = {{7, "cron", "/usr/sbin/cron", ""}, {1, "init", "", ""}};
  const std::string text = render_comeback(comeback, style());
  EXPECT_TRUE(has(text, "CAME BACK: process 50 (/tmp/.x)")) << text;
  EXPECT_TRUE(has(text, "cron (7, /usr/sbin/cron) < init (1)")) << text;
  EXPECT_TRUE(has(text, "same file, same command line, as the dead 42")) << text;
  comeback.was_there = true;
  EXPECT_TRUE(has(render_comeback(comeback, style()), "NEVER CAUGHT"));
}

TEST(Stopping, WhoComesBackFromAUnitIsNamedWithIt) {
  model::ComebackTold comeback;
  comeback.parent = 1;
  comeback.cgroup = "/system.slice/bot.service";
  EXPECT_TRUE(has(render_comeback(comeback, style()), "PID 1, in the unit bot.service"));
  comeback.cgroup = "/user.slice/user-0.slice/session-1.scope";
  EXPECT_FALSE(has(render_comeback(comeback, style()), "in the unit"));
}

TEST(Stopping, TheWatchSaysHowLongItLookedAndWhatItCannotSee) {
  model::WatchTold watch;
  watch.seconds_asked = 120;
  watch.seconds = 3;
  watch.looks = 30;
  watch.interrupted = true;
  const std::string text = render_watch(watch, style());
  EXPECT_TRUE(has(text, "ended after 3 of 120 s")) << text;
  EXPECT_TRUE(has(text, "would not be recognised")) << text;
}

TEST(Stopping, ARebootIsNoSuccessfulThaw) {
  model::ThawTold thaw;
  thaw.id = "42-1";
  thaw.complete = true;
  thaw.booted_since = true;
  const std::string text = render_thaw(thaw, style());
  EXPECT_TRUE(has(text, "has been booted since")) << text;
  EXPECT_FALSE(has(text, "THAWED")) << text;
}

TEST(Stopping, EveryJsonLineStandsAloneWithItsType) {
  model::FreezeTold freeze;
  freeze.id = "42-1";
  freeze.frozen = {{42, "named \xff"}};
  model::KillTold kill;
  kill.survivors = {{43, "state D"}};
  StopSummary summary;
  summary.outcome = "done";
  const std::string all = stop_plan_json(plan(), Language::kEnglish) + kept_json({}) +
                          freeze_json(freeze) + kill_json(kill) + thaw_json({}) +
                          comeback_json({}) + watch_json({}) + stop_summary_json(summary);
  std::istringstream lines(all);
  std::vector<std::string> types;
  for (std::string line; std::getline(lines, line);) {
    const json object = json::parse(line, nullptr, false);
    ASSERT_FALSE(object.is_discarded()) << line;
    types.push_back(object.value("type", ""));
  }
  EXPECT_EQ(types, (std::vector<std::string>{"plan", "member", "member", "left_out", "respawner",
                                             "not_looked_at", "evidence", "freeze", "kill", "thaw",
                                             "comeback", "watch", "stop_summary"}));
}

}  // namespace
}  // namespace genba::render
