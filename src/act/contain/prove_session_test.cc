// SPDX-License-Identifier: Apache-2.0
#include "act/contain/prove_session.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ctime>
#include <string>

#include "act/contain/responder.h"
#include "support/contain_rules.h"
#include "support/joined_network.h"
#include "support/network_building.h"
#include "support/private_network.h"
#include "sys/netlink.h"
#include "sys/process.h"

namespace genba::act {
namespace {

using model::ProofOutcome;
using std::chrono::milliseconds;

constexpr uint16_t kPort = 22;

int64_t boot() {
  return sys::clock_nanoseconds(CLOCK_BOOTTIME);
}

sockaddr_in6 address_of(const char* text, uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  EXPECT_EQ(::inet_pton(AF_INET6, text, &address.sin6_addr), 1);
  return address;
}

// A session between this host and another one, both in this process.
struct Session {
  sys::Fd far = test::make_network();
  sys::Fd listener;
  sys::Fd client;
  sys::Fd server;
  sys::Fd diag;
  model::SessionCandidate candidate;
};

Session make_session() {
  Session made;
  const int near = test::add_veth_into("up0", "eth0", made.far);
  if (near == 0) {
    test::network_cannot_be_made_here();
  }
  EXPECT_TRUE(test::add_address(near, "2001:db8:1::1/64"));
  sockaddr_in6 local = address_of("2001:db8:1::1", kPort);
  made.listener = sys::Fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::bind(made.listener.get(), reinterpret_cast<sockaddr*>(&local), sizeof local), 0);
  EXPECT_EQ(::listen(made.listener.get(), 1), 0);
  test::inside(made.far, [&] {
    const int eth0 = static_cast<int>(::if_nametoindex("eth0"));
    EXPECT_TRUE(test::add_address(eth0, "2001:db8:1::2/64"));
    made.client = sys::Fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(made.client.get(), reinterpret_cast<sockaddr*>(&local), sizeof local), 0);
  });
  sockaddr_in6 remote{};
  socklen_t size = sizeof remote;
  made.server = sys::Fd(
      ::accept4(made.listener.get(), reinterpret_cast<sockaddr*>(&remote), &size, SOCK_CLOEXEC));
  made.diag = *sys::open_sock_diag();
  made.candidate.local = *base::parse_address("2001:db8:1::1");
  made.candidate.local_port = kPort;
  made.candidate.remote = *base::parse_address("2001:db8:1::2");
  made.candidate.remote_port = ntohs(remote.sin6_port);
  made.candidate.family = "ipv6";
  // What the handshake acknowledged must be older than the clock's steps.
  sys::sleep_nanoseconds(50'000'000);
  return made;
}

SessionProofRequest since_now(int64_t wait) {
  SessionProofRequest request;
  request.armed = boot();
  request.wait = milliseconds(wait);
  return request;
}

ProofOutcome prove(const Session& session, const SessionProofRequest& request) {
  const auto proof = prove_session(session.diag, &session.candidate, request);
  EXPECT_EQ(proof.path, "session");
  EXPECT_FALSE(proof.text.en.empty());
  EXPECT_FALSE(proof.text.ja.empty());
  return proof.outcome;
}

void print_line(const Session& session) {
  ASSERT_EQ(::send(session.server.get(), "line\n", 5, MSG_NOSIGNAL), 5);
}

TEST(ProveSession, ALineThatWasAcknowledgedAfterArmingIsTheProof) {
  test::in_private_network([] {
    const Session session = make_session();
    const auto quiet = since_now(100);
    EXPECT_EQ(prove(session, quiet), ProofOutcome::kAsserted) << "nothing was said yet";
    print_line(session);
    EXPECT_EQ(prove(session, quiet), ProofOutcome::kProven);
    auto again = since_now(100);
    EXPECT_EQ(prove(session, again), ProofOutcome::kAsserted)
        << "a sign from before does not count";
    again = since_now(2000);
    int lines = 0;
    again.say = [&] {
      ++lines;
      print_line(session);
    };
    EXPECT_EQ(prove(session, again), ProofOutcome::kProven);
    EXPECT_EQ(lines, 1);
  });
}

