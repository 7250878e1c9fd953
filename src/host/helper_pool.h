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
#include <string>
#include <utility>
#include <vector>

#include "host/counters.h"
#include "host/helper_wire.h"
#include "host/host.h"
#include "host/rooted_tree.h"
#include "sys/channel.h"
#include "sys/fd.h"

namespace genba::host {

/// How many helpers may get stuck in one run.
inline constexpr uint64_t kMaxAbandoned = 64;

class HelperPool {
 public:
  /// Forks the spawner. `tree` is what the helpers read from; they enter remote mounts in it. Call
  /// it while this process has one thread. Without a spawner (a limit of processes, say) every
  /// read of the pool fails and tells why.
  static std::unique_ptr<HelperPool> start(RootedTree& tree, std::chrono::milliseconds deadline);
  ~HelperPool();
  HelperPool(const HelperPool&) = delete;
  HelperPool& operator=(const HelperPool&) = delete;

  /// The process that forks the helpers, by its number in our procfs; absent when it did not tell.
  std::optional<int64_t> spawner() const { return spawner_in_procfs_; }

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

  HelperPool(Counters& counters, std::chrono::milliseconds deadline)
      : counters_(counters), deadline_(deadline) {}

  Result<void> start_spawner(RootedTree& tree);
  Result<sys::Message> answer_of_spawner();
  Result<Helper> acquire();
  void release(Helper helper);
  void abandon(Helper helper);

  sys::Fd control_;  ///< invalid when there is no spawner, or one that no longer answers
  std::optional<pid_t> spawner_;
  std::optional<int64_t> spawner_in_procfs_;
  std::string without_spawner_;  ///< why control_ is invalid
  Counters& counters_;
  std::chrono::milliseconds deadline_;
  std::mutex mutex_;  ///< of control_, without_spawner_ and idle_
  std::vector<Helper> idle_;
};

}  // namespace genba::host
