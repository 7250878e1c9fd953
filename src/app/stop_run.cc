// SPDX-License-Identifier: Apache-2.0
#include "app/stop_run.h"

#include <algorithm>
#include <utility>

#include "act/freeze/family_request.h"
#include "act/journal/self.h"
#include "base/time.h"
#include "fmt/format.h"
#include "render/stopping.h"

namespace genba::app {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;
using model::StopVerb;

// A family that replaces itself five times a second is another one between a look and the freeze.
constexpr int kMostAttempts = 20;
// One look may find each of its processes ended before its file is read.
constexpr int kMostLooks = 5;

// "20261129T031205".
std::string stamp(base::Timestamp now) {
  std::string digits;
  for (const char c : base::to_rfc3339(now)) {
    if (c == '.') {
      break;
    }
    if (c != '-' && c != ':') {
      digits += c;
    }
  }
  return digits;
}

// What is named, and when. Safe as the name of a directory and a group.
std::string new_id(const StopOptions& options, base::Timestamp now) {
  return fmt::format("{}-{}", options.pid ? std::to_string(*options.pid) : "finding", stamp(now));
}

std::vector<model::StoppedProcess> told(const std::vector<act::FrozenProcess>& processes) {
  std::vector<model::StoppedProcess> all;
  for (const act::FrozenProcess& process : processes) {
    all.push_back({process.key.pid, process.why});
  }
  return all;
}

model::FreezeTold told(const act::FreezeReport& report, int64_t nanoseconds) {
  model::FreezeTold told_report;
  told_report.id = report.state.id;
  told_report.all_frozen = report.all_frozen;
  told_report.frozen = told(report.state.processes);
  for (const act::NotFrozen& each : report.not_frozen) {
    told_report.not_frozen.push_back({each.key.pid, each.why});
  }
  told_report.notes = report.notes;
  for (const act::NotFrozen& each : report.may_belong) {
    told_report.notes.push_back(fmt::format(
        "process {} ({}) was born meanwhile and may belong: it is not frozen; look at it",
        each.key.pid, each.why));
  }
  told_report.microseconds = nanoseconds / 1000;
  // The weakest rung that was needed.
  act::FreezeMethod weakest = act::FreezeMethod::kCgroup2;
  for (const act::FrozenProcess& process : report.state.processes) {
    weakest = std::max(weakest, process.method);
  }
  told_report.method = act::to_string(weakest);
  return told_report;
}

// The words of what failed may say that nothing was done, as of their own step.
base::Error stays_frozen(const act::FreezeReport& report) {
  std::string cause = report.broken_off->what;
  cause.resize(std::min(cause.size(), cause.find("; nothing was done")));
  std::string left;
  for (const std::string& note : report.notes) {
    left += "; " + note;
  }
  return {ErrorCode::kOutput, report.broken_off->sys_errno,
          fmt::format("the freeze was broken off and could not be taken back whole: some may stay "
                      "frozen until 'genba contain thaw --id {}'; {}{}",
                      report.state.id, cause, left)};
}

model::Text target_of(const StopOptions& options) {
  if (options.finding) {
    return {fmt::format("finding {}", *options.finding), fmt::format("検出 {}", *options.finding)};
  }
  if (options.id) {
    return {fmt::format("freeze {}", *options.id), fmt::format("凍結 {}", *options.id)};
  }
  return {fmt::format("process {}", *options.pid), fmt::format("プロセス {}", *options.pid)};
}

}  // namespace

void StopRun::stage(StopStage stage) const {
  if (options_.stage) {
    options_.stage(stage);
  }
}

bool StopRun::tell(const std::string& text, const std::string& json) {
  told_ += json;
  if (reader_gone_) {
    return false;
  }
  const auto reader = print_result(options_.format == Format::kJson ? json : text);
  reader_gone_ = !reader || *reader == Reader::kGone;
  return !reader_gone_;
}

Result<void> StopRun::open(Naming naming) {
  GENBA_TRY(scene_, open_stop_scene(options_, naming));
  plan_.verb = verb_;
  plan_.target = target_of(options_);
  plan_.version = options_.act.version;
  plan_.host = scene_.hostname;
  plan_.journal = scene_.journal_directory;
  plan_.id = options_.id ? *options_.id : new_id(options_, scene_.started);
  return {};
}

