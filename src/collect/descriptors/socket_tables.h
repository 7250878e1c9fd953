// SPDX-License-Identifier: Apache-2.0
//
// The sockets of one network namespace through both of the kernel's views: the tables under
// /proc/PID/net, which a rootkit of the ordinary kind filters, and sock_diag. Sockets come and go
// between two readings, so one that only one view showed is looked for again in both: only a socket
// that was there before and after the other view's reading, and is still missing from it, counts
// as seen by one view. One that vanished meanwhile is left out and counted. Where sock_diag does
// not answer for a protocol, procfs stands alone; where one view could not be read whole, what the
// other shows is nobody's secret and no view is named. Covered by descriptors_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "collect/collector.h"
#include "collect/proc.h"

namespace genba::collect::descriptors {

enum class Protocol : uint8_t { kTcp, kUdp, kUdplite, kRaw, kIcmp, kUnix, kPacket };
enum class View : uint8_t { kProcfs, kSockDiag, kBoth, kUnknown };

/// In the place of a process: this run itself, whose network namespace anyone may look at.
inline constexpr int64_t kSelf = 0;

/// tcp, udp, udplite, raw, icmp, unix, packet.
std::string_view to_string(Protocol protocol);
/// procfs, sock_diag, both; empty for kUnknown.
std::string_view to_string(View view);

/// A socket, the views merged.
struct Socket {
  Protocol protocol = Protocol::kTcp;
  View view = View::kProcfs;
  uint8_t state = 0;       ///< as in /proc/net/tcp; SS_… for unix sockets
  bool listening = false;  ///< TCP and unix sockets that accept connections
  uint16_t local_port = 0;
  uint16_t remote_port = 0;
  uint32_t uid = 0;
  bool knows_uid = false;
  uint64_t inode = 0;   ///< 0 when no file holds it
  base::Address local;  ///< not for unix and packet sockets
  base::Address remote;
  std::string path;  ///< of unix sockets

  bool has_address() const { return protocol != Protocol::kUnix && protocol != Protocol::kPacket; }
};

/// What the two views gave, over all namespaces.
struct SocketCoverage {
  CoverageCounter procfs{"descriptors", "/proc/PID/net"};
  CoverageCounter sock_diag{"descriptors", "sock_diag"};
  std::string unsupported;  ///< why sock_diag did not answer somewhere
  bool diag_answered = false;

  void finish(model::Facts& facts);
};

/// All sockets of the namespace that these processes live in.
std::vector<Socket> read_sockets(Context& context, const NamespaceMembers& members,
                                 SocketCoverage& coverage);

}  // namespace genba::collect::descriptors
