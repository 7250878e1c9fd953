// SPDX-License-Identifier: Apache-2.0
//
// fail2ban.log: which addresses did fail2ban see failing, lock out and let in again, and when did
// its jails run? One line at a time, of version 0.8 ("fail2ban.actions: WARNING [ssh] Ban …") up to
// 1.1 ("fail2ban.actions        [123]: NOTICE  [sshd] Ban …"), or the message alone as syslog and
// the journal hold it. The name in brackets is the jail's, from the configuration; the address is
// what a filter found in a log that an attacker may have written, and may be a host name. Times
// are local, the file does not say of which zone. Source: fail2ban's server/actions.py, filter.py,
// jail.py and server.py. Covered by fail2ban_log_test.cc, fail2ban_log_fuzz.cc.
#pragma once

#include <cstdint>
#include <string_view>

#include "parse/log_time/log_time.h"

namespace genba::parse {

enum class Fail2banKind : uint8_t {
  kOther,  ///< settings, debugging, errors
  kFound,  ///< a filter saw a failure
  kBan,
  kRestoreBan,   ///< a ban of before the restart, put in place again
  kIncreaseBan,  ///< the ban became longer (bantime.increment)
  kUnban,
  kAlreadyBanned,
  kIgnored,  ///< a failure of an address on the ignore list
  kJailStarted,
  kJailStopped,
  kServerStarted,
  kServerStopped,
};

/// The kind's stable lower-case name: "found", "ban", "restore_ban" …
std::string_view to_string(Fail2banKind kind);

/// One line; texts are views into it.
struct Fail2banEvent {
  LogTime time;  ///< year 0 from parse_fail2ban_message
  Fail2banKind kind = Fail2banKind::kOther;
  std::string_view jail;     ///< empty when the line is about none
  std::string_view address;  ///< as written; empty when the line is about none
  LogTime failed;            ///< kFound: when the failure was; year 0 when not told
  int64_t pid = 0;           ///< 0: not told
};

/// A line of fail2ban.log. False, and `out` untouched, when it is none: a line of a traceback or
/// of a program's output that fail2ban copied.
bool parse_fail2ban_line(std::string_view line, Fail2banEvent& out);

/// A message behind syslog's tag: "NOTICE [sshd] Ban 192.0.2.1", the level may be missing. Always
/// gives an event, kOther at least; leaves time and pid of `out` alone.
void parse_fail2ban_message(std::string_view message, Fail2banEvent& out);

}  // namespace genba::parse