// What an earlier run froze: by the freeze's id, or by a process that it holds.
Result<void> StopRun::choose_known() {
  if (scene_.journal == nullptr) {
    return {};
  }
  const std::string boot_id = act::read_boot_id();
  const auto log = act::read_journal(*scene_.journal, boot_id);
  if (!log) {
    const bool absent =
        log.error().code == ErrorCode::kNotFound || log.error().code == ErrorCode::kGone;
    return absent ? Result<void>() : fail(log.error());
  }
  all_known_ = known_freezes(*log, scene_.journal.get(), boot_id);
  known_ = find_freeze(all_known_, options_, *scene_.host);
  if (!known_) {
    return {};
  }
  if (!known_->unreadable.empty()) {
    return fail(ErrorCode::kDamaged,
                fmt::format("the record of freeze {} cannot be read: {}; nothing was done; look "
                            "for groups 'genba-{}' below /sys/fs/cgroup",
                            known_->id, known_->unreadable, known_->id));
  }
  state_ = known_->state;
  plan_.id = known_->id;
  plan_.is_frozen = true;
  return {};
}

void StopRun::plan_what_is_kept() {
  if (options_.save_dir) {
    plan_.evidence = absolute_path(*scene_.host, *options_.save_dir);
  } else {
    const std::string again = plan_.is_frozen ? "-kill-" + stamp(scene_.started) : "";
    plan_.evidence = fmt::format("{}/{}{}", kDefaultCases, plan_.id, again);
  }
  if (options_.memory == act::MemoryChoice::kPrivateWritable) {
    plan_.memory_limit = options_.memory_limit;
  }
  plan_.watch_seconds = verb_ == StopVerb::kKill ? options_.watch.count() : 0;
}

Result<void> StopRun::look_for_family() {
  stage(StopStage::kLook);
  for (int attempt = 1;; ++attempt) {
    GENBA_TRY_VOID(look(options_, progress_, scene_));
    plan_what_is_kept();
    auto found = find_stop_family(options_, scene_, plan_.evidence);
    if (found) {
      family_ = *std::move(found);
      break;
    }
    if (found.error().code != ErrorCode::kGone || attempt == kMostLooks) {
      return fail(ErrorCode::kInvalid, found.error().what);
    }
  }
  describe_family(scene_, family_, plan_);
  for (const KnownFreeze& freeze : all_known_) {
    note_members_of(freeze);
  }
  return {};
}

// They stay what they are; that freeze is taken back by its own id.
void StopRun::note_members_of(const KnownFreeze& freeze) {
  for (const act::FamilyMember& member : family_.family.members) {
    StopOptions named;
    named.pid = member.pid;
    if (find_freeze({freeze}, named, *scene_.host)) {
      plan_.notes.push_back(
          {fmt::format("process {} is frozen already, by freeze {}", member.pid, freeze.id),
           fmt::format("プロセス {} は凍結 {} ですでに凍結されています", member.pid, freeze.id)});
    }
  }
}

Result<StopRun::Answer> StopRun::tell_plan_and_ask() {
  progress_.wipe();
  if (!tell(render::render_stop_plan(plan_, options_.style, options_.program),
            render::stop_plan_json(plan_, options_.style.language))) {
    return Answer::kReaderGone;
  }
  stage(StopStage::kAsk);
  return !options_.confirm || options_.confirm() ? Answer::kGoOn : Answer::kDeclined;
}

Result<StopOutcome> StopRun::end_unasked(Answer answer) {
  if (answer == Answer::kReaderGone) {
    return StopOutcome::kReaderGone;
  }
  render::StopSummary summary;
  summary.verb = verb_;
  summary.id = plan_.id;
  summary.outcome = "declined";
  summary.journal = plan_.journal;
  tell(render::render_stop_summary(summary, options_.style, options_.program),
       render::stop_summary_json(summary));
  return StopOutcome::kDeclined;
}

Result<void> StopRun::open_journal() {
  GENBA_TRY(journal_, open_stop_journal(options_, scene_));
  return {};
}

void StopRun::tell_kept() {
  tell(render::render_kept(evidence_->kept(), options_.style),
       render::kept_json(evidence_->kept()));
}

