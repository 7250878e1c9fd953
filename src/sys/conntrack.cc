// SPDX-License-Identifier: Apache-2.0
#include "sys/conntrack.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

constexpr uint16_t type_of(uint8_t operation) {
  return static_cast<uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | operation);
}

// Numbers of netfilter are big-endian.
uint32_t big32(std::string_view bytes) {
  return __builtin_bswap32(value_in<uint32_t>(bytes).value_or(0));
}
uint16_t big16(std::string_view bytes) {
  return __builtin_bswap16(value_in<uint16_t>(bytes).value_or(0));
}

void read_addresses(std::string_view bytes, ConntrackTuple& tuple, int& addresses) {
  NetlinkAttributes attributes(bytes);
  while (const auto attribute = attributes.next()) {
    const auto address = base::address_from_bytes(attribute->value);
    if (!address) {
      continue;
    }
    if (attribute->type == CTA_IP_V4_SRC || attribute->type == CTA_IP_V6_SRC) {
      tuple.source = *address;
      ++addresses;
    } else if (attribute->type == CTA_IP_V4_DST || attribute->type == CTA_IP_V6_DST) {
      tuple.destination = *address;
      ++addresses;
    }
  }
}

void read_protocol(std::string_view bytes, ConntrackTuple& tuple) {
  NetlinkAttributes attributes(bytes);
  while (const auto attribute = attributes.next()) {
    if (attribute->type == CTA_PROTO_NUM) {
      tuple.protocol = value_in<uint8_t>(attribute->value).value_or(0);
    } else if (attribute->type == CTA_PROTO_SRC_PORT) {
      tuple.source_port = big16(attribute->value);
    } else if (attribute->type == CTA_PROTO_DST_PORT) {
      tuple.destination_port = big16(attribute->value);
    }
  }
}

// False when one of the two addresses is missing.
bool read_tuple(std::string_view bytes, ConntrackTuple& tuple) {
  int addresses = 0;
  NetlinkAttributes attributes(bytes);
  while (const auto attribute = attributes.next()) {
    if (attribute->type == CTA_TUPLE_IP) {
      read_addresses(attribute->value, tuple, addresses);
    } else if (attribute->type == CTA_TUPLE_PROTO) {
      read_protocol(attribute->value, tuple);
    }
  }
  return addresses == 2;
}

void add_tuple(NetlinkRequest& request, uint16_t type, const ConntrackTuple& tuple) {
  const bool v6 = tuple.source.family == base::AddressFamily::kIpv6;
  request.begin(type).begin(CTA_TUPLE_IP);
  request.attribute(v6 ? CTA_IP_V6_SRC : CTA_IP_V4_SRC, base::raw_bytes(tuple.source));
  request.attribute(v6 ? CTA_IP_V6_DST : CTA_IP_V4_DST, base::raw_bytes(tuple.destination)).end();
  request.begin(CTA_TUPLE_PROTO).number(CTA_PROTO_NUM, tuple.protocol);
  request.number(CTA_PROTO_SRC_PORT, __builtin_bswap16(tuple.source_port));
  request.number(CTA_PROTO_DST_PORT, __builtin_bswap16(tuple.destination_port)).end().end();
}

nfgenmsg header_for(uint8_t family) {
  nfgenmsg head{};
  head.nfgen_family = family;
  head.version = NFNETLINK_V0;
  return head;
}

uint8_t family_of(const ConntrackTuple& tuple) {
  return tuple.source.family == base::AddressFamily::kIpv6 ? AF_INET6 : AF_INET;
}

}  // namespace

Result<Fd> open_conntrack() {
  return open_netlink(NETLINK_NETFILTER);
}

std::optional<ConntrackFlow> parse_conntrack(const NetlinkMessage& message) {
  if (message.type != type_of(IPCTNL_MSG_CT_NEW)) {
    return std::nullopt;
  }
  ConntrackFlow flow;
  bool original = false;
  bool reply = false;
  NetlinkAttributes attributes(after<nfgenmsg>(message.body));
  while (const auto attribute = attributes.next()) {
    const std::string_view value = attribute->value;
    switch (attribute->type) {
      case CTA_TUPLE_ORIG:
        original = read_tuple(value, flow.original);
        flow.original_bytes = value;
        break;
      case CTA_TUPLE_REPLY: reply = read_tuple(value, flow.reply); break;
      case CTA_STATUS: flow.status = big32(value); break;
      case CTA_TIMEOUT: flow.timeout = big32(value); break;
      case CTA_ID: flow.id = big32(value); break;
      case CTA_ZONE: flow.zone = big16(value); break;
      default: break;
    }
  }
  return original && reply ? std::optional(flow) : std::nullopt;
}

Result<std::vector<ConntrackFlow>> dump_conntrack(const Fd& netfilter) {
  return netlink_dump<ConntrackFlow>(
      netfilter, NetlinkRequest(type_of(IPCTNL_MSG_CT_GET), NLM_F_DUMP).body(header_for(AF_UNSPEC)),
      parse_conntrack);
}

Result<std::vector<ConntrackFlow>> find_conntrack(const Fd& netfilter,
                                                  const ConntrackTuple& reply) {
  std::vector<ConntrackFlow> flows;
  const auto take = [&](const NetlinkMessage& message) {
    auto flow = parse_conntrack(message);
    if (flow && flow->reply == reply) {
      flows.push_back(*std::move(flow));
    }
  };
  NetlinkRequest one(type_of(IPCTNL_MSG_CT_GET), 0);
  one.body(header_for(family_of(reply)));
  add_tuple(one, CTA_TUPLE_REPLY, reply);
  auto asked = netlink_exchange(netfilter, one, take);
  if (!asked && asked.error().sys_errno == ENOENT) {
    // A tuple names a flow within its zone only, and the zone is not known.
    NetlinkRequest all(type_of(IPCTNL_MSG_CT_GET), NLM_F_DUMP);
    asked = netlink_exchange(netfilter, all.body(header_for(family_of(reply))), take);
  }
  if (!asked) {
    return fail(asked.error().with_context("looking for a flow"));
  }
  return flows;
}

Result<void> delete_conntrack(const Fd& netfilter, const ConntrackFlow& flow) {
  // The kernel takes a request without a tuple for "delete all".
  if (flow.original_bytes.empty() || flow.id == 0) {
    return fail(ErrorCode::kInvalid, "deleting a flow: it is not one that the kernel listed");
  }
  NetlinkRequest request(type_of(IPCTNL_MSG_CT_DELETE), 0);
  request.body(header_for(family_of(flow.original)))
      .attribute(CTA_TUPLE_ORIG | NLA_F_NESTED, flow.original_bytes)
      .number(CTA_ID, __builtin_bswap32(flow.id));
  if (flow.zone != 0) {
    request.number(CTA_ZONE, __builtin_bswap16(flow.zone));
  }
  const auto asked = netlink_exchange(netfilter, request, [](const NetlinkMessage&) {});
  if (!asked && asked.error().sys_errno == ENOENT) {
    return fail(base::Error{ErrorCode::kGone, ENOENT, "deleting a flow: it has ended"});
  }
  if (!asked) {
    return fail(asked.error().with_context("deleting a flow"));
  }
  return {};
}

}  // namespace genba::sys
