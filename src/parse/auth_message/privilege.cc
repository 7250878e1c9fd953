// SPDX-License-Identifier: Apache-2.0
//
// Lines of the programs that make one user another: sudo, su, doas, pkexec, polkitd. Their users
// are accounts of the machine, so names are honest; working directories, terminals and commands
// are not. Where fields stand in a row (sudo, pkexec) the first of each counts and the command is
// all the rest: a directory named "x ; USER=… ; COMMAND=…" can move the true target into the
// command, but never hide it. Where it does not hold: a refusal in the words of sudoers' own
// authfail_message, or in a language set by sudoers_locale, is not known as one. Source:
// eventlog.c, logging.c, sudoers.c and auth/pam.c of sudo, sudoers(5) "LOG FORMAT", su-common.c of
// util-linux, su.c of shadow, doas.c of opendoas, pkexec.c and polkitbackend of polkit. Covered by
// auth_message_test.cc.
#include <algorithm>

#include "parse/auth_message/message_scan.h"
#include "parse/auth_message/readers.h"

namespace genba::parse::auth {

namespace {

constexpr std::string_view kSeparator = " ; ";

/// Takes the next field of sudo's row. COMMAND= is the last, whatever it holds.
std::string_view take_sudo_field(std::string_view& text) {
  if (text.starts_with("COMMAND=")) {
    const std::string_view all = text;
    text = {};
    return all;
  }
  if (const auto field = take_before(text, kSeparator)) {
    return *field;
  }
  const std::string_view all = text;
  text = {};
  return all;
}

void set_first(std::string_view& field, std::string_view value) {
  if (field.empty()) {
    field = value;
  }
}

/// sudo writes one USER=. A second comes from a directory's name in front of the true one or from
/// the environment behind it, which nobody can tell apart: root is then believed.
void set_sudo_target(std::string_view user, AuthMessage& out) {
  if (out.target_user.empty() || user == "root") {
    out.target_user = user;
  }
}

/// Puts "NAME=value" where it belongs; false when it is no field of sudo's.
bool set_sudo_field(std::string_view field, AuthMessage& out) {
  if (consume(field, "TTY=")) {
    set_first(out.tty, field);
  } else if (consume(field, "PWD=")) {
    set_first(out.cwd, field);
  } else if (consume(field, "USER=")) {
    set_sudo_target(field, out);
  } else if (consume(field, "GROUP=")) {
    set_first(out.group, field);
  } else if (consume(field, "COMMAND=")) {
    set_first(out.command, field);
  } else {
    return field.starts_with("ENV=") || field.starts_with("TSID=") || field.starts_with("HOST=") ||
           field.starts_with("CHROOT=") || field.starts_with("RUNCHROOT=");
  }
  return true;
}

/// How the reasons begin for which sudo turns a user away. Warnings, after which it goes on, and
/// errors of its own (a host that does not resolve, damaged sudoers, a timestamp from the future)
/// stand in the same place; they are too many to list, so what is not here is none.
constexpr std::string_view kSudoRefusals[] = {
    "user NOT in sudoers",
    "user NOT authorized on host",
    "command not allowed",
    "setid command rejected",
    "a password is required",
    "user not allowed to ",            // preserve the environment, change the root directory …
    "sorry, you are not allowed to ",  // set these environment variables
    "sorry, you must have a tty",      // before 1.8
    "no tty",
    "account validation failure",
    "Account or password is expired",
    "Account expired or PAM config lacks",
    "Password expired",
    "PAM account management error",
};

/// "3 incorrect password attempts"; 0 when the reason is another.
int32_t count_attempts(std::string_view reason) {
  const auto count = base::parse_prefix<int32_t>(reason);
  return count && *count > 0 && reason.starts_with(" incorrect password attempt") ? *count : 0;
}

bool is_sudo_refusal(std::string_view reason) {
  for (const std::string_view refusal : kSudoRefusals) {
    if (reason.starts_with(refusal)) {
      return true;
    }
  }
  return count_attempts(reason) > 0;
}

/// "TARGET) U on TTY" behind "(to ".
bool read_su_pair(std::string_view text, AuthOutcome outcome, AuthMessage& out) {
  const auto target = take_before(text, ") ");
  const auto user = take_before_last(text, " on ");
  if (!target || !user) {
    return false;
  }
  out.outcome = outcome;
  out.target_user = *target;
  out.user = *user;
  out.tty = text;
  return true;
}

/// "TARGET by U" of shadow's su.
bool read_su_by(std::string_view text, AuthOutcome outcome, AuthMessage& out) {
  const auto target = take_before_last(text, " by ");
  if (!target) {
    return false;
  }
  out.outcome = outcome;
  out.target_user = *target;
  out.user = text;
  return true;
}

/// "[NAME=value] " off the front of pkexec's row; COMMAND goes to the last bracket.
bool take_bracket(std::string_view& text, std::string_view name, std::string_view end,
                  std::string_view& value) {
  std::string_view rest = text;
  if (!consume(rest, "[") || !consume(rest, name) || !consume(rest, "=")) {
    return false;
  }
  const auto taken = take_before(rest, end);
  if (!taken) {
    return false;
  }
  value = *taken;
  text = rest;
  return true;
}

bool read_pkexec_fields(std::string_view text, AuthMessage& out) {
  if (!take_bracket(text, "USER", "] ", out.target_user) ||
      !take_bracket(text, "TTY", "] ", out.tty) ||
      !take_bracket(text, "CWD", "] [COMMAND=", out.cwd)) {
    return false;
  }
  consume_end(text, "]");
  out.command = text;
  return true;
}

/// " authorization for action A for P [command] (owned by unix-user:V)", perhaps behind a word.
void read_polkit_action(std::string_view text, AuthMessage& out) {
  if (!take_before(text, " authorization for action ")) {
    return;
  }
  out.detail = before(text, " for ");
  std::string_view owner = text;
  if (!consume_end(owner, ")")) {
    return;
  }
  const auto process = take_before_last(owner, " (owned by unix-user:");
  if (!process) {
    return;
  }
  out.by = owner;
  std::string_view command = *process;
  if (consume_end(command, "]") && take_before(command, " [")) {
    out.command = command;
  }
}

}  // namespace

bool read_sudo(std::string_view message, AuthMessage& out) {
  std::string_view text = message;
  const auto user = take_before(text, " : ");
  if (!user) {
    return false;
  }
  out.user = trim_line_end(*user);
  if (consume(text, "(command continued) ")) {
    out.outcome = AuthOutcome::kSudo;
    out.command = text;
    out.detail = "command continued";
    return true;
  }
  bool known = false;
  while (!text.empty()) {
    const std::string_view field = take_sudo_field(text);
    if (set_sudo_field(field, out)) {
      known = true;
    } else if (!known && out.detail.empty()) {
      out.detail = field;  // a reason stands before all fields
    }
  }
  if (!known || (!out.detail.empty() && !is_sudo_refusal(out.detail))) {
    return false;
  }
  out.outcome = out.detail.empty() ? AuthOutcome::kSudo : AuthOutcome::kSudoRefused;
  out.count = std::max(count_attempts(out.detail), 1);
  return true;
}

bool read_su(std::string_view message, AuthMessage& out) {
  std::string_view text = message;
  if (consume(text, "(to ")) {
    return read_su_pair(text, AuthOutcome::kSu, out);
  }
  if (consume(text, "FAILED SU (to ")) {
    return read_su_pair(text, AuthOutcome::kSuFailed, out);
  }
  if (consume(text, "Successful su for ")) {
    return read_su_by(text, AuthOutcome::kSu, out);
  }
  if (consume(text, "FAILED su for ")) {
    return read_su_by(text, AuthOutcome::kSuFailed, out);
  }
  // "+ /dev/pts/0 tanaka:root", "- …" when it failed.
  const bool opened = consume(text, "+ ");
  if (!opened && !consume(text, "- ")) {
    return false;
  }
  const auto tty = take_before(text, " ");
  const auto user = take_before_last(text, ":");
  if (!tty || !user) {
    return false;
  }
  out.outcome = opened ? AuthOutcome::kSu : AuthOutcome::kSuFailed;
  out.tty = *tty;
  out.user = *user;
  out.target_user = text;
  return true;
}

bool read_doas(std::string_view message, AuthMessage& out) {
  std::string_view text = message;
  out.method = "doas";
  if (const auto user = take_before(text, " ran command ")) {
    // The target's name holds no blanks; command and directory may hold anything.
    const size_t from = find_last(text, " from /");
    const std::string_view head = text.substr(0, from);
    const size_t as = find_last(head, " as ");
    if (as == std::string_view::npos) {
      return false;
    }
    out.outcome = AuthOutcome::kSudo;
    out.user = *user;
    out.command = head.substr(0, as);
    out.target_user = head.substr(as + 4);
    out.cwd = from == std::string_view::npos ? std::string_view() : text.substr(from + 6);
    return true;
  }
  out.outcome = AuthOutcome::kSudoRefused;
  if (consume(text, "failed auth for ")) {
    out.user = text;
    out.detail = "failed auth";
    return true;
  }
  const bool refused =
      consume(text, "command not permitted for ") || consume(text, "failed command for ");
  const auto user = refused ? take_before(text, ": ") : std::nullopt;
  if (!user) {
    return false;
  }
  out.user = *user;
  out.command = text;
  out.detail = "command not permitted";
  return true;
}

bool read_pkexec(std::string_view message, AuthMessage& out) {
  std::string_view text = message;
  const auto user = take_before(text, ": ");
  if (!user) {
    return false;
  }
  out.user = *user;
  out.method = "pkexec";
  if (consume(text, "Executing command ")) {
    out.outcome = AuthOutcome::kSudo;
    return read_pkexec_fields(text, out);
  }
  if (consume(text, "Error executing command as another user: ")) {
    const size_t row = text.find(" [USER=");
    if (row == std::string_view::npos) {
      return false;
    }
    out.outcome = AuthOutcome::kSudoRefused;
    out.detail = text.substr(0, row);
    return read_pkexec_fields(text.substr(row + 1), out);
  }
  return false;
}

bool read_polkitd(std::string_view message, AuthMessage& out) {
  constexpr std::string_view kFailed = " FAILED to authenticate to gain";
  constexpr std::string_view kDone = " successfully authenticated as unix-user:";
  std::string_view text = message;
  if (!consume(text, "Operator of ")) {
    return false;
  }
  out.method = "polkit";
  if (const size_t failed = text.find(kFailed); failed != std::string_view::npos) {
    out.outcome = AuthOutcome::kFailed;
    read_polkit_action(text.substr(failed + kFailed.size()), out);
    out.user = out.by;
    return true;
  }
  if (!take_before(text, kDone)) {
    return false;
  }
  const auto user = take_before(text, " to gain");
  if (!user) {
    return false;
  }
  out.outcome = AuthOutcome::kAccepted;
  out.user = *user;
  read_polkit_action(text, out);
  return true;
}

}  // namespace genba::parse::auth
