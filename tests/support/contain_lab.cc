// SPDX-License-Identifier: Apache-2.0
#include "support/contain_lab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "base/address.h"
#include "support/network_building.h"
#include "support/private_network.h"
#include "sys/netlink_message.h"

namespace genba::test {

namespace {

constexpr int kPatience = 200;  // milliseconds that a packet may take in a lab

sys::Fd open_namespace_at(const std::string& path) {
  return sys::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

socklen_t to_sockaddr(std::string_view text, uint16_t port, sockaddr_storage& storage) {
  storage = {};
  const base::Address address = *base::parse_address(text);
  if (address.family == base::AddressFamily::kIpv4) {
    auto& four = reinterpret_cast<sockaddr_in&>(storage);
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    std::copy_n(address.bytes.data(), 4, reinterpret_cast<uint8_t*>(&four.sin_addr));
    return sizeof four;
  }
  auto& six = reinterpret_cast<sockaddr_in6&>(storage);
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  std::copy_n(address.bytes.data(), 16, reinterpret_cast<uint8_t*>(&six.sin6_addr));
  return sizeof six;
}

sys::Fd bound(const End& end, int type, uint16_t port) {
  sys::Fd fd;
  end.place->in([&] {
    sockaddr_storage storage{};
    const socklen_t size = to_sockaddr(end.address, port, storage);
    fd = sys::Fd(::socket(storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&storage), size), 0) << end.address;
  });
  return fd;
}

bool ready(const sys::Fd& fd, short events) {
  pollfd polled{fd.get(), events, 0};
  return ::poll(&polled, 1, kPatience) == 1;
}

bool passes(const sys::Fd& from, const sys::Fd& to) {
  char byte = 0;
  return ::send(from.get(), "x", 1, MSG_NOSIGNAL) == 1 && ready(to, POLLIN) &&
         ::recv(to.get(), &byte, 1, 0) == 1;
}

void link_request(const sys::NetlinkRequest& request) {
  const auto netlink = sys::open_netlink(NETLINK_ROUTE);
  ASSERT_TRUE(netlink);
  const auto done = sys::netlink_exchange(*netlink, request, [](const sys::NetlinkMessage&) {});
  EXPECT_TRUE(done) << done.error().what;
}

model::AllowedFlow session_flow(std::string id, std::string_view local, std::string_view remote) {
  model::AllowedFlow flow;
  flow.id = std::move(id);
  flow.protocol = IPPROTO_TCP;
  flow.local = *base::parse_network(local);
  flow.local_ports = {22, 22};
  flow.remote = *base::parse_network(remote);
  return flow;
}

}  // namespace

Place Place::make() {
  const Place before = here();
  EXPECT_TRUE(enter_new_network());
  Place made = here();
  EXPECT_EQ(::setns(before.fd(), CLONE_NEWNET), 0);
  return made;
}

Place Place::here() {
  Place place;
  place.fd_ = open_namespace_at("/proc/self/ns/net");
  return place;
}

void Place::in(const std::function<void()>& body) const {
  const Place before = here();
  ASSERT_EQ(::setns(fd_.get(), CLONE_NEWNET), 0);
  body();
  ASSERT_EQ(::setns(before.fd(), CLONE_NEWNET), 0);
}

void give_device(int index, const Place& to) {
  ifinfomsg head{};
  head.ifi_index = index;
  sys::NetlinkRequest request(RTM_NEWLINK, 0);
  request.body(head).number(IFLA_NET_NS_FD, static_cast<uint32_t>(to.fd()));
  link_request(request);
}

void delete_device(std::string_view name) {
  ifinfomsg head{};
  head.ifi_index = static_cast<int>(::if_nametoindex(std::string(name).c_str()));
  sys::NetlinkRequest request(RTM_DELLINK, 0);
  request.body(head);
  link_request(request);
}

bool datagram_arrives(const End& from, const End& to, uint16_t port) {
  const sys::Fd receiver = bound(to, SOCK_DGRAM, port);
  const sys::Fd sender = bound(from, SOCK_DGRAM, 0);
  sockaddr_storage storage{};
  const socklen_t size = to_sockaddr(to.address, port, storage);
  char byte = 0;
  return ::sendto(sender.get(), "x", 1, 0, reinterpret_cast<sockaddr*>(&storage), size) == 1 &&
         ready(receiver, POLLIN) && ::recv(receiver.get(), &byte, 1, 0) == 1;
}

bool Connection::talks() const {
  return passes(client, server) && passes(server, client);
}

Connection connect(const End& from, const End& to, uint16_t port) {
  Connection connection;
  const sys::Fd listener = bound(to, SOCK_STREAM, port);
  EXPECT_EQ(::listen(listener.get(), 1), 0);
  sys::Fd client = bound(from, SOCK_STREAM, 0);
  sockaddr_storage storage{};
  socklen_t size = to_sockaddr(to.address, port, storage);
  ::connect(client.get(), reinterpret_cast<sockaddr*>(&storage), size);
  if (!ready(listener, POLLIN)) {
    return connection;
  }
  connection.server = sys::Fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  size = sizeof storage;
  ::getsockname(client.get(), reinterpret_cast<sockaddr*>(&storage), &size);
  connection.client_port = ntohs(reinterpret_cast<sockaddr_in&>(storage).sin_port);
  connection.client = std::move(client);
  return connection;
}

Tenant::Tenant() {
  int pipe_ends[2];
  EXPECT_EQ(::pipe2(pipe_ends, O_CLOEXEC), 0);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const char made = enter_new_network() ? 1 : 0;
    if (::write(pipe_ends[1], &made, 1) != 1 || made == 0) {
      ::_exit(1);
    }
    while (true) {
      ::pause();
    }
  }
  char made = 0;
  EXPECT_EQ(::read(pipe_ends[0], &made, 1), 1);
  EXPECT_EQ(made, 1);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
  const std::string path = "/proc/" + std::to_string(pid_) + "/ns/net";
  const Place before = Place::here();
  const sys::Fd theirs = open_namespace_at(path);
  EXPECT_EQ(::setns(theirs.get(), CLONE_NEWNET), 0);
  place_ = Place::here();
  EXPECT_EQ(::setns(before.fd(), CLONE_NEWNET), 0);
}

