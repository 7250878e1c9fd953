// SPDX-License-Identifier: Apache-2.0
#include "act/contain/responder.h"

#include <gtest/gtest.h>

#include "support/contain_story.h"

namespace genba::act {
namespace {

using test::Story;

using model::Confidence;

TEST(Responder, TheConnectionOfOurOwnSshdIsProven) {
  Story story;
  story.login(100, 1000, "198.51.100.7", 50000);
  story.login(200, 1000, "203.0.113.66", 40000);  // the same account, another place
  story.process(110, 102, "sudo", "/usr/bin/sudo", 0, 1000);
  const Responder found = story.find(110, 1000, "pts/0");
  ASSERT_NE(found.session(), nullptr);
  EXPECT_EQ(found.session()->confidence, Confidence::kProven);
  EXPECT_EQ(base::to_text(found.session()->remote), "198.51.100.7");
  EXPECT_EQ(found.session()->remote_port, 50000);
  EXPECT_EQ(found.candidates.size(), 1U);
  EXPECT_EQ(found.ancestors, (std::vector<int64_t>{110, 102, 101, 100, 50, 1}));
}

TEST(Responder, WhatTheSessionForwardsIsNotTheSession) {
  Story story;
  story.login(100, 0, "198.51.100.7", 50000);
  story.socket(100, 901, "192.0.2.1", 33333, "203.0.113.66", 443);  // ssh -L, root's sshd itself
  story.listen(100, 8080);                                          // ssh -R
  story.socket(100, 902, "192.0.2.1", 8080, "203.0.113.66", 5555);
  const Responder found = story.find(102, 0, "pts/0");
  ASSERT_NE(found.session(), nullptr);
  EXPECT_EQ(base::to_text(found.session()->remote), "198.51.100.7");
  EXPECT_EQ(found.candidates.size(), 1U);
}

TEST(Responder, AProcessThatOnlyCallsItselfSshdIsNotBelieved) {
  Story story;
  story.process(300, 1, "sshd", "/tmp/sshd", 0, 0);
  story.process(301, 300, "bash", "/bin/bash", 0, 0);
  story.socket(300, 903, "192.0.2.1", 22, "203.0.113.66", 4444);
  const Responder found = story.find(301, 0, "pts/3");
  EXPECT_EQ(found.session(), nullptr);
  EXPECT_TRUE(found.candidates.empty());
  ASSERT_FALSE(found.doubts.empty());
  EXPECT_NE(found.doubts[0].en.find("/tmp/sshd"), std::string::npos);
}

TEST(Responder, AnUnprivilegedSshdOfAUserIsNotBelieved) {
  Story story;
  story.process(300, 1, "sshd", "/usr/sbin/sshd", 1000, 1000);
  story.process(301, 300, "bash", "/bin/bash", 1000, 1000);
  story.socket(300, 903, "192.0.2.1", 2022, "203.0.113.66", 4444);
  EXPECT_EQ(story.find(301, 1000, "pts/3").session(), nullptr);
}

TEST(Responder, TmuxIsFollowedToItsOneClient) {
  Story story;
  story.login(100, 1000, "198.51.100.7", 50000);
  story.process(105, 102, "tmux: client", "/usr/bin/tmux", 1000, 1000, "pts/0");
  story.process(400, 1, "tmux: server", "/usr/bin/tmux", 1000, 1000);
  story.process(401, 400, "bash", "/bin/bash", 1000, 1000, "pts/5");
  const Responder found = story.find(401, 1000, "pts/5");
  ASSERT_NE(found.session(), nullptr);
  EXPECT_EQ(found.session()->confidence, Confidence::kLikely);
  EXPECT_EQ(base::to_text(found.session()->remote), "198.51.100.7");
}

TEST(Responder, AmongTwoClientsOfTmuxNoneIsChosen) {
  Story story;
  story.login(100, 1000, "198.51.100.7", 50000);
  story.login(200, 1000, "203.0.113.66", 40000);
  story.process(105, 102, "tmux: client", "/usr/bin/tmux", 1000, 1000, "pts/0");
  story.process(205, 202, "tmux: client", "/usr/bin/tmux", 1000, 1000, "pts/1");
  story.process(400, 1, "tmux: server", "/usr/bin/tmux", 1000, 1000);
  story.process(401, 400, "bash", "/bin/bash", 1000, 1000, "pts/5");
  const Responder found = story.find(401, 1000, "pts/5");
  EXPECT_EQ(found.session(), nullptr);
  EXPECT_EQ(found.candidates.size(), 2U);
  EXPECT_FALSE(found.doubts.empty());
}

TEST(Responder, WithoutAWayTheSessionsOfTheLoginAreOnlyHints) {
  Story story;
  story.login(100, 1000, "198.51.100.7", 50000);
  story.login(200, 1001, "203.0.113.66", 40000);
  story.process(500, 1, "bash", "/bin/bash", 0, 1000);  // nohup, its session is over
  const Responder found = story.find(500, 1000, "pts/9");
  EXPECT_EQ(found.session(), nullptr);
  ASSERT_EQ(found.candidates.size(), 1U);
  EXPECT_EQ(found.candidates[0].confidence, Confidence::kHint);
}

TEST(Responder, AConsoleNeedsNoNetwork) {
  Story story;
  story.login(200, 0, "203.0.113.66", 40000);
  story.process(600, 1, "login", "/bin/login", 0, 0, "ttyS0");
  story.process(601, 600, "bash", "/bin/bash", 0, 0, "ttyS0");
  const Responder found = story.find(601, 0, "ttyS0");
  EXPECT_EQ(found.way, SessionWay::kConsole);
  EXPECT_TRUE(found.candidates.empty());
}

TEST(Responder, SshToOneselfLeadsToTheSessionOutside) {
  Story story;
  story.login(100, 1000, "198.51.100.7", 50000);
  story.process(106, 102, "ssh", "/usr/bin/ssh", 1000, 1000, "pts/0");
  story.socket(106, 910, "127.0.0.1", 41000, "127.0.0.1", 22);
  story.login(700, 0, "127.0.0.1", 41000, "127.0.0.1");
  const Responder found = story.find(702, 0, "pts/1");
  ASSERT_NE(found.session(), nullptr);
  EXPECT_EQ(base::to_text(found.session()->remote), "198.51.100.7");
  EXPECT_EQ(found.session()->confidence, Confidence::kLikely);
}

TEST(Responder, AConnectionOverAMappedAddressIsIpv4OnTheWire) {
  Story story;
  story.login(100, 1000, "::ffff:198.51.100.7", 50000, "::ffff:192.0.2.1");
  const Responder found = story.find(102, 1000, "pts/0");
  ASSERT_NE(found.session(), nullptr);
  EXPECT_EQ(base::to_text(found.session()->remote), "198.51.100.7");
  EXPECT_EQ(found.session()->family, "ipv6");
  EXPECT_EQ(base::to_text(flow_of(*found.session()).remote), "::ffff:198.51.100.7");
}

TEST(Responder, ParentsThatGoInACircleEnd) {
  Story story;
  story.process(800, 801, "a", "/bin/a", 0, 0);
  story.process(801, 800, "b", "/bin/b", 0, 0);
  const Responder found = story.find(800, 0, "pts/0");
  EXPECT_EQ(found.way, SessionWay::kNone);
  EXPECT_EQ(found.ancestors.size(), 2U);
}

TEST(Responder, MoshAsksForTheAddress) {
  Story story;
  story.process(900, 1, "mosh-server", "/usr/bin/mosh-server", 1000, 1000);
  story.process(901, 900, "bash", "/bin/bash", 1000, 1000, "pts/0");
  const Responder found = story.find(901, 1000, "pts/0");
  EXPECT_EQ(found.session(), nullptr);
  EXPECT_NE(found.doubts.at(0).en.find("--admin"), std::string::npos);
}

}  // namespace
}  // namespace genba::act
