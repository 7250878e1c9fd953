// SPDX-License-Identifier: Apache-2.0
//
// sshd's lines around an attempt: how a connection ended, what a scanner sent, which sessions were
// started. Two shapes exist. Where the attacker's text stands before the peer (a user's name), the
// line is cut from its end; where it stands behind (an offer of algorithms, a farewell), from its
// front. Source: packet.c sshpkt_vfatal(), sshd.c, auth.c and session.c of OpenSSH 5.0 to 10.0,
// tcp_wrappers' refuse(). Covered by sshd_test.cc.
#include "parse/auth_message/message_scan.h"
#include "parse/auth_message/readers.h"

namespace genba::parse::auth {

namespace {

constexpr size_t kNone = std::string_view::npos;

enum class Phase : uint8_t { kBeforeLogin, kOther };

/// A message, what stands behind its known beginning, and whether it was marked "[preauth]".
struct Line {
  std::string_view whole;
  std::string_view rest;
  Phase phase = Phase::kOther;
};

bool as(AuthOutcome outcome, std::string_view detail, AuthMessage& out) {
  out.outcome = outcome;
  out.detail = detail;
  return true;
}

/// Cuts "peer: reason" and gives the reason; the peer goes to `out`. A user's name may hold ": ",
/// so the last one counts, and the first where the reason holds one as well.
std::optional<std::string_view> read_remote_and_reason(std::string_view text, AuthMessage& out) {
  for (const size_t at : {find_last(text, ": "), text.find(": ")}) {
    AuthMessage peer;
    if (at != kNone && read_sshd_remote(text.substr(0, at), peer)) {
      out = peer;
      return text.substr(at + 2);
    }
  }
  return std::nullopt;
}

/// "Connection closed by …", "Connection reset by …", "Disconnected from …": without a user and
/// before authentication it is what port scanners leave.
bool read_ended(const Line& line, AuthMessage& out) {
  if (!read_sshd_remote(line.rest, out)) {
    return false;
  }
  const bool named = !out.detail.empty() || !out.user.empty();
  const bool scan = line.phase == Phase::kBeforeLogin && !named;
  out.outcome = scan ? AuthOutcome::kProbe : AuthOutcome::kDisconnected;
  return true;
}

/// "Connection from [user U ]A port N: reason", behind a function's name, or with " timed out".
/// Without either it only says that a connection came, which is not told.
bool read_connection_from(const Line& line, AuthMessage& out) {
  std::string_view remote = line.rest;
  if (consume_end(remote, " timed out")) {
    out.outcome = AuthOutcome::kDisconnected;
    return read_sshd_remote(remote, out);
  }
  const auto reason = read_remote_and_reason(line.rest, out);
  return reason && as(AuthOutcome::kProbe, *reason, out);
}

/// "Received disconnect from A port N:11: Bye Bye", or "A: 11: Bye Bye": the words behind are the
/// client's, so the front counts.
bool read_received_disconnect(const Line& line, AuthMessage& out) {
  std::string_view text = line.rest;
  if (take_peer(text, out) && consume(text, ":")) {
    return as(AuthOutcome::kDisconnected, skip_spaces(text), out);
  }
  text = line.rest;
  const auto address = take_before(text, ": ");
  if (!address || address->find(' ') != kNone) {
    return false;
  }
  out.address = *address;
  return as(AuthOutcome::kDisconnected, text, out);
}

/// "Disconnecting[ [user U ]A port N]: reason". A change of user names the client's words last.
bool read_disconnecting(const Line& line, AuthMessage& out) {
  std::string_view text = line.rest;
  if (consume(text, ": ")) {
    return as(AuthOutcome::kDisconnected, text, out);
  }
  if (!consume(text, " ")) {
    return false;
  }
  constexpr std::string_view kChange = ": Change of username or service not allowed: ";
  const size_t change = text.find(kChange);
  if (change != kNone) {
    // The user's name before it and the client's words behind may both hold the text again.
    if (text.find(kChange, change + 1) != kNone) {
      return as(AuthOutcome::kDisconnected, text, out);
    }
    return read_sshd_remote(text.substr(0, change), out) &&
           as(AuthOutcome::kDisconnected, text.substr(change + 2), out);
  }
  const auto reason = read_remote_and_reason(text, out);
  if (!reason) {
    return false;
  }
  const bool tries = reason->starts_with("Too many authentication failures");
  return as(tries ? AuthOutcome::kProbe : AuthOutcome::kDisconnected, *reason, out);
}

/// "Unable to negotiate with A port N: no matching …. Their offer: …". The offer is the client's.
bool read_negotiation(const Line& line, AuthMessage& out) {
  std::string_view text = line.rest;
  const auto remote = take_before(text, ": ");
  return remote && read_sshd_remote(*remote, out) && as(AuthOutcome::kProbe, text, out);
}

/// "Timeout before authentication for A port N", "… for connection from A to B, pid = 7".
bool read_timeout(const Line& line, AuthMessage& out) {
  std::string_view text = line.rest;
  const bool both_ends = consume(text, "connection from ");
  if (!take_peer(text, out) || (!both_ends && !text.empty())) {
    return false;
  }
  return as(AuthOutcome::kProbe, "timeout before authentication", out);
}

/// "User U from A not allowed because reason", "User U not allowed because reason".
bool read_not_allowed(const Line& line, AuthMessage& out) {
  std::string_view reason = line.rest;
  const auto who = take_before(reason, " not allowed because ");
  if (!who) {
    return false;
  }
  if (!read_user_from(*who, out)) {
    out.user = *who;
  }
  return as(AuthOutcome::kFailed, reason, out);
}

/// "maximum authentication attempts exceeded for [invalid user ]U from A port N ssh2", and the
/// older "Too many authentication failures for …".
bool read_too_many(const Line& line, AuthMessage& out) {
  std::string_view text = line.rest;
  consume_end(text, " ssh2");
  consume(text, "invalid user ");
  return read_user_from(text, out) &&
         as(AuthOutcome::kProbe, "maximum authentication attempts exceeded", out);
}

/// "Starting session: what[ on TTY] for U from A port N id 0".
bool read_session_start(const Line& line, AuthMessage& out) {
  std::string_view who = line.rest.substr(0, find_last(line.rest, " id "));
  std::string_view started;
  if (const auto taken = take_before_last(who, " for ")) {
    started = *taken;
  } else {
    return false;
  }
  if (!read_user_from(who, out)) {
    return false;
  }
  out.service = "sshd";
  out.outcome = AuthOutcome::kSessionOpened;
  out.detail = started;
  if (const auto what = take_before_last(started, " on ")) {
    out.detail = *what;
    out.tty = started;
  }
  return true;
}

/// "Close session: user U from A port N id 0".
bool read_session_end(const Line& line, AuthMessage& out) {
  out.outcome = AuthOutcome::kSessionClosed;
  out.service = "sshd";
  return read_user_from(line.rest.substr(0, find_last(line.rest, " id ")), out);
}

/// "subsystem request for sftp[ by user U]".
bool read_subsystem(const Line& line, AuthMessage& out) {
  std::string_view user = line.rest;
  const auto subsystem = take_before(user, " by user ");
  out.service = "sshd";
  out.user = subsystem ? user : std::string_view();
  return as(AuthOutcome::kSessionOpened, subsystem ? *subsystem : line.rest, out);
}

/// "PAM: Authentication failure for [illegal user ]U from A".
bool read_keyboard_pam(const Line& line, AuthMessage& out) {
  std::string_view text = line.rest;
  const auto reason = take_before(text, " for ");
  if (!reason) {
    return false;
  }
  const bool unknown = consume(text, "illegal user ") || consume(text, "invalid user ");
  if (!read_user_from(text, out)) {
    return false;
  }
  out.method = "pam";
  return as(AuthOutcome::kFailed, unknown ? std::string_view("invalid user") : *reason, out);
}

bool read_access_denied(const Line& line, AuthMessage& out) {
  out.user = before(line.rest, " by PAM account");
  return as(AuthOutcome::kFailed, "denied by PAM account configuration", out);
}

bool read_root_refused(const Line& line, AuthMessage& out) {
  std::string_view text = line.rest;
  out.user = "root";
  return take_peer(text, out) && as(AuthOutcome::kFailed, "root login refused", out);
}

bool read_invalid_request(const Line& line, AuthMessage& out) {
  out.outcome = AuthOutcome::kInvalidUser;
  out.user = line.rest;
  return true;
}

/// "drop connection #10 from [A]:N on [B]:22 past MaxStartups".
bool read_drop(const Line& line, AuthMessage& out) {
  std::string_view text = line.rest;
  if (!take_before(text, " from [")) {
    return false;
  }
  const auto address = take_before(text, "]:");
  const auto port = base::parse_prefix<uint16_t>(text);
  if (!address || !port) {
    return false;
  }
  out.address = *address;
  out.port = *port;
  return as(AuthOutcome::kProbe, line.whole, out);
}

/// tcp_wrappers: "refused connect from [user@]host (A)".
bool read_refused(const Line& line, AuthMessage& out) {
  std::string_view address = line.rest;
  if (consume_end(address, ")") && take_before_last(address, "(")) {
    out.address = address;
  } else {
    address = line.rest;
    take_before_last(address, "@");
    out.address = address;
  }
  return as(AuthOutcome::kProbe, "refused connect", out);
}

/// What a client sent or did not send, then "from A[ port N]" as the last thing.
bool read_probe_from_end(const Line& line, AuthMessage& out) {
  if (!read_user_from(line.whole, out)) {
    return false;
  }
  const std::string_view what = out.user;
  out.user = {};
  return as(AuthOutcome::kProbe, what, out);
}

/// The peer right behind the beginning, then the client's words.
bool read_probe_from_front(const Line& line, AuthMessage& out) {
  std::string_view text = line.rest;
  if (!take_peer(text, out)) {
    return false;
  }
  if (out.port == -1) {
    consume_end(out.address, ":");
  }
  return as(AuthOutcome::kProbe, line.whole, out);
}

/// Says nothing but that a client broke the protocol.
bool read_nonsense(const Line& line, AuthMessage& out) {
  return as(AuthOutcome::kProbe, line.whole, out);
}

struct Beginning {
  std::string_view text;
  bool (*read)(const Line& line, AuthMessage& out);
};

// The more frequent first.
constexpr Beginning kBeginnings[] = {
    {"Connection closed by ", read_ended},
    {"Disconnected from ", read_ended},
    {"Received disconnect from ", read_received_disconnect},
    {"Connection reset by ", read_ended},
    {"Disconnecting", read_disconnecting},
    {"maximum authentication attempts exceeded for ", read_too_many},
    {"Did not receive identification string", read_probe_from_end},
    {"Unable to negotiate with ", read_negotiation},
    {"User ", read_not_allowed},
    {"input_userauth_request: invalid user ", read_invalid_request},
    {"input_userauth_request: illegal user ", read_invalid_request},
    {"PAM: ", read_keyboard_pam},
    {"Starting session: ", read_session_start},
    {"Close session: user ", read_session_end},
    {"subsystem request for ", read_subsystem},
    {"Timeout before authentication for ", read_timeout},
    {"Bad protocol version identification ", read_probe_from_end},
    {"drop connection #", read_drop},
    {"banner exchange: Connection from ", read_connection_from},
    {"ssh_dispatch_run_fatal: Connection from ", read_connection_from},
    {"sshpkt_fatal: Connection from ", read_connection_from},
    {"Connection from ", read_connection_from},
    {"Too many authentication failures for ", read_too_many},
    {"ROOT LOGIN REFUSED FROM ", read_root_refused},
    {"Access denied for user ", read_access_denied},
    {"refused connect from ", read_refused},
    {"Magic value check failed ", read_probe_from_end},
    {"Protocol major versions differ for ", read_probe_from_front},
    {"probed from ", read_probe_from_front},
    {"scanned from ", read_probe_from_front},
    {"Connection refused by tcp wrapper", read_nonsense},
    {"Corrupted MAC on input", read_nonsense},
    {"Bad packet length", read_nonsense},
    {"Bad remote protocol version", read_nonsense},
    {"Read from socket failed: ", read_nonsense},
    {"Unable to negotiate a key", read_nonsense},
    {"beginning MaxStartups throttling", read_nonsense},
    {"kex_exchange_identification: ", read_nonsense},
    {"kex protocol error: ", read_nonsense},
    {"kex_protocol_error: ", read_nonsense},
    {"no matching ", read_nonsense},
    {"bad client public DH value", read_nonsense},
    {"buffer_get", read_nonsense},
    {"dispatch_protocol_", read_nonsense},
    {"padding error: ", read_nonsense},
    {"crc32 compensation attack", read_nonsense},
    {"ssh_dispatch_run_fatal: ", read_nonsense},
    {"ssh_packet_", read_nonsense},
    {"sshpkt_", read_nonsense},
};

bool read_by_beginning(std::string_view message, Phase phase, AuthMessage& out) {
  for (const Beginning& beginning : kBeginnings) {
    if (message.front() != beginning.text.front()) {
      continue;
    }
    Line line{message, message, phase};
    if (consume(line.rest, beginning.text)) {
      return beginning.read(line, out);
    }
  }
  return false;
}

}  // namespace

bool read_sshd_remote(std::string_view text, AuthMessage& out) {
  if (consume(text, "invalid user ")) {
    out.detail = "invalid user";
  } else if (consume(text, "authenticating user ")) {
    out.detail = "authenticating user";
  } else if (!consume(text, "user ")) {
    return take_peer(text, out) && text.empty();
  }
  const size_t port = find_last(text, " port ");
  const size_t blank = port == kNone ? kNone : text.substr(0, port).rfind(' ');
  if (blank == kNone) {
    return false;
  }
  std::string_view peer = text.substr(blank + 1);
  out.user = text.substr(0, blank);
  return take_peer(peer, out) && peer.empty();
}

bool read_sshd(std::string_view message, AuthMessage& out) {
  // The privilege-separated child's lines are marked so by the monitor.
  const bool preauth = consume_end(message, " [preauth]");
  if (!preauth) {
    consume_end(message, " [postauth]");
  }
  message = trim_line_end(message);
  if (read_sshd_attempt(message, out)) {
    return true;
  }
  if (consume(message, "error: ") || consume(message, "fatal: ")) {
    consume(message, "Hm, ");
  }
  if (message.empty()) {
    return false;
  }
  out = AuthMessage{};
  return read_by_beginning(message, preauth ? Phase::kBeforeLogin : Phase::kOther, out);
}

}  // namespace genba::parse::auth
