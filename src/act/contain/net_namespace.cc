// SPDX-License-Identifier: Apache-2.0
#include "act/contain/net_namespace.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "base/number.h"
#include "fmt/format.h"
#include "parse/mountinfo/mountinfo.h"
#include "parse/proc_link/proc_link.h"
#include "sys/file.h"
#include "sys/process.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;
using model::OtherNamespace;

namespace {

constexpr uint64_t kNsfsMagic = 0x6e736673;  // NSFS_MAGIC, linux/magic.h

// A namespace file at that path, and its inode. It is opened only when it is known to be one: the
// path comes from the machine, and to open a device can do something (a watchdog's starts it).
Result<OwnNamespace> open_at(const std::string& path) {
  GENBA_TRY(const sys::Fd found, sys::openat(AT_FDCWD, path.c_str(), O_PATH | O_CLOEXEC));
  GENBA_TRY(const uint64_t magic, sys::filesystem_magic(found.get()));
  if (magic != kNsfsMagic) {
    return fail(ErrorCode::kWrongType, fmt::format("'{}' is not a namespace", path));
  }
  const std::string same = fmt::format("/proc/thread-self/fd/{}", found.get());
  GENBA_TRY(sys::Fd fd, sys::openat(AT_FDCWD, same.c_str(), O_RDONLY | O_CLOEXEC));
  GENBA_TRY(const auto status, sys::statx(fd.get(), "", AT_EMPTY_PATH, STATX_INO));
  return OwnNamespace{std::move(fd), static_cast<int64_t>(status.stx_ino)};
}

std::optional<int64_t> inode_of(const host::Host& host, int64_t pid) {
  const auto text = host.read_link(fmt::format("/proc/{}/ns/net", pid));
  const auto inode = text ? parse::parse_proc_link(*text).inode : std::nullopt;
  return inode ? std::optional(static_cast<int64_t>(*inode)) : std::nullopt;
}

void each_process(const host::Host& host, const std::function<bool(int64_t)>& visit) {
  const auto entries = host.read_directory("/proc");
  for (size_t i = 0; entries && i < entries->size(); ++i) {
    const auto pid = base::parse_number<int64_t>((*entries)[i].name);
    if (pid && *pid > 0 && !visit(*pid)) {
      return;
    }
  }
}

std::optional<OwnNamespace> open_if(const std::string& path, int64_t inode) {
  auto opened = open_at(path);
  return opened && opened->inode == inode ? std::optional(*std::move(opened)) : std::nullopt;
}

std::string process_path(int64_t pid) {
  return fmt::format("/proc/{}/ns/net", pid);
}

}  // namespace

Result<OwnNamespace> open_own_namespace() {
  auto own = open_at("/proc/thread-self/ns/net");
  if (!own) {
    return fail(own.error().with_context("opening our own network namespace"));
  }
  return own;
}

std::vector<OtherNamespace> list_other_namespaces(const host::Host& host, int64_t own_inode) {
  std::map<int64_t, OtherNamespace> others;
  each_process(host, [&](int64_t pid) {
    const auto inode = inode_of(host, pid);
    if (inode && *inode != own_inode) {
      OtherNamespace& other = others[*inode];
      other.inode = *inode;
      other.pid = other.processes++ == 0 ? pid : other.pid;
    }
    return true;
  });
  std::vector<base::Note> notes;
  const auto mounts = host.read_file("/proc/self/mountinfo");
  for (const parse::MountEntry& mount :
       parse::parse_mountinfo(mounts ? mounts->bytes : std::string(), notes)) {
    const bool network = mount.type == "nsfs" && mount.root.starts_with("net:[");
    const auto inode = network ? parse::parse_proc_link(mount.root).inode : std::nullopt;
    if (inode && static_cast<int64_t>(*inode) != own_inode) {
      OtherNamespace& other = others[static_cast<int64_t>(*inode)];
      other.inode = static_cast<int64_t>(*inode);
      other.path = mount.path;
    }
  }
  std::vector<OtherNamespace> found;
  for (auto& [inode, other] : others) {
    found.push_back(std::move(other));
  }
  return found;
}

Result<sys::Fd> open_namespace(const host::Host& host, ContainedNamespace& where) {
  if (where.process.pid > 0) {
    if (auto opened = open_if(process_path(where.process.pid), where.inode)) {
      return std::move(opened->fd);
    }
  }
  if (!where.path.empty()) {
    if (auto opened = open_if(where.path, where.inode)) {
      return std::move(opened->fd);
    }
  }
  // The process has ended; others may live there.
  std::optional<sys::Fd> found;
  each_process(host, [&](int64_t pid) {
    if (inode_of(host, pid) == where.inode) {
      if (auto opened = open_if(process_path(pid), where.inode)) {
        const auto process = scan_process(host, pid);
        where.process = {pid, process ? process->key.start_ticks : 0};
        found = std::move(opened->fd);
      }
    }
    return !found;
  });
  if (!found) {
    return fail(ErrorCode::kGone,
                fmt::format("network namespace {}: no process lives in it any more", where.inode));
  }
  return *std::move(found);
}

Result<void> inside_namespace(const OwnNamespace& own, const sys::Fd& other,
                              const std::function<Result<void>()>& body) {
  if (auto entered = sys::enter_network_namespace(other); !entered) {
    return fail(entered.error().with_context("entering a network namespace"));
  }
  auto result = body();
  const bool returned = sys::enter_network_namespace(own.fd).has_value();
  GENBA_CHECK(returned);
  return result;
}

}  // namespace genba::act
