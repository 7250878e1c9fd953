// SPDX-License-Identifier: Apache-2.0
#include "app/contain_scene.h"

#include <algorithm>
#include <utility>

#include "act/contain/gather.h"
#include "act/journal/self.h"

namespace genba::app {

using base::ErrorCode;
using base::Result;

int ContainScene::session_index() const {
  const model::SessionCandidate* one = session();
  if (one == nullptr || base::scope_of(one->local) != base::AddressScope::kLinkLocal) {
    return 0;
  }
  const auto held = std::find_if(found.addresses.begin(), found.addresses.end(),
                                 [&](const auto& row) { return row.address == one->local; });
  return held == found.addresses.end() ? 0 : held->index;
}

std::string ContainScene::session_address() const {
  return session() != nullptr ? base::to_text(session()->remote) : std::string();
}

act::SessionProof session_proof(const ContainScene& scene, const model::PathProof& session) {
  const bool sure = session.outcome == model::ProofOutcome::kProven ||
                    scene.found.responder.way == act::SessionWay::kConsole;
  return sure ? act::SessionProof::kProven : act::SessionProof::kUnproven;
}

Result<ContainScene> open_contain_scene(const ContainRunOptions& options) {
  ContainScene scene;
  GENBA_TRY(scene.host, open_host_to_act(options.act, "containing a machine"));
  if (auto journal = host::open_tree_host(options.act.journal_directory)) {
    scene.journal = *std::move(journal);
  }
  GENBA_TRY_VOID(enter_act_sandbox());
  scene.kernel = sys::nf_tables_present();
  scene.loading =
      options.act.allow_module_load ? sys::ModuleLoading::kAllowed : sys::ModuleLoading::kForbidden;
  return scene;
}

Result<void> look(const ContainRunOptions& options, Progress& progress, ContainScene& scene) {
  model::Facts facts;
  gather_to_act(*scene.host, contain_wanted(options.logs), options.act, progress, facts);
  progress.wipe();
  GENBA_TRY(scene.found, find_for_plan(*scene.host, facts));
  return {};
}

Result<model::ActionLog> read_action_log(const ContainScene& scene) {
  if (scene.journal == nullptr) {
    return model::ActionLog();
  }
  auto log = act::read_journal(*scene.journal, act::read_boot_id());
  const bool absent =
      !log && (log.error().code == ErrorCode::kNotFound || log.error().code == ErrorCode::kGone);
  return absent ? model::ActionLog() : std::move(log);
}

Result<ContainOutcome> tell_change(const model::ContainmentChange& change,
                                   const ContainRunOptions& options) {
  GENBA_TRY(const Reader reader, tell(change, options));
  if (change.failed()) {
    return ContainOutcome::kFailed;
  }
  return reader == Reader::kGone ? ContainOutcome::kReaderGone : ContainOutcome::kDone;
}

Result<ContainOutcome> tell_status(const model::ContainmentStatus& status,
                                   const ContainRunOptions& options) {
  GENBA_TRY(const Reader reader, tell(status, options));
  if (status.state == model::ContainmentState::kGone || !status.tampering.empty()) {
    return ContainOutcome::kFailed;
  }
  if (reader == Reader::kGone) {
    return ContainOutcome::kReaderGone;
  }
  const bool closed = status.state == model::ContainmentState::kTrial ||
                      status.state == model::ContainmentState::kConfirmed ||
                      status.state == model::ContainmentState::kHold;
  return closed ? ContainOutcome::kDone : ContainOutcome::kNotInForce;
}

}  // namespace genba::app
