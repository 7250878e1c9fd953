// SPDX-License-Identifier: Apache-2.0
#include "app/case.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "act/journal/journal.h"
#include "act/journal/self.h"
#include "base/text.h"
#include "fmt/format.h"
#include "host/host.h"
#include "render/actions.h"
#include "store/case/case_reader.h"
#include "sys/process_setup.h"

namespace genba::app {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;
using render::LogCheck;
using render::LogState;

bool is_missing(const base::Error& error) {
  return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kGone;
}

base::Error about_directory(const CaseOptions& options, std::string_view what) {
  return {ErrorCode::kNotFound, 0,
          fmt::format("'{}': {}; give the directory of a case, or of the journal that an action "
                      "named",
                      base::escape_for_terminal(options.directory), what)};
}

Result<std::unique_ptr<host::Host>> open_directory(const CaseOptions& options) {
  auto directory = host::open_tree_host(options.directory);
  if (!directory && is_missing(directory.error()) && options.directory == act::kDefaultJournal) {
    return fail(ErrorCode::kNotFound,
                fmt::format("no action is recorded on this machine (in {}); a journal that was "
                            "kept elsewhere is read by naming its directory",
                            options.directory));
  }
  if (!directory) {
    return fail(about_directory(options, directory.error().what));
  }
  GENBA_TRY_VOID(sys::enter_look_sandbox(sys::Writing::kForbidden));
  return directory;
}

Result<CaseOutcome> tell(std::string_view text, CaseOutcome outcome) {
  GENBA_TRY(const Reader reader, print_result(text));
  return reader == Reader::kGone ? CaseOutcome::kReaderGone : outcome;
}

LogState state_of(store::CaseEnd end) {
  switch (end) {
    case store::CaseEnd::kSealed: return LogState::kSealed;
    case store::CaseEnd::kCut: return LogState::kCut;
    case store::CaseEnd::kAltered: return LogState::kAltered;
  }
  return LogState::kAltered;
}

void check_objects(const host::Host& directory, const std::vector<store::CaseObject>& objects,
                   LogCheck& check) {
  const std::vector<base::Note> wrong = store::verify_objects(directory, objects);
  check.objects = objects.size();
  check.objects_wrong = wrong.size();
  check.notes.insert(check.notes.end(), wrong.begin(), wrong.end());
}

LogCheck check_case(const host::Host& directory, const store::CaseContents& contents) {
  LogCheck check;
  check.name = "log.jsonl";
  check.state = state_of(contents.end);
  check.lines = contents.lines;
  check.chain = contents.chain;
  check.notes = contents.notes;
  check_objects(directory, contents.objects, check);
  return check;
}

LogCheck check_journal(const host::Host& directory, const model::ActionLog& log) {
  LogCheck check;
  check.name = act::kJournalName.file;
  const bool cut = log.has_half_line || log.headless;
  check.state = log.altered ? LogState::kAltered : cut ? LogState::kCut : LogState::kWhole;
  check.lines = log.lines;
  check.chain = log.chain;
  check.notes = log.notes;
  std::vector<store::CaseObject> objects;
  for (const auto& object : log.objects) {
    objects.push_back({object.sha256, object.bytes, object.source});
  }
  check_objects(directory, objects, check);
  return check;
}

// A value that was noted elsewhere stands in one of the logs, or lines are missing.
void check_noted_chain(const CaseOptions& options, const model::ActionLog* journal,
                       std::vector<LogCheck>& checks) {
  if (!options.chain) {
    return;
  }
  const auto stands_in = [&](const LogCheck& check) {
    return check.chain == *options.chain ||
           (journal != nullptr && check.name == act::kJournalName.file &&
            std::find(journal->chains.begin(), journal->chains.end(), *options.chain) !=
                journal->chains.end());
  };
  if (std::any_of(checks.begin(), checks.end(), stands_in)) {
    return;
  }
  for (LogCheck& check : checks) {
    if (check.holds()) {
      check.state = LogState::kShortened;
    }
  }
}

}  // namespace

Result<CaseOutcome> run_case_log(const CaseOptions& options) {
  GENBA_TRY(const auto directory, open_directory(options));
  auto log = act::read_journal(*directory, act::read_boot_id());
  if (!log && is_missing(log.error())) {
    if (!directory->open_file("/log.jsonl")) {
      return fail(about_directory(options, "there is no journal of actions in it"));
    }
    log = model::ActionLog();
  }
  if (!log) {
    return fail(std::move(log).error());
  }
  return tell(options.json ? render::render_actions_json(*log)
                           : render::render_actions(*log, options.style),
              log->altered || log->headless ? CaseOutcome::kDoesNotHold : CaseOutcome::kHolds);
}

Result<CaseOutcome> run_case_verify(const CaseOptions& options) {
  GENBA_TRY(const auto directory, open_directory(options));
  std::vector<LogCheck> checks;
  const auto contents = store::read_case(*directory);
  if (contents) {
    checks.push_back(check_case(*directory, *contents));
  } else if (!is_missing(contents.error())) {
    return fail(contents.error());
  }
  const auto journal = act::read_journal(*directory, "");
  if (journal) {
    checks.push_back(check_journal(*directory, *journal));
  } else if (!is_missing(journal.error())) {
    return fail(journal.error());
  }
  if (checks.empty()) {
    return fail(about_directory(options, "there is no log in it"));
  }
  check_noted_chain(options, journal ? &*journal : nullptr, checks);
  const bool holds = std::all_of(checks.begin(), checks.end(),
                                 [](const LogCheck& check) { return check.holds(); });
  return tell(options.json ? render::render_checks_json(checks)
                           : render::render_checks(checks, options.style),
              holds ? CaseOutcome::kHolds : CaseOutcome::kDoesNotHold);
}

}  // namespace genba::app
