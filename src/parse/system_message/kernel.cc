// SPDX-License-Identifier: Apache-2.0
//
// Kernel lines, with or without their "[ 12.345678] " stamp. Names of processes in them are the
// owners' choice (15 bytes of anything), so the words that the kernel puts behind a name are looked
// for, and the name is what stands before. Source: kernel/module/main.c, kernel/trace/bpf_trace.c,
// net/core/dev.c, arch/x86/mm/fault.c and traps.c, mm/oom_kill.c, drivers/usb/core/hub.c,
// kernel/audit.c, security/lockdown, security/apparmor, SELinux's avc.c. Covered by
// system_message_test.cc.
#include "parse/auth_message/message_scan.h"
#include "parse/system_message/readers.h"

namespace genba::parse::machine {

namespace {

constexpr size_t kNone = std::string_view::npos;

/// Takes "[   12.345678] " off, and the "[ T123] " that CONFIG_PRINTK_CALLER puts behind it.
void skip_stamp(std::string_view& text) {
  for (int i = 0; i < 2 && !text.empty() && text.front() == '['; ++i) {
    constexpr size_t kLongest = 32;
    const size_t end = text.substr(0, kLongest).find(']');
    if (end == kNone || text.substr(1, end - 1).find_first_not_of(" .0123456789TC") != kNone) {
      return;
    }
    text = skip_spaces(text.substr(end + 1));
  }
}

/// "comm[P]" apart, from its end: the name may hold brackets. Looks at no more than the digits, as
/// it is asked at many places of a line.
bool set_process(std::string_view text, SystemMessage& out) {
  constexpr size_t kMostDigits = 10;  // PIDs have seven
  if (!consume_end(text, "]")) {
    return false;
  }
  size_t digits = 0;
  while (digits < text.size() && digits <= kMostDigits && text[text.size() - 1 - digits] >= '0' &&
         text[text.size() - 1 - digits] <= '9') {
    ++digits;
  }
  const auto number = base::parse_number<int64_t>(text.substr(text.size() - digits));
  text.remove_suffix(digits);
  if (!number || !consume_end(text, "[")) {
    return false;
  }
  out.subject = text;
  out.number = *number;
  return true;
}

/// "comm[P] general protection fault ip:…", "comm[P] trap invalid opcode ip:…" behind "traps: ".
bool read_trap(std::string_view text, SystemMessage& out) {
  for (const std::string_view words : {"] general protection", "] trap ", "] bad frame"}) {
    const size_t at = text.find(words);
    if (at != kNone && set_process(text.substr(0, at + 1), out)) {
      out.kind = SystemKind::kSegfault;
      out.detail = text.substr(at + 2);
      return true;
    }
  }
  return false;
}

/// "Killed process P (comm) …", "Kill process P (comm) score …".
bool read_killed(std::string_view text, SystemMessage& out) {
  const std::string_view whole = text;
  if (!consume(text, "Killed process ") && !consume(text, "Kill process ")) {
    return false;
  }
  const auto pid = base::parse_prefix<int64_t>(text);
  if (!pid || !(consume(text, " (") || consume(text, ", UID "))) {
    return false;
  }
  // What follows the name: " total-vm:…", ", UID", " score"; the name may hold a bracket itself.
  size_t end = find_last(text, ") total-vm");
  end = end != kNone ? end : find_last(text, ") score");
  end = end != kNone ? end : text.find(')');
  out.number = *pid;
  return told(SystemKind::kOutOfMemory, text.substr(0, end), whole, out);
}

bool read_usb(std::string_view port, std::string_view text, SystemMessage& out) {
  if (port.starts_with("usb")) {
    return false;  // "usb usb1": the machine's own root hubs, at each boot
  }
  const bool told_here = text.starts_with("New USB device found") ||
                         text.starts_with("Product: ") || text.starts_with("Manufacturer: ") ||
                         text.starts_with("SerialNumber: ");
  std::string_view number = text;
  const bool plugged = text.starts_with("new ") || text.starts_with("USB disconnect");
  if (plugged && take_before(number, "device number ")) {
    out.number = base::parse_prefix<int64_t>(number).value_or(-1);
  } else if (!told_here) {
    return false;
  }
  return told(SystemKind::kUsbDevice, port, text, out);
}

/// What stands behind "module: ".
bool read_module(std::string_view module, std::string_view text, SystemMessage& out) {
  if (text.starts_with("loading out-of-tree module")) {
    return told(SystemKind::kModuleTaint, module, "out-of-tree", out);
  }
  if (text.starts_with("module license ") || text.starts_with("tainting kernel with ")) {
    return told(SystemKind::kModuleTaint, module, text, out);
  }
  if (text.starts_with("module verification failed")) {
    return told(SystemKind::kModuleUnsigned, module, text, out);
  }
  if (text.starts_with("version magic ") || text.starts_with("disagrees about version of symbol") ||
      text.starts_with("Unknown symbol ") || text.starts_with("Loading of ")) {
    return told(SystemKind::kModuleRefused, module, text, out);
  }
  return false;
}

/// "type=N audit(…): …", and what the audit system says of itself, behind "audit: ".
bool read_audit_state(std::string_view text, SystemMessage& out) {
  if (text.starts_with("type=")) {
    return read_audit(text, out);
  }
  if (text.starts_with("auditd disappeared") || text.starts_with("*NO* daemon") ||
      text.starts_with("auditd dead")) {
    return told(SystemKind::kAuditStopped, {}, text, out);
  }
  if (text.starts_with("audit_lost=")) {
    out.number = base::parse_number<int64_t>(value_of(text, "audit_lost=")).value_or(-1);
    return told(SystemKind::kMessagesLost, "audit", text, out);
  }
  if (text.starts_with("backlog limit exceeded") || text.starts_with("rate limit exceeded") ||
      text.starts_with("audit_backlog=") || text.find("queue overflow") != kNone) {
    return told(SystemKind::kMessagesLost, "audit", text, out);
  }
  return false;
}

/// Lines whose first words are the kernel's own.
bool read_front(std::string_view text, SystemMessage& out) {
  const std::string_view whole = text;
  if (consume(text, "Linux version ")) {
    return told(SystemKind::kKernelBoot, before(text, " "), whole, out);
  }
  if (consume(text, "Command line: ") || consume(text, "Kernel command line: ")) {
    return told(SystemKind::kKernelCommandLine, {}, text, out);
  }
  if (consume(text, "device ")) {
    const auto entered = take_before(text, " entered promiscuous mode");
    const auto left = entered ? entered : take_before(text, " left promiscuous mode");
    return left && told(SystemKind::kPromiscuous, *left, entered ? "entered" : "left", out);
  }
  if (text.starts_with("Disabling lock debugging due to kernel taint")) {
    return told(SystemKind::kModuleTaint, {}, text, out);
  }
  if (text.starts_with("Loading of ")) {
    return text.find(" is rejected") != kNone && told(SystemKind::kModuleRefused, {}, text, out);
  }
  if (text.starts_with("Killed process ")) {
    return read_killed(text, out);
  }
  if (text.starts_with("Kernel is locked down")) {
    return told(SystemKind::kLockdown, {}, text, out);
  }
  if (text.starts_with("Starting new kernel")) {
    return told(SystemKind::kKexec, {}, text, out);
  }
  if (text.starts_with("Kernel logging (proc) stopped") ||
      text.starts_with("Kernel log daemon terminating")) {
    return told(SystemKind::kLoggerStopped, {}, text, out);
  }
  if (text.starts_with("imklog ") && text.ends_with("started.")) {
    return told(SystemKind::kLoggerStarted, {}, text, out);
  }
  if (text.starts_with("Restarting system") || text.starts_with("Power down")) {
    return told(SystemKind::kSystemShutdown, {}, text, out);
  }
  return text.starts_with("type=") && read_audit(text, out);
}

/// The interface in "eth0", "e1000e 0000:00:1f.6 eth0" and "veth1 (unregistering)", as
/// netdev_info() of newer kernels writes it. No interface's name holds a blank.
std::string_view interface_name(std::string_view who) {
  who = before(who, " (");
  const size_t blank = who.rfind(' ');
  return blank == kNone ? who : who.substr(blank + 1);
}

/// Lines in two parts, "who: what", where who is the kernel's word.
bool read_parts(std::string_view who, std::string_view what, SystemMessage& out) {
  if (consume(who, "usb ")) {
    return read_usb(who, what, out);
  }
  if (who == "audit") {
    return read_audit_state(what, out);
  }
  if (who == "Out of memory" || who == "Memory cgroup out of memory") {
    return read_killed(what, out);
  }
  if (who == "traps") {
    return read_trap(what, out);
  }
  if (who == "Lockdown") {
    std::string_view text = what;
    const auto name = take_before(text, ": ");
    return told(SystemKind::kLockdown, name.value_or(std::string_view()), text, out);
  }
  if (who == "kexec_core" || who == "kexec") {
    return told(SystemKind::kKexec, {}, what, out);
  }
  if (who == "reboot") {
    return told(SystemKind::kSystemShutdown, {}, what, out);
  }
  if (what == "entered promiscuous mode" || what == "left promiscuous mode") {
    return told(SystemKind::kPromiscuous, interface_name(who), before(what, " "), out);
  }
  return read_module(who, what, out);
}

/// Lines that begin with a process's name. The first words of the kernel's that have a PID before
/// them count: no name has room for both, while the binary's name behind them may hold them.
bool read_process(std::string_view text, SystemMessage& out) {
  constexpr std::string_view kWriter = " is installing a program with bpf_probe_write_user helper";
  if (text.ends_with("user memory!")) {
    const size_t at = find_last(text, kWriter);
    out.kind = SystemKind::kBpfWriteUser;
    return at != kNone && set_process(text.substr(0, at), out);
  }
  for (size_t at = text.find(": "); at != kNone; at = text.find(": ", at + 2)) {
    std::string_view name = text.substr(0, at);
    const std::string_view what = text.substr(at + 2);
    if (what.starts_with("segfault at ") || what.starts_with("unhandled signal ")) {
      if (set_process(name, out)) {
        out.kind = SystemKind::kSegfault;
        out.detail = what;
        return true;
      }
    } else if (consume_end(name, " invoked oom-killer")) {
      return told(SystemKind::kOutOfMemory, name, text.substr(name.size() + 1), out);
    }
  }
  return false;
}

}  // namespace

bool read_kernel(std::string_view message, SystemMessage& out) {
  skip_stamp(message);
  if (message.empty()) {
    return false;
  }
  // Before all others, lest a process named "reboot: x" write their lines.
  if (read_process(message, out) || read_front(message, out)) {
    return true;
  }
  const size_t colon = message.find(": ");
  return colon != kNone && read_parts(message.substr(0, colon), message.substr(colon + 2), out);
}

bool read_audit(std::string_view message, SystemMessage& out) {
  std::string_view text = message;
  std::string_view type;
  if (consume(text, "type=")) {
    type = before(text, " ");
    if (!take_before(text, "): ")) {
      return false;
    }
  } else {
    type = before(text, " ");
    text.remove_prefix(type.size());
    text = skip_spaces(text);
  }
  const auto number_of = [text](std::string_view name) {
    return base::parse_number<int64_t>(value_of(text, name)).value_or(-1);
  };
  if (type == "1400" || type == "AVC") {
    out.number = number_of("pid=");
    if (text.find("apparmor=\"DENIED\"") != kNone) {
      return told(SystemKind::kAppArmorDenied, value_of(text, "profile="), text, out);
    }
    return text.starts_with("avc:  denied") &&
           told(SystemKind::kSelinuxDenied, value_of(text, "comm="), text, out);
  }
  if (type == "1404" || type == "MAC_STATUS") {
    out.number = number_of("enforcing=");
    return out.number != -1 && told(SystemKind::kSelinuxMode, {}, text, out);
  }
  if (type == "1305" || type == "CONFIG_CHANGE") {
    const bool off = value_of(text, "audit_enabled=") == "0";
    return told(off ? SystemKind::kAuditStopped : SystemKind::kAuditConfig, {}, text, out);
  }
  if (type == "1201" || type == "DAEMON_END") {
    return told(SystemKind::kAuditStopped, {}, text, out);
  }
  if (type == "1200" || type == "DAEMON_START") {
    return told(SystemKind::kAuditStarted, {}, text, out);
  }
  if (type == "1700" || type == "ANOM_PROMISCUOUS") {
    const bool left = value_of(text, "prom=") == "0";
    return told(SystemKind::kPromiscuous, value_of(text, "dev="), left ? "left" : "entered", out);
  }
  return false;
}

}  // namespace genba::parse::machine
