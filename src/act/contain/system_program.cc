// SPDX-License-Identifier: Apache-2.0
#include "act/contain/system_program.h"

#include <algorithm>
#include <array>

namespace genba::act {

namespace {

constexpr std::array<std::string_view, 11> kDirectories{"/usr/sbin",
                                                        "/usr/bin",
                                                        "/sbin",
                                                        "/bin",
                                                        "/usr/local/sbin",
                                                        "/usr/local/bin",
                                                        "/usr/lib/openssh",
                                                        "/usr/lib/ssh",
                                                        "/usr/libexec/openssh",
                                                        "/usr/libexec",
                                                        "/usr/local/libexec"};

constexpr std::array<std::string_view, 3> kSshServers{"sshd", "sshd-session", "dropbear"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool is_system_program(const std::optional<std::string>& path,
                       std::span<const std::string_view> names) {
  const std::string_view whole = path ? std::string_view(*path) : std::string_view();
  const size_t slash = whole.rfind('/');
  return slash != std::string_view::npos && contains(kDirectories, whole.substr(0, slash)) &&
         contains(names, whole.substr(slash + 1));
}

bool is_ssh_server(const std::optional<std::string>& path) {
  return is_system_program(path, kSshServers);
}

}  // namespace genba::act
