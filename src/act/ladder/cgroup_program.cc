// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/cgroup_program.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <set>
#include <span>

#include "sys/bpf/bpf_assembler.h"

namespace genba::act {

using base::AddressFamily;
using base::Result;
using model::AllowedFlow;
using model::FlowDirection;
using sys::BpfAssembler;
using sys::BpfRegister;
using sys::BpfTest;
using sys::BpfWidth;
using sys::CgroupHook;
using Label = BpfAssembler::Label;

namespace {

// What the registers that survive calls hold.
constexpr BpfRegister kContext = BpfRegister::kR6;
constexpr BpfRegister kProtocol = BpfRegister::kR7;
constexpr BpfRegister kOffset = BpfRegister::kR8;  // of what follows the IP header

// The stack, from its end: the key of a map access, the IP header, the bytes behind it.
constexpr int16_t kKey = -4;
constexpr int16_t kHeader = -48;
constexpr int16_t kNext = -56;

constexpr int32_t kLoopbackIndex = 1;  // LOOPBACK_IFINDEX, include/net/flow.h
constexpr uint16_t kEtherIpv4 = 0x0800;
constexpr uint16_t kEtherIpv6 = 0x86DD;

constexpr int16_t at(int16_t base, int offset) {
  return static_cast<int16_t>(base + offset);
}

constexpr int16_t context_field(size_t offset) {
  return static_cast<int16_t>(offset);
}

// Where things stand in an IP header.
struct HeaderLayout {
  int32_t size;
  int protocol;
  int hops;
  int source;
  int destination;
};
constexpr HeaderLayout kIpv4Layout{20, 9, 8, 12, 16};  // RFC 791
constexpr HeaderLayout kIpv6Layout{40, 6, 7, 8, 24};   // RFC 8200

struct Context {
  const model::ContainmentPlan& plan;
  CgroupHook hook;
  int map;
  const DeviceIndex& device;
  BpfAssembler program;
  Label accept;
  Label accept_session;
  Label drop;
  // Somebody jumps there; the verifier refuses what nobody reaches.
  bool accepts = false;
  bool accepts_session = false;
};

// bpf_skb_load_bytes: `size` bytes of the packet at kOffset, or at 0, to the stack.
enum class From : uint8_t { kStart, kPayload };
void load_packet(Context& c, From from, int16_t to, int32_t size, Label missing) {
  BpfAssembler& p = c.program;
  p.move(BpfRegister::kR1, kContext);
  if (from == From::kStart) {
    p.move(BpfRegister::kR2, 0);
  } else {
    p.move(BpfRegister::kR2, kOffset);
  }
  p.move(BpfRegister::kR3, BpfRegister::kStack).add(BpfRegister::kR3, to);
  p.move(BpfRegister::kR4, size).call(BPF_FUNC_skb_load_bytes);
  p.jump_if(BpfTest::kNotEqual, BpfRegister::kR0, 0, missing);
}

// r0 becomes the address of the slot's value, or 0.
void find_slot(Context& c, ContainSlot slot) {
  BpfAssembler& p = c.program;
  p.store32(BpfRegister::kStack, kKey, static_cast<int32_t>(slot));
  p.move(BpfRegister::kR2, BpfRegister::kStack).add(BpfRegister::kR2, kKey);
  p.move_map(BpfRegister::kR1, c.map).call(BPF_FUNC_map_lookup_elem);
}

void count_and_return(Context& c, ContainSlot slot, int32_t verdict) {
  BpfAssembler& p = c.program;
  const Label absent = p.label();
  find_slot(c, slot);
  p.jump_if(BpfTest::kEqual, BpfRegister::kR0, 0, absent);
  p.move(BpfRegister::kR1, 1).atomic_add64(BpfRegister::kR0, 0, BpfRegister::kR1);
  p.bind(absent).move(BpfRegister::kR0, verdict).exit();
}

// Leaves the program when the deadline has passed.
void check_deadline(Context& c) {
  BpfAssembler& p = c.program;
  const Label closed = p.label();
  find_slot(c, ContainSlot::kDeadline);
  p.jump_if(BpfTest::kEqual, BpfRegister::kR0, 0, closed);
  p.load(BpfWidth::k64, BpfRegister::kR7, BpfRegister::kR0, 0);
  p.jump_if(BpfTest::kEqual, BpfRegister::kR7, 0, closed);
  p.call(BPF_FUNC_ktime_get_ns);
  p.jump_if(BpfTest::kLess, BpfRegister::kR0, BpfRegister::kR7, closed);
  p.move(BpfRegister::kR0, 1).exit();
  p.bind(closed);
}

// The bytes as a number in the order in which this machine loads them.
template <class Number>
Number native(std::span<const uint8_t> bytes) {
  Number number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

std::array<uint8_t, 16> mask_of(int bits) {
  std::array<uint8_t, 16> mask{};
  for (int i = 0; i < bits; ++i) {
    mask[static_cast<size_t>(i / 8)] |= static_cast<uint8_t>(0x80 >> (i % 8));
  }
  return mask;
}

// Values are loaded anew for each comparison and then forgotten: the verifier sees the same state
// at each flow, whichever comparison failed before it, and its work stays linear.
void compare32(Context& c, int16_t offset, uint32_t mask, uint32_t value, Label other) {
  BpfAssembler& p = c.program;
  p.load(BpfWidth::k32, BpfRegister::kR1, BpfRegister::kStack, offset);
  if (mask != UINT32_MAX) {
    p.bit_and32(BpfRegister::kR1, mask);
  }
  const auto constant = static_cast<int32_t>(value & mask);
  if (constant >= 0) {
    p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, constant, other);
  } else {
    p.move32(BpfRegister::kR2, value & mask);
    p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, BpfRegister::kR2, other);
  }
}

void compare64(Context& c, int16_t offset, uint64_t mask, uint64_t value, Label other) {
  BpfAssembler& p = c.program;
  p.load(BpfWidth::k64, BpfRegister::kR1, BpfRegister::kStack, offset);
  if (mask != UINT64_MAX) {
    p.move64(BpfRegister::kR2, mask).bit_and(BpfRegister::kR1, BpfRegister::kR2);
  }
  p.move64(BpfRegister::kR2, value & mask);
  p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, BpfRegister::kR2, other);
}

