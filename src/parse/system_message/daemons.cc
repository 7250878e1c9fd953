// SPDX-License-Identifier: Apache-2.0
//
// Lines of the loggers, the clock daemons, auditd, sshd as a server, pkexec's exploit traces, yum,
// and of the two libraries that speak through any program, PAM and ld.so. Source: rsyslog 5 to 8
// (rsyslogd.c, imuxsock, imjournal), sysklogd, syslog-ng's mainloop, chrony's reference.c and
// sources.c, ntpd's ntp_loopfilter.c, systemd-timesyncd, auditd.c, sshd.c, pkexec.c, libpam's
// pam_handlers.c, glibc's rtld.c. Covered by system_message_test.cc.
#include "parse/auth_message/message_scan.h"
#include "parse/system_message/readers.h"

namespace genba::parse::machine {

namespace {

constexpr size_t kNone = std::string_view::npos;

/// "exiting on signal 15.", "Received signal 15; terminating." behind "signal ".
int64_t signal_number(std::string_view text) {
  return base::parse_prefix<int64_t>(text).value_or(-1);
}

/// "imuxsock lost 45 messages from pid 7 due to rate-limiting", "imjournal: 45 messages lost due to
/// rate-limiting", "… begins to drop messages …".
bool read_lost(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  if (text.find("rate-limiting") == kNone && text.find("drop messages") == kNone) {
    return false;
  }
  out.kind = SystemKind::kMessagesLost;
  out.detail = message;
  if (take_before(text, "imuxsock lost ") ||
      (text.starts_with("imjournal: ") && consume(text, "imjournal: "))) {
    out.number = base::parse_prefix<int64_t>(text).value_or(-1);
  }
  std::string_view source = message;
  if (take_before(source, " messages from ")) {
    out.subject = before(source, " due to");
  }
  return true;
}

/// chronyd's own lines.
bool read_chrony(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  if (consume(text, "System clock was stepped by ")) {
    out.number = take_seconds(text).value_or(-1);
    return told(SystemKind::kClockStep, {}, message, out);
  }
  if (consume(text, "System clock wrong by ")) {
    out.number = take_seconds(text).value_or(-1);
    return told(SystemKind::kTimeSync, {}, message, out);
  }
  if (text.find("time jump detected") != kNone) {
    return told(SystemKind::kClockStep, {}, message, out);
  }
  return consume(text, "Selected source ") &&
         told(SystemKind::kTimeSync, before(text, " "), message, out);
}

/// ntpd, ntpdate and openntpd.
bool read_ntp(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  if (consume(text, "time reset ")) {
    consume(text, "(step) ");
    out.number = take_seconds(text).value_or(-1);
    return told(SystemKind::kClockStep, {}, message, out);
  }
  const bool step = consume(text, "step time server ");
  if (step || consume(text, "adjust time server ")) {
    const std::string_view server = before(text, " ");
    if (take_before(text, " offset ")) {
      out.number = take_seconds(text).value_or(-1);
    }
    return told(step ? SystemKind::kClockStep : SystemKind::kTimeSync, server, message, out);
  }
  if (consume(text, "synchronized to ")) {
    return told(SystemKind::kTimeSync, before(text, ","), message, out);
  }
  if (consume(text, "set local clock to ")) {
    if (take_before(text, "(offset ")) {
      out.number = take_seconds(text).value_or(-1);
    }
    return told(SystemKind::kClockStep, {}, message, out);
  }
  if (consume(text, "adjusting local clock by ")) {
    out.number = take_seconds(text).value_or(-1);
    return told(SystemKind::kTimeSync, {}, message, out);
  }
  return false;
}

/// systemd-timesyncd, -timedated and -resolved.
bool read_systemd_clock(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  if (consume(text, "Synchronized to time server for the first time ") ||
      consume(text, "Initial synchronization to time server ") ||
      consume(text, "Synchronized to time server ") || consume(text, "Contacted time server ")) {
    return told(SystemKind::kTimeSync, before(text, " "), message, out);
  }
  if (text.starts_with("Initial clock synchronization to ")) {
    return told(SystemKind::kTimeSync, {}, message, out);
  }
  if (text.starts_with("System clock time unset or jumped backwards") ||
      text.starts_with("Changed local time to ") || text.starts_with("Clock change detected")) {
    return told(SystemKind::kClockStep, {}, message, out);
  }
  if (consume(text, "Changed time zone to '")) {
    return told(SystemKind::kTimeZoneChanged, before(text, "'"), {}, out);
  }
  return false;
}

}  // namespace

bool read_rsyslogd(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  // "[origin software="rsyslogd" … x-info="…"] start": the words behind say what happened.
  if (text.starts_with("[origin ") && take_before(text, "\"] ")) {
    text = skip_spaces(text);
  }
  if (consume(text, "exiting on signal ")) {
    out.number = signal_number(text);
    return told(SystemKind::kLoggerStopped, {}, message, out);
  }
  if (text.starts_with("rsyslogd was HUPed") || text.starts_with("restart (remote reception)")) {
    return told(SystemKind::kLoggerReloaded, {}, message, out);
  }
  if (text == "start" || text == "(re)start" || text.starts_with("start,") ||
      text.ends_with(": restart.") || text.starts_with("syslogd started")) {
    return told(SystemKind::kLoggerStarted, {}, message, out);
  }
  if (text == "stopped" || text.starts_with("syslogd exiting") ||
      text.starts_with("Kernel logging (proc) stopped")) {
    return told(SystemKind::kLoggerStopped, {}, message, out);
  }
  return read_lost(text, out);
}

bool read_syslog_ng(std::string_view message, SystemMessage& out) {
  if (message.starts_with("syslog-ng starting up")) {
    return told(SystemKind::kLoggerStarted, {}, message, out);
  }
  if (message.starts_with("syslog-ng shutting down")) {
    return told(SystemKind::kLoggerStopped, {}, message, out);
  }
  return message.starts_with("Configuration reload request received") &&
         told(SystemKind::kLoggerReloaded, {}, message, out);
}

bool read_clock_daemon(std::string_view message, SystemMessage& out) {
  return read_chrony(message, out) || read_ntp(message, out) || read_systemd_clock(message, out);
}

bool read_auditd(std::string_view message, SystemMessage& out) {
  if (message.starts_with("Init complete, auditd ")) {
    return told(SystemKind::kAuditStarted, {}, message, out);
  }
  for (const std::string_view beginning :
       {"The audit daemon is exiting", "The audit daemon is now suspending",
        "Audit daemon is suspending logging", "Audit daemon has no space left", "Auditd exiting",
        "Cannot open netlink audit socket"}) {
    if (message.starts_with(beginning)) {
      return told(SystemKind::kAuditStopped, {}, message, out);
    }
  }
  return false;
}

bool read_sshd_server(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  if (consume(text, "Server listening on ")) {
    const auto address = take_before(text, " port ");
    const auto port = base::parse_prefix<uint16_t>(text);
    if (!address || !port) {
      return false;
    }
    out.number = *port;
    return told(SystemKind::kSshdListening, *address, {}, out);
  }
  if (consume(text, "Received signal ")) {
    out.number = signal_number(text);
    return out.number != -1 && told(SystemKind::kSshdTerminated, {}, {}, out);
  }
  if (text.starts_with("Received SIGHUP; restarting")) {
    return told(SystemKind::kSshdRestarted, {}, {}, out);
  }
  consume(text, "error: ");
  if (consume(text, "Could not load host key: ") || consume(text, "Unable to load host key: ")) {
    return told(SystemKind::kSshdHostKey, text, {}, out);
  }
  if (consume(text, "Unable to load host key \"")) {
    const auto path = take_before(text, "\"");
    consume(text, ": ");
    return path && told(SystemKind::kSshdHostKey, *path, text, out);
  }
  return false;
}

bool read_pkexec_trace(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  const auto user = take_before(text, ": ");
  // "suscipious" is pkexec's own spelling.
  const bool trace = text.starts_with("The value for the SHELL variable was not found") ||
                     (text.starts_with("The value for environment variable ") &&
                      text.find("suscipious content") != kNone);
  if (!user || !trace) {
    return false;
  }
  out.user = *user;
  return told(SystemKind::kPolkitExploit, {}, text, out);
}

bool read_package_tool(std::string_view message, SystemMessage& out) {
  for (const std::string_view action :
       {"Installed", "Updated", "Upgraded", "Downgraded", "Erased", "Removed", "Reinstalled"}) {
    std::string_view text = message;
    if (consume(text, action) && consume(text, ": ")) {
      return told(SystemKind::kPackage, text, action, out);
    }
  }
  return false;
}

bool read_any(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  if (consume(text, "PAM ")) {
    if (consume(text, "unable to dlopen(") || consume(text, "unable to resolve symbol: ")) {
      return told(SystemKind::kPamDamage, before(text, ")"), message, out);
    }
    return consume(text, "adding faulty module: ") &&
           told(SystemKind::kPamDamage, text, message, out);
  }
  if (consume(text, "ERROR: ld.so: object '")) {
    return told(SystemKind::kPreloadFailed, before(text, "'"), message, out);
  }
  return false;
}

}  // namespace genba::parse::machine
