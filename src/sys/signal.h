// SPDX-License-Identifier: Apache-2.0
//
// The signals that containment sends to processes that are not ours. SIGTERM and all others that a
// handler could answer by destroying evidence cannot be spelled here. Sources:
// pidfd_send_signal(2), kill(2), signal(7). Covered by sys/signal_test.cc.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

/// SIGKILL and SIGSTOP cannot be caught. SIGCONT can; it is for undoing a SIGSTOP of ours.
enum class Signal : uint8_t { kKill, kStop, kContinue };

/// pidfd_send_signal(2), Linux 5.1: to the very process that `pidfd` holds, or kGone.
base::Result<void> pidfd_send_signal(const Fd& pidfd, Signal signal);
/// kill(2), for kernels without pidfds: the caller has just compared the start time. kInvalid for
/// anything but one process (0 and negative numbers mean groups).
base::Result<void> kill(pid_t pid, Signal signal);

}  // namespace genba::sys
