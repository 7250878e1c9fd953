// SPDX-License-Identifier: Apache-2.0
//
// The steps of a run that end a freeze: killing, watching, thawing.
#include <algorithm>
#include <utility>

#include "act/journal/self.h"
#include "app/stop_run.h"
#include "app/stop_watch.h"
#include "base/text.h"
#include "fmt/format.h"
#include "render/stopping.h"

namespace genba::app {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

// Something had been begun: an action that failed, whatever the cause.
base::Error as_action(base::Error error) {
  // kInvalid says that nothing was changed.
  if (error.code != ErrorCode::kInvalid) {
    error.code = ErrorCode::kOutput;
  }
  return error;
}

std::vector<int64_t> pids_of(const std::vector<act::ProcessKey>& keys) {
  std::vector<int64_t> pids;
  for (const act::ProcessKey& key : keys) {
    pids.push_back(key.pid);
  }
  return pids;
}

model::KillTold told(const act::KillReport& report, std::string_view id) {
  model::KillTold told_report;
  told_report.id = id;
  told_report.complete = report.complete;
  told_report.killed = pids_of(report.killed);
  told_report.gone = pids_of(report.gone);
  for (const act::Survivor& each : report.survivors) {
    told_report.survivors.push_back({each.key.pid, each.why});
  }
  told_report.notes = report.notes;
  return told_report;
}

std::string joined(const std::vector<std::string>& notes) {
  std::string text;
  for (const std::string& note : notes) {
    text += text.empty() ? note : "; " + note;
  }
  return text;
}

}  // namespace

// Who would bring it back is asked anew; who is frozen is what the record says.
Result<void> StopRun::look_at_frozen() {
  stage(StopStage::kLook);
  GENBA_TRY_VOID(look(options_, progress_, scene_));
  plan_what_is_kept();
  auto family = find_frozen_family(scene_, state_, plan_.evidence);
  if (!family && family.error().code != ErrorCode::kGone) {
    return fail(std::move(family).error());
  }
  if (family) {
    family_ = *std::move(family);
  }
  describe_family(scene_, family_, plan_);
  for (const act::FamilyMember& member : family_.family.members) {
    const bool frozen = std::any_of(
        state_.processes.begin(), state_.processes.end(),
        [&](const act::FrozenProcess& process) { return process.key.pid == member.pid; });
    if (!frozen) {
      plan_.notes.push_back(
          {fmt::format("process {} belongs to the family and is not frozen: it may bring it back; "
                       "freeze it first",
                       member.pid),
           fmt::format("プロセス {} は関連プロセスですが凍結されていません。再び起動させるおそれが"
                       "あるため、先に凍結してください",
                       member.pid)});
    }
  }
  return {};
}

void StopRun::describe_frozen() {
  for (const act::FrozenProcess& process : state_.processes) {
    model::FamilyProcess member;
    member.pid = process.key.pid;
    member.why = process.why;
    if (const auto executable = act::executable_of(*scene_.host, process.key.pid);
        executable && act::is_alive(*scene_.host, process.key)) {
      member.path = executable->path;
    }
    plan_.members.push_back(std::move(member));
  }
  if (known_->interrupted) {
    plan_.notes.push_back(
        {"Genba was ended in the middle of this freeze: some of it may not be "
         "in force",
         "この凍結の途中で genba が終了しています。一部は有効でない可能性が"
         "あります"});
  }
}

void StopRun::note_altered_record() {
  const auto log = act::read_journal(*scene_.journal, "");
  if (log && (log->altered || log->headless)) {
    plan_.notes.push_back(
        {"the journal was altered: who is listed here may not be whom Genba froze; look at each "
         "before you say yes",
         "操作の記録が改ざんされています。ここに挙げたプロセスは genba が凍結したものではない可能性"
         "があります。一つずつ確認してから進めてください"});
  }
}

Result<void> StopRun::close_interrupted() {
  for (const uint64_t action : known_->open) {
    GENBA_TRY_VOID(journal_->end(
        action, {model::ActionOutcome::kAsserted, act::to_json(known_->state),
                 "Genba was ended in the middle of it; this is what it was about to freeze"}));
  }
  return {};
}

// Under the journal's lock nobody else lifts it any more.
Result<void> StopRun::choose_again() {
  const auto again =
      find_freeze(known_freezes(journal_->log(), scene_.journal.get(), act::read_boot_id()),
                  options_, *scene_.host);
  if (!again || again->id != known_->id) {
    return fail(
        ErrorCode::kInvalid,
        fmt::format("freeze {} was lifted meanwhile by another run: nothing was done", known_->id));
  }
  known_ = again;
  return {};
}

