// SPDX-License-Identifier: Apache-2.0
#include "act/contain/apply.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>

#include "support/contain_lab.h"
#include "support/network_building.h"
#include "support/nf_tables_lab.h"
#include "support/private_network.h"
#include "sys/nf_tables/nf_tables_dump.h"
#include "sys/sandbox.h"

namespace genba::act {
namespace {

using test::connect;
using test::ContainLab;
using test::datagram_arrives;
using test::expect_done;
using test::in_private_network;
using test::open_tables;

ApplyOptions without_guard(const ContainLab& lab) {
  ApplyOptions options = lab.apply_options();
  options.guard = GuardUse::kNone;
  return options;
}

TEST(Apply, TheSessionStaysAndEverythingElseEnds) {
  in_private_network([] {
    ContainLab lab;
    EXPECT_TRUE(lab.is_open());
    const auto session4 = connect(lab.world4(), lab.here4(), 22);
    const auto session6 = connect(lab.world6(), lab.here6(), 22);
    const auto shell = connect(lab.here4(), lab.world4(), 4444);
    ASSERT_TRUE(session4 && session6 && shell);
    EXPECT_TRUE(shell.talks());
    const auto report = lab.apply(lab.plan(60), lab.apply_options());
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_EQ(report->outcome, model::ActionOutcome::kDone);
    EXPECT_TRUE(report->trouble.empty());
    EXPECT_TRUE(lab.is_closed());
    EXPECT_TRUE(session4.talks());
    EXPECT_TRUE(session6.talks());
    EXPECT_TRUE(connect(lab.world4(), lab.here4(), 22).talks()) << "reconnecting";
    EXPECT_TRUE(connect(lab.world6(), lab.here6(), 22).talks()) << "reconnecting";
    EXPECT_FALSE(shell.talks()) << "it was there before, and is not the session";
    EXPECT_FALSE(connect(lab.world4(), lab.here4(), 80));
    EXPECT_FALSE(connect(lab.here6(), lab.world6(), 22));
    std::printf("apply: our batch %.2f ms, all %.2f ms\n",
                static_cast<double>(report->commit_nanoseconds) / 1e6,
                static_cast<double>(report->nanoseconds) / 1e6);
  });
}

TEST(Apply, LoopbackAndNeighboursStay) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.held_plan(), lab.apply_options());
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_TRUE(test::passes(AF_INET));
    EXPECT_TRUE(test::passes(AF_INET6));
    // Nothing is known of the neighbours yet: ARP and neighbour discovery have to pass.
    EXPECT_TRUE(connect(lab.world4(), lab.here4(), 22).talks());
    EXPECT_TRUE(connect(lab.world6(), lab.here6(), 22).talks());
  });
}

TEST(Apply, TheKernelOpensByItselfWithoutAnyProcess) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.plan(2), without_guard(lab));
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_EQ(report->state.guard.pid, 0);
    EXPECT_TRUE(lab.is_closed());
    EXPECT_TRUE(lab.opens_within(20));
  });
}

