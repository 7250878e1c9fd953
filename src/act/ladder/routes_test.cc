// SPDX-License-Identifier: Apache-2.0
//
// In network namespaces of the test's own, with a machine at the other end of a wire.
#include "act/ladder/routes.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "act/ladder/ladder_notes.h"
#include "support/far_machine.h"
#include "support/private_network.h"

namespace genba::act {
namespace {

using base::AddressFamily;
using base::ErrorCode;
using model::AllowedFlow;
using model::ContainmentPlan;
using test::far_address;
using test::far_answers;
using test::send_datagram;

constexpr int kDomains[] = {AF_INET, AF_INET6};

std::string elsewhere(int domain) {
  return domain == AF_INET ? "198.51.100.7" : "2001:db8:1::7";
}

AllowedFlow flow_to(std::string_view network) {
  AllowedFlow flow;
  flow.id = "session";
  flow.protocol = IPPROTO_UDP;
  flow.remote = *base::parse_network(network);
  flow.local = {base::Address{flow.remote.address.family, {}}, 0};
  return flow;
}

ContainmentPlan plan_of(const std::vector<std::string>& networks) {
  ContainmentPlan plan;
  for (const std::string& network : networks) {
    plan.flows.push_back(flow_to(network));
  }
  plan.hold = true;
  return plan;
}

ContainmentPlan far_plan() {
  return plan_of({far_address(AF_INET), far_address(AF_INET6)});
}

Routes open_routes(Routes::AfterStep after_step = {}) {
  auto rtnetlink = sys::open_rtnetlink();
  EXPECT_TRUE(rtnetlink);
  return Routes(*std::move(rtnetlink), std::move(after_step));
}

// Every rule and route of the namespace.
std::vector<std::string> everything() {
  const auto rtnetlink = sys::open_rtnetlink();
  std::vector<std::string> all;
  const auto rules = sys::dump_policy_rules(*rtnetlink);
  const auto routes = sys::dump_route_bytes(*rtnetlink);
  for (const sys::PolicyRule& rule : *rules) {
    all.push_back(rule.bytes);
  }
  for (const sys::RouteBytes& route : *routes) {
    if (route.protocol != RTPROT_KERNEL) {  // those follow the addresses
      all.push_back(route.bytes);
    }
  }
  std::sort(all.begin() + static_cast<std::ptrdiff_t>(rules->size()), all.end());
  return all;
}

bool is_open(int domain) {
  return send_datagram(domain, 0, elsewhere(domain), 53) == 0;
}

void expect_closed_but_for_far() {
  for (const int domain : kDomains) {
    EXPECT_TRUE(far_answers(domain, 6000, 7000));
    EXPECT_FALSE(is_open(domain));
  }
  EXPECT_NE(send_datagram(AF_INET, 0, "192.0.2.9", 53), 0) << "on the link";
  EXPECT_NE(send_datagram(AF_INET6, 0, "2001:db8::9", 53), 0);
  EXPECT_EQ(send_datagram(AF_INET, 0, "127.0.0.1", 9), 0);
  EXPECT_EQ(send_datagram(AF_INET6, 0, "::1", 9), 0);
  EXPECT_EQ(send_datagram(AF_INET, 0, "192.0.2.1", 9), 0) << "an address of ours";
}

TEST(RoutesRung, OnlyTheAllowedAreReachedAndUndoLeavesNoTrace) {
  test::in_private_network([] {
    const test::FarMachine far;
    ASSERT_TRUE(is_open(AF_INET) && is_open(AF_INET6));
    const auto before = everything();
    Routes rung = open_routes();
    const auto applied = rung.apply(far_plan(), TimerKeeper::kNobody);
    ASSERT_TRUE(applied) << applied.error().what;
    EXPECT_TRUE(applied->notes.empty());
    EXPECT_EQ(applied->state.routes->routes, 2U);
    EXPECT_EQ(applied->state.routes->rules.size(), 4U);
    expect_closed_but_for_far();
    EXPECT_EQ(rung.status(applied->state)->standing, LadderStanding::kClosed);
    LadderState told = applied->state;
    told.id = "c-00000001";  // as ladder_control.h gives
    EXPECT_EQ(ladder_state_from_json(to_json(told)), told);

    const auto undone = rung.undo(&applied->state);
    ASSERT_TRUE(undone) << undone.error().what;
    EXPECT_EQ(undone->removed, 6U);
    EXPECT_TRUE(undone->as_before && undone->notes.empty());
    EXPECT_EQ(everything(), before);
    EXPECT_TRUE(is_open(AF_INET) && is_open(AF_INET6));
    EXPECT_EQ(rung.status(applied->state)->standing, LadderStanding::kGone);
  });
}

TEST(RoutesRung, AConnectionFromBeforeEnds) {
  test::in_private_network([] {
    const test::FarMachine far;
    for (const int domain : kDomains) {
      const int connection = test::connect_far(domain);
      ASSERT_GE(connection, 0);
      ASSERT_TRUE(test::far_echoes(connection));
      Routes rung = open_routes();
      const auto applied = rung.apply(plan_of({elsewhere(domain)}), TimerKeeper::kNobody);
      ASSERT_TRUE(applied) << applied.error().what;
      EXPECT_FALSE(test::far_echoes(connection));
      EXPECT_FALSE(far_answers(domain, 6000, 7000));
      ASSERT_TRUE(rung.undo(&applied->state)->as_before);
      ::close(connection);
    }
  });
}

TEST(RoutesRung, SocketsThatAskForALinkOrDeviceAreStoppedToo) {
  test::in_private_network([] {
    const test::FarMachine far;
    Routes rung = open_routes();
    const auto applied = rung.apply(plan_of({"203.0.113.5"}), TimerKeeper::kNobody);
    ASSERT_TRUE(applied) << applied.error().what;
    const int direct = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(direct, SOL_SOCKET, SO_DONTROUTE, &on, sizeof on);
    sockaddr_in near{};
    near.sin_family = AF_INET;
    near.sin_port = htons(7000);
    near.sin_addr.s_addr = htonl(0xC0000202);  // 192.0.2.2
    EXPECT_LT(::sendto(direct, "x", 1, 0, reinterpret_cast<sockaddr*>(&near), sizeof near), 0);
    const int bound = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::setsockopt(bound, SOL_SOCKET, SO_BINDTODEVICE, "up0", 4), 0);
    sockaddr_in6 near6{};
    near6.sin6_family = AF_INET6;
    near6.sin6_port = htons(7000);
    const auto address = *base::parse_address(far_address(AF_INET6));
    std::copy(address.bytes.begin(), address.bytes.end(), near6.sin6_addr.s6_addr);
    EXPECT_LT(::sendto(bound, "x", 1, 0, reinterpret_cast<sockaddr*>(&near6), sizeof near6), 0);
    ::close(direct);
    ::close(bound);
  });
}

// Runs `act` in a child that is killed after step number `step`; false when it got through.
bool is_killed_at(int step, const std::function<void(Routes&)>& act) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    int count = 0;
    Routes rung = open_routes([&](std::string_view) {
      if (++count == step) {
        ::kill(::getpid(), SIGKILL);
      }
    });
    act(rung);
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return WIFSIGNALED(status);
}

