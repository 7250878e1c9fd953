// SPDX-License-Identifier: Apache-2.0
#include "render/bans.h"

#include <algorithm>
#include <string_view>

#include "fmt/format.h"
#include "render/log_words.h"
#include "render/screen.h"

namespace genba::render {

namespace {

using model::BanFate;
using model::BanListing;
using model::BanReport;
using model::BanStep;
using model::Language;

constexpr size_t kMostNotes = 4;   // of one network; /0 hits everything
constexpr size_t kMostSteps = 50;  // of one kind, before they are only counted

template <class... Values>
std::string format(Language language, std::string_view en, std::string_view ja,
                   const Values&... values) {
  return fmt::format(fmt::runtime(pick(language, en, ja)), values...);
}

// One IPv4 address needs no bits for a person; an IPv6 address without them would mean its /64.
std::string shown(const base::Network& network) {
  return network.address.family == base::AddressFamily::kIpv4 && network.bits == 32
             ? base::to_text(network.address)
             : model::to_cidr(network);
}

std::string time_left(const std::optional<std::chrono::milliseconds>& remaining,
                      Language language) {
  if (!remaining) {
    return std::string(pick(language, "until it is lifted", "解除するまで"));
  }
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*remaining).count();
  return format(language, "{} left", "残り {}", span_words(seconds, language));
}

std::string how_long(const BanStep& step, Language language) {
  if (!step.length) {
    return std::string(pick(language, "until it is lifted, or a reboot", "解除または再起動まで"));
  }
  return format(language, "for {}, until {}", "{}（{} まで）",
                span_words(step.length->count(), language),
                step.until ? base::to_display(*step.until) : "?");
}

std::string headline(const BanStep& step, Language language) {
  const std::string network = shown(step.network);
  switch (step.fate) {
    case BanFate::kBanned:
      return format(language, "{}: banned {}", "{}：ban しました。{}", network,
                    how_long(step, language));
    case BanFate::kRenewed:
      return format(language, "{}: was banned already; now {}", "{}：ban を更新しました。{}",
                    network, how_long(step, language));
    case BanFate::kCovered:
      return step.cover
                 ? format(language, "{}: already covered by {} ({})",
                          "{}：すでに {} として ban されています（{}）", network,
                          shown(step.cover->network), time_left(step.cover->remaining, language))
                 : network;
    case BanFate::kRefused:
      return format(language, "{}: NOT BANNED", "{}：ban していません", network);
    case BanFate::kFailed: return format(language, "{}: FAILED", "{}：失敗", network);
    case BanFate::kLifted: return format(language, "{}: lifted", "{}：解除しました", network);
    case BanFate::kNotBanned:
      return format(language, "{}: is not banned", "{}：ban されていません", network);
  }
  return network;
}

Paint paint_of(BanFate fate) {
  switch (fate) {
    case BanFate::kRefused:
    case BanFate::kFailed: return Paint::kRed;
    case BanFate::kCovered:
    case BanFate::kNotBanned: return Paint::kYellow;
    case BanFate::kBanned:
    case BanFate::kRenewed:
    case BanFate::kLifted: return Paint::kBold;
  }
  return Paint::kPlain;
}

void add_replaced(const BanStep& step, Screen& screen) {
  if (step.replaces.empty()) {
    return;
  }
  std::string names;
  const size_t count = std::min(step.replaces.size(), kMostNotes);
  for (size_t i = 0; i < count; ++i) {
    names += (i == 0 ? "" : pick(screen.language(), ", ", "、"));
    names += shown(step.replaces[i]);
  }
  if (count < step.replaces.size()) {
    names += format(screen.language(), " and {} more", " ほか{}件", step.replaces.size() - count);
  }
  screen.text(
      format(screen.language(), "It takes the place of {}.", "{} はこれに統合されました。", names),
      2);
}

void add_reasons(const BanStep& step, Screen& screen) {
  const Language language = screen.language();
  const size_t count = std::min(step.notes.size(), kMostNotes);
  for (size_t i = 0; i < count; ++i) {
    screen.text(step.notes[i].text.in(language), 2);
  }
  if (count < step.notes.size()) {
    screen.text(
        format(language, "and {} more reasons", "理由はほか{}件", step.notes.size() - count), 2);
  }
  if (step.fate == BanFate::kRefused) {
    screen.text(step.force_helps
                    ? pick(language, "If you mean it: --force.", "それでも実行する場合は --force。")
                    : pick(language,
                           "It would cut you off: --force does not do it either. Ban smaller "
                           "networks around it, or work from a console.",
                           "操作中の接続が切れるため、--force でも実行しません。それを除いた範囲を "
                           "ban するか、コンソールから操作してください。"),
                2);
  }
}

void add_step(const BanStep& step, Screen& screen) {
  const Language language = screen.language();
  screen.text(headline(step, language), 0, paint_of(step.fate));
  if (step.widened && step.fate != BanFate::kNotBanned) {
    screen.text(
        format(language,
               "{} is one address of {}, which one customer picks from freely, so the "
               "whole of it is meant; {}/128 names the one.",
               "{} を含む {} 全体が対象です（1契約者が自由に使える範囲のため）。1つだけを対象に"
               "するには {}/128 と指定します。",
               step.asked, model::to_cidr(step.network), step.asked),
        2);
  }
  if (step.escalated) {
    screen.text(format(language, "It was banned {} before, so it is for longer now.",
                       "過去に{} ban されたため、期間を延ばしました。",
                       language == Language::kJapanese ? fmt::format("{}回", step.times_before)
                       : step.times_before == 1        ? "once"
                                                : fmt::format("{} times", step.times_before)),
                2);
  }
  add_replaced(step, screen);
  add_reasons(step, screen);
}

// What went wrong first; of what went well no more than a person reads.
void add_steps(const BanReport& report, Screen& screen) {
  for (const BanFate fate :
       {BanFate::kFailed, BanFate::kRefused, BanFate::kNotBanned, BanFate::kCovered,
        BanFate::kBanned, BanFate::kRenewed, BanFate::kLifted}) {
    size_t told = 0;
    size_t left = 0;
    for (const BanStep& step : report.steps) {
      if (step.fate == fate && told < kMostSteps) {
        add_step(step, screen);
        ++told;
      } else if (step.fate == fate) {
        ++left;
      }
    }
    if (left > 0) {
      screen.text(format(screen.language(), "and {} more: {}", "ほか{}件：{}", left,
                         model::to_string(fate)),
                  0);
    }
  }
}

void add_cut(const BanReport& report, Screen& screen) {
  const Language language = screen.language();
  const bool bans = std::any_of(report.steps.begin(), report.steps.end(), [](const BanStep& step) {
    return step.fate == BanFate::kBanned || step.fate == BanFate::kRenewed;
  });
  if (!bans) {
    return;
  }
  screen.blank();
  const auto count = [&](const std::optional<uint64_t>& number) {
    return number ? fmt::format("{}", *number) : std::string(pick(language, "not known", "不明"));
  };
  screen.text(format(language, "Flows cut: sockets of this machine {}, tracked connections {}.",
                     "切断した通信：このマシンのソケット {}、追跡中の接続 {}。",
                     count(report.cut.sockets), count(report.cut.tracked)),
              0);
  for (const model::Text& text : report.cut.not_possible) {
    screen.text(text.in(language), 2, Paint::kYellow);
  }
  screen.text(
      pick(language,
           "The kernel drops their packets and lifts each ban by itself. That was not "
           "tried from outside. A reboot lifts them all; root can take them away.",
           "パケットはカーネルが破棄し、期限が来ると自動で解除されます（外部からの実証はして"
           "いません）。再起動するとすべて解除され、root 権限があれば取り除けます。"),
      0, Paint::kDim);
}

std::string packets_words(const std::optional<uint64_t>& packets, Language language) {
  return packets ? format(language, "{} packets dropped", "破棄 {} パケット", *packets)
                 : std::string(pick(language, "packets are not counted", "パケット数は不明"));
}

void add_listed(const model::ListedBan& listed, Screen& screen) {
  const Language language = screen.language();
  screen.text(format(language, "{}: {}, {}", "{}：{}、{}", shown(listed.ban.network),
                     time_left(listed.ban.remaining, language),
                     packets_words(listed.ban.packets, language)),
              0, Paint::kBold);
  if (!listed.action) {
    screen.text(pick(language, "The journal does not know it.", "この ban は記録にありません。"), 2,
                Paint::kYellow);
    return;
  }
  screen.text(
      format(language, "since {} (#{}){}", "{} から（#{}）{}",
             listed.since ? base::to_display(*listed.since) : "?", *listed.action,
             listed.why.empty() ? "" : fmt::format("{}{}", pick(language, ": ", "："), listed.why)),
      2);
}

void add_lost(const model::LostBan& lost, Screen& screen) {
  const Language language = screen.language();
  const bool reboot = lost.cause == model::LostBan::Cause::kOtherBoot;
  screen.text(
      format(language, "{}: {}{}", "{}：{}{}", shown(lost.network),
             reboot ? pick(language, "of another boot", "再起動前の ban")
                    : pick(language, "TAKEN AWAY before its time", "期限前に取り除かれました"),
             lost.until ? format(language, "; it was to last until {}", "（本来は {} まで）",
                                 base::to_display(*lost.until))
                        : ""),
      2, reboot ? Paint::kYellow : Paint::kRed);
  if (!lost.why.empty()) {
    screen.text(lost.why, 4);
  }
}

}  // namespace

