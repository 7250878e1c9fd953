// SPDX-License-Identifier: Apache-2.0
#include "host/path_walk.h"

#include <utility>

#include "fmt/format.h"
#include "host/filesystem_names.h"

namespace genba::host {

using base::ErrorCode;
using base::fail;

namespace {

uint64_t device_of(const struct ::statx& status) {
  return (static_cast<uint64_t>(status.stx_dev_major) << 32U) | status.stx_dev_minor;
}

// Links that procfs makes by proc_symlink and its like say where they lead ("self/mounts"); magic
// links jump, and their text only describes: "/usr/bin/x (deleted)", "socket:[7]", "net:[40265]".
bool is_magic_text(std::string_view text) {
  return text.substr(0, 1) == "/" || text.find(':') != std::string_view::npos;
}

}  // namespace

bool is_mounted_on_procfs(std::string_view normal_path) {
  for (const std::string_view mount : {"/proc/sys/fs/binfmt_misc", "/proc/fs/nfsd"}) {
    if (normal_path.substr(0, mount.size()) == mount &&
        (normal_path.size() == mount.size() || normal_path[mount.size()] == '/')) {
      return true;
    }
  }
  return false;
}

void RootedTree::Walk::push_components(std::string_view path) {
  std::vector<std::string> parts = path_components(path);
  pending_.insert(pending_.end(), std::make_move_iterator(parts.rbegin()),
                  std::make_move_iterator(parts.rend()));
}

void RootedTree::Walk::start_over() {
  trail_.clear();
  canonical_.clear();
  at_.reset();
}

bool RootedTree::Walk::in_procfs() const {
  return tree_.procfs_is_proc_ && !trail_.empty() && trail_.front().name == "proc";
}

bool RootedTree::Walk::is_on_procfs(const sys::Fd& fd) const {
  // Before Linux 3.12 fstatfs(2) refuses O_PATH descriptors; the stand-in is known without asking.
  const auto magic = sys::filesystem_magic(fd.get());
  return magic ? *magic == kProcMagic : in_procfs();
}

Result<sys::Fd> RootedTree::Walk::open_child(const std::string& name) const {
  constexpr int kFlags = O_PATH | O_NOFOLLOW;
  if (tree_.procfs_is_proc_ && trail_.empty() && name == "proc") {
    return sys::openat(tree_.procfs_.get(), ".", kFlags);
  }
  if (const std::string full = canonical_ + "/" + name; in_procfs() && is_mounted_on_procfs(full)) {
    return sys::openat(tree_.root_.get(), full.c_str() + 1, kFlags);
  }
  return sys::openat(at_.valid() ? at_.get() : tree_.root_.get(), name.c_str(), kFlags);
}

Result<RootedTree::Walk::Child> RootedTree::Walk::look(const std::string& name) const {
  if (!in_procfs()) {
    if (auto local = tree_.check_entry(canonical_ + "/" + name); !local) {
      return fail(local.error());
    }
  }
  Child child;
  GENBA_TRY(child.fd, open_child(name));
  GENBA_TRY(child.status,
            sys::statx(child.fd.get(), "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC,
                       STATX_BASIC_STATS));
  return child;
}

Result<void> RootedTree::Walk::follow_link(const Child& link) {
  GENBA_TRY(const std::string text, sys::readlinkat(link.fd.get(), ""));
  if (is_magic_text(text) && is_on_procfs(link.fd)) {
    return fail(ErrorCode::kWrongType, "a magic link of procfs");
  }
  if (tree_.access_times_ == AccessTimes::kMoving) {
    tree_.account({sys::Fd(), to_file_status(link.status), tree_.may_move(link.fd)}, link.fd);
  }
  if (++links_ > kMaxLinks) {
    return fail(base::error_from_errno(ELOOP, "resolving"));
  }
  if (text.empty()) {
    return fail(base::error_from_errno(ENOENT, "readlinkat"));
  }
  push_components(text);
  if (text[0] == '/') {
    start_over();
  }
  return {};
}

Result<void> RootedTree::Walk::go_up() {
  if (trail_.size() <= 1) {
    start_over();
    return {};
  }
  GENBA_TRY(sys::Fd up, sys::openat(at_.get(), "..", O_PATH | O_DIRECTORY));
  GENBA_TRY(const auto status,
            sys::statx(up.get(), "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS));
  const Step& expected = trail_[trail_.size() - 2];
  if (device_of(status) != expected.device || status.stx_ino != expected.inode) {
    return fail(ErrorCode::kGone, "a directory was moved while the path was being resolved");
  }
  canonical_.resize(canonical_.size() - trail_.back().name.size() - 1);
  trail_.pop_back();
  at_ = std::move(up);
  return {};
}

Result<RootedTree::Place> RootedTree::Walk::finish() {
  if (!at_.valid()) {
    GENBA_TRY(at_, sys::openat(tree_.root_.get(), ".", O_PATH | O_DIRECTORY));
  }
  return Place{std::move(at_), canonical_.empty() ? "/" : std::move(canonical_)};
}

Result<RootedTree::Place> RootedTree::Walk::run(std::string_view path, Follow follow) {
  push_components(path);
  while (!pending_.empty()) {
    const std::string name = std::move(pending_.back());
    pending_.pop_back();
    if (name == "..") {
      if (auto up = go_up(); !up) {
        return fail(up.error());
      }
      continue;
    }
    GENBA_TRY(Child child, look(name));
    const bool last = pending_.empty();
    if (S_ISLNK(child.status.stx_mode) && !(last && follow == Follow::kNo)) {
      if (auto followed = follow_link(child); !followed) {
        return fail(followed.error());
      }
      continue;
    }
    if (!last && !S_ISDIR(child.status.stx_mode)) {
      return fail(base::error_from_errno(ENOTDIR, "openat"));
    }
    trail_.push_back({name, device_of(child.status), child.status.stx_ino});
    canonical_ += '/';
    canonical_ += name;
    at_ = std::move(child.fd);
  }
  return finish();
}

}  // namespace genba::host
