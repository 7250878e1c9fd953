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
  std::string link;     // relative to procfs
  std::string process;  // the beginning of it that names the process or thread
  std::string rest;     // empty, or absolute inside what the link leads to
};

class LiveHost final : public TreeBackedHost {
 public:
  LiveHost(std::unique_ptr<Counters> counters, std::unique_ptr<RootedTree> tree,
           std::unique_ptr<HelperPool> helpers, const LiveOptions& options,
           std::vector<int64_t> local_mounts)
      : TreeBackedHost(std::move(counters), std::move(tree)),
        helpers_(std::move(helpers)),
        options_(options),
        local_mounts_(std::move(local_mounts)) {}

  HostKind kind() const override { return HostKind::kLive; }
  Result<FileStatus> stat_magic(std::string_view path) const override;
  Result<std::unique_ptr<FileReader>> open_magic(std::string_view path) const override;
  void read_risky(std::span<const RiskyRead> reads,
                  const std::function<void(size_t, Result<FileBytes>)>& done) const override {
    helpers_->read(reads, done);
  }
  Result<std::vector<DiagSocket>> read_sock_diag(int64_t namespace_pid) const override;
  std::vector<DiagFamily> sock_diag_families() const override;
  Result<KernelNames> kernel_names() const override;
  std::vector<int64_t> own_processes() const override;

 private:
  Result<MagicPath> split_magic(std::string_view path) const;
  Result<RootedTree::Place> follow_magic(std::string_view path) const;
  Result<RootedTree::Place> resolve_below(const MagicPath& magic) const;
  Result<void> check_mount(const sys::Fd& fd, const MagicPath& magic) const;