void compare_network(Context& c, int16_t offset, const base::Network& network, Label other) {
  const std::array<uint8_t, 16> mask = mask_of(network.bits);
  const std::span<const uint8_t> value(network.address.bytes);
  const std::span<const uint8_t> masks(mask);
  if (network.bits == 0) {
    return;
  }
  if (network.address.family == AddressFamily::kIpv4 || network.bits <= 32) {
    compare32(c, offset, native<uint32_t>(masks), native<uint32_t>(value), other);
    return;
  }
  compare64(c, offset, native<uint64_t>(masks), native<uint64_t>(value), other);
  if (network.bits > 64) {
    compare64(c, at(offset, 8), native<uint64_t>(masks.subspan(8)),
              native<uint64_t>(value.subspan(8)), other);
  }
}

void compare_port(Context& c, int16_t offset, const model::PortRange& range, Label other) {
  BpfAssembler& p = c.program;
  if (range.first == 0 && range.last == UINT16_MAX) {
    return;
  }
  p.load(BpfWidth::k16, BpfRegister::kR1, BpfRegister::kStack, offset);
  if (range.first == range.last) {
    p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, range.first, other);
    return;
  }
  p.jump_if(BpfTest::kLess, BpfRegister::kR1, range.first, other);
  p.jump_if(BpfTest::kGreater, BpfRegister::kR1, range.last, other);
}

void compare_message(Context& c, const AllowedFlow& flow, Label other) {
  BpfAssembler& p = c.program;
  if (!flow.types.empty()) {
    const Label fits = p.label();
    p.load(BpfWidth::k8, BpfRegister::kR1, BpfRegister::kStack, kNext);
    for (const uint8_t type : flow.types) {
      p.jump_if(BpfTest::kEqual, BpfRegister::kR1, type, fits);
    }
    p.jump(other).bind(fits);
  }
  if (flow.code) {
    p.load(BpfWidth::k8, BpfRegister::kR1, BpfRegister::kStack, at(kNext, 1));
    p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, *flow.code, other);
  }
}

