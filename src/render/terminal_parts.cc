// SPDX-License-Identifier: Apache-2.0
#include "render/terminal_parts.h"

#include <algorithm>

#include "base/text.h"
#include "fmt/format.h"
#include "render/families.h"
#include "render/gaps.h"

namespace genba::render {

namespace {

using model::Finding;

// Past these a person uses --json or the page; what is left out is counted.
constexpr size_t kMaxFindings = 100;
constexpr size_t kMaxEvidence = 2;
constexpr size_t kMaxFields = 14;
constexpr size_t kMaxStory = 40;
constexpr size_t kMaxLinesOfValue = 3;

Paint paint_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::kCritical: return Paint::kBadgeRed;
    case model::Severity::kHigh: return Paint::kRed;
    case model::Severity::kMedium: return Paint::kYellow;
    case model::Severity::kLow:
    case model::Severity::kInfo: return Paint::kDim;
  }
  return Paint::kDim;
}

std::string time_span(const Screen& screen, const std::optional<base::Timestamp>& from,
                      const std::optional<base::Timestamp>& to) {
  if (!from) {
    return std::string(screen.say(Word::kTimeUnknown));
  }
  if (!to || *to == *from) {
    return base::to_display(*from);
  }
  return screen.say(Word::kSinceUntil, {base::to_display(*from), base::to_display(*to)});
}

void put_evidence(Screen& screen, const model::Evidence& evidence) {
  std::string source = evidence.table;
  if (!evidence.view.empty()) {
    source += fmt::format(" / {}", evidence.view);
  }
  screen.text(screen.say(Word::kEvidenceFrom, {source}), 2);
  size_t width = 0;
  size_t shown = 0;
  for (const auto& field : evidence.row) {
    width = std::max(width, base::display_width(base::escape_for_terminal(field.key)));
  }
  size_t left_out = 0;
  for (const auto& field : evidence.row) {
    const std::string value = cell_text(field.value, field.type, screen.language());
    if (value.empty()) {
      continue;
    }
    if (shown == kMaxFields) {
      ++left_out;
      continue;
    }
    ++shown;
    screen.labelled(field.key, value, 4, std::min<size_t>(width, 22), kMaxLinesOfValue);
  }
  if (left_out > 0) {
    screen.text(screen.say(Word::kMoreFields, {with_commas(left_out)}), 4, Paint::kDim);
  }
}

void put_prose(Screen& screen, Word label, std::string_view prose) {
  if (!prose.empty()) {
    screen.text(screen.say(label), 2, Paint::kBold);
    screen.text(prose, 4);
  }
}

void put_family(Screen& screen, const Family& family) {
  const Finding& finding = *family.members.front();
  const model::Language language = screen.language();
  screen.blank();
  screen.badge(screen.say(word_of(finding.severity)), paint_of(finding.severity),
               finding.title.in(language));
  if (const std::string processes = processes_line(family, language); !processes.empty()) {
    screen.text(processes, 2);
  }
  screen.text(finding.says.in(language), 2);
  std::string attack;
  for (const auto& technique : finding.attack) {
    attack += fmt::format("{}{}", attack.empty() ? "" : " ", technique);
  }
  const std::string_view comma = screen.say(Word::kComma);
  std::string facts =
      fmt::format("{}{}{}", screen.pair(Word::kConfidence, screen.say(word_of(finding.confidence))),
                  comma, screen.pair(Word::kRule, finding.area + "/" + finding.rule));
  if (!attack.empty()) {
    facts += fmt::format("{}{}", comma, screen.pair(Word::kAttack, attack));
  }
  screen.text(fmt::format("{}{}{}", facts, comma, finding.id), 2, Paint::kDim);
  for (size_t i = 0; i < finding.evidence.size() && i < kMaxEvidence; ++i) {
    put_evidence(screen, finding.evidence[i]);
  }
  if (finding.evidence.size() > kMaxEvidence) {
    screen.text(
        screen.say(Word::kMoreEvidence, {with_commas(finding.evidence.size() - kMaxEvidence)}), 2,
        Paint::kDim);
  }
  put_prose(screen, Word::kWhy, finding.why.in(language));
  put_prose(screen, Word::kBenign, finding.benign.in(language));
  if (!finding.next.empty()) {
    screen.text(screen.say(Word::kNext), 2, Paint::kBold);
    for (const auto& command : finding.next) {
      screen.command(command, 4);
    }
  }
}

void put_list(Screen& screen, const std::vector<const Finding*>& findings) {
  const auto families = families_of(findings);
  for (size_t i = 0; i < families.size() && i < kMaxFindings; ++i) {
    put_family(screen, families[i]);
  }
  if (families.size() > kMaxFindings) {
    screen.blank();
    screen.text(
        screen.say(Word::kShowing, {with_commas(kMaxFindings), with_commas(families.size())}), 2,
        Paint::kDim);
  }
}

