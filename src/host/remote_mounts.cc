// SPDX-License-Identifier: Apache-2.0
#include "host/remote_mounts.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "host/filesystem_names.h"
#include "parse/kernel_text/kernel_text.h"
#include "parse/mountinfo/mountinfo.h"
#include "sys/channel.h"
#include "sys/file.h"

namespace genba::host {

namespace {

// The path as `root` has it; nothing when it does not lie below.
std::optional<std::string> path_below(std::string_view path, std::string_view root) {
  if (root == "/") {
    return std::string(path);
  }
  if (!path.starts_with(root)) {
    return std::nullopt;
  }
  path.remove_prefix(root.size());
  return path.empty() ? std::optional<std::string>("/")
                      : (path[0] == '/' ? std::optional(std::string(path)) : std::nullopt);
}

// Mounts by the one they lie on and where: one at the root of another covers it (binfmt_misc over
// its autofs).
using Covers = std::set<std::pair<int64_t, std::string_view>>;

Covers covers_of(const std::vector<parse::MountEntry>& mounts) {
  Covers covers;
  for (const parse::MountEntry& mount : mounts) {
    if (mount.mount_id != mount.parent_id) {
      covers.emplace(mount.parent_id, mount.path);
    }
  }
  return covers;
}

// All of it, or as much as half a million mounts need.
std::string read_from_start(const sys::Fd& fd) {
  constexpr size_t kLimit = 64U << 20;
  std::string text;
  std::array<char, 16384> buffer;
  while (text.size() < kLimit) {
    const auto size = sys::read(fd.get(), buffer);
    if (!size || *size == 0) {
      break;
    }
    text.append(buffer.data(), *size);
  }
  return text;
}

}  // namespace

MountView parse_mount_view(std::string_view mountinfo, std::string_view root) {
  MountView view;
  std::vector<base::Note> damaged;  // such a line names no mount
  const std::vector<parse::MountEntry> mounts = parse::parse_mountinfo(mountinfo, damaged);
  const Covers covers = covers_of(mounts);
  for (const parse::MountEntry& mount : mounts) {
    view.types.emplace(mount.mount_id, mount.type);
    view.has_unbindable = view.has_unbindable || mount.unbindable;
    if (!is_remote_filesystem(mount.type)) {
      continue;
    }
    auto path = path_below(mount.path, root);
    if (path && *path != "/" && covers.count({mount.mount_id, mount.path}) == 0) {
      view.remote.push_back({*std::move(path), mount.type});
    }
  }
  return view;
}

std::optional<int64_t> mount_id_of(const sys::Fd& procfs, const sys::Fd& fd) {
  const std::string name = fmt::format("self/fdinfo/{}", fd.get());
  const auto info = sys::openat(procfs.get(), name.c_str(), O_RDONLY);
  return info ? parse::parse_mount_id(read_from_start(*info)) : std::nullopt;
}

RemoteMounts::RemoteMounts(sys::Fd mountinfo, std::string root)
    : mountinfo_(std::move(mountinfo)), root_(std::move(root)) {}

void RemoteMounts::refresh() const {
  if (!mountinfo_.valid() || (read_ && !sys::has_priority_event(mountinfo_.get())) ||
      !sys::rewind(mountinfo_.get())) {
    return;
  }
  const std::string text = read_from_start(mountinfo_);
  view_ = parse_mount_view(text, root_);
  read_ = !text.empty();
}

std::optional<RemoteMount> RemoteMounts::holding(std::string_view path) const {
  const std::lock_guard lock(mutex_);
  refresh();
  const auto found =
      std::find_if(view_.remote.begin(), view_.remote.end(), [&](const RemoteMount& mount) {
        const size_t size = mount.path.size();
        return path.substr(0, size) == mount.path && (path.size() == size || path[size] == '/');
      });
  return found == view_.remote.end() ? std::nullopt : std::optional(*found);
}

bool RemoteMounts::empty() const {
  const std::lock_guard lock(mutex_);
  refresh();
  return view_.remote.empty();
}

std::optional<std::string> RemoteMounts::type_of(int64_t mount_id) const {
  const std::lock_guard lock(mutex_);
  refresh();
  const auto found = view_.types.find(mount_id);
  return found == view_.types.end() ? std::nullopt : std::optional(found->second);
}

bool RemoteMounts::may_be_cloned() const {
  const std::lock_guard lock(mutex_);
  refresh();
  return read_ && !view_.has_unbindable;
}

}  // namespace genba::host
