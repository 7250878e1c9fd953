// SPDX-License-Identifier: Apache-2.0
#include "act/contain/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "support/contain_story.h"

namespace genba::act {
namespace {

using test::Story;

base::Address at(std::string_view text) {
  return *base::parse_address(text);
}

sys::Link link(int index, const char* name, const char* kind = "") {
  sys::Link made;
  made.index = index;
  made.name = name;
  made.kind = kind;
  made.type = 1;  // ARPHRD_ETHER
  return made;
}

// A server with one device, and the responder (uid 1000) on it from `remote`.
Found server(const char* remote = "198.51.100.7", const char* local = "192.0.2.1") {
  Story story;
  story.login(100, 1000, remote, 50000, local);
  Found found;
  found.self.parent = 102;
  found.responder = story.find(102, 1000, "pts/0");
  found.processes = story.processes;
  found.sockets = story.sockets;
  found.ports = story.ports;
  found.links = {link(2, "eth0")};
  found.addresses = {{2, unmapped(at(local)), 24}};
  sys::Route way;
  way.hops = {{2, std::nullopt}};
  found.way = way;
  return found;
}

const AllowedFlow* flow(const Plan& plan, std::string_view id) {
  const auto found = std::find_if(plan.flows.begin(), plan.flows.end(),
                                  [&](const AllowedFlow& row) { return row.id == id; });
  return found == plan.flows.end() ? nullptr : &*found;
}

bool has(const std::vector<PlanNote>& notes, std::string_view id) {
  return std::any_of(notes.begin(), notes.end(), [&](const PlanNote& row) { return row.id == id; });
}

TEST(Plan, TheSessionAndReconnectsStayAndNothingElseOfTheAccount) {
  Found found = server();
  Story story;
  story.login(200, 1000, "203.0.113.66", 40000);
  found.sockets.insert(found.sockets.end(), story.sockets.begin(), story.sockets.end());
  const Plan plan = plan_containment(found, {});
  EXPECT_TRUE(plan.refusals.empty()) << plan.refusals[0].text.en;
  const AllowedFlow* session = flow(plan, "session");
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->remote.address, at("198.51.100.7"));
  EXPECT_EQ(session->remote_ports.first, 50000);
  EXPECT_EQ(session->local_ports.first, 22);
  EXPECT_EQ(session->local_ports.last, 22);
  const AllowedFlow* again = flow(plan, "reconnect");
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->remote_ports.last, 65535);
  for (const AllowedFlow& row : plan.flows) {
    EXPECT_FALSE(row.protocol == 6 && row.remote.contains(at("203.0.113.66"))) << row.id;
  }
  EXPECT_TRUE(has(plan.breaks, "connections"));
  EXPECT_EQ(flow(plan, "neighbour_discovery"), nullptr) << "no IPv6 here";
  EXPECT_EQ(flow(plan, "dns"), nullptr);
  ASSERT_EQ(plan.devices.size(), 1U);
  EXPECT_EQ(plan.devices[0].name, "eth0");
  EXPECT_EQ(plan.timeout, 300);
}

TEST(Plan, ARedirectedSessionStaysAsItArrivesToo) {
  Found found = server();
  found.redirected = {{at("198.51.100.7"), at("203.0.113.1"), 6, 50000, 2222}};
  ContainOptions options;
  options.admins = {*base::parse_network("198.51.100.0/24")};
  const Plan plan = plan_containment(found, options);
  const auto is_allowed = [&](std::string_view id, const char* local, uint16_t port,
                              PortRange from) {
    return std::any_of(plan.flows.begin(), plan.flows.end(), [&](const AllowedFlow& row) {
      return row.id == id && row.protocol == 6 && row.direction == FlowDirection::kBoth &&
             row.local.address == at(local) && row.local.bits == 32 &&
             row.local_ports.first == port && row.local_ports.last == port &&
             row.remote.address == at("198.51.100.7") && row.remote.bits == 32 &&
             row.remote_ports.first == from.first && row.remote_ports.last == from.last;
    });
  };
  EXPECT_TRUE(is_allowed("session", "192.0.2.1", 22, {50000, 50000}));
  EXPECT_TRUE(is_allowed("session", "203.0.113.1", 2222, {50000, 50000}));
  EXPECT_TRUE(is_allowed("reconnect", "192.0.2.1", 22, {}));
  EXPECT_TRUE(is_allowed("reconnect", "203.0.113.1", 2222, {}));
  EXPECT_EQ(std::count_if(plan.flows.begin(), plan.flows.end(),
                          [](const AllowedFlow& row) { return row.id == "admin"; }),
            2)
      << "admins come in where the responder did, and at sshd's port";
}

