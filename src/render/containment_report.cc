// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/time.h"
#include "fmt/format.h"
#include "render/containment.h"
#include "render/containment_words.h"
#include "render/log_words.h"
#include "render/screen.h"

namespace genba::render {

namespace {

using model::ContainmentChange;
using model::ContainmentChangeKind;
using model::ContainmentReport;
using model::Language;
using model::NamespaceReport;
using model::PathProof;
using model::PlanNote;
using model::ProofOutcome;

constexpr size_t kPathWidth = 20;
constexpr size_t kLabelWidth = 10;
constexpr size_t kDigestShown = 16;  // enough to compare by eye; JSON has all

void add_item(Screen& screen, std::string_view text, Paint paint = Paint::kPlain) {
  if (paint == Paint::kPlain) {
    screen.labelled("-", text, 2, 1);
  } else {
    screen.text(text, 2, paint);
  }
}

void add_notes(std::string_view title, const std::vector<PlanNote>& notes, Screen& screen,
               Paint paint = Paint::kPlain) {
  if (notes.empty()) {
    return;
  }
  screen.section(title);
  for (const PlanNote& note : notes) {
    add_item(screen, note.text.in(screen.language()), paint);
  }
}

void add_heading(const ContainmentReport& report, Screen& screen) {
  const Language language = screen.language();
  switch (report.outcome()) {
    case ProofOutcome::kProven:
      screen.badge(pick(language, "CONTAINED", "封じ込め済み"), Paint::kBadgeYellow,
                   pick(language, "Every path was tried, and none leads out.",
                        "すべての経路を実際に試し、外へ出られないことを確認しました。"));
      break;
    case ProofOutcome::kAsserted:
      screen.badge(pick(language, "RULES IN FORCE", "ルール適用中"), Paint::kBadgeYellow,
                   pick(language,
                        "The kernel took every rule, but not every path could be tried: see below.",
                        "カーネルはすべてのルールを受け入れましたが、試せなかった経路があります"
                        "（下記）。"));
      break;
    case ProofOutcome::kFailed:
      screen.badge(pick(language, "NOT CONTAINED", "封じ込め失敗"), Paint::kBadgeRed,
                   pick(language, "Do not rely on it: see what failed.",
                        "封じ込めは成立していません。失敗した項目を確認してください。"));
      break;
  }
}

// What a person has to do before the timer runs out.
void add_deadline(const ContainmentReport& report, Screen& screen) {
  const Language language = screen.language();
  if (report.hold) {
    screen.text(pick(language, "No timer (--hold): it stays closed until you take it back:",
                     "タイマーなし（--hold）。元に戻すまで閉じたままです："),
                2);
    screen.command("genba contain undo", 4);
    return;
  }
  const std::string when = report.opens_at ? base::to_display(*report.opens_at) : "?";
  if (report.outcome() == ProofOutcome::kFailed) {
    // What to do about the failure comes before confirming it.
    screen.text(fmt::format(fmt::runtime(pick(language, "What is closed opens by itself at {}.",
                                              "閉じた部分は {} に自動で開放されます。")),
                            when),
                2);
    return;
  }
  screen.text(
      fmt::format(fmt::runtime(pick(language,
                                    "It opens by itself at {} ({} after it was closed) unless you "
                                    "confirm. Try a second login first, then:",
                                    "確定しなければ {}（閉じてから {}後）に自動で開放されます。先に"
                                    "もう一つログインできることを確かめてから：")),
                  when, span_words(report.timeout, language)),
      2);
  screen.command("genba contain confirm", 4);
  screen.command("genba contain extend --timeout 30m", 4);
  screen.command("genba contain undo", 4);
}

void add_path(const PathProof& proof, Screen& screen) {
  const Language language = screen.language();
  const std::string figures =
      proof.figures.sent == 0 && proof.figures.dropped == 0
          ? std::string()
          : fmt::format(fmt::runtime(pick(language, " [sent {}, refused {}, dropped {}, passed {}]",
                                          " [送信 {}、拒否 {}、破棄 {}、通過 {}]")),
                        proof.figures.sent, proof.figures.refused, proof.figures.dropped,
                        proof.figures.passed);
  const std::string_view outcome = outcome_words(proof.outcome, language);
  screen.labelled(path_words(proof.path, language),
                  fmt::format(fmt::runtime(pick(language, "{}: {}{}", "{}：{}{}")), outcome,
                              proof.text.in(language), figures),
                  2, kPathWidth);
}

// Failures first: they are what must be read.
void add_paths(const std::optional<PathProof>& session, std::vector<PathProof> paths,
               Screen& screen) {
  if (!session && paths.empty()) {
    return;
  }
  screen.section(pick(screen.language(), "Proof", "実証の結果"));
  if (session) {
    add_path(*session, screen);
  }
  std::stable_sort(paths.begin(), paths.end(), [](const PathProof& a, const PathProof& b) {
    return a.outcome == ProofOutcome::kFailed && b.outcome != ProofOutcome::kFailed;
  });
  for (const PathProof& proof : paths) {
    add_path(proof, screen);
  }
}

std::string digest_words(const NamespaceReport& each, Language language) {
  if (each.digest_before.empty() || each.digest_after.empty()) {
    return {};
  }
  const std::string before = each.digest_before.substr(0, kDigestShown);
  if (each.digest_before == each.digest_after) {
    return fmt::format(fmt::runtime(pick(language, "; other rules as before ({}…)",
                                         "。ほかのルールは元のまま（{}…）")),
                       before);
  }
  return fmt::format(
      fmt::runtime(pick(language,
                        "; OTHER RULES CHANGED meanwhile, and not by Genba ({}… to "
                        "{}…)",
                        "。ほかのルールが genba 以外により変更されました（{}… → {}…）")),
      before, each.digest_after.substr(0, kDigestShown));
}

std::string namespace_state(const NamespaceReport& each, Language language) {
  if (!each.error.en.empty()) {
    return fmt::format("{}{}", pick(language, "FAILED: ", "失敗："), each.error.in(language));
  }
  if (each.gone) {
    return std::string(
        pick(language, "gone: nothing leaves it any more", "消滅済み（もう何も送信されません）"));
  }
  std::string text(each.locked ? pick(language, "closed", "遮断中")
                               : pick(language, "open", "開放"));
  if (each.locked) {
    text += each.owned ? pick(language, ", and no other program can take it away",
                              "。他のプログラムは解除できません")
                       : pick(language,
                              ", but another program of root can take it away (a firewall's "
                              "reload, for one)",
                              "。ただし root の他のプログラム（ファイアウォールの再読み込みなど）で"
                              "解除され得ます");
  }
  if (!each.hooked.empty()) {
    text += fmt::format(fmt::runtime(pick(language, "; below IP on {}{}", "。IP より下：{}{}")),
                        fmt::join(each.hooked, ", "),
                        each.egress ? "" : pick(language, " (incoming only)", "（受信のみ）"));
  }
  return text + digest_words(each, language);
}

void add_namespaces(const std::vector<NamespaceReport>& namespaces, Screen& screen) {
  if (namespaces.empty()) {
    return;
  }
  const Language language = screen.language();
  screen.section(pick(language, "Networks", "ネットワーク"));
  for (const NamespaceReport& each : namespaces) {
    add_item(screen, fmt::format(fmt::runtime(pick(language, "{}: {}", "{}：{}")),
                                 namespace_words(each, language), namespace_state(each, language)));
  }
}

void add_journal(const std::string& journal, Screen& screen) {
  if (journal.empty()) {
    return;
  }
  screen.blank();
  screen.text(pick(screen.language(), "Every step is in the journal:", "各手順の記録："), 0);
  screen.command(fmt::format("genba case log {}", journal), 2);
}

std::string guard_words(const model::GuardReport& guard, Language language) {
  if (guard.pid == 0) {
    return std::string(pick(language, "none", "なし"));
  }
  return fmt::format(fmt::runtime(guard.alive ? pick(language, "process {}", "プロセス {}")
                                              : pick(language, "process {}, which is DEAD",
                                                     "プロセス {}（停止）")),
                     guard.pid);
}

std::string change_heading(const ContainmentChange& change, Language language) {
  const bool failed = change.failed();
  switch (change.kind) {
    case ContainmentChangeKind::kConfirm:
      if (failed && !change.remaining) {
        return std::string(
            pick(language,
                 "Confirmed, but NOT ALL OF IT: this machine stays closed until you take it back, "
                 "and the rest is below.",
                 "確定しましたが、一部は失敗しました（下記）。このマシンは元に戻すまで閉じたままで"
                 "す。"));
      }
      return std::string(
          failed ? pick(language, "NOT CONFIRMED: the timer goes on.",
                        "確定できませんでした。タイマーは続いています。")
                 : pick(language, "Confirmed: closed until you take it back. A reboot opens it.",
                        "確定しました。元に戻すまで閉じたままです（再起動で開放されます）。"));
    case ContainmentChangeKind::kExtend:
      if (failed || !change.remaining) {
        return std::string(pick(language, "NOT EXTENDED.", "延長できませんでした。"));
      }
      return fmt::format(fmt::runtime(pick(language, "Extended: it opens by itself in {}.",
                                           "延長しました。{}後に自動で開放されます。")),
                         span_words(*change.remaining, language));
    case ContainmentChangeKind::kUndo:
      return std::string(failed ? pick(language, "NOT ALL OF IT IS TAKEN BACK: see below.",
                                       "すべては元に戻せませんでした（下記）。")
                                : pick(language, "Taken back: this machine is open again.",
                                       "元に戻しました。このマシンは再び開放されています。"));
  }
  return {};
}

std::string took_words(int64_t nanoseconds) {
  return fmt::format("{:.1f} ms", static_cast<double>(nanoseconds) / 1e6);
}

}  // namespace

std::string render_containment(const ContainmentReport& report, const ContainmentView& view) {
  Screen screen(view.style, view.program);
  const Language language = view.style.language;
  add_heading(report, screen);
  add_deadline(report, screen);
  add_notes(pick(language, "What failed", "失敗した項目"), report.failures, screen, Paint::kRed);
  if (report.outcome() == ProofOutcome::kFailed) {
    screen.blank();
    screen.text(pick(language, "Take back what was done, or read what is in force:",
                     "元に戻すか、現在の状態を確認します："),
                0);
    screen.command("genba contain undo", 2);
    screen.command("genba contain status", 2);
  }
  add_paths(report.session, report.paths, screen);
  add_namespaces(report.namespaces, screen);
  screen.section(pick(language, "How", "方法"));
  const auto label = [&](std::string_view en, std::string_view ja, std::string_view text) {
    screen.labelled(pick(language, en, ja), text, 2, kLabelWidth);
  };
  label("stands on", "基盤", rung_words(report.rung, language));
  label("id", "識別子", report.id);
  label("closed", "開始",
        fmt::format("{} ({})", base::to_display(report.armed_at), took_words(report.took)));
  label("guard", "監視", guard_words(report.guard, language));
  label("plan", "計画", report.plan_sha256);
  add_notes(pick(language, "What it does not cover", "防げないもの"), report.notes, screen);
  add_journal(report.journal, screen);
  return screen.take();
}

std::string render_containment(const ContainmentChange& change, const ContainmentView& view) {
  Screen screen(view.style, view.program);
  const Language language = view.style.language;
  const bool failed = change.failed();
  screen.badge(failed ? pick(language, "FAILED", "失敗") : pick(language, "DONE", "完了"),
               failed ? Paint::kBadgeRed : Paint::kBadgeYellow, change_heading(change, language));
  add_notes(pick(language, "What failed", "失敗した項目"), change.failures, screen, Paint::kRed);
  add_paths(change.session, {}, screen);
  add_namespaces(change.namespaces, screen);
  add_notes(pick(language, "To know", "補足"), change.notes, screen);
  add_journal(change.journal, screen);
  return screen.take();
}

}  // namespace genba::render
