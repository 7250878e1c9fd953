// SPDX-License-Identifier: Apache-2.0
//
// Tells what one message of the kernel, cron, systemd, the loggers, the clock daemons, auditd and
// some others means for a responder: commands run, units and modules loaded, logging stopped, the
// clock moved, the machine booted. It gets the program's name and the text behind "program[pid]: ",
// so text logs and the journal are read alike; logins and accounts are auth_message's. Where it
// does not hold: any local user can write any line under any program name except "kernel" in the
// journal, and names of processes in kernel lines are their owners' choice. systemd's user managers
// use the same name and words as PID 1, which the text does not tell apart. Sources: cronie, Debian
// cron, at, systemd 219 to 257, Linux 3.10 to 6.12, rsyslog 8, chrony 4, ntp 4.2, audit 3. Covered
// by system_message_test.cc and system_message_fuzz.cc.
#pragma once

#include <cstdint>
#include <string_view>

namespace genba::parse {

/// What a line says happened, and what its fields hold. Fields not named are empty or -1.
enum class SystemKind : uint8_t {
  kCronCommand,      ///< user, detail: the command; cron.d parts: subject, detail: directory, name;
                     ///< anacron: subject: the job; at: number, subject: the job's number and file
  kCronOutput,       ///< user, detail: a line that a job printed
  kCrontabChanged,   ///< user: who, subject: whose table or which file, detail: REPLACE, DELETE,
                     ///< BEGIN EDIT, END EDIT, RELOAD
  kCrontabListed,    ///< user: who, subject: whose
  kCronRefused,      ///< user, detail: why (BAD FILE MODE …), subject: the file or account
  kServiceStarting,  ///< subject: unit, or its description before systemd 249; detail: description
  kServiceStarted,   ///< likewise; also "Finished" of one-shot units
  kServiceStopped,   ///< likewise; detail "deactivated" when it ended by itself
  kServiceFailed,    ///< likewise; detail: the reason when told
  kTransientUnit,    ///< subject: a unit of systemd-run, detail: its command
  kUnitsReloaded,    ///< subject: who asked, number: its PID, detail: its unit
  kUnitFileOdd,      ///< subject: path, detail: "executable", "world-writable" …
  kModuleTaint,      ///< subject: module, detail: why
  kModuleUnsigned,   ///< subject: module, detail
  kModuleRefused,    ///< subject: module, detail: version magic, unknown symbol, key rejected
  kBpfWriteUser,     ///< subject: process name, number: PID
  kPromiscuous,      ///< subject: interface, detail: "entered" or "left"
  kSegfault,         ///< subject: process name, number: PID, detail
  kOutOfMemory,      ///< subject: the process killed, number: PID, detail
  kKernelBoot,       ///< subject: kernel version, detail: the banner
  kKernelCommandLine,  ///< detail
  kKexec,              ///< detail
  kLockdown,           ///< subject: process name, detail
  kUsbDevice,          ///< subject: bus and port, detail: text, number: device number when told
  kAuditStarted,       ///< detail
  kAuditStopped,       ///< detail: also audit_enabled=0 and a daemon that vanished
  kAuditConfig,        ///< detail: what changed
  kAppArmorDenied,     ///< subject: profile, number: PID, detail
  kSelinuxDenied,      ///< subject: process name, number: PID, detail
  kSelinuxMode,        ///< number: 1 enforcing, 0 permissive; detail
  kLoggerStarted,      ///< detail
  kLoggerStopped,      ///< number: signal when told
  kLoggerReloaded,     ///< HUP: what logrotate sends
  kMessagesLost,       ///< number: how many when told, subject: whose, detail
  kJournalStarted,     ///< detail
  kJournalStopped,     ///< detail
  kJournalRotated,     ///< detail: a client asked for it
  kJournalVacuumed,    ///< subject: file or directory, detail
  kJournalDamaged,     ///< subject: file, detail
  kClockStep,          ///< number: nanoseconds, forward positive, -1 when not told; detail
  kTimeSync,           ///< subject: server, number: offset in nanoseconds when told; detail
  kTimeZoneChanged,    ///< subject: zone
  kPamDamage,          ///< subject: module, detail
  kPreloadFailed,      ///< subject: the object of ld.so.preload or LD_PRELOAD, detail
  kPolkitExploit,      ///< user, detail: traces of CVE-2021-4034
  kSshdListening,      ///< subject: address, number: port
  kSshdTerminated,     ///< number: signal
  kSshdRestarted,      ///< by SIGHUP
  kSshdHostKey,        ///< subject: key file that could not be loaded, detail
  kSystemBoot,         ///< subject: systemd's version, detail
  kSystemShutdown,     ///< detail
  kPackage,            ///< subject: package, detail: Installed, Updated, Erased …
};

/// The kind in small letters: "cron_command", "service_started" …
std::string_view to_string(SystemKind kind);

/// One message. Views point into the message, the program's name or fixed words; bytes are raw.
struct SystemMessage {
  SystemKind kind = SystemKind::kCronCommand;
  std::string_view user;
  std::string_view subject;
  std::string_view detail;
  int64_t number = -1;
};

/// Reads one message of `program` (a path before its name is passed over; a kernel time stamp
/// "[ 12.345678] " before the text is too). True when it is one of the above; false otherwise, and
/// `out` is then of no use. Never allocates; linear in the message's length.
bool parse_system_message(std::string_view program, std::string_view message, SystemMessage& out);

}  // namespace genba::parse
