// SPDX-License-Identifier: Apache-2.0
//
// What a freeze has changed, so that a later run of Genba can take it back: which groups were made
// or frozen, and for each process the group it came from. A plain struct, kept in the case's
// journal as one JSON object. Names of cgroups are bytes; what is not printable ASCII, and '%',
// stands as %NN. Covered by freeze_state_test.cc and freeze_state_fuzz.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "act/freeze/process_scan.h"
#include "base/result.h"

namespace genba::act {

/// The rungs of the ladder, best first. kStop (SIGSTOP) can be seen, and undone, by the parent.
enum class FreezeMethod : uint8_t { kCgroup2, kCgroup1, kStop };

/// "cgroup2", "cgroup1", "stop".
std::string_view to_string(FreezeMethod method);

/// One group that holds frozen processes.
struct FrozenCgroup {
  FreezeMethod hierarchy = FreezeMethod::kCgroup2;
  std::string path;         ///< from the hierarchy's root
  bool made = false;        ///< by us: to be removed at the end
  bool was_frozen = false;  ///< by somebody else before us: stays frozen

  friend bool operator==(const FrozenCgroup&, const FrozenCgroup&) = default;
};

/// One member of the family.
struct FrozenProcess {
  ProcessKey key;
  FreezeMethod method = FreezeMethod::kCgroup2;
  std::string former_cgroup;  ///< in that hierarchy; empty for kStop
  std::string cgroup;         ///< where it is frozen; the former one when frozen in place
  bool was_stopped = false;   ///< kStop: stopped already before us
  std::string why;            ///< one line: how it belongs to the family

  friend bool operator==(const FrozenProcess&, const FrozenProcess&) = default;
};

struct FreezeState {
  std::string id;       ///< of the freeze, as in the name of the group
  std::string boot_id;  ///< process numbers and ticks mean nothing after a reboot
  std::vector<FrozenCgroup> cgroups;
  std::vector<FrozenProcess> processes;

  friend bool operator==(const FreezeState&, const FreezeState&) = default;
};

/// At most this many processes in one state.
inline constexpr size_t kMostFrozen = 65'536;

/// One line of ASCII JSON.
std::string to_json(const FreezeState& state);
/// kDamaged for anything that to_json does not write; unknown keys are passed over.
base::Result<FreezeState> freeze_state_from_json(std::string_view text);

/// 1 to 64 of a-z, A-Z, 0-9 and '-': safe as the name of a directory.
bool is_freeze_id(std::string_view id);

}  // namespace genba::act
