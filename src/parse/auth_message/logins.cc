// SPDX-License-Identifier: Apache-2.0
//
// Lines of the other doors: login at a console, systemd-logind, dropbear, vsftpd, dovecot. A name
// that was tried stands before the peer in all of them, so the last peer counts; only an anonymous
// FTP password stands behind it. Source: login.c of util-linux and of shadow, logind-session.c of
// systemd, svr-auth*.c of dropbear, logging.c of vsftpd, the login processes of dovecot 2. Covered
// by auth_message_test.cc and auth_real_test.cc.
#include "parse/auth_message/message_scan.h"
#include "parse/auth_message/readers.h"

namespace genba::parse::auth {

namespace {

constexpr size_t kNone = std::string_view::npos;

/// A terminal or a host, as login names where somebody came from.
void set_origin(std::string_view origin, AuthMessage& out) {
  consume(origin, "/dev/");
  if (origin.starts_with("tty") || origin.starts_with("pts/") || origin.starts_with("hvc")) {
    out.tty = origin;
  } else if (origin != "(null)") {
    out.address = origin;
  }
}

/// " on 'TTY'[ from 'HOST']" of shadow's login.
void read_quoted_origin(std::string_view text, AuthMessage& out) {
  if (const size_t on = text.find(" on '"); on != kNone) {
    std::string_view rest = text.substr(on + 4);
    out.tty = take_quoted(rest).value_or(std::string_view());
  }
  if (const size_t from = text.find(" from '"); from != kNone) {
    std::string_view rest = text.substr(from + 6);
    out.address = take_quoted(rest).value_or(std::string_view());
  }
}

/// "U, reason" or "'U', reason" behind " FOR "; the reason holds no comma.
void read_refused_user(std::string_view text, AuthMessage& out) {
  std::string_view reason = text;
  const auto user = take_before_last(reason, ", ");
  out.user = user ? *user : text;
  out.detail = user ? reason : std::string_view();
  consume_end(out.user, "'");
  consume(out.user, "'");
  if (out.user == "(unknown)" || out.user == "UNKNOWN") {
    out.user = {};  // login hides a name that does not exist: it may be a password
  }
}

/// Behind "FAILED LOGIN ": "1 FROM host FOR U, reason", "(1) on '/dev/tty1' FOR 'U', reason",
/// "SESSION FROM host FOR U, reason".
bool read_failed_login(std::string_view text, AuthMessage& out) {
  out.outcome = AuthOutcome::kFailed;
  const size_t name = text.find(" FOR ");  // the place is login's, the name is the attacker's
  if (name == kNone) {
    return false;
  }
  const std::string_view place = text.substr(0, name);
  const size_t from = place.find("FROM ");
  if (from != kNone) {
    set_origin(place.substr(from + 5), out);
  } else {
    read_quoted_origin(place, out);
  }
  read_refused_user(text.substr(name + 5), out);
  return true;
}

/// Behind "LOGIN ON " and "DIALUP AT ": "tty1 BY U[ FROM host]".
bool read_login_on(std::string_view text, AuthMessage& out) {
  const auto tty = take_before(text, " BY ");
  if (!tty) {
    return false;
  }
  out.outcome = AuthOutcome::kAccepted;
  out.tty = *tty;
  std::string_view host = text;
  const auto user = take_before_last(host, " FROM ");
  out.user = user ? *user : text;
  out.address = user ? host : std::string_view();
  return true;
}

/// "A:port" or "[A]:port".
bool read_address_and_port(std::string_view text, AuthMessage& out) {
  const size_t colon = text.rfind(':');
  if (colon == kNone) {
    return false;
  }
  const auto port = base::parse_number<uint16_t>(text.substr(colon + 1));
  std::string_view address = text.substr(0, colon);
  if (consume(address, "[")) {
    consume_end(address, "]");
  }
  if (!port || address.empty() || address.find(' ') != kNone) {
    return false;
  }
  out.address = address;
  out.port = *port;
  return true;
}

/// "'U'[ with [TYPE ]key FP] from A:port" of dropbear.
bool read_dropbear_login(std::string_view text, AuthOutcome outcome, std::string_view method,
                         AuthMessage& out) {
  consume_end(text, ", extra auth required");
  std::string_view peer = text;
  const auto who = take_before_last(peer, " from ");
  if (!who || !read_address_and_port(peer, out)) {
    return false;
  }
  std::string_view user = *who;
  std::string_view key = user;
  const auto name = method == "publickey" ? take_before_last(key, "' with ") : std::nullopt;
  if (name) {
    user = *name;
    const size_t word = key.find("key ");
    if (word != kNone) {
      out.key_type = trim_line_end(key.substr(0, word));
      out.fingerprint = key.substr(word + 4);
    }
  } else {
    consume_end(user, "'");
  }
  consume(user, "'");
  out.user = user;
  out.outcome = outcome;
  out.method = method;
  return true;
}

/// Behind "Exit ": "(U) from <A:port>: reason", "before auth from <A:port>: reason".
bool read_dropbear_exit(std::string_view text, AuthMessage& out) {
  out.outcome = AuthOutcome::kDisconnected;
  const bool before_login = consume(text, "before auth");
  if (before_login) {
    text = skip_spaces(text);
  } else if (consume(text, "(")) {
    const auto user = take_before(text, ")");
    if (!user) {
      return false;
    }
    out.user = *user;
    text = skip_spaces(text);
  } else {
    return false;
  }
  if (consume(text, "from <")) {
    const auto peer = take_before(text, ">");
    if (!peer || !read_address_and_port(*peer, out)) {
      return false;
    }
  }
  consume(text, ":");
  out.detail = skip_spaces(text);
  if (before_login && out.detail.find("user '") == kNone) {
    out.outcome = AuthOutcome::kProbe;
  }
  return true;
}

/// "key=<value>" in a row of dovecot's, whose value holds neither '>' nor a blank of its own.
std::string_view dovecot_value(std::string_view text, std::string_view key) {
  const size_t at = find_last(text, key);
  if (at == kNone) {
    return {};
  }
  const std::string_view value = text.substr(at + key.size());
  return value.substr(0, value.find_first_of(",> "));
}

/// "imap-login: Login: user=<U>, method=PLAIN, rip=A, …", "… (auth failed, 2 attempts …): user=…".
/// The name may hold anything; behind its last ">, " stand fields of dovecot's own.
bool read_dovecot_login(std::string_view text, AuthMessage& out) {
  const size_t at = text.find("user=<");
  const size_t end = at == kNone ? kNone : find_last(text, ">, method=");
  const size_t fallback = at == kNone ? kNone : find_last(text, ">, rip=");
  const size_t close = end != kNone ? end : fallback;
  if (at == kNone || close == kNone || close < at + 6) {
    return false;
  }
  const std::string_view head = text.substr(0, at);
  const std::string_view fields = text.substr(close);
  out.user = text.substr(at + 6, close - at - 6);
  out.address = dovecot_value(fields, "rip=");
  out.method = dovecot_value(fields, "method=");
  out.port = base::parse_number<uint16_t>(dovecot_value(fields, "rport=")).value_or(0);
  out.port = out.port == 0 ? -1 : out.port;
  // "Login: " became "Logged in: " in dovecot 2.4.
  for (const std::string_view words : {"-login: Login: ", "-login: Logged in: ",
                                       "-login: Info: Login: ", "-login: Info: Logged in: "}) {
    if (head.ends_with(words)) {
      out.outcome = AuthOutcome::kAccepted;
      return true;
    }
  }
  const size_t failed = head.find("(auth failed, ");
  if (failed == kNone) {
    out.outcome = AuthOutcome::kProbe;
    out.detail = trim_line_end(head);
    consume_end(out.detail, ":");
    return head.find("Disconnected") != kNone || head.find("borted") != kNone;
  }
  std::string_view attempts = head.substr(failed + 14);
  const auto count = base::parse_prefix<int32_t>(attempts);
  out.count = count && *count > 0 ? *count : 1;
  out.outcome = AuthOutcome::kFailed;
  return true;
}

/// Finds "database(" behind a ": " and leaves what stands behind it: the first such word counts, as
/// the user's name follows it.
std::string_view take_dovecot_database(std::string_view& text) {
  while (take_before(text, ": ")) {
    size_t end = 0;
    while (end < text.size() && ((text[end] >= 'a' && text[end] <= 'z') || text[end] == '-')) {
      ++end;
    }
    if (end > 0 && end < text.size() && text[end] == '(') {
      const std::string_view database = text.substr(0, end);
      text.remove_prefix(end + 1);
      return database;
    }
  }
  return {};
}

/// "auth-worker(7): …: pam(U,A[,<session>]): unknown user", with other databases for pam.
bool read_dovecot_worker(std::string_view text, AuthMessage& out) {
  out.method = take_dovecot_database(text);
  size_t end = find_last(text, "): unknown user");
  out.outcome = end != kNone ? AuthOutcome::kInvalidUser : AuthOutcome::kFailed;
  for (const std::string_view reason :
       {"): pam_authenticate() failed: ", "): Password mismatch", "): Login failed"}) {
    end = end != kNone ? end : find_last(text, reason);
  }
  if (out.method.empty() || end == kNone) {
    return false;
  }
  std::string_view who = text.substr(0, end);
  if (who.ends_with('>')) {
    who = who.substr(0, find_last(who, ",<"));
  }
  const auto user = take_before_last(who, ",");
  if (!user) {
    return false;
  }
  out.user = *user;
  out.address = who;
  return true;
}

}  // namespace

bool read_login(std::string_view message, AuthMessage& out) {
  std::string_view text = message;
  out.method = "console";
  if (consume(text, "FAILED LOGIN ")) {
    return read_failed_login(text, out);
  }
  if (consume(text, "TOO MANY LOGIN TRIES ")) {
    return read_failed_login(text, out);
  }
  if (consume(text, "ROOT LOGIN")) {
    out.outcome = AuthOutcome::kAccepted;
    out.user = "root";
    if (consume(text, " ON ")) {
      out.tty = before(text, " FROM ");
      if (take_before(text, " FROM ")) {
        out.address = text;
      }
    } else {
      read_quoted_origin(text, out);
    }
    return true;
  }
  if (consume(text, "LOGIN ON ")) {
    return read_login_on(text, out);
  }
  if (consume(text, "DIALUP AT ")) {
    out.method = "dialup";
    return read_login_on(text, out);
  }
  if (consume(text, "invalid password for ")) {  // shadow's, with its place behind the name
    const auto user = take_quoted(text);
    out.outcome = AuthOutcome::kFailed;
    out.user = user.value_or(std::string_view());
    read_quoted_origin(text, out);
    return user.has_value();
  }
  return false;
}

bool read_logind(std::string_view message, AuthMessage& out) {
  std::string_view text = message;
  out.service = "systemd-logind";
  if (consume(text, "New session ")) {
    // "5 of user root." and, since version 256, "'5' of user 'root' with class 'user' …".
    const auto session = take_before(text, " of user ");
    if (!session) {
      return false;
    }
    out.outcome = AuthOutcome::kSessionOpened;
    out.detail = *session;
    if (consume(out.detail, "'")) {
      consume_end(out.detail, "'");
      out.user = take_quoted(text).value_or(std::string_view());
    } else {
      consume_end(text, ".");
      out.user = text;
    }
    return true;
  }
  if (consume(text, "Removed session ")) {
    consume_end(text, ".");
    out.outcome = AuthOutcome::kSessionClosed;
    out.detail = text;
    return true;
  }
  if (consume(text, "Session ")) {
    const auto session = take_before(text, " logged out.");
    out.outcome = AuthOutcome::kDisconnected;
    out.detail = session.value_or(std::string_view());
    return session.has_value();
  }
  return false;
}

bool read_dropbear(std::string_view message, AuthMessage& out) {
  struct Shape {
    std::string_view beginning;
    AuthOutcome outcome;
    std::string_view method;
  };
  constexpr Shape kShapes[] = {
      {"Bad password attempt for ", AuthOutcome::kFailed, "password"},
      {"bad password attempt for ", AuthOutcome::kFailed, "password"},
      {"Bad PAM password attempt for ", AuthOutcome::kFailed, "password"},
      {"Password auth succeeded for ", AuthOutcome::kAccepted, "password"},
      {"password auth succeeded for ", AuthOutcome::kAccepted, "password"},
      {"PAM password auth succeeded for ", AuthOutcome::kAccepted, "password"},
      {"Auth succeeded with blank password for ", AuthOutcome::kAccepted, "none"},
      {"Pubkey auth succeeded for ", AuthOutcome::kAccepted, "publickey"},
      {"pubkey auth succeeded for ", AuthOutcome::kAccepted, "publickey"},
      {"Pubkey auth bad signature for ", AuthOutcome::kFailed, "publickey"},
  };
  std::string_view text = message;
  for (const Shape& shape : kShapes) {
    if (consume(text, shape.beginning)) {
      // With a second factor still to come it is no login yet.
      const bool partial = text.ends_with(", extra auth required");
      return read_dropbear_login(text, partial ? AuthOutcome::kKeyAccepted : shape.outcome,
                                 shape.method, out);
    }
  }
  if (consume(text, "Login attempt for nonexistent user ") ||
      consume(text, "login attempt for nonexistent user ")) {
    out.outcome = AuthOutcome::kInvalidUser;
    if (consume(text, "from ")) {
      return read_address_and_port(text, out);
    }
    return read_dropbear_login(text, AuthOutcome::kInvalidUser, {}, out);
  }
  return consume(text, "Exit ") && read_dropbear_exit(text, out);
}

bool read_vsftpd(std::string_view message, AuthMessage& out) {
  std::string_view text = message;
  // vsftpd's own file has the process in front: "[pid 27244] [user] FAIL LOGIN: Client "A"".
  if (consume(text, "[pid ") && !take_before(text, "] ")) {
    return false;
  }
  if (!consume(text, "[")) {
    return false;
  }
  constexpr std::string_view kFailed = "] FAIL LOGIN: Client \"";
  std::string_view rest = text;
  auto user = take_before(rest, "] OK LOGIN: Client \"");
  const size_t failed = find_last(text, kFailed);
  // A name that was let in is an account's; one that was refused may hold a line of its own. The
  // password of an anonymous login may as well, and stands behind.
  const bool anonymous = user && (*user == "ftp" || *user == "anonymous") &&
                         rest.find("\", anon password \"") != kNone;
  out.outcome = AuthOutcome::kAccepted;
  if (failed != kNone && !anonymous) {
    user = text.substr(0, failed);
    rest = text.substr(failed + kFailed.size());
    out.outcome = AuthOutcome::kFailed;
  }
  const auto address = user ? take_before(rest, "\"") : std::nullopt;
  if (!address) {
    return false;
  }
  out.method = "ftp";
  out.user = *user;
  out.address = *address;
  return true;
}

bool read_dovecot(std::string_view message, AuthMessage& out) {
  return message.find("-login: ") != kNone ? read_dovecot_login(message, out)
                                           : read_dovecot_worker(message, out);
}

}  // namespace genba::parse::auth
