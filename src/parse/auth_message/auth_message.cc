// SPDX-License-Identifier: Apache-2.0
#include "parse/auth_message/auth_message.h"

#include <algorithm>
#include <limits>

#include "parse/auth_message/message_scan.h"
#include "parse/auth_message/readers.h"

namespace genba::parse {

namespace {

using Reader = bool (*)(std::string_view message, AuthMessage& out);

struct NamedReader {
  std::string_view program;
  Reader reader;
};

// Most lines are sshd's, which is asked for before this table.
constexpr NamedReader kReaders[] = {
    {"sudo", auth::read_sudo},
    {"su", auth::read_su},
    {"login", auth::read_login},
    {"systemd-logind", auth::read_logind},
    {"dropbear", auth::read_dropbear},
    {"dovecot", auth::read_dovecot},
    {"vsftpd", auth::read_vsftpd},
    {"doas", auth::read_doas},
    {"pkexec", auth::read_pkexec},
    {"useradd", auth::read_account_tool},
    {"usermod", auth::read_account_tool},
    {"userdel", auth::read_account_tool},
    {"groupadd", auth::read_account_tool},
    {"groupmod", auth::read_account_tool},
    {"groupdel", auth::read_account_tool},
    {"gpasswd", auth::read_account_tool},
    {"passwd", auth::read_account_tool},
    {"chpasswd", auth::read_account_tool},
    {"chgpasswd", auth::read_account_tool},
    {"chage", auth::read_account_tool},
    {"chsh", auth::read_account_tool},
    {"chfn", auth::read_account_tool},
    {"newusers", auth::read_account_tool},
    {"vipw", auth::read_account_tool},
    {"vigr", auth::read_account_tool},
    {"adduser", auth::read_account_tool},
    {"addgroup", auth::read_account_tool},
    {"deluser", auth::read_account_tool},
    {"delgroup", auth::read_account_tool},
    {"groupmems", auth::read_account_tool},
    {"systemd-sysusers", auth::read_account_tool},
    {"accounts-daemon", auth::read_accounts_daemon},
};

bool is_sshd(std::string_view program) {
  if (!consume(program, "sshd")) {
    return false;
  }
  return program.empty() || program == "-session" || program == "-auth";
}

Reader find_reader(std::string_view program) {
  for (const NamedReader& named : kReaders) {
    if (named.program == program) {
      return named.reader;
    }
  }
  // "polkitd(authority=local)" in older versions.
  return program.starts_with("polkitd") ? auth::read_polkitd : nullptr;
}

bool read_one(std::string_view program, std::string_view message, AuthMessage& out) {
  if (message.starts_with("pam_") || message.starts_with("PAM ")) {
    return auth::read_pam(message, out);
  }
  if (is_sshd(program)) {
    return auth::read_sshd(message, out);
  }
  // Linux-PAM before 0.99 put its name into the tag: "sshd(pam_unix)[123]: …".
  if (consume_end(program, "(pam_unix)")) {
    out.service = program;
    return auth::read_pam_text(message, out);
  }
  const Reader reader = find_reader(program);
  return reader != nullptr && reader(message, out);
}

/// Takes "message repeated 5 times: [ … ]" off `message` and says how many there were.
int32_t take_repeats(std::string_view& message) {
  std::string_view text = message;
  if (!consume(text, "message repeated ")) {
    return 1;
  }
  const auto times = base::parse_prefix<int32_t>(text);
  if (!times || *times < 1 || !consume(text, " times: [")) {
    return 1;
  }
  consume_end(text, "]");
  message = trim_line_end(skip_spaces(text));
  return *times;
}

}  // namespace

std::string_view to_string(AuthOutcome outcome) {
  switch (outcome) {
    case AuthOutcome::kAccepted: return "accepted";
    case AuthOutcome::kFailed: return "failed";
    case AuthOutcome::kInvalidUser: return "invalid_user";
    case AuthOutcome::kDisconnected: return "disconnected";
    case AuthOutcome::kSessionOpened: return "session_opened";
    case AuthOutcome::kSessionClosed: return "session_closed";
    case AuthOutcome::kSudo: return "sudo";
    case AuthOutcome::kSudoRefused: return "sudo_refused";
    case AuthOutcome::kSu: return "su";
    case AuthOutcome::kSuFailed: return "su_failed";
    case AuthOutcome::kAccountAdded: return "account_added";
    case AuthOutcome::kAccountRemoved: return "account_removed";
    case AuthOutcome::kAccountChanged: return "account_changed";
    case AuthOutcome::kPasswordChanged: return "password_changed";
    case AuthOutcome::kKeyAccepted: return "key_accepted";
    case AuthOutcome::kProbe: return "probe";
  }
  return "";
}

bool parse_auth_message(std::string_view program, std::string_view message, AuthMessage& out) {
  out = AuthMessage{};
  program = program_base_name(program);
  message = trim_line_end(skip_spaces(message));
  const int32_t times = take_repeats(message);
  if (!read_one(program, message, out)) {
    return false;
  }
  const int64_t count = int64_t{out.count} * times;
  out.count = static_cast<int32_t>(std::min<int64_t>(count, std::numeric_limits<int32_t>::max()));
  return true;
}

}  // namespace genba::parse
