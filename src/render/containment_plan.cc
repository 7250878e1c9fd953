// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "fmt/format.h"
#include "render/containment.h"
#include "render/containment_words.h"
#include "render/log_words.h"
#include "render/screen.h"

namespace genba::render {

namespace {

using model::ContainmentPlan;
using model::Language;
using model::PlanNote;

constexpr size_t kTitleWidth = 18;
constexpr size_t kMostNotes = 8;  // of one kind; the rest is a number
constexpr size_t kMostNamespaces = 6;
constexpr size_t kMostEndpoints = 6;

void add_item(Screen& screen, std::string_view text, size_t indent = 2) {
  screen.labelled("-", text, indent, 1);
}

// Many notes of one kind (a line a program) are cut; the plan has the most important first.
void add_notes(const std::vector<PlanNote>& notes, Screen& screen) {
  size_t same = 0;
  for (size_t i = 0; i < notes.size(); ++i) {
    same = i > 0 && notes[i].id == notes[i - 1].id ? same + 1 : 1;
    if (same <= kMostNotes) {
      add_item(screen, notes[i].text.in(screen.language()));
    }
    const bool last = i + 1 == notes.size() || notes[i + 1].id != notes[i].id;
    if (last && same > kMostNotes) {
      add_item(screen,
               fmt::format(fmt::runtime(pick(screen.language(), "and {} more (--json has them all)",
                                             "ほか {}件（--json ですべて表示）")),
                           same - kMostNotes));
    }
  }
}

void add_section(std::string_view title, const std::vector<PlanNote>& notes, Screen& screen) {
  if (!notes.empty()) {
    screen.section(title);
    add_notes(notes, screen);
  }
}

void add_heading(const ContainmentPlan& plan, const ContainmentView& view, Screen& screen) {
  const Language language = screen.language();
  if (!plan.refusals.empty()) {
    screen.badge(pick(language, "REFUSED", "拒否"), Paint::kBadgeRed,
                 pick(language, "This plan must not be applied as it is. Nothing was changed.",
                      "この計画はこのままでは適用できません。何も変更していません。"));
    add_notes(plan.refusals, screen);
    return;
  }
  screen.badge(
      pick(language, "PLAN", "計画"), Paint::kBadgeYellow,
      view.shows_next_step
          ? pick(language, "What containing this machine would do. Nothing was changed.",
                 "このマシンを封じ込めるとどうなるか。何も変更していません。")
          : pick(language, "What containing this machine will do. Nothing has been changed yet.",
                 "このマシンを封じ込めるとどうなるか。まだ何も変更していません。"));
  if (plan.hold) {
    screen.text(pick(language, "Without a timer (--hold): closed until somebody takes it back.",
                     "タイマーなし（--hold）：誰かが元に戻すまで閉じたままです。"),
                2);
    return;
  }
  const std::string_view words =
      plan.kernel_timer
          ? pick(
                language,
                "On trial for {}: unless you confirm by then, the kernel opens this machine again, "
                "even if Genba is dead.",
                "試行期間は {}。それまでに確定しなければ、genba が停止していてもカーネルがこの"
                "マシンを再び開放します。")
          : pick(language,
                 "On trial for {}: unless you confirm by then, a guard process opens this machine "
                 "again. If that is killed, nothing does.",
                 "試行期間は {}。それまでに確定しなければ、監視プロセスがこのマシンを再び開放し"
                 "ます。監視プロセスが終了させられると、自動では開放されません。");
  screen.text(fmt::format(fmt::runtime(words), span_words(plan.timeout, language)), 2);
}

// What becomes of everything that nobody allowed.
std::string_view rest_words(model::ContainmentRung rung, Language language) {
  using model::ContainmentRung;
  switch (rung) {
    case ContainmentRung::kCgroupBpf:
      return pick(language,
                  "Also the loopback device. What any other socket sends or would receive is "
                  "dropped without an answer: IPv4 and IPv6, also what is connected now.",
                  "ほかにループバック。それ以外のソケットの送受信は IPv4・IPv6 とも応答なしで破棄"
                  "します。いま確立している接続も対象です。");
    case ContainmentRung::kRoutes:
      return pick(language,
                  "Also the loopback device. Nothing else is sent or forwarded: IPv4 and IPv6, "
                  "also over what is connected now.",
                  "ほかにループバック。それ以外への送信と転送は IPv4・IPv6 とも行われません。いま"
                  "確立している接続も対象です。");
    case ContainmentRung::kNftables:
    case ContainmentRung::kNftablesInet:
    case ContainmentRung::kNone: break;
  }
  return pick(language,
              "Also the loopback device and ARP. Everything else is dropped without an answer: "
              "IPv4 and IPv6, in, out and forwarded, also what is connected now.",
              "ほかにループバックと ARP。それ以外は IPv4・IPv6 とも、受信・送信・転送のすべてを"
              "応答なしで破棄します。いま確立している接続も対象です。");
}

void add_flows(const ContainmentPlan& plan, Screen& screen) {
  const Language language = screen.language();
  screen.section(pick(language, "Who stays connected, and why", "維持される通信とその理由"));
  if (plan.session && plan.session->loopback) {
    screen.labelled(pick(language, "your session", "現在のセッション"),
                    pick(language, "comes from this host itself, which always passes",
                         "このホスト自身からの接続のため、常に維持されます"),
                    2, kTitleWidth);
  }
  for (const FlowLine& line : flow_lines(plan.flows, language)) {
    std::string first = line.endpoints.empty() ? line.reason : line.endpoints[0];
    screen.labelled(line.title, first, 2, kTitleWidth);
    for (size_t i = 1; i < std::min(line.endpoints.size(), kMostEndpoints); ++i) {
      screen.text(line.endpoints[i], 2 + kTitleWidth + 2);
    }
    if (line.endpoints.size() > kMostEndpoints) {
      screen.text(fmt::format(fmt::runtime(pick(language, "and {} more", "ほか {}件")),
                              line.endpoints.size() - kMostEndpoints),
                  2 + kTitleWidth + 2);
    }
    if (!line.endpoints.empty()) {
      screen.text(line.reason, 2 + kTitleWidth + 2, Paint::kDim);
    }
  }
  screen.text(rest_words(plan.rung, language), 2);
}

std::string device_words(const ContainmentPlan& plan, Language language) {
  std::string text;
  for (const model::HookedDevice& device : plan.devices) {
    text += fmt::format(fmt::runtime(pick(language, "{}{} ({})", "{}{}（{}）")),
                        text.empty() ? "" : pick(language, ", ", "、"), device.name,
                        device.why.in(language));
  }
  return text;
}

// "4026532208 (/run/netns/blue)", "4026532209 (process 42 and 3 more)".
std::string other_words(const model::OtherNamespace& other, Language language) {
  if (!other.path.empty()) {
    return fmt::format(fmt::runtime(pick(language, "{} ({})", "{}（{}）")), other.inode,
                       other.path);
  }
  return other.processes > 1
             ? fmt::format(fmt::runtime(pick(language, "{} (process {} and {} more)",
                                             "{}（プロセス {} ほか {}個）")),
                           other.inode, other.pid, other.processes - 1)
             : fmt::format(fmt::runtime(pick(language, "{} (process {})", "{}（プロセス {}）")),
                           other.inode, other.pid);
}

void add_namespaces(const ContainmentPlan& plan, Screen& screen) {
  if (plan.namespaces.empty()) {
    return;
  }
  const Language language = screen.language();
  const size_t number = plan.namespaces.size();
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(number, kMostNamespaces); ++i) {
    names.push_back(other_words(plan.namespaces[i], language));
  }
  if (number > kMostNamespaces) {
    names.push_back(fmt::format(fmt::runtime(pick(language, "and {} more", "ほか {}個")),
                                number - kMostNamespaces));
  }
  add_item(
      screen,
      fmt::format(fmt::runtime(pick(language, "in {} other network namespace{}, everything: {}",
                                    "ほかのネットワーク名前空間 {}個{}はすべて遮断：{}")),
                  number, pick(language, number == 1 ? "" : "s", ""),
                  fmt::join(names, pick(language, ", ", "、"))));
}

void add_places(const ContainmentPlan& plan, Screen& screen) {
  const Language language = screen.language();
  screen.section(pick(language, "Where it is stopped", "遮断する場所"));
  const std::string devices = device_words(plan, language);
  add_item(
      screen,
      devices.empty()
          ? std::string(pick(language, "in this host's network; below IP on no device",
                             "このホストのネットワーク（IP より下の対象デバイスはなし）"))
          : fmt::format(fmt::runtime(pick(language, "in this host's network, and below IP on {}",
                                          "このホストのネットワークと、IP より下では {}")),
                        devices));
  add_namespaces(plan, screen);
  add_item(screen,
           pick(language,
                "cloud metadata addresses are blocked for TCP, whatever is allowed: they "
                "give out credentials",
                "クラウドのメタデータ用アドレスへの TCP は、許可の内容にかかわらず遮断します"
                "（認証情報を配るため）"));
}

void add_next(const ContainmentPlan& plan, const ContainmentView& view, Screen& screen) {
  const Language language = screen.language();
  if (!view.shows_next_step) {
    return;
  }
  screen.section(pick(language, "Next", "次にすること"));
  if (!plan.refusals.empty()) {
    screen.text(pick(language, "Mend what is refused, then look at the plan again:",
                     "拒否の理由を解消して、もう一度計画を確認します："),
                2);
    screen.command("genba help contain", 4);
    return;
  }
  screen.text(pick(language,
                   "Keep a second session or a console at hand. Then apply it, look whether you "
                   "are still connected, and confirm:",
                   "予備のセッションかコンソールを用意します。適用し、接続が続いていることを確かめ"
                   "てから確定します："),
              2);
  screen.command("genba contain apply" + view.apply_options, 4);
  if (!plan.hold) {
    screen.command("genba contain confirm", 4);
  }
  screen.command("genba contain undo", 4);
}

}  // namespace

std::string render_plan(const ContainmentPlan& plan, const ContainmentView& view) {
  Screen screen(view.style, view.program);
  const Language language = view.style.language;
  add_heading(plan, view, screen);
  add_section(pick(language, "Warnings", "注意"), plan.warnings, screen);
  add_flows(plan, screen);
  add_section(pick(language, "What breaks", "使えなくなるもの"), plan.breaks, screen);
  add_places(plan, screen);
  add_section(pick(language, "What these rules do not cover", "このルールでは防げないもの"),
              plan.not_covered, screen);
  add_section(pick(language, "What only the provider can do, and what a reboot loses",
                   "事業者にしかできないこと、再起動で失われるもの"),
              plan.elsewhere, screen);
  add_next(plan, view, screen);
  return screen.take();
}

}  // namespace genba::render
