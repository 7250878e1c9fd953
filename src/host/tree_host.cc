// SPDX-License-Identifier: Apache-2.0
//
// `--root DIR`: a mounted or copied tree as if it were "/". The tree is cloned without access times
// where the kernel and our rights allow it, so that a disk mounted read-write stays as it was.
// Covered by host/tree_host_test.cc.
#include <cerrno>
#include <utility>

#include "fmt/format.h"
#include "host/root_clone.h"
#include "host/tree_backed_host.h"
#include "sys/file.h"

namespace genba::host {

using base::ErrorCode;
using base::fail;

namespace {

class TreeHost final : public TreeBackedHost {
 public:
  TreeHost(std::unique_ptr<Counters> counters, std::unique_ptr<RootedTree> tree)
      : TreeBackedHost(std::move(counters), std::move(tree)) {}
  HostKind kind() const override { return HostKind::kTree; }
};

// What must not be entered below `root`, which is the plain directory still: a clone has no path.
// The mount that it lies on itself may be a remote one: it was asked for.
std::unique_ptr<RemoteMounts> mounts_below(const sys::Fd& procfs, const sys::Fd& root) {
  auto path = sys::readlinkat(procfs.get(), fmt::format("self/fd/{}", root.get()).c_str());
  auto mountinfo = sys::openat(procfs.get(), "self/mountinfo", O_RDONLY);
  if (!path || !mountinfo) {
    return nullptr;
  }
  return std::make_unique<RemoteMounts>(*std::move(mountinfo), *std::move(path));
}

}  // namespace

Result<std::unique_ptr<Host>> open_tree_host(std::string_view directory) {
  const std::string path(directory);
  auto counters = std::make_unique<Counters>();
  RootedTree::Options options;
  options.counters = counters.get();
  auto root = sys::openat(AT_FDCWD, path.c_str(), O_PATH | O_DIRECTORY);
  if (!root) {
    const bool file = root.error().sys_errno == ENOTDIR &&
                      sys::statx(AT_FDCWD, path.c_str(), AT_NO_AUTOMOUNT, STATX_TYPE).has_value();
    return fail(
        file ? base::Error{ErrorCode::kWrongType, 0, fmt::format("'{}' is no directory", path)}
             : base::error_from_errno(root.error().sys_errno, fmt::format("opening '{}'", path)));
  }
  if (auto procfs = open_own_procfs()) {
    options.remote = mounts_below(*procfs, *root);
    options.procfs = *std::move(procfs);
  }
  if (auto clone = clone_without_access_times(root->get(), "")) {
    *root = *std::move(clone);
    options.access_times = AccessTimes::kFrozen;
  }
  auto tree = std::make_unique<RootedTree>(*std::move(root), std::move(options));
  return std::make_unique<TreeHost>(std::move(counters), std::move(tree));
}

}  // namespace genba::host
