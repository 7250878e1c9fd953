// SPDX-License-Identifier: Apache-2.0
#include "host/rooted_tree.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/split.h"
#include "fmt/format.h"
#include "host/filesystem_names.h"
#include "host/path_walk.h"

namespace genba::host {

using base::Error;
using base::ErrorCode;
using base::fail;

namespace {

constexpr int kReadFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
constexpr int kStatusFlags =
    AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
constexpr unsigned kStatusMask = STATX_BASIC_STATS | STATX_BTIME;

base::Timestamp to_timestamp(const struct ::statx_timestamp& time) {
  return base::timestamp_from_unix(time.tv_sec, time.tv_nsec);
}

Error wrong_type(FileType type) {
  return {ErrorCode::kWrongType, 0, fmt::format("not a regular file but a {}", to_string(type))};
}

// What the quick way does not serve, or not with the last word; the walk then gives the answer.
bool is_for_the_walk(const Error& error) {
  switch (error.sys_errno) {
    case ELOOP:
    case EXDEV:
    case EAGAIN:
    case ENOSYS:
    case EINVAL:
    case ENAMETOOLONG:
    case ENOTDIR: return true;
    default: return false;
  }
}

// A path without ".", doubled and trailing slashes; whether ".." is among its components.
struct NormalPath {
  std::string text;
  bool goes_up = false;
};

NormalPath normalize(std::string_view path) {
  NormalPath normal;
  normal.text.reserve(path.size() + 1);
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") {
      normal.text.append("/").append(part);
      normal.goes_up = normal.goes_up || part == "..";
    }
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  if (normal.text.empty()) {
    normal.text = "/";
  }
  return normal;
}

Error bad_path() {
  return {ErrorCode::kInvalid, EINVAL, "a path must be absolute and hold no NUL"};
}

bool is_usable(std::string_view path) {
  return path.substr(0, 1) == "/" && path.find('\0') == std::string_view::npos;
}

bool is_in_proc(std::string_view normal) {
  return normal == "/proc" || normal.starts_with("/proc/");
}

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Whether a path relative to procfs leads to a link of a process through real directories only:
// N/x or N/task/M/x, with fd, ns or map_files before x or not.
bool is_link_of_process(std::string_view rest) {
  std::vector<std::string_view> parts = base::split(rest, '/');
  if (parts.size() < 2 || !is_number(parts[0])) {
    return false;
  }
  size_t next = 1;
  if (parts.size() > 3 && parts[1] == "task" && is_number(parts[2])) {
    next = 3;
  }
  const std::string_view directory = parts[next];
  if (parts.size() > next + 1 &&
      (directory == "fd" || directory == "ns" || directory == "map_files")) {
    ++next;
  }
  return parts.size() == next + 1;
}

}  // namespace

std::vector<std::string> path_components(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") {
      parts.emplace_back(part);
    }
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return parts;
}

FileType file_type_of_mode(unsigned mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return FileType::kRegular;
    case S_IFDIR: return FileType::kDirectory;
    case S_IFLNK: return FileType::kSymlink;
    case S_IFIFO: return FileType::kFifo;
    case S_IFSOCK: return FileType::kSocket;
    case S_IFCHR: return FileType::kCharacter;
    case S_IFBLK: return FileType::kBlock;
    default: return FileType::kUnknown;
  }
}

FileStatus to_file_status(const struct ::statx& status) {
  FileStatus result;
  result.type = file_type_of_mode(status.stx_mode);
  result.mode = status.stx_mode & 07777U;
  result.uid = status.stx_uid;
  result.gid = status.stx_gid;
  result.inode = status.stx_ino;
  result.device = sys::make_device(status.stx_dev_major, status.stx_dev_minor);
  result.size = status.stx_size;
  result.hard_links = status.stx_nlink;
  result.atime = to_timestamp(status.stx_atime);
  result.mtime = to_timestamp(status.stx_mtime);
  result.ctime = to_timestamp(status.stx_ctime);
  // Some filesystems claim to know it and answer zero.
  if ((status.stx_mask & STATX_BTIME) != 0 && status.stx_btime.tv_sec != 0) {
    result.btime = to_timestamp(status.stx_btime);
  }
  if ((status.stx_attributes_mask & STATX_ATTR_IMMUTABLE) != 0) {
    result.immutable = (status.stx_attributes & STATX_ATTR_IMMUTABLE) != 0;
  }
  if ((status.stx_attributes_mask & STATX_ATTR_APPEND) != 0) {
    result.append_only = (status.stx_attributes & STATX_ATTR_APPEND) != 0;
  }
  return result;
}

