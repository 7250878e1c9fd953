// SPDX-License-Identifier: Apache-2.0
//
// The readers behind parse_system_message, one for each family of programs. Each gets a message
// without blanks around it and a SystemMessage as new, and returns whether it knows the line. They
// are for system_message.cc alone. Covered by system_message_test.cc.
#pragma once

#include <optional>
#include <string_view>

#include "parse/system_message/system_message.h"

namespace genba::parse::machine {

/// Sets kind, subject and detail; true, so that a reader can end with it.
inline bool told(SystemKind kind, std::string_view subject, std::string_view detail,
                 SystemMessage& out) {
  out.kind = kind;
  out.subject = subject;
  out.detail = detail;
  return true;
}

/// "-1.25" seconds as nanoseconds off the front of `text`; digits past the ninth are passed over.
/// Nothing, and `text` untouched, without a number or when it does not fit.
std::optional<int64_t> take_seconds(std::string_view& text);
/// The value of the first `name` ("pid=") in a row of name=value, without its double quotes.
std::string_view value_of(std::string_view row, std::string_view name);

bool read_cron(std::string_view message, SystemMessage& out);
bool read_crontab(std::string_view message, SystemMessage& out);
bool read_anacron(std::string_view message, SystemMessage& out);
bool read_atd(std::string_view message, SystemMessage& out);
/// "(/etc/cron.hourly) starting 0anacron" of cronie's run-parts.
bool read_run_parts(std::string_view message, SystemMessage& out);

bool read_kernel(std::string_view message, SystemMessage& out);
/// "type=1400 audit(1.2:3): …" or "AVC …", of the kernel or of the journal's "audit".
bool read_audit(std::string_view message, SystemMessage& out);

bool read_systemd(std::string_view message, SystemMessage& out);
bool read_journald(std::string_view message, SystemMessage& out);
bool read_coredump(std::string_view message, SystemMessage& out);
bool read_shutdown(std::string_view message, SystemMessage& out);

bool read_rsyslogd(std::string_view message, SystemMessage& out);
bool read_syslog_ng(std::string_view message, SystemMessage& out);
bool read_clock_daemon(std::string_view message, SystemMessage& out);
bool read_auditd(std::string_view message, SystemMessage& out);
bool read_sshd_server(std::string_view message, SystemMessage& out);
bool read_pkexec_trace(std::string_view message, SystemMessage& out);
bool read_package_tool(std::string_view message, SystemMessage& out);
/// Lines that any program may write: PAM modules that do not load, ld.so's complaints.
bool read_any(std::string_view message, SystemMessage& out);

}  // namespace genba::parse::machine
