// SPDX-License-Identifier: Apache-2.0
#include "app/logs.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "app/rule_set.h"
#include "judge/judge.h"
#include "judge/words.h"
#include "model/tables/log_files.h"
#include "render/logs.h"
#include "store/database.h"

namespace genba::app {

namespace {

using base::Result;

// The rules that `logs` applies: those of these areas, and what they read beside logs.
constexpr std::array<std::string_view, 2> kAreas = {"logs", "web"};

std::vector<judge::Rule> rules_about_logs(std::vector<judge::Rule> rules) {
  rules.erase(std::remove_if(rules.begin(), rules.end(),
                             [](const judge::Rule& rule) {
                               return std::find(kAreas.begin(), kAreas.end(), rule.area) ==
                                      kAreas.end();
                             }),
              rules.end());
  return rules;
}

// Tables of the log collectors, and those that the rules read.
Result<collect::Wanted> wanted_by(const std::vector<judge::Rule>& rules) {
  collect::Wanted wanted;
  for (const std::string_view table : {"auth_events", "events", "last", "lastlog", "log_anomalies",
                                       "log_files", "logins", "login_attempts", "host_info"}) {
    wanted.add(table, {});
  }
  for (const judge::Rule& rule : rules) {
    GENBA_TRY(const auto uses, store::uses_of(rule.query));
    for (const store::ColumnUse& use : uses) {
      wanted.add(use.first, use.second);
    }
  }
  return wanted;
}

bool read_any_log(const model::Facts& facts) {
  const auto& files = facts.read<model::LogFile>();
  return std::any_of(files.begin(), files.end(),
                     [](const model::LogFile& file) { return file.lines.has_value(); });
}

}  // namespace

Result<TriageOutcome> run_logs(const LogsOptions& options, Progress& progress) {
  const auto started = std::chrono::steady_clock::now();
  GENBA_TRY(auto all_rules, load_rules(options.rule_directories));
  const std::vector<judge::Rule> rules = rules_about_logs(std::move(all_rules));
  GENBA_TRY(const collect::Wanted wanted, wanted_by(rules));
  GENBA_TRY(Observation observation, observe(options.observe, wanted, progress));
  progress.show("judge");
  GENBA_TRY(const auto database, store::Database::open(observation.facts));
  GENBA_TRY(model::Judgement judgement, judge::judge(rules, *database, observation.facts));
  if (!read_any_log(observation.facts)) {
    judgement.verdict = model::Verdict::kCouldNotLook;
  }
  const render::LogBrief brief = render::brief_logs(observation.facts, options.filter);
  render::Report report;
  report.facts = &observation.facts;
  report.judgement = &judgement;
  report.run = observation.run;
  report.run.program = judge::quote_for_shell(options.program);
  complete_figures(started, report.run);
  progress.wipe();
  GENBA_TRY(const Reader reader,
            print_result(options.format == Format::kJson
                             ? render::render_logs_json(report, brief, options.style.language)
                             : render::render_logs_terminal(report, brief, options.style)));
  GENBA_TRY_VOID(observation.kept);
  TriageOutcome outcome;
  outcome.verdict = judgement.verdict;
  outcome.reader = reader;
  outcome.no_system = std::move(observation.no_system);
  return outcome;
}

}  // namespace genba::app