RootedTree::RootedTree(sys::Fd root, Options options)
    : root_(std::move(root)),
      procfs_(std::move(options.procfs)),
      proc_(options.proc),
      procfs_is_proc_(proc_ == Proc::kProcfsOnly && procfs_.valid()),
      access_times_(options.access_times),
      resolver_(options.resolver),
      remote_(std::move(options.remote)),
      counters_(options.counters) {
  GENBA_CHECK(counters_ != nullptr);
  // Old kernels lack openat2(2), and some container filters answer EPERM for it.
  if (resolver_ == Resolver::kKernel &&
      !sys::openat2(root_.get(), ".", O_PATH | O_DIRECTORY, RESOLVE_IN_ROOT)) {
    resolver_ = Resolver::kWalk;
  }
}

RootedTree::Base RootedTree::base_of(const std::string& normal) const {
  const bool procfs = procfs_is_proc_ && is_in_proc(normal) && !is_mounted_on_procfs(normal);
  std::string rest = normal.substr(procfs ? std::min<size_t>(normal.size(), 6) : 1);
  return {procfs ? procfs_.get() : root_.get(), rest.empty() ? "." : std::move(rest), procfs};
}

Result<void> RootedTree::check_entry(std::string_view normal) const {
  if (proc_ == Proc::kProcfsOnly && !procfs_.valid() && is_in_proc(normal)) {
    return fail(ErrorCode::kUnsupported, "no procfs at /proc, and none could be made");
  }
  if (remote_ == nullptr) {
    return {};
  }
  if (const auto mount = remote_->holding(normal)) {
    return fail(
        ErrorCode::kUnsupported,
        fmt::format("lies on {} mounted at '{}', which is not entered", mount->type, mount->path));
  }
  return {};
}

Result<sys::Fd> RootedTree::open_quickly(std::string_view path, int flags, Links links) const {
  const NormalPath normal = normalize(path);
  if (resolver_ != Resolver::kKernel || normal.goes_up) {
    return fail(base::error_from_errno(EAGAIN, "openat2"));
  }
  const Base base = base_of(normal.text);
  if (!base.procfs) {
    if (auto local = check_entry(normal.text); !local) {
      return fail(local.error());
    }
  }
  uint64_t resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const bool harmless = links == Links::kIfHarmless && access_times_ == AccessTimes::kFrozen &&
                        !base.procfs && (remote_ == nullptr || remote_->empty());
  if (!harmless) {
    resolve |= RESOLVE_NO_SYMLINKS;
  }
  auto opened = sys::openat2(base.fd, base.rest.c_str(), flags, resolve);
  if (!opened && opened.error().sys_errno == EPERM && (flags & O_NOATIME) != 0) {
    return sys::openat2(base.fd, base.rest.c_str(), flags & ~O_NOATIME, resolve);
  }
  return opened;
}

Result<RootedTree::Place> RootedTree::resolve(std::string_view path, Follow follow) const {
  if (!is_usable(path)) {
    return fail(bad_path());
  }
  auto fd = open_quickly(path, O_PATH | O_NOFOLLOW, Links::kNone);
  if (fd && follow == Follow::kYes) {
    GENBA_TRY(const auto status, sys::statx(fd->get(), "", kStatusFlags, STATX_TYPE));
    if (S_ISLNK(status.stx_mode)) {
      fd = fail(base::error_from_errno(ELOOP, "openat2"));
    }
  }
  if (fd) {
    return Place{*std::move(fd), normalize(path).text};
  }
  return is_for_the_walk(fd.error()) ? Walk(*this).run(path, follow) : fail(fd.error());
}

Result<sys::Fd> RootedTree::open_path(std::string_view path, Follow follow) const {
  if (!is_usable(path)) {
    return fail(bad_path());
  }
  auto fd =
      open_quickly(path, O_PATH | (follow == Follow::kNo ? O_NOFOLLOW : 0), Links::kIfHarmless);
  if (fd || !is_for_the_walk(fd.error())) {
    return fd;
  }
  GENBA_TRY(Place place, Walk(*this).run(path, follow));
  return std::move(place.fd);
}

bool RootedTree::may_move(const sys::Fd& fd) const {
  if (access_times_ == AccessTimes::kFrozen || sys::has_noatime(fd.get())) {
    return false;
  }
  const auto magic = sys::filesystem_magic(fd.get());
  return !magic || !is_pseudo_filesystem(*magic);
}

