// SPDX-License-Identifier: Apache-2.0
//
// The generated programs against a plain evaluation of the flows, which does not read the packet
// but knows how it was built.
#include "act/ladder/cgroup_program.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <time.h>

#include <algorithm>
#include <random>
#include <string>

#include "support/network_building.h"
#include "support/private_network.h"
#include "sys/process.h"

namespace genba::act {
namespace {

using base::AddressFamily;
using model::AllowedFlow;
using model::ContainmentPlan;
using model::FlowDirection;
using sys::CgroupHook;

constexpr int64_t kHour = 3'600'000'000'000;

struct Packet {
  AddressFamily family = AddressFamily::kIpv4;
  uint8_t protocol = 0;
  base::Address local;
  base::Address remote;
  uint16_t local_port = 0;
  uint16_t remote_port = 0;
  uint8_t type = 0;
  uint8_t code = 0;
  uint8_t hops = 64;
  int options = 0;     ///< words of IPv4 options, or IPv6 extension headers
  bool later = false;  ///< a fragment that is not the first
  bool cut = false;    ///< nothing behind the IP header
};

bool is_in(const model::PortRange& range, uint16_t port) {
  return port >= range.first && port <= range.last;
}

bool fits(const AllowedFlow& flow, const Packet& packet, CgroupHook hook, std::string_view device) {
  const bool in = hook == CgroupHook::kIngress;
  const bool icmp = packet.protocol == IPPROTO_ICMP || packet.protocol == IPPROTO_ICMPV6;
  const bool direction = flow.direction == FlowDirection::kBoth ||
                         flow.direction == (in ? FlowDirection::kIn : FlowDirection::kOut);
  const auto is_any = [](const model::PortRange& range) {
    return range.first == 0 && range.last == 65535;
  };
  const bool ports = model::has_ports(packet.protocol)
                         ? is_in(flow.local_ports, packet.local_port) &&
                               is_in(flow.remote_ports, packet.remote_port)
                         : is_any(flow.local_ports) && is_any(flow.remote_ports);
  const bool message = icmp ? (flow.types.empty() ||
                               std::count(flow.types.begin(), flow.types.end(), packet.type) > 0) &&
                                  (!flow.code || *flow.code == packet.code)
                            : flow.types.empty() && !flow.code;
  return direction && flow.family() == packet.family && flow.protocol == packet.protocol &&
         flow.local.contains(packet.local) && flow.remote.contains(packet.remote) && ports &&
         message && (!flow.hop_limit || *flow.hop_limit == packet.hops) &&
         (flow.device.empty() || flow.device == device);
}

bool passes(const ContainmentPlan& plan, const Packet& packet, CgroupHook hook,
            std::string_view device) {
  const bool icmp = packet.protocol == IPPROTO_ICMP || packet.protocol == IPPROTO_ICMPV6;
  if (packet.later || (packet.cut && (icmp || model::has_ports(packet.protocol)))) {
    return false;
  }
  const bool too_many = packet.family == AddressFamily::kIpv6 && packet.options > kMostExtensions;
  const bool blocked =
      packet.protocol == IPPROTO_TCP &&
      std::any_of(plan.blocked.begin(), plan.blocked.end(),
                  [&](const base::Network& network) { return network.contains(packet.remote); });
  return !too_many && !blocked &&
         std::any_of(plan.flows.begin(), plan.flows.end(),
                     [&](const AllowedFlow& flow) { return fits(flow, packet, hook, device); });
}

void put16(std::string& bytes, unsigned value) {
  bytes += static_cast<char>(value >> 8);
  bytes += static_cast<char>(value);
}

std::string payload_of(const Packet& packet, CgroupHook hook) {
  if (packet.cut) {
    return {};
  }
  std::string bytes;
  if (model::has_ports(packet.protocol)) {
    const bool in = hook == CgroupHook::kIngress;
    put16(bytes, in ? packet.remote_port : packet.local_port);
    put16(bytes, in ? packet.local_port : packet.remote_port);
  } else {
    bytes += static_cast<char>(packet.type);
    bytes += static_cast<char>(packet.code);
  }
  return bytes + std::string(20, '\0');
}

std::string ipv4_of(const Packet& packet, const std::string& payload, std::string_view source,
                    std::string_view destination) {
  std::string bytes(1, static_cast<char>(0x45 + packet.options));
  bytes += '\0';
  put16(bytes,
        static_cast<unsigned>(20 + packet.options * 4) + static_cast<unsigned>(payload.size()));
  put16(bytes, 7);
  put16(bytes, packet.later ? 3U : 0x4000U);
  bytes += static_cast<char>(packet.hops);
  bytes += static_cast<char>(packet.protocol);
  put16(bytes, 0);
  bytes += source;
  bytes += destination;
  return bytes + std::string(static_cast<size_t>(packet.options) * 4, '\x01') + payload;
}

// Extension headers of each kind in turn; a fragment header at the end when it is a later one.
std::string ipv6_of(const Packet& packet, const std::string& payload, std::string_view source,
                    std::string_view destination) {
  std::vector<uint8_t> kinds;
  for (int i = 0; i < packet.options; ++i) {
    constexpr uint8_t kKinds[] = {IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT,
                                  IPPROTO_DSTOPTS};
    kinds.push_back(kKinds[i % 4]);
  }
  if (packet.later) {
    kinds.push_back(IPPROTO_FRAGMENT);
  }
  std::string chain;
  for (size_t i = 0; i < kinds.size(); ++i) {
    const bool fragment = kinds[i] == IPPROTO_FRAGMENT;
    const bool is_later = packet.later && i + 1 == kinds.size();
    const int units = fragment ? 0 : static_cast<int>(i % 2);
    chain += static_cast<char>(i + 1 < kinds.size() ? kinds[i + 1] : packet.protocol);
    chain += static_cast<char>(units);
    put16(chain, is_later ? 0x0100 : 0);
    chain += std::string(4 + static_cast<size_t>(units) * 8, '\0');
  }
  std::string bytes("\x60\0\0\0", 4);
  put16(bytes, static_cast<unsigned>(chain.size() + payload.size()));
  bytes += static_cast<char>(kinds.empty() ? packet.protocol : kinds.front());
  bytes += static_cast<char>(packet.hops);
  return bytes + std::string(source) + std::string(destination) + chain + payload;
}

std::string frame_of(const Packet& packet, CgroupHook hook) {
  const bool in = hook == CgroupHook::kIngress;
  const std::string_view source = base::raw_bytes(in ? packet.remote : packet.local);
  const std::string_view destination = base::raw_bytes(in ? packet.local : packet.remote);
  const bool v6 = packet.family == AddressFamily::kIpv6;
  std::string frame(12, '\x02');
  put16(frame, v6 ? 0x86DD : 0x0800);
  const std::string payload = payload_of(packet, hook);
  return frame + (v6 ? ipv6_of(packet, payload, source, destination)
                     : ipv4_of(packet, payload, source, destination));
}

// Numbers drawn from small pools, so that flows and packets meet often.
class Dice {
 public:
  explicit Dice(uint32_t seed) : engine_(seed) {}
  uint32_t below(uint32_t end) {
    return std::uniform_int_distribution<uint32_t>(0, end - 1)(engine_);
  }
  template <class Pool>
  auto of(const Pool& pool) {
    return pool[below(static_cast<uint32_t>(std::size(pool)))];
  }
  base::Address address(AddressFamily family) {
    constexpr std::string_view kIpv4[] = {"192.0.2.1", "192.0.2.130", "198.51.100.7",
                                          "198.51.100.200", "169.254.169.254"};
    constexpr std::string_view kIpv6[] = {"2001:db8::1", "2001:db8::ff00:1", "2001:db8:0:1::1",
                                          "fe80::1", "fd00:ec2::254"};
    return *base::parse_address(family == AddressFamily::kIpv4 ? of(kIpv4) : of(kIpv6));
  }
  base::Network network(AddressFamily family) {
    constexpr int kBits4[] = {0, 1, 8, 24, 25, 32, 32, 32};
    constexpr int kBits6[] = {0, 10, 32, 33, 64, 65, 112, 128, 128, 128};
    return {address(family), family == AddressFamily::kIpv4 ? of(kBits4) : of(kBits6)};
  }
  uint16_t port() {
    constexpr uint16_t kPorts[] = {0, 22, 53, 1024, 40000, 65535};
    return of(kPorts);
  }
  model::PortRange ports() {
    const uint16_t a = port();
    const uint16_t b = port();
    return below(2) == 0 ? model::PortRange{} : model::PortRange{std::min(a, b), std::max(a, b)};
  }

