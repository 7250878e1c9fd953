// SPDX-License-Identifier: Apache-2.0
//
// Does containment hold? A server with all that carries packets past it: containers behind a bridge
// of its own, a virtual machine on the bridge of its second card, a macvlan on the first, and a
// namespace with a card that nobody else has. Each way in and out is shown to be open first, in
// IPv4 and IPv6, then contained by the plan that is made for this very network, and then to be
// closed; the responder's session, a reconnect and the renewal of neighbours go on; and undo opens
// all of it again. Whether a packet arrived is told by who should have received it.
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "act/contain/apply.h"
#include "act/contain/control.h"
#include "act/contain/plan.h"
#include "act/contain/prove.h"
#include "act/contain/prove_session.h"
#include "host/host.h"
#include "support/contain_story.h"
#include "support/joined_network.h"
#include "support/network_building.h"
#include "support/private_network.h"
#include "support/scratch.h"
#include "support/socket_address.h"
#include "sys/netlink.h"
#include "sys/packet_probe.h"
#include "sys/packet_tap.h"
#include "sys/process.h"
#include "sys/rtnetlink.h"

namespace genba {
namespace {

using base::Address;
using base::AddressFamily;
using test::socket_address;
using test::SocketAddress;

constexpr std::array kFamilies{AddressFamily::kIpv4, AddressFamily::kIpv6};
constexpr int64_t kStep = 5'000'000;
// How long is waited, in steps, for what must not come; for what must, until a slow machine too has
// had the time.
constexpr int kPatience = 60;
constexpr int kLongPatience = 2000;
constexpr uint16_t kSshPort = 22;

Address address(const std::string& text) {
  return *base::parse_address(text);
}

// The addresses of one family.
struct Names {
  const char* host;
  const char* world;  // behind the host's first card
  const char* admin;  // there, too
  const char* container;
  const char* container_gateway;
  const char* machine;        // the virtual machine
  const char* machine_world;  // on the wire of the second card
  const char* macvlan;
  const char* other;  // the namespace with a card of its own
  const char* other_world;
  const char* mask;
  const char* all;
};
constexpr Names kNames4{"198.51.100.2", "198.51.100.1", "198.51.100.7", "10.1.0.2",
                        "10.1.0.1",     "10.2.0.2",     "10.2.0.1",     "198.51.100.3",
                        "10.3.0.2",     "10.3.0.1",     "/24",          "0.0.0.0/0"};
constexpr Names kNames6{"fd00:1::2", "fd00:1::1", "fd00:1::7", "fd00:2::2",
                        "fd00:2::1", "fd00:3::2", "fd00:3::1", "fd00:1::3",
                        "fd00:4::2", "fd00:4::1", "/64",       "::/0"};

const Names& names(AddressFamily family) {
  return family == AddressFamily::kIpv4 ? kNames4 : kNames6;
}

int index_of(const char* name) {
  return static_cast<int>(::if_nametoindex(name));
}

// Somebody who lives in a namespace, so that it can be entered by its process.
class Tenant {
 public:
  explicit Tenant(const sys::Fd& network) {
    test::inside(network, [&] {
      pid_ = ::fork();
      if (pid_ == 0) {
        ::alarm(60);
        for (;;) {
          ::pause();
        }
      }
    });
  }
  ~Tenant() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Tenant(const Tenant&) = delete;
  Tenant& operator=(const Tenant&) = delete;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

// The server and what is around it. The test's own namespace is the server's.
class Network {
 public:
  Network() {
    build_cards();
    build_container();
    build_machine();
    for (const AddressFamily family : kFamilies) {
      give_addresses(names(family));
    }
  }

  sys::Fd home = test::own_network();
  sys::Fd world = test::make_network();
  sys::Fd container = test::make_network();
  sys::Fd machine = test::make_network();
  sys::Fd macvlan = test::make_network();
  sys::Fd other = test::make_network();
  int up0 = 0;
  int up1 = 0;

  // All but the world, which is not this machine's.
  std::vector<const sys::Fd*> inhabited() const { return {&container, &machine, &macvlan, &other}; }

 private:
  static void need(bool done) {
    if (!done) {
      test::network_cannot_be_made_here();
    }
  }

  void build_cards() {
    up0 = test::add_veth_into("up0", "w0", world);
    up1 = test::add_veth_into("up1", "w1", world);
    need(up0 != 0 && up1 != 0 && test::add_macvlan_into("mv0", up0, macvlan) &&
         test::turn_on_forwarding());
    test::inside(other, [&] { need(test::add_veth_into("own0", "w2", world) != 0); });
  }

  void build_container() {
    const int bridge = test::add_bridge("docker0");
    const int port = test::add_veth_into("port0", "eth0", container);
    need(bridge != 0 && port != 0 && test::set_master(port, bridge));
  }

