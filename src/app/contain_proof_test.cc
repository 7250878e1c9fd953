// SPDX-License-Identifier: Apache-2.0
#include "app/contain_proof.h"

#include <gtest/gtest.h>

#include "support/fake_host.h"

namespace genba::app {
namespace {

TEST(ContainProof, SessionOverLoopbackIsAssertedForWhatItIsWhereTcpCannotBeAsked) {
  test::FakeHost host;
  host.set_sock_diag_families({});
  model::SessionCandidate session;
  session.family = "ipv4";
  session.loopback = true;
  bool counted = false;
  const auto count = [&]() -> std::optional<SessionCount> {
    counted = true;
    return std::nullopt;
  };
  const model::PathProof over_loopback = prove_own_session(host, &session, 0, count, {});
  EXPECT_EQ(over_loopback.outcome, model::ProofOutcome::kAsserted);
  EXPECT_NE(over_loopback.text.en.find("on this host"), std::string::npos) << over_loopback.text.en;
  EXPECT_FALSE(counted) << "no rule counts what loopback carries";

  session.loopback = false;
  const model::PathProof over_network = prove_own_session(host, &session, 0, count, {});
  EXPECT_EQ(over_network.outcome, model::ProofOutcome::kAsserted);
  EXPECT_NE(over_network.text.en.find("tcp_diag"), std::string::npos) << over_network.text.en;
  EXPECT_TRUE(counted);
}

}  // namespace
}  // namespace genba::app