void put_incident(Screen& screen, const model::Incident& incident) {
  const model::Language language = screen.language();
  const auto& story = incident.story;
  screen.blank();
  screen.badge(screen.say(word_of(incident.severity)), paint_of(incident.severity),
               time_span(screen, incident.from, incident.to));
  screen.text(incident.says.in(language), 2);
  screen.text(fmt::format("{}{}{}",
                          screen.pair(Word::kConfidence, screen.say(word_of(incident.confidence))),
                          screen.say(Word::kComma), incident.id),
              2, Paint::kDim);
  if (!story.empty()) {
    screen.text(screen.say(Word::kStory), 2, Paint::kBold);
  }
  for (size_t i = 0; i < story.size() && i < kMaxStory; ++i) {
    const std::string time = base::to_display(story[i].time);
    screen.labelled(time, story[i].says.in(language), 4, time.size());
  }
  if (story.size() > kMaxStory) {
    screen.text(screen.say(Word::kShowing, {with_commas(kMaxStory), with_commas(story.size())}), 4,
                Paint::kDim);
  }
  if (!incident.advice.empty()) {
    screen.text(screen.say(Word::kAdvice), 2, Paint::kBold);
  }
  for (size_t i = 0; i < incident.advice.size(); ++i) {
    screen.numbered(i + 1, screen.as_started(incident.advice[i].in(language)), 4);
  }
}

}  // namespace

void put_incidents(Screen& screen, const Brief& brief) {
  if (brief.incidents.empty()) {
    return;
  }
  screen.section(screen.say(Word::kIncidents));
  for (const auto* incident : brief.incidents) {
    put_incident(screen, *incident);
  }
}

void put_findings(Screen& screen, const Brief& brief) {
  if (!brief.intrusions.empty()) {
    screen.section(screen.say(Word::kFindings));
    put_list(screen, brief.intrusions);
  }
}

void put_weaknesses(Screen& screen, const Brief& brief) {
  if (!brief.weaknesses.empty()) {
    screen.section(screen.say(Word::kWeaknesses));
    screen.text(screen.say(Word::kWeaknessesMean), 2, Paint::kDim);
    put_list(screen, brief.weaknesses);
  }
}

void put_coverage(Screen& screen, const Report& report, const Brief& brief) {
  const auto& rows = report.facts->read<model::Coverage>();
  if (rows.empty()) {
    return;
  }
  const model::Language language = screen.language();
  screen.section(screen.say(Word::kCoverage));
  size_t status_width = 0;
  for (const auto& row : rows) {
    status_width = std::max(status_width, base::display_width(status_word(row.status, language)));
  }
  const auto put = [&](const model::Coverage& row) {
    screen.labelled(status_word(row.status, language),
                    fmt::format("{}: {}  {}/{}", row.area, row.subject, row.seen, row.asked), 2,
                    status_width, 2);
    const size_t indent = status_width + 6;
    if (const std::string reason = coverage_reason(row, language); !reason.empty()) {
      screen.text(reason, indent, Paint::kDim);
    }
    if (const std::string remedy = coverage_remedy(row, report, language); !remedy.empty()) {
      screen.text(screen.pair(Word::kRemedy, remedy), indent, Paint::kDim);
    }
  };
  for (const auto* gap : brief.gaps) {
    put(*gap);
  }
  for (const auto& row : rows) {
    if (row.status == "complete" || row.status == "not_applicable") {
      put(row);
    }
  }
}

void put_not_judged(Screen& screen, const Report& report) {
  const auto& rules = report.judgement->not_judged;
  if (rules.empty()) {
    return;
  }
  screen.section(screen.say(Word::kNotJudged));
  screen.text(screen.say(Word::kNotJudgedMeans), 2, Paint::kDim);
  for (const auto& rule : rules) {
    screen.text(
        fmt::format("{}/{}: {} ({}: {})", rule.area, rule.rule, rule.title.in(screen.language()),
                    rule.table, reason_word(rule.reason, screen.language())),
        2);
  }
}

void put_footprint(Screen& screen, const Report& report) {
  const RunFigures& run = report.run;
  screen.section(screen.say(Word::kFootprint));
  screen.text(screen.say(Word::kFootprintSays,
                         {with_commas(run.files_opened), with_commas(run.directories_read),
                          byte_size(run.bytes_read), byte_size(run.bytes_written),
                          fmt::format("{:.1f}", run.seconds), byte_size(run.peak_memory_bytes)}),
              2);
  if (run.files_with_moved_access_time > 0) {
    screen.text(screen.say(Word::kFootprintMoved, {with_commas(run.files_with_moved_access_time)}),
                2);
  }
  if (run.helpers_abandoned > 0) {
    screen.text(screen.say(Word::kFootprintHelpers, {with_commas(run.helpers_abandoned)}), 2);
  }
  screen.text(fmt::format("genba {}: {}", run.version, run.command), 2, Paint::kDim);
}

}  // namespace genba::render
