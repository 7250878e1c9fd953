// SPDX-License-Identifier: Apache-2.0
#include "app/contain_run.h"

#include <memory>
#include <string>
#include <utility>

#include "act/contain/apply.h"
#include "act/contain/redirection.h"
#include "act/contain/report.h"
#include "act/contain/status.h"
#include "app/contain_proof.h"
#include "app/contain_rung.h"
#include "app/contain_scene.h"
#include "base/digest.h"

namespace genba::app {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;
using model::ContainmentChangeKind;

act::ControlOptions control_options(const ContainRunOptions& options, const ContainScene& scene) {
  act::ControlOptions control;
  control.version = options.act.version;
  control.guard = options.guard;
  control.loading = scene.loading;
  control.kernel = scene.kernel;
  control.journal_directory = options.act.journal_directory;
  return control;
}

Result<act::ApplyReport> apply(const ContainRunOptions& options, const ContainScene& scene,
                               const act::Plan& plan, const std::string& plan_sha256,
                               act::Journal& journal) {
  act::ApplyOptions apply;
  apply.version = options.act.version;
  apply.guard = options.guard;
  apply.loading = scene.loading;
  apply.kernel = scene.kernel;
  apply.journal_directory = options.act.journal_directory;
  apply.plan_sha256 = plan_sha256;
  return act::apply(*scene.host, plan, apply, journal);
}

// Frames below IP are tried where the rules are meant to stop them.
std::vector<model::HookedDevice> devices_to_try(const act::Containment& state,
                                                const act::Plan& plan) {
  const act::ContainedNamespace* own = state.own();
  return own != nullptr && own->hooks == act::DeviceHooks::kIngressAndEgress
             ? plan.devices
             : std::vector<model::HookedDevice>();
}

std::vector<act::ContainedNamespace> others_of(const act::Containment& state) {
  std::vector<act::ContainedNamespace> others;
  for (const act::ContainedNamespace& where : state.namespaces) {
    if (!where.own && where.contained) {
      others.push_back(where);
    }
  }
  return others;
}

Result<model::ContainmentReport> apply_by_nf_tables(const ContainRunOptions& options,
                                                    const ContainScene& scene,
                                                    const act::Plan& plan, act::Journal& journal) {
  const std::string plan_sha256 = base::sha256_of(act::to_json(plan));
  GENBA_TRY(const act::ApplyReport applied, apply(options, scene, plan, plan_sha256, journal));
  model::ContainmentReport report =
      act::to_report(applied, plan_sha256, options.act.journal_directory);
  // What apply has loaded may be asked now.
  const sys::NftKernel kernel =
      scene.loading == sys::ModuleLoading::kAllowed ? sys::nf_tables_present() : scene.kernel;
  auto paths = prove_paths(*scene.host, kernel, plan.rung, others_of(applied.state),
                           devices_to_try(applied.state, plan));
  if (paths) {
    report.paths = *std::move(paths);
  } else {
    report.failures.push_back({"proof", {paths.error().what, paths.error().what}});
  }
  if (scene.session() != nullptr) {
    report.session = prove_own_session(*scene.host, scene.session(), scene.session_index(),
                                       count_by_nf_tables(kernel), options.view);
  }
  record_proof(journal, applied.action, act::to_json(applied.state), report);
  return report;
}

Result<act::ContainStatus> read_status(const ContainRunOptions& options, const ContainScene& scene,
                                       const model::ActionLog& log) {
  return act::read_status(*scene.host, log, options.act.journal_directory,
                          {scene.kernel, scene.loading});
}

// Where nf_tables cannot be asked, and nobody says that it was ever used, nothing stands.
template <class Found>
bool is_without_any(const ContainRunOptions& options, const Result<Found>& found,
                    const model::ActionLog& log) {
  if (found || found.error().code != ErrorCode::kUnsupported) {
    return false;
  }
  const auto recorded = act::find_containment(log, options.act.journal_directory);
  return !recorded && recorded.error().code == ErrorCode::kNotFound;
}

// Two at once would each be blind to the other.
Result<void> refuse_standing_rung(const ContainRunOptions& options, const ContainScene& scene) {
  const auto log = read_action_log(scene);
  const auto standing = find_standing_rung(options, scene, log.value_or(model::ActionLog()));
  if (standing && standing->in_kernel) {
    return fail(ErrorCode::kInvalid,
                "this host is contained already: see genba contain status, and end it with genba "
                "contain undo");
  }
  return {};
}

}  // namespace

