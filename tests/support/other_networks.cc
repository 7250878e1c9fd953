// SPDX-License-Identifier: Apache-2.0
#include "support/other_networks.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "support/network_building.h"
#include "support/private_network.h"
#include "sys/netlink_message.h"

namespace genba::test {

namespace {

sys::Fd current_network() {
  return sys::Fd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
}

void enter(const sys::Fd& network) {
  ASSERT_EQ(::setns(network.get(), CLONE_NEWNET), 0) << std::strerror(errno);
}

bool move_device(const char* name, const char* new_name, const sys::Fd& network) {
  ifinfomsg head{};
  head.ifi_index = static_cast<int>(::if_nametoindex(name));
  sys::NetlinkRequest request(RTM_NEWLINK, 0);
  request.body(head)
      .number(IFLA_NET_NS_FD, network.get())
      .attribute(IFLA_IFNAME, std::string_view(new_name, std::strlen(new_name) + 1));
  const auto netlink = sys::open_netlink(NETLINK_ROUTE);
  return netlink &&
         sys::netlink_exchange(*netlink, request, [](const sys::NetlinkMessage&) {}).has_value();
}

int set_up(const char* name) {
  const sys::Fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, name);
  request.ifr_flags = IFF_UP;
  EXPECT_EQ(::ioctl(fd.get(), SIOCSIFFLAGS, &request), 0);
  return static_cast<int>(::if_nametoindex(name));
}

socklen_t fill(std::string_view address, uint16_t port, sockaddr_storage& storage) {
  const std::string text(address);
  storage = {};
  auto& four = reinterpret_cast<sockaddr_in&>(storage);
  if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    return sizeof four;
  }
  auto& six = reinterpret_cast<sockaddr_in6&>(storage);
  EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), &six.sin6_addr), 1) << text;
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  return sizeof six;
}

bool ready(const sys::Fd& fd, short events, int milliseconds) {
  pollfd polled{fd.get(), events, 0};
  return ::poll(&polled, 1, milliseconds) == 1;
}

sys::Fd bound(int type, std::string_view address, uint16_t port) {
  sockaddr_storage storage{};
  const socklen_t size = fill(address, port, storage);
  sys::Fd fd(::socket(storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&storage), size), 0)
      << address << ": " << std::strerror(errno);
  return fd;
}

}  // namespace

OtherNetworks::OtherNetworks() : here_(current_network()) {}

size_t OtherNetworks::add(const std::string& name, const std::vector<JoinedAddresses>& addresses) {
  if (!enter_new_network()) {
    network_cannot_be_made_here();
  }
  networks_.push_back(current_network());
  const sys::Fd& there = networks_.back();
  enter(here_);
  const int index = add_veth(name, "moving");
  if (index == 0 || !move_device("moving", "eth0", there)) {
    network_cannot_be_made_here();
  }
  for (const JoinedAddresses& pair : addresses) {
    EXPECT_TRUE(add_address(index, pair.here));
  }
  in(networks_.size() - 1, [&] {
    const int end = set_up("eth0");
    wait_for_queue("eth0");
    for (const JoinedAddresses& pair : addresses) {
      EXPECT_TRUE(add_address(end, pair.there));
    }
  });
  wait_for_queue(name);
  return networks_.size() - 1;
}

void OtherNetworks::in(size_t network, const std::function<void()>& work) const {
  enter(networks_[network]);
  work();
  enter(here_);
}

sys::Fd serve(int type, std::string_view address, uint16_t port) {
  sys::Fd fd = bound(type, address, port);
  if (type == SOCK_STREAM) {
    EXPECT_EQ(::listen(fd.get(), 8), 0);
  }
  return fd;
}

sys::Fd reach(std::string_view from, std::string_view address, uint16_t port, int milliseconds) {
  sys::Fd fd = bound(SOCK_STREAM, from, 0);
  sockaddr_storage storage{};
  const socklen_t size = fill(address, port, storage);
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&storage), size) != 0 &&
      errno != EINPROGRESS) {
    return {};
  }
  int error = 0;
  socklen_t length = sizeof error;
  const bool connected = ready(fd, POLLOUT, milliseconds) &&
                         ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &length) == 0 &&
                         error == 0;
  return connected ? std::move(fd) : sys::Fd();
}

bool arrives(const sys::Fd& server, std::string_view from, std::string_view address, uint16_t port,
             int milliseconds) {
  const sys::Fd fd = bound(SOCK_DGRAM, from, 0);
  sockaddr_storage storage{};
  const socklen_t size = fill(address, port, storage);
  char byte = 'x';
  // Refused by our own output chain when the ban is in the namespace of now.
  const bool sent =
      ::sendto(fd.get(), &byte, 1, 0, reinterpret_cast<sockaddr*>(&storage), size) == 1;
  return sent && ready(server, POLLIN, milliseconds) && ::recv(server.get(), &byte, 1, 0) == 1;
}

}  // namespace genba::test
