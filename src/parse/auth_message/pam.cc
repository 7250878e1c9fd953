// SPDX-License-Identifier: Apache-2.0
//
// Lines that PAM modules write under the name of the program that asked: "pam_unix(sshd:auth):
// authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=A  user=U", sessions, password
// changes, lockouts. Most are a second account of what the program tells itself, hence the method
// "pam". Which side of "rhost=" the attacker can write depends on the program: FTP servers put the
// name tried into ruser, others leave that empty and pam_sss repeats the name behind "user=".
// Source: Linux-PAM 1.1 to 1.6 (pam_unix, pam_faillock, pam_tally2, pam_access), sssd's pam_sss,
// samba's pam_winbind. Covered by auth_message_test.cc.
#include "parse/auth_message/message_scan.h"
#include "parse/auth_message/readers.h"

namespace genba::parse::auth {

namespace {

bool fail(std::string_view user, std::string_view detail, AuthMessage& out) {
  out.outcome = AuthOutcome::kFailed;
  out.method = "pam";
  out.user = user;
  out.detail = detail;
  return true;
}

bool is_su(std::string_view service) {
  return service == "su" || service == "su-l" || service == "runuser" || service == "runuser-l";
}

/// Puts actor and account of a failure into their fields, once the line is cut.
void set_failed_users(std::string_view logname, std::string_view ruser, std::string_view user,
                      AuthMessage& out) {
  if (is_su(out.service)) {
    out.outcome = AuthOutcome::kSuFailed;
    out.user = ruser.empty() ? logname : ruser;
    out.target_user = user;
    return;
  }
  out.outcome = AuthOutcome::kFailed;
  out.user = user.empty() ? ruser : user;
  if (!logname.empty() && logname != out.user) {
    out.by = logname;
  }
}

/// "logname= uid=0 euid=0 tty=ssh ruser= rhost=A  user=U", of which only the end may be missing.
bool read_failure(std::string_view text, AuthMessage& out) {
  out.method = "pam";
  out.outcome = AuthOutcome::kFailed;
  text = skip_spaces(text);
  if (consume(text, "user=")) {
    out.user = text;  // all that pam_ldap tells
    return true;
  }
  if (!consume(text, "logname=")) {
    return false;
  }
  const auto logname = take_before(text, " uid=");
  if (!logname || !take_before(text, " tty=")) {
    return false;
  }
  const auto tty = take_before(text, " ruser=");
  if (!tty) {
    return false;
  }
  out.tty = *tty;
  std::string_view ruser;
  if (!consume(text, " rhost=")) {
    const auto taken = take_before_last(text, " rhost=");
    if (!taken) {
      return false;
    }
    ruser = *taken;
  }
  out.address = text.substr(0, text.find(' '));
  std::string_view rest = skip_spaces(text.substr(out.address.size()));
  const std::string_view user = consume(rest, "user=") ? rest : std::string_view();
  set_failed_users(*logname, ruser, user, out);
  return true;
}

/// "root(uid=0) by tanaka(uid=1000)", "root by (uid=0)", "root".
bool read_session(std::string_view text, AuthOutcome outcome, AuthMessage& out) {
  out.outcome = outcome;
  std::string_view by = text;
  const auto user = take_before_last(by, " by ");
  out.user = user ? *user : text;
  if (user) {
    out.by = by;
  }
  std::string_view uid = out.user;
  if (consume_end(uid, ")")) {
    if (const auto name = take_before_last(uid, "(uid=")) {
      if (const auto number = base::parse_number<int64_t>(uid)) {
        out.user = *name;
        out.uid = *number;
      }
    }
  }
  return true;
}

/// pam_sss: "U: 10 (User not known to the underlying authentication module)". Its code 7 follows an
/// "authentication failure" line of the same module and would count twice.
bool read_received(std::string_view text, AuthMessage& out) {
  const auto user = take_before_last(text, ": ");
  if (!user || text.starts_with("7 ")) {
    return false;
  }
  fail(*user, text, out);
  if (text.starts_with("10 ")) {
    out.outcome = AuthOutcome::kInvalidUser;
  }
  return true;
}

/// "user U (0) tally 5, deny 3" of pam_tally2, "user 'U' denied access (…)" of pam_winbind.
bool read_user_words(std::string_view text, AuthMessage& out) {
  if (const auto name = take_quoted(text)) {
    if (consume(text, " granted access")) {
      fail(*name, {}, out);
      out.outcome = AuthOutcome::kAccepted;
      return true;
    }
    return consume(text, " ") && text.starts_with("denied access") && fail(*name, text, out);
  }
  const size_t tally = find_last(text, ") tally ");
  const size_t open = tally == std::string_view::npos ? tally : text.substr(0, tally).rfind(" (");
  return open != std::string_view::npos && fail(text.substr(0, open), text.substr(tally + 2), out);
}

/// pam_access: "access denied for user `U' from `A'".
bool read_access(std::string_view text, AuthMessage& out) {
  std::string_view rest = text;
  const auto name = take_quoted(rest);
  if (!name) {
    return false;
  }
  if (consume(rest, " from ")) {
    const auto origin = take_quoted(rest);
    // A place is a host, a terminal or a service's name; only a host has a dot or a colon.
    if (origin && origin->find_first_of(".:") != std::string_view::npos) {
      out.address = *origin;
    }
  }
  return fail(*name, "access denied", out);
}

bool read_other(std::string_view text, AuthMessage& out) {
  if (consume(text, "Consecutive login failures for user ")) {
    const auto user = take_before_last(text, " account ");
    return user && fail(*user, text, out);
  }
  if (consume(text, "user ")) {
    return read_user_words(text, out);
  }
  if (consume(text, "access denied for user ")) {
    return read_access(text, out);
  }
  if (consume(text, "auth could not identify password for [")) {
    consume_end(text, "]");
    return fail(text, "no password could be asked for", out);
  }
  if (consume(text, "account ")) {
    const auto user = take_before_last(text, " has expired");
    return user && fail(*user, "account has expired", out);
  }
  if (consume(text, "received for user ")) {
    return read_received(text, out);
  }
  return false;
}

/// "2 more authentication failures; logname= …", "service(sshd) ignoring max retries; 6 > 3".
bool read_summary(std::string_view text, AuthMessage& out) {
  const auto count = base::parse_prefix<int32_t>(text);
  if (!count || *count < 1 || !consume(text, " more authentication failure")) {
    return false;
  }
  consume(text, "s");
  if (!consume(text, ";") || !read_failure(text, out)) {
    return false;
  }
  out.count = *count;
  return true;
}

}  // namespace

bool read_pam_text(std::string_view text, AuthMessage& out) {
  if (consume(text, "session opened for user ")) {
    return read_session(text, AuthOutcome::kSessionOpened, out);
  }
  if (consume(text, "session closed for user ")) {
    return read_session(text, AuthOutcome::kSessionClosed, out);
  }
  if (consume(text, "authentication failure;") || consume(text, "Authentication failure;")) {
    return read_failure(text, out);
  }
  if (consume(text, "authentication success;")) {
    const bool known = read_failure(text, out);
    out.outcome = AuthOutcome::kAccepted;
    if (is_su(out.service)) {
      out.outcome = AuthOutcome::kSu;
    }
    return known;
  }
  if (text == "check pass; user unknown") {
    out.outcome = AuthOutcome::kInvalidUser;
    out.method = "pam";
    return true;
  }
  if (consume(text, "bad username [")) {
    consume_end(text, "]");
    out.outcome = AuthOutcome::kInvalidUser;
    out.method = "pam";
    out.user = text;
    return true;
  }
  if (consume(text, "password changed for ")) {
    out.outcome = AuthOutcome::kPasswordChanged;
    out.target_user = text;
    return true;
  }
  return read_other(text, out);
}

bool read_pam(std::string_view message, AuthMessage& out) {
  if (consume(message, "PAM ")) {
    return read_summary(message, out);
  }
  const size_t open = message.find('(');
  const size_t end = message.find("): ");
  if (open == std::string_view::npos || end == std::string_view::npos || end < open) {
    return false;
  }
  out.service = before(message.substr(open + 1, end - open - 1), ":");
  return read_pam_text(message.substr(end + 3), out);
}

}  // namespace genba::parse::auth