std::string render_ban_report(const BanReport& report, const TerminalStyle& style,
                              std::string_view program) {
  Screen screen(style, program);
  const Language language = style.language;
  add_steps(report, screen);
  if (!report.error.empty()) {
    screen.text(format(language, "What went wrong: {}", "エラー：{}", report.error), 0,
                Paint::kRed);
  }
  for (const model::BanNote& note : report.warnings) {
    screen.text(note.text.in(language), 0, Paint::kYellow);
  }
  add_cut(report, screen);
  if (report.table_removed) {
    screen.text(pick(language, "Nothing is banned any more; the table has gone with the last ban.",
                     "ban はすべて解除され、テーブルも削除しました。"),
                0);
  }
  if (!report.journal_chain.empty()) {
    screen.text(
        format(language, "Bans that stand: {}. Journal chain: {}",
               "有効な ban：{}件。記録のチェーン値：{}", report.standing, report.journal_chain),
        0, Paint::kDim);
  }
  return screen.take();
}

std::string render_bans(const BanListing& listing, const TerminalStyle& style) {
  Screen screen(style);
  const Language language = style.language;
  screen.heading(listing.bans.empty()
                     ? std::string(pick(language, "Nothing is banned", "ban はありません"))
                     : format(language, "Banned: {}", "有効な ban：{}件", listing.bans.size()));
  for (const model::BanNote& note : listing.notes) {
    screen.text(note.text.in(language), 0, Paint::kRed);
  }
  for (const model::ListedBan& listed : listing.bans) {
    add_listed(listed, screen);
  }
  if (!listing.lost.empty()) {
    screen.section(pick(language, "The journal remembers, the kernel does not",
                        "記録にはあるが、カーネルにはない ban"));
    for (const model::LostBan& lost : listing.lost) {
      add_lost(lost, screen);
    }
    screen.text(pick(language, "Ban them again where they are still needed.",
                     "必要なものは改めて ban してください。"),
                0);
  }
  if (listing.packets_dropped) {
    screen.blank();
    screen.text(format(language, "Dropped in all since the first of them: {} packets",
                       "最初の ban 以降に破棄した合計：{} パケット", *listing.packets_dropped),
                0);
  }
  return screen.take();
}

}  // namespace genba::render
