// SPDX-License-Identifier: Apache-2.0
#include "support/far_machine.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "support/network_building.h"
#include "support/private_network.h"
#include "sys/netlink_message.h"

namespace genba::test {

namespace {

constexpr int kAnswerMilliseconds = 400;
constexpr int kMostAttempts = 20;

struct Command {
  int domain;
  uint16_t from;
  uint16_t to;
};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress address_of(int domain, const std::string& text, uint16_t port) {
  SocketAddress address;
  if (domain == AF_INET6) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    ::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr);
    address.size = sizeof *v6;
  } else {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    ::inet_pton(AF_INET, text.c_str(), &v4->sin_addr);
    address.size = sizeof *v4;
  }
  return address;
}

std::string any_address(int domain) {
  return domain == AF_INET6 ? "::" : "0.0.0.0";
}

int bound_socket(int domain, int type, uint16_t port) {
  const int fd = ::socket(domain, type | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const SocketAddress address = address_of(domain, any_address(domain), port);
  if (::bind(fd, address.get(), address.size) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

bool move_to(const char* device, pid_t pid) {
  ifinfomsg head{};
  head.ifi_index = static_cast<int>(::if_nametoindex(device));
  const auto netlink = sys::open_netlink(NETLINK_ROUTE);
  return netlink && sys::netlink_exchange(*netlink,
                                          sys::NetlinkRequest(RTM_NEWLINK, 0)
                                              .body(head)
                                              .number(IFLA_NET_NS_PID, static_cast<uint32_t>(pid)),
                                          [](const sys::NetlinkMessage&) {})
                        .has_value();
}

bool bring_up(const char* device) {
  ifinfomsg head{};
  head.ifi_index = static_cast<int>(::if_nametoindex(device));
  head.ifi_flags = IFF_UP;
  head.ifi_change = IFF_UP;
  const auto netlink = sys::open_netlink(NETLINK_ROUTE);
  return netlink && sys::netlink_exchange(*netlink, sys::NetlinkRequest(RTM_NEWLINK, 0).body(head),
                                          [](const sys::NetlinkMessage&) {})
                        .has_value();
}

void answer_datagram(int fd) {
  std::array<char, 256> buffer;
  SocketAddress from;
  from.size = sizeof from.storage;
  const ssize_t size = ::recvfrom(fd, buffer.data(), buffer.size(), MSG_DONTWAIT,
                                  reinterpret_cast<sockaddr*>(&from.storage), &from.size);
  if (size > 0) {
    (void)::sendto(fd, buffer.data(), static_cast<size_t>(size), 0, from.get(), from.size);
  }
}

void carry_out(int commands) {
  Command command{};
  if (::read(commands, &command, sizeof command) != sizeof command) {
    ::_exit(0);
  }
  const int fd = bound_socket(command.domain, SOCK_DGRAM, command.from);
  const SocketAddress to = address_of(
      command.domain, command.domain == AF_INET6 ? "2001:db8::1" : "192.0.2.1", command.to);
  const char done = ::sendto(fd, "far", 3, 0, to.get(), to.size) == 3 ? 1 : 0;
  ::close(fd);
  EXPECT_GT(::write(commands, &done, 1), 0);
}

[[noreturn]] void serve(int commands) {
  std::vector<pollfd> fds{{commands, POLLIN, 0}};
  for (const int domain : {AF_INET, AF_INET6}) {
    for (const uint16_t port : {uint16_t{7000}, uint16_t{7001}}) {
      const int fd = ::socket(domain, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      const int on = 1;
      ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
      const SocketAddress any = address_of(domain, any_address(domain), port);
      (void)::bind(fd, any.get(), any.size);
      fds.push_back({fd, POLLIN, 0});
    }
  }
  const int listener = bound_socket(AF_INET6, SOCK_STREAM, 7000);  // both families
  (void)::listen(listener, 8);
  fds.push_back({listener, POLLIN, 0});
  const char ready = 1;
  EXPECT_GT(::write(commands, &ready, 1), 0);
  while (::poll(fds.data(), fds.size(), -1) > 0) {
    for (size_t i = 0; i < fds.size(); ++i) {
      const pollfd one = fds[i];
      if (one.revents == 0) {
        continue;
      }
      if (i == 0) {
        carry_out(commands);
      } else if (one.fd == listener) {
        fds.push_back({::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), POLLIN, 0});
      } else if (i < 5) {
        answer_datagram(one.fd);
      } else {
        std::array<char, 256> buffer;
        const ssize_t size = ::read(one.fd, buffer.data(), buffer.size());
        if (size <= 0 || ::write(one.fd, buffer.data(), static_cast<size_t>(size)) != size) {
          ::close(one.fd);
          fds[i].fd = -1;
        }
      }
    }
  }
  ::_exit(0);
}

[[noreturn]] void live_there(int commands) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  char byte = enter_new_network() ? 1 : 0;
  EXPECT_GT(::write(commands, &byte, 1), 0);
  if (::read(commands, &byte, 1) != 1 || !bring_up("far")) {
    ::_exit(1);
  }
  const int index = static_cast<int>(::if_nametoindex("far"));
  if (!add_address(index, "192.0.2.2/24") || !add_address(index, "2001:db8::2/64")) {
    ::_exit(1);
  }
  serve(commands);
}

}  // namespace

FarMachine::FarMachine() {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
    network_cannot_be_made_here();
  }
  index_ = add_veth("up0", "far");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(pair[0]);
    live_there(pair[1]);
  }
  ::close(pair[1]);
  commands_ = pair[0];
  char byte = 0;
  const bool joined =
      index_ != 0 && ::read(commands_, &byte, 1) == 1 && byte == 1 && move_to("far", pid_) &&
      ::write(commands_, &byte, 1) == 1 && add_address(index_, "192.0.2.1/24") &&
      add_address(index_, "2001:db8::1/64") && add_route("0.0.0.0/0", "192.0.2.2", index_) &&
      add_route("::/0", "2001:db8::2", index_) && ::read(commands_, &byte, 1) == 1;
  if (!joined) {
    ::kill(pid_, SIGKILL);
    network_cannot_be_made_here();
  }
  // Addresses of IPv6 are ready a moment after they were added.
  bool ready = false;
  for (int i = 0; i < kMostAttempts && !ready; ++i) {
    ready = far_answers(AF_INET, 0, 7000) && far_answers(AF_INET6, 0, 7000);
    (void)::poll(nullptr, 0, ready ? 0 : 50);
  }
  EXPECT_TRUE(ready) << "the far machine does not answer";
}

