// SPDX-License-Identifier: Apache-2.0
//
// Sends one harmless packet and tells what the kernel said: does a rule set stop it? Three ways out
// of a host, from the socket that everybody uses down to the device: a datagram, a raw IP packet,
// and a frame that no IP rule sees. Nothing is received, and neither connect(2) nor listen(2) is
// called. Each call has a socket of its own, in the network namespace of the calling thread, so
// that an error of an earlier packet (ICMP) is never taken for this one's. Sources: udp(7), raw(7),
// packet(7), net/ipv4/udp.c, raw.c, net/packet/af_packet.c. Covered by sys/packet_probe_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/address.h"
#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

using base::Result;

/// What send said: 0 when the kernel took the packet, else the errno. EPERM: a rule dropped it on
/// its way through IP; ENOBUFS: it was dropped at the device (its queue, or an egress hook).
struct SendOutcome {
  int sys_errno = 0;
  bool taken() const { return sys_errno == 0; }
};

/// UDP. The Result fails only when there is no such socket (kUnsupported without the family; asking
/// for AF_INET6 where it is a module that is not loaded makes the kernel run modprobe).
Result<SendOutcome> send_datagram(const base::Address& to, uint16_t port, std::string_view payload);

/// The same packet through a raw socket, past UDP. IPv4 with a header of our own (IP_HDRINCL); IPv6
/// as protocol 253, RFC 3692, with the kernel's. Needs CAP_NET_RAW.
Result<SendOutcome> send_raw_packet(const base::Address& to, uint16_t port,
                                    std::string_view payload);

/// Whether a frame waits in the device's queue or goes around it (PACKET_QDISC_BYPASS, Linux 3.14).
enum class FrameQueue : uint8_t { kUsed, kBypassed };

/// Where a frame goes: a device, and the hardware address of its receiver (of the device's length).
struct FrameTarget {
  int index = 0;
  std::string hardware_address;
  FrameQueue queue = FrameQueue::kUsed;
};

/// AF_PACKET: the frame's header is the kernel's, what it carries is probe_packet(). The packet's
/// first half byte tells its ethertype. Needs CAP_NET_RAW; where AF_PACKET is a module that is not
/// loaded, asking for it makes the kernel run modprobe.
Result<SendOutcome> send_frame(const FrameTarget& target, std::string_view packet);

/// An IP packet that carries a UDP datagram from port 9 (discard), with its checksums. Pure.
/// `payload` is at most kLongestProbe bytes; addresses are of one family.
std::string probe_packet(const base::Address& from, const base::Address& to, uint16_t port,
                         std::string_view payload);
inline constexpr size_t kLongestProbe = 512;
inline constexpr uint16_t kDiscardPort = 9;

/// A UDP socket on an address of this host that a probe may come to: bound, never connected.
class ProbeReceiver {
 public:
  static Result<ProbeReceiver> open(const base::Address& local);
  uint16_t port() const { return port_; }
  /// How many datagrams with this payload have come since the last call. Does not wait.
  int received(std::string_view payload) const;

 private:
  ProbeReceiver(Fd socket, uint16_t port) : socket_(std::move(socket)), port_(port) {}
  Fd socket_;
  uint16_t port_ = 0;
};

}  // namespace genba::sys
