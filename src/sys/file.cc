// SPDX-License-Identifier: Apache-2.0
#include "sys/file.h"

#include <dirent.h>
#include <linux/memfd.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

// Numbers that a libc older than the kernel interface does not name; the same on every
// architecture (include/uapi/asm-generic/unistd.h).
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U  // include/uapi/linux/memfd.h
#endif

namespace genba::sys {

namespace {

tl::unexpected<base::Error> failed(const char* call) {
  return base::fail(base::error_from_errno(errno, call));
}

template <class Call>
auto retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) {
    result = call();
  }
  return result;
}

Result<Fd> to_fd(long result, const char* call) {
  if (result < 0) {
    return failed(call);
  }
  return Fd(static_cast<int>(result));
}

statx_timestamp to_statx_time(const timespec& time) {
  statx_timestamp result{};
  result.tv_sec = time.tv_sec;
  result.tv_nsec = static_cast<uint32_t>(time.tv_nsec);
  return result;
}

Result<struct ::statx> statx_by_fstatat(int dirfd, const char* path, int flags) {
  struct stat old {};
  const int known = flags & (AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT);
  if (retry([&] { return ::fstatat(dirfd, path, &old, known); }) < 0) {
    return failed("fstatat");
  }
  struct ::statx status {};
  status.stx_mask = STATX_BASIC_STATS;
  status.stx_nlink = static_cast<uint32_t>(old.st_nlink);
  status.stx_uid = old.st_uid;
  status.stx_gid = old.st_gid;
  status.stx_mode = static_cast<uint16_t>(old.st_mode);
  status.stx_ino = old.st_ino;
  status.stx_size = static_cast<uint64_t>(old.st_size);
  status.stx_blocks = static_cast<uint64_t>(old.st_blocks);
  status.stx_atime = to_statx_time(old.st_atim);
  status.stx_mtime = to_statx_time(old.st_mtim);
  status.stx_ctime = to_statx_time(old.st_ctim);
  status.stx_dev_major = major(old.st_dev);
  status.stx_dev_minor = minor(old.st_dev);
  status.stx_rdev_major = major(old.st_rdev);
  status.stx_rdev_minor = minor(old.st_rdev);
  return status;
}

}  // namespace

void Fd::reset() {
  if (fd_ >= 0) {
    ::close(std::exchange(fd_, -1));
  }
}

Result<Fd> openat(int dirfd, const char* path, int flags, unsigned mode) {
  return to_fd(retry([&] { return ::openat(dirfd, path, flags | O_CLOEXEC, mode); }), "openat");
}

Result<Fd> openat2(int dirfd, const char* path, int flags, uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<uint64_t>(static_cast<unsigned>(flags | O_CLOEXEC));
  how.resolve = resolve;
  return to_fd(retry([&] { return ::syscall(SYS_openat2, dirfd, path, &how, sizeof how); }),
               "openat2");
}

Result<struct ::statx> statx(int dirfd, const char* path, int flags, unsigned mask) {
  struct ::statx status {};
  // The raw call: glibc's own stand-in for old kernels refuses flags that matter here.
  if (retry([&] { return ::syscall(SYS_statx, dirfd, path, flags, mask, &status); }) == 0) {
    return status;
  }
  return errno == ENOSYS ? statx_by_fstatat(dirfd, path, flags) : failed("statx");
}

Result<std::string> readlinkat(int dirfd, const char* path) {
  std::array<char, 4097> buffer;  // PATH_MAX and one, to see whether more would come
  ssize_t size = ::readlinkat(dirfd, path, buffer.data(), buffer.size());
  if (size < 0) {
    return failed("readlinkat");
  }
  if (static_cast<size_t>(size) < buffer.size()) {
    return std::string(buffer.data(), static_cast<size_t>(size));
  }
  std::string longer(65536, '\0');
  size = ::readlinkat(dirfd, path, longer.data(), longer.size());
  if (size < 0) {
    return failed("readlinkat");
  }
  longer.resize(static_cast<size_t>(size));
  return longer;
}

Result<uint64_t> filesystem_magic(int fd) {
  struct statfs status {};
  if (retry([&] { return ::fstatfs(fd, &status); }) < 0) {
    return failed("fstatfs");
  }
  return static_cast<uint64_t>(static_cast<unsigned long>(status.f_type)) & 0xFFFFFFFFU;
}

Result<uint64_t> filesystem_magic_at(const char* path) {
  struct statfs status {};
  if (retry([&] { return ::statfs(path, &status); }) < 0) {
    return failed("statfs");
  }
  return static_cast<uint64_t>(static_cast<unsigned long>(status.f_type)) & 0xFFFFFFFFU;
}

bool has_noatime(int fd) {
  struct statfs status {};
  constexpr long kNoAtime = 0x400;  // ST_NOATIME in include/linux/statfs.h
  constexpr long kReadOnly = 0x1;   // ST_RDONLY
  return retry([&] { return ::fstatfs(fd, &status); }) == 0 &&
         (status.f_flags & (kNoAtime | kReadOnly)) != 0;
}

uint64_t make_device(uint32_t major_number, uint32_t minor_number) {
  return makedev(major_number, minor_number);
}

