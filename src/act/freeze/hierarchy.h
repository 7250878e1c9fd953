// SPDX-License-Identifier: Apache-2.0
//
// A cgroup hierarchy that can freeze: the unified one (cgroup.freeze, Linux 5.2), or the one of
// version 1 that has the freezer controller. Found in mountinfo, never guessed; opened once, then
// used through its descriptor. Paths are what /proc/PID/cgroup says. A mount that shows only a part
// of the hierarchy (a container's) serves for the groups in that part. Sources: cgroups(7), kernel
// Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/freezer-subsystem.rst. Covered by
// freezer_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "act/freeze/freeze_state.h"
#include "base/result.h"
#include "host/host.h"
#include "sys/fd.h"

namespace genba::act {

/// What the kernel says of a group.
struct FreezeProgress {
  bool populated = false;
  bool frozen = false;
};

class Hierarchy {
 public:
  /// kUnsupported when no such hierarchy is mounted, or it cannot freeze.
  static base::Result<Hierarchy> open(const host::Host& host, FreezeMethod method);

  FreezeMethod method() const { return method_; }

  /// The group of a process, without the " (deleted)" of one that was removed. kGone when the
  /// process has ended.
  base::Result<std::string> cgroup_of(const host::Host& host, int64_t pid) const;
  /// Opens a group by that path.
  base::Result<sys::Fd> open_cgroup(std::string_view path) const;
  /// The nearest group above `path`, or itself, that exists.
  base::Result<std::string> nearest_existing(std::string_view path) const;

  /// What make() will have made: `genba-<id>` at the top.
  std::string path_of(std::string_view id) const;
  /// Makes it and returns its path; kInvalid when it is there already; kUnsupported, and nothing
  /// left behind, when groups of this kernel cannot freeze.
  base::Result<std::string> make(std::string_view id) const;
  /// Removes a group that make() made. Fails while something is in it.
  base::Result<void> remove(std::string_view path) const;

  base::Result<void> freeze(const sys::Fd& cgroup) const;
  base::Result<void> thaw(const sys::Fd& cgroup) const;
  /// Whether somebody has asked for the group to be frozen.
  base::Result<bool> is_asked_to_freeze(const sys::Fd& cgroup) const;
  base::Result<FreezeProgress> progress(const sys::Fd& cgroup) const;

  /// Process numbers directly in the group, without doubles.
  base::Result<std::vector<int64_t>> members(const sys::Fd& cgroup) const;
  base::Result<bool> has_children(const sys::Fd& cgroup) const;
  base::Result<void> move(int64_t pid, const sys::Fd& cgroup) const;
  /// cgroup.kill, Linux 5.14; kUnsupported without it and in version 1.
  base::Result<void> kill_all(const sys::Fd& cgroup) const;

 private:
  Hierarchy() = default;

  FreezeMethod method_ = FreezeMethod::kCgroup2;
  sys::Fd root_;
  std::string root_path_;  // what of the hierarchy is mounted; "/" for all
};

}  // namespace genba::act
