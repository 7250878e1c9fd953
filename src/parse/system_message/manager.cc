// SPDX-License-Identifier: Apache-2.0
//
// Lines of systemd and its journal daemon, of core dumps and of the end of a boot. systemd names a
// unit by its description until version 248 and by "unit - description" since; descriptions come
// from unit files and may hold anything. Source: src/core/job.c, unit.c, manager.c, dbus-manager.c,
// src/journal/journald-server.c, src/coredump, src/login of systemd. Covered by
// system_message_test.cc.
#include "parse/auth_message/message_scan.h"
#include "parse/system_message/readers.h"

namespace genba::parse::machine {

namespace {

constexpr size_t kNone = std::string_view::npos;

bool is_unit_name(std::string_view text) {
  constexpr std::string_view kSuffixes[] = {".service", ".scope",  ".socket",   ".timer",
                                            ".mount",   ".target", ".device",   ".slice",
                                            ".path",    ".swap",   ".automount"};
  if (text.find(' ') != kNone) {
    return false;
  }
  for (const std::string_view suffix : kSuffixes) {
    if (text.ends_with(suffix)) {
      return true;
    }
  }
  return false;
}

/// systemd-run's names: run-r<hex>, run-u<number>, run-p<pid>-i<number>, run-<pid>.
bool is_transient(std::string_view unit) {
  if (!consume(unit, "run-")) {
    return false;
  }
  if (!consume_end(unit, ".service") && !consume_end(unit, ".scope") &&
      !consume_end(unit, ".timer")) {
    return false;
  }
  if (!consume(unit, "r") && !consume(unit, "u")) {
    consume(unit, "p");
  }
  return !unit.empty() && unit.find_first_not_of("0123456789abcdefi-") == kNone;
}

/// "unit - description", "unit" or "description" behind a verb.
bool read_unit(std::string_view text, SystemKind kind, SystemMessage& out) {
  const size_t dash = text.find(" - ");
  const std::string_view head = text.substr(0, dash);
  const bool named = is_unit_name(head);
  const std::string_view description =
      named && dash != kNone ? text.substr(dash + 3) : std::string_view();
  if (kind == SystemKind::kServiceStarted && named && is_transient(head)) {
    kind = SystemKind::kTransientUnit;
  }
  return told(kind, named ? head : text, description, out);
}

/// "Reload requested from client PID 7 ('systemctl') (unit session-3.scope)..." behind "PID ".
bool read_reload_request(std::string_view text, SystemMessage& out) {
  const auto pid = base::parse_prefix<int64_t>(text);
  out.kind = SystemKind::kUnitsReloaded;
  out.number = pid.value_or(-1);
  if (consume(text, " (")) {
    out.subject = take_quoted(text).value_or(std::string_view());
  }
  if (take_before(text, "(unit ")) {
    out.detail = before(text, ")");
  }
  return pid.has_value();
}

bool is_shutdown_target(std::string_view text) {
  for (const std::string_view name :
       {"System Reboot", "System Power Off", "System Halt", "Reboot.", "Power-Off.", "Halt."}) {
    if (text.find(name) != kNone) {
      return true;
    }
  }
  return false;
}

/// "unit: what": failures and ends.
bool read_unit_state(std::string_view message, SystemMessage& out) {
  std::string_view what = message;
  const auto unit = take_before(what, ": ");
  if (!unit || !is_unit_name(*unit)) {
    return false;
  }
  if (consume(what, "Failed with result '")) {
    return told(SystemKind::kServiceFailed, *unit, before(what, "'"), out);
  }
  if (what.starts_with("Failed at step ") || what.starts_with("Unit entered failed state")) {
    return told(SystemKind::kServiceFailed, *unit, what, out);
  }
  if (what == "Deactivated successfully." || what == "Succeeded.") {
    return unit->ends_with(".service") &&
           told(SystemKind::kServiceStopped, *unit, "deactivated", out);
  }
  return what.starts_with("Current command vanished from the unit file") &&
         told(SystemKind::kUnitFileOdd, *unit, what, out);
}

/// "Configuration file P is marked executable. Please …".
bool read_odd_file(std::string_view text, SystemMessage& out) {
  const auto path = take_before(text, " is marked ");
  return path && told(SystemKind::kUnitFileOdd, *path, before(text, "."), out);
}

bool read_manager_state(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  if (text == "Reloading." || text == "Reloading..." || text == "Reexecuting.") {
    return told(SystemKind::kUnitsReloaded, {}, {}, out);
  }
  if (text == "Shutting down." || text == "Powering off." || text == "Rebooting.") {
    return told(SystemKind::kSystemShutdown, {}, text, out);
  }
  if (text == "Time has been changed" || text.starts_with("System time before build time") ||
      text.starts_with("System clock time unset or jumped backwards")) {
    return told(SystemKind::kClockStep, {}, text, out);
  }
  if (text.starts_with("Reached target ")) {
    return is_shutdown_target(text) && told(SystemKind::kSystemShutdown, {}, text, out);
  }
  if (consume(text, "Configuration file ")) {
    return read_odd_file(text, out);
  }
  if (consume(text, "systemd ")) {
    const auto version = take_before(text, " running in system mode");
    return version && told(SystemKind::kSystemBoot, *version, message, out);
  }
  if (take_before(text, " requested from client PID ")) {
    return read_reload_request(text, out);
  }
  return false;
}

}  // namespace

bool read_systemd(std::string_view message, SystemMessage& out) {
  struct Verb {
    std::string_view beginning;
    std::string_view end;
    SystemKind kind;
  };
  constexpr Verb kVerbs[] = {
      {"Started ", ".", SystemKind::kServiceStarted},
      {"Starting ", "...", SystemKind::kServiceStarting},
      {"Finished ", ".", SystemKind::kServiceStarted},
      {"Stopped ", ".", SystemKind::kServiceStopped},
      {"Failed to start ", ".", SystemKind::kServiceFailed},
  };
  std::string_view text = message;
  for (const Verb& verb : kVerbs) {
    if (consume(text, verb.beginning)) {
      consume_end(text, verb.end);
      return read_unit(text, verb.kind, out);
    }
  }
  if (consume(text, "Dependency failed for ")) {
    consume_end(text, ".");
    read_unit(text, SystemKind::kServiceFailed, out);
    out.detail = "dependency failed";
    return true;
  }
  return read_unit_state(message, out) || read_manager_state(message, out);
}

bool read_journald(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  if (text.starts_with("Journal started")) {
    return told(SystemKind::kJournalStarted, {}, text, out);
  }
  if (text.starts_with("Journal stopped") ||
      text.starts_with("Received client request to relinquish")) {
    return told(SystemKind::kJournalStopped, {}, text, out);
  }
  if (text.starts_with("Received client request to rotate journal")) {
    return told(SystemKind::kJournalRotated, {}, text, out);
  }
  if (consume(text, "Deleted archived journal ") ||
      consume(text, "Deleted empty archived journal ")) {
    const size_t size = find_last(text, " (");
    return told(SystemKind::kJournalVacuumed, text.substr(0, size), message, out);
  }
  if (text.starts_with("Vacuuming done")) {
    const auto done = take_before(text, " archived journals from ");
    return done && told(SystemKind::kJournalVacuumed, before(text, "."), message, out);
  }
  if (consume(text, "Suppressed ") || consume(text, "Missed ")) {
    const auto count = base::parse_prefix<int64_t>(text);
    const bool kernel = message.starts_with("Missed ");
    if (!count || (!kernel && !consume(text, " messages from "))) {
      return false;
    }
    out.number = *count;
    return told(SystemKind::kMessagesLost, kernel ? std::string_view("kernel") : text, message,
                out);
  }
  if (consume(text, "File ")) {
    const auto file = take_before(text, " corrupted or uncleanly shut down");
    return file && told(SystemKind::kJournalDamaged, *file, message, out);
  }
  const size_t jumped = text.find("Realtime clock jumped backwards");
  if (jumped != kNone || text.starts_with("Time jumped backwards")) {
    return told(SystemKind::kClockStep, {}, text, out);
  }
  return false;
}

/// "Process 1234 (sshd) of user 0 dumped core."
bool read_coredump(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  if (!consume(text, "Process ")) {
    return false;
  }
  const auto pid = base::parse_prefix<int64_t>(text);
  if (!pid || !consume(text, " (")) {
    return false;
  }
  const auto name = take_before_last(text, ") of user ");
  if (!name) {
    return false;
  }
  out.number = *pid;
  out.user = before(text, " ");
  return told(SystemKind::kSegfault, *name, message, out);
}

bool read_shutdown(std::string_view message, SystemMessage& out) {
  for (const std::string_view beginning :
       {"System is rebooting", "System is powering down", "System is halting",
        "The system will reboot", "The system will power off", "The system will be powered off",
        "shutting down for", "Switching to runlevel: 0", "Switching to runlevel: 6",
        "Syncing filesystems and block devices", "Sending SIGTERM to remaining processes"}) {
    if (message.starts_with(beginning)) {
      return told(SystemKind::kSystemShutdown, {}, message, out);
    }
  }
  return false;
}

}  // namespace genba::parse::machine
