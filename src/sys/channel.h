// SPDX-License-Identifier: Apache-2.0
//
// Twins of the system calls with which processes of ours talk to each other: socket pairs, poll,
// descriptors sent along. Covered by sys/channel_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

using base::Result;

/// A connected pair of AF_UNIX stream sockets, closed on exec.
Result<std::pair<Fd, Fd>> stream_pair();
/// The same, keeping message borders (SOCK_SEQPACKET).
Result<std::pair<Fd, Fd>> message_pair();

/// Sends all of `bytes` without SIGPIPE. kGone when the other end is closed.
Result<void> send_all(int socket, std::string_view bytes);
/// Sends one message with descriptors (at most kMaxSentFds).
inline constexpr size_t kMaxSentFds = 4;
Result<void> send_message(int socket, std::string_view bytes, std::span<const int> fds = {});

struct Message {
  std::string bytes;  ///< empty at the end of the connection
  std::vector<Fd> fds;
};
/// Receives one message of at most `limit` bytes.
Result<Message> receive_message(int socket, size_t limit);
/// Receives what is there, at most `buffer.size()`; 0 at the end of the connection.
Result<size_t> receive(int socket, std::span<char> buffer);

/// Waits until one of `fds` can be read (or was closed); `ready[i]` tells which. False when
/// `milliseconds` passed first; -1 waits for ever.
Result<bool> poll_readable(std::span<const int> fds, int milliseconds, std::vector<bool>& ready);
/// Whether poll(2) reports POLLPRI or POLLERR now: how mountinfo says that it changed.
bool has_priority_event(int fd);
/// lseek(2) to the start.
Result<void> rewind(int fd);

}  // namespace genba::sys