TEST(RoutesRung, KilledBetweenStepsItStrandsNobody) {
  test::in_private_network([] {
    const test::FarMachine far;
    const auto before = everything();
    int step = 1;
    while (is_killed_at(step,
                        [](Routes& rung) { (void)rung.apply(far_plan(), TimerKeeper::kNobody); })) {
      for (const int domain : kDomains) {
        EXPECT_TRUE(far_answers(domain, 6000, 7000)) << "step " << step;
        EXPECT_EQ(is_open(domain), step < (domain == AF_INET ? 4 : 6)) << "step " << step;
      }
      Routes rung = open_routes();
      EXPECT_EQ(rung.apply(far_plan(), TimerKeeper::kNobody).error().code, ErrorCode::kInvalid);
      EXPECT_TRUE(rung.undo(nullptr)) << "step " << step;
      EXPECT_EQ(everything(), before) << "step " << step;
      ++step;
    }
    EXPECT_EQ(step, 7) << "2 routes, 2 rules a family";
    expect_closed_but_for_far();
  });
}

TEST(RoutesRung, KilledWhileUndoingItCanBeUndone) {
  test::in_private_network([] {
    const test::FarMachine far;
    for (int step = 1; step <= 6; ++step) {
      Routes rung = open_routes();
      const auto applied = rung.apply(far_plan(), TimerKeeper::kNobody);
      ASSERT_TRUE(applied) << applied.error().what;
      EXPECT_TRUE(is_killed_at(step, [](Routes& other) { (void)other.undo(nullptr); }));
      EXPECT_TRUE(far_answers(AF_INET, 6000, 7000) && far_answers(AF_INET6, 6000, 7000));
      const auto status = rung.status(applied->state);
      ASSERT_TRUE(status);
      EXPECT_NE(status->standing, LadderStanding::kClosed) << "step " << step;
      EXPECT_TRUE(rung.undo(&applied->state)->as_before) << "step " << step;
    }
  });
}

