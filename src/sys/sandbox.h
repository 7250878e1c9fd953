// SPDX-License-Identifier: Apache-2.0
//
// What a process of ours can no longer do, whatever happens to it later. The filters name what is
// forbidden, not what is allowed: a list of allowed calls breaks on the next libc, and the promises
// are about a known set of deeds (run, signal, trace, listen, load, mount, change the system).
// Refused calls get EPERM; a call through a foreign ABI (32 bit, x32), which would pass by the
// list, kills the process. What cannot be told from the outside is not in it: openat2(2) hides its
// flags behind a pointer, and a helper's SIGKILL cannot be told from another. Sources: seccomp(2),
// seccomp_rule_add(3). Covered by sys/sandbox_test.cc, one forked child a promise.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace genba::sys {

enum class Profile : uint8_t {
  kLook,    ///< the main process while it only looks
  kHelper,  ///< a helper: as kLook, and setns(2)
  kAct,     ///< containment: as kLook, and signals, fchmod(2), setns(2) into network namespaces,
            ///< nf_tables, sockets that send datagrams, raw packets and frames, and the part of
            ///< bpf(2) that filters a cgroup's packets
};

/// Whether files may still be opened for writing by open(2), openat(2) and creat(2), or changed by
/// name. kForbidden suits a run that prints and saves nothing, or has opened its outputs.
enum class Writing : uint8_t { kAllowed, kForbidden };

/// PR_SET_NO_NEW_PRIVS and the profile's filter, for good. Call it before any thread exists.
/// kUnsupported on a kernel without seccomp filters.
base::Result<void> enter_sandbox(Profile profile, Writing writing = Writing::kAllowed);

}  // namespace genba::sys
