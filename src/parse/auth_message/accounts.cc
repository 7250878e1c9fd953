// SPDX-License-Identifier: Apache-2.0
//
// Lines of the tools that keep /etc/passwd and /etc/group: useradd, usermod, groupadd, passwd and
// their kin. Root ran them, so texts are as honest as root is; still every field is cut at its
// first end. The account goes to target_user and the group to group; who did it is told by gpasswd
// and passwd alone. An edit by hand leaves no such line. Source: shadow-utils 4.1 to 4.15, SUSE's
// pwdutils, systemd-sysusers, accountsservice. Covered by auth_message_test.cc.
#include "parse/auth_message/message_scan.h"
#include "parse/auth_message/readers.h"

namespace genba::parse::auth {

namespace {

constexpr size_t kNone = std::string_view::npos;

bool done(AuthOutcome outcome, std::string_view detail, AuthMessage& out) {
  out.outcome = outcome;
  out.detail = detail;
  return true;
}

/// The value of the first "name=" behind a comma in a row "a=1, b=2".
std::string_view row_value(std::string_view row, std::string_view name) {
  const size_t at = row.find(name);
  return at == kNone ? std::string_view() : before(row.substr(at + name.size()), ", ");
}

/// "name=N, UID=0, GID=0, home=/root, shell=/bin/bash[, from=/dev/pts/0]"; small letters before
/// shadow 4.1.
bool read_new_user(std::string_view row, AuthMessage& out) {
  const size_t comma = row.find(", ");
  out.target_user = row.substr(0, comma);
  if (comma != kNone) {
    row.remove_prefix(comma);
    const std::string_view upper = row_value(row, ", UID=");
    const std::string_view uid = upper.empty() ? row_value(row, ", uid=") : upper;
    out.uid = base::parse_number<int64_t>(uid).value_or(-1);
    const size_t home = row.find(", home=");
    out.detail = home == kNone ? row.substr(2) : row.substr(home + 2);
    const size_t from = find_last(row, ", from=");
    if (from != kNone) {
      out.tty = row.substr(from + 7);
      if (out.tty == "none") {
        out.tty = {};
      }
    }
  }
  out.outcome = AuthOutcome::kAccountAdded;
  return true;
}

/// SUSE: "account=N, uid=0, gid=0, home=…, shell=…, by=0".
bool read_suse_account(std::string_view row, AuthOutcome outcome, AuthMessage& out) {
  const size_t by = find_last(row, ", by=");
  if (by != kNone) {
    out.by = row.substr(by + 5);
  }
  if (outcome != AuthOutcome::kAccountAdded) {
    out.target_user = before(row, ", ");
    out.group = row_value(row, ", group=");
    return done(outcome, row, out);
  }
  return read_new_user(row, out);
}

/// "name=G, GID=1" with where it was written, if told.
bool read_new_group(std::string_view row, std::string_view where, AuthMessage& out) {
  out.group = before(row, ", ");
  return done(AuthOutcome::kAccountAdded, where, out);
}

/// "'U' to [shadow ]group 'G'" and "'U' from …": a member came or went.
bool read_member(std::string_view text, std::string_view whole, AuthMessage& out) {
  const auto user = take_quoted(text);
  const size_t group = find_last(text, "group ");
  if (!user || group == kNone) {
    return false;
  }
  text.remove_prefix(group + 6);
  const auto name = take_quoted(text);
  if (!name) {
    return false;
  }
  out.target_user = *user;
  out.group = *name;
  return done(AuthOutcome::kAccountChanged, whole, out);
}

/// "user 'U' password", "user 'U' UID from '1000' to '0'", "user name 'a' to 'b'" behind "change ".
bool read_change(std::string_view text, AuthMessage& out) {
  const std::string_view whole = text;
  if (consume(text, "user name ")) {
    const auto old_name = take_quoted(text);
    if (!old_name || !consume(text, " to ")) {
      return false;
    }
    const auto new_name = take_quoted(text);
    out.target_user = new_name.value_or(*old_name);
    return done(AuthOutcome::kAccountChanged, whole, out);
  }
  const bool of_group = consume(text, "group ");
  if (!of_group && !consume(text, "user ")) {
    return false;
  }
  const auto name = take_quoted(text);
  if (!name) {
    return false;
  }
  if (of_group) {
    out.group = *name;
    return done(AuthOutcome::kAccountChanged, whole, out);
  }
  out.target_user = *name;
  const std::string_view what = skip_spaces(text);
  if (what == "password") {
    return done(AuthOutcome::kPasswordChanged, {}, out);
  }
  if (what.starts_with("UID from ") || what.starts_with("uid from ")) {
    std::string_view new_uid = what;
    if (take_before_last(new_uid, " to ")) {
      const auto quoted = take_quoted(new_uid);
      out.uid = base::parse_number<int64_t>(quoted ? *quoted : new_uid).value_or(-1);
    }
  }
  return done(AuthOutcome::kAccountChanged, what, out);
}

/// usermod's "lock user 'U' password" and "unlock …".
bool read_lock(std::string_view text, std::string_view whole, AuthMessage& out) {
  const auto user = take_quoted(text);
  if (!user) {
    return false;
  }
  out.target_user = *user;
  return done(AuthOutcome::kAccountChanged, whole, out);
}

/// "'U' shell to '/bin/sh'", "'U' information" behind "changed user " of chsh and chfn.
bool read_changed_user(std::string_view text, AuthMessage& out) {
  const auto user = take_quoted(text);
  if (!user) {
    return false;
  }
  out.target_user = *user;
  return done(AuthOutcome::kAccountChanged, skip_spaces(text), out);
}

/// "for 'U' changed by 'V'" behind "password ".
bool read_password_for(std::string_view text, AuthMessage& out) {
  const auto user = take_quoted(text);
  if (!user || !consume(text, " changed by ")) {
    return false;
  }
  const auto by = take_quoted(text);
  out.target_user = *user;
  out.by = by ? *by : text;
  return done(AuthOutcome::kPasswordChanged, {}, out);
}

/// gpasswd: "U added by V to group G", "U removed by V from group G" behind "user ".
bool read_gpasswd_user(std::string_view text, std::string_view whole, AuthMessage& out) {
  const bool added = text.find(" added by ") != kNone;
  const auto user = take_before(text, added ? " added by " : " removed by ");
  const auto by = take_before(text, added ? " to group " : " from group ");
  if (!user || !by) {
    return false;
  }
  out.target_user = *user;
  out.by = *by;
  out.group = before(text, " in /");
  return done(AuthOutcome::kAccountChanged, whole, out);
}

/// gpasswd: "members of group G set by V to …", "password of group G changed by V".
bool read_gpasswd_group(std::string_view text, std::string_view whole, AuthMessage& out) {
  for (const std::string_view verb :
       {" set by ", " changed by ", " removed by ", " restricted by "}) {
    std::string_view rest = text;
    if (const auto group = take_before(rest, verb)) {
      out.group = *group;
      out.by = before(rest, " ");
      return done(AuthOutcome::kAccountChanged, whole, out);
    }
  }
  return false;
}

/// "user 'U'", "group 'G' removed …", "removed group 'G' owned by 'U'": `text` is at the name.
bool read_removed(std::string_view text, std::string_view AuthMessage::*field,
                  std::string_view whole, AuthMessage& out) {
  const auto name = take_quoted(text);
  if (!name) {
    return false;
  }
  out.*field = *name;
  return done(AuthOutcome::kAccountRemoved, whole, out);
}

/// "Creating user 'U' (words) with UID 998 and GID 997." of systemd-sysusers.
bool read_sysusers(std::string_view text, AuthMessage& out) {
  const bool user = consume(text, "user ");
  if (!user && !consume(text, "group ")) {
    return false;
  }
  const auto name = take_quoted(text);
  if (!name) {
    return false;
  }
  (user ? out.target_user : out.group) = *name;
  if (user && take_before_last(text, " with UID ")) {
    out.uid = base::parse_prefix<int64_t>(text).value_or(-1);
  }
  return done(AuthOutcome::kAccountAdded, {}, out);
}

bool read_adding(std::string_view text, AuthMessage& out) {
  const std::string_view whole = text;
  if (consume(text, "new user: name=")) {
    return read_new_user(text, out);
  }
  if (consume(text, "new group: name=")) {
    return read_new_group(text, {}, out);
  }
  if (consume(text, "group added to ")) {
    const auto where = take_before(text, ": name=");
    return where && read_new_group(text, *where, out);
  }
  if (consume(text, "add ")) {
    return read_member(text, whole, out);
  }
  if (consume(text, "new account added - account=")) {
    return read_suse_account(text, AuthOutcome::kAccountAdded, out);
  }
  if (consume(text, "account added to group - account=")) {
    return read_suse_account(text, AuthOutcome::kAccountChanged, out);
  }
  return consume(text, "Creating ") && read_sysusers(text, out);
}

bool read_removing(std::string_view text, AuthMessage& out) {
  const std::string_view whole = text;
  if (consume(text, "delete user ")) {
    return read_removed(text, &AuthMessage::target_user, whole, out);
  }
  if (consume(text, "removed group ") || consume(text, "removed shadow group ") ||
      consume(text, "remove group ")) {
    return read_removed(text, &AuthMessage::group, whole, out);
  }
  if (consume(text, "delete ")) {
    return read_member(text, whole, out);
  }
  if (text.find(" removed") == kNone || !consume(text, "group ")) {
    return false;
  }
  return read_removed(text, &AuthMessage::group, whole, out);
}

bool read_changing(std::string_view text, AuthMessage& out) {
  const std::string_view whole = text;
  if (consume(text, "change ")) {
    return read_change(text, out);
  }
  if (consume(text, "lock user ") || consume(text, "unlock user ")) {
    return read_lock(text, whole, out);
  }
  if (consume(text, "changed user ")) {
    return read_changed_user(text, out);
  }
  if (consume(text, "changed password expiry for ")) {
    out.target_user = text;
    return done(AuthOutcome::kAccountChanged, "password expiry", out);
  }
  if (consume(text, "password for ")) {
    return read_password_for(text, out);
  }
  if (consume(text, "user ")) {
    return read_gpasswd_user(text, whole, out);
  }
  if (consume(text, "members of group ") || consume(text, "administrators of group ") ||
      consume(text, "password of group ") || consume(text, "access to group ")) {
    return read_gpasswd_group(text, whole, out);
  }
  if (consume(text, "group changed in ")) {
    const auto where = take_before(text, " (group ");
    out.group = before(before(text, "/"), ",");
    return where && done(AuthOutcome::kAccountChanged, whole, out);
  }
  // vipw: "file /etc/passwd edited".
  return consume(text, "file ") && consume_end(text, " edited") &&
         done(AuthOutcome::kAccountChanged, text, out);
}

}  // namespace

bool read_account_tool(std::string_view message, AuthMessage& out) {
  return read_adding(message, out) || read_removing(message, out) || read_changing(message, out);
}

/// "request by system-bus-name::1.66 [program pid:7 uid:1000]: create user 'x'".
bool read_accounts_daemon(std::string_view message, AuthMessage& out) {
  std::string_view text = message;
  if (!consume(text, "request by ")) {
    return false;
  }
  const std::string_view request = text;
  const auto caller = take_before(text, "]: ");  // its bracket belongs to it
  const auto by = caller ? request.substr(0, caller->size() + 1) : take_before(text, ": ");
  const size_t user = text.find(" user '");
  if (!by || user == kNone) {
    return false;
  }
  const std::string_view what = text.substr(0, user);
  std::string_view name = text.substr(user + 6);
  const auto quoted = take_quoted(name);
  out.target_user = quoted.value_or(std::string_view());
  out.by = *by;
  if (what == "create" || what == "delete") {
    return done(what == "create" ? AuthOutcome::kAccountAdded : AuthOutcome::kAccountRemoved, {},
                out);
  }
  const bool password = what.starts_with("set password");
  return done(password ? AuthOutcome::kPasswordChanged : AuthOutcome::kAccountChanged, text, out);
}

}  // namespace genba::parse::auth