  std::unique_ptr<HelperPool> helpers_;
  LiveOptions options_;
  std::vector<int64_t> local_mounts_;  // in no list, or remote and the machine's own root
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
  magic.process = parts[1];
  if (parts.size() > 4 && parts[2] == "task") {
    magic.process += "/task/" + parts[3];
  }
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

// The mounts that the process of a magic link sees.
Result<std::unique_ptr<RemoteMounts>> mounts_of(const sys::Fd& procfs, const MagicPath& magic) {
  GENBA_TRY(sys::Fd mountinfo,
            sys::openat(procfs.get(), (magic.process + "/mountinfo").c_str(), O_RDONLY));
  return std::make_unique<RemoteMounts>(std::move(mountinfo));
}

// Refuses what lies on a remote mount, or on one that neither we nor the process see: anything but
// readlink may wait for its server, fstatfs(2) too.
Result<void> LiveHost::check_mount(const sys::Fd& fd, const MagicPath& magic) const {
  const auto id = mount_id_of(tree().procfs(), fd);
  if (id && std::find(local_mounts_.begin(), local_mounts_.end(), *id) != local_mounts_.end()) {
    return {};
  }
  const RemoteMounts& ours = *tree().remote();
  std::optional<std::string> type = id ? ours.type_of(*id) : std::nullopt;
  if (!type) {
    GENBA_TRY(const auto theirs, mounts_of(tree().procfs(), magic));
    if (!id) {
      // The kernel does not tell the mount: what the link says has to do.
      GENBA_TRY(const auto text, sys::readlinkat(tree().procfs().get(), magic.link.c_str()));
      auto remote = ours.holding(text);
      remote = remote ? std::move(remote) : theirs->holding(text);
      type = remote ? std::move(remote->type) : "local";
    } else {
      type = theirs->type_of(*id);
    }
  }
  if (!type) {
    return fail(ErrorCode::kUnsupported, "lies on a mount that is not listed, and is not entered");
  }
  if (is_remote_filesystem(*type)) {
    return fail(ErrorCode::kUnsupported, fmt::format("lies on {}, which is not entered", *type));
  }
  return {};
}

Result<RootedTree::Place> LiveHost::resolve_below(const MagicPath& magic) const {
  // "7/root" or "7/task/8/root": only there is the other side a root of its own.
  if (magic.link.substr(magic.link.rfind('/') + 1) != "root") {
    return fail(ErrorCode::kWrongType, "only paths below /proc/PID/root can be followed");
  }
  GENBA_TRY(sys::Fd root,
            sys::openat(tree().procfs().get(), magic.link.c_str(), O_PATH | O_DIRECTORY));
  GENBA_TRY_VOID(check_mount(root, magic));
  RootedTree::Options options;
  options.counters = &tree().counters();
  GENBA_TRY(options.remote, mounts_of(tree().procfs(), magic));
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
  GENBA_TRY_VOID(check_mount(fd, magic));
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

Result<KernelNames> LiveHost::kernel_names() const {
  GENBA_TRY(sys::SystemNames names, sys::uname());
  return KernelNames{std::move(names.nodename), std::move(names.release), std::move(names.version),
                     std::move(names.machine)};
}

// The numbers are those of our procfs: in a PID namespace of our own it may know us by others. The
// spawner has one thread, so that one file names all helpers; it needs CONFIG_PROC_CHILDREN, which
// distributions set (proc(5), /proc/PID/task/TID/children). Who is not known is not left out.
std::vector<int64_t> LiveHost::own_processes() const {
  std::vector<int64_t> own;
  const auto add = [&](std::string_view text) {
    if (const auto pid = base::parse_number<int64_t>(text)) {
      own.push_back(*pid);
    }
  };
  add(sys::readlinkat(tree().procfs().get(), "self").value_or(""));
  if (const auto spawner = helpers_->spawner()) {
    own.push_back(*spawner);
    const auto children =
        read_file(fmt::format("/proc/{0}/task/{0}/children", *spawner), kReadLimit);
    for (const std::string_view word :
         base::split_words(children ? std::string_view(children->bytes) : std::string_view())) {
      add(word);
    }
  }
  return own;
}

// The mounts that are entered though no list names them or their type says otherwise: the root that
// we stand on, and where the kernel keeps files that exist only in memory (memfd_create(2)).
std::vector<int64_t> find_local_mounts(const sys::Fd& procfs, const sys::Fd& root) {
  std::vector<int64_t> ids;
  const auto add = [&](const Result<sys::Fd>& fd) {
    if (const auto id = fd ? mount_id_of(procfs, *fd) : std::nullopt) {
      ids.push_back(*id);
    }
  };
  if (const auto id = mount_id_of(procfs, root)) {
    ids.push_back(*id);
  }
  add(sys::memfd_create("genba", sys::MemoryPages::kPlain));
  add(sys::memfd_create("genba", sys::MemoryPages::kHuge));
  return ids;
}

}  // namespace

Result<std::unique_ptr<Host>> open_live_host(const LiveOptions& live) {
  auto counters = std::make_unique<Counters>();
  RootedTree::Options options;
  options.counters = counters.get();
  options.proc = RootedTree::Proc::kProcfsOnly;
  auto root = sys::openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY);
  if (!root) {
    return fail(base::error_from_errno(root.error().sys_errno, "opening '/'"));
  }
  std::vector<int64_t> local_mounts;
  if (auto procfs = open_own_procfs()) {
    local_mounts = find_local_mounts(*procfs, *root);
    auto mountinfo = sys::openat(procfs->get(), "self/mountinfo", O_RDONLY);
    options.remote = std::make_unique<RemoteMounts>(mountinfo ? *std::move(mountinfo) : sys::Fd());
    options.procfs = *std::move(procfs);
  }
  if (options.remote != nullptr && options.remote->may_be_cloned()) {
    if (auto clone = clone_without_access_times(AT_FDCWD, "/")) {
      root = std::move(clone);
      options.access_times = AccessTimes::kFrozen;
    }
  }
  auto tree = std::make_unique<RootedTree>(*std::move(root), std::move(options));
  auto helpers = HelperPool::start(*tree, live.helper_deadline);
  return std::make_unique<LiveHost>(std::move(counters), std::move(tree), std::move(helpers), live,
                                    std::move(local_mounts));
}

}  // namespace genba::host
