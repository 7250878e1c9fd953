// SPDX-License-Identifier: Apache-2.0
//
// The first and the last thing that main does before work begins. prepare_process makes a process
// that owes nothing to whoever started it; enter_look_sandbox, called when the host is open and the
// outputs are chosen, takes away what looking does not need. Covered by sys/process_setup_test.cc.
#pragma once

#include "base/result.h"
#include "sys/sandbox.h"

namespace genba::sys {

/// Call it once the environment has been read (LANG, LC_ALL, TERM, NO_COLOR, COLUMNS): empties the
/// environment; fills missing descriptors 0 to 2 with an empty pipe and closes all above; no core
/// dump (limit 0, undumpable); as many open files as the hard limit allows; default signal handling
/// with nothing blocked, SIGPIPE and SIGXFSZ ignored, so that write(2) fails instead; umask 077, so
/// that what is saved is for its owner only; running out of memory ends the process with one line
/// and exit code 2. Fails when the kernel refuses to make
/// the process undumpable; then nothing should be read.
base::Result<void> prepare_process();

/// Whether the kernel keeps the sandbox's promises, or only this program's own code.
enum class Confinement : uint8_t { kInForce, kNotOffered };

/// The look profile (sandbox.h). kNotOffered where the kernel has no system call filters. Call it
/// after the host was opened: opening clones mounts and forks helpers, which the sandbox forbids.
base::Result<Confinement> enter_look_sandbox(Writing writing = Writing::kAllowed);

/// Puts an empty pipe in the place of descriptors 0 to 2: reading ends at once, writing fails.
void detach_standard_streams();

}  // namespace genba::sys