Result<sys::Fd> RootedTree::reopen_by_name(const Place& place, int flags) const {
  const size_t slash = place.canonical.rfind('/');
  if (slash == std::string::npos || slash + 1 == place.canonical.size()) {
    return fail(ErrorCode::kUnsupported, "no procfs to open it through");
  }
  GENBA_TRY(const Place parent, Walk(*this).run(place.canonical.substr(0, slash), Follow::kNo));
  const char* name = place.canonical.c_str() + slash + 1;
  GENBA_TRY(sys::Fd fd, sys::openat(parent.fd.get(), name, flags | O_NOFOLLOW));
  GENBA_TRY(const auto wanted, sys::statx(place.fd.get(), "", kStatusFlags, STATX_INO));
  GENBA_TRY(const auto got, sys::statx(fd.get(), "", kStatusFlags, STATX_INO));
  if (wanted.stx_ino != got.stx_ino || wanted.stx_dev_minor != got.stx_dev_minor ||
      wanted.stx_dev_major != got.stx_dev_major) {
    return fail(ErrorCode::kGone, "replaced while it was being opened");
  }
  return fd;
}

Result<sys::Fd> RootedTree::reopen(const Place& place, int flags) const {
  const auto open = [&](int with) -> Result<sys::Fd> {
    if (procfs_.valid()) {
      const std::string name = fmt::format("self/fd/{}", place.fd.get());
      return sys::openat(procfs_.get(), name.c_str(), with);
    }
    return (flags & O_DIRECTORY) != 0 ? sys::openat(place.fd.get(), ".", with)
                                      : reopen_by_name(place, with);
  };
  auto fd = open(flags | O_NOATIME);
  if (!fd && fd.error().sys_errno == EPERM) {
    fd = open(flags);
  }
  if (!fd && fd.error().code == ErrorCode::kNotFound) {
    return fail(
        Error{ErrorCode::kGone, fd.error().sys_errno, "vanished while it was being opened"});
  }
  return fd;
}

Result<RootedTree::OpenFile> RootedTree::reopen_regular(const Place& place) const {
  GENBA_TRY(const auto status, sys::statx(place.fd.get(), "", kStatusFlags, kStatusMask));
  OpenFile file;
  file.status = to_file_status(status);
  if (file.status.type != FileType::kRegular) {
    return fail(wrong_type(file.status.type));
  }
  if (place.canonical.find("/trace_pipe") != std::string::npos) {
    return fail(ErrorCode::kWrongType, "reading it would take messages from the kernel's trace");
  }
  GENBA_TRY(file.fd, reopen(place, kReadFlags));
  file.may_move_access_time = may_move(file.fd);
  return file;
}

Result<RootedTree::OpenFile> RootedTree::open_procfs_file(const Base& base) const {
  if (base.rest == "kmsg") {
    return fail(ErrorCode::kWrongType, "reading it would take messages from the kernel's log");
  }
  // procfs itself holds no FIFO and no device: it may be opened before its type is known.
  constexpr uint64_t kResolve =
      RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  OpenFile file;
  GENBA_TRY(file.fd, sys::openat2(base.fd, base.rest.c_str(), kReadFlags, kResolve));
  GENBA_TRY(const auto status, sys::statx(file.fd.get(), "", kStatusFlags, kStatusMask));
  file.status = to_file_status(status);
  if (file.status.type != FileType::kRegular) {
    return fail(wrong_type(file.status.type));
  }
  return file;
}

Result<RootedTree::OpenFile> RootedTree::open_regular(std::string_view path) const {
  if (resolver_ == Resolver::kKernel && is_usable(path)) {
    const NormalPath normal = normalize(path);
    const Base base = base_of(normal.text);
    if (base.procfs && !normal.goes_up) {
      auto file = open_procfs_file(base);
      if (file || !is_for_the_walk(file.error())) {
        return file;
      }
    }
  }
  GENBA_TRY(const Place place, resolve(path, Follow::kYes));
  if (procfs_is_proc_ && place.canonical == "/proc/kmsg") {
    return fail(ErrorCode::kWrongType, "reading it would take messages from the kernel's log");
  }
  return reopen_regular(place);
}

