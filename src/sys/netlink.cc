// SPDX-License-Identifier: Apache-2.0
#include "sys/netlink.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <type_traits>

#include "sys/channel.h"

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

constexpr uint32_t kAllStates = 0xFFFFFFFFU;

tl::unexpected<base::Error> failed(int sys_errno, const char* call) {
  // No handler for this family and protocol.
  if (sys_errno == ENOENT) {
    return fail(base::Error{ErrorCode::kUnsupported, sys_errno, "sock_diag: not in this kernel"});
  }
  return fail(base::error_from_errno(sys_errno, call));
}

template <class Body>
Result<void> send_request(const Fd& diag, const Body& body) {
  static_assert(std::is_trivially_copyable_v<Body>);
  struct {
    nlmsghdr head;
    Body body;
  } request{};
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body = body;
  return send_all(diag.get(),
                  std::string_view(reinterpret_cast<const char*>(&request), sizeof request));
}

Result<void> request_dump(const Fd& diag, uint8_t family, uint8_t protocol) {
  if (family == AF_UNIX) {
    unix_diag_req body{};
    body.sdiag_family = AF_UNIX;
    body.udiag_states = kAllStates;
    body.udiag_show = UDIAG_SHOW_UID;
    return send_request(diag, body);
  }
  inet_diag_req_v2 body{};
  body.sdiag_family = family;
  body.sdiag_protocol = protocol;
  body.idiag_states = kAllStates;
  return send_request(diag, body);
}

template <class Body>
bool take(std::string_view bytes, Body& body) {
  if (bytes.size() < sizeof body) {
    return false;
  }
  std::memcpy(&body, bytes.data(), sizeof body);
  return true;
}

// The uid attribute (UNIX_DIAG_UID, Linux 5.1) among those that follow a unix_diag_msg.
uint32_t unix_uid(std::string_view attributes) {
  nlattr head{};
  while (take(attributes, head) && head.nla_len >= sizeof head &&
         head.nla_len <= attributes.size()) {
    uint32_t uid = 0;
    if ((head.nla_type & NLA_TYPE_MASK) == UNIX_DIAG_UID &&
        take(attributes.substr(sizeof head, head.nla_len - sizeof head), uid)) {
      return uid;
    }
    const size_t step = (size_t{head.nla_len} + 3U) & ~size_t{3};
    attributes.remove_prefix(step < attributes.size() ? step : attributes.size());
  }
  return 0;
}

bool parse_entry(std::string_view body, uint8_t family, uint8_t protocol, DiagEntry& entry) {
  entry.family = family;
  if (family == AF_UNIX) {
    unix_diag_msg message{};
    if (!take(body, message)) {
      return false;
    }
    entry.state = message.udiag_state;
    entry.inode = message.udiag_ino;
    entry.uid = unix_uid(body.substr(sizeof message));
    return true;
  }
  inet_diag_msg message{};
  if (!take(body, message)) {
    return false;
  }
  const size_t size = family == AF_INET6 ? 16 : 4;
  entry.family = message.idiag_family;
  entry.protocol = protocol;
  entry.state = message.idiag_state;
  entry.uid = message.idiag_uid;
  entry.inode = message.idiag_inode;
  entry.local_port = __builtin_bswap16(message.id.idiag_sport);
  entry.remote_port = __builtin_bswap16(message.id.idiag_dport);
  entry.local_address.assign(reinterpret_cast<const char*>(message.id.idiag_src), size);
  entry.remote_address.assign(reinterpret_cast<const char*>(message.id.idiag_dst), size);
  return true;
}

}  // namespace

Result<Fd> open_sock_diag() {
  const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) {
    return failed(errno, "socket");
  }
  Fd diag(fd);
  // A large receive buffer keeps a long dump in few datagrams; refused harmlessly.
  const int size = 1 << 20;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  return diag;
}

namespace {

// An errno as the kernel sends it, negated; EIO for what is none (errno.h ends at 4095).
int errno_of(int32_t status) {
  return status < 0 && status >= -4095 ? -status : EIO;
}

}  // namespace

Result<bool> parse_diag_datagram(std::string_view bytes, uint8_t family, uint8_t protocol,
                                 std::vector<DiagEntry>& entries) {
  nlmsghdr head{};
  while (take(bytes, head)) {
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > bytes.size()) {
      return fail(ErrorCode::kDamaged, "sock_diag: a message of impossible length");
    }
    const std::string_view body = bytes.substr(sizeof head, head.nlmsg_len - sizeof head);
    if (head.nlmsg_type == NLMSG_DONE) {
      int32_t status = 0;
      if (take(body, status) && status < 0) {
        return failed(errno_of(status), "sock_diag");
      }
      return true;
    }
    if (head.nlmsg_type == NLMSG_ERROR) {
      nlmsgerr error{};
      return failed(take(body, error) ? errno_of(error.error) : EIO, "sock_diag");
    }
    DiagEntry entry;
    if (head.nlmsg_type == SOCK_DIAG_BY_FAMILY && parse_entry(body, family, protocol, entry)) {
      entries.push_back(std::move(entry));
    }
    const size_t step = (size_t{head.nlmsg_len} + 3U) & ~size_t{3};
    bytes.remove_prefix(step < bytes.size() ? step : bytes.size());
  }
  return false;
}

Result<void> dump_sockets(const Fd& diag, uint8_t family, uint8_t protocol,
                          std::vector<DiagEntry>& entries) {
  if (auto sent = request_dump(diag, family, protocol); !sent) {
    return sent;
  }
  // The kernel fills at most 32 KiB a datagram (NLMSG_GOODSIZE grows with the reader's buffer).
  std::vector<char> buffer(256U << 10);
  while (true) {
    GENBA_TRY(const size_t size, receive(diag.get(), buffer));
    if (size == 0) {
      return fail(ErrorCode::kDamaged, "sock_diag: the dump ended early");
    }
    GENBA_TRY(const bool done, parse_diag_datagram(std::string_view(buffer.data(), size), family,
                                                   protocol, entries));
    if (done) {
      return {};
    }
  }
}

}  // namespace genba::sys