TEST(Apply, TheGuardCleansUpBehindTheTimerAndTellsTheJournal) {
  in_private_network([] {
    ContainLab lab;
    const auto report = lab.apply(lab.plan(2), lab.apply_options());
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_TRUE(is_guard(lab.host(), report->state.guard));
    EXPECT_TRUE(lab.opens_within(20));
    for (int i = 0; i < 200 && is_guard(lab.host(), report->state.guard); ++i) {
      ::usleep(50'000);
    }
    EXPECT_FALSE(is_guard(lab.host(), report->state.guard)) << "its work is done";
    sys::NfTables tables = open_tables();
    EXPECT_FALSE(read_our_tables(tables)->any());
    const Journal journal = lab.journal();
    EXPECT_TRUE(journal.log().in_force.empty());
    ASSERT_EQ(journal.log().actions.size(), 2U);
    EXPECT_EQ(journal.log().actions[1].verb, "contain timer");
  });
}

// IPv6 takes a moment after a link is up.
bool arrives_soon(const test::End& from, const test::End& to) {
  for (int i = 0; i < 50; ++i) {
    if (datagram_arrives(from, to)) {
      return true;
    }
  }
  return false;
}

// A guest of ours, reached over a veth, and the world behind us.
void guest_behind(ContainLab& lab, const test::Tenant& guest) {
  const int inner = test::add_veth("to_guest", "eth0");
  ASSERT_NE(inner, 0);
  ASSERT_TRUE(test::add_address(inner, "198.51.100.1/24"));
  ASSERT_TRUE(test::add_address(inner, "2001:db8:1::1/64"));
  test::give_device(static_cast<int>(::if_nametoindex("eth0")), guest.place());
  guest.place().in([] {
    const int index = static_cast<int>(::if_nametoindex("eth0"));
    ASSERT_TRUE(test::set_master(index, 0));  // brings it up
    ASSERT_TRUE(test::add_address(index, "198.51.100.2/24"));
    ASSERT_TRUE(test::add_address(index, "2001:db8:1::2/64"));
    ASSERT_TRUE(test::add_route("192.0.2.0/24", "198.51.100.1", index));
    ASSERT_TRUE(test::add_route("2001:db8::/64", "2001:db8:1::1", index));
  });
  lab.world().in([] {
    const int index = static_cast<int>(::if_nametoindex("far"));
    ASSERT_TRUE(test::add_route("198.51.100.0/24", "192.0.2.1", index));
    ASSERT_TRUE(test::add_route("2001:db8:1::/64", "2001:db8::1", index));
  });
  // Of this network namespace only.
  std::ofstream("/proc/sys/net/ipv4/ip_forward") << "1";
  std::ofstream("/proc/sys/net/ipv6/conf/all/forwarding") << "1";
}

TEST(Apply, NothingIsForwardedAndOtherNamespacesAreLocked) {
  in_private_network([] {
    ContainLab lab;
    test::Tenant guest;
    guest_behind(lab, guest);
    const test::End guest4{&guest.place(), "198.51.100.2"};
    const test::End guest6{&guest.place(), "2001:db8:1::2"};
    const test::End gate4{&lab.here(), "198.51.100.1"};
    ASSERT_TRUE(arrives_soon(guest4, lab.world4()) && arrives_soon(lab.world4(), guest4));
    ASSERT_TRUE(arrives_soon(guest6, lab.world6()) && arrives_soon(lab.world6(), guest6));
    ASSERT_TRUE(datagram_arrives(guest4, gate4));
    // First our own namespace alone: forwarding ends, the guest may still talk to us … not.
    auto plan = lab.plan(60);
    ASSERT_TRUE(lab.apply(plan, lab.apply_options()));
    EXPECT_FALSE(datagram_arrives(guest4, lab.world4()));
    EXPECT_FALSE(datagram_arrives(lab.world4(), guest4));
    EXPECT_FALSE(datagram_arrives(guest6, lab.world6()));
    EXPECT_FALSE(datagram_arrives(lab.world6(), guest6));
    EXPECT_FALSE(datagram_arrives(guest4, gate4));
    ASSERT_TRUE(lab.undo());
    ASSERT_TRUE(arrives_soon(guest4, lab.world4()));
    // Then with the guest's: it cannot talk even over a device that we know nothing of.
    const int side = test::add_veth("side", "aside");
    ASSERT_NE(side, 0);
    test::give_device(side, guest.place());
    test::give_device(static_cast<int>(::if_nametoindex("aside")), lab.world());
    const auto bring_up = [](const char* name, const char* network) {
      const int index = static_cast<int>(::if_nametoindex(name));
      ASSERT_TRUE(test::set_master(index, 0) && test::add_address(index, network));
    };
    guest.place().in([&] { bring_up("side", "203.0.113.1/24"); });
    lab.world().in([&] { bring_up("aside", "203.0.113.2/24"); });
    const test::End side_guest{&guest.place(), "203.0.113.1"};
    const test::End side_world{&lab.world(), "203.0.113.2"};
    ASSERT_TRUE(arrives_soon(side_guest, side_world));
    plan.namespaces = {guest.as_other()};
    const auto report = lab.apply(plan, lab.apply_options());
    ASSERT_TRUE(report) << report.error().what;
    ASSERT_EQ(report->state.namespaces.size(), 2U);
    EXPECT_TRUE(report->state.namespaces[1].contained);
    EXPECT_EQ(report->state.namespaces[1].devices.size(), 2U);
    EXPECT_FALSE(datagram_arrives(side_guest, side_world));
    EXPECT_FALSE(datagram_arrives(side_world, side_guest));
    EXPECT_TRUE(datagram_arrives({&guest.place(), "127.0.0.1"}, {&guest.place(), "127.0.0.1"}));
    const auto undone = lab.undo();
    ASSERT_TRUE(undone) << undone.error().what;
    EXPECT_EQ(undone->namespaces.size(), 2U);
    EXPECT_TRUE(datagram_arrives(side_guest, side_world));
  });
}

// A frame with a datagram to the world's port 9, which its stack would take.
bool frame_arrives(const ContainLab& lab, uint16_t declared) {
  sys::Fd sniffer;
  lab.world().in([&] {
    sniffer = sys::Fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_IP)));
    sockaddr_ll where{};
    where.sll_family = AF_PACKET;
    where.sll_protocol = htons(ETH_P_IP);
    where.sll_ifindex = static_cast<int>(::if_nametoindex("far"));
    EXPECT_EQ(::bind(sniffer.get(), reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
  });
  const sys::Fd sender(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  std::string frame("\xFF\xFF\xFF\xFF\xFF\xFF\x02\0\0\0\0\x07\x08\0", 14);
  frame += std::string("\x45\0\0\x1D\0\0\0\0\x40\x11\0\0\xC0\0\x02\x01\xC0\0\x02\x02", 20);
  frame += std::string("\0\x09\0\x09\0\x09\0\0x", 9);
  frame.resize(60, '\0');
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_protocol = htons(declared);
  to.sll_ifindex = static_cast<int>(::if_nametoindex("up0"));
  to.sll_halen = 6;
  std::memset(to.sll_addr, 0xFF, 6);
  (void)::sendto(sender.get(), frame.data(), frame.size(), 0, reinterpret_cast<sockaddr*>(&to),
                 sizeof to);
  pollfd polled{sniffer.get(), POLLIN, 0};
  std::string got(2048, '\0');
  while (::poll(&polled, 1, 200) == 1) {
    const ssize_t size = ::recv(sniffer.get(), got.data(), got.size(), 0);
    if (size >= 20 && got.compare(6, 6, frame, 6, 6) == 0) {
      return true;
    }
  }
  return false;
}

TEST(Apply, FramesDoNotLeaveWhateverTheyAreCalled) {
  in_private_network([] {
    ContainLab lab;
    constexpr uint16_t kExperimental = 0x88B5;  // IEEE 802 local experimental
    EXPECT_TRUE(frame_arrives(lab, ETH_P_IP));
    EXPECT_TRUE(frame_arrives(lab, kExperimental));
    ASSERT_TRUE(lab.apply(lab.plan(60), lab.apply_options()));
    EXPECT_FALSE(frame_arrives(lab, ETH_P_IP));
    EXPECT_FALSE(frame_arrives(lab, kExperimental));
    EXPECT_FALSE(frame_arrives(lab, ETH_P_ARP));
    ASSERT_TRUE(lab.undo());
    EXPECT_TRUE(frame_arrives(lab, kExperimental));
  });
}

TEST(Apply, ASecondContainmentIsRefused) {
  in_private_network([] {
    ContainLab lab;
    const auto first = lab.apply(lab.plan(60), lab.apply_options());
    ASSERT_TRUE(first) << first.error().what;
    const auto guard = lab.guard();
    const auto second = lab.apply(lab.plan(60), lab.apply_options());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::ErrorCode::kInvalid);
    EXPECT_NE(second.error().what.find(first->state.id), std::string::npos);
    EXPECT_NE(second.error().what.find("extend"), std::string::npos);
    EXPECT_TRUE(is_guard(lab.host(), guard));
    EXPECT_EQ(lab.journal().log().actions.size(), 1U) << "nothing was begun";
  });
}

