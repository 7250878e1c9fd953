// SPDX-License-Identifier: Apache-2.0
//
// Does a leased address outlive containment? What a client and a server of DHCP say to each other,
// with sockets as both use them, through the real rules of the plan that is made for such a host:
// IPv4 by unicast and broadcast (RFC 2131, 4.3.2 and 4.4.5), IPv6 by multicast and link-local
// unicast (RFC 8415, 18.2). What differs by a port does not pass. A client that sends frames of its
// own meets the same rules at the device (contain_matrix_test.cc).
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "act/contain/plan.h"
#include "support/contain_lab.h"
#include "support/contain_story.h"
#include "support/joined_network.h"
#include "support/network_building.h"
#include "support/private_network.h"
#include "support/socket_address.h"

namespace genba {
namespace {

constexpr const char* kAnywhere4 = "0.0.0.0";
constexpr const char* kAnywhere6 = "::";
constexpr int kStep = 100;       // milliseconds between two attempts
constexpr int kAttempts = 100;   // for what must arrive, at once on an idle machine
constexpr int kCutAttempts = 4;  // for what must not

// One end: who, at which address and port, over which device.
struct Side {
  const test::Place* place = nullptr;
  const char* device = nullptr;
  std::string address;
  uint16_t port = 0;
};

test::SocketAddress address_of(const std::string& text, uint16_t port, const char* device) {
  return test::socket_address(*base::parse_address(text), port, ::if_nametoindex(device));
}

sys::Fd socket_of(const Side& side) {
  test::SocketAddress local = address_of(side.address, side.port, side.device);
  sys::Fd fd(::socket(local.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  const auto length = static_cast<socklen_t>(std::strlen(side.device));
  EXPECT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_BROADCAST, &on, sizeof on), 0);
  EXPECT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, side.device, length), 0);
  EXPECT_EQ(::bind(fd.get(), local.get(), local.size), 0) << side.address;
  return fd;
}

void join(const sys::Fd& fd, const std::string& group, const char* device) {
  ipv6_mreq wanted{};
  const base::Address address = *base::parse_address(group);
  std::memcpy(&wanted.ipv6mr_multiaddr, address.bytes.data(), sizeof wanted.ipv6mr_multiaddr);
  wanted.ipv6mr_interface = ::if_nametoindex(device);
  EXPECT_EQ(::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_JOIN_GROUP, &wanted, sizeof wanted), 0);
}

std::string next_message() {
  static int number = 0;
  return "lease " + std::to_string(++number);
}

bool takes(const sys::Fd& receiver, const std::string& message) {
  pollfd polled{receiver.get(), POLLIN, 0};
  while (::poll(&polled, 1, kStep) == 1) {
    std::array<char, 64> bytes{};
    const auto size = ::recv(receiver.get(), bytes.data(), bytes.size(), 0);
    if (size > 0 && std::string_view(bytes.data(), static_cast<size_t>(size)) == message) {
      return true;
    }
  }
  return false;
}

// Whether what `from` sends to `target`, at the port of `to`, is received by `to`.
bool arrives(const Side& from, const std::string& target, const Side& to, int attempts) {
  sys::Fd sender;
  sys::Fd receiver;
  to.place->in([&] {
    receiver = socket_of(to);
    if (target.starts_with("ff")) {
      join(receiver, target, to.device);
    }
  });
  from.place->in([&] { sender = socket_of(from); });
  const std::string message = next_message();
  for (int i = 0; i < attempts; ++i) {
    from.place->in([&] {
      test::SocketAddress remote = address_of(target, to.port, from.device);
      // Refused by a rule, or taken: who receives it tells.
      (void)::sendto(sender.get(), message.data(), message.size(), 0, remote.get(), remote.size);
    });
    if (takes(receiver, message)) {
      return true;
    }
  }
  return false;
}

act::Found leased_host() {
  test::Story story;
  story.login(100, 1000, "192.0.2.2", 50000, "192.0.2.1");
  for (const int64_t port : {68, 546}) {
    model::ListeningPort client;
    client.protocol = "udp";
    client.port = port;
    story.ports.push_back(client);
  }
  return test::found_here(std::move(story), test::inode_of(test::own_network()));
}

