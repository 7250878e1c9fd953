// SPDX-License-Identifier: Apache-2.0
//
// The links in /proc/PID/fd of every process, read once for two tables: files go to
// process_open_files as they come, sockets are kept as (inode, process, descriptor) to be joined
// with the kernel's socket tables. Covered by descriptors_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collect/collector.h"

namespace genba::collect::descriptors {

/// Who holds a socket.
struct SocketHolder {
  uint64_t inode = 0;
  int64_t pid = 0;
  int64_t fd = 0;
};

/// Holders by inode.
class SocketHolders {
 public:
  explicit SocketHolders(std::vector<SocketHolder> holders);
  /// In the order of process and descriptor; empty when no visible process holds it.
  std::span<const SocketHolder> of(uint64_t inode) const;

 private:
  std::vector<SocketHolder> holders_;
};

/// Reads all descriptors, fills process_open_files when that is wanted, and returns the sockets.
SocketHolders read_descriptors(Context& context, const std::vector<int64_t>& pids);

}  // namespace genba::collect::descriptors
