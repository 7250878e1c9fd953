// SPDX-License-Identifier: Apache-2.0
#include "sys/unix_diag.h"

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>

#include <cerrno>

#include "sys/netlink_message.h"

namespace genba::sys {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr uint32_t kAllStates = 0xFFFFFFFFU;

std::optional<UnixPeers> parse_message(const NetlinkMessage& message) {
  return message.type == SOCK_DIAG_BY_FAMILY ? parse_unix_peers(message.body) : std::nullopt;
}

}  // namespace

std::optional<UnixPeers> parse_unix_peers(std::string_view body) {
  const auto head = value_in<unix_diag_msg>(body);
  if (!head || head->udiag_family != AF_UNIX) {
    return std::nullopt;
  }
  NetlinkAttributes attributes(after<unix_diag_msg>(body));
  while (const auto attribute = attributes.next()) {
    const auto peer = value_in<uint32_t>(attribute->value);
    if (attribute->type == UNIX_DIAG_PEER && peer && *peer != 0) {
      return UnixPeers{head->udiag_ino, *peer};
    }
  }
  return std::nullopt;
}

Result<std::vector<UnixPeers>> dump_unix_peers(const Fd& diag) {
  unix_diag_req body{};
  body.sdiag_family = AF_UNIX;
  body.udiag_states = kAllStates;
  body.udiag_show = UDIAG_SHOW_PEER;
  auto rows = netlink_dump<UnixPeers>(
      diag, NetlinkRequest(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP).body(body), parse_message);
  if (!rows) {
    if (rows.error().sys_errno == ENOENT) {
      return fail(base::Error{ErrorCode::kUnsupported, ENOENT, "unix_diag: not in this kernel"});
    }
    return fail(rows.error().with_context("listing the peers of unix sockets"));
  }
  return rows;
}

}  // namespace genba::sys
