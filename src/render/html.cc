// SPDX-License-Identifier: Apache-2.0
//
// The page: one HTML file to hand on, to print, to attach to a ticket. No script, no reference to
// anything outside it (a Content-Security-Policy in it forbids both, should an escape ever fail).
// First what matters, then what it rests on; long tables are folded. Covered by html_test.cc and,
// in a browser, tests/whole/report_page_test.sh.
#include "base/text.h"
#include "fmt/format.h"
#include "render/gaps.h"
#include "render/html_parts.h"
#include "render/report.h"

namespace genba::render {

namespace {

using model::Language;

std::string_view verdict_class(model::Verdict verdict) {
  switch (verdict) {
    case model::Verdict::kCompromised: return "compromised";
    case model::Verdict::kSuspicious: return "suspicious";
    case model::Verdict::kCouldNotLook:
    case model::Verdict::kNothingFound: return "nothing";
  }
  return "suspicious";
}

std::string host_name(const Report& report, Language language) {
  const std::string name = host_fact(report, "hostname", language);
  return name.empty() ? report.run.source : name;
}

void write_head(Page& page, const Report& report) {
  page.markup(fmt::format("<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n",
                          page.language() == Language::kJapanese ? "ja" : "en"));
  page.markup(
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n<title>");
  page.text(fmt::format("{} – {} – {}", host_name(report, page.language()),
                        page.say(word_of(report.judgement->verdict)),
                        page.say(Word::kReportTitle)));
  page.markup("</title>\n<style>\n");
  page.markup(report_css());
  page.markup("</style>\n</head>\n<body>\n");
}

void write_contents(Page& page, const Brief& brief) {
  const std::pair<std::string_view, Word> entries[] = {
      {"summary", Word::kSummary},         {"now", Word::kWhatToDo},
      {"gaps", Word::kNotLookedAt},        {"incidents", Word::kIncidents},
      {"findings", Word::kFindings},       {"processes", Word::kProcessTree},
      {"connections", Word::kConnections}, {"persistence", Word::kPersistence},
      {"accounts", Word::kAccounts},       {"logs", Word::kLogs},
      {"weaknesses", Word::kWeaknesses},   {"coverage", Word::kCoverage},
      {"how", Word::kHowToRead},
  };
  page.markup("<nav aria-label=\"");
  page.text(page.say(Word::kContents));
  page.markup("\"><div class=\"wide\"><ul>\n");
  for (const auto& [id, title] : entries) {
    const bool missing = (id == "incidents" && brief.incidents.empty()) ||
                         (id == "findings" && brief.intrusions.empty()) ||
                         (id == "weaknesses" && brief.weaknesses.empty());
    if (missing) {
      continue;
    }
    page.markup(fmt::format("<li><a href=\"#{}\">", id));
    page.text(page.say(title));
    page.markup("</a></li>\n");
  }
  page.markup("</ul></div></nav>\n");
}

void write_footer(Page& page, const Report& report) {
  page.markup("<footer><div class=\"wide\"><p>");
  page.text(fmt::format("Genba {}, {}", report.run.version, base::to_display(report.run.started)));
  page.markup("</p></div></footer>\n</body>\n</html>\n");
}

}  // namespace

void write_verdict(Page& page, const Report& report, const Brief& brief) {
  const model::Verdict verdict = report.judgement->verdict;
  page.markup(fmt::format("<header class=\"verdict {}\"><div class=\"wide\">\n<p>",
                          verdict_class(verdict)));
  page.text(page.say(Word::kReportTitle));
  page.markup("</p>\n<h1><span>");
  page.text(page.say(Word::kLabelled, {page.say(Word::kVerdict), ""}));
  page.markup("</span><strong>");
  page.text(page.say(word_of(verdict)));
  page.markup("</strong></h1>\n");
  if (const std::string_view warning = case_warning(report, page.language()); !warning.empty()) {
    page.element("p", warning, "class=\"damage\"");
  }
  page.markup("<p>");
  const std::string_view comma = page.say(Word::kComma);
  std::string line = host_name(report, page.language());
  line += comma;
  line += base::to_display(report.run.started);
  line += comma;
  line += page.say(Word::kFindingCounts, {severity_counts(brief.intrusions, page.language())});
  if (!brief.weaknesses.empty()) {
    line += comma;
    line += page.say(Word::kWeaknessCount, {with_commas(brief.weaknesses.size())});
  }
  page.text(line);
  page.markup("</p>\n</div></header>\n");
}

std::string render_html(const Report& report, Language language) {
  Page page(language, report.run.program);
  const Brief brief = make_brief(report);
  const Marks marks = marks_of(report);
  write_head(page, report);
  write_verdict(page, report, brief);
  write_contents(page, brief);
  page.markup("<main class=\"wide\">\n");
  write_summary(page, report, brief);
  write_steps(page, report, brief);
  write_gaps(page, report, brief);
  write_incidents(page, brief);
  write_findings(page, brief);
  write_processes(page, report, marks);
  write_connections(page, report, marks);
  write_persistence(page, report, marks);
  write_accounts(page, report, marks);
  write_logs(page, report, marks);
  write_weaknesses(page, brief);
  write_coverage(page, report, brief);
  write_how_to_read(page);
  page.markup("</main>\n");
  write_footer(page, report);
  return page.take();
}

}  // namespace genba::render