TEST(Apply, ATableOfOurNameThatIsNotOursIsRefused) {
  in_private_network([] {
    ContainLab lab;
    sys::NfTables tables = open_tables();
    expect_done(tables.commit(
        sys::NftBatch{}.add_table(contain_inet(), sys::NftOwnership::kNone, "somebody else")));
    const auto report = lab.apply(lab.plan(60), lab.apply_options());
    ASSERT_FALSE(report);
    EXPECT_NE(report.error().what.find("not Genba's"), std::string::npos) << report.error().what;
    EXPECT_FALSE(lab.undo()) << "without --force";
    EXPECT_TRUE(lab.undo(Force::kYes));
    EXPECT_FALSE(read_our_tables(tables)->any());
  });
}

TEST(Apply, WithoutTheCapabilityNothingIsBegun) {
  in_private_network([] {
    ContainLab lab;
    Journal journal = lab.journal();
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2] = {};
    ASSERT_EQ(::syscall(SYS_capset, &header, data), 0);
    const auto report = apply(lab.host(), lab.plan(60), lab.apply_options(), journal);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, base::ErrorCode::kDenied) << report.error().what;
    EXPECT_TRUE(journal.log().actions.empty());
  });
}

TEST(Apply, ARefusedPlanAndOneWithoutATimerAreNotApplied) {
  in_private_network([] {
    ContainLab lab;
    auto plan = lab.plan(60);
    plan.refusals.emplace_back().id = "no_session";
    const auto refused = lab.apply(plan, lab.apply_options());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("no_session"), std::string::npos);
    EXPECT_FALSE(lab.apply(lab.plan(0), lab.apply_options()));
    EXPECT_TRUE(lab.is_open());
  });
}