TEST(RoutesRung, AMovedLocalRuleIsCoveredByACopy) {
  test::in_private_network([] {
    const test::FarMachine far;
    const auto rtnetlink = sys::open_rtnetlink();
    for (const AddressFamily family : {AddressFamily::kIpv4, AddressFamily::kIpv6}) {
      ASSERT_TRUE(sys::add_plain_rule(*rtnetlink, {family, 32765, RT_TABLE_LOCAL, 0}));
      ASSERT_TRUE(sys::delete_plain_rule(*rtnetlink, {family, 0, RT_TABLE_LOCAL, 0}));
    }
    const auto before = everything();
    Routes rung = open_routes();
    const auto applied = rung.apply(far_plan(), TimerKeeper::kNobody);
    ASSERT_TRUE(applied) << applied.error().what;
    EXPECT_EQ(applied->state.routes->rules.size(), 6U);
    expect_closed_but_for_far();
    EXPECT_EQ(rung.status(applied->state)->standing, LadderStanding::kClosed);
    EXPECT_TRUE(rung.undo(&applied->state)->as_before);
    EXPECT_EQ(everything(), before);
  });
}

TEST(RoutesRung, ARuleThatWouldComeFirstIsARefusal) {
  test::in_private_network([] {
    const test::FarMachine far;
    const auto rtnetlink = sys::open_rtnetlink();
    ASSERT_TRUE(sys::add_plain_rule(*rtnetlink, {AddressFamily::kIpv6, 0, 100, 0}));
    const auto before = everything();
    const auto applied = open_routes().apply(far_plan(), TimerKeeper::kNobody);
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(applied.error().what.find("ipv6"), std::string::npos);
    EXPECT_EQ(everything(), before);
  });
}

TEST(RoutesRung, WhatSomebodyChangesIsTold) {
  test::in_private_network([] {
    const test::FarMachine far;
    const auto rtnetlink = sys::open_rtnetlink();
    Routes rung = open_routes();
    const auto applied = rung.apply(far_plan(), TimerKeeper::kNobody);
    ASSERT_TRUE(applied) << applied.error().what;
    sys::Route extra;
    extra.destination = *base::parse_network("203.0.113.0/24");
    extra.hops = {{far.index(), {}}};
    extra.table = kRoutesTable;
    extra.type = RTN_UNICAST;
    ASSERT_TRUE(sys::add_route(*rtnetlink, extra));
    auto status = rung.status(applied->state);
    EXPECT_EQ(status->standing, LadderStanding::kPartly);
    EXPECT_EQ(status->notes.at(0).id, "table_changed");
    ASSERT_TRUE(sys::delete_route(*rtnetlink, extra));
    ASSERT_TRUE(sys::delete_plain_rule(*rtnetlink, {AddressFamily::kIpv6, 0, 0, 0}));
    status = rung.status(applied->state);
    EXPECT_EQ(status->standing, LadderStanding::kPartly);
    EXPECT_EQ(status->notes.at(0).id, "rule_gone");
    EXPECT_EQ(rung.confirm(applied->state).error().code, ErrorCode::kGone);

    ASSERT_TRUE(sys::add_plain_rule(*rtnetlink, {AddressFamily::kIpv4, 99, 100, 0}));
    const auto undone = rung.undo(&applied->state);
    ASSERT_TRUE(undone);
    EXPECT_FALSE(undone->as_before);
    EXPECT_EQ(undone->notes.at(0).id, "rules_differ");
    EXPECT_TRUE(is_open(AF_INET) && is_open(AF_INET6));
  });
}

