// SPDX-License-Identifier: Apache-2.0
//
// What a run of containment proves, and with what: probes in every namespace that was locked, and
// the responder's session. Covered by tests/whole/contain_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "act/contain/containment.h"
#include "act/contain/prove_session.h"
#include "act/journal/journal.h"
#include "act/ladder/ladder.h"
#include "host/host.h"
#include "model/containment.h"
#include "render/containment.h"
#include "sys/nf_tables/nf_tables_present.h"

namespace genba::app {

/// Packets that what was allowed for the responder alone has let through.
struct SessionCount {
  uint64_t in = 0;
  uint64_t out = 0;
  /// Below IP, where there are such rules: of the session, or of the tunnel that carries it.
  std::optional<uint64_t> out_below;

  /// In both directions, and everywhere.
  bool grew_since(const SessionCount& before) const;
};
/// Nothing when it cannot be counted.
using CountSession = std::function<std::optional<SessionCount>()>;
CountSession count_by_nf_tables(const sys::NftKernel& kernel);

/// Waits for a sign of life that comes from now on, so call it with the rules in force. A line to
/// standard error is what the other end acknowledges. Where TCP cannot be asked without loading a
/// module (Debian loads tcp_diag for ss only), the packets that our own rules for the responder let
/// in and out are counted instead.
model::PathProof prove_own_session(const host::Host& host, const model::SessionCandidate* session,
                                   int index, const CountSession& count,
                                   const render::ContainmentView& view);

/// Tries all paths that the rung is meant to close, here and in the other namespaces.
base::Result<std::vector<model::PathProof>> prove_paths(
    const host::Host& host, const sys::NftKernel& kernel, act::Rung rung,
    const std::vector<act::ContainedNamespace>& namespaces,
    const std::vector<model::HookedDevice>& devices);

/// Writes what the proof said into the journal, with the state; that it could not is a failure of
/// its own.
void record_proof(act::Journal& journal, uint64_t action, const std::string& state,
                  model::ContainmentReport& report);

}  // namespace genba::app