Result<ContainOutcome> run_contain_apply(const ContainRunOptions& options, Progress& progress) {
  GENBA_TRY(ContainScene scene, open_contain_scene(options));
  GENBA_TRY_VOID(refuse_standing_rung(options, scene));
  GENBA_TRY_VOID(look(options, progress, scene));
  act::find_redirection(*scene.host, act::Netfilter::kPermitted, scene.loading, scene.found);
  act::Plan plan = act::plan_containment(scene.found, options.contain);
  choose_rung(scene, plan);
  render::ContainmentView view = options.view;
  view.shows_next_step = false;
  const Result<Reader> reader = print_result(
      options.format == Format::kJson ? render::render_plan_json(plan, view.style.language)
                                      : render::render_plan(plan, view));
  GENBA_TRY_VOID(reader);
  if (!plan.refusals.empty()) {
    return ContainOutcome::kRefused;
  }
  if (*reader == Reader::kGone) {
    return ContainOutcome::kReaderGone;
  }
  if (options.confirm && !options.confirm()) {
    return ContainOutcome::kDeclined;
  }
  const bool nf_tables = plan.rung == act::Rung::kNftables || plan.rung == act::Rung::kNftablesInet;
  GENBA_TRY(act::Journal journal, open_act_journal(options.act, scene.session_address()));
  GENBA_TRY(const model::ContainmentReport report,
            nf_tables ? apply_by_nf_tables(options, scene, plan, journal)
                      : apply_on_rung(options, scene, plan, journal));
  if (options.format == Format::kTable) {
    print(Stream::kOutput, "\n");  // between the plan and what came of it
  }
  GENBA_TRY_VOID(tell(report, options));
  const bool session_unsure =
      report.session && report.session->outcome != model::ProofOutcome::kProven;
  return report.outcome() == model::ProofOutcome::kFailed || session_unsure
             ? ContainOutcome::kFailed
             : ContainOutcome::kDone;
}

Result<ContainOutcome> run_contain_confirm(const ContainRunOptions& options, Progress& progress) {
  GENBA_TRY(ContainScene scene, open_contain_scene(options));
  GENBA_TRY_VOID(look(options, progress, scene));
  GENBA_TRY(const model::ActionLog log, read_action_log(scene));
  if (const auto standing = find_standing_rung(options, scene, log)) {
    return confirm_on_rung(options, scene, *standing);
  }
  const model::PathProof session =
      prove_own_session(*scene.host, scene.session(), scene.session_index(),
                        count_by_nf_tables(scene.kernel), options.view);
  GENBA_TRY(act::Journal journal, open_act_journal(options.act, scene.session_address()));
  GENBA_TRY(const act::ControlReport changed,
            act::confirm(*scene.host, session_proof(scene, session), options.force,
                         control_options(options, scene), journal));
  auto change =
      act::to_change(ContainmentChangeKind::kConfirm, changed, options.act.journal_directory);
  if (scene.session() != nullptr) {
    change.session = session;
  }
  return tell_change(change, options);
}

Result<ContainOutcome> run_contain_extend(const ContainRunOptions& options, Progress& progress) {
  GENBA_TRY(const ContainScene scene, open_contain_scene(options));
  progress.wipe();
  GENBA_TRY(const model::ActionLog log, read_action_log(scene));
  if (const auto standing = find_standing_rung(options, scene, log)) {
    return extend_on_rung(options, scene, *standing);
  }
  GENBA_TRY(act::Journal journal, open_act_journal(options.act, {}));
  GENBA_TRY(const act::ControlReport changed,
            act::extend(*scene.host, options.seconds, control_options(options, scene), journal));
  return tell_change(
      act::to_change(ContainmentChangeKind::kExtend, changed, options.act.journal_directory),
      options);
}

Result<ContainOutcome> run_contain_undo(const ContainRunOptions& options, Progress& progress) {
  GENBA_TRY(const ContainScene scene, open_contain_scene(options));
  progress.wipe();
  // A journal that was altered keeps nobody from opening.
  const model::ActionLog log = read_action_log(scene).value_or(model::ActionLog());
  if (const auto standing = find_standing_rung(options, scene, log)) {
    return undo_on_rung(options, scene, *standing);
  }
  GENBA_TRY(act::Journal journal, open_act_journal(options.act, {}));
  GENBA_TRY(const act::UndoReport undone,
            act::undo(*scene.host, options.force, control_options(options, scene), journal));
  return tell_change(act::to_change(undone, options.act.journal_directory), options);
}

Result<ContainOutcome> run_contain_status(const ContainRunOptions& options, Progress& progress) {
  GENBA_TRY(const ContainScene scene, open_contain_scene(options));
  progress.wipe();
  GENBA_TRY(const model::ActionLog log, read_action_log(scene));
  if (const auto standing = find_standing_rung(options, scene, log)) {
    return status_on_rung(options, scene, *standing);
  }
  const auto found = read_status(options, scene, log);
  model::ContainmentStatus status;
  if (!is_without_any(options, found, log)) {
    GENBA_TRY_VOID(found);
    status = act::to_status(*found);
  }
  // A guard that lived to the end took away what the timer had opened.
  if (status.state == model::ContainmentState::kNone && act::was_ended_by_timer(log)) {
    status.state = model::ContainmentState::kOpened;
  }
  return tell_status(status, options);
}

}  // namespace genba::app
