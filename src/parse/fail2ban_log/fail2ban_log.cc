// SPDX-License-Identifier: Apache-2.0
#include "parse/fail2ban_log/fail2ban_log.h"

#include "base/number.h"
#include "parse/fields.h"

namespace genba::parse {
namespace {

void skip_blanks(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

// "NOTICE  ": a word in capitals, as Python's logging writes its levels.
void take_level(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && text[end] >= 'A' && text[end] <= 'Z') {
    ++end;
  }
  if (end > 0 && end < text.size() && text[end] == ' ') {
    text.remove_prefix(end);
  }
  skip_blanks(text);
}

// "Ban 192.0.2.1", "Found 192.0.2.1 - 2026-11-08 03:12:09", "192.0.2.1 already banned".
void read_action(std::string_view text, Fail2banEvent& out) {
  struct Verb {
    std::string_view word;
    Fail2banKind kind;
  };
  static constexpr Verb kVerbs[] = {
      {"Found ", Fail2banKind::kFound},
      {"Ban ", Fail2banKind::kBan},
      {"Unban ", Fail2banKind::kUnban},
      {"Restore Ban ", Fail2banKind::kRestoreBan},
      {"Increase Ban ", Fail2banKind::kIncreaseBan},
      {"Ignore ", Fail2banKind::kIgnored},
  };
  for (const Verb& verb : kVerbs) {
    if (take(text, verb.word)) {
      out.address = next_field(text);
      out.kind = out.address.empty() ? Fail2banKind::kOther : verb.kind;
      if (verb.kind == Fail2banKind::kFound && take(text, " - ")) {
        take_iso_time(text, out.failed);
      }
      return;
    }
  }
  const std::string_view address = next_field(text);
  if (!address.empty() && text == " already banned") {
    out.address = address;
    out.kind = Fail2banKind::kAlreadyBanned;
  }
}

// "Jail 'sshd' started".
void read_jail(std::string_view text, Fail2banEvent& out) {
  const size_t quote = text.rfind('\'');
  if (quote == std::string_view::npos) {
    return;
  }
  const std::string_view rest = text.substr(quote + 1);
  if (rest == " started") {
    out.kind = Fail2banKind::kJailStarted;
  } else if (rest == " stopped") {
    out.kind = Fail2banKind::kJailStopped;
  } else {
    return;
  }
  out.jail = text.substr(0, quote);
}

// "[123]: ", ": " or " : " behind the module's name; the name was padded in some versions.
bool take_pid(std::string_view& text, int64_t& pid) {
  skip_blanks(text);
  if (take(text, "[")) {
    const auto number = base::parse_prefix<int64_t>(text);
    if (!number || *number < 0 || !take(text, "]")) {
      return false;
    }
    pid = *number;
  }
  if (!take(text, ":")) {
    return false;
  }
  skip_blanks(text);
  return true;
}

}  // namespace

std::string_view to_string(Fail2banKind kind) {
  switch (kind) {
    case Fail2banKind::kOther: return "other";
    case Fail2banKind::kFound: return "found";
    case Fail2banKind::kBan: return "ban";
    case Fail2banKind::kRestoreBan: return "restore_ban";
    case Fail2banKind::kIncreaseBan: return "increase_ban";
    case Fail2banKind::kUnban: return "unban";
    case Fail2banKind::kAlreadyBanned: return "already_banned";
    case Fail2banKind::kIgnored: return "ignored";
    case Fail2banKind::kJailStarted: return "jail_started";
    case Fail2banKind::kJailStopped: return "jail_stopped";
    case Fail2banKind::kServerStarted: return "server_started";
    case Fail2banKind::kServerStopped: return "server_stopped";
  }
  return "other";
}

void parse_fail2ban_message(std::string_view message, Fail2banEvent& out) {
  out.kind = Fail2banKind::kOther;
  out.jail = {};
  out.address = {};
  out.failed = {};
  take_level(message);
  if (take(message, "[")) {
    const size_t end = message.find("] ");
    if (end != std::string_view::npos) {
      out.jail = message.substr(0, end);
      read_action(message.substr(end + 2), out);
    }
  } else if (take(message, "Jail '")) {
    read_jail(message, out);
  } else if (message.starts_with("Starting Fail2ban ")) {
    out.kind = Fail2banKind::kServerStarted;
  } else if (message == "Exiting Fail2ban") {
    out.kind = Fail2banKind::kServerStopped;
  }
}

bool parse_fail2ban_line(std::string_view line, Fail2banEvent& out) {
  LogTime time;
  int64_t pid = 0;
  if (!take_iso_time(line, time) || !line.starts_with("fail2ban")) {
    return false;
  }
  size_t name_end = 0;
  while (name_end < line.size() && line[name_end] != ' ' && line[name_end] != '[' &&
         line[name_end] != ':') {
    ++name_end;
  }
  line.remove_prefix(name_end);
  if (!take_pid(line, pid)) {
    return false;
  }
  parse_fail2ban_message(line, out);
  out.time = time;
  out.pid = pid;
  return true;
}

}  // namespace genba::parse
