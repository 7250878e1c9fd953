// SPDX-License-Identifier: Apache-2.0
//
// Opens paths inside one root and nowhere else. Live and tree host are both made of it; what
// differs is the root (a detached no-atime clone of "/", or the directory of a mounted disk) and
// whether a procfs of its own stands in for /proc.
//
// Two ways to resolve. The quick one lets the kernel do it: openat2(2) with RESOLVE_IN_ROOT, and
// without links unless links are harmless (no remote mount to wander into, no access time to move).
// The careful one walks component by component with O_PATH|O_NOFOLLOW, follows links itself, at
// most 40, and never leaves the root: ".." is checked against the directories it came through. It
// serves whatever the quick one refuses, and kernels before 5.6. Nothing but a regular file or a
// directory is ever opened for reading: opening a FIFO or a device can hang or act. Magic links of
// procfs are never followed here. Tested against one hostile tree in both ways by
// host/rooted_tree_test.cc.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/counters.h"
#include "host/host.h"
#include "host/remote_mounts.h"
#include "sys/fd.h"
#include "sys/file.h"

namespace genba::host {

/// The kernel's own limit, MAXSYMLINKS.
inline constexpr int kMaxLinks = 40;

enum class Follow : uint8_t { kNo, kYes };
/// kKernel where it serves, else kWalk; kWalk alone is for old kernels and tests.
enum class Resolver : uint8_t { kKernel, kWalk };
enum class AccessTimes : uint8_t { kFrozen, kMoving };

/// The components of a path without "." and empty ones.
std::vector<std::string> path_components(std::string_view path);

/// The type in st_mode's upper bits.
FileType file_type_of_mode(unsigned mode);
FileStatus to_file_status(const struct ::statx& status);

class RootedTree {
 public:
  /// What answers for /proc: the tree's own directory, or `procfs` and, without one, nothing: a
  /// directory of files that only look like a procfs is not believed.
  enum class Proc : uint8_t { kDirectory, kProcfsOnly };
  struct Options {
    AccessTimes access_times = AccessTimes::kMoving;
    Resolver resolver = Resolver::kKernel;
    sys::Fd procfs;  ///< a procfs of our PID namespace, to reopen descriptors with
    Proc proc = Proc::kDirectory;
    std::unique_ptr<RemoteMounts> remote;  ///< what not to enter; may be null
    Counters* counters = nullptr;          ///< outlives the tree; never null
  };
  RootedTree(sys::Fd root, Options options);

  /// A place that a path led to.
  struct Place {
    sys::Fd fd;             ///< O_PATH
    std::string canonical;  ///< from the root, without links
  };
  Result<Place> resolve(std::string_view path, Follow follow) const;
  /// O_PATH descriptor of what the path leads to.
  Result<sys::Fd> open_path(std::string_view path, Follow follow) const;
  /// A regular file, open for reading, with its status. kWrongType for anything else.
  struct OpenFile {
    sys::Fd fd;
    FileStatus status;
    bool may_move_access_time = false;
  };
  Result<OpenFile> open_regular(std::string_view path) const;
  /// The regular file at a place. With an empty `canonical` only through procfs.
  Result<OpenFile> reopen_regular(const Place& place) const;
  Result<OpenFile> open_directory(std::string_view path, Follow follow) const;
  Result<FileStatus> status(std::string_view path, Follow follow) const;
  Result<std::string> read_link(std::string_view path) const;
  /// The remote mount that `path` itself names or lies on, links not followed.
  std::optional<RemoteMount> remote_mount(std::string_view path) const;
  /// statfs(2)'s magic for an O_PATH descriptor.
  Result<uint64_t> magic_of(const sys::Fd& place) const;

  /// Counts the access time as moved when that of `fd` is no longer what `file`'s status says.
  void account(const OpenFile& file, const sys::Fd& fd) const;

  /// `error` with what was being done and the path before it. What is missing below /proc/PID
  /// because the process itself is gone becomes kGone.
  base::Error tell(const base::Error& error, std::string_view doing, std::string_view path) const;

  const sys::Fd& root() const { return root_; }
  const sys::Fd& procfs() const { return procfs_; }
  /// What is not entered; null when nothing is known of mounts.
  const RemoteMounts* remote() const { return remote_.get(); }
  Counters& counters() const { return *counters_; }
  /// From here on remote mounts may be entered: in a helper, where a hang costs only the helper.
  void allow_remote() { remote_.reset(); }

 private:
  class Walk;
  enum class Links : uint8_t { kIfHarmless, kNone };
  /// Where a path starts for the kernel: the root or the procfs that stands in for /proc.
  struct Base {
    int fd = -1;
    std::string rest;
    bool procfs = false;
  };
  Base base_of(const std::string& normal) const;
  Result<void> check_entry(std::string_view normal) const;
  Result<sys::Fd> open_quickly(std::string_view path, int flags, Links links) const;
  Result<sys::Fd> reopen(const Place& place, int flags) const;
  Result<sys::Fd> reopen_by_name(const Place& place, int flags) const;
  Result<OpenFile> open_procfs_file(const Base& base) const;
  /// The quick way for the many links of processes: one system call, and no directory on the way
  /// that could be a link. Nothing when that does not serve, whatever the reason.
  std::optional<std::string> read_procfs_link(std::string_view path) const;
  bool may_move(const sys::Fd& fd) const;
  bool is_missing_process(std::string_view path) const;

  sys::Fd root_;
  sys::Fd procfs_;
  Proc proc_;
  bool procfs_is_proc_;
  AccessTimes access_times_;
  Resolver resolver_;
  std::unique_ptr<RemoteMounts> remote_;
  Counters* counters_;
};

}  // namespace genba::host