void contain(test::ContainLab& lab) {
  const act::Plan plan = act::plan_containment(leased_host(), {});
  ASSERT_TRUE(plan.refusals.empty()) << plan.refusals[0].text.en;
  const auto applied = lab.apply(plan, lab.apply_options());
  ASSERT_TRUE(applied) << applied.error().what;
  ASSERT_EQ(applied->outcome, model::ActionOutcome::kDone);
  ASSERT_TRUE(lab.is_closed());
}

// `there` is the server's address, `here` the client's.
struct Lease {
  test::ContainLab& lab;
  std::string here;
  std::string there;
  bool asks(const std::string& target, const char* anywhere, uint16_t from, uint16_t to,
            int attempts = kAttempts) const {
    return arrives({&lab.here(), "up0", here, from}, target, {&lab.world(), "far", anywhere, to},
                   attempts);
  }
  bool answers(const std::string& target, const char* anywhere, uint16_t from, uint16_t to,
               int attempts = kAttempts) const {
    return arrives({&lab.world(), "far", there, from}, target, {&lab.here(), "up0", anywhere, to},
                   attempts);
  }
};

TEST(ContainLease, IsRenewedOverIpv4) {
  test::in_private_network([] {
    test::ContainLab lab;
    const Lease lease{lab, "192.0.2.1", "192.0.2.2"};
    const std::string all = "255.255.255.255";
    ASSERT_TRUE(lease.asks(all, kAnywhere4, 68, 1067)) << "before: a stranger's port, too";
    ASSERT_TRUE(lease.answers("192.0.2.1", kAnywhere4, 1067, 68)) << "before";
    contain(lab);
    EXPECT_TRUE(lease.asks("192.0.2.2", kAnywhere4, 68, 67)) << "renewing, at its server";
    EXPECT_TRUE(lease.answers("192.0.2.1", kAnywhere4, 67, 68));
    EXPECT_TRUE(lease.asks(all, kAnywhere4, 68, 67)) << "rebinding, at any server";
    EXPECT_TRUE(lease.answers(all, kAnywhere4, 67, 68));
    const Lease fresh{lab, kAnywhere4, "192.0.2.2"};
    EXPECT_TRUE(fresh.asks(all, kAnywhere4, 68, 67)) << "from an address that is not there yet";
    EXPECT_FALSE(lease.asks("192.0.2.2", kAnywhere4, 1068, 67, kCutAttempts));
    EXPECT_FALSE(lease.asks("192.0.2.2", kAnywhere4, 68, 1067, kCutAttempts));
    EXPECT_FALSE(lease.asks(all, kAnywhere4, 68, 1067, kCutAttempts));
    EXPECT_FALSE(lease.answers("192.0.2.1", kAnywhere4, 1067, 68, kCutAttempts));
    EXPECT_FALSE(lease.answers(all, kAnywhere4, 67, 1068, kCutAttempts));
  });
}

TEST(ContainLease, IsRenewedOverIpv6) {
  test::in_private_network([] {
    test::ContainLab lab;
    ASSERT_TRUE(test::add_address(static_cast<int>(::if_nametoindex("up0")), "fe80::d/64"));
    lab.world().in([] {
      ASSERT_TRUE(test::add_address(static_cast<int>(::if_nametoindex("far")), "fe80::e/64"));
    });
    const Lease lease{lab, "fe80::d", "fe80::e"};
    const std::string servers = "ff02::1:2";  // All_DHCP_Relay_Agents_and_Servers
    ASSERT_TRUE(lease.asks(servers, kAnywhere6, 546, 1547)) << "before: a stranger's port, too";
    ASSERT_TRUE(lease.answers("fe80::d", kAnywhere6, 1547, 546)) << "before";
    contain(lab);
    EXPECT_TRUE(lease.asks(servers, kAnywhere6, 546, 547)) << "renewing, and rebinding";
    EXPECT_TRUE(lease.answers("fe80::d", kAnywhere6, 547, 546));
    EXPECT_TRUE(lease.asks("fe80::e", kAnywhere6, 546, 547)) << "a server that permits unicast";
    EXPECT_FALSE(lease.asks(servers, kAnywhere6, 1546, 547, kCutAttempts));
    EXPECT_FALSE(lease.asks(servers, kAnywhere6, 546, 1547, kCutAttempts));
    EXPECT_FALSE(lease.asks("fe80::e", kAnywhere6, 546, 1547, kCutAttempts));
    EXPECT_FALSE(lease.answers("fe80::d", kAnywhere6, 1547, 546, kCutAttempts));
  });
}

}  // namespace
}  // namespace genba