Result<act::FreezeReport> StopRun::freeze_renewed(act::FreezeRequest& request) {
  Result<act::FreezeReport> report = fail(ErrorCode::kGone,
                                          "none of these processes lives any "
                                          "more: nothing was frozen");
  for (int i = 0; i < kMostAttempts && !report && report.error().code == ErrorCode::kGone; ++i) {
    GENBA_TRY_VOID(act::renew_members(*scene_.host, request));
    report = act::freeze(*scene_.host, request);
  }
  return report;
}

// Whether all are frozen and the evidence is on the disk.
Result<bool> StopRun::save_and_freeze() {
  GENBA_TRY(act::FreezeRequest request,
            act::to_freeze_request(*scene_.host, family_.family, family_.options, plan_.id,
                                   family_.own_files));
  request.looked_at_ticks = scene_.looked_at_ticks;
  GENBA_TRY_VOID(open_journal());
  stage(StopStage::kSave);
  GENBA_TRY(evidence_, StopEvidence::create(options_, scene_, plan_.evidence));
  std::vector<act::ProcessKey> keys;
  for (const act::FreezeMember& member : request.members) {
    keys.push_back(member.key);
  }
  GENBA_TRY_VOID(evidence_->save(*scene_.host, keys, {}));
  FreezeRecord record(*journal_);
  request.journal = [&](const act::FreezeState& state) -> Result<void> {
    GENBA_TRY_VOID(record.plan(state));
    stage(StopStage::kFreezing);
    return {};
  };
  const int64_t began = scene_.host->clocks().monotonic_nanoseconds;
  const auto report = freeze_renewed(request);
  if (!report) {
    // Where this cannot be written, the journal says it, and a thaw by the id closes the record.
    (void)record.failed(report.error());
    return fail(report.error());
  }
  if (report->broken_off) {
    // The record stays open: it is what the thaw goes by.
    return fail(stays_frozen(*report));
  }
  const int64_t took = scene_.host->clocks().monotonic_nanoseconds - began;
  state_ = report->state;
  const auto recorded = record.done(*report);
  const model::FreezeTold freeze = told(*report, took);
  tell(render::render_freeze(freeze, options_.style, options_.program),
       render::freeze_json(freeze));
  GENBA_TRY_VOID(recorded);
  GENBA_TRY_VOID(save_frozen());
  return report->all_frozen;
}

// Once more, now that nothing moves: who was caught later, and the memory, which a running process
// would change while it is read.
Result<void> StopRun::save_frozen() {
  stage(StopStage::kSaveFrozen);
  const bool with_memory = options_.memory == act::MemoryChoice::kPrivateWritable;
  std::vector<act::ProcessKey> keys;
  for (const act::FrozenProcess& process : state_.processes) {
    if (with_memory || !evidence_->is_saved(process.key)) {
      keys.push_back(process.key);
    }
  }
  act::SnapshotOptions snapshot;
  snapshot.memory = options_.memory;
  snapshot.memory_limit = options_.memory_limit;
  auto saved = evidence_->save(*scene_.host, keys, snapshot);
  if (saved) {
    saved = evidence_->seal(scene_, told_);
  }
  tell_kept();
  if (!saved) {
    base::Error error = std::move(saved).error();
    error.what += "; the family stays frozen";
    return fail(std::move(error));
  }
  return {};
}

// What one run freezes and keeps.
Result<StopOutcome> StopRun::freeze() {
  GENBA_TRY_VOID(open(Naming::kProcess));
  GENBA_TRY_VOID(choose_known());
  if (known_) {
    GENBA_TRY_VOID(refuse_what_is_over());
    return fail(ErrorCode::kInvalid,
                fmt::format("process {} is frozen already, by freeze {}: 'genba contain kill --id "
                            "{}' ends it, 'genba contain thaw --id {}' lets it go on",
                            *options_.pid, known_->id, known_->id, known_->id));
  }
  GENBA_TRY_VOID(look_for_family());
  GENBA_TRY(const Answer answer, tell_plan_and_ask());
  return answer == Answer::kGoOn ? finish(save_and_freeze()) : end_unasked(answer);
}

}  // namespace genba::app
