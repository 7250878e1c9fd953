// SPDX-License-Identifier: Apache-2.0
#include "parse/system_message/system_message.h"

#include <limits>

#include "parse/auth_message/message_scan.h"
#include "parse/system_message/readers.h"

namespace genba::parse {

namespace {

using Reader = bool (*)(std::string_view message, SystemMessage& out);

struct NamedReader {
  std::string_view program;
  Reader reader;
};

// The more frequent first.
constexpr NamedReader kReaders[] = {
    {"sshd", machine::read_sshd_server},
    {"sshd-session", machine::read_sshd_server},
    {"kernel", machine::read_kernel},
    {"systemd", machine::read_systemd},
    {"CRON", machine::read_cron},
    {"CROND", machine::read_cron},
    {"cron", machine::read_cron},
    {"crond", machine::read_cron},
    {"crontab", machine::read_crontab},
    {"anacron", machine::read_anacron},
    {"atd", machine::read_atd},
    {"run-parts", machine::read_run_parts},
    {"systemd-journald", machine::read_journald},
    {"systemd-journal", machine::read_journald},
    {"journal", machine::read_journald},
    {"systemd-coredump", machine::read_coredump},
    {"systemd-logind", machine::read_shutdown},
    {"systemd-shutdown", machine::read_shutdown},
    {"shutdown", machine::read_shutdown},
    {"init", machine::read_shutdown},
    {"rsyslogd", machine::read_rsyslogd},
    {"syslogd", machine::read_rsyslogd},
    {"klogd", machine::read_rsyslogd},
    {"syslog-ng", machine::read_syslog_ng},
    {"chronyd", machine::read_clock_daemon},
    {"ntpd", machine::read_clock_daemon},
    {"ntpdate", machine::read_clock_daemon},
    {"sntp", machine::read_clock_daemon},
    {"systemd-timesyncd", machine::read_clock_daemon},
    {"systemd-timedated", machine::read_clock_daemon},
    {"systemd-resolved", machine::read_clock_daemon},
    {"auditd", machine::read_auditd},
    {"audit", machine::read_audit},
    {"pkexec", machine::read_pkexec_trace},
    {"yum", machine::read_package_tool},
    {"dnf", machine::read_package_tool},
};

}  // namespace

namespace machine {

std::optional<int64_t> take_seconds(std::string_view& text) {
  constexpr int64_t kSecond = 1'000'000'000;
  std::string_view rest = text;
  const bool negative = consume(rest, "-");
  if (!negative) {
    consume(rest, "+");
  }
  const auto whole = base::parse_prefix<uint64_t>(rest);
  if (!whole || *whole >= static_cast<uint64_t>(std::numeric_limits<int64_t>::max() / kSecond)) {
    return std::nullopt;
  }
  int64_t nanoseconds = static_cast<int64_t>(*whole) * kSecond;
  if (consume(rest, ".")) {
    int64_t unit = kSecond / 10;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
      nanoseconds += (rest.front() - '0') * unit;
      unit /= 10;
      rest.remove_prefix(1);
    }
  }
  text = rest;
  return negative ? -nanoseconds : nanoseconds;
}

std::string_view value_of(std::string_view row, std::string_view name) {
  size_t at = 0;
  // "pid=" is also the end of "ppid=".
  do {
    at = row.find(name, at);
    if (at == std::string_view::npos) {
      return {};
    }
    at += name.size();
  } while (at != name.size() && row[at - name.size() - 1] != ' ');
  std::string_view value = row.substr(at);
  return consume(value, "\"") ? before(value, "\"") : before(value, " ");
}

}  // namespace machine

