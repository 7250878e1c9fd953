// SPDX-License-Identifier: Apache-2.0
//
// What a containment without nf_tables left in the kernel, as data: enough for a later run to find
// it, to lengthen it and to take it back. Kept in the journal of actions as the state after, so it
// is read from a file that an intruder may have edited: what does not fit is kDamaged, and what it
// says is checked against the kernel before anything is done. Covered by ladder_state_test.cc and
// ladder_state_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "act/freeze/process_scan.h"
#include "base/address.h"
#include "base/result.h"
#include "model/action.h"
#include "model/containment.h"

namespace genba::act {

/// Ways to cut a machine off, the strongest first.
using Rung = model::ContainmentRung;

/// A program of ours at the cgroup. An id may be given anew, so name and tag are compared too.
struct CgroupProgramState {
  uint32_t id = 0;
  std::string tag;  ///< 16 hex digits

  friend bool operator==(const CgroupProgramState&, const CgroupProgramState&) = default;
};

/// Of the rung cgroup_bpf.
struct CgroupState {
  CgroupProgramState ingress;
  CgroupProgramState egress;
  uint32_t map = 0;       ///< id of the map that both share
  bool has_timer = true;  ///< the programs look at the deadline

  friend bool operator==(const CgroupState&, const CgroupState&) = default;
};

/// A policy rule that was added.
struct RuleState {
  base::AddressFamily family = base::AddressFamily::kIpv4;
  uint32_t table = 0;  ///< looked up; 0: drops all

  friend bool operator==(const RuleState&, const RuleState&) = default;
};

/// Of the rung routes.
struct RoutesState {
  int64_t net_namespace = 0;  ///< inode
  std::vector<RuleState> rules;
  uint32_t routes = 0;  ///< how many stand in the table of ours
  /// Of all rules and routes but ours, SHA-256 in hex digits; without routes that the kernel makes
  /// from addresses and router advertisements.
  std::string rules_before;
  std::string routes_before;
  std::string table;  ///< the same of our own table as it was made

  friend bool operator==(const RoutesState&, const RoutesState&) = default;
};

struct LadderState {
  Rung rung = Rung::kNone;
  std::string id;         ///< of the containment, "c-" and hex digits
  int64_t armed_utc = 0;  ///< nanoseconds since 1970, by a clock that may be wrong
  std::string boot_id;
  bool hold = false;       ///< no timer from the beginning
  bool confirmed = false;  ///< the timer was taken off
  int64_t deadline = 0;    ///< CLOCK_MONOTONIC nanoseconds; 0 with hold or when confirmed
  ProcessKey guard;        ///< pid 0: none
  // Of the rung, once it is made: neither says that a Genba was killed within.
  std::optional<CgroupState> cgroup;
  std::optional<RoutesState> routes;

  bool has_timer() const { return !hold && !confirmed; }
  bool is_made() const { return cgroup.has_value() || routes.has_value(); }
  friend bool operator==(const LadderState&, const LadderState&) = default;
};

/// One line of ASCII JSON.
std::string to_json(const LadderState& state);
/// kDamaged for anything that to_json does not write; unknown keys are passed over.
base::Result<LadderState> ladder_state_from_json(std::string_view text);

/// The last containment that the journal tells of, when it stands on a rung of this ladder.
/// kNotFound when there is none, or it is one of nf_tables; kDamaged when it cannot be read.
/// `directory` is the journal's.
base::Result<LadderState> find_ladder(const model::ActionLog& log, std::string_view directory);

}  // namespace genba::act
