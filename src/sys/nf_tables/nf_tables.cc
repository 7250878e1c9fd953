// SPDX-License-Identifier: Apache-2.0
#include "sys/nf_tables/nf_tables.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "fmt/format.h"

// Kernel-internal, yet sent to user space by nfnetlink.c when a generation does not match.
#ifndef ERESTART
#define ERESTART 85
#endif

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

constexpr int kAnswerMilliseconds = 10000;  // a commit waits for other committers and for RCU
// Larger than any datagram of a dump: the kernel fills at most 32 KiB (netlink_dump()).
constexpr size_t kReceiveSize = 256U << 10;
constexpr int kReceiveQueue = 4 << 20;
constexpr size_t kOrdinarySend = 64U << 10;
constexpr size_t kLargestBatch = 64U << 20;

tl::unexpected<base::Error> failed(const char* call) {
  return fail(base::error_from_errno(errno, std::string("nf_tables: ") + call));
}

int remaining(std::chrono::steady_clock::time_point end) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

// The batch's begin and its messages, of which the last asks for an acknowledgement, so that
// success, too, has an answer; older kernels acknowledge neither begin nor end. Without its end a
// batch is carried out and taken back (NFNL_ABORT_VALIDATE): this is how `nft --check` asks.
std::string encode(const NftBatch& batch, uint32_t first_sequence) {
  std::string bytes;
  uint32_t sequence = first_sequence;
  NftAttributes begin;
  if (batch.generation()) {
    begin.u32(NFNL_BATCH_GENID, *batch.generation());
  }
  append_nft_message(bytes,
                     {NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, sequence++, 0, NFNL_SUBSYS_NFTABLES},
                     begin.bytes());
  size_t left = batch.messages().size();
  for (const NftBatch::Message& message : batch.messages()) {
    const auto flags =
        static_cast<uint16_t>(NLM_F_REQUEST | message.flags | (--left == 0 ? NLM_F_ACK : 0));
    append_nft_message(bytes,
                       {nft_message_type(message.operation), flags, sequence++, message.family, 0},
                       message.attributes);
  }
  return bytes;
}

std::string describe(const NftBatch& batch, uint32_t index) {
  if (index == 0) {
    return "nf_tables: changing the ruleset";
  }
  return fmt::format("nf_tables: message {} of {}, {}", index, batch.messages().size(),
                     batch.messages()[index - 1].doing);
}

}  // namespace

base::Error nft_error(int sys_errno, std::string_view words, std::string_view doing) {
  base::Error error = base::error_from_errno(sys_errno, doing);
  if (!words.empty()) {
    error.what += fmt::format(" ({})", words);
  }
  if (sys_errno == ERESTART) {
    error.code = ErrorCode::kGone;
    error.what = fmt::format("{}: the ruleset has changed since it was read; read it again", doing);
  } else if (sys_errno == EMSGSIZE || sys_errno == ENOSPC) {
    error.code = ErrorCode::kTooLarge;
  } else if (sys_errno == EOVERFLOW) {
    error.code = ErrorCode::kInvalid;
  }
  return error;
}

Result<std::string_view> receive_from_kernel(int socket, std::string& buffer, int milliseconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  buffer.resize(kReceiveSize);
  while (true) {
    pollfd polled{socket, POLLIN, 0};
    const int count = ::poll(&polled, 1, remaining(end));
    if (count == 0) {
      return fail(ErrorCode::kTimedOut, "nf_tables: the kernel is silent");
    }
    sockaddr_nl sender{};
    iovec part{buffer.data(), buffer.size()};
    msghdr header{};
    header.msg_name = &sender;
    header.msg_namelen = sizeof sender;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    const ssize_t size = count < 0 ? count : ::recvmsg(socket, &header, MSG_DONTWAIT);
    if (size < 0) {
      if (errno == EINTR || errno == EAGAIN) {
        continue;
      }
      return failed("recvmsg");
    }
    if ((header.msg_flags & MSG_TRUNC) != 0) {
      return fail(ErrorCode::kDamaged, "nf_tables: an answer larger than the kernel makes them");
    }
    if (header.msg_namelen == sizeof sender && sender.nl_pid == 0) {
      return std::string_view(buffer.data(), static_cast<size_t>(size));
    }
  }
}

Result<NfTables> NfTables::open(const NftKernel& kernel, ModuleLoading loading) {
  if (loading == ModuleLoading::kForbidden && !kernel.may_ask()) {
    return fail(ErrorCode::kUnsupported,
                "nf_tables is not known to be in this kernel (" + kernel.evidence +
                    "); asking would run the host's modprobe, which --allow-module-load permits");
  }
  const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (fd < 0 && (errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT)) {
    return fail(ErrorCode::kUnsupported, "this kernel has no nfnetlink, so no nf_tables");
  }
  if (fd < 0) {
    return failed("socket");
  }
  return adopt(Fd(fd), kernel, loading);
}

