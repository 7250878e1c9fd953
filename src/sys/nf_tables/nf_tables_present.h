// SPDX-License-Identifier: Apache-2.0
//
// Whether this kernel has nf_tables, found out without asking it: a socket of NETLINK_NETFILTER, a
// request to nf_tables, a membership in its group and each kind of chain, set and expression that
// is not there make the kernel run the host's modprobe. What is certain and what is not, in the
// order of asking:
//
//   1. a kernel without modules (no /proc/modules although /proc is a procfs), or whose modprobe
//      path is empty (/proc/sys/kernel/modprobe): asking runs nothing. Certain; ask.
//      kernel.modules_disabled does not help: the kernel still runs modprobe, which then fails.
//   2. /proc/modules lists nf_tables: it is there. Certain, unless a rootkit edits the list.
//   3. /sys/module/nf_tables exists: as certain. Compiled into the kernel it does not show there,
//      since it has no parameters.
//   4. /proc/kallsyms has nf_tables_newtable: it is there, loaded or compiled in. If the file could
//      be read and does not, it is not there (a symbol's address may be hidden, its name is not).
//   5. neither could be read: unknown, and treated as absent.
//
// The pieces (the counter was a module until 5.17, nft_socket and nft_limit still are) are known
// from 2 and 4 alike. /proc/net/netlink tells of nfnetlink only and files below /lib/modules or
// /boot belong to the host's disk, so neither is asked. Sources: net/netfilter/nfnetlink.c,
// nf_tables_api.c (request_module), kernel/module/kmod.c. Covered by
// sys/nf_tables/nf_tables_present_test.cc.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace genba::sys {

enum class NftPresence : uint8_t { kPresent, kAbsent, kUnknown };
/// Whether a request for what is not there makes the kernel run a program.
enum class NftAsking : uint8_t { kRunsNothing, kMayRunModprobe };

struct NftKernel {
  NftPresence presence = NftPresence::kUnknown;
  NftAsking asking = NftAsking::kMayRunModprobe;
  /// What said so, for a person: "/proc/modules lists it".
  std::string evidence;
  /// The pieces seen: an expression's kernel name, "chain inet", "chain netdev", "set hash",
  /// "set ranges", "set concatenated ranges" …
  std::set<std::string, std::less<>> pieces;

  /// Whether asking for nf_tables and this piece runs nothing.
  bool may_use(std::string_view piece) const;
  /// Whether asking for nf_tables itself runs nothing.
  bool may_ask() const;
};

/// Looks at the two filesystems; they are arguments for tests. Reads some megabytes of kallsyms
/// (tens of milliseconds) where 1 does not apply, so ask once.
NftKernel nf_tables_present(const std::string& proc = "/proc", const std::string& sysfs = "/sys");

}  // namespace genba::sys