std::string_view to_string(SystemKind kind) {
  switch (kind) {
    case SystemKind::kCronCommand: return "cron_command";
    case SystemKind::kCronOutput: return "cron_output";
    case SystemKind::kCrontabChanged: return "crontab_changed";
    case SystemKind::kCrontabListed: return "crontab_listed";
    case SystemKind::kCronRefused: return "cron_refused";
    case SystemKind::kServiceStarting: return "service_starting";
    case SystemKind::kServiceStarted: return "service_started";
    case SystemKind::kServiceStopped: return "service_stopped";
    case SystemKind::kServiceFailed: return "service_failed";
    case SystemKind::kTransientUnit: return "transient_unit";
    case SystemKind::kUnitsReloaded: return "units_reloaded";
    case SystemKind::kUnitFileOdd: return "unit_file_odd";
    case SystemKind::kModuleTaint: return "module_taint";
    case SystemKind::kModuleUnsigned: return "module_unsigned";
    case SystemKind::kModuleRefused: return "module_refused";
    case SystemKind::kBpfWriteUser: return "bpf_write_user";
    case SystemKind::kPromiscuous: return "promiscuous";
    case SystemKind::kSegfault: return "segfault";
    case SystemKind::kOutOfMemory: return "out_of_memory";
    case SystemKind::kKernelBoot: return "kernel_boot";
    case SystemKind::kKernelCommandLine: return "kernel_command_line";
    case SystemKind::kKexec: return "kexec";
    case SystemKind::kLockdown: return "lockdown";
    case SystemKind::kUsbDevice: return "usb_device";
    case SystemKind::kAuditStarted: return "audit_started";
    case SystemKind::kAuditStopped: return "audit_stopped";
    case SystemKind::kAuditConfig: return "audit_config";
    case SystemKind::kAppArmorDenied: return "app_armor_denied";
    case SystemKind::kSelinuxDenied: return "selinux_denied";
    case SystemKind::kSelinuxMode: return "selinux_mode";
    case SystemKind::kLoggerStarted: return "logger_started";
    case SystemKind::kLoggerStopped: return "logger_stopped";
    case SystemKind::kLoggerReloaded: return "logger_reloaded";
    case SystemKind::kMessagesLost: return "messages_lost";
    case SystemKind::kJournalStarted: return "journal_started";
    case SystemKind::kJournalStopped: return "journal_stopped";
    case SystemKind::kJournalRotated: return "journal_rotated";
    case SystemKind::kJournalVacuumed: return "journal_vacuumed";
    case SystemKind::kJournalDamaged: return "journal_damaged";
    case SystemKind::kClockStep: return "clock_step";
    case SystemKind::kTimeSync: return "time_sync";
    case SystemKind::kTimeZoneChanged: return "time_zone_changed";
    case SystemKind::kPamDamage: return "pam_damage";
    case SystemKind::kPreloadFailed: return "preload_failed";
    case SystemKind::kPolkitExploit: return "polkit_exploit";
    case SystemKind::kSshdListening: return "sshd_listening";
    case SystemKind::kSshdTerminated: return "sshd_terminated";
    case SystemKind::kSshdRestarted: return "sshd_restarted";
    case SystemKind::kSshdHostKey: return "sshd_host_key";
    case SystemKind::kSystemBoot: return "system_boot";
    case SystemKind::kSystemShutdown: return "system_shutdown";
    case SystemKind::kPackage: return "package";
  }
  return "";
}

bool parse_system_message(std::string_view program, std::string_view message, SystemMessage& out) {
  out = SystemMessage{};
  message = trim_line_end(skip_spaces(message));
  if (message.empty()) {
    return false;
  }
  // cronie's run-parts before 1.5 put the directory into its tag.
  std::string_view directory = program;
  if (consume(directory, "run-parts(") && consume_end(directory, ")") &&
      consume(message, "starting ")) {
    return machine::told(SystemKind::kCronCommand, directory, message, out);
  }
  program = program_base_name(program);
  for (const NamedReader& named : kReaders) {
    if (named.program == program) {
      return named.reader(message, out) || machine::read_any(message, out);
    }
  }
  return machine::read_any(message, out);
}

}  // namespace genba::parse
