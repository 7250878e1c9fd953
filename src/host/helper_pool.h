// SPDX-License-Identifier: Apache-2.0
//
// Reads that can block in the kernel for ever (the memory map of a stuck process, a dead server,
// another network namespace), done by processes that may be lost. A spawner, forked while the main
// process has one thread, forks a helper for each request for one; paths go to a helper in batches,
// answers come back one by one, in order. A helper that has been silent for the deadline is
// abandoned: SIGKILL through its pidfd is tried, and it is counted; what it had not begun goes to
// another long before. After kMaxAbandoned no further risky read is tried, and each says so.
//
// Spawner and helpers die with the main process (PR_SET_PDEATHSIG, and the end of their socket);
// they hold no descriptors but the root, procfs and their socket, and leave no zombies. A helper
// stuck in uninterruptible sleep cannot be killed by anyone; it ends when the kernel lets it.
// Covered by host/helper_pool_test.cc.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "host/counters.h"
#include "host/helper_wire.h"
#include "host/host.h"
#include "host/rooted_tree.h"
#include "sys/fd.h"

namespace genba::host {

/// How many helpers may get stuck in one run.
inline constexpr uint64_t kMaxAbandoned = 64;

class HelperPool {
 public:
  /// Forks the spawner. `tree` is what the helpers read from; they enter remote mounts in it. Call
  /// it while this process has one thread.
  static Result<std::unique_ptr<HelperPool>> start(RootedTree& tree,
                                                   std::chrono::milliseconds deadline);
  ~HelperPool();
  HelperPool(const HelperPool&) = delete;
  HelperPool& operator=(const HelperPool&) = delete;

  /// The process that forks the helpers.
  int64_t spawner() const { return spawner_; }

  /// As Host::read_risky. Thread-safe.
  void read(std::span<const RiskyRead> reads,
            const std::function<void(size_t, Result<FileBytes>)>& done);
  /// As Host::read_sock_diag, for the given kinds. Thread-safe.
  Result<std::vector<DiagSocket>> read_sock_diag(int64_t namespace_pid,
                                                 std::vector<DiagFamily> families);

 private:
  struct Helper {
    sys::Fd socket;
    sys::Fd pidfd;  ///< invalid before Linux 5.3
    FrameStream stream;
  };
  class Batch;

  HelperPool(sys::Fd control, int64_t spawner, Counters& counters,
             std::chrono::milliseconds deadline)
      : control_(std::move(control)), spawner_(spawner), counters_(counters), deadline_(deadline) {}

  Result<Helper> acquire();
  void release(Helper helper);
  void abandon(Helper helper);

  sys::Fd control_;
  int64_t spawner_;
  Counters& counters_;
  std::chrono::milliseconds deadline_;
  std::mutex mutex_;  ///< of control_ and idle_
  std::vector<Helper> idle_;
};

}  // namespace genba::host
