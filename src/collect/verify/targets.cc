// SPDX-License-Identifier: Apache-2.0
#include "collect/verify/targets.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

#include "model/tables/process_memory_map.h"
#include "model/tables/processes.h"

namespace genba::collect::verify {

namespace {

constexpr std::array<std::string_view, 6> kPath = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                                   "/usr/bin",        "/sbin",          "/bin"};

// What rootkits and backdoors replace (field notes: chkrootkit's list, PANIX, Atomic T1554).
constexpr std::array<std::string_view, 58> kGuards = {
    "agetty", "at",     "atd",     "bash",     "busybox", "cat",       "chattr",  "chsh",
    "cron",   "crond",  "crontab", "curl",     "dash",    "df",        "dmesg",   "doas",
    "du",     "find",   "getty",   "grep",     "id",      "ifconfig",  "insmod",  "ip",
    "kill",   "kmod",   "last",    "lastb",    "less",    "login",     "ls",      "lsattr",
    "lsmod",  "lsof",   "md5sum",  "modprobe", "mount",   "netstat",   "passwd",  "perl",
    "pgrep",  "pkexec", "pkill",   "ps",       "pstree",  "scp",       "sh",      "ss",
    "ssh",    "sshd",   "stat",    "su",       "sudo",    "systemctl", "tcpdump", "top",
    "w",      "who"};

// Libraries that logins and every program trust: a backdoor in one is a backdoor in all.
constexpr std::array<std::string_view, 13> kLibraries = {
    "ld-linux",       "ld-2.",         "libc.so",      "libc-2.", "libpam",
    "libkeyutils.so", "liblzma.so",    "libcrypto.so", "libnss_", "libselinux.so",
    "libaudit.so",    "libsystemd.so", "libcrypt.so"};

std::pair<std::string_view, std::string_view> split_path(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::pair(std::string_view(), path)
                                         : std::pair(path.substr(0, slash), path.substr(slash + 1));
}

template <size_t kSize>
bool holds(const std::array<std::string_view, kSize>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

struct Class {
  Group group;
  std::string_view reason;
};

// Why a packaged file is compared although it does not run; nothing when it is not.
std::optional<Class> class_of(std::string_view path) {
  const auto [directory, name] = split_path(path);
  if (holds(kPath, directory)) {
    return Class{holds(kGuards, name) ? Group::kGuards : Group::kPath, "path"};
  }
  if (directory.ends_with("/security") && name.starts_with("pam_") && name.ends_with(".so")) {
    return Class{Group::kGuards, "pam"};
  }
  const bool library =
      (directory.starts_with("/usr/lib") || directory.starts_with("/lib")) &&
      name.find(".so") != std::string_view::npos &&
      std::any_of(kLibraries.begin(), kLibraries.end(),
                  [file = name](std::string_view start) { return file.starts_with(start); });
  return library ? std::optional(Class{Group::kGuards, "library"}) : std::nullopt;
}

// Paths of what runs. A container's paths are those of its own root, not of this host's packages.
std::unordered_set<std::string> running_paths(const model::Facts& facts) {
  std::unordered_set<std::string> paths;
  std::unordered_set<int64_t> of_containers;
  for (const model::Process& process : facts.read<model::Process>()) {
    if (process.in_container.value_or(false)) {
      of_containers.insert(process.pid);
    } else if (process.path && !process.path->empty()) {
      paths.insert(*process.path);
    }
  }
  const model::TableInfo& table = model::tables::process_memory_map();
  const model::RowStore* maps = facts.find(table);
  const auto pid_column = static_cast<size_t>(table.column_index("pid"));
  const auto path_column = static_cast<size_t>(table.column_index("path"));
  for (size_t row = 0; maps != nullptr && row < maps->size(); ++row) {
    const model::Value path = maps->cell(row, path_column);
    const auto* text = std::get_if<std::string_view>(&path);
    if (text == nullptr || text->empty() || text->front() != '/') {
      continue;
    }
    const model::Value pid = maps->cell(row, pid_column);
    const auto* number = std::get_if<int64_t>(&pid);
    if (number == nullptr || !of_containers.contains(*number)) {
      paths.emplace(*text);
    }
  }
  return paths;
}

class TargetMap {
 public:
  void add(const PackagedFile& file, Group group, std::string_view reason) {
    if (!file.md5 || file.conffile) {
      return;
    }
    const auto [at, fresh] = targets_.try_emplace(file.path);
    Target& target = at->second;
    if (fresh || group < target.group) {
      target.group = group;
      target.reason = reason;
    }
    target.path = file.path;
    for (const PackagedFile& known : target.promises) {
      if (known.package == file.package && known.md5 == file.md5) {
        return;
      }
    }
    target.promises.push_back(file);
  }

  std::vector<Target> take() {
    std::vector<Target> all;
    all.reserve(targets_.size());
    for (auto& [path, target] : targets_) {
      all.push_back(std::move(target));
    }
    return all;
  }

 private:
  std::map<std::string_view, Target> targets_;
};

}  // namespace

bool Target::promised(std::string_view md5) const {
  return std::any_of(promises.begin(), promises.end(),
                     [&](const PackagedFile& file) { return file.md5 == md5; });
}

std::vector<Target> find_targets(const Context& context, const PackageIndex& packages) {
  TargetMap found;
  for (const std::string& path : running_paths(context.facts)) {
    for (const PackagedFile& file : packages.find(path)) {
      found.add(file, Group::kRunning, "running");
    }
  }
  for (size_t row = 0; row < packages.size(); ++row) {
    const PackagedFile file = packages.row(row);
    if (const auto its_class = class_of(file.path)) {
      found.add(file, its_class->group, its_class->reason);
    }
  }
  std::vector<Target> targets = found.take();
  for (Target& target : targets) {
    target.status = context.host.lstat(target.path);
  }
  const auto order = [](const Target& target) {
    return std::pair(target.group, target.status ? target.status->size : 0);
  };
  std::stable_sort(targets.begin(), targets.end(),
                   [&](const Target& a, const Target& b) { return order(a) < order(b); });
  return targets;
}

}  // namespace genba::collect::verify
