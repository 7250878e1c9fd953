// SPDX-License-Identifier: Apache-2.0
#include "model/containment.h"

#include <netinet/in.h>

#include <algorithm>

namespace genba::model {

std::string_view to_string(ProofOutcome outcome) {
  switch (outcome) {
    case ProofOutcome::kProven: return "proven";
    case ProofOutcome::kAsserted: return "asserted";
    case ProofOutcome::kFailed: return "failed";
  }
  return "failed";
}

bool has_ports(uint8_t protocol) {
  return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP ||
         protocol == IPPROTO_UDPLITE || protocol == IPPROTO_DCCP;
}

std::string_view to_string(ContainmentRung rung) {
  switch (rung) {
    case ContainmentRung::kNftables: return "nf_tables";
    case ContainmentRung::kNftablesInet: return "nf_tables_inet";
    case ContainmentRung::kCgroupBpf: return "cgroup_bpf";
    case ContainmentRung::kRoutes: return "routes";
    case ContainmentRung::kNone: return "none";
  }
  return "none";
}

std::string_view to_string(ContainmentState state) {
  switch (state) {
    case ContainmentState::kNone: return "none";
    case ContainmentState::kTrial: return "trial";
    case ContainmentState::kConfirmed: return "confirmed";
    case ContainmentState::kHold: return "hold";
    case ContainmentState::kOpened: return "opened";
    case ContainmentState::kRebooted: return "rebooted";
    case ContainmentState::kGone: return "gone";
  }
  return "none";
}

std::string_view to_string(ContainmentChangeKind kind) {
  switch (kind) {
    case ContainmentChangeKind::kConfirm: return "confirm";
    case ContainmentChangeKind::kExtend: return "extend";
    case ContainmentChangeKind::kUndo: return "undo";
  }
  return "undo";
}

ProofOutcome ContainmentReport::outcome() const {
  const auto failed = [](const PathProof& proof) { return proof.outcome == ProofOutcome::kFailed; };
  const auto proven = [](const PathProof& proof) { return proof.outcome == ProofOutcome::kProven; };
  const bool open = std::any_of(namespaces.begin(), namespaces.end(),
                                [](const auto& each) { return !each.locked && !each.gone; });
  if (!failures.empty() || namespaces.empty() || open || rung == ContainmentRung::kNone ||
      std::any_of(paths.begin(), paths.end(), failed) || (session && failed(*session))) {
    return ProofOutcome::kFailed;
  }
  const bool whole = rung == ContainmentRung::kNftables;
  const bool all = whole && !paths.empty() && std::all_of(paths.begin(), paths.end(), proven) &&
                   (!session || proven(*session));
  return all ? ProofOutcome::kProven : ProofOutcome::kAsserted;
}

bool ContainmentChange::failed() const {
  return !failures.empty() ||
         std::any_of(namespaces.begin(), namespaces.end(),
                     [](const NamespaceReport& each) { return !each.error.en.empty(); });
}

}  // namespace genba::model