TEST(Plan, AnAddressThatNatHidIsAlsoLookedForAmongSuspects) {
  Found found = server();
  found.redirected = {{at("203.0.113.66"), at("192.0.2.1"), 6, 50000, 2222}};
  found.suspects = {{*base::parse_network("203.0.113.66"), {"guessed", "推測"}, true}};
  EXPECT_TRUE(has(plan_containment(found, {}).refusals, "admin_is_suspect"));
}

TEST(Plan, AnIpv6OnlyHostKeepsItsNeighbours) {
  const Plan plan = plan_containment(server("2001:db8:1::7", "2001:db8::1"), {});
  const AllowedFlow* discovery = flow(plan, "neighbour_discovery");
  ASSERT_NE(discovery, nullptr);
  EXPECT_EQ(discovery->types, (std::vector<uint8_t>{133, 134, 135, 136, 137}));
  EXPECT_EQ(discovery->hop_limit, 255);
  EXPECT_EQ(flow(plan, "session")->family(), base::AddressFamily::kIpv6);
  EXPECT_EQ(flow(plan, "session")->remote.bits, 128);
  for (const AllowedFlow& row : plan.flows) {
    EXPECT_EQ(row.family(), base::AddressFamily::kIpv6) << row.id;
  }
}

TEST(Plan, AMappedSessionIsAllowedAsIpv4) {
  const Plan plan = plan_containment(server("::ffff:198.51.100.7", "::ffff:192.0.2.1"), {});
  ASSERT_NE(flow(plan, "session"), nullptr);
  EXPECT_EQ(flow(plan, "session")->remote.address, at("198.51.100.7"));
  EXPECT_EQ(flow(plan, "session")->remote.bits, 32);
}

TEST(Plan, AConsoleNeedsNobody) {
  Found found = server();
  found.responder = {};
  found.responder.way = SessionWay::kConsole;
  const Plan plan = plan_containment(found, {});
  EXPECT_TRUE(plan.refusals.empty());
  EXPECT_EQ(flow(plan, "session"), nullptr);
}

TEST(Plan, WithoutASessionItIsRefusedUnlessAnAdminIsNamed) {
  Found found = server();
  found.responder = {};
  EXPECT_TRUE(has(plan_containment(found, {}).refusals, "no_session"));
  ContainOptions options;
  options.admins = {*base::parse_network("198.51.100.0/24")};
  const Plan plan = plan_containment(found, options);
  EXPECT_TRUE(plan.refusals.empty());
  ASSERT_NE(flow(plan, "admin"), nullptr);
  EXPECT_EQ(flow(plan, "admin")->local_ports.first, 22);
  options.admins = {*base::parse_network("0.0.0.0/0")};
  EXPECT_TRUE(has(plan_containment(found, options).refusals, "admin_too_wide"));
}

TEST(Plan, AnAdminAtASuspectsAddressIsRefused) {
  Found found = server();
  found.suspects = {
      {*base::parse_network("198.51.100.7"), {"it put a key into root's file", ""}, true}};
  EXPECT_TRUE(has(plan_containment(found, {}).refusals, "admin_is_suspect"));
  ContainOptions options;
  options.force_admin = true;
  const Plan forced = plan_containment(found, options);
  EXPECT_TRUE(forced.refusals.empty());
  EXPECT_TRUE(has(forced.warnings, "admin_is_suspect"));
  found.suspects[0].sure = false;
  EXPECT_TRUE(plan_containment(found, {}).refusals.empty());
  options = {};
  options.admins = {*base::parse_network("203.0.113.0/24")};
  found.suspects = {
      {*base::parse_network("203.0.113.66"), {"guessed passwords, got in", ""}, true}};
  EXPECT_TRUE(has(plan_containment(found, options).refusals, "admin_is_suspect"));
}

TEST(Plan, AJumpHostWithManyUsersIsWarnedOf) {
  Found found = server();
  found.users_of_address = {"alice", "bob", "mallory"};
  const Plan plan = plan_containment(found, {});
  EXPECT_TRUE(has(plan.warnings, "shared_address"));
  EXPECT_TRUE(plan.refusals.empty());
}