// Whoever filled the disk, or altered a byte of the journal, must not keep a family frozen.
Result<void> StopRun::open_journal_to_lift() {
  StopOptions lifting = options_;
  lifting.act.unrecorded = act::Unrecorded::kAllowed;
  GENBA_TRY(journal_, open_stop_journal(lifting, scene_));
  return {};
}

Result<void> StopRun::save_once_more() {
  stage(StopStage::kSave);
  GENBA_TRY(evidence_, StopEvidence::create(options_, scene_, plan_.evidence));
  return save_frozen();
}

Result<bool> StopRun::save_again() {
  GENBA_TRY_VOID(open_journal_to_lift());
  GENBA_TRY_VOID(choose_again());
  const auto saved = save_once_more();
  if (!saved && options_.evidence == Evidence::kRequired) {
    return fail(saved.error());
  }
  if (!saved) {
    print(Stream::kErrors, fmt::format("genba: not kept, going on as asked: {}\n",
                                       base::escape_for_terminal(saved.error().what)));
  }
  return true;
}

Result<bool> StopRun::kill_and_watch() {
  GENBA_TRY(const bool ready, known_ ? save_again() : save_and_freeze());
  if (!ready) {
    return fail(ErrorCode::kOutput,
                fmt::format("not all of the family are frozen, and whoever runs would bring the "
                            "others back: nobody was killed; 'genba contain thaw --id {}' takes "
                            "the freeze back, 'genba contain kill --id {}' kills what is frozen",
                            state_.id, state_.id));
  }
  stage(StopStage::kKill);
  std::vector<act::Remembered> dead = act::remember(*scene_.host, state_, family_.own_files);
  GENBA_TRY(const bool complete, kill_frozen());
  if (options_.watch.count() == 0) {
    return complete;
  }
  GENBA_TRY(const bool quiet, watch(std::move(dead)));
  return complete && quiet;
}

Result<bool> StopRun::kill_frozen() {
  act::Step step;
  step.verb = "contain kill";
  step.subject = freeze_subject(state_.id);
  step.effect = model::ActionEffect::kLifts;
  step.before = act::to_json(state_);
  GENBA_TRY(const uint64_t action, journal_->begin(step));
  const auto report = act::kill_frozen(*scene_.host, state_, {});
  if (!report) {
    GENBA_TRY_VOID(journal_->end(action, {model::ActionOutcome::kFailed, "", report.error().what}));
    return fail(report.error());
  }
  const model::KillTold kill = told(*report, state_.id);
  const std::string json = render::kill_json(kill);
  const auto recorded = journal_->end(
      action, {report->complete ? model::ActionOutcome::kProven : model::ActionOutcome::kFailed,
               json.substr(0, json.find('\n')), joined(kill.notes)});
  tell(render::render_kill(kill, options_.style, options_.program), json);
  GENBA_TRY_VOID(recorded);
  chain_ = journal_->chain();
  return report->complete;
}

// The journal is let go meanwhile: two minutes without it would keep others from confirming a
// containment.
Result<bool> StopRun::watch(std::vector<act::Remembered> dead) {
  journal_.reset();
  stage(StopStage::kWatch);
  std::string seen;
  const model::WatchTold watched = watch_for_comebacks(
      *scene_.host, std::move(dead), options_, progress_, [&](const model::ComebackTold& one) {
        const std::string json = render::comeback_json(one);
        seen += json;
        return tell(render::render_comeback(one, options_.style), json);
      });
  const std::string json = render::watch_json(watched);
  tell(render::render_watch(watched, options_.style), json);
  GENBA_TRY_VOID(known_ ? open_journal_to_lift() : open_journal());
  act::Step step;
  step.verb = "contain watch";
  step.subject = freeze_subject(state_.id);
  GENBA_TRY(const uint64_t action, journal_->begin(step));
  GENBA_TRY_VOID(journal_->end(
      action, {watched.error.empty() ? model::ActionOutcome::kDone : model::ActionOutcome::kFailed,
               seen + json, watched.error}));
  return watched.comebacks == 0 && watched.error.empty();
}

