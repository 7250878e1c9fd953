// SPDX-License-Identifier: Apache-2.0
#include "fmt/format.h"
#include "render/gaps.h"
#include "render/html_parts.h"

namespace genba::render {

namespace {

constexpr size_t kBudget = 450'000;

void write_sources(Page& page, const Report& report, const Brief& brief) {
  std::vector<const model::Coverage*> rows = brief.gaps;
  for (const auto& row : report.facts->read<model::Coverage>()) {
    if (row.status == "complete" || row.status == "not_applicable") {
      rows.push_back(&row);
    }
  }
  TableView view;
  view.caption = Word::kCoverage;
  view.headers = {Word::kArea,   Word::kSubject, Word::kStatus, Word::kRead,   Word::kAsked,
                  Word::kDenied, Word::kGone,    Word::kFailed, Word::kReason, Word::kRemedy};
  view.total = view.rows = rows.size();
  view.fill = [&](size_t i, Row& row) {
    const model::Coverage& source = *rows[i];
    row.words(source.area).code(source.subject).words(status_word(source.status, page.language()));
    row.number(source.seen).number(source.asked).number(source.denied).number(source.gone);
    row.number(source.failed);
    row.words(coverage_reason(source, page.language()));
    row.words(coverage_remedy(source, report, page.language()));
  };
  page.table(view);
}

void write_not_judged(Page& page, const Report& report) {
  const auto& rules = report.judgement->not_judged;
  if (rules.empty()) {
    return;
  }
  page.element("h3", page.say(Word::kNotJudged));
  page.note(page.say(Word::kNotJudgedMeans));
  TableView view;
  view.caption = Word::kNotJudged;
  view.headers = {Word::kRule, Word::kWhat, Word::kTable, Word::kReason};
  view.total = view.rows = rules.size();
  view.fill = [&](size_t i, Row& row) {
    const auto& rule = rules[i];
    row.code(rule.area + "/" + rule.rule).words(rule.title.in(page.language()));
    row.code(rule.table).words(reason_word(rule.reason, page.language()));
  };
  page.table(view);
}

void write_footprint(Page& page, const RunFigures& run) {
  page.element("h3", page.say(Word::kFootprint));
  page.element("p",
               page.say(Word::kFootprintSays,
                        {with_commas(run.files_opened), with_commas(run.directories_read),
                         byte_size(run.bytes_read), byte_size(run.bytes_written),
                         fmt::format("{:.1f}", run.seconds), byte_size(run.peak_memory_bytes)}));
  if (run.files_with_moved_access_time > 0) {
    page.element("p",
                 page.say(Word::kFootprintMoved, {with_commas(run.files_with_moved_access_time)}));
  }
  if (run.helpers_abandoned > 0) {
    page.element("p", page.say(Word::kFootprintHelpers, {with_commas(run.helpers_abandoned)}));
  }
}

}  // namespace

void write_coverage(Page& page, const Report& report, const Brief& brief) {
  page.open_section("coverage", Word::kCoverage, kBudget);
  page.note(page.say(Word::kCoverageMeans));
  write_sources(page, report, brief);
  write_not_judged(page, report);
  write_footprint(page, report.run);
  page.close_section();
}

void write_how_to_read(Page& page) {
  page.open_section("how", Word::kHowToRead, SIZE_MAX / 2);
  page.markup("<ul>\n");
  for (const Word which :
       {Word::kHowVerdict, Word::kHowSeverity, Word::kHowConfidence, Word::kHowWeakness,
        Word::kHowCoverage, Word::kHowEscapes, Word::kHowTimes}) {
    page.element("li", page.say(which));
  }
  page.markup("</ul>\n");
  page.close_section();
}

}  // namespace genba::render
