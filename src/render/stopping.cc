// SPDX-License-Identifier: Apache-2.0
#include "render/stopping.h"

#include <utility>

#include "fmt/format.h"
#include "render/screen.h"
#include "render/stopping_parts.h"
#include "render/stopping_words.h"

namespace genba::render {

namespace {

using model::Language;
using model::StoppedProcess;
using model::StopVerb;

constexpr size_t kMostInPart = 8;  // contents that were not kept whole
// "bot.service" of "/system.slice/bot.service"; empty when the group is no service.
std::string_view unit_of(std::string_view cgroup) {
  return cgroup.ends_with(".service") ? cgroup.substr(cgroup.rfind('/') + 1) : std::string_view();
}

// "1 process", "3 processes"; in Japanese the number alone.
std::string counted(size_t number, Language language) {
  return language == Language::kJapanese
             ? fmt::format("{}", number)
             : fmt::format("{} {}", number, number == 1 ? "process" : "processes");
}

std::string listed(const std::vector<int64_t>& pids) {
  std::string text;
  for (size_t i = 0; i < pids.size() && i < kMostStoppedTold; ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : " ", pids[i]);
  }
  return pids.size() > kMostStoppedTold ? text + " …" : text;
}

}  // namespace

std::string render_kept(const model::KeptEvidence& kept, const TerminalStyle& style) {
  Telling telling(style);
  Screen& screen = telling.screen();
  screen.text(telling.say("Kept in {}: {} (programs: {}, contents: {}, {})",
                          "{} に保存しました：プロセス {} 件、プログラム {} 件、内容 {} 件、{}",
                          kept.directory, counted(kept.processes, style.language), kept.executables,
                          kept.contents, size_words(kept.bytes)),
              0);
  if (kept.memory_bytes > 0) {
    screen.text(telling.say("memory: {}", "メモリ：{}", size_words(kept.memory_bytes)), 2);
  }
  if (!kept.changed.empty()) {
    screen.text(telling.say("ended, or became others, while they were read: {}",
                            "読み取り中に終了または入れ替わったもの：{}", listed(kept.changed)),
                2, Paint::kYellow);
  }
  for (size_t i = 0; i < kept.in_part.size() && i < kMostInPart; ++i) {
    screen.text(
        telling.say("not kept whole: {} ({})", "すべては保存できませんでした：{}（{}）",
                    kept.in_part[i].source, stop_words(kept.in_part[i].why, style.language)),
        2, Paint::kYellow);
  }
  telling.more(kept.in_part.size(), kMostInPart);
  if (kept.chain.empty()) {
    screen.text(telling.pick("The case could not be sealed: it may be incomplete.",
                             "ケースを封印できませんでした。内容が欠けている可能性があります。"),
                2, Paint::kRed);
  } else {
    screen.labelled(telling.pick("chain", "チェーン値"), kept.chain, 2, kStopLabelWidth);
  }
  return screen.take();
}

std::string render_freeze(const model::FreezeTold& freeze, const TerminalStyle& style,
                          std::string_view program) {
  Telling telling(style, program);
  Screen& screen = telling.screen();
  const double milliseconds = static_cast<double>(freeze.microseconds) / 1000;
  screen.blank();
  if (freeze.all_frozen) {
    screen.text(telling.say("FROZEN: {} by {}, in {:.1f} ms; the kernel says so of all",
                            "凍結しました：プロセス {} 件（{}、{:.1f} ミリ秒）。すべてカーネルで"
                            "確認済みです",
                            counted(freeze.frozen.size(), style.language),
                            method_word(freeze.method), milliseconds),
                0, Paint::kBold);
  } else {
    screen.text(
        telling.say("NOT ALL FROZEN: {} are (by {}), {} are not",
                    "一部を凍結できませんでした：凍結 {} 件（{}）、未凍結 {} 件",
                    freeze.frozen.size(), method_word(freeze.method), freeze.not_frozen.size()),
        0, Paint::kRed);
  }
  telling.processes(freeze.not_frozen, Paint::kRed);
  screen.labelled("ID", freeze.id, 2, kStopLabelWidth);
  screen.text(listed([&] {
                std::vector<int64_t> pids;
                for (const StoppedProcess& each : freeze.frozen) {
                  pids.push_back(each.pid);
                }
                return pids;
              }()),
              2);
  telling.notes(freeze.notes);
  return screen.take();
}

std::string render_kill(const model::KillTold& kill, const TerminalStyle& style,
                        std::string_view program) {
  Telling telling(style, program);
  Screen& screen = telling.screen();
  screen.blank();
  if (kill.survivors.empty()) {
    screen.text(telling.say("KILLED: {}; none of them lives",
                            "終了させました：プロセス {} 件。残っているものはありません",
                            counted(kill.killed.size(), style.language)),
                0, Paint::kBold);
  } else {
    screen.text(telling.say("NOT ALL DEAD: {} are, {} are not",
                            "一部が終了していません：終了 {} 件、未終了 {} 件", kill.killed.size(),
                            kill.survivors.size()),
                0, Paint::kRed);
  }
  telling.processes(kill.survivors, Paint::kRed);
  screen.text(listed(kill.killed), 2);
  if (!kill.gone.empty()) {
    screen.text(
        telling.say("had ended before: {}", "すでに終了していたもの：{}", listed(kill.gone)), 2);
  }
  telling.notes(kill.notes);
  return screen.take();
}

