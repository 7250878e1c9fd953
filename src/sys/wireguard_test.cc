// SPDX-License-Identifier: Apache-2.0
#include "sys/wireguard.h"

#include <gtest/gtest.h>
#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace genba::sys {
namespace {

// Behind a peer: one network, and where the peer is.
void add_peer(NetlinkRequest& request, const std::string& key, std::string_view endpoint,
              std::string_view network) {
  request.begin(0).attribute(WGPEER_A_PUBLIC_KEY, key);
  if (!endpoint.empty()) {
    request.attribute(WGPEER_A_ENDPOINT, endpoint);
  }
  request.begin(WGPEER_A_ALLOWEDIPS).begin(0).attribute(WGALLOWEDIP_A_IPADDR, network);
  request.number(WGALLOWEDIP_A_CIDR_MASK, uint8_t{24}).end().end().end();
}

std::string endpoint4() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = __builtin_bswap16(uint16_t{51820});
  std::memcpy(&address.sin_addr, "\xc6\x33\x64\x07", 4);
  return std::string(bytes_of(address));
}

TEST(Wireguard, ADeviceInPiecesIsPutTogether) {
  const std::string first_key(32, 'a');
  const std::string second_key(32, 'b');
  WireguardDevice device;
  NetlinkRequest first(30, 0);
  first.body(genlmsghdr{}).attribute(WGDEVICE_A_PRIVATE_KEY, std::string(32, 's'));
  first.number(WGDEVICE_A_LISTEN_PORT, uint16_t{51820}).begin(WGDEVICE_A_PEERS);
  add_peer(first, first_key, endpoint4(), std::string_view("\x0a\0\0\0", 4));
  first.end();
  NetlinkRequest second(30, 0);
  second.body(genlmsghdr{}).begin(WGDEVICE_A_PEERS);
  add_peer(second, first_key, {}, std::string_view("\x0a\0\1\0", 4));
  add_peer(second, second_key, "short", std::string_view("\x0a\0\2", 3));
  second.end();
  for (const auto& request : {first, second}) {
    const std::string bytes = request.bytes(1);
    parse_wireguard(**NetlinkMessages(bytes).next(), device);
  }
  EXPECT_EQ(device.listen_port, 51820);
  ASSERT_EQ(device.peers.size(), 2U);
  EXPECT_EQ(device.peers[0].endpoint, base::parse_address("198.51.100.7"));
  EXPECT_EQ(device.peers[0].port, 51820);
  EXPECT_EQ(device.peers[0].allowed.size(), 2U);
  EXPECT_FALSE(device.peers[1].endpoint);
  EXPECT_TRUE(device.peers[1].allowed.empty());
}

TEST(Wireguard, AFamilyIsFoundWithoutAskingForItByName) {
  const auto generic = open_netlink(NETLINK_GENERIC);
  ASSERT_TRUE(generic);
  const auto controller = find_generic_family(*generic, "nlctrl");
  ASSERT_TRUE(controller) << controller.error().what;
  EXPECT_EQ(*controller, GENL_ID_CTRL);
  const auto absent = find_generic_family(*generic, "genba_no_such");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, base::ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace genba::sys
