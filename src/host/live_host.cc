// SPDX-License-Identifier: Apache-2.0
//
// The running machine. Files come from a no-atime clone of the mount tree and a procfs of our own
// (root_clone.h); reads that may block for ever go to helper processes (helper_pool.h); remote
// filesystems are not entered. Magic links of procfs are followed only by the calls named so.
// Covered by host/live_host_test.cc and, for the promises, tests/whole.
#include <algorithm>
#include <mutex>
#include <utility>

#include "base/number.h"
#include "base/split.h"
#include "fmt/format.h"
#include "host/diag_modules.h"
#include "host/filesystem_names.h"
#include "host/helper_pool.h"
#include "host/root_clone.h"
#include "host/tree_backed_host.h"
#include "sys/file.h"
#include "sys/process.h"

namespace genba::host {

using base::ErrorCode;
using base::fail;

namespace {

constexpr int kPlaceFlags = AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;

// A path through a magic link: "/proc/7/root" and what comes after it.
struct MagicPath {
  std::string link;  // relative to procfs
  std::string rest;  // empty, or absolute inside what the link leads to
};

class LiveHost final : public TreeBackedHost {
 public:
  LiveHost(std::unique_ptr<Counters> counters, std::unique_ptr<RootedTree> tree,
           std::unique_ptr<HelperPool> helpers, const LiveOptions& options, bool proc_is_procfs)
      : TreeBackedHost(std::move(counters), std::move(tree)),
        helpers_(std::move(helpers)),
        options_(options),
        proc_is_procfs_(proc_is_procfs) {}

  HostKind kind() const override { return HostKind::kLive; }
  Result<FileStatus> stat_magic(std::string_view path) const override;
  Result<std::unique_ptr<FileReader>> open_magic(std::string_view path) const override;
  void read_risky(std::span<const RiskyRead> reads,
                  const std::function<void(size_t, Result<FileBytes>)>& done) const override {
    helpers_->read(reads, done);
  }
  Result<std::vector<DiagSocket>> read_sock_diag(int64_t namespace_pid) const override;
  std::vector<DiagFamily> sock_diag_families() const override;
  Result<std::string> filesystem_type(std::string_view path) const override;
  Result<KernelNames> kernel_names() const override;
  std::vector<int64_t> own_processes() const override;

 private:
  Result<MagicPath> split_magic(std::string_view path) const;
  Result<RootedTree::Place> follow_magic(std::string_view path) const;
  Result<RootedTree::Place> resolve_below(const MagicPath& magic) const;

