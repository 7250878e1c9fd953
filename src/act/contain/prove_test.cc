// SPDX-License-Identifier: Apache-2.0
#include "act/contain/prove.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include "support/contain_rules.h"
#include "support/fake_host.h"
#include "support/joined_network.h"
#include "support/network_building.h"
#include "support/nf_tables_lab.h"
#include "support/private_network.h"
#include "sys/packet_probe.h"
#include "sys/process.h"

namespace genba::act {
namespace {

using model::PathProof;
using sys::NftRule;
using test::ContainRules;
using Outcomes = std::map<std::string, std::string>;

// A host with a way out in both families: up0, whose gateway always answers. The other end is here,
// too, where a test can let packets come in.
int make_host() {
  const int index = test::add_veth("up0", "far0");
  // What the other end says of its own would prove what comes in, at some moments.
  if (index == 0 || !test::silence_ipv6("far0")) {
    test::network_cannot_be_made_here();
  }
  for (const auto& [own, gateway, all] :
       {std::tuple{"198.51.100.2/24", "198.51.100.1", "0.0.0.0/0"},
        std::tuple{"2001:db8:1::2/64", "2001:db8:1::1", "::/0"}}) {
    EXPECT_TRUE(test::add_address(index, own));
    EXPECT_TRUE(test::add_neighbour(index, gateway));
    EXPECT_TRUE(test::add_route(all, gateway, index));
  }
  return index;
}

ProofRequest request_for(int index) {
  ProofRequest request;
  request.devices = {{index, "up0", {}}};
  request.listen = std::chrono::milliseconds(100);
  return request;
}

std::vector<PathProof> prove(const ProofRequest& request) {
  test::FakeHost host;
  host.add_file("/proc/net/if_inet6", "");
  const auto proofs = prove_containment(host, sys::nf_tables_present(), request);
  EXPECT_TRUE(proofs) << proofs.error().what;
  return proofs.value_or(std::vector<PathProof>());
}

Outcomes outcomes_of(const std::vector<PathProof>& proofs) {
  Outcomes outcomes;
  for (const PathProof& proof : proofs) {
    EXPECT_FALSE(proof.text.en.empty()) << proof.path;
    EXPECT_FALSE(proof.text.ja.empty()) << proof.path;
    EXPECT_TRUE(outcomes.emplace(proof.path, to_string(proof.outcome)).second) << proof.path;
  }
  return outcomes;
}

const PathProof& proof_of(const std::vector<PathProof>& proofs, std::string_view path) {
  for (const PathProof& proof : proofs) {
    if (proof.path == path) {
      return proof;
    }
  }
  ADD_FAILURE() << path << " is missing";
  static const PathProof kNone;
  return kNone;
}

// All paths, with the outcome that is not told.
Outcomes all(const char* outcome, const Outcomes& told = {}) {
  Outcomes outcomes = told;
  for (const char* path : {"out_v4", "out_v6", "raw_v4", "raw_v6", "link:up0"}) {
    outcomes.emplace(path, outcome);
  }
  for (const char* path : {"in_v4", "in_v6", "forward_v4", "forward_v6"}) {
    outcomes.emplace(path, "asserted");
  }
  return outcomes;
}

TEST(ProveContainment, WhatIsStoppedEverywhereIsProvenAndAnOpenHostFails) {
  test::in_private_network([] {
    const int index = make_host();
    EXPECT_EQ(outcomes_of(prove(request_for(index))), all("failed"));
    test::contain_with({.hooks = {"up0"}});
    const auto proofs = prove(request_for(index));
    EXPECT_EQ(outcomes_of(proofs), all("proven"));
    EXPECT_EQ(proofs.front().path, "out_v4");
    const auto& figures = proof_of(proofs, "out_v4").figures;
    EXPECT_EQ(figures.sent, 4);
    EXPECT_EQ(figures.refused, 4);
    EXPECT_EQ(figures.passed, 0);
    EXPECT_GE(figures.dropped, 4);
    test::open_again();
    EXPECT_EQ(outcomes_of(prove(request_for(index))), all("failed"));
  });
}

TEST(ProveContainment, WithoutTheHookBelowIpFramesLeave) {
  test::in_private_network([] {
    const int index = make_host();
    test::contain_with({});
    EXPECT_EQ(outcomes_of(prove(request_for(index))), all("proven", {{"link:up0", "failed"}}));
  });
}

TEST(ProveContainment, TheHookBelowIpAloneStopsWhatGoesOut) {
  test::in_private_network([] {
    const int index = make_host();
    test::contain_with({.inet = false, .hooks = {"up0"}});
    EXPECT_EQ(outcomes_of(prove(request_for(index))), all("proven"));
  });
}

TEST(ProveContainment, ARuleThatAllowsTooMuchIsNamed) {
  test::in_private_network([] {
    const int index = make_host();
    ContainRules rules{.hooks = {"up0"}};
    rules.allowed_out = {
        NftRule{}.is(sys::kNftProtocol, 0x0800).counter().accept().comment("allow admin")};
    test::contain_with(rules);
    const auto proofs = prove(request_for(index));
    EXPECT_EQ(outcomes_of(proofs),
              all("proven", {{"out_v4", "failed"}, {"raw_v4", "failed"}, {"link:up0", "failed"}}));
  });
}

TEST(ProveContainment, WhatAnotherFirewallStoppedFirstProvesNothing) {
  test::in_private_network([] {
    const int index = make_host();
    test::contain_with({.hooks = {"up0"}});
    sys::NfTables tables = test::open_tables();
    const sys::NftChain before{test::kTable, "out",
                               sys::NftHook{NF_INET_LOCAL_OUT, -450, NF_DROP, {}}};
    test::expect_done(tables.commit(sys::NftBatch().add_table(test::kTable).add_chain(before)));
    EXPECT_EQ(outcomes_of(prove(request_for(index))), all("asserted", {{"link:up0", "proven"}}));
    // Without any rules of ours, too.
    test::open_again();
    EXPECT_EQ(outcomes_of(prove(request_for(index))), all("asserted", {{"link:up0", "failed"}}));
  });
}

TEST(ProveContainment, WithoutARouteNothingIsProven) {
  test::in_private_network([] {
    test::contain_with({});
    ProofRequest request = request_for(4711);
    EXPECT_EQ(outcomes_of(prove(request)), all("asserted"));
    request.enforcer = Enforcer::kOther;
    EXPECT_EQ(outcomes_of(prove(request)), all("asserted"));
  });
}

TEST(ProveContainment, ABlackholeIsTheProofOfARungWithoutCounters) {
  test::in_private_network([] {
    ASSERT_TRUE(test::add_blackhole("192.0.2.0/24"));
    ASSERT_TRUE(test::add_blackhole("2001:db8::/64"));
    ProofRequest request = request_for(4711);
    request.enforcer = Enforcer::kOther;
    EXPECT_EQ(outcomes_of(prove(request)), all("proven", {{"link:up0", "asserted"}}));
  });
}

TEST(ProveContainment, WithoutIpv6InTheKernelItIsNotAskedFor) {
  test::in_private_network([] {
    const int index = make_host();
    test::contain_with({.hooks = {"up0"}});
    test::FakeHost host;
    const auto proofs = prove_containment(host, sys::nf_tables_present(), request_for(index));
    ASSERT_TRUE(proofs);
    EXPECT_EQ(outcomes_of(*proofs),
              all("proven", {{"out_v6", "asserted"}, {"raw_v6", "asserted"}}));
  });
}

// Somebody who sends to us all the time, in a process of its own.
class Stranger {
 public:
  explicit Stranger(const std::vector<std::string>& addresses) {
    const int from = static_cast<int>(::if_nametoindex("far0"));
    pid_ = ::fork();
    if (pid_ == 0) {
      ::alarm(30);
      for (;;) {
        for (const std::string& text : addresses) {
          const base::Address to = *base::parse_address(text);
          (void)sys::send_frame({from, test::hardware_address_of("up0")},
                                sys::probe_packet(to, to, sys::kDiscardPort, "hello"));
        }
        sys::sleep_nanoseconds(5'000'000);
      }
    }
  }
  ~Stranger() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