Tenant::~Tenant() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

model::OtherNamespace Tenant::as_other() const {
  struct stat status {};
  EXPECT_EQ(::fstat(place_.fd(), &status), 0);
  model::OtherNamespace other;
  other.inode = static_cast<int64_t>(status.st_ino);
  other.pid = pid_;
  other.processes = 1;
  return other;
}

ContainLab::ContainLab() : here_(Place::here()), world_(Place::make()) {
  auto host = host::open_live_host({});
  const int up = add_veth("up0", "far");
  if (!host || up == 0 || !add_address(up, "192.0.2.1/24") || !add_address(up, "2001:db8::1/64")) {
    network_cannot_be_made_here();
  }
  host_ = *std::move(host);
  give_device(static_cast<int>(::if_nametoindex("far")), world_);
  world_.in([] {
    const int far = static_cast<int>(::if_nametoindex("far"));
    ifinfomsg head{};
    head.ifi_index = far;
    head.ifi_flags = head.ifi_change = IFF_UP;
    sys::NetlinkRequest request(RTM_NEWLINK, 0);
    request.body(head);
    link_request(request);
    EXPECT_TRUE(add_address(far, "192.0.2.2/24") && add_address(far, "2001:db8::2/64"));
  });
  // IPv6 takes a moment after the link is up.
  EXPECT_TRUE(opens_within(20));
}

ContainLab::~ContainLab() {
  kill_guard();
}

model::ContainmentPlan ContainLab::plan(int64_t seconds) const {
  model::ContainmentPlan plan;
  plan.timeout = seconds;
  plan.flows = {session_flow("session", "192.0.2.1", "192.0.2.2"),
                session_flow("session", "2001:db8::1", "2001:db8::2")};
  model::AllowedFlow discovery;
  discovery.id = "neighbour_discovery";
  discovery.protocol = IPPROTO_ICMPV6;
  discovery.local = discovery.remote = *base::parse_network("::/0");
  discovery.types = {133, 134, 135, 136, 137};
  discovery.hop_limit = 255;
  plan.flows.push_back(discovery);
  plan.blocked = {*base::parse_network("169.254.169.254"), *base::parse_network("fd00:ec2::254")};
  model::HookedDevice device;
  device.index = static_cast<int>(::if_nametoindex("up0"));
  device.name = "up0";
  plan.devices = {device};
  return plan;
}

model::ContainmentPlan ContainLab::held_plan() const {
  model::ContainmentPlan plan = this->plan(0);
  plan.hold = true;
  return plan;
}

act::Journal ContainLab::journal() const {
  act::JournalOptions options;
  options.directory = journal_directory();
  options.version = "test";
  auto journal = act::Journal::open(options);
  // A guard whose maker was killed gives the lock free a moment later.
  for (int i = 0; i < 100 && !journal; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    journal = act::Journal::open(options);
  }
  EXPECT_TRUE(journal) << journal.error().what;
  return *std::move(journal);
}

act::ApplyOptions ContainLab::apply_options() const {
  act::ApplyOptions options;
  options.version = "test";
  options.journal_directory = journal_directory();
  return options;
}

act::ControlOptions ContainLab::control_options() const {
  act::ControlOptions options;
  options.version = "test";
  options.journal_directory = journal_directory();
  return options;
}

base::Result<act::ApplyReport> ContainLab::apply(const model::ContainmentPlan& plan,
                                                 const act::ApplyOptions& options) {
  act::Journal journal = this->journal();
  auto report = act::apply(*host_, plan, options, journal);
  if (report) {
    guard_ = report->state.guard;
  }
  return report;
}

base::Result<act::ControlReport> ContainLab::confirm(act::SessionProof proof) {
  act::Journal journal = this->journal();
  auto report = act::confirm(*host_, proof, act::Force::kNo, control_options(), journal);
  if (report) {
    guard_ = report->state.guard;
  }
  return report;
}

base::Result<act::ControlReport> ContainLab::extend(int64_t seconds) {
  act::Journal journal = this->journal();
  auto report = act::extend(*host_, seconds, control_options(), journal);
  if (report) {
    guard_ = report->state.guard;
  }
  return report;
}

base::Result<act::UndoReport> ContainLab::undo(act::Force force) {
  act::Journal journal = this->journal();
  return act::undo(*host_, force, control_options(), journal);
}

void ContainLab::kill_guard() {
  if (act::is_guard(*host_, guard_)) {
    const auto ended = act::end_guard(*host_, guard_);
    EXPECT_TRUE(ended) << ended.error().what;
  }
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

bool ContainLab::is_closed() const {
  return !datagram_arrives(here4(), world4()) && !datagram_arrives(world4(), here4()) &&
         !datagram_arrives(here6(), world6()) && !datagram_arrives(world6(), here6());
}

bool ContainLab::is_open() const {
  return datagram_arrives(here4(), world4()) && datagram_arrives(world4(), here4()) &&
         datagram_arrives(here6(), world6()) && datagram_arrives(world6(), here6());
}

bool ContainLab::opens_within(int seconds) const {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < end) {
    if (is_open()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

}  // namespace genba::test
