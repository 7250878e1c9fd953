// SPDX-License-Identifier: Apache-2.0
#include "app/triage.h"

#include <chrono>

#include "app/rule_set.h"
#include "judge/judge.h"
#include "judge/words.h"
#include "render/report.h"
#include "store/database.h"
#include "sys/file_writer.h"

namespace genba::app {

namespace {

using base::Result;

Result<std::optional<sys::FileWriter>> open_report(const TriageOptions& options) {
  if (!options.report) {
    return std::optional<sys::FileWriter>();
  }
  auto file = sys::FileWriter::open_output(*options.report);
  if (!file) {
    base::Error error = std::move(file).error().with_context("--report");
    error.code = base::ErrorCode::kInvalid;
    error.what += "; name a file in a directory that you may write to";
    return base::fail(std::move(error));
  }
  return std::optional<sys::FileWriter>(*std::move(file));
}

// A next step asks the machine that this run looked at, not the responder's own.
void point_next_steps(const ObserveOptions& options, model::Judgement& judgement) {
  std::string suffix;
  if (options.root) {
    suffix = " --root " + judge::quote_for_shell(*options.root);
  } else if (options.case_dir) {
    suffix = " --case " + judge::quote_for_shell(*options.case_dir);
  }
  for (model::Finding& finding : judgement.findings) {
    for (std::string& command : finding.next) {
      command += suffix;
    }
  }
}

}  // namespace

Result<TriageOutcome> run_triage(const TriageOptions& options, Progress& progress) {
  const auto started = std::chrono::steady_clock::now();
  GENBA_TRY(auto report_file, open_report(options));
  GENBA_TRY(const auto rules, load_rules(options.rule_directories));
  GENBA_TRY(Observation observation, observe(options.observe, collect::Wanted::all(), progress));
  progress.show("judge");
  GENBA_TRY(const auto database, store::Database::open(observation.facts));
  GENBA_TRY(model::Judgement judgement, judge::judge(rules, *database, observation.facts));
  if (judgement.verdict == model::Verdict::kNothingFound && !saw_anything(observation.facts)) {
    judgement.verdict = model::Verdict::kCouldNotLook;
  }
  point_next_steps(options.observe, judgement);
  render::Report report;
  report.facts = &observation.facts;
  report.judgement = &judgement;
  report.run = observation.run;
  report.run.program = judge::quote_for_shell(options.program);
  complete_figures(started, report.run);
  Result<void> page_written;
  if (report_file) {
    const std::string page = render::render_html(report, options.style.language);
    page_written = report_file->replace_content(page).map_error([](base::Error error) {
      error.code = base::ErrorCode::kOutput;
      return error;
    });
    complete_figures(started, report.run);
  }
  progress.wipe();
  GENBA_TRY(const Reader reader,
            print_result(options.format == Format::kJson
                             ? render::render_json_lines(report, options.style.language)
                             : render::render_terminal(report, options.style)));
  GENBA_TRY_VOID(page_written);  // only now: the verdict must not be lost with the page
  GENBA_TRY_VOID(observation.kept);
  TriageOutcome outcome;
  outcome.verdict = judgement.verdict;
  outcome.reader = reader;
  outcome.no_system = std::move(observation.no_system);
  return outcome;
}

}  // namespace genba::app