TEST(ProveSession, WhatCameJustBeforeArmingDoesNotCount) {
  test::in_private_network([] {
    const Session session = make_session();
    ASSERT_EQ(::send(session.client.get(), "key", 3, MSG_NOSIGNAL), 3);
    print_line(session);
    SessionProofRequest request;
    request.armed = boot();
    request.wait = milliseconds(1000);
    EXPECT_EQ(prove(session, request), ProofOutcome::kAsserted);
  });
}

TEST(ProveSession, WhatIsSentAgainAndAgainIsNoSession) {
  test::in_private_network([] {
    const Session session = make_session();
    test::contain_with({});
    const auto request = since_now(1500);
    print_line(session);
    EXPECT_EQ(prove(session, request), ProofOutcome::kFailed);
    test::open_again();
    EXPECT_EQ(prove(session, since_now(10'000)), ProofOutcome::kProven) << "it comes back";
  });
}

TEST(ProveSession, AClosingOrGoneConnectionFails) {
  test::in_private_network([] {
    Session session = make_session();
    session.client.reset();
    const auto request = since_now(1000);
    EXPECT_EQ(prove(session, request), ProofOutcome::kFailed);
    session.server.reset();
    sys::sleep_nanoseconds(50'000'000);
    EXPECT_EQ(prove(session, request), ProofOutcome::kFailed);
  });
}

TEST(ProveSession, WithoutASessionOnTheNetworkNothingIsProven) {
  const sys::Fd none;
  EXPECT_EQ(prove_session(none, nullptr, {}).outcome, ProofOutcome::kAsserted);
  model::SessionCandidate loopback;
  loopback.loopback = true;
  EXPECT_EQ(prove_session(none, &loopback, {}).outcome, ProofOutcome::kAsserted);
  model::SessionCandidate unreadable;
  EXPECT_EQ(prove_session(none, &unreadable, {}).outcome, ProofOutcome::kAsserted)
      << "no answer about TCP is no answer about the session";
}

sys::TcpInfo reading(uint32_t age, uint8_t retransmits = 0, uint32_t total = 0) {
  sys::TcpInfo info;
  info.state = 1;
  info.last_ack_received = age;
  info.last_data_received = age;
  info.retransmits = retransmits;
  info.total_retransmits = total;
  return info;
}

TEST(ProveSession, SignsAreReadWithCare) {
  const auto sign = [](const sys::TcpInfo& now, const sys::TcpInfo& first, int64_t since) {
    return read_sign(now, first, milliseconds(since));
  };
  EXPECT_EQ(sign(reading(100), reading(100), 200), SessionSign::kAlive);
  EXPECT_EQ(sign(reading(190), reading(190), 200), SessionSign::kQuiet) << "the clock has steps";
  EXPECT_EQ(sign(reading(900), reading(900), 200), SessionSign::kQuiet);
  EXPECT_EQ(sign(reading(900, 2, 5), reading(900, 0, 3), 200), SessionSign::kRepeating);
  EXPECT_EQ(sign(reading(900, 2, 5), reading(900, 2, 5), 200), SessionSign::kRepeating);
  EXPECT_EQ(sign(reading(900, 0, 5), reading(900, 0, 3), 200), SessionSign::kQuiet)
      << "it was answered";
  sys::TcpInfo refused = reading(900);
  refused.probes = 1;
  EXPECT_EQ(sign(refused, reading(900), 200), SessionSign::kRepeating) << "it never left";
  sys::TcpInfo closing = reading(10);
  closing.state = 8;  // TCP_CLOSE_WAIT
  EXPECT_EQ(sign(closing, reading(10), 200), SessionSign::kClosing);
  sys::TcpInfo more = reading(900);
  more.bytes_acked = 7;
  sys::TcpInfo less = reading(900);
  EXPECT_EQ(sign(more, less, 200), SessionSign::kQuiet) << "an old kernel does not count bytes";
  less.bytes_acked = 6;
  EXPECT_EQ(sign(more, less, 200), SessionSign::kAlive);
  EXPECT_EQ(sign(less, more, 200), SessionSign::kQuiet);
}

}  // namespace
}  // namespace genba::act
