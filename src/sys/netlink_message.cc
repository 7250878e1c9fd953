// SPDX-License-Identifier: Apache-2.0
#include "sys/netlink_message.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <cerrno>

#include "sys/channel.h"

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

constexpr size_t aligned(size_t size) {
  return (size + 3U) & ~size_t{3};
}

void drop_front(std::string_view& bytes, size_t size) {
  bytes.remove_prefix(size < bytes.size() ? size : bytes.size());
}

// An errno as the kernel sends it, negated; EIO for what is none (errno.h ends at 4095).
int errno_of(int32_t status) {
  return status < 0 && status >= -4095 ? -status : EIO;
}

uint32_t next_sequence() {
  static std::atomic<uint32_t> last{0};
  return ++last;
}

// How the message ends the exchange: an errno, 0 for success; nothing when it does not.
std::optional<int> end_of(const NetlinkMessage& message) {
  if (message.type != NLMSG_DONE && message.type != NLMSG_ERROR) {
    return std::nullopt;
  }
  const auto status = value_in<int32_t>(message.body);
  if (!status) {
    return message.type == NLMSG_DONE ? 0 : EIO;
  }
  // A dump's last message may carry a positive number, which is no error.
  if (*status == 0 || (message.type == NLMSG_DONE && *status > 0)) {
    return 0;
  }
  return errno_of(*status);
}

}  // namespace

NetlinkRequest::NetlinkRequest(uint16_t type, uint16_t flags) {
  nlmsghdr head{};
  head.nlmsg_type = type;
  head.nlmsg_flags = static_cast<uint16_t>(flags | NLM_F_REQUEST);
  if ((flags & NLM_F_DUMP) != NLM_F_DUMP) {
    head.nlmsg_flags |= NLM_F_ACK;
  }
  append(bytes_of(head));
}

void NetlinkRequest::append(std::string_view value) {
  bytes_.append(value);
  bytes_.resize(aligned(bytes_.size()), '\0');
}

NetlinkRequest& NetlinkRequest::attribute(uint16_t type, std::string_view value) {
  nlattr head{};
  GENBA_CHECK(value.size() <= UINT16_MAX - sizeof head);
  head.nla_len = static_cast<uint16_t>(sizeof head + value.size());
  head.nla_type = type;
  append(bytes_of(head));
  append(value);
  return *this;
}

NetlinkRequest& NetlinkRequest::begin(uint16_t type) {
  open_.push_back(bytes_.size());
  nlattr head{};
  head.nla_type = static_cast<uint16_t>(type | NLA_F_NESTED);
  append(bytes_of(head));
  return *this;
}

NetlinkRequest& NetlinkRequest::end() {
  GENBA_CHECK(!open_.empty() && bytes_.size() - open_.back() <= UINT16_MAX);
  const auto size = static_cast<uint16_t>(bytes_.size() - open_.back());
  std::memcpy(bytes_.data() + open_.back(), &size, sizeof size);
  open_.pop_back();
  return *this;
}

std::string NetlinkRequest::bytes(uint32_t sequence) const {
  std::string whole = bytes_;
  auto head = *value_in<nlmsghdr>(whole);
  head.nlmsg_len = static_cast<uint32_t>(whole.size());
  head.nlmsg_seq = sequence;
  std::memcpy(whole.data(), &head, sizeof head);
  return whole;
}

Result<std::optional<NetlinkMessage>> NetlinkMessages::next() {
  const auto head = value_in<nlmsghdr>(rest_);
  if (!head) {
    return std::optional<NetlinkMessage>();
  }
  if (head->nlmsg_len < sizeof *head || head->nlmsg_len > rest_.size()) {
    return fail(ErrorCode::kDamaged, "netlink: a message of impossible length");
  }
  const NetlinkMessage message{head->nlmsg_type, head->nlmsg_flags, head->nlmsg_seq,
                               rest_.substr(sizeof *head, head->nlmsg_len - sizeof *head)};
  drop_front(rest_, aligned(head->nlmsg_len));
  return std::optional(message);
}

std::optional<NetlinkAttribute> NetlinkAttributes::next() {
  const auto head = value_in<nlattr>(rest_);
  if (!head || head->nla_len < sizeof *head || head->nla_len > rest_.size()) {
    return std::nullopt;
  }
  const NetlinkAttribute attribute{static_cast<uint16_t>(head->nla_type & NLA_TYPE_MASK),
                                   rest_.substr(sizeof *head, head->nla_len - sizeof *head)};
  drop_front(rest_, aligned(head->nla_len));
  return attribute;
}

Result<Fd> open_netlink(int protocol) {
  Fd netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  if (!netlink.valid()) {
    return fail(base::error_from_errno(errno, "socket"));
  }
  // A large receive buffer keeps a long dump in few datagrams; refused harmlessly.
  const int size = 1 << 20;
  ::setsockopt(netlink.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  const timeval limit{2, 0};
  if (::setsockopt(netlink.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0) {
    return fail(base::error_from_errno(errno, "setsockopt"));
  }
  return netlink;
}

Result<bool> netlink_exchange(const Fd& netlink, const NetlinkRequest& request,
                              const std::function<void(const NetlinkMessage&)>& take) {
  const uint32_t sequence = next_sequence();
  GENBA_TRY_VOID(send_all(netlink.get(), request.bytes(sequence)));
  bool whole = true;
  // The kernel fills at most 32 KiB a datagram (NLMSG_GOODSIZE grows with the reader's buffer).
  std::vector<char> buffer(256U << 10);
  while (true) {
    auto size = receive(netlink.get(), buffer);
    if (!size && size.error().sys_errno == EAGAIN) {
      return fail(ErrorCode::kTimedOut, "netlink: the kernel gave no answer");
    }
    if (!size) {
      return fail(std::move(size).error());
    }
    NetlinkMessages messages(std::string_view(buffer.data(), *size));
    while (true) {
      GENBA_TRY(const auto message, messages.next());
      if (!message) {
        break;
      }
      // The rest of an answer that an earlier exchange gave up on.
      if (message->sequence != sequence) {
        continue;
      }
      whole = whole && (message->flags & NLM_F_DUMP_INTR) == 0;
      if (const auto status = end_of(*message)) {
        if (*status != 0) {
          return fail(base::error_from_errno(*status, "netlink"));
        }
        return whole;
      }
      take(*message);
    }
  }
}

}  // namespace genba::sys
