// SPDX-License-Identifier: Apache-2.0
#include "base/address.h"

#include <string>

#include "gtest/gtest.h"

namespace genba::base {
namespace {

std::string round_trip(std::string_view text) {
  const auto address = parse_address(text);
  return address ? to_text(*address) : "refused";
}

std::string scope_text(std::string_view text) {
  const auto address = parse_address(text);
  if (!address) {
    return "refused";
  }
  const auto scope = scope_of(*address);
  return scope ? std::string(to_string(*scope)) : "none";
}

TEST(Address, CanonicalTextFollowsRfc5952) {
  EXPECT_EQ(round_trip("2001:DB8:0:0:0:0:2:1"), "2001:db8::2:1");
  EXPECT_EQ(round_trip("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");  // one zero group stays
  EXPECT_EQ(round_trip("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");           // the longest run
  EXPECT_EQ(round_trip("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");     // the first of equals
  EXPECT_EQ(round_trip("0:0:0:0:0:0:0:0"), "::");
  EXPECT_EQ(round_trip("::1"), "::1");
  EXPECT_EQ(round_trip("1::"), "1::");
  EXPECT_EQ(round_trip("fe80::00ff"), "fe80::ff");
}

TEST(Address, MappedIpv4KeepsItsIpv6Form) {
  EXPECT_EQ(round_trip("::ffff:1.2.3.4"), "::ffff:1.2.3.4");
  EXPECT_EQ(round_trip("::ffff:102:304"), "::ffff:1.2.3.4");
}

TEST(Address, PlainTextIsThatOfTheIpv4Address) {
  EXPECT_EQ(plain_address("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(plain_address("::ffff:192.0.2.0/24"), "192.0.2.0/24");
  for (const char* text :
       {"192.0.2.1", "2001:db8::1", "::ffff:c000:201", "::ffff:", "host.example"}) {
    EXPECT_EQ(plain_address(text), text);
  }
}

TEST(Address, DottedQuadInsideIpv6IsRead) {
  EXPECT_EQ(round_trip("64:ff9b::192.0.2.33"), "64:ff9b::c000:221");
  EXPECT_EQ(round_trip("1:2:3:4:5:6:1.2.3.4"), "1:2:3:4:5:6:102:304");
}

TEST(Address, WhatIsNoAddressIsRefused) {
  for (const char* text : {"",
                           " ",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "01.2.3.4",
                           "1.2.3.4 ",
                           "1.2.3.-4",
                           "+1.2.3.4",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           ":::",
                           ":",
                           "1:",
                           ":1",
                           "12345::",
                           "g::",
                           "fe80::1%eth0",
                           "[::1]",
                           "::1.2.3.4:5",
                           "1.2.3.4::",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "1:2:3:4:5:6:7:8::",
                           "1:2:3:4::5:6:7:8:9"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Address, RawBytesOfOtherLengthsAreRefused) {
  EXPECT_EQ(to_text(*address_from_bytes(std::string("\x7f\0\0\x01", 4))), "127.0.0.1");
  EXPECT_EQ(to_text(*address_from_bytes(std::string(15, '\0') + '\x01')), "::1");
  EXPECT_FALSE(address_from_bytes("12345"));
  EXPECT_FALSE(address_from_bytes(""));
}

TEST(Address, ScopeTellsHowFarAwayTheOtherEndIs) {
  EXPECT_EQ(scope_text("127.8.8.8"), "loopback");
  EXPECT_EQ(scope_text("::1"), "loopback");
  EXPECT_EQ(scope_text("10.0.0.1"), "private");
  EXPECT_EQ(scope_text("172.16.0.1"), "private");
  EXPECT_EQ(scope_text("172.32.0.1"), "public");
  EXPECT_EQ(scope_text("192.168.255.255"), "private");
  EXPECT_EQ(scope_text("100.64.0.1"), "private");
  EXPECT_EQ(scope_text("100.128.0.1"), "public");
  EXPECT_EQ(scope_text("fd00::1"), "private");
  EXPECT_EQ(scope_text("fec0::1"), "private");
  EXPECT_EQ(scope_text("169.254.169.254"), "link_local");
  EXPECT_EQ(scope_text("fe80::1"), "link_local");
  EXPECT_EQ(scope_text("255.255.255.255"), "link_local");
  EXPECT_EQ(scope_text("224.0.0.251"), "multicast");
  EXPECT_EQ(scope_text("ff02::fb"), "multicast");
  EXPECT_EQ(scope_text("8.8.8.8"), "public");
  EXPECT_EQ(scope_text("203.0.113.9"), "public");
  EXPECT_EQ(scope_text("2001:db8::1"), "public");
  EXPECT_EQ(scope_text("0.0.0.0"), "none");
  EXPECT_EQ(scope_text("::"), "none");
}

TEST(Address, EmbeddedIpv4GivesItsOwnScope) {
  EXPECT_EQ(scope_text("::ffff:10.1.2.3"), "private");
  EXPECT_EQ(scope_text("::ffff:127.0.0.1"), "loopback");
  EXPECT_EQ(scope_text("::ffff:8.8.8.8"), "public");
  EXPECT_EQ(scope_text("::ffff:0.0.0.0"), "none");
  EXPECT_EQ(scope_text("64:ff9b::8.8.8.8"), "public");
}

TEST(Network, BlocksHoldWhatAgreesInTheirBits) {
  const auto holds = [](std::string_view network, std::string_view address) {
    return parse_network(network)->contains(*parse_address(address));
  };
  EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(holds("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(holds("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(holds("192.0.2.7", "192.0.2.6"));
}

TEST(Network, NonsenseIsNone) {
  for (const char* text : {"", "/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1",
                           "2001:db8::/129", "192.0.2.0/2 4", "example.org/8"}) {
    EXPECT_FALSE(parse_network(text)) << text;
  }
}

}  // namespace
}  // namespace genba::base
