// SPDX-License-Identifier: Apache-2.0
#include "sys/socket_diag.h"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "sys/netlink_message.h"

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

inet_diag_req_v2 request_for(const Flow& flow) {
  inet_diag_req_v2 body{};
  const bool v6 = flow.local.family == base::AddressFamily::kIpv6;
  body.sdiag_family = v6 ? AF_INET6 : AF_INET;
  body.sdiag_protocol = flow.protocol;
  body.idiag_states = ~uint32_t{0};
  body.id.idiag_sport = __builtin_bswap16(flow.local_port);
  body.id.idiag_dport = __builtin_bswap16(flow.remote_port);
  std::memcpy(body.id.idiag_src, flow.local.bytes.data(), sizeof body.id.idiag_src);
  std::memcpy(body.id.idiag_dst, flow.remote.bytes.data(), sizeof body.id.idiag_dst);
  body.id.idiag_if = static_cast<uint32_t>(flow.index);
  body.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return body;
}

// The kernel looks a socket up as a packet would find it, so a listener answers for a connection
// that is not there; and it must be asked in the byte order of struct inet_diag_sockid.
bool is_flow(const inet_diag_msg& message, const Flow& flow) {
  return message.id.idiag_sport == __builtin_bswap16(flow.local_port) &&
         message.id.idiag_dport == __builtin_bswap16(flow.remote_port);
}

tl::unexpected<base::Error> failed(base::Error error, const char* doing) {
  // ENOENT: no such socket, or no handler for the protocol; ours ask for what is there.
  if (error.sys_errno == ENOENT) {
    return fail(base::Error{ErrorCode::kGone, ENOENT, "no such socket"});
  }
  if (error.sys_errno == EOPNOTSUPP || error.sys_errno == EINVAL) {
    error.code = ErrorCode::kUnsupported;
    error.what = "not in this kernel";
  }
  return fail(error.with_context(doing));
}

// tcp_info and its socket's number out of an answer.
std::optional<TcpInfo> parse_answer(std::string_view body, const Flow& flow) {
  const auto head = value_in<inet_diag_msg>(body);
  if (!head || !is_flow(*head, flow)) {
    return std::nullopt;
  }
  NetlinkAttributes attributes(after<inet_diag_msg>(body));
  while (const auto attribute = attributes.next()) {
    if (attribute->type == INET_DIAG_INFO) {
      auto info = parse_tcp_info(attribute->value);
      if (info) {
        info->inode = head->idiag_inode;
      }
      return info;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<TcpInfo> parse_tcp_info(std::string_view bytes) {
  if (bytes.size() < offsetof(tcp_info, tcpi_total_retrans) + sizeof(uint32_t)) {
    return std::nullopt;
  }
  tcp_info raw{};
  std::memcpy(&raw, bytes.data(), std::min(bytes.size(), sizeof raw));
  TcpInfo info;
  info.state = raw.tcpi_state;
  info.retransmits = raw.tcpi_retransmits;
  info.probes = raw.tcpi_probes;
  info.last_data_received = raw.tcpi_last_data_recv;
  info.last_ack_received = raw.tcpi_last_ack_recv;
  info.round_trip = raw.tcpi_rtt;
  info.total_retransmits = raw.tcpi_total_retrans;
  if (bytes.size() >= offsetof(tcp_info, tcpi_bytes_acked) + sizeof(uint64_t)) {
    info.bytes_acked = raw.tcpi_bytes_acked;
  }
  if (bytes.size() >= offsetof(tcp_info, tcpi_bytes_received) + sizeof(uint64_t)) {
    info.bytes_received = raw.tcpi_bytes_received;
  }
  return info;
}

Result<TcpInfo> read_tcp_info(const Fd& diag, const Flow& flow) {
  auto body = request_for(flow);
  body.sdiag_protocol = 6;  // IPPROTO_TCP
  body.idiag_ext = 1U << (INET_DIAG_INFO - 1);
  std::optional<TcpInfo> found;
  const auto asked = netlink_exchange(
      diag, NetlinkRequest(SOCK_DIAG_BY_FAMILY, 0).body(body),
      [&](const NetlinkMessage& message) { found = parse_answer(message.body, flow); });
  if (!asked) {
    return failed(asked.error(), "reading TCP_INFO");
  }
  if (!found) {
    return fail(base::Error{ErrorCode::kGone, 0, "no such socket"});
  }
  return *found;
}

Result<void> destroy_socket(const Fd& diag, const Flow& flow) {
  // Without a peer the kernel would find, and end, a listener.
  if (flow.remote_port == 0 || flow.remote.is_unspecified()) {
    return fail(ErrorCode::kInvalid, "ending a socket: name both ends of the flow");
  }
  if (flow.protocol == 6) {
    GENBA_TRY_VOID(read_tcp_info(diag, flow));
  }
  const auto asked = netlink_exchange(diag, NetlinkRequest(SOCK_DESTROY, 0).body(request_for(flow)),
                                      [](const NetlinkMessage&) {});
  if (!asked) {
    return failed(asked.error(), "ending a socket");
  }
  return {};
}

}  // namespace genba::sys