Result<RootedTree::OpenFile> RootedTree::open_directory(std::string_view path,
                                                        Follow follow) const {
  if (!is_usable(path)) {
    return fail(bad_path());
  }
  const int no_follow = follow == Follow::kNo ? O_NOFOLLOW : 0;
  constexpr int kFlags = kReadFlags | O_DIRECTORY;
  OpenFile directory;
  auto fd = open_quickly(path, kFlags | O_NOATIME | no_follow, Links::kIfHarmless);
  if (!fd && !is_for_the_walk(fd.error())) {
    return fail(fd.error());
  }
  if (fd) {
    directory.fd = *std::move(fd);
  } else {
    GENBA_TRY(const Place place, Walk(*this).run(path, follow));
    GENBA_TRY(const auto status, sys::statx(place.fd.get(), "", kStatusFlags, STATX_TYPE));
    if (!S_ISDIR(status.stx_mode)) {
      const bool link = S_ISLNK(status.stx_mode);
      return fail(
          link ? ErrorCode::kLoop : ErrorCode::kWrongType,
          fmt::format("not a directory but a {}", to_string(file_type_of_mode(status.stx_mode))));
    }
    GENBA_TRY(directory.fd, reopen(place, kFlags));
  }
  GENBA_TRY(const auto status, sys::statx(directory.fd.get(), "", kStatusFlags, kStatusMask));
  directory.status = to_file_status(status);
  directory.may_move_access_time = may_move(directory.fd);
  return directory;
}

Result<FileStatus> RootedTree::status(std::string_view path, Follow follow) const {
  GENBA_TRY(const sys::Fd fd, open_path(path, follow));
  GENBA_TRY(const auto status, sys::statx(fd.get(), "", kStatusFlags, kStatusMask));
  return to_file_status(status);
}

std::optional<std::string> RootedTree::read_procfs_link(std::string_view path) const {
  if (!procfs_is_proc_ || !is_usable(path)) {
    return std::nullopt;
  }
  const NormalPath normal = normalize(path);
  const Base base = base_of(normal.text);
  if (!base.procfs || normal.goes_up || !is_link_of_process(base.rest)) {
    return std::nullopt;
  }
  auto text = sys::readlinkat(base.fd, base.rest.c_str());
  return text ? std::optional(*std::move(text)) : std::nullopt;
}

Result<std::string> RootedTree::read_link(std::string_view path) const {
  if (auto text = read_procfs_link(path)) {
    return *std::move(text);
  }
  GENBA_TRY(const sys::Fd fd, open_path(path, Follow::kNo));
  GENBA_TRY(const auto status, sys::statx(fd.get(), "", kStatusFlags, kStatusMask));
  if (!S_ISLNK(status.stx_mode)) {
    return fail(ErrorCode::kWrongType, "not a symbolic link");
  }
  auto text = sys::readlinkat(fd.get(), "");
  if (access_times_ == AccessTimes::kMoving) {
    account({sys::Fd(), to_file_status(status), may_move(fd)}, fd);
  }
  return text;
}

std::optional<RemoteMount> RootedTree::remote_mount(std::string_view path) const {
  return remote_ == nullptr ? std::nullopt : remote_->holding(normalize(path).text);
}

Result<uint64_t> RootedTree::magic_of(const sys::Fd& place) const {
  auto magic = sys::filesystem_magic(place.get());
  if (!magic && magic.error().sys_errno == EBADF && procfs_.valid()) {
    // Before Linux 3.12 fstatfs(2) refuses O_PATH descriptors.
    return sys::filesystem_magic_at(fmt::format("/proc/self/fd/{}", place.get()).c_str());
  }
  return magic;
}

void RootedTree::account(const OpenFile& file, const sys::Fd& fd) const {
  if (!file.may_move_access_time) {
    return;
  }
  const auto now = sys::statx(fd.get(), "", kStatusFlags, STATX_ATIME);
  if (now && to_timestamp(now->stx_atime) != file.status.atime) {
    ++counters_->files_with_moved_access_time;
  }
}

bool RootedTree::is_missing_process(std::string_view path) const {
  const std::vector<std::string> parts = path_components(path);
  if (!procfs_is_proc_ || parts.size() < 3 || parts[0] != "proc" || !is_number(parts[1])) {
    return false;
  }
  std::string place = parts[1];
  if (parts.size() > 4 && parts[2] == "task" && is_number(parts[3])) {
    place += "/task/" + parts[3];
  }
  const auto status = sys::statx(procfs_.get(), place.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE);
  return !status && status.error().code == ErrorCode::kNotFound;
}

Error RootedTree::tell(const Error& error, std::string_view doing, std::string_view path) const {
  Error result = error.sys_errno != 0 && error.code != ErrorCode::kGone
                     ? base::error_from_errno(error.sys_errno, fmt::format("{} '{}'", doing, path))
                     : error.with_context(fmt::format("{} '{}'", doing, path));
  result.code = error.code;
  if (result.code == ErrorCode::kNotFound && is_missing_process(path)) {
    result.code = ErrorCode::kGone;
  }
  return result;
}

}  // namespace genba::host
