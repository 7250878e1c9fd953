// SPDX-License-Identifier: Apache-2.0
//
// Is the responder's session alive behind the rules? Told by what TCP itself knows: an
// acknowledgement, or data, that came after the rules were in force has passed them. A line printed
// to the terminal meanwhile is what the other end acknowledges. Where it does
// not hold: the ages are counted by a clock that stands still in suspend, so a host that slept
// since may be believed alive by an older sign; a proxy in between (a jump host's sshd) answers for
// itself, not for the person behind it. Source: tcp(7) TCP_INFO, net/ipv4/tcp.c (tcp_get_info).
// Covered by prove_session_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "model/containment.h"
#include "sys/fd.h"
#include "sys/socket_diag.h"

namespace genba::act {

struct SessionProofRequest {
  /// When the rules came into force, CLOCK_BOOTTIME in nanoseconds.
  int64_t armed = 0;
  std::chrono::milliseconds wait{3000};  ///< for a sign of life
  int index = 0;                         ///< as flow_of()
  /// Prints a line to the responder's terminal; called once, late enough after `armed` for its
  /// acknowledgement to count. Without it only what the responder types or prints can be seen.
  std::function<void()> say;
};

/// The proof for the path "session". Proven: a sign of life. Asserted: there is no session over the
/// network (`session` is null: a console), it is a loopback session, TCP_INFO cannot be had, or
/// nothing was to be acknowledged. Failed: the socket is gone or closing, or what is sent has to be
/// sent again and is not answered. `diag` was opened (sys::open_sock_diag) in the session's network
/// namespace. Polls, for at most `wait`.
model::PathProof prove_session(const sys::Fd& diag, const model::SessionCandidate* session,
                               const SessionProofRequest& request);

/// What one reading says.
enum class SessionSign : uint8_t { kAlive, kQuiet, kRepeating, kClosing };

/// Pure. `first` is an earlier reading, also of after the rules came into force; `since` is how
/// long ago that was. The clock of the ages has steps of up to 10 ms, so a sign that is not younger
/// by two of these is not counted.
SessionSign read_sign(const sys::TcpInfo& now, const sys::TcpInfo& first,
                      std::chrono::milliseconds since);

}  // namespace genba::act
