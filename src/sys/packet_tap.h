// SPDX-License-Identifier: Apache-2.0
//
// Counts packets where the devices see them, as a packet sniffer does: what a tap counts as leaving
// has passed every rule, and what it counts as arriving has not met one yet. The kernel filters and
// counts; no packet is ever read. It does not see what goes around the device's queue
// (PACKET_QDISC_BYPASS, AF_XDP), or what an XDP program took before. Sources: packet(7),
// Documentation/networking/filter.rst, net/core/dev.c (dev_queue_xmit_nit,
// __netif_receive_skb_core). Covered by sys/packet_probe_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/address.h"
#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

using base::Result;

enum class TapSide : uint8_t {
  kLeaving,
  kArriving,  ///< for this host: to its own hardware address, broadcast or multicast
};

/// What a tap counts, on all devices of the calling thread's network namespace but loopback.
struct TapFilter {
  TapSide side = TapSide::kLeaving;
  base::AddressFamily family = base::AddressFamily::kIpv4;
  /// The first four bytes of a probe's payload (sys/packet_probe.h); none: every packet. A packet
  /// with IP options or extension headers is not recognised.
  std::optional<uint32_t> mark;
};

class PacketTap {
 public:
  /// Needs CAP_NET_RAW. Where AF_PACKET is a module that is not loaded, asking for it makes the
  /// kernel run modprobe.
  static Result<PacketTap> open(const TapFilter& filter);

  /// Packets since it was opened.
  Result<uint64_t> count();

 private:
  explicit PacketTap(Fd socket) : socket_(std::move(socket)) {}
  Fd socket_;
  uint64_t seen_ = 0;
};

/// A mark as the payload begins with it.
std::string mark_bytes(uint32_t mark);

}  // namespace genba::sys