TEST(Plan, UnderWireguardTheOuterPacketsStay) {
  Found found = server("10.8.0.2", "10.8.0.1");
  found.links.push_back(link(5, "wg0", "wireguard"));
  found.way->hops[0].index = 5;
  EXPECT_TRUE(has(plan_containment(found, {}).refusals, "transport_unknown"));
  sys::WireguardPeer wide;
  wide.endpoint = at("203.0.113.66");
  wide.port = 1;
  wide.allowed = {*base::parse_network("0.0.0.0/0")};
  sys::WireguardPeer mine;
  mine.endpoint = at("198.51.100.7");
  mine.port = 51000;
  mine.allowed = {*base::parse_network("10.8.0.2/32")};
  found.wireguards = {{5, {51820, {wide, mine}}}};
  const Plan plan = plan_containment(found, {});
  EXPECT_TRUE(plan.refusals.empty());
  const AllowedFlow* outer = flow(plan, "transport");
  ASSERT_NE(outer, nullptr);
  EXPECT_EQ(outer->protocol, 17);
  EXPECT_EQ(outer->remote.address, at("198.51.100.7"));
  EXPECT_EQ(outer->remote_ports.first, 51000);
  EXPECT_EQ(outer->local_ports.first, 51820);
}

TEST(Plan, UnderAnUnknownTunnelItIsRefusedUnlessItsEndIsNamed) {
  Found found = server("10.8.0.2", "10.8.0.1");
  found.links.push_back(link(5, "ipsec0", "xfrm"));
  found.way->hops[0].index = 5;
  EXPECT_TRUE(has(plan_containment(found, {}).refusals, "transport_unknown"));
  ContainOptions options;
  options.allowed = {*parse_allowed_peer("198.51.100.7:4500")};
  const Plan plan = plan_containment(found, options);
  EXPECT_TRUE(plan.refusals.empty());
  EXPECT_TRUE(has(plan.warnings, "transport_unknown"));
}

TEST(Plan, ADaemonBehindATunIsKnownByItsProgramNotItsName) {
  Found found = server("10.8.0.2", "10.8.0.1");
  found.links.push_back(link(5, "tun0", "tun"));
  found.way->hops[0].index = 5;
  Story story;
  story.process(900, 1, "openvpn", "/tmp/openvpn", 0, std::nullopt);
  story.socket(900, 9000, "192.0.2.1", 1194, "203.0.113.66", 1194, "udp");
  found.processes = story.processes;
  found.sockets = story.sockets;
  EXPECT_EQ(flow(plan_containment(found, {}), "transport"), nullptr);
  found.processes.back().path = "/usr/sbin/openvpn";
  found.processes.back().name = "x";
  EXPECT_NE(flow(plan_containment(found, {}), "transport"), nullptr);
}

model::Mount mount(const char* path, const char* type, const char* device, const char* options) {
  model::Mount made;
  made.path = path;
  made.type = type;
  made.device = device;
  made.super_options = options;
  return made;
}

TEST(Plan, StorageStaysAndARootOnTheNetworkIsRefused) {
  Found found = server();
  found.mounts = {mount("/home", "nfs4", "files:/home", "rw,vers=4.2,addr=192.0.2.5"),
                  mount("/mnt", "cifs", "//192.0.2.6/share", "rw,vers=3.0"),
                  mount("/data", "nfs", "files:/data", "rw")};
  const Plan plan = plan_containment(found, {});
  EXPECT_TRUE(plan.refusals.empty());
  EXPECT_EQ(std::count_if(plan.flows.begin(), plan.flows.end(),
                          [](const AllowedFlow& row) { return row.id == "storage"; }),
            3);
  EXPECT_EQ(flow(plan, "storage")->remote.address, at("192.0.2.5"));
  EXPECT_EQ(flow(plan, "storage")->remote_ports.first, 2049);
  EXPECT_TRUE(has(plan.breaks, "storage_unknown"));
  found.mounts[0].path = "/";
  EXPECT_TRUE(has(plan_containment(found, {}).refusals, "root_on_network"));
  ContainOptions options;
  options.force_storage = true;
  EXPECT_TRUE(plan_containment(found, options).refusals.empty());
  found.mnt_namespace = 7;  // the root of a container only
  EXPECT_TRUE(plan_containment(found, {}).refusals.empty());
}

