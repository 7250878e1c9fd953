// SPDX-License-Identifier: Apache-2.0
//
// sshd's lines about one attempt: "Failed password for invalid user U from A port N ssh2: TYPE FP"
// and its kin. U is the attacker's and may hold a whole line of its own, so the peer is looked for
// from the end, and only what sshd itself writes may follow it. Two texts behind the peer are the
// attacker's as well: the ID of a certificate that he made, and the client user of hostbased
// authentication. With those a second peer is possible that nobody can tell from the true one;
// then none is given. Source: auth.c auth_log() and auth2.c of OpenSSH. Covered by sshd_test.cc.
#include "parse/auth_message/message_scan.h"
#include "parse/auth_message/readers.h"

namespace genba::parse::auth {

namespace {

constexpr std::string_view kAmbiguous = "more than one peer can be read";

/// What may follow "from A port N" in an attempt.
enum class Tail : uint8_t {
  kForeign,  ///< nothing that sshd writes: the pair belongs to the user's name
  kPlain,    ///< the end, "ssh2", or "ssh2: " with a key or a principal
  kOpen,     ///< a certificate or a client user follows, with text of the attacker's
};

/// Tells what `tail` is and leaves in it the text behind "ssh2: ".
Tail read_tail(std::string_view& tail) {
  tail = skip_spaces(tail);
  if (tail.empty()) {
    return Tail::kPlain;
  }
  if (!consume(tail, "ssh2")) {
    return Tail::kForeign;
  }
  if (tail.empty()) {
    return Tail::kPlain;
  }
  if (!consume(tail, ": ")) {
    return Tail::kForeign;
  }
  const size_t type_end = tail.find(' ');
  if (type_end == std::string_view::npos) {
    return Tail::kPlain;  // the principal of gssapi-with-mic
  }
  const std::string_view behind_type = tail.substr(type_end + 1);
  const size_t print_end = behind_type.find(' ');
  if (print_end == std::string_view::npos) {
    return Tail::kPlain;
  }
  const std::string_view print = behind_type.substr(0, print_end);
  const std::string_view rest = behind_type.substr(print_end);
  const bool certificate = print == "ID" || rest.starts_with(" ID ");  // "TYPE ID x" before 6.8
  const bool hostbased = print.ends_with(',') && rest.starts_with(" client user \"");
  return certificate || hostbased ? Tail::kOpen : Tail::kForeign;
}

struct Peer {
  std::string_view address;
  int32_t port = -1;
};

/// "A" or "A port N" off the front of `text`.
bool take_pair(std::string_view& text, Peer& peer) {
  peer.address = text.substr(0, text.find(' '));
  if (peer.address.empty()) {
    return false;
  }
  std::string_view rest = text.substr(peer.address.size());
  peer.port = -1;
  if (consume(rest, " port ")) {
    const auto number = base::parse_prefix<uint16_t>(rest);
    if (!number) {
      return false;
    }
    peer.port = *number;
  }
  text = rest;
  return true;
}

void set_peer(const Peer& peer, AuthMessage& out) {
  // sshd's word for a peer that had gone, with port 65535.
  if (peer.address != "UNKNOWN") {
    out.address = peer.address;
    out.port = peer.port;
  }
}

constexpr std::string_view kFrom = " from ";
/// Where the search goes on before a " from ": its last blank may be the first of another.
constexpr size_t kOverlap = kFrom.size() - 1;

struct Found {
  size_t at = std::string_view::npos;  ///< of " from "
  Peer peer;
  Tail kind = Tail::kForeign;
  std::string_view tail;
};

/// The last " from A port N" before `end` that sshd can have written.
Found find_last_peer(std::string_view text, size_t end) {
  while (true) {
    const size_t at = find_last(text.substr(0, end), kFrom);
    if (at == std::string_view::npos) {
      return {};
    }
    std::string_view rest = text.substr(at + kFrom.size());
    Peer peer;
    if (take_pair(rest, peer) && peer.port != -1) {
      const Tail kind = read_tail(rest);
      if (kind != Tail::kForeign) {
        return {at, peer, kind, rest};
      }
    }
    end = at + kOverlap;
  }
}

/// "TYPE FP", "TYPE FP ID …", "TYPE FP, client user …", or a principal.
void read_key(std::string_view text, AuthMessage& out) {
  if (text.empty()) {
    return;
  }
  const size_t type_end = text.find(' ');
  if (type_end == std::string_view::npos) {
    out.detail = text;
    return;
  }
  out.key_type = text.substr(0, type_end);
  std::string_view rest = text.substr(type_end + 1);
  if (rest.starts_with("ID ")) {
    out.detail = rest;
    return;
  }
  const size_t print_end = rest.find(' ');
  out.fingerprint = rest.substr(0, print_end);
  consume_end(out.fingerprint, ",");
  if (print_end != std::string_view::npos) {
    out.detail = rest.substr(print_end + 1);
  }
}

/// What stands behind "Failed " and the like.
bool read_attempt(std::string_view text, AuthOutcome outcome, AuthMessage& out) {
  const auto method = take_before(text, " for ");
  if (!method) {
    return false;
  }
  const Found found = find_last_peer(text, text.size());
  if (found.at == std::string_view::npos) {
    return false;
  }
  out.outcome = outcome;
  out.method = *method;
  if (found.kind == Tail::kOpen &&
      find_last_peer(text, found.at + kOverlap).at != std::string_view::npos) {
    out.detail = kAmbiguous;
    return true;
  }
  std::string_view user = text.substr(0, found.at);
  set_peer(found.peer, out);
  read_key(found.tail, out);
  if (consume(user, "invalid user ") || consume(user, "illegal user ")) {
    out.detail = "invalid user";
  }
  out.user = user;
  return true;
}

bool read_accepted(std::string_view text, AuthMessage& out) {
  // At VERBOSE: "Accepted key ED25519 SHA256:… found at /root/.ssh/authorized_keys:1".
  if (consume(text, "key ")) {
    const auto type = take_before(text, " ");
    const auto print = type ? take_before(text, " found at ") : std::nullopt;
    if (!print) {
      return false;
    }
    out.outcome = AuthOutcome::kKeyAccepted;
    out.method = "publickey";
    out.key_type = *type;
    out.fingerprint = *print;
    out.detail = text;
    return true;
  }
  if (text.starts_with("certificate ID ")) {
    out.outcome = AuthOutcome::kKeyAccepted;
    out.method = "publickey";
    out.detail = text;
    return true;
  }
  return read_attempt(text, AuthOutcome::kAccepted, out);
}

}  // namespace

bool take_peer(std::string_view& text, AuthMessage& out) {
  Peer peer;
  if (!take_pair(text, peer)) {
    return false;
  }
  set_peer(peer, out);
  return true;
}

bool read_user_from(std::string_view text, AuthMessage& out) {
  std::string_view rest = text;
  const auto user = take_before_last(rest, " from ");
  if (!user || !take_peer(rest, out) || !rest.empty()) {
    return false;
  }
  out.user = *user;
  return true;
}

bool read_sshd_attempt(std::string_view message, AuthMessage& out) {
  if (consume(message, "Failed ")) {
    return read_attempt(message, AuthOutcome::kFailed, out);
  }
  if (consume(message, "Accepted ")) {
    return read_accepted(message, out);
  }
  if (consume(message, "Invalid user ") || consume(message, "Illegal user ")) {
    out.outcome = AuthOutcome::kInvalidUser;
    return read_user_from(message, out);
  }
  if (consume(message, "Postponed ")) {
    // Of other methods it says no more than that a dialog has begun.
    return message.starts_with("publickey ") &&
           read_attempt(message, AuthOutcome::kKeyAccepted, out);
  }
  if (consume(message, "Partial ")) {
    return read_attempt(message, AuthOutcome::kKeyAccepted, out);
  }
  return false;
}

}  // namespace genba::parse::auth