  std::unique_ptr<HelperPool> helpers_;
  LiveOptions options_;
  bool proc_is_procfs_;
  mutable std::once_flag families_known_;
  mutable std::vector<DiagFamily> families_;
};

// Walks until the first link that is not the last word of procfs itself (self, thread-self).
Result<MagicPath> LiveHost::split_magic(std::string_view path) const {
  const std::vector<std::string> parts = path_components(path);
  if (!tree().procfs().valid() || parts.size() < 3 || parts[0] != "proc" ||
      std::find(parts.begin(), parts.end(), "..") != parts.end()) {
    return fail(ErrorCode::kWrongType, "no magic link of /proc/PID");
  }
  MagicPath magic;
  for (size_t i = 1; i < parts.size(); ++i) {
    magic.link += (magic.link.empty() ? "" : "/") + parts[i];
    GENBA_TRY(const auto status, sys::statx(tree().procfs().get(), magic.link.c_str(),
                                            AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE));
    if (S_ISLNK(status.stx_mode) && i >= 2) {
      for (size_t k = i + 1; k < parts.size(); ++k) {
        magic.rest += "/" + parts[k];
      }
      return magic;
    }
  }
  return fail(ErrorCode::kWrongType, "no magic link of /proc/PID");
}

Result<RootedTree::Place> LiveHost::resolve_below(const MagicPath& magic) const {
  // "7/root" or "7/task/8/root": only there is the other side a root of its own.
  const size_t slash = magic.link.rfind('/');
  if (magic.link.substr(slash + 1) != "root") {
    return fail(ErrorCode::kWrongType, "only paths below /proc/PID/root can be followed");
  }
  GENBA_TRY(sys::Fd root,
            sys::openat(tree().procfs().get(), magic.link.c_str(), O_PATH | O_DIRECTORY));
  RootedTree::Options options;
  options.counters = &tree().counters();
  const std::string mountinfo = magic.link.substr(0, slash) + "/mountinfo";
  GENBA_TRY(sys::Fd mounts, sys::openat(tree().procfs().get(), mountinfo.c_str(), O_RDONLY));
  options.remote = std::make_unique<RemoteMounts>(std::move(mounts));
  return RootedTree(std::move(root), std::move(options)).resolve(magic.rest, Follow::kYes);
}

Result<RootedTree::Place> LiveHost::follow_magic(std::string_view path) const {
  GENBA_TRY(const MagicPath magic, split_magic(path));
  if (!magic.rest.empty()) {
    GENBA_TRY(RootedTree::Place place, resolve_below(magic));
    place.canonical.clear();  // it is a name in another root
    return place;
  }
  GENBA_TRY(sys::Fd fd, sys::openat(tree().procfs().get(), magic.link.c_str(), O_PATH));
  return RootedTree::Place{std::move(fd), ""};
}

Result<FileStatus> LiveHost::stat_magic(std::string_view path) const {
  const auto look = [&]() -> Result<FileStatus> {
    GENBA_TRY(const RootedTree::Place place, follow_magic(path));
    GENBA_TRY(const auto status,
              sys::statx(place.fd.get(), "", kPlaceFlags, STATX_BASIC_STATS | STATX_BTIME));
    return to_file_status(status);
  };
  auto status = look();
  return status ? std::move(status) : fail(tree().tell(status.error(), "looking through", path));
}

Result<std::unique_ptr<FileReader>> LiveHost::open_magic(std::string_view path) const {
  const auto open = [&]() -> Result<RootedTree::OpenFile> {
    GENBA_TRY(const RootedTree::Place place, follow_magic(path));
    return tree().reopen_regular(place);
  };
  auto file = open();
  if (!file) {
    return fail(tree().tell(file.error(), "opening through", path));
  }
  return make_reader(tree(), *std::move(file), std::string(path));
}

std::vector<DiagFamily> LiveHost::sock_diag_families() const {
  std::call_once(families_known_, [&] {
    const bool allowed = options_.module_load == LiveOptions::ModuleLoad::kAllowed;
    families_ = allowed ? all_diag_families() : present_diag_families(*this);
  });
  return families_;
}

Result<std::vector<DiagSocket>> LiveHost::read_sock_diag(int64_t namespace_pid) const {
  std::vector<DiagFamily> families = sock_diag_families();
  if (families.empty()) {
    return fail(ErrorCode::kUnsupported,
                "sock_diag: the kernel would have to load a module; --allow-module-load lets it");
  }
  return helpers_->read_sock_diag(namespace_pid, std::move(families));
}

// /proc is answered as the machine has it, not from our own procfs, so that a /proc that is no
// procfs can be told.
Result<std::string> LiveHost::filesystem_type(std::string_view path) const {
  if (path == "/proc" && !proc_is_procfs_) {
    const auto magic = [&]() -> Result<uint64_t> {
      GENBA_TRY(const sys::Fd fd, sys::openat(tree().root().get(), "proc", O_PATH));
      return tree().magic_of(fd);
    }();
    return magic ? Result<std::string>(filesystem_name(*magic))
                 : fail(tree().tell(magic.error(), "asking for the filesystem of", path));
  }
  return TreeBackedHost::filesystem_type(path);
}

Result<KernelNames> LiveHost::kernel_names() const {
  GENBA_TRY(sys::SystemNames names, sys::uname());
  return KernelNames{std::move(names.nodename), std::move(names.release), std::move(names.version),
                     std::move(names.machine)};
}

// The spawner has one thread, so that one file names all helpers; it needs CONFIG_PROC_CHILDREN,
// which distributions set (proc(5), /proc/PID/task/TID/children).
std::vector<int64_t> LiveHost::own_processes() const {
  const int64_t spawner = helpers_->spawner();
  std::vector<int64_t> own = {sys::getpid(), spawner};
  const auto children = read_file(fmt::format("/proc/{0}/task/{0}/children", spawner), kReadLimit);
  for (const std::string_view word :
       base::split_words(children ? std::string_view(children->bytes) : std::string_view())) {
    if (const auto pid = base::parse_number<int64_t>(word)) {
      own.push_back(*pid);
    }
  }
  return own;
}

Result<std::string> read_mountinfo(const sys::Fd& procfs) {
  GENBA_TRY(const sys::Fd fd, sys::openat(procfs.get(), "self/mountinfo", O_RDONLY));
  std::string text;
  std::vector<char> buffer(65536);
  while (true) {
    GENBA_TRY(const size_t size, sys::read(fd.get(), buffer));
    if (size == 0) {
      return text;
    }
    text.append(buffer.data(), size);
  }
}

}  // namespace

Result<std::unique_ptr<Host>> open_live_host(const LiveOptions& live) {
  auto counters = std::make_unique<Counters>();
  RootedTree::Options options;
  options.counters = counters.get();
  bool proc_is_procfs = false;
  bool may_clone = false;
  if (auto procfs = open_own_procfs()) {
    proc_is_procfs = procfs->mounted_at_proc;
    const auto mountinfo = read_mountinfo(procfs->fd);
    may_clone = mountinfo && !has_unbindable_mount(*mountinfo);
    if (auto fd = sys::openat(procfs->fd.get(), "self/mountinfo", O_RDONLY)) {
      options.remote = std::make_unique<RemoteMounts>(*std::move(fd));
    }
    options.procfs = std::move(procfs->fd);
    options.procfs_is_proc = true;
  }
  Result<sys::Fd> root = fail(ErrorCode::kUnsupported, "not cloned");
  if (may_clone) {
    root = clone_without_access_times(AT_FDCWD, "/");
  }
  if (root) {
    options.access_times = AccessTimes::kFrozen;
  } else {
    root = sys::openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY);
  }
  if (!root) {
    return fail(base::error_from_errno(root.error().sys_errno, "opening '/'"));
  }
  auto tree = std::make_unique<RootedTree>(*std::move(root), std::move(options));
  GENBA_TRY(auto helpers, HelperPool::start(*tree, live.helper_deadline));
  return std::make_unique<LiveHost>(std::move(counters), std::move(tree), std::move(helpers), live,
                                    proc_is_procfs);
}

}  // namespace genba::host