FarMachine::~FarMachine() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(commands_);
}

void FarMachine::send(int domain, uint16_t from, uint16_t to) const {
  const Command command{domain, from, to};
  char done = 0;
  EXPECT_GT(::write(commands_, &command, sizeof command), 0);
  EXPECT_GT(::read(commands_, &done, 1), 0);
}

std::string far_address(int domain) {
  return domain == AF_INET6 ? "2001:db8::2" : "192.0.2.2";
}

int send_datagram(int domain, uint16_t from, const std::string& to, uint16_t port) {
  const int fd = bound_socket(domain, SOCK_DGRAM, from);
  const SocketAddress address = address_of(domain, to, port);
  const bool sent = ::sendto(fd, "near", 4, 0, address.get(), address.size) == 4;
  const int why = sent ? 0 : errno;
  ::close(fd);
  return why;
}

bool far_answers(int domain, uint16_t from, uint16_t port) {
  const int fd = bound_socket(domain, SOCK_DGRAM, from);
  const SocketAddress address = address_of(domain, far_address(domain), port);
  char buffer[8];
  pollfd wait{fd, POLLIN, 0};
  const bool answered = ::sendto(fd, "near", 4, 0, address.get(), address.size) == 4 &&
                        ::poll(&wait, 1, kAnswerMilliseconds) == 1 &&
                        ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT) == 4;
  ::close(fd);
  return answered;
}

int connect_far(int domain) {
  const int fd = ::socket(domain, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const SocketAddress address = address_of(domain, far_address(domain), 7000);
  pollfd wait{fd, POLLOUT, 0};
  int error = 0;
  socklen_t size = sizeof error;
  (void)::connect(fd, address.get(), address.size);
  if (::poll(&wait, 1, kAnswerMilliseconds) != 1 ||
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

bool far_echoes(int connection) {
  char buffer[8];
  pollfd wait{connection, POLLIN, 0};
  return ::send(connection, "echo", 4, MSG_NOSIGNAL) == 4 &&
         ::poll(&wait, 1, kAnswerMilliseconds) == 1 &&
         ::recv(connection, buffer, sizeof buffer, MSG_DONTWAIT) > 0;
}

}  // namespace genba::test