TEST(Plan, AShareOfTheIntruderDoesNotLetHimOut) {
  Found found = server();
  found.suspects = {{*base::parse_network("203.0.113.66"), {"command and control", ""}, true}};
  found.mounts = {mount("/x", "nfs4", "203.0.113.66:/x", "rw,addr=203.0.113.66"),
                  mount("/y", "fuse.glusterfs", "203.0.113.67:/y", "rw")};
  const Plan plan = plan_containment(found, {});
  EXPECT_EQ(flow(plan, "storage"), nullptr);
  EXPECT_TRUE(has(plan.breaks, "storage_is_suspect"));
}

TEST(Plan, ALinkLocalSessionIsAllowedOnItsDeviceOnly) {
  Found found = server("fe80::7", "fe80::1");
  found.links.push_back(link(3, "eth1"));
  found.addresses = {{2, at("fe80::2"), 64}, {3, at("fe80::1"), 64}};
  const Plan plan = plan_containment(found, {});
  ASSERT_NE(flow(plan, "session"), nullptr);
  EXPECT_EQ(flow(plan, "session")->device, "eth1");
}

TEST(Plan, ASessionOverLoopbackNeedsNoRule) {
  const Plan plan = plan_containment(server("127.0.0.1", "127.0.0.1"), {});
  EXPECT_TRUE(plan.refusals.empty());
  EXPECT_EQ(flow(plan, "session"), nullptr);
  ASSERT_TRUE(plan.session);
  EXPECT_TRUE(plan.session->loopback);
}

TEST(Plan, ALeaseIsRenewedAndMetadataStaysBlocked) {
  Found found = server();
  sys::Route leased;
  leased.protocol = 16;  // RTPROT_DHCP
  leased.hops = {{2, at("192.0.2.254")}};
  found.routes = {leased};
  ContainOptions options;
  options.allowed = {*parse_allowed_peer("169.254.169.254:80")};
  const Plan plan = plan_containment(found, options);
  ASSERT_NE(flow(plan, "dhcp4"), nullptr);
  EXPECT_EQ(flow(plan, "dhcp4")->local_ports.first, 68);
  EXPECT_TRUE(has(plan.refusals, "allow_is_metadata"));
  EXPECT_EQ(plan.blocked.size(), 5U);
}

TEST(Plan, OnlyResolversThatAreNamedStay) {
  Found found = server();
  found.resolvers = {at("127.0.0.53"), at("192.0.2.53")};
  ContainOptions options;
  options.dns = true;
  const Plan plan = plan_containment(found, options);
  ASSERT_NE(flow(plan, "dns"), nullptr);
  EXPECT_EQ(flow(plan, "dns")->remote.address, at("192.0.2.53"));
  found.resolvers = {at("127.0.0.53")};
  EXPECT_TRUE(has(plan_containment(found, options).warnings, "dns_unknown"));
}

TEST(Plan, InAGuestNetworkTheWayOutIsHookedThoughItIsAVeth) {
  Found found = server();
  found.links = {link(2, "eth0", "veth"), link(3, "docker0", "bridge"), link(4, "ens3")};
  const Plan plan = plan_containment(found, {});
  ASSERT_EQ(plan.devices.size(), 2U);
  EXPECT_EQ(plan.devices[0].name, "eth0");
  EXPECT_EQ(plan.devices[1].name, "ens3");
}

std::vector<model::Text> texts_of(const Plan& plan) {
  std::vector<model::Text> texts;
  for (const auto* notes :
       {&plan.breaks, &plan.not_covered, &plan.warnings, &plan.elsewhere, &plan.refusals}) {
    for (const PlanNote& note : *notes) {
      texts.push_back(note.text);
    }
  }
  for (const AllowedFlow& allowed : plan.flows) {
    texts.push_back(allowed.reason);
  }
  for (const HookedDevice& device : plan.devices) {
    texts.push_back(device.why);
  }
  return texts;
}