TEST(Apply, OlderKernelsLoseOnlyWhatTheyLack) {
  in_private_network([] {
    ContainLab lab;
    for (const DeviceHooks hooks : {DeviceHooks::kNone, DeviceHooks::kIngress}) {
      ApplyOptions options = lab.apply_options();
      options.abilities = KernelAbilities{false, hooks};
      const auto report = lab.apply(lab.plan(60), options);
      ASSERT_TRUE(report) << report.error().what;
      EXPECT_FALSE(report->notes.empty());
      EXPECT_EQ(report->state.namespaces[0].hooks, hooks);
      EXPECT_FALSE(report->state.namespaces[0].owned);
      EXPECT_TRUE(lab.is_closed());
      ASSERT_TRUE(lab.undo());
      EXPECT_TRUE(lab.is_open());
    }
  });
}

TEST(Apply, ADeviceThatWentSinceThePlanIsTold) {
  in_private_network([] {
    ContainLab lab;
    auto plan = lab.plan(60);
    plan.devices.push_back(plan.devices.front());
    plan.devices.back().name = "gone0";
    const auto report = lab.apply(plan, lab.apply_options());
    ASSERT_TRUE(report) << report.error().what;
    ASSERT_EQ(report->notes.size(), 1U);
    EXPECT_NE(report->notes[0].text.en.find("gone0"), std::string::npos);
  });
}

TEST(Apply, ANamespaceThatCannotBeEnteredIsNotSilent) {
  in_private_network([] {
    ContainLab lab;
    auto plan = lab.plan(60);
    model::OtherNamespace gone;
    gone.inode = 1;  // none has it
    plan.namespaces = {gone};
    const auto report = lab.apply(plan, lab.apply_options());
    ASSERT_TRUE(report) << report.error().what;
    ASSERT_EQ(report->state.namespaces.size(), 2U);
    EXPECT_TRUE(report->state.namespaces[1].gone);
    EXPECT_FALSE(report->state.namespaces[1].contained);
    EXPECT_FALSE(report->notes.empty());
  });
}

