// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "fmt/format.h"
#include "render/screen.h"
#include "render/stopping.h"
#include "render/stopping_parts.h"
#include "render/stopping_words.h"

namespace genba::render {

namespace {

using model::FamilyProcess;
using model::Language;
using model::StopVerb;

constexpr size_t kMostLines = 3;  // of one command line

void add_process(Telling& telling, const FamilyProcess& process) {
  Screen& screen = telling.screen();
  screen.text(fmt::format("{} {}", process.pid, process.path.empty() ? "?" : process.path), 2,
              Paint::kBold);
  if (process.command != process.path && !process.command.empty()) {
    screen.text(process.command, 4, Paint::kDim, kMostLines);
  }
  std::string words;
  for (const model::FamilyLink& link : process.links) {
    // The path and the command line stand above.
    model::FamilyLink shown = link;
    if (shown.detail == process.path || shown.detail == process.command) {
      shown.detail.clear();
    }
    words += words.empty() ? "" : telling.pick(", ", "、");
    words += link_words(shown, telling.language());
  }
  if (!process.why.empty()) {
    words += words.empty() ? "" : telling.pick("; but ", "。ただし ");
    words += stop_words(process.why, telling.language());
  }
  screen.text(words, 4);
}

void add_family(Telling& telling, const model::StopPlan& plan) {
  telling.screen().section(
      telling.say("Who belongs together ({})", "対象のプロセス（{}）", plan.members.size()));
  for (size_t i = 0; i < plan.members.size() && i < kMostStoppedTold; ++i) {
    add_process(telling, plan.members[i]);
  }
  telling.more(plan.members.size(), kMostStoppedTold);
  if (plan.left_out.empty()) {
    return;
  }
  telling.screen().section(
      telling.say("Left out, and why ({})", "対象外とその理由（{}）", plan.left_out.size()));
  for (size_t i = 0; i < plan.left_out.size() && i < kMostStoppedTold; ++i) {
    add_process(telling, plan.left_out[i]);
  }
  telling.more(plan.left_out.size(), kMostStoppedTold);
}

// Of several that say the same, such as all holders of one pipe, the first tells for all.
bool says_the_same(const model::Respawner& left, const model::Respawner& right) {
  return left.kind == right.kind && left.confidence == right.confidence &&
         left.what == right.what && left.says.en == right.says.en &&
         left.counter.en == right.counter.en;
}

std::string source_of(const model::Respawner& each) {
  return each.line ? fmt::format("{}:{}", each.source, *each.line) : each.source;
}

void add_respawner(Telling& telling, const model::Respawner& each, const std::string& sources) {
  const Language language = telling.language();
  Screen& screen = telling.screen();
  screen.text(fmt::format("{}: {}  [{}]", respawn_word(each.kind, language), sources,
                          screen.say(word_of(each.confidence))),
              2, Paint::kBold);
  if (!each.what.empty()) {
    screen.text(each.what, 4, Paint::kDim, kMostLines);
  }
  screen.text(each.says.in(language), 4);
  screen.labelled(telling.pick("counter", "対処"), each.counter.in(language), 4, kStopLabelWidth);
}

void add_respawners(Telling& telling, const model::StopPlan& plan) {
  telling.screen().section(telling.pick("What would bring it back", "再び起動させるもの"));
  if (plan.respawners.empty()) {
    telling.screen().text(telling.pick("Nothing was found where Genba looked.",
                                       "確認した範囲では見つかりませんでした。"),
                          2);
  }
  for (auto each = plan.respawners.begin(); each != plan.respawners.end();) {
    std::string sources = source_of(*each);
    auto next = each + 1;
    for (; next != plan.respawners.end() && says_the_same(*each, *next); ++next) {
      sources += ", " + source_of(*next);
    }
    add_respawner(telling, *each, sources);
    each = next;
  }
  for (const model::Text& each : plan.not_looked_at) {
    telling.screen().text(each.in(telling.language()), 2, Paint::kDim);
  }
}

std::string heading_of(const Telling& telling, const model::StopPlan& plan) {
  const std::string& target = plan.target.in(telling.language());
  switch (plan.verb) {
    case StopVerb::kFreeze:
      return telling.say("Freeze the family of {}", "{} とその関連プロセスを凍結します", target);
    case StopVerb::kKill:
      return plan.is_frozen ? telling.say("Kill the frozen family of {}",
                                          "凍結済みの {} とその関連プロセスを終了させます", target)
                            : telling.say("Freeze, then kill the family of {}",
                                          "{} とその関連プロセスを凍結し、終了させます", target);
    case StopVerb::kThaw:
      return telling.say("Thaw {}: its processes go on running",
                         "{} の凍結を解除します（プロセスは動作を再開します）", target);
  }
  return "";
}

void add_what_is_kept(Telling& telling, const model::StopPlan& plan) {
  Screen& screen = telling.screen();
  screen.section(telling.pick("What is kept", "保存されるもの"));
  if (!plan.evidence.empty()) {
    screen.labelled(telling.pick("evidence", "証拠"), plan.evidence, 2, kStopLabelWidth);
    screen.labelled(
        telling.pick("memory", "メモリ"),
        plan.memory_limit
            ? telling.say("private writable memory, at most {} of all together",
                          "書き込み可能な専有メモリ（合計で最大 {}）",
                          size_words(*plan.memory_limit))
            : std::string(telling.pick("not kept; --memory keeps it, and after a kill it is gone",
                                       "保存しません。保存するには --memory "
                                       "を指定してください（終了後は失われます）")),
        2, kStopLabelWidth);
  }
  screen.labelled(telling.pick("journal", "操作記録"), plan.journal, 2, kStopLabelWidth);
  if (plan.verb == StopVerb::kKill && plan.watch_seconds > 0) {
    screen.labelled(telling.pick("watch", "監視"),
                    telling.say("{} s for whoever brings it back", "再び起動するものを {} 秒間監視",
                                plan.watch_seconds),
                    2, kStopLabelWidth);
  }
}

}  // namespace

std::string render_stop_plan(const model::StopPlan& plan, const TerminalStyle& style,
                             std::string_view program) {
  Telling telling(style, program);
  telling.screen().heading(base::escape_for_terminal(heading_of(telling, plan)));
  for (const model::Text& note : plan.notes) {
    telling.screen().text(stop_words(note.in(style.language), style.language), 0, Paint::kYellow);
  }
  add_family(telling, plan);
  if (plan.verb != StopVerb::kThaw) {
    add_respawners(telling, plan);
  }
  add_what_is_kept(telling, plan);
  telling.screen().blank();
  return telling.screen().take();
}

}  // namespace genba::render