// Everything that a plan of a busy server can have to say at once.
Found talkative() {
  Found found = server();
  model::Mount root;
  root.type = "nfs4";
  root.path = "/";
  root.device = "fileserver:/root";
  found.mounts = {root};
  found.suspects = {{*base::parse_network("198.51.100.7"), {"it guessed", "推測しました"}, true}};
  found.users_of_address = {"alice", "bob"};
  found.resolvers = {at("192.0.2.53")};
  found.out_of_reach = {{"vsock", true}};
  found.addresses.push_back({2, at("2001:db8::1"), 64});
  found.processes.front().deleted = true;
  model::Process directory;
  directory.pid = 950;
  directory.name = "sssd";
  found.processes.push_back(directory);
  return found;
}

TEST(Plan, EveryWordIsInBothLanguages) {
  ContainOptions options;
  options.hold = true;
  options.dns = true;
  options.admins = {*base::parse_network("0.0.0.0/1")};
  options.allowed = {{at("169.254.169.254"), 80}};
  const Plan plan = plan_containment(talkative(), options);
  for (const char* id :
       {"root_on_network", "admin_is_suspect", "admin_too_wide", "allow_is_metadata"}) {
    EXPECT_TRUE(has(plan.refusals, id)) << id;
  }
  const auto texts = texts_of(plan);
  EXPECT_GT(texts.size(), 30U);
  for (const model::Text& text : texts) {
    EXPECT_FALSE(text.en.empty());
    EXPECT_TRUE(std::all_of(text.en.begin(), text.en.end(), [](char c) { return c > 0; }))
        << text.en;
    const bool same_word = text.en == "Bluetooth";
    EXPECT_TRUE(same_word || text.ja != text.en) << "no Japanese: " << text.en;
    EXPECT_TRUE(base::is_valid_utf8(text.ja));
  }
}

TEST(Plan, ARefusalSaysWhatToDo) {
  ContainOptions options;
  options.admins = {*base::parse_network("0.0.0.0/1")};
  options.allowed = {{at("169.254.169.254"), 80}};
  Plan plan = plan_containment(talkative(), options);
  const Plan stranded = plan_containment(Found(), {});
  plan.refusals.insert(plan.refusals.end(), stranded.refusals.begin(), stranded.refusals.end());
  ASSERT_EQ(plan.refusals.size(), 5U);
  for (const PlanNote& note : plan.refusals) {
    const std::string& text = note.text.en;
    EXPECT_TRUE(text.find("name ") != std::string::npos ||
                text.find("insist") != std::string::npos ||
                text.find("leave it out") != std::string::npos)
        << text;
  }
}

TEST(Plan, WhatOnlyMemoryHoldsIsNamed) {
  Found found = server();
  const auto loses = [&] {
    const Plan plan = plan_containment(found, {});
    const auto note = std::find_if(plan.elsewhere.begin(), plan.elsewhere.end(),
                                   [](const PlanNote& row) { return row.id == "power_loses"; });
    return note == plan.elsewhere.end() ? std::string() : note->text.en;
  };
  EXPECT_EQ(loses().find("on no disk"), std::string::npos) << loses();
  found.processes.front().name = "kworker";
  found.processes.front().deleted = true;
  EXPECT_NE(loses().find("kworker"), std::string::npos) << loses();
}

TEST(Plan, TheSameInputGivesTheSameBytes) {
  Found found = server();
  found.namespaces = {{9, 900, "", 1}, {8, 800, "", 2}};
  found.responder.doubts = {{"bytes \xff that are no text", "\xff"}};
  const std::string once = to_json(plan_containment(found, {}));
  EXPECT_EQ(once, to_json(plan_containment(found, {})));
  std::swap(found.namespaces[0], found.namespaces[1]);
  EXPECT_EQ(once, to_json(plan_containment(found, {})));
  EXPECT_TRUE(base::is_valid_utf8(once));
  EXPECT_NE(once.find("\"remote\":\"198.51.100.7/32\""), std::string::npos) << once;
}

TEST(Plan, APeerIsAnAddressAndAPort) {
  EXPECT_EQ(parse_allowed_peer("192.0.2.1:443")->port, 443);
  EXPECT_EQ(parse_allowed_peer("[2001:db8::1]:443")->address, at("2001:db8::1"));
  for (const char* wrong : {"", "host:1", "192.0.2.1", "192.0.2.1:0", "192.0.2.1:70000",
                            "2001:db8::1:443", "[192.0.2.1]:1", "[]:1", ":1"}) {
    EXPECT_FALSE(parse_allowed_peer(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace genba::act
