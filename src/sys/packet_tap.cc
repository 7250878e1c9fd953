// SPDX-License-Identifier: Apache-2.0
#include "sys/packet_tap.h"

#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

namespace genba::sys {

using base::fail;

namespace {

// A program of instructions that all say no by going to its last but one line.
class TapProgram {
 public:
  void load(uint32_t offset, uint16_t size = BPF_W) {
    lines_.push_back({static_cast<uint16_t>(BPF_LD | size | BPF_ABS), 0, 0, offset});
  }
  void must(uint16_t test, uint32_t value) { check(test, value, true); }
  void must_not(uint16_t test, uint32_t value) { check(test, value, false); }

  std::vector<sock_filter> take() {
    const size_t no = lines_.size();
    for (const auto& [line, when_true] : checks_) {
      const auto distance = static_cast<uint8_t>(no - line - 1);
      (when_true ? lines_[line].jf : lines_[line].jt) = distance;
    }
    lines_.push_back({BPF_RET | BPF_K, 0, 0, 0});
    return std::move(lines_);
  }
  void accept() { lines_.push_back({BPF_RET | BPF_K, 0, 0, 1}); }

 private:
  void check(uint16_t test, uint32_t value, bool when_true) {
    checks_.emplace_back(lines_.size(), when_true);
    lines_.push_back({static_cast<uint16_t>(BPF_JMP | test | BPF_K), 0, 0, value});
  }
  std::vector<sock_filter> lines_;
  std::vector<std::pair<size_t, bool>> checks_;
};

constexpr uint32_t ancillary(int which) {
  return static_cast<uint32_t>(SKF_AD_OFF + which);
}

std::vector<sock_filter> program_for(const TapFilter& filter) {
  const bool v6 = filter.family == base::AddressFamily::kIpv6;
  TapProgram program;
  program.load(ancillary(SKF_AD_PROTOCOL));
  program.must(BPF_JEQ, v6 ? ETH_P_IPV6 : ETH_P_IP);
  program.load(ancillary(SKF_AD_HATYPE));
  program.must_not(BPF_JEQ, ARPHRD_LOOPBACK);
  program.load(ancillary(SKF_AD_PKTTYPE));
  if (filter.side == TapSide::kLeaving) {
    program.must(BPF_JEQ, PACKET_OUTGOING);
  } else {
    program.must_not(BPF_JGT, PACKET_MULTICAST);  // HOST, BROADCAST and MULTICAST are 0 to 2
  }
  if (filter.mark) {
    program.load(v6 ? 40 + 8 : 20 + 8);  // behind the headers of IP and UDP
    program.must(BPF_JEQ, *filter.mark);
  }
  program.accept();
  return program.take();
}

}  // namespace

Result<PacketTap> PacketTap::open(const TapFilter& filter) {
  // Without a protocol it sees nothing before its filter is there. SOCK_DGRAM: offsets count from
  // the IP header, whatever the device's own is.
  Fd socket(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) {
    return fail(base::error_from_errno(errno, "socket"));
  }
  std::vector<sock_filter> lines = program_for(filter);
  const sock_fprog program{static_cast<uint16_t>(lines.size()), lines.data()};
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
    return fail(base::error_from_errno(errno, "SO_ATTACH_FILTER"));
  }
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  // Only a tap for all protocols sees what leaves, and what an ingress hook drops.
  address.sll_protocol = __builtin_bswap16(ETH_P_ALL);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return fail(base::error_from_errno(errno, "bind"));
  }
  return PacketTap(std::move(socket));
}

Result<uint64_t> PacketTap::count() {
  // Since the last asking, those that found no room in the socket included.
  tpacket_stats stats{};
  socklen_t size = sizeof stats;
  if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &stats, &size) != 0) {
    return fail(base::error_from_errno(errno, "PACKET_STATISTICS"));
  }
  seen_ += stats.tp_packets;
  return seen_;
}

std::string mark_bytes(uint32_t mark) {
  const uint32_t big = __builtin_bswap32(mark);
  return {reinterpret_cast<const char*>(&big), sizeof big};
}

}  // namespace genba::sys
