// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/process_signal.h"

#include "fmt/format.h"
#include "sys/process.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

Result<void> send_signal(const host::Host& host, const ProcessKey& key, sys::Signal signal) {
  const auto pid = static_cast<pid_t>(key.pid);
  if (pid != key.pid || pid <= 1) {
    return fail(ErrorCode::kInvalid, "not the number of a process");
  }
  const auto pidfd = sys::pidfd_open(pid);
  if (!pidfd && pidfd.error().code != ErrorCode::kUnsupported) {
    return fail(pidfd.error());
  }
  if (!is_alive(host, key)) {
    return fail(ErrorCode::kGone, fmt::format("process {} has ended", key.pid));
  }
  return pidfd ? sys::pidfd_send_signal(*pidfd, signal) : sys::kill(pid, signal);
}

}  // namespace genba::act
