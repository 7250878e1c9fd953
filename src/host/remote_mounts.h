// SPDX-License-Identifier: Apache-2.0
//
// Where a path would leave the machine: mount points of network, FUSE and automount filesystems,
// learnt from mountinfo, which asks no server. Looking at anything there can hang for ever or start
// a mount, so the tree refuses such paths and says why. The kernel signals changes of mountinfo
// through poll(2), so the list is parsed anew only when it changed. "/" itself is never refused.
// Source: proc(5), /proc/pid/mountinfo. Covered by host/remote_mounts_test.cc.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::host {

struct RemoteMount {
  std::string path;  ///< as the process sees it
  std::string type;
};

/// The remote mounts in a mountinfo text; octal escapes are undone.
std::vector<RemoteMount> parse_remote_mounts(std::string_view mountinfo);

/// True when some mount in a mountinfo text is unbindable: a clone of the tree would lack it.
bool has_unbindable_mount(std::string_view mountinfo);

/// The remote mounts of one process's view. Thread-safe.
class RemoteMounts {
 public:
  /// `mountinfo` is open for reading; the list follows its changes.
  explicit RemoteMounts(sys::Fd mountinfo);

  /// The remote mount that holds `path` (normal form), or nothing.
  std::optional<RemoteMount> holding(std::string_view path) const;
  bool empty() const;

 private:
  void refresh() const;

  sys::Fd mountinfo_;
  mutable std::mutex mutex_;
  mutable bool read_ = false;
  mutable std::vector<RemoteMount> mounts_;
};

}  // namespace genba::host