 private:
  pid_t pid_ = -1;
};

TEST(ProveContainment, OtherPeoplesPacketsProveWhatComesIn) {
  test::in_private_network([] {
    const int index = make_host();
    ProofRequest request = request_for(index);
    request.listen = std::chrono::seconds(1);
    {
      const Stranger stranger({"198.51.100.2"});
      test::contain_with({.hooks = {"up0"}});
      EXPECT_EQ(outcomes_of(prove(request)), all("proven", {{"in_v4", "proven"}}))
          << "one counter serves both families, and only one came";
    }
    {
      const Stranger stranger({"2001:db8:1::2", "2001:db8:1::2", "198.51.100.2"});
      EXPECT_EQ(proof_of(prove(request), "in_v6").outcome, model::ProofOutcome::kProven);
      // Nothing stops what comes in: the output chain alone is left.
      sys::NfTables tables = test::open_tables();
      const sys::NftTableName table{NFPROTO_INET, kProofTable};
      test::open_again();
      test::expect_done(tables.commit(
          sys::NftBatch()
              .add_table(table)
              .add_chain({table, "out", sys::NftHook{NF_INET_LOCAL_OUT, -400, NF_ACCEPT, {}}})
              .add_rule(table, "out", NftRule{}.counter().drop().comment("drop out"))));
      request.listen = std::chrono::milliseconds(300);
      EXPECT_EQ(outcomes_of(prove(request)),
                all("proven", {{"in_v4", "failed"}, {"in_v6", "failed"}, {"link:up0", "failed"}}));
    }
  });
}

// A container behind a bridge, and one with a device of its own on ours.
struct Containers {
  sys::Fd home = test::own_network();
  sys::Fd bridged = test::make_network();
  sys::Fd macvlan = test::make_network();
};

Containers make_containers(int index) {
  Containers made;
  const int bridge = test::add_bridge("br0");
  const int port = test::add_veth_into("port0", "eth0", made.bridged);
  if (bridge == 0 || port == 0 || !test::turn_on_forwarding()) {
    test::network_cannot_be_made_here();
  }
  EXPECT_TRUE(test::set_master(port, bridge));
  EXPECT_TRUE(test::add_address(bridge, "10.0.0.1/24"));
  EXPECT_TRUE(test::add_address(bridge, "fd00::1/64"));
  test::inside(made.bridged, [] {
    const int eth0 = static_cast<int>(::if_nametoindex("eth0"));
    EXPECT_TRUE(test::add_address(eth0, "10.0.0.2/24"));
    EXPECT_TRUE(test::add_address(eth0, "fd00::2/64"));
    EXPECT_TRUE(test::add_route("0.0.0.0/0", "10.0.0.1", eth0));
    EXPECT_TRUE(test::add_route("::/0", "fd00::1", eth0));
  });
  if (!test::add_macvlan_into("mv0", index, made.macvlan)) {
    test::network_cannot_be_made_here();
  }
  test::inside(made.macvlan, [] {
    const int mv0 = static_cast<int>(::if_nametoindex("mv0"));
    EXPECT_TRUE(test::add_address(mv0, "198.51.100.3/24"));
    EXPECT_TRUE(test::add_neighbour(mv0, "198.51.100.1"));
    EXPECT_TRUE(test::add_route("0.0.0.0/0", "198.51.100.1", mv0));
  });
  return made;
}

TEST(ProveContainment, ContainersProveWhatIsPassedOnAndWhatComesIn) {
  test::in_private_network([] {
    const int index = make_host();
    const Containers made = make_containers(index);
    ProofRequest request = request_for(index);
    const int64_t bridged = test::inode_of(made.bridged);
    const int64_t macvlan = test::inode_of(made.macvlan);
    request.namespaces = {{bridged, &made.bridged}, {macvlan, &made.macvlan}};
    EXPECT_FALSE(prove_containment(test::FakeHost(), sys::nf_tables_present(), request))
        << "there must be a way back";
    request.home = &made.home;
    const auto path = [](int64_t inode, const char* rest) {
      return "namespace:" + std::to_string(inode) + ":" + rest;
    };
    const auto expected = [&](const char* outcome, const char* inner) {
      Outcomes outcomes = all(outcome);
      for (const char* one : {"in_v4", "in_v6", "forward_v4", "forward_v6"}) {
        outcomes[one] = outcome;
      }
      for (const char* one : {"out_v4", "out_v6", "raw_v4", "raw_v6"}) {
        outcomes[path(bridged, one)] = inner;
        const bool v6 = std::string_view(one).ends_with("6");
        outcomes[path(macvlan, one)] = v6 ? "asserted" : outcome;
      }
      outcomes[path(macvlan, "link:mv0")] = outcome;
      return outcomes;
    };
    EXPECT_EQ(outcomes_of(prove(request)), expected("failed", "failed")) << "open";
    test::contain_with({.hooks = {"up0"}});
    EXPECT_EQ(outcomes_of(prove(request)), expected("proven", "proven"))
        << "what leaves a container is stopped here";
    test::inside(made.bridged, [] { test::contain_with({.hooks = {"eth0"}}); });
    Outcomes early = expected("proven", "proven");
    early["in_v4"] = early["in_v6"] = "asserted";
    EXPECT_EQ(outcomes_of(prove(request)), early)
        << "what is stopped there already says nothing about what comes in here";
    test::inside(made.bridged, [] { test::contain_with({}); });
    EXPECT_EQ(outcomes_of(prove(request)), expected("proven", "proven")) << "locked, too";
    EXPECT_EQ(test::inode_of(test::own_network()), test::inode_of(made.home));
  });
}

}  // namespace
}  // namespace genba::act
