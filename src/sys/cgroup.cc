// SPDX-License-Identifier: Apache-2.0
#include "sys/cgroup.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/split.h"
#include "sys/file.h"

namespace genba::sys {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

tl::unexpected<base::Error> failed(const char* call) {
  return fail(base::error_from_errno(errno, call));
}

}  // namespace

Result<Fd> open_cgroup_mount(const std::string& mount_point, CgroupVersion version) {
  GENBA_TRY(Fd root, openat(AT_FDCWD, mount_point.c_str(), kDirectory));
  GENBA_TRY(const uint64_t magic, filesystem_magic(root.get()));
  if (magic != (version == CgroupVersion::kV2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC)) {
    return fail(ErrorCode::kWrongType, "not the filesystem that mountinfo promised");
  }
  return root;
}

Result<Fd> open_cgroup(const Fd& root, std::string_view path) {
  GENBA_TRY(Fd at, openat(root.get(), ".", kDirectory));
  for (const std::string_view part : base::split(path, '/')) {
    if (part.empty()) {
      continue;
    }
    if (part == "." || part == "..") {
      return fail(ErrorCode::kInvalid, "no path of a cgroup");
    }
    GENBA_TRY(at, openat(at.get(), std::string(part).c_str(), kDirectory));
  }
  return at;
}

Result<Fd> make_cgroup(const Fd& parent, const std::string& name) {
  if (::mkdirat(parent.get(), name.c_str(), 0755) < 0) {
    if (errno == EEXIST) {
      return fail(ErrorCode::kInvalid, "mkdirat: the name is taken");
    }
    return failed("mkdirat");
  }
  return openat(parent.get(), name.c_str(), kDirectory);
}

Result<void> remove_cgroup(const Fd& parent, const std::string& name) {
  if (::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) < 0) {
    return failed("unlinkat");
  }
  return {};
}

Result<std::vector<std::string>> child_cgroups(const Fd& cgroup) {
  GENBA_TRY(const Fd directory, openat(cgroup.get(), ".", kDirectory));
  std::vector<std::string> names;
  GENBA_TRY_VOID(
      read_directory(directory.get(), [&](std::string_view name, uint8_t type, uint64_t) {
        if (type == DT_DIR) {
          names.emplace_back(name);
        }
        return true;
      }));
  return names;
}

Result<std::string> read_cgroup_file(const Fd& cgroup, const char* name, size_t limit) {
  GENBA_TRY(const Fd file, openat(cgroup.get(), name, O_RDONLY | O_NOFOLLOW));
  std::string text;
  std::array<char, 4096> buffer;
  while (true) {
    GENBA_TRY(const size_t size, read(file.get(), buffer));
    if (size == 0) {
      return text;
    }
    if (text.size() + size > limit) {
      return fail(ErrorCode::kTooLarge, "a file of a cgroup is larger than expected");
    }
    text.append(buffer.data(), size);
  }
}

Result<void> write_cgroup_file(const Fd& cgroup, const char* name, std::string_view value) {
  GENBA_TRY(const Fd file, openat(cgroup.get(), name, O_WRONLY | O_NOFOLLOW));
  ssize_t size = ::write(file.get(), value.data(), value.size());
  while (size < 0 && errno == EINTR) {
    size = ::write(file.get(), value.data(), value.size());
  }
  if (size < 0) {
    return failed("write");
  }
  if (static_cast<size_t>(size) != value.size()) {
    return fail(ErrorCode::kIo, "write: only a part was taken");
  }
  return {};
}

}  // namespace genba::sys