Result<bool> StopRun::thaw_known() {
  GENBA_TRY_VOID(open_journal_to_lift());
  GENBA_TRY_VOID(choose_again());
  stage(StopStage::kThaw);
  GENBA_TRY_VOID(close_interrupted());
  model::ThawTold thaw;
  thaw.id = known_->id;
  thaw.booted_since = !known_->of_this_boot;
  act::Step step;
  step.verb = "contain thaw";
  step.subject = freeze_subject(known_->id);
  step.effect = model::ActionEffect::kLifts;
  step.before = act::to_json(known_->state);
  GENBA_TRY(const uint64_t action, journal_->begin(step));
  Result<act::ThawReport> report;
  if (!thaw.booted_since) {
    report = act::thaw(*scene_.host, known_->state);
  }
  if (!report) {
    GENBA_TRY_VOID(journal_->end(action, {model::ActionOutcome::kFailed, "", report.error().what}));
    return fail(report.error());
  }
  thaw.complete = report->complete;
  thaw.thawed = pids_of(report->thawed);
  thaw.gone = pids_of(report->gone);
  thaw.notes = report->notes;
  const std::string json = render::thaw_json(thaw);
  const auto recorded = journal_->end(
      action, {thaw.complete ? model::ActionOutcome::kDone : model::ActionOutcome::kFailed,
               json.substr(0, json.find('\n')),
               thaw.booted_since ? "the machine has been booted since" : joined(thaw.notes)});
  tell(render::render_thaw(thaw, options_.style), json);
  GENBA_TRY_VOID(recorded);
  return thaw.complete;
}

Result<StopOutcome> StopRun::finish(Result<bool> good) {
  render::StopSummary summary;
  summary.verb = verb_;
  summary.id = plan_.id;
  summary.outcome = good && *good ? "done" : "failed";
  summary.error = good ? "" : good.error().what;
  summary.journal = plan_.journal;
  summary.chain = journal_ ? journal_->chain() : chain_;
  const std::string json = render::stop_summary_json(summary);
  // The caller tells an error to people.
  tell(good ? render::render_stop_summary(summary, options_.style, options_.program) : "", json);
  if (!good) {
    return fail(as_action(std::move(good).error()));
  }
  return *good ? StopOutcome::kDone : StopOutcome::kFailed;
}

Result<StopOutcome> StopRun::kill() {
  GENBA_TRY_VOID(open(Naming::kProcess));
  GENBA_TRY_VOID(choose_known());
  if (options_.id && !known_) {
    return fail(not_known());
  }
  if (!known_ && options_.evidence == Evidence::kIfPossible) {
    return fail(ErrorCode::kInvalid,
                "--without-evidence ends only what an earlier freeze has kept: name it with --id "
                "ID");
  }
  if (known_) {
    GENBA_TRY_VOID(refuse_what_is_over());
  }
  GENBA_TRY_VOID(known_ ? look_at_frozen() : look_for_family());
  if (known_) {
    note_altered_record();
  }
  GENBA_TRY(const Answer answer, tell_plan_and_ask());
  return answer == Answer::kGoOn ? finish(kill_and_watch()) : end_unasked(answer);
}

Result<void> StopRun::refuse_what_is_over() const {
  if (known_->of_this_boot && !known_->interrupted) {
    return {};
  }
  return fail(
      ErrorCode::kInvalid,
      fmt::format("freeze {} {}: 'genba contain thaw --id {}' closes it; then name a "
                  "process that runs",
                  known_->id,
                  known_->of_this_boot ? "was broken off, so that not all of it may be frozen"
                                       : "is of an earlier boot, and nothing of it is left",
                  known_->id));
}

base::Error StopRun::not_known() const {
  return {ErrorCode::kInvalid, 0,
          options_.id
              ? fmt::format("no freeze '{}' is in force by the journal in {}; 'genba case log' "
                            "lists them",
                            *options_.id, plan_.journal)
              : fmt::format("process {} is not frozen by the journal in {}; 'genba case log' "
                            "lists what is in force",
                            *options_.pid, plan_.journal)};
}

Result<StopOutcome> StopRun::thaw() {
  GENBA_TRY_VOID(open(Naming::kFreeze));
  GENBA_TRY_VOID(choose_known());
  if (!known_) {
    return fail(not_known());
  }
  describe_frozen();
  note_altered_record();
  GENBA_TRY(const Answer answer, tell_plan_and_ask());
  return answer == Answer::kGoOn ? finish(thaw_known()) : end_unasked(answer);
}

}  // namespace genba::app