TEST(RoutesRung, WithoutATimekeeperItMustHold) {
  test::in_private_network([] {
    const test::FarMachine far;
    Routes rung = open_routes();
    ContainmentPlan plan = far_plan();
    plan.hold = false;
    plan.timeout = 600;
    EXPECT_EQ(rung.apply(plan, TimerKeeper::kNobody).error().code, ErrorCode::kUnsupported);
    const auto applied = rung.apply(plan, TimerKeeper::kGuard);
    ASSERT_TRUE(applied) << applied.error().what;
    EXPECT_GT(rung.status(applied->state)->remaining.value_or(0), 0);
    const auto longer = rung.extend(applied->state, 6000);
    ASSERT_TRUE(longer) << longer.error().what;
    EXPECT_GT(longer->deadline, applied->state.deadline);
    const auto confirmed = rung.confirm(*longer);
    ASSERT_TRUE(confirmed) << confirmed.error().what;
    EXPECT_FALSE(rung.status(*confirmed)->remaining);
    EXPECT_EQ(rung.extend(*confirmed, 60).error().code, ErrorCode::kInvalid);
    EXPECT_TRUE(rung.undo(&*confirmed)->as_before);
  });
}

// Pure from here.

std::vector<sys::Route> host_routes() {
  const auto route = [](std::string_view network, const char* gateway, int index) {
    sys::Route one;
    one.destination = *base::parse_network(network);
    one.hops = {{index, gateway == nullptr ? std::nullopt : base::parse_address(gateway)}};
    one.type = RTN_UNICAST;
    one.table = RT_TABLE_MAIN;
    return one;
  };
  return {route("0.0.0.0/0", "192.0.2.254", 2), route("192.0.2.0/24", nullptr, 2),
          route("10.0.0.0/8", "192.0.2.253", 2), route("10.1.0.0/16", "10.9.9.9", 3),
          route("::/0", "fe80::1", 2)};
}

const sys::Route* to(const KeptWays& kept, std::string_view network) {
  const auto wanted = *base::parse_network(network);
  for (const sys::Route& route : kept.routes) {
    if (route.destination.address == wanted.address && route.destination.bits == wanted.bits) {
      return &route;
    }
  }
  return nullptr;
}

TEST(RoutePlan, ANetworkGetsTheWaysBelowItAndTheOneThatHoldsIt) {
  const WayTo none = [](const auto&, const auto&, const auto&) { return std::nullopt; };
  const KeptWays kept = keep_ways(plan_of({"10.0.0.0/12"}), host_routes(), none);
  ASSERT_EQ(kept.routes.size(), 2U);
  ASSERT_NE(to(kept, "10.0.0.0/12"), nullptr);
  EXPECT_EQ(to(kept, "10.0.0.0/12")->hops.at(0).gateway, base::parse_address("192.0.2.253"));
  ASSERT_NE(to(kept, "10.1.0.0/16"), nullptr);
  EXPECT_EQ(to(kept, "10.1.0.0/16")->hops.at(0).index, 3);
  EXPECT_EQ(kept.routes[0].table, kRoutesTable);
  EXPECT_TRUE(kept.notes.empty());
}

TEST(RoutePlan, MetadataInsideOfAnAllowedNetworkStaysBlocked) {
  const WayTo none = [](const auto&, const auto&, const auto&) { return std::nullopt; };
  ContainmentPlan plan = plan_of({"169.254.0.0/16"});
  plan.blocked = {*base::parse_network("169.254.169.254"), *base::parse_network("fd00:ec2::254")};
  const KeptWays kept = keep_ways(plan, host_routes(), none);
  ASSERT_EQ(kept.routes.size(), 2U);
  ASSERT_NE(to(kept, "169.254.169.254/32"), nullptr);
  EXPECT_EQ(to(kept, "169.254.169.254/32")->type, RTN_BLACKHOLE);
}

TEST(RoutePlan, WhatAddressesCannotSayIsTold) {
  const WayTo none = [](const auto&, const auto&, const auto&) { return std::nullopt; };
  ContainmentPlan plan = plan_of({"0.0.0.0/0", "203.0.113.1", "ff02::/16", "255.255.255.255"});
  AllowedFlow discovery = flow_to("::/0");
  discovery.protocol = IPPROTO_ICMPV6;
  AllowedFlow incoming = flow_to("0.0.0.0/0");
  incoming.direction = model::FlowDirection::kIn;
  plan.flows.push_back(discovery);
  plan.flows.push_back(incoming);
  const KeptWays kept = keep_ways(plan, host_routes(), none);
  EXPECT_TRUE(kept.routes.empty());
  ASSERT_EQ(kept.notes.size(), 2U);
  EXPECT_EQ(kept.notes[0].id, "not_by_address");
  EXPECT_EQ(kept.notes[1].id, "no_way");
  EXPECT_NE(kept.notes[1].text.ja.find("203.0.113.1/32"), std::string::npos);
}

}  // namespace
}  // namespace genba::act