TEST(Apply, TheSandboxLetsItDoAllOfThis) {
  in_private_network([] {
    ContainLab lab;
    test::Tenant guest;
    const pid_t child = ::fork();
    if (child == 0) {
      if (!sys::enter_sandbox(sys::Profile::kAct)) {
        ::_exit(2);
      }
      auto plan = lab.plan(60);
      plan.namespaces = {guest.as_other()};
      const auto applied = lab.apply(plan, lab.apply_options());
      const bool good = applied && applied->trouble.empty() &&
                        applied->state.namespaces[1].contained && applied->state.guard.pid > 0 &&
                        lab.extend(60) && lab.confirm() && lab.undo();
      ::_exit(good ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(lab.is_open());
  });
}

// Other people's tables, of a kind that a busy host has.
void fill_ruleset(int tables_wanted) {
  sys::NfTables tables = open_tables();
  sys::NftBatch batch;
  for (int i = 0; i < tables_wanted; ++i) {
    const sys::NftTableName name{NFPROTO_INET, "foreign" + std::to_string(i)};
    batch.add_table(name);
    batch.add_chain({name, "in", sys::NftHook{NF_INET_LOCAL_IN, i, NF_ACCEPT, {}}});
    for (uint64_t port = 1; port <= 5; ++port) {
      batch.add_rule(name, "in",
                     sys::NftRule{}
                         .l4proto(IPPROTO_TCP)
                         .is(sys::kNftDestinationPort, 6000 + port)
                         .counter()
                         .drop());
    }
  }
  expect_done(tables.commit(batch));
}

TEST(Apply, ARulesetFullOfTablesIsTheSameAfterwards) {
  in_private_network([] {
    ContainLab lab;
    fill_ruleset(200);
    sys::NfTables tables = open_tables();
    const auto before = sys::read_nft_ruleset(tables);
    const auto report = lab.apply(lab.plan(60), lab.apply_options());
    ASSERT_TRUE(report) << report.error().what;
    EXPECT_TRUE(lab.is_closed());
    std::printf("apply among 200 tables: our batch %.2f ms, all %.2f ms\n",
                static_cast<double>(report->commit_nanoseconds) / 1e6,
                static_cast<double>(report->nanoseconds) / 1e6);
    const auto undone = lab.undo();
    ASSERT_TRUE(undone) << undone.error().what;
    ASSERT_EQ(undone->namespaces.size(), 1U);
    EXPECT_EQ(undone->namespaces[0].rules, UndoneNamespace::Rules::kIdentical);
    EXPECT_EQ(sys::read_nft_ruleset(tables)->settled, before->settled);
    EXPECT_EQ(undone->outcome, model::ActionOutcome::kDone);
  });
}

// Whenever it is killed, the host is as it was or locked with its timer, and the next Genba can
// take it back.
TEST(Apply, KilledAtAnyMomentItLeavesWhatWasPromised) {
  in_private_network([] {
    ContainLab lab;
    int contained = 0;
    int tries = 0;
    // On a slow machine longer, until it was closed at least once.
    for (int i = 0; i < 24 || (contained == 0 && i < 1000); ++i) {
      ++tries;
      const bool holds = i % 2 == 1;
      const pid_t child = ::fork();
      if (child == 0) {
        Journal journal = lab.journal();
        (void)apply(lab.host(), holds ? lab.held_plan() : lab.plan(600), lab.apply_options(),
                    journal);
        ::_exit(0);
      }
      ::usleep(static_cast<useconds_t>(i * 3000));
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
      sys::NfTables tables = open_tables();
      const auto ours = read_our_tables(tables);
      ASSERT_TRUE(ours);
      if (!ours->any()) {
        (void)lab.undo();
        continue;
      }
      ++contained;
      ASSERT_TRUE(ours->inet && ours->netdev) << "one batch, all or nothing";
      EXPECT_TRUE(timer_of(*ours->inet).whole);
      EXPECT_EQ(timer_of(*ours->inet).remaining.has_value(), !holds);
      EXPECT_FALSE(datagram_arrives(lab.here4(), lab.world4()));
      const auto undone = lab.undo();
      ASSERT_TRUE(undone) << undone.error().what;
      EXPECT_EQ(undone->outcome, model::ActionOutcome::kDone)
          << (undone->trouble.empty() ? "" : undone->trouble[0].text.en);
      EXPECT_EQ(undone->namespaces[0].rules, UndoneNamespace::Rules::kIdentical);
      EXPECT_TRUE(datagram_arrives(lab.here4(), lab.world4()));
    }
    EXPECT_GT(contained, 0);
    std::printf("killed %d times, contained %d times\n", tries, contained);
  });
}

}  // namespace
}  // namespace genba::act
