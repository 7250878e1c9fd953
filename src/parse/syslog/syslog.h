// SPDX-License-Identifier: Apache-2.0
//
// Splits one line of a syslog file into time, host, program, pid and message. Shapes: RFC 3164
// (with and without "<PRI>"), what sysklogd, rsyslog, syslog-ng, BusyBox and Solaris write to
// files, ISO times (rsyslog's FileFormat, `journalctl -o short-iso`, ChromeOS), and RFC 5424.
// Everything is told by position alone, and any local user can write a line of any program with
// logger(1): a program's name here is a claim. The idea does not hold for a line without host and
// without a colon behind the program ("TIME word message"): its first word is taken for the host.
// Continuation lines of a message have no time, and are not lines of syslog. Sources: RFC 3164,
// RFC 5424, rsyslog's property replacer and templates, BusyBox sysklogd/syslogd.c.
// Covered by syslog_test.cc, syslog_fuzz.cc.
#pragma once

#include <cstdint>
#include <string_view>

#include "parse/log_time/log_time.h"

namespace genba::parse {

/// One line. All views point into the line that was given.
struct SyslogLine {
  LogTime time;
  std::string_view host;            ///< as it stands, syslog-ng's "source@host" too; may be empty
  std::string_view program;         ///< without pid: "sshd", "kernel", "CRON", "postfix/smtpd"
  int64_t pid = -1;                 ///< -1: not told
  std::string_view message;         ///< behind "program[pid]:", without the blanks in front
  int32_t repeats = 1;              ///< how many events the line stands for; see below
  int32_t priority = -1;            ///< of a "<PRI>" in front: facility * 8 + severity, 0-191
  int64_t uptime_nanoseconds = -1;  ///< the kernel's "[  123.456789] ", taken off its message

  bool has_time = true;  ///< false: RFC 5424's "-"; `time` then means nothing
  /// "auth.info" of Solaris's "[ID 123 auth.info]" (taken off the message) and of BusyBox, "INFO"
  /// of ChromeOS; else empty.
  std::string_view level;
  std::string_view message_id;       ///< RFC 5424's MSGID; empty when nil
  std::string_view structured_data;  ///< RFC 5424's, as it stands; empty when nil or cut off
};

// "message repeated N times: [ inner ]" (rsyslog): the inner message, and N events, none of which
// has a line of its own. "last message repeated N times" (sysklogd, BusyBox): no program, this text
// as message, and `repeats` = N more events like the line before; which those are is told by the
// caller, who has that line. A count of 0, or past int32, is no count: the message stays whole.

/// Splits `line`, which has no newline. False when it is none of the shapes; `out` then means
/// nothing. No bytes are refused or changed: NUL, CR and invalid UTF-8 stay in the views.
bool parse_syslog_line(std::string_view line, SyslogLine& out);

}  // namespace genba::parse
