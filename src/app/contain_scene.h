// SPDX-License-Identifier: Apache-2.0
//
// What every verb of containment begins with, whatever it stands on: the machine, its journal, and
// whose session this is. Covered by tests/whole/contain_test.cc.
#pragma once

#include <memory>
#include <string>

#include "act/contain/plan.h"
#include "app/contain_run.h"
#include "app/output.h"
#include "host/host.h"
#include "render/containment.h"
#include "sys/nf_tables/nf_tables.h"

namespace genba::app {

/// A machine that is about to be contained, or is.
struct ContainScene {
  std::unique_ptr<host::Host> host;
  std::unique_ptr<host::Host> journal;  ///< its directory; nullptr when there is none yet
  sys::NftKernel kernel;
  sys::ModuleLoading loading = sys::ModuleLoading::kForbidden;
  act::Found found;  ///< after look()

  const model::SessionCandidate* session() const { return found.responder.session(); }
  /// The device of a link-local session, as its plan names it; 0 for others.
  int session_index() const;
  /// The other end's address; empty without a session.
  std::string session_address() const;
};

/// Whether that proof lets confirm go on. A console needs none: no rule can cut it.
act::SessionProof session_proof(const ContainScene& scene, const model::PathProof& session);

base::Result<ContainScene> open_contain_scene(const ContainRunOptions& options);
/// Finds the session and all that a plan is made from.
base::Result<void> look(const ContainRunOptions& options, Progress& progress, ContainScene& scene);
/// What the journal knows, without its lock. One that is not there knows nothing.
base::Result<model::ActionLog> read_action_log(const ContainScene& scene);

template <class Told>
base::Result<Reader> tell(const Told& told, const ContainRunOptions& options) {
  return print_result(options.format == Format::kJson
                          ? render::render_containment_json(told, options.view.style.language)
                          : render::render_containment(told, options.view));
}

/// Tells it, and what it means for the exit code.
base::Result<ContainOutcome> tell_change(const model::ContainmentChange& change,
                                         const ContainRunOptions& options);
base::Result<ContainOutcome> tell_status(const model::ContainmentStatus& status,
                                         const ContainRunOptions& options);

}  // namespace genba::app
