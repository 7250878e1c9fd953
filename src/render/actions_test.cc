// SPDX-License-Identifier: Apache-2.0
#include "render/actions.h"

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace genba::render {
namespace {

using model::ActionOutcome;

model::ActionLog log_of_a_containment() {
  model::ActionLog log;
  log.host = "web\x1b[2J";
  model::Action apply;
  apply.id = 1;
  apply.began = {{1'000'000'000}, "boot-a", 5};
  apply.actor = {0, 1000, "pts/0", "203.0.113.9"};
  apply.verb = "contain apply";
  apply.subject = "containment";
  apply.why = "a worm\x1b]0;x\x07";
  apply.effect = model::ActionEffect::kEstablishes;
  apply.before.sha256 = std::string(64, 'a');
  apply.after.text = R"({"tables":["genba"]})";
  apply.outcome = ActionOutcome::kProven;
  model::Action undo = apply;
  undo.id = 3;
  undo.verb = "contain undo";
  undo.outcome = ActionOutcome::kIntended;
  undo.proven = false;
  log.actions = {apply, undo};
  log.open = {3};
  log.in_force = {{"containment", 1, apply.after, false}};
  log.altered = true;
  log.notes = {{"actions.jsonl", 9, 4, "the chain is broken"}};
  return log;
}

TEST(RenderActions, TellsWhatIsInForceAndWhatWasBrokenOff) {
  const std::string text = render_actions(log_of_a_containment(), {});
  for (const std::string_view words :
       {"containment, since 1970-01-01 00:00:01 UTC (#1)", "started again since",
        "Begun, without an outcome", "#3 contain undo", "contain apply: proven",
        "contain undo: NO OUTCOME", "uid 0, logged in as uid 1000, pts/0, 203.0.113.9",
        "THE JOURNAL WAS ALTERED", "the chain is broken", "objects/aaaa"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "no byte of the journal reaches a terminal";
}

TEST(RenderActions, WhatIsInForceByAnAlteredEntryIsMarked) {
  model::ActionLog log = log_of_a_containment();
  log.in_force.push_back({"freeze f-1", 3, {}, true});  // by the entry that is not proven
  const auto marked = [](const model::ActionLog& told) {
    const std::string text = render_actions(told, {});
    const std::string in_force = text.substr(0, text.find("Begun, without"));
    EXPECT_NE(in_force.find("freeze f-1"), std::string::npos) << text;
    return in_force.find("This entry was altered") != std::string::npos;
  };
  EXPECT_TRUE(marked(log));
  EXPECT_NE(render_actions(log, {}).find("More may be in force"), std::string::npos);
  log.actions[1].proven = true;
  EXPECT_FALSE(marked(log));
  log.altered = false;
  EXPECT_EQ(render_actions(log, {}).find("More may be in force"), std::string::npos);
}

TEST(RenderActions, SaysItInJapaneseToo) {
  TerminalStyle style;
  style.language = model::Language::kJapanese;
  const std::string text = render_actions(log_of_a_containment(), style);
  EXPECT_NE(text.find("現在有効なもの"), std::string::npos);
  EXPECT_NE(text.find("結果の記録なし"), std::string::npos);
  EXPECT_EQ(text.find("NO OUTCOME"), std::string::npos);
}

TEST(RenderActions, JsonLinesAreWhole) {
  const std::string text = render_actions_json(log_of_a_containment());
  std::vector<nlohmann::json> lines;
  for (size_t start = 0; start < text.size();) {
    const size_t end = text.find('\n', start);
    lines.push_back(nlohmann::json::parse(text.substr(start, end - start)));
    start = end + 1;
  }
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[0].at("type"), "journal");
  EXPECT_EQ(lines[1].at("outcome"), "proven");
  EXPECT_EQ(lines[1].at("after").at("text"), R"({"tables":["genba"]})");
  EXPECT_EQ(lines[3].at("of_this_boot"), false);
  EXPECT_EQ(lines[3].at("proven_chain"), true);
  EXPECT_EQ(lines[4].at("type"), "note");
  EXPECT_EQ(lines[5].at("open").at(0), 3);
  EXPECT_EQ(lines[5].at("altered"), true);
}

TEST(RenderActions, JournalWithoutItsBeginningIsNoCleanOne) {
  model::ActionLog log;
  log.headless = true;
  log.notes = {{"actions.jsonl", 0, 0, "there is no line in it"}};
  const std::string text = render_actions(log, {});
  EXPECT_NE(text.find("LOST ITS BEGINNING"), std::string::npos) << text;
  EXPECT_NE(text.find("there is no line in it"), std::string::npos) << text;
  EXPECT_NE(render_actions_json(log).find(R"("headless":true)"), std::string::npos);
}

TEST(RenderActions, NothingWasDone) {
  EXPECT_EQ(render_actions({}, {}), "No action of Genba is recorded here\n");
}

TEST(RenderChecks, TellsEachLog) {
  const std::vector<LogCheck> checks = {
      {"log.jsonl",
       LogState::kSealed,
       12,
       std::string(64, 'b'),
       2,
       1,
       {{"/objects/x", 0, 3, "gone"}}},
      {"actions.jsonl", LogState::kWhole, 3, std::string(64, 'c'), 0, 0, {}}};
  EXPECT_FALSE(checks[0].holds());
  EXPECT_TRUE(checks[1].holds());
  const std::string text = render_checks(checks, {});
  for (const std::string_view words :
       {"log.jsonl: whole and sealed", "1 of 2 objects", "gone", "actions.jsonl: unbroken",
        "missing at the end", "root can write all of it anew", "--chain"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
  const std::string json = render_checks_json(checks);
  EXPECT_NE(json.find(R"("holds":false)"), std::string::npos);
}

// A sealed case can be written anew just as well; of one that does not hold nothing more is said.
TEST(RenderChecks, NeverClaimsMoreThanAChainWithoutAKeyShows) {
  const auto told = [](LogState state) {
    return render_checks({{"log.jsonl", state, 3, std::string(64, 'b'), 0, 0, {}}}, {});
  };
  EXPECT_NE(told(LogState::kSealed).find("root can write all of it anew"), std::string::npos);
  EXPECT_EQ(told(LogState::kSealed).find("missing at the end"), std::string::npos);
  EXPECT_EQ(told(LogState::kAltered).find("anew"), std::string::npos);
}

}  // namespace
}  // namespace genba::render
