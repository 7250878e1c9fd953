// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "base/text.h"
#include "fmt/format.h"
#include "render/brief.h"
#include "render/gaps.h"
#include "render/log_words.h"
#include "render/logs.h"
#include "render/screen.h"
#include "render/terminal_parts.h"

namespace genba::render {

namespace {

// The first screen shows so many of each; below it, or with a filter, more.
constexpr size_t kFewGroups = 5;
constexpr size_t kFewLogins = 10;
constexpr size_t kManyLogins = 200;
constexpr size_t kFewDeeds = 12;
constexpr size_t kManyDeeds = 200;
constexpr size_t kFewFindings = 8;
constexpr size_t kFewAnomalies = 8;
constexpr size_t kManyAnomalies = 100;
// Columns of a table beside the name: indent and gap with two figures, one time, two times; and
// what an IPv4 network takes.
constexpr size_t kFigures = 2 + 2 + 11 + 1 + 9 + 2;
constexpr size_t kTime = 16;
constexpr size_t kTimes = kTime + 2 + kTime;
constexpr size_t kAddress = 18;
constexpr int64_t kHour = 3600LL * 1'000'000'000;

std::string number(int64_t value) {
  return with_commas(static_cast<uint64_t>(std::max<int64_t>(value, 0)));
}

// "2026-11-21 03:12:09", without the UTC that the foot of the screen tells.
std::string short_time(base::Timestamp time) {
  return base::to_display(time).substr(0, 19);
}

std::string minute_of(base::Timestamp time) {
  return base::to_display(time).substr(0, 16);
}

class LogsScreen {
 public:
  LogsScreen(const Report& report, const LogBrief& brief, const TerminalStyle& style)
      : report_(report),
        brief_(brief),
        screen_(style, report.run.program),
        full_(style.detail == Detail::kFull) {}

  std::string run() {
    put_head();
    put_what_stands_out();
    put_attempts();
    put_logins();
    put_deeds();
    put_missing();
    screen_.blank();
    screen_.text(screen_.say(Word::kLogsTimes), 0, Paint::kDim);
    const Brief gaps = make_brief(report_);
    screen_.text(gaps_sentence(report_, gaps, screen_.language()), 0);
    if (full_) {
      put_findings(screen_, gaps);
      put_coverage(screen_, report_, gaps);
      put_footprint(screen_, report_);
    }
    return screen_.take();
  }

 private:
  void put_head() {
    std::string host = host_fact(report_, "hostname", screen_.language());
    host = host.empty() ? report_.run.source : host;
    if (!brief_.first_line || !brief_.last_line) {
      screen_.text(screen_.say(Word::kLogsNone), 0, Paint::kBold);
      return;
    }
    screen_.text(screen_.say(Word::kLogsOf, {host, base::to_display(*brief_.first_line),
                                             base::to_display(*brief_.last_line),
                                             number(brief_.files), number(brief_.lines)}),
                 0, Paint::kBold);
  }

  // What the rules found, before all figures: whoever reads ten lines must have read this.
  void put_what_stands_out() {
    size_t told = 0;
    for (const model::Finding& finding : report_.judgement->findings) {
      if (!stands_out(finding) || told == kFewFindings) {
        continue;
      }
      if (told++ == 0) {
        screen_.blank();
        screen_.heading(screen_.say(Word::kLogsStandsOut));
        if (!brief_.asked.is_empty()) {
          screen_.text(screen_.say(Word::kLogsStandsOutOfAll), 2, Paint::kDim);
        }
      }
      screen_.text(finding.says.in(screen_.language()), 2, Paint::kYellow, 4);
    }
    const auto& findings = report_.judgement->findings;
    const auto all =
        static_cast<size_t>(std::count_if(findings.begin(), findings.end(), stands_out));
    if (all > told) {
      screen_.text(screen_.say(Word::kAndMore, {number(static_cast<int64_t>(all - told))}), 2,
                   Paint::kDim);
    }
  }

  void put_attempts() {
    screen_.blank();
    screen_.heading(screen_.say(Word::kLogsTried));
    if (brief_.attempts == 0) {
      screen_.text(screen_.say(asked_or(Word::kLogsNobodyTriedAsked, Word::kLogsNobodyTried)), 2);
      return;
    }
    const int64_t hours = std::max<int64_t>(
        1, (brief_.last_attempt->nanoseconds - brief_.first_attempt->nanoseconds) / kHour);
    screen_.text(
        screen_.say(Word::kLogsTriedSays,
                    {number(brief_.attempts), number(brief_.addresses), number(brief_.networks),
                     base::to_display(*brief_.first_attempt),
                     base::to_display(*brief_.last_attempt), number(brief_.attempts / hours)}),
        2);
    put_over_time();
    put_groups(Word::kLogsAddress, Word::kLogsNames, brief_.by_address);
    put_groups(Word::kLogsNetwork, Word::kLogsAddresses, brief_.by_network);
    put_groups(Word::kLogsTriedName, Word::kLogsAddresses, brief_.by_name);
  }