Result<NfTables> NfTables::adopt(Fd socket, const NftKernel& kernel, ModuleLoading loading) {
  NfTables tables(std::move(socket), kernel, loading);
  GENBA_TRY_VOID(tables.set_up());
  return tables;
}

Result<void> NfTables::set_up() {
  const int on = 1;
  // Refused harmlessly: the answers only say less, or come in more pieces.
  ::setsockopt(fd(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  ::setsockopt(fd(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  ::setsockopt(fd(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveQueue, sizeof kReceiveQueue);
  sockaddr_nl self{};
  self.nl_family = AF_NETLINK;
  socklen_t size = sizeof self;
  if (::getsockname(fd(), reinterpret_cast<sockaddr*>(&self), &size) < 0) {
    return failed("getsockname");
  }
  // A port of 0 is not bound yet; an adopted one keeps its own, and with it the tables it owns.
  if (self.nl_pid == 0 && ::bind(fd(), reinterpret_cast<sockaddr*>(&self), sizeof self) < 0) {
    return failed("bind");
  }
  size = sizeof self;
  if (::getsockname(fd(), reinterpret_cast<sockaddr*>(&self), &size) < 0) {
    return failed("getsockname");
  }
  port_ = self.nl_pid;
  // The first question tells whether nf_tables answers us at all.
  GENBA_TRY_VOID(generation());
  return {};
}

Result<void> NfTables::send(std::string_view bytes) {
  if (bytes.size() > kLargestBatch) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("nf_tables: a batch of {} bytes; split it", bytes.size()));
  }
  if (bytes.size() > kOrdinarySend) {
    const auto size = static_cast<int>(bytes.size() * 2);
    ::setsockopt(fd(), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  }
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  ssize_t sent = 0;
  while ((sent = ::sendto(fd(), bytes.data(), bytes.size(), 0,
                          reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel)) < 0) {
    if (errno != EINTR) {
      return failed("sendto");
    }
  }
  return {};
}

Result<void> NfTables::receive_answers(uint32_t first, uint32_t last,
                                       const std::function<bool(const NftMessage&)>& visit) {
  bool more = true;
  while (more) {
    GENBA_TRY(const std::string_view bytes,
              receive_from_kernel(fd(), buffer_, kAnswerMilliseconds));
    GENBA_TRY_VOID(parse_nft_datagram(bytes, [&](const NftMessage& message) {
      // Answers to what was given up before are still to come.
      const bool ours = message.sequence - first <= last - first && message.port == port_;
      more = !ours || visit(message);
      return more;
    }));
  }
  return {};
}

Result<void> NfTables::check_pieces(const NftBatch& batch) const {
  if (loading_ == ModuleLoading::kAllowed) {
    return {};
  }
  for (const std::string& piece : batch.pieces()) {
    if (!kernel_.may_use(piece)) {
      return fail(ErrorCode::kUnsupported,
                  fmt::format("this part of nf_tables is not known to be loaded: {}; asking would "
                              "run the host's modprobe, which --allow-module-load permits",
                              piece));
    }
  }
  return {};
}

Result<void> NfTables::commit(const NftBatch& batch) {
  return transact(batch, Ending::kCommit);
}

Result<void> NfTables::check(const NftBatch& batch) {
  return transact(batch, Ending::kTakeBack);
}

Result<void> NfTables::transact(const NftBatch& batch, Ending ending) {
  if (!batch.mistake().empty()) {
    return fail(ErrorCode::kInvalid, "nf_tables: " + batch.mistake());
  }
  if (batch.messages().empty()) {
    return {};
  }
  GENBA_TRY_VOID(check_pieces(batch));
  const uint32_t first = sequence_ + 1;
  const auto last = static_cast<uint32_t>(first + batch.messages().size());
  sequence_ = last + 1;
  std::string bytes = encode(batch, first);
  if (ending == Ending::kCommit) {
    append_nft_message(bytes,
                       {NFNL_MSG_BATCH_END, NLM_F_REQUEST, sequence_, 0, NFNL_SUBSYS_NFTABLES}, {});
  }
  GENBA_TRY_VOID(send(bytes));
  std::optional<base::Error> refused;
  GENBA_TRY_VOID(receive_answers(first, last, [&](const NftMessage& message) {
    if (message.kind != NftMessage::Kind::kStatus) {
      return true;
    }
    const uint32_t index = message.sequence - first;
    // Later ones are refused for what an earlier one did not do.
    if (message.status != 0 && !refused) {
      const bool owned = message.status == EPERM && index > 0;
      refused = nft_error(message.status, message.words, describe(batch, index));
      refused->what += owned                     ? "; another socket owns the table"
                       : message.status == EPERM ? "; it needs CAP_NET_ADMIN, so run as root"
                       : message.status == ENOENT && index > 0 ? "; what it names is not there"
                                                               : "";
    }
    // Nothing follows the refusal of the whole batch, and nothing of worth the last message's.
    return index != 0 && message.sequence != last;
  }));
  if (refused) {
    return fail(std::move(*refused));
  }
  return {};
}

Result<void> NfTables::get(uint8_t operation, uint8_t family, const NftAttributes& attributes,
                           const Visit& visit) {
  const uint32_t sequence = ++sequence_;
  std::string request;
  append_nft_message(request,
                     {nft_message_type(operation), NLM_F_REQUEST | NLM_F_ACK, sequence, family, 0},
                     attributes.bytes());
  GENBA_TRY_VOID(send(request));
  int status = 0;
  std::string words;
  GENBA_TRY_VOID(receive_answers(sequence, sequence, [&](const NftMessage& message) {
    if (message.kind == NftMessage::Kind::kNfTables) {
      visit(message);
    }
    status = message.status;
    words = message.words;
    return message.kind != NftMessage::Kind::kStatus && message.kind != NftMessage::Kind::kDone;
  }));
  // nfnetlink without its subsystem says EINVAL, inside a batch EOPNOTSUPP.
  if (status == EOPNOTSUPP || (status == EINVAL && operation == NFT_MSG_GETGEN)) {
    return fail(ErrorCode::kUnsupported, "this kernel has no nf_tables");
  }
  if (status == EPERM) {
    return fail(base::Error{ErrorCode::kDenied, status,
                            "nf_tables needs CAP_NET_ADMIN over this network namespace; run as "
                            "root"});
  }
  if (status != 0) {
    return fail(nft_error(status, words, "nf_tables: asking"));
  }
  return {};
}

Result<NfTables::Consistency> NfTables::dump(uint8_t operation, uint8_t family,
                                             const NftAttributes& attributes, const Visit& visit) {
  const uint32_t sequence = ++sequence_;
  std::string request;
  append_nft_message(request,
                     {nft_message_type(operation), NLM_F_REQUEST | NLM_F_DUMP, sequence, family, 0},
                     attributes.bytes());
  GENBA_TRY_VOID(send(request));
  auto consistency = Consistency::kWhole;
  int status = 0;
  std::string words;
  GENBA_TRY_VOID(receive_answers(sequence, sequence, [&](const NftMessage& message) {
    if ((message.flags & NLM_F_DUMP_INTR) != 0 && message.kind != NftMessage::Kind::kStatus) {
      consistency = Consistency::kInterrupted;
    }
    if (message.kind == NftMessage::Kind::kNfTables) {
      visit(message);
    }
    status = message.status;
    words = message.words;
    return message.kind != NftMessage::Kind::kStatus && message.kind != NftMessage::Kind::kDone;
  }));
  if (status != 0) {
    return fail(nft_error(status, words, "nf_tables: listing"));
  }
  return consistency;
}

NftGeneration parse_nft_generation(const NftMessage& message) {
  return {find_nft_u32(message.attributes, NFTA_GEN_ID).value_or(0),
          find_nft_u32(message.attributes, NFTA_GEN_PROC_PID).value_or(0),
          find_nft_text(message.attributes, NFTA_GEN_PROC_NAME)};
}

Result<NftGeneration> NfTables::generation() {
  NftGeneration found;
  GENBA_TRY_VOID(get(NFT_MSG_GETGEN, 0, {},
                     [&](const NftMessage& message) { found = parse_nft_generation(message); }));
  return found;
}

Result<uint32_t> NfTables::read_consistently(const std::function<Result<Consistency>()>& read) {
  for (int i = 0; i < kMostTries; ++i) {
    GENBA_TRY(const NftGeneration before, generation());
    const auto consistency = read();
    GENBA_TRY(const NftGeneration after, generation());
    // What went wrong while the ruleset changed (a set that vanished) may go right next time.
    if (before.number != after.number) {
      continue;
    }
    if (!consistency) {
      return fail(consistency.error());
    }
    if (*consistency == Consistency::kWhole) {
      return after.number;
    }
  }
  return fail(
      ErrorCode::kTimedOut,
      fmt::format("nf_tables: the ruleset changed each of {} times that it was read", kMostTries));
}

}  // namespace genba::sys
