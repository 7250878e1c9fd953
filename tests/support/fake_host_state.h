// SPDX-License-Identifier: Apache-2.0
//
// What the fake host keeps: the nodes of its tree, where it misbehaves, and what was touched.
// Shared by the files fake_host*.cc and no one else; the contract stands in fake_host.h.
#pragma once

#include <set>

#include "support/fake_host.h"

namespace genba::test {

/// The names in a path, without empty ones and ".".
std::vector<std::string> components(std::string_view path);

/// The map key of a path: no doubled or trailing slashes. Links are not looked at.
std::string key_of(std::string_view path);

std::string child_of(std::string_view directory, std::string_view name);
std::string parent_of(std::string_view key);
bool is_at_or_below(std::string_view key, std::string_view top);

base::Error fake_error(base::ErrorCode code, std::string_view operation, std::string_view path);

struct Node {
  host::FileStatus status;
  std::vector<std::string> versions{std::string()};  ///< contents, one for each time it is opened
  size_t opened = 0;
  std::string target;  ///< of a link
  bool magic = false;
  host::FileStatus magic_status;
  std::optional<std::string> magic_bytes;
  bool has_magic_status = false;
};

struct Vanishing {
  int at = 1;
  int seen = 0;
};

struct Hook {
  std::string path;
  int at = 1;
  int seen = 0;
  std::function<void(FakeHost&)> change;
};

struct FakeHost::State {
  mutable std::recursive_mutex mutex;
  FakeHost* self = nullptr;
  host::HostKind kind = host::HostKind::kLive;
  std::map<std::string, Node> nodes;
  uint64_t next_inode = 2;
  std::set<std::string> denied;
  std::map<std::string, base::ErrorCode> failing;
  std::map<std::string, Vanishing> vanishing;
  std::map<std::string, uint64_t> cuts;
  std::set<std::string> hanging;
  std::vector<Hook> hooks;
  std::vector<std::function<void(FakeHost&)>> sleepers;
  std::map<int64_t, base::Result<std::vector<host::DiagSocket>>> sock_diag;
  std::vector<host::DiagFamily> families;
  std::map<std::string, std::string> filesystems{
      {"/", "ext4"}, {"/proc", "proc"}, {"/sys", "sysfs"}};
  host::KernelNames names{"fake", "6.1.0-13-amd64", "#1 SMP Debian 6.1.55-1 (2023-09-29)",
                          "x86_64"};
  uint32_t euid = 0;
  host::ClockReading clocks{kFakeNow, 1'000'000'000'000LL, 1'000'000'000'000LL};
  host::Footprint footprint;
  std::vector<Access> accesses;

  Node& put(std::string_view path, host::FileType type, uint32_t mode, const With& with);
  void note(std::string_view operation, std::string_view path);
  base::Result<std::string> resolve(std::string_view root, std::string_view path,
                                    bool follow_last) const;
  base::Result<void> check_gone(const std::string& key, std::string_view operation);
  base::Result<std::string> locate(std::string_view operation, std::string_view path,
                                   bool follow_last);
  base::Result<std::string> locate_magic(std::string_view operation, std::string_view path);
  base::Result<std::string> content(const std::string& key, std::string_view operation,
                                    std::string_view path, bool& cut);
  base::Result<host::FileBytes> read_whole(std::string_view operation, std::string_view path,
                                           uint64_t limit);
};

}  // namespace genba::test
