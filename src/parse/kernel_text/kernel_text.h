// SPDX-License-Identifier: Apache-2.0
//
// The small answers of the running kernel: /proc/stat's btime, one-number files under
// /proc/sys, fdinfo's mount, the lockdown mode, if_inet6. Source: proc(5), kernel
// Documentation/admin-guide/sysctl/kernel.rst, security/lockdown/lockdown.c, net/ipv6/addrconf.c.
// Covered by kernel_text_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"

namespace genba::parse {

/// The btime line of /proc/stat: when the kernel booted, by the clock it has now.
std::optional<base::Timestamp> parse_boot_time(std::string_view stat);

/// A file that holds one number, in decimal or behind 0x, and nothing else.
std::optional<int64_t> parse_kernel_number(std::string_view text);

/// The mnt_id line of /proc/PID/fdinfo/N: the mount that the descriptor lies on, by its number in
/// mountinfo. Absent before Linux 3.15.
std::optional<int64_t> parse_mount_id(std::string_view fdinfo);

/// The chosen word of a list: "none [integrity] confidentiality" gives "integrity".
std::optional<std::string> parse_bracketed_choice(std::string_view text);

/// One address of /proc/net/if_inet6.
struct InterfaceAddress {
  std::string interface;
  base::Address address;
  int prefix_length = 0;
};

/// All lines of /proc/net/if_inet6 that are an address.
std::vector<InterfaceAddress> parse_if_inet6(std::string_view bytes);

/// The machine's own IPv4 addresses (without prefix lengths or interfaces), from the leaves of
/// /proc/net/fib_trie that are "/32 host LOCAL"; sorted, each once.
std::vector<base::Address> parse_fib_trie_local(std::string_view bytes);

/// One line of /proc/net/route: a directly or indirectly reachable IPv4 network.
struct Route4 {
  std::string interface;
  base::Address destination;
  int prefix_length = 0;
  bool has_gateway = false;
};

std::vector<Route4> parse_route(std::string_view bytes);

}  // namespace genba::parse
