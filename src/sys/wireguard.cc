// SPDX-License-Identifier: Apache-2.0
#include "sys/wireguard.h"

#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

std::string_view view_of(const void* data, size_t size) {
  return {static_cast<const char*>(data), size};
}

void read_endpoint(std::string_view bytes, WireguardPeer& peer) {
  const auto family = value_in<sa_family_t>(bytes);
  if (family == AF_INET) {
    if (const auto address = value_in<sockaddr_in>(bytes)) {
      peer.endpoint = base::address_from_bytes(view_of(&address->sin_addr, 4));
      peer.port = __builtin_bswap16(address->sin_port);
    }
  } else if (family == AF_INET6) {
    if (const auto address = value_in<sockaddr_in6>(bytes)) {
      peer.endpoint = base::address_from_bytes(view_of(&address->sin6_addr, 16));
      peer.port = __builtin_bswap16(address->sin6_port);
      peer.index = static_cast<int>(address->sin6_scope_id);
    }
  }
}

std::optional<base::Network> parse_allowed(std::string_view bytes) {
  std::optional<base::Address> address;
  int bits = 0;
  NetlinkAttributes attributes(bytes);
  while (const auto attribute = attributes.next()) {
    if (attribute->type == WGALLOWEDIP_A_IPADDR) {
      address = base::address_from_bytes(attribute->value);
    } else if (attribute->type == WGALLOWEDIP_A_CIDR_MASK) {
      bits = value_in<uint8_t>(attribute->value).value_or(0);
    }
  }
  const bool fits = address && bits <= (address->family == base::AddressFamily::kIpv6 ? 128 : 32);
  return fits ? std::optional(base::Network{*address, bits}) : std::nullopt;
}

void read_allowed(std::string_view bytes, WireguardPeer& peer) {
  NetlinkAttributes entries(bytes);
  while (const auto entry = entries.next()) {
    if (const auto network = parse_allowed(entry->value)) {
      peer.allowed.push_back(*network);
    }
  }
}

WireguardPeer parse_peer(std::string_view bytes) {
  WireguardPeer peer;
  NetlinkAttributes attributes(bytes);
  while (const auto attribute = attributes.next()) {
    switch (attribute->type) {
      case WGPEER_A_PUBLIC_KEY: peer.public_key = attribute->value; break;
      case WGPEER_A_ENDPOINT: read_endpoint(attribute->value, peer); break;
      case WGPEER_A_LAST_HANDSHAKE_TIME:
        peer.last_handshake = value_in<int64_t>(attribute->value).value_or(0);
        break;
      case WGPEER_A_ALLOWEDIPS: read_allowed(attribute->value, peer); break;
      default: break;
    }
  }
  return peer;
}

void read_peers(std::string_view bytes, WireguardDevice& device) {
  NetlinkAttributes entries(bytes);
  while (const auto entry = entries.next()) {
    WireguardPeer peer = parse_peer(entry->value);
    // A peer whose networks do not fit into one message goes on in the next, under the same key.
    if (!device.peers.empty() && device.peers.back().public_key == peer.public_key) {
      auto& allowed = device.peers.back().allowed;
      allowed.insert(allowed.end(), peer.allowed.begin(), peer.allowed.end());
    } else {
      device.peers.push_back(std::move(peer));
    }
  }
}

genlmsghdr header_for(uint8_t command) {
  genlmsghdr head{};
  head.cmd = command;
  head.version = 1;
  return head;
}

}  // namespace

void parse_wireguard(const NetlinkMessage& message, WireguardDevice& device) {
  NetlinkAttributes attributes(after<genlmsghdr>(message.body));
  while (const auto attribute = attributes.next()) {
    if (attribute->type == WGDEVICE_A_LISTEN_PORT) {
      device.listen_port = value_in<uint16_t>(attribute->value).value_or(0);
    } else if (attribute->type == WGDEVICE_A_PEERS) {
      read_peers(attribute->value, device);
    }
  }
}

Result<uint16_t> find_generic_family(const Fd& generic, std::string_view name) {
  std::optional<uint16_t> found;
  GENBA_TRY_VOID(netlink_exchange(
      generic, NetlinkRequest(GENL_ID_CTRL, NLM_F_DUMP).body(header_for(CTRL_CMD_GETFAMILY)),
      [&](const NetlinkMessage& message) {
        std::string family;
        std::optional<uint16_t> id;
        NetlinkAttributes attributes(after<genlmsghdr>(message.body));
        while (const auto attribute = attributes.next()) {
          if (attribute->type == CTRL_ATTR_FAMILY_NAME) {
            family = text_in(attribute->value);
          } else if (attribute->type == CTRL_ATTR_FAMILY_ID) {
            id = value_in<uint16_t>(attribute->value);
          }
        }
        if (family == name && id) {
          found = id;
        }
      }));
  if (!found) {
    return fail(ErrorCode::kUnsupported, std::string(name) + ": not in this kernel");
  }
  return *found;
}

Result<WireguardDevice> read_wireguard(int index) {
  GENBA_TRY(const Fd generic, open_netlink(NETLINK_GENERIC));
  GENBA_TRY(const uint16_t family, find_generic_family(generic, WG_GENL_NAME));
  WireguardDevice device;
  const NetlinkRequest request = NetlinkRequest(family, NLM_F_DUMP)
                                     .body(header_for(WG_CMD_GET_DEVICE))
                                     .number(WGDEVICE_A_IFINDEX, static_cast<uint32_t>(index));
  for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
    device = {};
    GENBA_TRY(const bool whole, netlink_exchange(generic, request, [&](const auto& message) {
                parse_wireguard(message, device);
              }));
    if (whole) {
      return device;
    }
  }
  return fail(base::ErrorCode::kTimedOut,
              "the peers of a WireGuard device changed all the time while they were read");
}

}  // namespace genba::sys
