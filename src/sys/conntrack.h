// SPDX-License-Identifier: Apache-2.0
//
// The flows that connection tracking knows, also those of forwarded machines and containers, and
// the end of one of them: an entry that stays would keep a flow that was offloaded, or accepted as
// established, going. Sources: include/uapi/linux/netfilter/{nfnetlink,nfnetlink_conntrack}.h, and
// nf_conntrack_common.h. Covered by sys/conntrack_test.cc and conntrack_fuzz.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "sys/fd.h"
#include "sys/netlink_message.h"

namespace genba::sys {

/// One direction of a flow. Ports are 0 for protocols without any.
struct ConntrackTuple {
  base::Address source;
  base::Address destination;
  uint8_t protocol = 0;
  uint16_t source_port = 0;
  uint16_t destination_port = 0;

  friend bool operator==(const ConntrackTuple&, const ConntrackTuple&) = default;
};

struct ConntrackFlow {
  ConntrackTuple original;  ///< as the first packet was
  ConntrackTuple reply;     ///< as answers come: differs from the mirror where NAT is done
  uint32_t status = 0;      ///< IPS_…: 2 answers were seen, 16384 offloaded
  uint32_t timeout = 0;     ///< seconds that are left
  uint32_t id = 0;
  uint16_t zone = 0;
  std::string original_bytes;  ///< CTA_TUPLE_ORIG as the kernel sent it, to name this very flow
};

/// A socket of NETLINK_NETFILTER in the network namespace of this thread. Where nfnetlink or
/// nf_conntrack_netlink is a module that is not loaded, opening or asking makes the kernel run
/// modprobe: host::kernel_has tells first whether it is there.
Result<Fd> open_conntrack();

/// All flows of both families. kDenied without CAP_NET_ADMIN; kInvalid or kUnsupported where the
/// kernel has no conntrack over netlink.
Result<std::vector<ConntrackFlow>> dump_conntrack(const Fd& netfilter);

/// The flows whose answers look like `reply`, mostly one, in whatever zone; none when it is not
/// tracked. Cheap for one outside of zones; else the whole table is gone through. Errors as above.
Result<std::vector<ConntrackFlow>> find_conntrack(const Fd& netfilter, const ConntrackTuple& reply);

/// Deletes this very flow (same tuple, zone and id) and no other. kGone when it has ended.
Result<void> delete_conntrack(const Fd& netfilter, const ConntrackFlow& flow);

/// The parsing of one message; nothing for one that is no flow with both tuples.
std::optional<ConntrackFlow> parse_conntrack(const NetlinkMessage& message);

}  // namespace genba::sys
