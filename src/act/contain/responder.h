// SPDX-License-Identifier: Apache-2.0
//
// Whose session is this? Found by what the kernel says, never by the environment: from our own
// parent up to the sshd that serves us, and the connection that it holds at a port where sshd
// listens. An ancestor cannot be put between us and sshd from outside, so what is found on that way
// is proven. Where the way ends early (tmux, screen and other servers that outlive a login), the
// sessions of the same login are looked at instead: that is a guess, and an intruder may hold the
// same account, so each candidate says how sure it is, and none is chosen among equals. A root
// intruder who replaced sshd itself is out of reach. Covered by responder_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "model/containment.h"
#include "model/tables/listening_ports.h"
#include "model/tables/process_open_sockets.h"
#include "model/tables/processes.h"
#include "sys/socket_diag.h"

namespace genba::act {

/// What the kernel says of this run itself, which no table lists.
struct Self {
  int64_t parent = 0;
  std::optional<std::string> tty;   ///< as in processes.tty
  std::optional<int64_t> loginuid;  ///< absent when never set
  int64_t uid = 0;
  int64_t net_namespace = 0;
};

using model::SessionCandidate;

enum class SessionWay : uint8_t {
  kSsh,      ///< over the network
  kConsole,  ///< a console or serial line: needs no network
  kNone,     ///< not found
};
/// ssh, console or none.
std::string_view to_string(SessionWay way);

struct Responder {
  SessionWay way = SessionWay::kNone;
  std::vector<SessionCandidate> candidates;  ///< the surest first
  std::optional<size_t> chosen;              ///< index of the one that can be relied on
  std::vector<int64_t> ancestors;            ///< our parent first
  std::vector<model::Text> doubts;           ///< what did not fit, one line each

  const SessionCandidate* session() const { return chosen ? &candidates[*chosen] : nullptr; }
};

struct ResponderFacts {
  const std::vector<model::Process>& processes;
  const std::vector<model::ProcessOpenSocket>& sockets;
  const std::vector<model::ListeningPort>& ports;
};

/// Pure. A candidate is chosen when it alone is proven, or, when none is, alone likely.
Responder find_responder(const Self& self, const ResponderFacts& facts);

/// The flow as its socket holds it, for sys::read_tcp_info: a socket of both families has mapped
/// addresses. `index` is the device of a link-local session, 0 for any other.
sys::Flow flow_of(const SessionCandidate& session, int index = 0);

/// An IPv4-mapped address as IPv4; any other as it is.
base::Address unmapped(const base::Address& address);

}  // namespace genba::act