bool is_icmp(uint8_t protocol) {
  return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

bool is_for(const AllowedFlow& flow, CgroupHook hook) {
  return flow.direction == FlowDirection::kBoth ||
         (flow.direction == FlowDirection::kIn) == (hook == CgroupHook::kIngress);
}

// A flow that asks for what packets of its protocol do not have matches nothing.
bool can_match(const AllowedFlow& flow) {
  const auto any = [](const model::PortRange& range) {
    return range.first == 0 && range.last == UINT16_MAX;
  };
  return (model::has_ports(flow.protocol) || (any(flow.local_ports) && any(flow.remote_ports))) &&
         (is_icmp(flow.protocol) || (flow.types.empty() && !flow.code));
}

// What follows is never reached when nothing was compared, and the verifier refuses such code.
enum class Reach : uint8_t { kGoesOn, kDecided };

Reach emit_flow(Context& c, const AllowedFlow& flow, const HeaderLayout& layout) {
  BpfAssembler& p = c.program;
  const size_t start = p.size();
  const bool in = c.hook == CgroupHook::kIngress;
  const Label other = p.label();
  std::optional<uint32_t> device;
  if (!flow.device.empty()) {
    device = c.device(flow.device);
    if (!device) {
      return Reach::kGoesOn;
    }
  }
  compare_network(c, at(kHeader, in ? layout.source : layout.destination), flow.remote, other);
  compare_network(c, at(kHeader, in ? layout.destination : layout.source), flow.local, other);
  if (model::has_ports(flow.protocol)) {
    compare_port(c, at(kNext, in ? 0 : 2), flow.remote_ports, other);
    compare_port(c, at(kNext, in ? 2 : 0), flow.local_ports, other);
  }
  compare_message(c, flow, other);
  if (flow.hop_limit) {
    p.load(BpfWidth::k8, BpfRegister::kR1, BpfRegister::kStack, at(kHeader, layout.hops));
    p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, *flow.hop_limit, other);
  }
  if (device) {
    p.load(BpfWidth::k32, BpfRegister::kR1, kContext, context_field(offsetof(__sk_buff, ifindex)));
    p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, static_cast<int32_t>(*device), other);
  }
  const Reach reach = p.size() == start ? Reach::kDecided : Reach::kGoesOn;
  const bool session = flow.id == "session" || flow.id == "reconnect";
  (session ? c.accepts_session : c.accepts) = true;
  p.jump(session ? c.accept_session : c.accept).bind(other);
  return reach;
}

// Cloud metadata and the like, before anything is allowed.
void emit_blocked(Context& c, AddressFamily family, const HeaderLayout& layout) {
  BpfAssembler& p = c.program;
  const int remote = c.hook == CgroupHook::kIngress ? layout.source : layout.destination;
  for (const base::Network& network : c.plan.blocked) {
    if (network.address.family == family && network.bits > 0) {
      const Label other = p.label();
      compare_network(c, at(kHeader, remote), network, other);
      p.jump(c.drop).bind(other);
    }
  }
}

// The flows of one family and protocol; whoever comes in here does not come out behind it.
void emit_protocol(Context& c, AddressFamily family, uint8_t protocol, const HeaderLayout& layout) {
  BpfAssembler& p = c.program;
  const Label another = p.label();
  p.jump_if(BpfTest::kNotEqual, kProtocol, protocol, another);
  if (model::has_ports(protocol)) {
    load_packet(c, From::kPayload, kNext, 4, c.drop);
    for (const int port : {0, 2}) {
      p.load(BpfWidth::k16, BpfRegister::kR1, BpfRegister::kStack, at(kNext, port));
      p.network16(BpfRegister::kR1);
      p.store(BpfWidth::k16, BpfRegister::kStack, at(kNext, port), BpfRegister::kR1);
    }
  } else if (is_icmp(protocol)) {
    load_packet(c, From::kPayload, kNext, 2, c.drop);
  }
  if (protocol == IPPROTO_TCP) {
    emit_blocked(c, family, layout);
  }
  for (const AllowedFlow& flow : c.plan.flows) {
    if (flow.family() == family && flow.protocol == protocol && is_for(flow, c.hook) &&
        can_match(flow) && emit_flow(c, flow, layout) == Reach::kDecided) {
      p.bind(another);
      return;
    }
  }
  p.jump(c.drop).bind(another);
}

void emit_protocols(Context& c, AddressFamily family, const HeaderLayout& layout) {
  std::set<uint8_t> protocols;
  for (const AllowedFlow& flow : c.plan.flows) {
    if (flow.family() == family && is_for(flow, c.hook)) {
      protocols.insert(flow.protocol);
    }
  }
  for (const uint8_t protocol : protocols) {
    emit_protocol(c, family, protocol, layout);
  }
  c.program.jump(c.drop);
}

void emit_ipv4(Context& c) {
  BpfAssembler& p = c.program;
  constexpr int32_t kFragmentOffset = 0x1FFF;
  load_packet(c, From::kStart, kHeader, kIpv4Layout.size, c.drop);
  p.load(BpfWidth::k16, BpfRegister::kR1, BpfRegister::kStack, at(kHeader, 6));
  p.network16(BpfRegister::kR1).bit_and32(BpfRegister::kR1, kFragmentOffset);
  p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, 0, c.drop);
  p.load(BpfWidth::k8, kOffset, BpfRegister::kStack, kHeader);
  p.move(BpfRegister::kR1, kOffset).shift_right(BpfRegister::kR1, 4);
  p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, 4, c.drop);
  p.bit_and32(kOffset, 0xF).jump_if(BpfTest::kLess, kOffset, 5, c.drop);
  p.shift_left(kOffset, 2);
  p.load(BpfWidth::k8, kProtocol, BpfRegister::kStack, at(kHeader, kIpv4Layout.protocol));
  emit_protocols(c, AddressFamily::kIpv4, kIpv4Layout);
}