  // One character for each piece of time, eight heights; a login is a mark below it.
  void put_over_time() {
    if (brief_.over_time.size() < 8 || screen_.columns() < brief_.over_time.size() + 4) {
      return;
    }
    static constexpr std::string_view kHeights[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    int64_t most = 1;
    bool any_login = false;
    for (const AttemptsInTime& piece : brief_.over_time) {
      most = std::max(most, piece.attempts);
      any_login = any_login || piece.logins > 0;
    }
    std::string bars;
    std::string marks;
    for (const AttemptsInTime& piece : brief_.over_time) {
      const int64_t height = piece.attempts == 0 ? 0 : 1 + (piece.attempts * 7 / most);
      bars += kHeights[static_cast<size_t>(height)];
      marks += piece.logins > 0 ? "^" : " ";
    }
    // Whole lines: wrapping would take the blanks in front away.
    screen_.labelled_line("", bars, 0, 0);
    if (any_login) {
      screen_.labelled_line("", marks, 0, 0);
    }
  }

  void put_groups(Word name, Word others, const std::vector<AttemptGroup>& groups) {
    const size_t count = std::min(groups.size(), full_ ? 2 * kFewGroups : kFewGroups);
    if (count == 0) {
      return;
    }
    size_t width = base::display_width(screen_.say(name));
    for (size_t i = 0; i < count; ++i) {
      width = std::max(width, base::display_width(base::escape_for_terminal(groups[i].name)));
    }
    // A name that somebody chose is cut rather than times, times rather than an address.
    const size_t columns = screen_.columns();
    width = std::min(width, std::max(columns - std::min(columns, kFigures + kTimes), kAddress));
    const size_t room = columns - std::min(columns, kFigures + width);
    const auto times = [room](std::string_view first, std::string_view last) {
      return room >= kTimes  ? fmt::format("  {:<16}  {}", first, last)
             : room >= kTime ? fmt::format("  {}", last)
                             : std::string();
    };
    screen_.labelled_line(
        screen_.say(name),
        fmt::format("{:>11} {:>9}{}", screen_.say(Word::kLogsAttempts), screen_.say(others),
                    times(screen_.say(Word::kLogsFirst), screen_.say(Word::kLogsLast))),
        2, width);
    for (size_t i = 0; i < count; ++i) {
      const AttemptGroup& group = groups[i];
      const std::string line =
          fmt::format("{:>11} {:>9}{}", number(group.attempts), number(group.others),
                      times(minute_of(group.first), minute_of(group.last)));
      // Names are the attackers' own.
      const std::string shown =
          base::truncate_to_width(base::escape_for_terminal(group.name), width);
      screen_.labelled_line(shown, line, 2, width);
      if (group.accepted > 0) {
        screen_.text(screen_.say(Word::kLogsGotInTimes, {number(group.accepted)}), 4,
                     Paint::kYellow);
      }
    }
  }

  // Every address is new to a log that has just begun.
  bool is_new_address(const LoginGroup& group) const {
    constexpr int64_t kDay = 86'400LL * 1'000'000'000;
    const bool late =
        brief_.first_line && group.first.nanoseconds - brief_.first_line->nanoseconds > kDay;
    return group.first_of_address && !group.address.empty() &&
           (late || group.failures_before >= LogBrief::kManyFailures);
  }

  std::string login_line(const LoginGroup& group) {
    std::string line = fmt::format("{}{} {}", short_time(group.first),
                                   certainty_mark(group.certainty), group.username);
    const auto add = [&](const std::string& part) { line += " " + part; };
    const auto remark = [&](const std::string& part) {
      line += std::string(screen_.say(Word::kComma)) + part;
    };
    if (!group.address.empty()) {
      add(screen_.say(Word::kLogsFrom, {group.address}));
    }
    if (!group.method.empty()) {
      add(screen_.say(Word::kLogsBy, {group.method}));
    }
    if (!group.fingerprint.empty()) {
      add(group.fingerprint);
    }
    if (group.count > 1) {
      remark(screen_.say(Word::kLogsTimesUntil, {number(group.count), minute_of(group.last)}));
    }
    if (is_new_address(group)) {
      remark(std::string(screen_.say(Word::kLogsFirstTime)));
    }
    if (group.failures_before >= LogBrief::kManyFailures) {
      remark(screen_.say(Word::kLogsFailedBefore, {number(group.failures_before)}));
    } else if (group.network_failures_before >= LogBrief::kManyFailures) {
      remark(screen_.say(Word::kLogsNetworkFailedBefore, {number(group.network_failures_before)}));
    }
    return line;
  }

  void put_logins() {
    screen_.blank();
    screen_.heading(screen_.say(Word::kLogsGotIn));
    if (brief_.logins.empty()) {
      screen_.text(screen_.say(asked_or(Word::kLogsNobodyGotInAsked, Word::kLogsNobodyGotIn)), 2);
      return;
    }
    std::set<std::string> users;
    std::set<std::string> addresses;
    for (const model::Login& login : brief_.logins) {
      users.insert(login.username);
      if (login.address) {
        addresses.insert(*login.address);
      }
    }
    screen_.text(
        screen_.say(Word::kLogsGotInSays, {number(static_cast<int64_t>(brief_.logins.size())),
                                           number(static_cast<int64_t>(users.size())),
                                           number(static_cast<int64_t>(addresses.size()))}),
        2);
    const auto& groups = brief_.login_groups;
    const size_t most = full_ ? kManyLogins : kFewLogins;
    for (size_t i = 0; i < std::min(groups.size(), most); ++i) {
      const bool odd = groups[i].failures_before >= LogBrief::kManyFailures;
      screen_.text(login_line(groups[i]), 2, odd ? Paint::kRed : Paint::kPlain, 3);
    }
    if (groups.size() > most) {
      screen_.text(
          screen_.say(Word::kAndMore, {number(static_cast<int64_t>(groups.size() - most))}), 2,
          Paint::kDim);
    }
  }

  // The newest of them, in order of time; how many there are before these.
  template <class Row, class Put>
  void put_newest(const std::vector<Row>& rows, size_t most, Put put) {
    const size_t first = rows.size() - std::min(rows.size(), most);
    if (first > 0) {
      screen_.text(screen_.say(Word::kLogsOlder, {number(static_cast<int64_t>(first))}), 2,
                   Paint::kDim);
    }
    for (size_t i = first; i < rows.size(); ++i) {
      put(rows[i]);
    }
  }

  void put_deeds() {
    screen_.blank();
    screen_.heading(screen_.say(Word::kLogsDid));
    if (brief_.deeds.empty()) {
      screen_.text(screen_.say(asked_or(Word::kLogsDidNothingAsked, Word::kLogsDidNothing)), 2);
      if (brief_.asked.network) {
        screen_.text(screen_.say(Word::kLogsDeedsNameNoAddress), 2);
      }
      return;
    }
    put_newest(brief_.deed_groups, full_ ? kManyDeeds : kFewDeeds, [this](const Deed& deed) {
      screen_.text(fmt::format("{}{} {}", short_time(deed.time), certainty_mark(deed.certainty),
                               deed_words(deed, screen_.language())),
                   2, Paint::kPlain, 3);
    });
  }

  void put_missing() {
    screen_.blank();
    screen_.heading(screen_.say(Word::kLogsMissing));
    std::vector<const model::LogAnomaly*> odd;
    for (const model::LogAnomaly& anomaly : brief_.anomalies) {
      // Where all logs were silent the machine was off.
      if (anomaly.kind != "silence" || anomaly.others.value_or(0) > 0) {
        odd.push_back(&anomaly);
      }
    }
    // Any visitor can have these: they neither stand in front of what was erased nor are it.
    const auto imitated = std::stable_partition(
        odd.begin(), odd.end(),
        [](const model::LogAnomaly* anomaly) { return anomaly->kind != "imitated_line"; });
    const bool any_missing = imitated != odd.begin();
    const size_t most = full_ ? kManyAnomalies : kFewAnomalies;
    for (size_t i = 0; i < std::min(odd.size(), most); ++i) {
      std::string line = anomaly_words(*odd[i], screen_.language());
      if (odd[i]->from_time && odd[i]->kind != "time_back") {
        line = fmt::format("{} {}", short_time(*odd[i]->from_time), line);
      }
      screen_.text(line, 2, Paint::kPlain, 3);
    }
    if (odd.size() > most) {
      screen_.text(screen_.say(Word::kAndMore, {number(static_cast<int64_t>(odd.size() - most))}),
                   2, Paint::kDim);
    }
    if (!any_missing) {
      const auto& findings = report_.judgement->findings;
      const Word none = brief_.asked.since || brief_.asked.until ? Word::kLogsMissingNoneAsked
                        : std::any_of(findings.begin(), findings.end(), stands_out)
                            ? Word::kLogsMissingNoneElse
                            : Word::kLogsMissingNone;
      screen_.text(screen_.say(none), 2);
    }
  }

  static bool stands_out(const model::Finding& finding) {
    return finding.about == model::About::kIntrusion &&
           finding.severity >= model::Severity::kMedium;
  }

  // What was asked for holds nothing: of all the logs that says nothing.
  Word asked_or(Word asked, Word otherwise) const {
    return brief_.asked.is_empty() ? otherwise : asked;
  }

  const Report& report_;
  const LogBrief& brief_;
  Screen screen_;
  bool full_;
};

}  // namespace

std::string render_logs_terminal(const Report& report, const LogBrief& brief,
                                 const TerminalStyle& style) {
  return LogsScreen(report, brief, style).run();
}

}  // namespace genba::render