std::string render_thaw(const model::ThawTold& thaw, const TerminalStyle& style) {
  Telling telling(style);
  Screen& screen = telling.screen();
  screen.blank();
  if (thaw.booted_since) {
    screen.text(telling.say("The machine has been booted since: nothing of freeze {} is left, and "
                            "its processes are gone.",
                            "その後マシンが再起動されました。凍結 {} は残っておらず、対象の"
                            "プロセスも存在しません。",
                            thaw.id),
                0, Paint::kBold);
    return screen.take();
  }
  if (thaw.complete) {
    screen.text(telling.say("THAWED: {}, running again; nothing of the freeze is left",
                            "凍結を解除しました：プロセス {} 件が動作を再開しました",
                            counted(thaw.thawed.size(), style.language)),
                0, Paint::kBold);
  } else {
    screen.text(telling.pick("NOT ALL THAWED: something of the freeze is left",
                             "凍結を完全には解除できませんでした"),
                0, Paint::kRed);
  }
  screen.text(listed(thaw.thawed), 2);
  if (!thaw.gone.empty()) {
    screen.text(
        telling.say("had ended before: {}", "すでに終了していたもの：{}", listed(thaw.gone)), 2);
  }
  telling.notes(thaw.notes);
  return screen.take();
}

std::string render_comeback(const model::ComebackTold& comeback, const TerminalStyle& style) {
  Telling telling(style);
  Screen& screen = telling.screen();
  const std::string program = comeback.path.empty() ? comeback.command : comeback.path;
  screen.text(
      comeback.was_there
          ? telling.say("NEVER CAUGHT: process {} ({})",
                        "捕捉できていませんでした：プロセス {}（{}）", comeback.pid, program)
          : telling.say("CAME BACK: process {} ({})", "再び起動しました：プロセス {}（{}）",
                        comeback.pid, program),
      0, Paint::kRed);
  std::string from;
  for (const model::StarterTold& starter : comeback.from) {
    from += from.empty() ? "" : " < ";
    from += fmt::format("{} ({}{}{})", starter.name, starter.pid, starter.path.empty() ? "" : ", ",
                        starter.path);
  }
  if (from.empty()) {
    from = comeback.parent <= 1 ? "PID 1" : fmt::format("{}", comeback.parent);
    if (const auto unit = unit_of(comeback.cgroup); comeback.parent <= 1 && !unit.empty()) {
      from += telling.say(", in the unit {}", "、ユニット {}", unit);
    }
  }
  screen.labelled(telling.pick("from", "起動元"), from, 2, kStopLabelWidth);
  if (!comeback.cgroup.empty()) {
    screen.labelled("cgroup", comeback.cgroup, 2, kStopLabelWidth);
  }
  std::string alike;
  for (const std::string& likeness : comeback.likeness) {
    alike += alike.empty() ? "" : telling.pick(", ", "、");
    alike += likeness_word(likeness, style.language);
  }
  screen.labelled(telling.pick("known by", "一致点"),
                  telling.say("{}, as the dead {}", "{}（終了した {} と）", alike, comeback.like),
                  2, kStopLabelWidth);
  return screen.take();
}

std::string render_watch(const model::WatchTold& watch, const TerminalStyle& style) {
  Telling telling(style);
  Screen& screen = telling.screen();
  if (!watch.error.empty()) {
    screen.text(
        telling.say("The watch ended early: {}", "監視を途中で終了しました：{}", watch.error), 0,
        Paint::kRed);
  } else if (watch.interrupted) {
    screen.text(telling.say("The watch was ended after {} of {} s.",
                            "監視を {} 秒で中断しました（予定 {} 秒）。", watch.seconds,
                            watch.seconds_asked),
                0, Paint::kYellow);
  }
  screen.text(watch.comebacks == 0
                  ? telling.say("Nobody that resembles it was seen in {} s ({} looks). A new copy "
                                "under another name, path and command would not be recognised.",
                                "{} 秒間の監視（確認 {} 回）では、似たプロセスは現れませんでした。"
                                "名前、パス、コマンドがすべて異なるものは検知できません。",
                                watch.seconds, watch.looks)
                  : telling.say("{} came back, or were never caught, within {} s.",
                                "{} 件が {} 秒以内に再び起動したか、捕捉できていませんでした。",
                                watch.comebacks, watch.seconds),
              0, watch.comebacks == 0 ? Paint::kPlain : Paint::kRed);
  return screen.take();
}

std::string render_stop_summary(const StopSummary& summary, const TerminalStyle& style,
                                std::string_view program) {
  Telling telling(style, program);
  Screen& screen = telling.screen();
  screen.blank();
  if (summary.outcome == "declined") {
    screen.text(telling.pick("Nothing was changed.", "何も変更していません。"), 0);
    return screen.take();
  }
  if (!summary.error.empty()) {
    screen.text(summary.error, 0, Paint::kRed);
  }
  if (!summary.chain.empty()) {
    screen.labelled(telling.pick("journal", "操作記録"), summary.journal, 0, kStopLabelWidth);
    screen.labelled(telling.pick("chain", "チェーン値"), summary.chain, 0, kStopLabelWidth);
  }
  if (summary.verb == StopVerb::kFreeze) {
    screen.text(telling.pick("Frozen processes stay as they are until:",
                             "凍結したプロセスは、次のいずれかを実行するまでそのままです："),
                0);
    screen.command(fmt::format("genba contain kill --id {}", summary.id), 2);
    screen.command(fmt::format("genba contain thaw --id {}", summary.id), 2);
  }
  return screen.take();
}

}  // namespace genba::render
