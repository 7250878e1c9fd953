// SPDX-License-Identifier: Apache-2.0
#include "render/actions.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/text.h"
#include "fmt/format.h"
#include "render/screen.h"

namespace genba::render {

namespace {

using model::Action;
using model::ActionLog;
using model::ActionOutcome;
using model::Language;

constexpr size_t kLabelWidth = 10;
constexpr size_t kStateLines = 6;

std::string_view outcome_words(ActionOutcome outcome, Language language) {
  switch (outcome) {
    case ActionOutcome::kIntended: return pick(language, "NO OUTCOME", "結果の記録なし");
    case ActionOutcome::kDone: return pick(language, "done", "実行済み");
    case ActionOutcome::kFailed: return pick(language, "FAILED", "失敗");
    case ActionOutcome::kProven: return pick(language, "proven", "実証済み");
    case ActionOutcome::kAsserted:
      return pick(language, "done, not proven", "実行済み（実証できず）");
  }
  return "";
}

Paint outcome_paint(ActionOutcome outcome) {
  switch (outcome) {
    case ActionOutcome::kIntended:
    case ActionOutcome::kFailed: return Paint::kRed;
    case ActionOutcome::kAsserted: return Paint::kYellow;
    case ActionOutcome::kDone:
    case ActionOutcome::kProven: return Paint::kBold;
  }
  return Paint::kPlain;
}

std::string who(const model::ActionActor& actor, Language language) {
  std::string text = fmt::format("uid {}", actor.uid);
  if (actor.loginuid) {
    text += fmt::format(fmt::runtime(pick(language, ", logged in as uid {}", "、ログイン uid {}")),
                        *actor.loginuid);
  }
  for (const std::string& more : {actor.tty, actor.address}) {
    text += more.empty() ? "" : fmt::format("{}{}", pick(language, ", ", "、"), more);
  }
  return text;
}

std::string state_words(const model::ActionState& state) {
  return state.text.empty() ? fmt::format("objects/{}", state.sha256) : state.text;
}

// Nullptr: no entry is left that says so.
void mark_unproven(const Action* action, size_t indent, Screen& screen) {
  if (action == nullptr || !action->proven) {
    screen.text(pick(screen.language(), "This entry was altered, or stands behind one that was.",
                     "この項目、またはこれより前の項目が改ざんされています。"),
                indent, Paint::kRed);
  }
}

void add_action(const Action& action, Screen& screen) {
  const Language language = screen.language();
  const auto label = [&](std::string_view en, std::string_view ja, std::string_view text,
                         size_t lines = SIZE_MAX) {
    if (!text.empty()) {
      screen.labelled(pick(language, en, ja), text, 2, kLabelWidth, lines);
    }
  };
  screen.blank();
  screen.text(fmt::format("#{}  {}  {}: {}", action.id, base::to_display(action.began.utc),
                          action.verb, outcome_words(action.outcome, language)),
              0, outcome_paint(action.outcome));
  mark_unproven(&action, 2, screen);
  label("about", "対象", action.subject);
  label("who", "実行者", who(action.actor, language));
  label("why", "理由", action.why);
  label("plan", "計画", action.plan_sha256);
  label("before", "実行前", action.before.empty() ? "" : state_words(action.before), kStateLines);
  label("after", "実行後", action.after.empty() ? "" : state_words(action.after), kStateLines);
  label("detail", "詳細", action.detail);
}

void add_in_force(const ActionLog& log, Screen& screen) {
  const Language language = screen.language();
  screen.section(pick(language, "In force", "現在有効なもの"));
  if (log.in_force.empty()) {
    screen.text(pick(language, "Nothing, as far as this journal knows.",
                     "この記録で分かる限り、ありません。"),
                2);
  }
  for (const model::InForce& each : log.in_force) {
    const Action* action = log.find(each.established_by);
    const std::string since = action == nullptr ? "" : base::to_display(action->began.utc);
    screen.text(
        fmt::format(fmt::runtime(pick(language, "{}, since {} (#{})", "{}：{} から（#{}）")),
                    each.subject, since, each.established_by),
        2, Paint::kBold);
    mark_unproven(action, 4, screen);
    if (!each.of_this_boot) {
      screen.text(pick(language,
                       "The machine has been started again since, or this is another machine: "
                       "what the kernel held is gone.",
                       "その後マシンが再起動されたか、別のマシンです。カーネル内の設定は失われて"
                       "います。"),
                  4, Paint::kYellow);
    }
  }
  if (log.altered || log.headless) {
    screen.text(pick(language,
                     "More may be in force than this says, or less: ask the kernel with 'genba "
                     "contain status' and 'genba contain bans'; what was frozen lies in groups "
                     "'genba-…' below /sys/fs/cgroup.",
                     "実際に有効なものとは異なる可能性があります。'genba contain status' と 'genba "
                     "contain bans' でカーネルの状態を確認してください。凍結したプロセスは "
                     "/sys/fs/cgroup の下の 'genba-…' グループにあります。"),
                2, Paint::kRed);
  }
}

void add_open(const ActionLog& log, Screen& screen) {
  if (log.open.empty()) {
    return;
  }
  const Language language = screen.language();
  screen.section(pick(language, "Begun, without an outcome", "開始後、結果の記録がないもの"));
  screen.text(pick(language,
                   "Genba was ended in the middle, or is at it right now: look at the host before "
                   "you rely on either state.",
                   "genba が途中で終了したか、現在実行中です。どちらの状態かはマシンで確認して"
                   "ください。"),
              2);
  for (const uint64_t id : log.open) {
    if (const Action* action = log.find(id)) {
      screen.text(fmt::format("#{}  {}  {}", id, action->verb, action->subject), 2, Paint::kRed);
    }
  }
}

void add_notes(std::span<const base::Note> notes, Screen& screen) {
  for (const base::Note& note : notes) {
    screen.text(fmt::format(fmt::runtime(pick(screen.language(), "{} at byte {}: {}",
                                              "{} の {} バイト目：{}")),
                            note.source, note.offset, note.reason),
                2, Paint::kYellow);
  }
}

std::string heading(const ActionLog& log, Language language) {
  if (log.actions.empty()) {
    return std::string(
        pick(language, "No action of Genba is recorded here", "genba の操作は記録されていません"));
  }
  return fmt::format(
      fmt::runtime(pick(language, "Actions of Genba on {}: {}", "{} での genba の操作：{}件")),
      log.host.empty() ? "?" : log.host, log.actions.size());
}

std::string_view state_words(LogState state, Language language) {
  switch (state) {
    case LogState::kSealed: return pick(language, "whole and sealed", "完全（封印あり）");
    case LogState::kWhole:
      return pick(language, "unbroken; it has no seal, for it goes on",
                  "チェーンに途切れなし（継続中の記録のため封印はありません）");
    case LogState::kCut:
      return pick(language, "CUT: a part of it is missing", "一部が欠けています");
    case LogState::kAltered: return pick(language, "ALTERED", "改ざんされています");
    case LogState::kShortened:
      return pick(language, "NOT THE ONE: the chain value that was noted does not stand in it",
                  "控えたチェーン値がありません（末尾の行が失われたか、別の記録です）");
  }
  return "";
}

// The chain has no key: it shows a careless hand, not a careful one.
void add_what_is_not_seen(const std::vector<LogCheck>& checks, Screen& screen) {
  const auto any = [&](LogState state) {
    return std::any_of(checks.begin(), checks.end(),
                       [state](const LogCheck& check) { return check.state == state; });
  };
  if (!any(LogState::kWhole) && !any(LogState::kSealed)) {
    return;
  }
  const Language language = screen.language();
  screen.blank();
  if (any(LogState::kWhole)) {
    screen.text(
        pick(language, "Lines that are missing at the end of a journal cannot be seen in it.",
             "操作の記録の末尾の行が失われていても、記録だけからは分かりません。"),
        0);
  }
  screen.text(
      pick(language,
           "Whoever is root can write all of it anew, and it would look like this: compare "
           "the chain value with one that was noted elsewhere (--chain).",
           "root なら全体を書き直せるため、この結果だけでは書き直しの有無は分かりません。別の"
           "場所に控えたチェーン値と --chain で比べてください。"),
      0);
}

}  // namespace

std::string_view to_string(LogState state) {
  switch (state) {
    case LogState::kSealed: return "sealed";
    case LogState::kWhole: return "whole";
    case LogState::kCut: return "cut";
    case LogState::kAltered: return "altered";
    case LogState::kShortened: return "shortened";
  }
  return "";
}

std::string render_actions(const ActionLog& log, const TerminalStyle& style) {
  Screen screen(style);
  const Language language = style.language;
  screen.heading(base::escape_for_terminal(heading(log, language)));
  if (log.altered) {
    screen.text(pick(language, "THE JOURNAL WAS ALTERED: what is marked below cannot be relied on.",
                     "記録が改ざんされています。印のある項目は信頼できません。"),
                0, Paint::kRed);
  }
  if (log.headless) {
    screen.text(pick(language, "THE JOURNAL HAS LOST ITS BEGINNING: actions may be missing.",
                     "記録の先頭が失われています。操作の一部が欠けている可能性があります。"),
                0, Paint::kRed);
  }
  add_notes(log.notes, screen);
  if (log.actions.empty() && log.notes.empty()) {
    return screen.take();
  }
  add_in_force(log, screen);
  add_open(log, screen);
  screen.section(pick(language, "Every action", "すべての操作"));
  for (const Action& action : log.actions) {
    add_action(action, screen);
  }
  return screen.take();
}

std::string render_checks(const std::vector<LogCheck>& checks, const TerminalStyle& style) {
  Screen screen(style);
  const Language language = style.language;
  for (const LogCheck& check : checks) {
    screen.blank();
    screen.text(fmt::format("{}: {}", check.name, state_words(check.state, language)), 0,
                check.holds() ? Paint::kBold : Paint::kRed);
    screen.text(fmt::format(fmt::runtime(pick(language,
                                              "{} lines; {} of {} objects are as they "
                                              "were kept",
                                              "{} 行、オブジェクト {} / {} 件が保存時のまま")),
                            check.lines, check.objects - check.objects_wrong, check.objects),
                2);
    screen.labelled(pick(language, "chain", "チェーン値"), check.chain, 2, kLabelWidth);
    add_notes(check.notes, screen);
  }
  add_what_is_not_seen(checks, screen);
  return screen.take();
}

}  // namespace genba::render
