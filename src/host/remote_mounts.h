// SPDX-License-Identifier: Apache-2.0
//
// Where a path would leave the machine: mount points of network, FUSE and automount filesystems,
// learnt from mountinfo, which asks no server. Looking at anything there can hang for ever or start
// a mount, so the tree refuses such paths and says why. What a magic link leads to has no path to
// check; its descriptor names its mount instead. The kernel signals changes of mountinfo through
// poll(2), so the list is parsed anew only when it changed. "/" itself is never refused.
// Source: proc(5), /proc/pid/mountinfo and fdinfo. Covered by host/remote_mounts_test.cc.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::host {

struct RemoteMount {
  std::string path;  ///< from the root
  std::string type;
};

/// What a mountinfo text says about entering mounts.
struct MountView {
  std::vector<RemoteMount> remote;                 ///< below the root, and not mounted over
  std::unordered_map<int64_t, std::string> types;  ///< of every mount, by its id
  bool has_unbindable = false;                     ///< a clone of the tree would lack a mount
};

/// `root` is where the tree begins, in the process's own words: mounts outside are not `remote`.
MountView parse_mount_view(std::string_view mountinfo, std::string_view root = "/");

/// The id, as mountinfo has it, of the mount that `fd` lies on. Nothing before Linux 3.15, and when
/// our own fdinfo may not be read.
std::optional<int64_t> mount_id_of(const sys::Fd& procfs, const sys::Fd& fd);

/// The mounts of one process's view. Thread-safe.
class RemoteMounts {
 public:
  /// `mountinfo` is open for reading; the list follows its changes. `root` as above.
  explicit RemoteMounts(sys::Fd mountinfo, std::string root = "/");

  /// The remote mount that holds `path` (normal form), or nothing.
  std::optional<RemoteMount> holding(std::string_view path) const;
  /// Whether no path leads to a remote mount.
  bool empty() const;
  /// The type of the mount with that id; nothing when this view lacks it.
  std::optional<std::string> type_of(int64_t mount_id) const;
  /// Whether mountinfo could be read, and a clone of the tree would lack nothing.
  bool may_be_cloned() const;

 private:
  void refresh() const;

  sys::Fd mountinfo_;
  std::string root_;
  mutable std::mutex mutex_;
  mutable bool read_ = false;
  mutable MountView view_;
};

}  // namespace genba::host