  // The bridge of a hypervisor: the card is one of its ports.
  void build_machine() {
    const int bridge = test::add_bridge("vmbr0");
    const int port = test::add_veth_into("tap0", "eth0", machine);
    need(bridge != 0 && port != 0 && test::set_master(port, bridge) &&
         test::set_master(up1, bridge));
  }

  void give_addresses(const Names& n) {
    const auto with = [&](const char* text) { return std::string(text) + n.mask; };
    EXPECT_TRUE(test::add_address(up0, with(n.host)));
    EXPECT_TRUE(test::add_address(index_of("docker0"), with(n.container_gateway)));
    EXPECT_TRUE(test::add_route(n.all, n.world, up0));
    test::inside(world, [&] {
      EXPECT_TRUE(test::add_address(index_of("w0"), with(n.world)));
      EXPECT_TRUE(test::add_address(index_of("w0"), with(n.admin)));
      EXPECT_TRUE(test::add_address(index_of("w1"), with(n.machine_world)));
      EXPECT_TRUE(test::add_address(index_of("w2"), with(n.other_world)));
      EXPECT_TRUE(test::add_route(n.all, n.host, index_of("w0")));
    });
    const auto settle = [&](const sys::Fd& where, const char* device, const char* own,
                            const char* gateway) {
      test::inside(where, [&] {
        EXPECT_TRUE(test::add_address(index_of(device), with(own)));
        EXPECT_TRUE(test::add_route(n.all, gateway, index_of(device)));
      });
    };
    settle(container, "eth0", n.container, n.container_gateway);
    settle(machine, "eth0", n.machine, n.machine_world);
    settle(macvlan, "mv0", n.macvlan, n.world);
    settle(other, "own0", n.other, n.other_world);
  }
};

// One packet that wants to get from one place to another.
struct Way {
  std::string name;
  const sys::Fd* from;
  const sys::Fd* to;
  // Sends to the address and port, from where it is called.
  std::function<base::Result<sys::SendOutcome>(const Address&, uint16_t, const std::string&)> send;
  const char* Names::*target;
  // Told by a tap in front of the receiver's rules: for packets that no socket would take.
  bool tapped = false;
};

uint32_t next_mark() {
  static uint32_t mark = 0x6d000000;
  return ++mark;
}

// Whether it arrives. Sends again while neighbours are being looked for.
bool passes(const Way& way, AddressFamily family, int patience) {
  const Address target = address(names(family).*way.target);
  const uint32_t mark = next_mark();
  const std::string payload = sys::mark_bytes(mark) + "matrix";
  std::optional<sys::ProbeReceiver> receiver;
  std::optional<sys::PacketTap> tap;
  test::inside(*way.to, [&] {
    if (way.tapped) {
      tap = *sys::PacketTap::open({sys::TapSide::kArriving, family, mark});
    } else {
      receiver = *sys::ProbeReceiver::open(target);
    }
  });
  const uint16_t port = receiver ? receiver->port() : sys::kDiscardPort;
  for (int step = 0; step < patience; ++step) {
    if (step % 20 == 0) {
      test::inside(*way.from, [&] {
        const auto sent = way.send(target, port, payload);
        EXPECT_TRUE(sent) << way.name << ": " << sent.error().what;
      });
    }
    if (receiver ? receiver->received(payload) > 0 : tap->count().value_or(0) > 0) {
      return true;
    }
    sys::sleep_nanoseconds(kStep);
  }
  return false;
}

std::vector<Way> all_ways(const Network& net) {
  const auto datagram = [](const Address& to, uint16_t port, const std::string& payload) {
    return sys::send_datagram(to, port, payload);
  };
  const auto raw = [](const Address& to, uint16_t port, const std::string& payload) {
    return sys::send_raw_packet(to, port, payload);
  };
  const std::string receiver = [&] {
    std::string found;
    test::inside(net.world, [&] { found = test::hardware_address_of("w0"); });
    return found;
  }();
  const auto frame = [&net, receiver](sys::FrameQueue queue) {
    return [&net, receiver, queue](const Address& to, uint16_t port, const std::string& payload) {
      const Address from = address(names(to.family).host);
      return sys::send_frame({net.up0, receiver, queue},
                             sys::probe_packet(from, to, port, payload));
    };
  };
  return {
      {"in", &net.world, &net.home, datagram, &Names::host},
      {"out", &net.home, &net.world, datagram, &Names::world},
      {"out to the admin, but not of the session", &net.home, &net.world, datagram, &Names::admin},
      {"forward", &net.container, &net.world, datagram, &Names::world},
      {"forward, in", &net.world, &net.container, datagram, &Names::container},
      {"bridge", &net.machine, &net.world, datagram, &Names::machine_world},
      {"bridge, in", &net.world, &net.machine, datagram, &Names::machine},
      {"macvlan", &net.macvlan, &net.world, datagram, &Names::world},
      {"macvlan, in", &net.world, &net.macvlan, datagram, &Names::macvlan},
      {"other namespace", &net.other, &net.world, datagram, &Names::other_world},
      {"other namespace, in", &net.world, &net.other, datagram, &Names::other},
      {"container to host", &net.container, &net.home, datagram, &Names::host},
      {"AF_PACKET", &net.home, &net.world, frame(sys::FrameQueue::kUsed), &Names::world},
      {"AF_PACKET around the queue", &net.home, &net.world, frame(sys::FrameQueue::kBypassed),
       &Names::world},
      {"raw", &net.home, &net.world, raw, &Names::world, true},
      {"raw, of the other namespace", &net.other, &net.world, raw, &Names::other_world, true},
  };
}

void expect_all(const Network& net, bool open, const char* when) {
  for (const Way& way : all_ways(net)) {
    for (const AddressFamily family : kFamilies) {
      EXPECT_EQ(passes(way, family, open ? kLongPatience : kPatience), open)
          << when << ": " << way.name << ", " << base::to_string(family);
    }
  }
}

// --- TCP ---

sys::Fd tcp_socket(const Address& where, uint16_t port) {
  SocketAddress local = socket_address(where, port);
  sys::Fd fd(::socket(local.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  EXPECT_EQ(::bind(fd.get(), local.get(), local.size), 0);
  return fd;
}

bool ready(const sys::Fd& fd, short events, int milliseconds) {
  pollfd one{fd.get(), events, 0};
  return ::poll(&one, 1, milliseconds) == 1;
}

struct Connection {
  sys::Fd client;
  sys::Fd server;
  uint16_t client_port = 0;
  bool made() const { return server.valid(); }

  // A byte each way arrives.
  bool talks() const {
    char byte = 0;
    return ::send(server.get(), "s", 1, MSG_NOSIGNAL) == 1 && ready(client, POLLIN, 5000) &&
           ::recv(client.get(), &byte, 1, 0) == 1 &&
           ::send(client.get(), "c", 1, MSG_NOSIGNAL) == 1 && ready(server, POLLIN, 5000) &&
           ::recv(server.get(), &byte, 1, 0) == 1;
  }
};

Connection connect_to(const Network& net, const sys::Fd& listener, const char* from, const char* to,
                      int milliseconds) {
  Connection made;
  test::inside(net.world, [&] {
    made.client = tcp_socket(address(from), 0);
    SocketAddress remote = socket_address(address(to), kSshPort);
    ::connect(made.client.get(), remote.get(), remote.size);
  });
  if (ready(made.client, POLLOUT, milliseconds) && ready(listener, POLLIN, milliseconds)) {
    made.server = sys::Fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    SocketAddress local;
    ::getsockname(made.client.get(), local.get(), &local.size);
    sockaddr_in head{};  // the port stands at the same place in both families
    std::memcpy(&head, &local.storage, sizeof head);
    made.client_port = ntohs(head.sin_port);
  }
  return made;
}

// --- the plan for this network, and proof ---

class Containment {
 public:
  Containment(const Network& net, AddressFamily family)
      : net_(net), names_(names(family)), host_(*host::open_live_host({})) {
    for (const sys::Fd* const one : net.inhabited()) {
      tenants_.push_back(std::make_unique<Tenant>(*one));
    }
    listener_ = tcp_socket(address(names_.host), kSshPort);
    EXPECT_EQ(::listen(listener_.get(), 5), 0);
    session_ = connect_to(net, listener_, names_.admin, names_.host, 5000);
    EXPECT_TRUE(session_.made());
  }

  model::ContainmentPlan plan() {
    test::Story story;
    story.login(100, 1000, names_.admin, session_.client_port, names_.host);
    act::Found found = test::found_here(std::move(story), test::inode_of(net_.home));
    for (size_t i = 0; i < tenants_.size(); ++i) {
      found.namespaces.push_back({test::inode_of(*net_.inhabited()[i]), tenants_[i]->pid(), {}, 1});
    }
    model::ContainmentPlan made = act::plan_containment(found, {});
    EXPECT_TRUE(made.refusals.empty()) << made.refusals[0].text.en;
    EXPECT_TRUE(made.session);
    // A card would be listed as hardware; here it is a veth, and no route leads over it.
    made.devices.push_back({net_.up1, "up1", {}});
    return made;
  }

  act::Journal journal() {
    act::JournalOptions options;
    options.directory = scratch_.at("journal");
    auto opened = act::Journal::open(options);
    EXPECT_TRUE(opened) << opened.error().what;
    return std::move(*opened);
  }

  void apply(const model::ContainmentPlan& plan) {
    act::ApplyOptions options;
    options.version = "test";
    options.guard = act::GuardUse::kNone;
    act::Journal actions = journal();
    const auto report = act::apply(*host_, plan, options, actions);
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_TRUE(report->trouble.empty()) << report->trouble[0].text.en;
    EXPECT_EQ(report->outcome, model::ActionOutcome::kDone);
  }

  void undo() {
    act::ControlOptions options;
    options.version = "test";
    options.guard = act::GuardUse::kNone;
    act::Journal actions = journal();
    const auto report = act::undo(*host_, act::Force::kNo, options, actions);
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_EQ(report->namespaces.size(), 1 + net_.inhabited().size());
    for (const auto& one : report->namespaces) {
      EXPECT_EQ(one.rules, act::UndoneNamespace::Rules::kIdentical) << one.difference.en;
    }
  }

  std::vector<model::PathProof> prove(const model::ContainmentPlan& plan) const {
    act::ProofRequest request;
    request.devices = plan.devices;
    request.home = &net_.home;
    request.listen = std::chrono::milliseconds(300);
    for (const sys::Fd* const one : net_.inhabited()) {
      request.namespaces.push_back({test::inode_of(*one), one});
    }
    const auto proofs = act::prove_containment(*host_, sys::nf_tables_present(), request);
    EXPECT_TRUE(proofs) << proofs.error().what;
    return proofs.value_or(std::vector<model::PathProof>());
  }

  void expect_session(const model::ContainmentPlan& plan) const {
    const auto diag = sys::open_sock_diag();
    act::SessionProofRequest request;
    request.armed = sys::clock_nanoseconds(CLOCK_BOOTTIME);
    request.say = [&] { EXPECT_TRUE(session_.talks()); };
    const auto proof = act::prove_session(*diag, &*plan.session, request);
    EXPECT_EQ(proof.outcome, model::ProofOutcome::kProven) << proof.text.en;
  }

  bool connects(const char* Names::*from) const {
    const Connection made = connect_to(net_, listener_, names_.*from, names_.host, 400);
    return made.made() && made.talks();
  }

 private:
  const Network& net_;
  const Names& names_;
  std::unique_ptr<host::Host> host_;
  std::vector<std::unique_ptr<Tenant>> tenants_;
  test::Scratch scratch_;
  sys::Fd listener_;
  Connection session_;
};

bool has_outcome(const std::vector<model::PathProof>& proofs, std::string_view path,
                 model::ProofOutcome outcome) {
  for (const model::PathProof& proof : proofs) {
    if (proof.path == path) {
      EXPECT_EQ(proof.outcome, outcome) << path << ": " << proof.text.en;
      return proof.outcome == outcome;
    }
  }
  ADD_FAILURE() << path << " is missing";
  return false;
}

void expect_proofs(const std::vector<model::PathProof>& proofs, model::ProofOutcome outcome) {
  for (const char* path : {"out_v4", "out_v6", "raw_v4", "raw_v6", "link:up0", "link:up1"}) {
    EXPECT_TRUE(has_outcome(proofs, path, outcome));
  }
  for (const char* path : {"forward_v4", "forward_v6"}) {
    EXPECT_TRUE(has_outcome(proofs, path, outcome));
  }
}

void forget_all_neighbours(const Network& net) {
  test::forget_neighbours("up0");
  test::inside(net.world, [] { test::forget_neighbours("w0"); });
}

void run_matrix(AddressFamily session_family) {
  const Network net;
  Containment containment(net, session_family);
  const model::ContainmentPlan plan = containment.plan();

  expect_all(net, true, "before");
  EXPECT_TRUE(containment.connects(&Names::world)) << "a stranger";
  expect_proofs(containment.prove(plan), model::ProofOutcome::kFailed);

  containment.apply(plan);
  containment.expect_session(plan);
  expect_all(net, false, "contained");
  EXPECT_FALSE(containment.connects(&Names::world)) << "a stranger";
  EXPECT_TRUE(containment.connects(&Names::admin)) << "the responder again";
  const auto proofs = containment.prove(plan);
  expect_proofs(proofs, model::ProofOutcome::kProven);
  for (const model::PathProof& proof : proofs) {
    EXPECT_NE(proof.outcome, model::ProofOutcome::kFailed) << proof.path << ": " << proof.text.en;
  }

  forget_all_neighbours(net);
  containment.expect_session(plan);
  EXPECT_TRUE(containment.connects(&Names::admin)) << "with neighbours found anew";

  containment.undo();
  expect_all(net, true, "after undo");
}

TEST(ContainMatrix, WithASessionOverIpv4) {
  test::in_private_network([] { run_matrix(AddressFamily::kIpv4); });
}

TEST(ContainMatrix, WithASessionOverIpv6) {
  test::in_private_network([] { run_matrix(AddressFamily::kIpv6); });
}

}  // namespace
}  // namespace genba
