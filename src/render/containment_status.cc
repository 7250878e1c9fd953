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

using model::ContainmentState;
using model::ContainmentStatus;
using model::FlowCounter;
using model::Language;

constexpr size_t kLabelWidth = 12;

struct StateWords {
  ContainmentState state;
  Paint badge;
  std::string_view badge_en;
  std::string_view badge_ja;
  std::string_view en;
  std::string_view ja;
};

constexpr StateWords kStates[] = {
    {ContainmentState::kNone, Paint::kBadgeYellow, "OPEN", "開放", "Nothing is contained here.",
     "封じ込めは行われていません。"},
    {ContainmentState::kTrial, Paint::kBadgeYellow, "CLOSED, ON TRIAL", "遮断中（試行）",
     "It opens by itself unless you confirm.", "確定しなければ自動で開放されます。"},
    {ContainmentState::kConfirmed, Paint::kBadgeYellow, "CLOSED", "遮断中",
     "Confirmed: it stays closed until you take it back. A reboot opens it.",
     "確定済み。元に戻すまで閉じたままです（再起動で開放されます）。"},
    {ContainmentState::kHold, Paint::kBadgeYellow, "CLOSED", "遮断中",
     "Without a timer (--hold), until you take it back. A reboot opens it.",
     "タイマーなし（--hold）。元に戻すまで閉じたままです（再起動で開放されます）。"},
    {ContainmentState::kOpened, Paint::kBadgeRed, "OPEN", "開放",
     "Nobody confirmed in time, so the kernel opened this machine again.",
     "期限までに確定されなかったため、カーネルがこのマシンを再び開放しました。"},
    {ContainmentState::kRebooted, Paint::kBadgeRed, "OPEN", "開放",
     "A reboot has opened this machine: the rules were in memory only.",
     "再起動によりこのマシンは開放されました（ルールはメモリにしかありませんでした）。"},
    {ContainmentState::kGone, Paint::kBadgeRed, "OPEN", "開放",
     "SOMEBODY ELSE REMOVED the containment: this machine is open.",
     "封じ込めが genba 以外により解除されました。このマシンは開放されています。"},
};

bool is_closed(ContainmentState state) {
  return state == ContainmentState::kTrial || state == ContainmentState::kConfirmed ||
         state == ContainmentState::kHold;
}

void add_heading(const ContainmentStatus& status, Screen& screen) {
  const Language language = screen.language();
  const auto words = std::find_if(std::begin(kStates), std::end(kStates),
                                  [&](const StateWords& row) { return row.state == status.state; });
  if (words == std::end(kStates)) {
    return;
  }
  screen.badge(pick(language, words->badge_en, words->badge_ja), words->badge,
               pick(language, words->en, words->ja));
  if (status.state == ContainmentState::kTrial) {
    screen.labelled(pick(language, "opens in", "開放まで"),
                    status.remaining ? span_words(*status.remaining, language)
                                     : std::string(pick(language, "not known", "不明")),
                    2, kLabelWidth);
    screen.command("genba contain confirm", 4);
    screen.command("genba contain extend --timeout 30m", 4);
  }
  if (is_closed(status.state)) {
    screen.command("genba contain undo", 4);
  } else if (status.state != ContainmentState::kNone) {
    screen.text(pick(language, "To close it again, look at the plan first:",
                     "再び遮断するには、まず計画を確認します："),
                2);
    screen.command("genba contain plan", 4);
  }
}

void add_notes(std::string_view title, const std::vector<model::PlanNote>& notes, Screen& screen,
               Paint paint) {
  if (notes.empty()) {
    return;
  }
  screen.section(title);
  for (const model::PlanNote& note : notes) {
    screen.text(note.text.in(screen.language()), 2, paint);
  }
}

void add_counters(std::string_view title, const std::vector<FlowCounter>& counters,
                  Screen& screen) {
  if (counters.empty()) {
    return;
  }
  const Language language = screen.language();
  screen.section(title);
  for (const FlowCounter& counter : counters) {
    screen.labelled(counter.id,
                    counter.bytes
                        ? fmt::format(fmt::runtime(pick(language, "{} packets, {} bytes",
                                                        "{} パケット、{} バイト")),
                                      counter.packets, *counter.bytes)
                        : fmt::format(fmt::runtime(pick(language, "{} packets", "{} パケット")),
                                      counter.packets),
                    2, 20);
  }
}

std::string network_words(const model::NamespaceReport& each, Language language) {
  const std::string_view state = each.gone     ? pick(language, "gone", "消滅済み")
                                 : each.locked ? pick(language, "closed", "遮断中")
                                               : pick(language, "OPEN", "開放");
  const std::string error =
      each.error.en.empty() ? std::string() : fmt::format(" ({})", each.error.in(language));
  return fmt::format("{}{}{}", state,
                     each.locked && !each.owned
                         ? pick(language, ", but another program of root can take it away",
                                "（ただし root の他のプログラムで解除され得ます）")
                         : "",
                     error);
}

void add_networks(const ContainmentStatus& status, Screen& screen) {
  if (status.namespaces.empty()) {
    return;
  }
  const Language language = screen.language();
  screen.section(pick(language, "Networks", "ネットワーク"));
  for (const model::NamespaceReport& each : status.namespaces) {
    screen.labelled("-",
                    fmt::format(fmt::runtime(pick(language, "{}: {}", "{}：{}")),
                                namespace_words(each, language), network_words(each, language)),
                    2, 1);
  }
  if (!status.new_devices.empty()) {
    screen.text(
        fmt::format(fmt::runtime(pick(language, "Devices that came since, not covered below IP: {}",
                                      "後から現れ、IP より下を防げていないデバイス：{}")),
                    fmt::join(status.new_devices, ", ")),
        2, Paint::kYellow);
  }
}

}  // namespace

std::string render_containment(const ContainmentStatus& status, const ContainmentView& view) {
  Screen screen(view.style, view.program);
  const Language language = view.style.language;
  add_heading(status, screen);
  add_notes(pick(language, "Not as it was left", "適用時から変わっているもの"), status.tampering,
            screen, Paint::kRed);
  if (status.armed_at || !status.id.empty()) {
    screen.blank();
    const auto label = [&](std::string_view en, std::string_view ja, std::string_view text) {
      screen.labelled(pick(language, en, ja), text, 2, kLabelWidth);
    };
    label("id", "識別子", status.id);
    label("since", "開始", status.armed_at ? base::to_display(*status.armed_at) : "?");
    label("stands on", "基盤", rung_words(status.rung, language));
    label("guard", "監視",
          status.guard.pid == 0
              ? std::string(pick(language, "none", "なし"))
              : fmt::format(
                    fmt::runtime(status.guard.alive ? pick(language, "process {}", "プロセス {}")
                                                    : pick(language, "process {}, which is DEAD",
                                                           "プロセス {}（停止）")),
                    status.guard.pid));
  }
  add_networks(status, screen);
  add_counters(pick(language, "Dropped", "破棄した通信"), status.dropped, screen);
  add_counters(pick(language, "Let through", "通した通信"), status.allowed, screen);
  add_notes(pick(language, "To know", "補足"), status.notes, screen, Paint::kPlain);
  return screen.take();
}

}  // namespace genba::render