Result<size_t> read(int fd, std::span<char> buffer) {
  const ssize_t size = retry([&] { return ::read(fd, buffer.data(), buffer.size()); });
  if (size < 0) {
    return failed("read");
  }
  return static_cast<size_t>(size);
}

Result<size_t> pread(int fd, std::span<char> buffer, uint64_t offset) {
  if (offset > static_cast<uint64_t>(std::numeric_limits<off_t>::max())) {
    return base::fail(base::ErrorCode::kInvalid, "an offset past the end of any file");
  }
  const ssize_t size =
      retry([&] { return ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset)); });
  if (size < 0) {
    return failed("pread");
  }
  return static_cast<size_t>(size);
}

Result<void> read_directory(
    int directory,
    const std::function<bool(std::string_view name, uint8_t type, uint64_t inode)>& each) {
  constexpr size_t kNameOffset = offsetof(dirent64, d_name);
  alignas(dirent64) std::array<char, 65536> buffer;
  while (true) {
    const long size =
        retry([&] { return ::syscall(SYS_getdents64, directory, buffer.data(), buffer.size()); });
    if (size < 0) {
      return failed("getdents64");
    }
    if (size == 0) {
      return {};
    }
    for (size_t at = 0; at + kNameOffset < static_cast<size_t>(size);) {
      dirent64 head;
      std::memcpy(&head, buffer.data() + at, kNameOffset);
      if (head.d_reclen <= kNameOffset || at + head.d_reclen > static_cast<size_t>(size)) {
        return base::fail(base::ErrorCode::kDamaged, "getdents64: a record of impossible length");
      }
      const char* name = buffer.data() + at + kNameOffset;
      const std::string_view text(name, ::strnlen(name, head.d_reclen - kNameOffset));
      at += head.d_reclen;
      if (text != "." && text != ".." && !each(text, head.d_type, head.d_ino)) {
        return {};
      }
    }
  }
}

Result<Fd> clone_mount(int dirfd, const char* path, Submounts submounts) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  flags |= submounts == Submounts::kTakeAlong ? unsigned{AT_RECURSIVE} : 0U;
  flags |= path[0] == '\0' ? unsigned{AT_EMPTY_PATH} : 0U;
  return to_fd(::syscall(SYS_open_tree, dirfd, path, flags), "open_tree");
}

Result<void> freeze_access_times(int tree) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_NOATIME;
  attributes.attr_clr = MOUNT_ATTR__ATIME;
  attributes.propagation = 1UL << 19;  // MS_SLAVE, which <sys/mount.h> has but clashes here
  if (::syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
                sizeof attributes) < 0) {
    return failed("mount_setattr");
  }
  return {};
}

Result<Fd> mount_detached_procfs() {
  auto context = to_fd(::syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC), "fsopen");
  if (!context) {
    return context;
  }
  if (::syscall(SYS_fsconfig, context->get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) < 0) {
    return failed("fsconfig");
  }
  return to_fd(::syscall(SYS_fsmount, context->get(), FSMOUNT_CLOEXEC,
                         MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC),
               "fsmount");
}

Result<Fd> memfd_create(const char* name, MemoryPages pages) {
  const unsigned flags = MFD_CLOEXEC | (pages == MemoryPages::kHuge ? MFD_HUGETLB : 0U);
  // Linux 6.3 writes a line into its log when nothing is said of execution; older ones refuse it.
  long fd = ::syscall(SYS_memfd_create, name, flags | MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL) {
    fd = ::syscall(SYS_memfd_create, name, flags);
  }
  return to_fd(fd, "memfd_create");
}

namespace {

// The descriptors that are open, from /proc/self/fd; empty when that cannot be read.
std::vector<int> open_descriptors() {
  std::vector<int> numbers;
  auto directory = openat(AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY);
  if (!directory) {
    return numbers;
  }
  const auto collect = [&](std::string_view name, uint8_t, uint64_t) {
    int number = 0;
    for (const char digit : name) {
      number = number * 10 + (digit - '0');
    }
    numbers.push_back(number);
    return true;
  };
  if (!read_directory(directory->get(), collect)) {
    numbers.clear();
  }
  return numbers;
}

}  // namespace

void close_from(int first, std::span<const int> keep) {
  std::vector<int> kept(keep.begin(), keep.end());
  std::erase_if(kept, [&](int fd) { return fd < first; });
  std::sort(kept.begin(), kept.end());
  kept.push_back(-1);
  // close_range(2), Linux 5.9, one call for each gap between the kept ones.
  long result = 0;
  int from = first;
  for (const int fd : kept) {
    const unsigned last = fd < 0 ? ~0U : static_cast<unsigned>(fd) - 1;
    if (fd != from) {
      result = ::syscall(SYS_close_range, static_cast<unsigned>(from), last, 0);
    }
    if (result < 0) {
      break;
    }
    from = fd + 1;
  }
  if (result == 0) {
    return;
  }
  for (const int fd : open_descriptors()) {
    if (fd >= first && std::find(kept.begin(), kept.end(), fd) == kept.end()) {
      ::close(fd);
    }
  }
}

}  // namespace genba::sys
