// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/hierarchy.h"

#include <algorithm>

#include "base/number.h"
#include "base/places.h"
#include "base/split.h"
#include "fmt/format.h"
#include "parse/cgroup/cgroup.h"
#include "parse/mountinfo/mountinfo.h"
#include "sys/cgroup.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kDeleted = " (deleted)";

bool has_option(std::string_view options, std::string_view wanted) {
  const auto all = base::split(options, ',');
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

bool offers(const parse::MountEntry& mount, FreezeMethod method) {
  return method == FreezeMethod::kCgroup2
             ? mount.type == "cgroup2"
             : mount.type == "cgroup" && has_option(mount.super_options, "freezer");
}

// The number behind `key` in a file of "key value" lines (cgroup.events).
std::optional<int64_t> value_of(std::string_view text, std::string_view key) {
  for (const std::string_view line : base::split(text, '\n')) {
    const auto words = base::split_words(line);
    if (words.size() == 2 && words[0] == key) {
      return base::parse_number<int64_t>(words[1]);
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Hierarchy> Hierarchy::open(const host::Host& host, FreezeMethod method) {
  GENBA_TRY(const auto file, host.read_file("/proc/self/mountinfo"));
  std::vector<base::Note> notes;
  std::vector<parse::MountEntry> mounts = parse::parse_mountinfo(file.bytes, notes);
  std::erase_if(mounts, [&](const parse::MountEntry& mount) { return !offers(mount, method); });
  // The one that shows the whole hierarchy first.
  std::stable_sort(mounts.begin(), mounts.end(), [](const auto& left, const auto& right) {
    return left.root.size() < right.root.size();
  });
  for (const parse::MountEntry& mount : mounts) {
    auto root = sys::open_cgroup_mount(mount.path, method == FreezeMethod::kCgroup2
                                                       ? sys::CgroupVersion::kV2
                                                       : sys::CgroupVersion::kV1);
    if (root) {
      Hierarchy hierarchy;
      hierarchy.method_ = method;
      hierarchy.root_ = *std::move(root);
      hierarchy.root_path_ = mount.root;
      return hierarchy;
    }
  }
  return fail(ErrorCode::kUnsupported,
              fmt::format("no {} hierarchy that can freeze is mounted", to_string(method)));
}

Result<std::string> Hierarchy::cgroup_of(const host::Host& host, int64_t pid) const {
  const auto file = host.read_file(fmt::format("/proc/{}/cgroup", pid));
  if (!file) {
    return fail(file.error());
  }
  auto path =
      parse::parse_cgroup_path_in(file->bytes, method_ == FreezeMethod::kCgroup2 ? "" : "freezer");
  if (!path) {
    return fail(ErrorCode::kGone, fmt::format("process {} is in no such cgroup", pid));
  }
  if (path->ends_with(kDeleted)) {
    path->resize(path->size() - kDeleted.size());
  }
  return *std::move(path);
}

Result<sys::Fd> Hierarchy::open_cgroup(std::string_view path) const {
  std::string_view below = path;
  if (root_path_ != "/") {
    if (path != root_path_ && !base::lies_in(path, root_path_)) {
      return fail(ErrorCode::kNotFound, "the cgroup lies outside of what is mounted");
    }
    below.remove_prefix(root_path_.size());
  }
  return sys::open_cgroup(root_, below);
}

Result<std::string> Hierarchy::nearest_existing(std::string_view path) const {
  while (true) {
    if (open_cgroup(path)) {
      return std::string(path);
    }
    const size_t slash = path.rfind('/');
    if (slash == std::string_view::npos || path.size() <= root_path_.size()) {
      return root_path_;
    }
    path = path.substr(0, slash == 0 ? 1 : slash);
  }
}

std::string Hierarchy::path_of(std::string_view id) const {
  return fmt::format("{}/genba-{}", root_path_ == "/" ? "" : root_path_, id);
}

Result<std::string> Hierarchy::make(std::string_view id) const {
  const std::string name = fmt::format("genba-{}", id);
  GENBA_TRY(const sys::Fd made, sys::make_cgroup(root_, name));
  if (auto frozen = is_asked_to_freeze(made); !frozen) {
    (void)sys::remove_cgroup(root_, name);
    return fail(ErrorCode::kUnsupported,
                "cgroups of this kernel cannot freeze (cgroup.freeze came with Linux 5.2)");
  }
  return path_of(id);
}

Result<void> Hierarchy::remove(std::string_view path) const {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) {
    return fail(ErrorCode::kInvalid, "no path of a cgroup");
  }
  return sys::remove_cgroup(root_, std::string(path.substr(slash + 1)));
}

Result<void> Hierarchy::freeze(const sys::Fd& cgroup) const {
  return method_ == FreezeMethod::kCgroup2
             ? sys::write_cgroup_file(cgroup, "cgroup.freeze", "1")
             : sys::write_cgroup_file(cgroup, "freezer.state", "FROZEN");
}

Result<void> Hierarchy::thaw(const sys::Fd& cgroup) const {
  return method_ == FreezeMethod::kCgroup2
             ? sys::write_cgroup_file(cgroup, "cgroup.freeze", "0")
             : sys::write_cgroup_file(cgroup, "freezer.state", "THAWED");
}

Result<bool> Hierarchy::is_asked_to_freeze(const sys::Fd& cgroup) const {
  const char* file = method_ == FreezeMethod::kCgroup2 ? "cgroup.freeze" : "freezer.self_freezing";
  GENBA_TRY(const std::string text, sys::read_cgroup_file(cgroup, file));
  return base::trim(text) == "1";
}

Result<FreezeProgress> Hierarchy::progress(const sys::Fd& cgroup) const {
  if (method_ == FreezeMethod::kCgroup2) {
    GENBA_TRY(const std::string text, sys::read_cgroup_file(cgroup, "cgroup.events"));
    return FreezeProgress{value_of(text, "populated") == 1, value_of(text, "frozen") == 1};
  }
  // Reading the state is what makes version 1 look whether all have stopped by now.
  GENBA_TRY(const std::string state, sys::read_cgroup_file(cgroup, "freezer.state"));
  GENBA_TRY(const auto inside, members(cgroup));
  return FreezeProgress{!inside.empty(), base::trim(state) == "FROZEN"};
}

Result<std::vector<int64_t>> Hierarchy::members(const sys::Fd& cgroup) const {
  GENBA_TRY(const std::string text, sys::read_cgroup_file(cgroup, "cgroup.procs"));
  std::vector<int64_t> pids;
  for (const std::string_view word : base::split_words(text)) {
    // 0 stands for a process that our PID namespace does not see.
    if (const auto pid = base::parse_number<int64_t>(word)) {
      pids.push_back(*pid);
    }
  }
  std::sort(pids.begin(), pids.end());
  pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
  return pids;
}

Result<bool> Hierarchy::has_children(const sys::Fd& cgroup) const {
  GENBA_TRY(const auto children, sys::child_cgroups(cgroup));
  return !children.empty();
}

Result<void> Hierarchy::move(int64_t pid, const sys::Fd& cgroup) const {
  if (pid <= 1) {
    return fail(ErrorCode::kInvalid, "not the number of a process that may be moved");
  }
  return sys::write_cgroup_file(cgroup, "cgroup.procs", fmt::format("{}", pid));
}

Result<void> Hierarchy::kill_all(const sys::Fd& cgroup) const {
  if (method_ != FreezeMethod::kCgroup2) {
    return fail(ErrorCode::kUnsupported, "cgroups of version 1 have no cgroup.kill");
  }
  auto killed = sys::write_cgroup_file(cgroup, "cgroup.kill", "1");
  if (!killed && killed.error().code == ErrorCode::kNotFound) {
    return fail(ErrorCode::kUnsupported, "cgroup.kill came with Linux 5.14");
  }
  return killed;
}

}  // namespace genba::act
