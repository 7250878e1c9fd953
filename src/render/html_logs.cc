// SPDX-License-Identifier: Apache-2.0
//
// What the logs tell, on the page: attempts and logins over time as a chart, who tried, who got in,
// what is odd about the logs. The chart is inline SVG without script; its figures stand in the
// tables below it.
#include <algorithm>
#include <cmath>

#include "fmt/format.h"
#include "model/tables/log_files.h"
#include "render/html_parts.h"
#include "render/log_brief.h"
#include "render/log_words.h"

namespace genba::render {

namespace {

constexpr size_t kBudget = 350'000;
// In the chart's own units, which the page stretches to its width.
constexpr double kWidth = 720;
constexpr double kHeight = 120;
constexpr double kFoot = 34;

std::string number(int64_t value) {
  return with_commas(static_cast<uint64_t>(std::max<int64_t>(value, 0)));
}

// Heights by the logarithm: a wave of ten thousand must not hide the two attempts before it.
double height_of(int64_t count, int64_t most) {
  return count == 0 ? 0
                    : kHeight * std::log1p(static_cast<double>(count)) /
                          std::log1p(static_cast<double>(most));
}

void write_chart(Page& page, const LogBrief& brief) {
  const auto& pieces = brief.over_time;
  if (pieces.size() < 2) {
    return;
  }
  int64_t most = 1;
  for (const AttemptsInTime& piece : pieces) {
    most = std::max(most, piece.attempts);
  }
  page.markup("<figure class=\"chart\">\n");
  page.markup(fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"", kWidth,
                          kHeight + kFoot));
  page.text(page.say(Word::kLogsChart));
  page.markup("\">\n");
  const double step = kWidth / static_cast<double>(pieces.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    const double left = step * static_cast<double>(i);
    const double height = height_of(pieces[i].attempts, most);
    if (height > 0) {
      page.markup(fmt::format(
          "<rect class=\"attempts\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">"
          "<title>",
          left, kHeight - height, std::max(step - 1, 0.5), height));
      page.text(fmt::format("{} {} {}", base::to_display(pieces[i].from),
                            page.say(Word::kLogsAttempts), number(pieces[i].attempts)));
      page.markup("</title></rect>\n");
    }
    if (pieces[i].logins > 0) {
      page.markup(
          fmt::format("<circle class=\"logins\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\"><title>",
                      left + step / 2, kHeight + 8));
      page.text(fmt::format("{} {} {}", base::to_display(pieces[i].from),
                            page.say(Word::kLogsLogins), number(pieces[i].logins)));
      page.markup("</title></circle>\n");
    }
  }
  page.markup(fmt::format("<line class=\"axis\" x1=\"0\" y1=\"{0}\" x2=\"{1}\" y2=\"{0}\"/>\n",
                          kHeight, kWidth));
  const auto label = [&](double at, std::string_view anchor, base::Timestamp time) {
    page.markup(fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">", at, kHeight + kFoot - 6,
                            anchor));
    page.text(base::to_display(time).substr(0, 16));
    page.markup("</text>\n");
  };
  label(0, "start", pieces.front().from);
  // The right edge is where the last piece ends.
  const int64_t piece = pieces[1].from.nanoseconds - pieces[0].from.nanoseconds;
  label(kWidth, "end", base::Timestamp{pieces.back().from.nanoseconds + piece});
  page.markup("</svg>\n<figcaption>");
  page.text(page.say(Word::kLogsChartMeans, {number(most)}));
  page.markup("</figcaption>\n</figure>\n");
}

void write_groups(Page& page, const LogBrief& brief, const Marks& marks) {
  TableView view;
  view.caption = Word::kLogsTried;
  view.headers = {Word::kLogsAddress, Word::kLogsAttempts, Word::kLogsNames,
                  Word::kLogsFirst,   Word::kLogsLast,     Word::kLogsLogins};
  view.total = static_cast<size_t>(brief.addresses);
  view.rows = brief.by_address.size();
  view.mark = [&](size_t i) -> std::optional<model::Severity> {
    const auto found = marks.addresses.find(brief.by_address[i].name);
    return found == marks.addresses.end() ? std::nullopt : std::optional(found->second);
  };
  view.fill = [&](size_t i, Row& row) {
    const AttemptGroup& group = brief.by_address[i];
    row.code(group.name).number(group.attempts).number(group.others);
    row.time(group.first).time(group.last).number(group.accepted);
  };
  page.table(view);
}

// The newest first: a page shows the beginning of a long table.
void write_logins(Page& page, const LogBrief& brief, const Marks& marks) {
  TableView view;
  view.caption = Word::kLogsGotIn;
  view.headers = {Word::kTime,   Word::kUser,        Word::kLogsAddress,
                  Word::kMethod, Word::kFingerprint, Word::kLogsFailures};
  view.total = view.rows = brief.logins.size();
  const auto at = [&](size_t i) -> const model::Login& {
    return brief.logins[brief.logins.size() - 1 - i];
  };
  view.mark = [&](size_t i) -> std::optional<model::Severity> {
    const auto found = marks.addresses.find(at(i).address.value_or(""));
    return found == marks.addresses.end() ? std::nullopt : std::optional(found->second);
  };
  view.fill = [&](size_t i, Row& row) {
    const model::Login& login = at(i);
    row.time(login.time).code(login.username).code_if(login.address);
    row.code_if(login.method).code_if(login.fingerprint).number(login.failures_before);
  };
  page.table(view);
}

void write_deeds(Page& page, const LogBrief& brief) {
  TableView view;
  view.caption = Word::kLogsDid;
  view.headers = {Word::kTime, Word::kWhat, Word::kFile};
  view.total = view.rows = brief.deeds.size();
  view.fill = [&](size_t i, Row& row) {
    const Deed& deed = brief.deeds[brief.deeds.size() - 1 - i];
    row.time(deed.time).words(deed_words(deed, page.language()));
    row.code(deed.line ? fmt::format("{}:{}", deed.path, *deed.line) : deed.path);
  };
  page.table(view);
}

void write_anomalies(Page& page, const LogBrief& brief) {
  TableView view;
  view.caption = Word::kLogsMissing;
  view.headers = {Word::kTime, Word::kWhat};
  view.total = view.rows = brief.anomalies.size();
  view.fill = [&](size_t i, Row& row) {
    const model::LogAnomaly& anomaly = brief.anomalies[i];
    row.time(anomaly.from_time).words(anomaly_words(anomaly, page.language()));
  };
  page.table(view);
}

}  // namespace

void write_logs(Page& page, const Report& report, const Marks& marks) {
  page.open_section("logs", Word::kLogs, kBudget);
  if (!report.facts->has(model::tables::log_files())) {
    page.note(page.as_started(page.say(Word::kNotReadHere)));
    page.close_section();
    return;
  }
  const LogBrief brief = brief_logs(*report.facts, {});
  if (brief.files == 0) {
    page.note(page.say(Word::kLogsNone));
    page.close_section();
    return;
  }
  if (brief.first_line && brief.last_line) {
    page.note(page.say(Word::kLogsSpan,
                       {base::to_display(*brief.first_line), base::to_display(*brief.last_line),
                        number(brief.files), number(brief.lines)}));
  }
  write_chart(page, brief);
  write_groups(page, brief, marks);
  write_logins(page, brief, marks);
  write_deeds(page, brief);
  write_anomalies(page, brief);
  page.close_section();
}

}  // namespace genba::render
