// SPDX-License-Identifier: Apache-2.0
#include "sys/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace genba::sys {

namespace {

tl::unexpected<base::Error> failed(const char* call) {
  if (errno == EPIPE || errno == ECONNRESET) {
    return base::fail(
        base::Error{base::ErrorCode::kGone, errno, std::string(call) + ": the other end closed"});
  }
  return base::fail(base::error_from_errno(errno, call));
}

Result<std::pair<Fd, Fd>> pair_of(int type) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) < 0) {
    return failed("socketpair");
  }
  return std::pair(Fd(ends[0]), Fd(ends[1]));
}

}  // namespace

Result<std::pair<Fd, Fd>> stream_pair() {
  return pair_of(SOCK_STREAM);
}

Result<std::pair<Fd, Fd>> message_pair() {
  return pair_of(SOCK_SEQPACKET);
}

Result<void> send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EINTR) {
      return failed("send");
    }
    bytes.remove_prefix(size < 0 ? 0 : static_cast<size_t>(size));
  }
  return {};
}

Result<void> send_message(int socket, std::string_view bytes, std::span<const int> fds) {
  GENBA_CHECK(fds.size() <= kMaxSentFds);
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMaxSentFds * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(fds.size_bytes());
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(fds.size_bytes());
    std::memcpy(CMSG_DATA(head), fds.data(), fds.size_bytes());
  }
  while (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) {
      return failed("sendmsg");
    }
  }
  return {};
}

Result<Message> receive_message(int socket, size_t limit) {
  Message result;
  result.bytes.resize(limit);
  iovec part{result.bytes.data(), result.bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMaxSentFds * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t size = 0;
  while ((size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0) {
    if (errno != EINTR) {
      return failed("recvmsg");
    }
  }
  result.bytes.resize(static_cast<size_t>(size));
  for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr;
       head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
      const size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      for (size_t i = 0; i < count; ++i) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof(int));
        result.fds.emplace_back(fd);
      }
    }
  }
  return result;
}

Result<size_t> receive(int socket, std::span<char> buffer) {
  ssize_t size = 0;
  while ((size = ::recv(socket, buffer.data(), buffer.size(), 0)) < 0) {
    if (errno != EINTR) {
      return failed("recv");
    }
  }
  return static_cast<size_t>(size);
}

Result<bool> poll_readable(std::span<const int> fds, int milliseconds, std::vector<bool>& ready) {
  std::vector<pollfd> polled;
  polled.reserve(fds.size());
  for (const int fd : fds) {
    polled.push_back({fd, POLLIN, 0});
  }
  int count = 0;
  while ((count = ::poll(polled.data(), polled.size(), milliseconds)) < 0) {
    if (errno != EINTR) {
      return failed("poll");
    }
  }
  ready.assign(fds.size(), false);
  for (size_t i = 0; i < polled.size(); ++i) {
    ready[i] = polled[i].revents != 0;
  }
  return count > 0;
}

bool has_priority_event(int fd) {
  pollfd polled{fd, POLLPRI, 0};
  return ::poll(&polled, 1, 0) > 0 && (polled.revents & (POLLPRI | POLLERR)) != 0;
}

Result<void> rewind(int fd) {
  if (::lseek(fd, 0, SEEK_SET) < 0) {
    return failed("lseek");
  }
  return {};
}

}  // namespace genba::sys