 private:
  std::mt19937 engine_;
};

constexpr uint8_t kProtocols[] = {IPPROTO_TCP,    IPPROTO_TCP,  IPPROTO_UDP, IPPROTO_ICMP,
                                  IPPROTO_ICMPV6, IPPROTO_SCTP, IPPROTO_GRE};
constexpr AddressFamily kFamilies[] = {AddressFamily::kIpv4, AddressFamily::kIpv6};

AllowedFlow random_flow(Dice& dice) {
  AllowedFlow flow;
  const AddressFamily family = dice.of(kFamilies);
  constexpr FlowDirection kDirections[] = {FlowDirection::kBoth, FlowDirection::kIn,
                                           FlowDirection::kOut};
  flow.direction = dice.of(kDirections);
  flow.protocol = dice.of(kProtocols);
  flow.local = dice.network(family);
  flow.remote = dice.network(family);
  if (model::has_ports(flow.protocol) || dice.below(8) == 0) {
    flow.local_ports = dice.ports();
    flow.remote_ports = dice.ports();
  } else if (flow.protocol != IPPROTO_GRE && dice.below(2) == 0) {
    flow.types = {static_cast<uint8_t>(dice.below(4)), static_cast<uint8_t>(130 + dice.below(8))};
    flow.code = dice.below(2) == 0 ? std::optional<uint8_t>(dice.below(3)) : std::nullopt;
  }
  if (dice.below(6) == 0) {
    flow.hop_limit = 255;
  }
  constexpr std::string_view kDevices[] = {"up0", "far", "missing"};
  if (dice.below(6) == 0) {
    flow.device = dice.of(kDevices);
  }
  return flow;
}

Packet random_packet(Dice& dice) {
  Packet packet;
  packet.family = dice.of(kFamilies);
  packet.protocol = dice.of(kProtocols);
  packet.local = dice.address(packet.family);
  packet.remote = dice.address(packet.family);
  packet.local_port = dice.port();
  packet.remote_port = dice.port();
  packet.type = static_cast<uint8_t>(dice.below(2) == 0 ? dice.below(4) : 130 + dice.below(8));
  packet.code = static_cast<uint8_t>(dice.below(3));
  packet.hops = dice.below(3) == 0 ? 255 : 64;
  packet.options = static_cast<int>(dice.below(6) < 4 ? 0 : dice.below(6));
  packet.later = dice.below(16) == 0;
  packet.cut = dice.below(16) == 0;
  return packet;
}

sys::Fd load_or_skip(const ContainmentPlan& plan, CgroupHook hook, const sys::Fd& map,
                     const DeviceIndex& device, size_t* size = nullptr) {
  const auto program = make_contain_program(plan, hook, map.get(), ProgramTimer::kDeadline, device);
  EXPECT_TRUE(program) << program.error().what;
  if (size != nullptr) {
    *size = program->size();
  }
  auto loaded = sys::load_cgroup_program("genba_test", *program, "Apache-2.0");
  EXPECT_TRUE(loaded) << loaded.error().what;
  return loaded ? *std::move(loaded) : sys::Fd();
}

sys::Fd map_or_skip() {
  auto map = sys::create_bpf_array("genba_test", kContainSlots);
  if (!map) {
    test::network_cannot_be_made_here();
  }
  return *std::move(map);
}

TEST(CgroupProgram, SaysOfEachPacketWhatThePlanSays) {
  test::in_private_network([] {
    const auto index = static_cast<uint32_t>(test::add_veth("up0", "far"));
    if (index == 0) {
      test::network_cannot_be_made_here();
    }
    const DeviceIndex device = [&](std::string_view name) -> std::optional<uint32_t> {
      return name == "up0"   ? std::optional(index)
             : name == "far" ? std::optional(index + 1000)
                             : std::nullopt;
    };
    int passed = 0;
    int tried = 0;
    for (uint32_t seed = 0; seed < 40; ++seed) {
      Dice dice(seed);
      ContainmentPlan plan;
      plan.blocked = {*base::parse_network("169.254.169.254"),
                      *base::parse_network("fd00:ec2::254")};
      for (uint32_t i = 0; i <= seed; ++i) {
        plan.flows.push_back(random_flow(dice));
      }
      const sys::Fd map = map_or_skip();
      for (const CgroupHook hook : {CgroupHook::kIngress, CgroupHook::kEgress}) {
        const sys::Fd program = load_or_skip(plan, hook, map, device);
        ASSERT_TRUE(program.valid()) << "seed " << seed;
        for (int i = 0; i < 400; ++i) {
          const Packet packet = random_packet(dice);
          const auto verdict = sys::try_cgroup_program(program, frame_of(packet, hook), index);
          if (!verdict && tried == 0) {
            test::network_cannot_be_made_here();  // a kernel that cannot try on a device
          }
          ASSERT_TRUE(verdict) << verdict.error().what;
          const bool expected = passes(plan, packet, hook, "up0");
          ++tried;
          passed += expected ? 1 : 0;
          ASSERT_EQ(*verdict == 1, expected)
              << "seed " << seed << " packet " << i << " hook " << static_cast<int>(hook)
              << " protocol " << int{packet.protocol} << " " << base::to_text(packet.local) << " "
              << packet.local_port << " " << base::to_text(packet.remote) << " "
              << packet.remote_port << " options " << packet.options << " later " << packet.later
              << " cut " << packet.cut;
        }
      }
    }
    EXPECT_GT(passed, tried / 50) << "packets and flows must meet for this to say anything";
    EXPECT_LT(passed, tried * 9 / 10);
  });
}

TEST(CgroupProgram, LoopbackPassesAndOtherProtocolsDoNot) {
  test::in_private_network([] {
    const auto index = static_cast<uint32_t>(test::add_veth("up0", "far"));
    if (index == 0) {
      test::network_cannot_be_made_here();
    }
    const sys::Fd map = map_or_skip();
    const sys::Fd program =
        load_or_skip({}, CgroupHook::kEgress, map, [](std::string_view) { return std::nullopt; });
    Packet packet;
    packet.protocol = IPPROTO_UDP;
    const std::string frame = frame_of(packet, CgroupHook::kEgress);
    EXPECT_EQ(*sys::try_cgroup_program(program, frame), 1U);
    EXPECT_EQ(*sys::try_cgroup_program(program, frame, index), 0U);
    std::string other = frame;
    other[12] = '\x88';
    EXPECT_EQ(*sys::try_cgroup_program(program, other, index), 0U);
    EXPECT_EQ(*sys::read_bpf_array(map, static_cast<uint32_t>(ContainSlot::kDroppedOut)), 2U);
    EXPECT_EQ(*sys::read_bpf_array(map, static_cast<uint32_t>(ContainSlot::kDroppedIn)), 0U);
  });
}

TEST(CgroupProgram, TheSessionIsCountedByItself) {
  test::in_private_network([] {
    const auto index = static_cast<uint32_t>(test::add_veth("up0", "far"));
    if (index == 0) {
      test::network_cannot_be_made_here();
    }
    const sys::Fd map = map_or_skip();
    const auto count = [&](ContainSlot which) {
      return *sys::read_bpf_array(map, static_cast<uint32_t>(which));
    };
    Packet packet;
    packet.protocol = IPPROTO_UDP;
    const std::string frame = frame_of(packet, CgroupHook::kEgress);
    for (const auto& [id, slot] : {std::pair{"session", ContainSlot::kSessionOut},
                                   std::pair{"reconnect", ContainSlot::kSessionOut},
                                   std::pair{"dns", ContainSlot::kPassedOut}}) {
      ContainmentPlan plan;
      AllowedFlow flow;
      flow.id = id;
      flow.protocol = IPPROTO_UDP;
      flow.remote = {base::Address{packet.remote.family, {}}, 0};
      flow.local = flow.remote;
      plan.flows.push_back(flow);
      const sys::Fd program = load_or_skip(plan, CgroupHook::kEgress, map,
                                           [](std::string_view) { return std::nullopt; });
      const uint64_t before = count(slot);
      EXPECT_EQ(*sys::try_cgroup_program(program, frame, index), 1U) << id;
      EXPECT_EQ(count(slot), before + 1) << id;
    }
    EXPECT_EQ(count(ContainSlot::kSessionOut), 2U);
    EXPECT_EQ(count(ContainSlot::kSessionIn), 0U);
  });
}

TEST(CgroupProgram, TheDeadlineOpensIt) {
  test::in_private_network([] {
    const auto index = static_cast<uint32_t>(test::add_veth("up0", "far"));
    if (index == 0) {
      test::network_cannot_be_made_here();
    }
    const sys::Fd map = map_or_skip();
    const sys::Fd program =
        load_or_skip({}, CgroupHook::kIngress, map, [](std::string_view) { return std::nullopt; });
    const std::string frame = frame_of({}, CgroupHook::kIngress);
    const auto verdict_at = [&](uint64_t deadline) {
      EXPECT_TRUE(sys::write_bpf_array(map, 0, deadline));
      return *sys::try_cgroup_program(program, frame, index);
    };
    const auto now = static_cast<uint64_t>(sys::clock_nanoseconds(CLOCK_MONOTONIC));
    EXPECT_EQ(verdict_at(0), 0U) << "no deadline";
    EXPECT_EQ(verdict_at(now + kHour), 0U);
    EXPECT_EQ(verdict_at(now), 1U);
    EXPECT_EQ(verdict_at(UINT64_MAX), 0U);
  });
}

ContainmentPlan large_plan(AddressFamily family, uint16_t count) {
  ContainmentPlan plan;
  for (uint16_t i = 0; i < count; ++i) {
    AllowedFlow flow;
    flow.protocol = i % 2 == 0 ? IPPROTO_TCP : IPPROTO_UDP;
    flow.remote =
        *base::parse_network(family == AddressFamily::kIpv4 ? "198.51.0.0/32" : "2001:db8::/128");
    const size_t last = family == AddressFamily::kIpv4 ? 3 : 15;
    flow.remote.address.bytes[last] = static_cast<uint8_t>(i);
    flow.remote.address.bytes[last - 1] = static_cast<uint8_t>(i >> 8);
    flow.local = {base::Address{family, {}}, 0};
    flow.remote_ports = {443, 443};
    flow.local_ports = {i, static_cast<uint16_t>(i + 9)};
    plan.flows.push_back(flow);
  }
  return plan;
}

TEST(CgroupProgram, HundredsOfFlowsFitIntoOldKernels) {
  test::in_private_network([] {
    const sys::Fd map = map_or_skip();
    const DeviceIndex none = [](std::string_view) { return std::nullopt; };
    size_t size = 0;
    EXPECT_TRUE(
        load_or_skip(large_plan(AddressFamily::kIpv4, 400), CgroupHook::kIngress, map, none, &size)
            .valid());
    EXPECT_LE(size, kOldProgramLimit);
    EXPECT_TRUE(
        load_or_skip(large_plan(AddressFamily::kIpv6, 250), CgroupHook::kEgress, map, none, &size)
            .valid());
    EXPECT_LE(size, kOldProgramLimit);
    EXPECT_TRUE(
        load_or_skip(large_plan(AddressFamily::kIpv6, 1500), CgroupHook::kEgress, map, none, &size)
            .valid());
    EXPECT_GT(size, kOldProgramLimit);
  });
}

TEST(CgroupProgram, TooManyFlowsAreRefusedInWords) {
  const DeviceIndex none = [](std::string_view) { return std::nullopt; };
  const auto program = make_contain_program(large_plan(AddressFamily::kIpv6, 6000),
                                            CgroupHook::kIngress, 3, ProgramTimer::kNone, none);
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().code, base::ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace genba::act