// One extension header, if there is one: kProtocol and kOffset move behind it.
void emit_extension(Context& c, Label payload) {
  BpfAssembler& p = c.program;
  constexpr int32_t kFragmentOffset = 0xFFF8;
  const Label fragment = p.label();
  const Label options = p.label();
  const Label behind = p.label();
  p.jump_if(BpfTest::kEqual, kProtocol, IPPROTO_FRAGMENT, fragment);
  p.jump_if(BpfTest::kEqual, kProtocol, IPPROTO_HOPOPTS, options);
  p.jump_if(BpfTest::kEqual, kProtocol, IPPROTO_ROUTING, options);
  p.jump_if(BpfTest::kNotEqual, kProtocol, IPPROTO_DSTOPTS, payload);
  p.bind(options);
  load_packet(c, From::kPayload, kNext, 2, c.drop);
  p.load(BpfWidth::k8, kProtocol, BpfRegister::kStack, kNext);
  p.load(BpfWidth::k8, BpfRegister::kR1, BpfRegister::kStack, at(kNext, 1));
  // Its length counts units of 8 bytes behind the first.
  p.add(BpfRegister::kR1, 1).shift_left(BpfRegister::kR1, 3).add(kOffset, BpfRegister::kR1);
  p.jump(behind).bind(fragment);
  load_packet(c, From::kPayload, kNext, 8, c.drop);
  p.load(BpfWidth::k16, BpfRegister::kR1, BpfRegister::kStack, at(kNext, 2));
  p.network16(BpfRegister::kR1).bit_and32(BpfRegister::kR1, kFragmentOffset);
  p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, 0, c.drop);
  p.load(BpfWidth::k8, kProtocol, BpfRegister::kStack, kNext);
  p.add(kOffset, 8).bind(behind);
}

void emit_ipv6(Context& c) {
  BpfAssembler& p = c.program;
  load_packet(c, From::kStart, kHeader, kIpv6Layout.size, c.drop);
  p.load(BpfWidth::k8, BpfRegister::kR1, BpfRegister::kStack, kHeader);
  p.shift_right(BpfRegister::kR1, 4).jump_if(BpfTest::kNotEqual, BpfRegister::kR1, 6, c.drop);
  p.load(BpfWidth::k8, kProtocol, BpfRegister::kStack, at(kHeader, kIpv6Layout.protocol));
  p.move(kOffset, kIpv6Layout.size);
  const Label payload = p.label();
  for (int i = 0; i < kMostExtensions; ++i) {
    emit_extension(c, payload);
  }
  p.bind(payload);
  emit_protocols(c, AddressFamily::kIpv6, kIpv6Layout);
}

}  // namespace

Result<std::vector<bpf_insn>> make_contain_program(const model::ContainmentPlan& plan,
                                                   CgroupHook hook, int map, ProgramTimer timer,
                                                   const DeviceIndex& device) {
  Context c{plan, hook, map, device, {}, {}, {}, {}};
  BpfAssembler& p = c.program;
  const bool in = hook == CgroupHook::kIngress;
  c.accept = p.label();
  c.accept_session = p.label();
  c.drop = p.label();
  const Label ipv6 = p.label();
  const Label elsewhere = p.label();
  p.move(kContext, BpfRegister::kR1);
  if (timer == ProgramTimer::kDeadline) {
    check_deadline(c);
  }
  p.load(BpfWidth::k32, BpfRegister::kR1, kContext, context_field(offsetof(__sk_buff, ifindex)));
  p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, kLoopbackIndex, elsewhere);
  p.move(BpfRegister::kR0, 1).exit().bind(elsewhere);
  p.load(BpfWidth::k32, BpfRegister::kR1, kContext, context_field(offsetof(__sk_buff, protocol)));
  p.jump_if(BpfTest::kEqual, BpfRegister::kR1, htons(kEtherIpv6), ipv6);
  p.jump_if(BpfTest::kNotEqual, BpfRegister::kR1, htons(kEtherIpv4), c.drop);
  emit_ipv4(c);
  p.bind(ipv6);
  emit_ipv6(c);
  if (c.accepts) {
    p.bind(c.accept);
    count_and_return(c, in ? ContainSlot::kPassedIn : ContainSlot::kPassedOut, 1);
  }
  if (c.accepts_session) {
    p.bind(c.accept_session);
    count_and_return(c, in ? ContainSlot::kSessionIn : ContainSlot::kSessionOut, 1);
  }
  p.bind(c.drop);
  count_and_return(c, in ? ContainSlot::kDroppedIn : ContainSlot::kDroppedOut, 0);
  return p.assemble();
}

}  // namespace genba::act
