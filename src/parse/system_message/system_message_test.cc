// SPDX-License-Identifier: Apache-2.0
#include "parse/system_message/system_message.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "parse/system_message/readers.h"

namespace genba::parse {
namespace {

bool knows(std::string_view program, std::string_view message) {
  SystemMessage out;
  return parse_system_message(program, message, out);
}

/// "kind|user|subject|number|detail" in one text.
std::string brief(std::string_view program, std::string_view message) {
  SystemMessage out;
  if (!parse_system_message(program, message, out)) {
    return "none";
  }
  return std::string(to_string(out.kind)) + "|" + std::string(out.user) + "|" +
         std::string(out.subject) + "|" + std::to_string(out.number) + "|" +
         std::string(out.detail);
}

TEST(CronMessage, CommandsKeepTheirBrackets) {
  EXPECT_EQ(brief("CRON", "(root) CMD (   cd / && (id) CMD (x))"),
            "cron_command|root||-1|cd / && (id) CMD (x)");
  EXPECT_EQ(brief("CROND", "(root) CMD (cut off"), "cron_command|root||-1|cut off");
  EXPECT_EQ(brief("/usr/sbin/cron", "(root) CMD (id)"), "cron_command|root||-1|id");
  EXPECT_EQ(brief("CROND", "(a) CMDOUT (sh: curl: not found)"),
            "cron_output|a||-1|sh: curl: not found");
  EXPECT_EQ(brief("crond", "USER root pid 1234 cmd run-parts /etc/periodic/15min"),
            "cron_command|root||1234|run-parts /etc/periodic/15min");
  EXPECT_EQ(brief("anacron", "Job `cron.daily' started"), "cron_command||cron.daily|-1|");
  EXPECT_EQ(brief("atd", "Starting job 5 (a00005019b2c3d) for user 'root' (0)"),
            "cron_command|root|a00005019b2c3d|5|");
  EXPECT_EQ(brief("run-parts", "(/etc/cron.hourly) starting 0anacron"),
            "cron_command||/etc/cron.hourly|-1|0anacron");
  EXPECT_EQ(brief("run-parts(/etc/cron.hourly)", "starting 0anacron"),
            "cron_command||/etc/cron.hourly|-1|0anacron");
  EXPECT_FALSE(knows("CRON", "(CRON) INFO (pidfile fd = 3)"));
  EXPECT_FALSE(knows("CRON", "(root"));
  EXPECT_FALSE(knows("anacron", "Job `cron.daily' terminated"));
}

TEST(CronMessage, TablesChangedListedAndRefused) {
  EXPECT_EQ(brief("crontab", "(root) REPLACE (www-data)"),
            "crontab_changed|root|www-data|-1|REPLACE");
  EXPECT_EQ(brief("crontab", "(root) BEGIN EDIT (root)"),
            "crontab_changed|root|root|-1|BEGIN EDIT");
  EXPECT_EQ(brief("crontab", "(root) LIST (root)"), "crontab_listed|root|root|-1|");
  EXPECT_EQ(brief("cron", "(*system*x) RELOAD (/etc/cron.d/x)"),
            "crontab_changed|*system*x|/etc/cron.d/x|-1|RELOAD");
  EXPECT_EQ(brief("cron", "(*system*) INSECURE MODE (group/other writable) (/etc/cron.d/x)"),
            "cron_refused|*system*|/etc/cron.d/x|-1|INSECURE MODE");
  EXPECT_EQ(brief("cron", "(root) BAD FILE MODE (/etc/cron.d/x)"),
            "cron_refused|root|/etc/cron.d/x|-1|BAD FILE MODE");
}

TEST(KernelMessage, Modules) {
  EXPECT_EQ(brief("kernel", "[   12.345678] evil: loading out-of-tree module taints kernel."),
            "module_taint||evil|-1|out-of-tree");
  EXPECT_EQ(brief("kernel", "[   12.345678][  T123] evil: module license 'x' taints kernel."),
            "module_taint||evil|-1|module license 'x' taints kernel.");
  EXPECT_EQ(brief("kernel",
                  "evil: module verification failed: signature and/or required key missing - "
                  "tainting kernel"),
            "module_unsigned||evil|-1|module verification failed: signature and/or required key "
            "missing - tainting kernel");
  EXPECT_EQ(brief("kernel", "evil: version magic '5.10' should be '6.1'"),
            "module_refused||evil|-1|version magic '5.10' should be '6.1'");
  EXPECT_EQ(brief("kernel", "Loading of unsigned module is rejected"),
            "module_refused|||-1|Loading of unsigned module is rejected");
  EXPECT_EQ(brief("kernel", "Disabling lock debugging due to kernel taint"),
            "module_taint|||-1|Disabling lock debugging due to kernel taint");
}

TEST(KernelMessage, ProcessesMayBeNamedLikeKernelWords) {
  EXPECT_EQ(brief("kernel",
                  "a[1]b[77] is installing a program with bpf_probe_write_user helper that may "
                  "corrupt user memory!"),
            "bpf_write_user||a[1]b|77|");
  EXPECT_EQ(brief("kernel", "nginx[7]: segfault at 0 ip 1 sp 2 error 4 in x[1]: segfault at [0+1]"),
            "segfault||nginx|7|segfault at 0 ip 1 sp 2 error 4 in x[1]: segfault at [0+1]");
  EXPECT_EQ(brief("kernel", "reboot: x[7]: segfault at 0 ip 1 sp 2 error 4 in x[0+1]"),
            "segfault||reboot: x|7|segfault at 0 ip 1 sp 2 error 4 in x[0+1]");
  EXPECT_EQ(brief("kernel", ": segfault at x[7]: segfault at 0 ip 1"),
            "segfault||: segfault at x|7|segfault at 0 ip 1");
  EXPECT_EQ(brief("kernel", "traps: a b[7] general protection fault ip:0 sp:0 error:0 in b[0+1]"),
            "segfault||a b|7|general protection fault ip:0 sp:0 error:0 in b[0+1]");
  EXPECT_EQ(brief("kernel", "traps: a[7] trap invalid opcode ip:0"),
            "segfault||a|7|trap invalid opcode ip:0");
  EXPECT_EQ(brief("kernel", "usb 1-1: x invoked oom-killer: gfp_mask=0x0"),
            "out_of_memory||usb 1-1: x|-1|invoked oom-killer: gfp_mask=0x0");
}

TEST(KernelMessage, MemoryAndInterfaces) {
  EXPECT_EQ(brief("kernel", "Out of memory: Killed process 7 (a) b) total-vm:1kB, anon-rss:1kB"),
            "out_of_memory||a) b|7|Killed process 7 (a) b) total-vm:1kB, anon-rss:1kB");
  EXPECT_EQ(brief("kernel", "Memory cgroup out of memory: Kill process 7 (a) score 9 or sacrifice"),
            "out_of_memory||a|7|Kill process 7 (a) score 9 or sacrifice");
  EXPECT_EQ(brief("kernel", "device eth0 entered promiscuous mode"),
            "promiscuous||eth0|-1|entered");
  EXPECT_EQ(brief("kernel", "vmbr0: left promiscuous mode"), "promiscuous||vmbr0|-1|left");
  EXPECT_EQ(brief("kernel", "e1000e 0000:00:1f.6 eth0: entered promiscuous mode"),
            "promiscuous||eth0|-1|entered");
  EXPECT_EQ(brief("kernel", "veth1a2b (unregistering): left promiscuous mode"),
            "promiscuous||veth1a2b|-1|left");
  EXPECT_EQ(brief("kernel", "usb 1-1.2: new high-speed USB device number 3 using xhci_hcd"),
            "usb_device||1-1.2|3|new high-speed USB device number 3 using xhci_hcd");
  EXPECT_EQ(brief("kernel", "usb 1-1: SerialNumber: 0"), "usb_device||1-1|-1|SerialNumber: 0");
  EXPECT_FALSE(knows("kernel", "usb usb1: Product: EHCI Host Controller"));
  EXPECT_FALSE(knows("kernel", "usb 1-1: New USB device strings: Mfr=1"));
}

TEST(KernelMessage, Boots) {
  EXPECT_EQ(brief("kernel", "[    0.000000] Linux version 6.1.0-13-amd64 (x@y) (gcc) #1"),
            "kernel_boot||6.1.0-13-amd64|-1|Linux version 6.1.0-13-amd64 (x@y) (gcc) #1");
  EXPECT_EQ(brief("kernel", "Command line: BOOT_IMAGE=/a ro"),
            "kernel_command_line|||-1|BOOT_IMAGE=/a ro");
  EXPECT_EQ(brief("kernel", "kexec_core: Starting new kernel"), "kexec|||-1|Starting new kernel");
  EXPECT_EQ(brief("kernel", "Lockdown: a: unsigned module loading is restricted"),
            "lockdown||a|-1|unsigned module loading is restricted");
  EXPECT_EQ(brief("kernel", "reboot: Restarting system"), "system_shutdown|||-1|Restarting system");
  EXPECT_FALSE(knows("kernel", "Unknown kernel command line parameters \"x\""));
  EXPECT_FALSE(knows("kernel", "[    0.000000]"));
  EXPECT_FALSE(knows("kernel", "[sda] x"));
}

TEST(KernelAuditMessage, KernelAndJournalShapes) {
  EXPECT_EQ(brief("kernel",
                  "audit: type=1400 audit(1700000000.123:45): apparmor=\"DENIED\" "
                  "operation=\"open\" profile=\"x y\" name=\"/y\" ppid=1 pid=7 comm=\"z\""),
            "app_armor_denied||x y|7|apparmor=\"DENIED\" operation=\"open\" profile=\"x y\" "
            "name=\"/y\" ppid=1 pid=7 comm=\"z\"");
  EXPECT_FALSE(knows("kernel", "audit: type=1400 audit(1.1:2): apparmor=\"STATUS\" profile=\"x\""));
  EXPECT_EQ(brief("audit", "AVC avc:  denied  { read } for  pid=7 comm=\"z\" name=\"y\""),
            "selinux_denied||z|7|avc:  denied  { read } for  pid=7 comm=\"z\" name=\"y\"");
  EXPECT_EQ(brief("kernel", "audit: type=1404 audit(1.1:2): enforcing=0 old_enforcing=1 auid=0"),
            "selinux_mode|||0|enforcing=0 old_enforcing=1 auid=0");
  EXPECT_EQ(brief("audit", "CONFIG_CHANGE op=set audit_enabled=0 old=1 auid=0"),
            "audit_stopped|||-1|op=set audit_enabled=0 old=1 auid=0");
  EXPECT_EQ(brief("kernel", "type=1305 audit(1.1:2): auid=0 op=remove_rule key=\"x\" res=1"),
            "audit_config|||-1|auid=0 op=remove_rule key=\"x\" res=1");
  EXPECT_EQ(brief("kernel", "audit: audit_lost=5 audit_rate_limit=0 audit_backlog_limit=64"),
            "messages_lost||audit|5|audit_lost=5 audit_rate_limit=0 audit_backlog_limit=64");
  EXPECT_EQ(brief("kernel", "audit: auditd disappeared"), "audit_stopped|||-1|auditd disappeared");
  EXPECT_EQ(brief("audit", "ANOM_PROMISCUOUS dev=eth0 prom=256 old_prom=0 auid=0"),
            "promiscuous||eth0|-1|entered");
  EXPECT_EQ(brief("auditd", "The audit daemon is exiting."),
            "audit_stopped|||-1|The audit daemon is exiting.");
  EXPECT_EQ(brief("auditd", "Init complete, auditd 3.0.7 listening for events"),
            "audit_started|||-1|Init complete, auditd 3.0.7 listening for events");
}

TEST(SystemdMessage, UnitsByNameAndByDescription) {
  EXPECT_EQ(brief("systemd", "Started cron.service - Regular background program daemon."),
            "service_started||cron.service|-1|Regular background program daemon");
  EXPECT_EQ(brief("systemd", "Started Session 5 of User root."),
            "service_started||Session 5 of User root|-1|");
  EXPECT_EQ(brief("systemd", "Starting Rotate log files..."),
            "service_starting||Rotate log files|-1|");
  EXPECT_EQ(brief("systemd", "Finished apt-daily.service - Daily apt."),
            "service_started||apt-daily.service|-1|Daily apt");
  EXPECT_EQ(brief("systemd", "Stopped rsyslog.service - System Logging Service."),
            "service_stopped||rsyslog.service|-1|System Logging Service");
  EXPECT_EQ(brief("systemd", "auditd.service: Deactivated successfully."),
            "service_stopped||auditd.service|-1|deactivated");
  EXPECT_FALSE(knows("systemd", "run-user-1000.mount: Deactivated successfully."));
  EXPECT_EQ(brief("systemd", "a.service: Failed with result 'exit-code'."),
            "service_failed||a.service|-1|exit-code");
  EXPECT_EQ(brief("systemd", "a.service: Failed at step EXEC spawning /tmp/a: Permission denied"),
            "service_failed||a.service|-1|Failed at step EXEC spawning /tmp/a: Permission denied");
  EXPECT_EQ(brief("systemd", "Failed to start vboxadd.service."),
            "service_failed||vboxadd.service|-1|");
  EXPECT_EQ(brief("systemd", "Dependency failed for /mnt."),
            "service_failed||/mnt|-1|dependency failed");
}

TEST(SystemdMessage, TransientUnits) {
  EXPECT_EQ(brief("systemd", "Started run-u12.service - /bin/sh -c id."),
            "transient_unit||run-u12.service|-1|/bin/sh -c id");
  EXPECT_EQ(brief("systemd", "Started run-r0a1b2c3d4e5f.service."),
            "transient_unit||run-r0a1b2c3d4e5f.service|-1|");
  EXPECT_EQ(brief("systemd", "Started run-p123-i456.scope - [systemd-run] /bin/bash."),
            "transient_unit||run-p123-i456.scope|-1|[systemd-run] /bin/bash");
  EXPECT_EQ(brief("systemd", "Started run-docker.service."),
            "service_started||run-docker.service|-1|");
}

TEST(SystemdMessage, ManagerItself) {
  EXPECT_EQ(brief("systemd", "Reload requested from client PID 7 ('systemctl') (unit s.scope)..."),
            "units_reloaded||systemctl|7|s.scope");
  EXPECT_EQ(brief("systemd", "Reloading."), "units_reloaded|||-1|");
  EXPECT_EQ(brief("systemd",
                  "Configuration file /etc/systemd/system/a.service is marked executable. Please "
                  "remove executable permission bits. Proceeding anyway."),
            "unit_file_odd||/etc/systemd/system/a.service|-1|executable");
  EXPECT_EQ(brief("systemd", "Time has been changed"), "clock_step|||-1|Time has been changed");
  EXPECT_EQ(brief("systemd", "systemd 252.5-2 running in system mode (+PAM)"),
            "system_boot||252.5-2|-1|systemd 252.5-2 running in system mode (+PAM)");
  EXPECT_EQ(brief("systemd", "Shutting down."), "system_shutdown|||-1|Shutting down.");
  EXPECT_EQ(brief("systemd", "Reached target reboot.target - System Reboot."),
            "system_shutdown|||-1|Reached target reboot.target - System Reboot.");
  EXPECT_FALSE(knows("systemd", "Reached target Shutdown."));  // user managers write it too
  EXPECT_EQ(brief("systemd-logind", "System is rebooting."),
            "system_shutdown|||-1|System is rebooting.");
}

TEST(LoggerMessage, JournalDaemon) {
  EXPECT_EQ(brief("systemd-journald", "Journal started"), "journal_started|||-1|Journal started");
  EXPECT_EQ(brief("systemd-journald", "Journal stopped"), "journal_stopped|||-1|Journal stopped");
  EXPECT_EQ(brief("systemd-journald",
                  "File /var/log/journal/a b/system.journal corrupted or uncleanly shut down, "
                  "renaming and replacing."),
            "journal_damaged||/var/log/journal/a b/system.journal|-1|File /var/log/journal/a "
            "b/system.journal corrupted or uncleanly shut down, renaming and replacing.");
  EXPECT_EQ(brief("systemd-journald", "Suppressed 45 messages from a.service"),
            "messages_lost||a.service|45|Suppressed 45 messages from a.service");
  EXPECT_EQ(brief("systemd-journald", "Missed 12 kernel messages"),
            "messages_lost||kernel|12|Missed 12 kernel messages");
  EXPECT_EQ(
      brief("systemd-journald", "Deleted archived journal /var/log/journal/a/x.journal (8M)."),
      "journal_vacuumed||/var/log/journal/a/x.journal|-1|Deleted archived journal "
      "/var/log/journal/a/x.journal (8M).");
  EXPECT_EQ(brief("systemd-journald", "Received client request to rotate journal, rotating."),
            "journal_rotated|||-1|Received client request to rotate journal, rotating.");
  EXPECT_EQ(brief("systemd-coredump", "Process 7 (a) of user 0 dumped core."),
            "segfault|0|a|7|Process 7 (a) of user 0 dumped core.");
}

TEST(LoggerMessage, SyslogDaemons) {
  constexpr std::string_view kOrigin =
      "[origin software=\"rsyslogd\" swVersion=\"8\" x-pid=\"7\" x-info=\"https://x\"] ";
  SystemMessage out;
  EXPECT_TRUE(
      parse_system_message("rsyslogd", std::string(kOrigin) + "exiting on signal 15.", out));
  EXPECT_EQ(out.kind, SystemKind::kLoggerStopped);
  EXPECT_EQ(out.number, 15);
  EXPECT_TRUE(parse_system_message("rsyslogd", std::string(kOrigin) + "start", out));
  EXPECT_EQ(out.kind, SystemKind::kLoggerStarted);
  EXPECT_TRUE(parse_system_message("rsyslogd", std::string(kOrigin) + "rsyslogd was HUPed", out));
  EXPECT_EQ(out.kind, SystemKind::kLoggerReloaded);
  EXPECT_EQ(brief("rsyslogd", "imuxsock lost 45 messages from pid 7 due to rate-limiting"),
            "messages_lost||pid 7|45|imuxsock lost 45 messages from pid 7 due to rate-limiting");
  EXPECT_EQ(brief("rsyslogd", "imuxsock begins to drop messages from pid 7 due to rate-limiting"),
            "messages_lost||pid 7|-1|imuxsock begins to drop messages from pid 7 due to "
            "rate-limiting");
  EXPECT_EQ(brief("syslogd", "exiting on signal 15"), "logger_stopped|||15|exiting on signal 15");
  EXPECT_EQ(brief("syslogd", "syslogd 1.4.1: restart."),
            "logger_started|||-1|syslogd 1.4.1: restart.");
  EXPECT_EQ(brief("syslog-ng", "syslog-ng shutting down; version='3.35.1'"),
            "logger_stopped|||-1|syslog-ng shutting down; version='3.35.1'");
  EXPECT_FALSE(knows("rsyslogd", "imjournal: journal files changed, reloading..."));
}

TEST(ClockMessage, StepsAreInNanoseconds) {
  EXPECT_EQ(brief("chronyd", "System clock was stepped by -1.234567 seconds"),
            "clock_step|||-1234567000|System clock was stepped by -1.234567 seconds");
  EXPECT_EQ(brief("ntpd", "time reset +1.5 s"), "clock_step|||1500000000|time reset +1.5 s");
  EXPECT_EQ(brief("ntpdate", "step time server 192.0.2.1 offset -0.000000001 sec"),
            "clock_step||192.0.2.1|-1|step time server 192.0.2.1 offset -0.000000001 sec");
  EXPECT_EQ(brief("chronyd", "Selected source 192.0.2.1 (ntp.example)"),
            "time_sync||192.0.2.1|-1|Selected source 192.0.2.1 (ntp.example)");
  EXPECT_EQ(brief("systemd-timesyncd",
                  "Initial synchronization to time server 192.0.2.1:123 (ntp.example)."),
            "time_sync||192.0.2.1:123|-1|Initial synchronization to time server 192.0.2.1:123 "
            "(ntp.example).");
  EXPECT_EQ(brief("systemd-timedated", "Changed time zone to 'Asia/Tokyo' (JST)."),
            "time_zone_changed||Asia/Tokyo|-1|");
  EXPECT_EQ(brief("chronyd", "System clock was stepped by 99999999999999999999 seconds"),
            "clock_step|||-1|System clock was stepped by 99999999999999999999 seconds");
}

TEST(ClockMessage, SecondsAsText) {
  std::string_view text = "9223372035.9999999999x";
  EXPECT_EQ(machine::take_seconds(text), 9223372035999999999);
  EXPECT_EQ(text, "x");
  text = "9223372036.0";
  EXPECT_EQ(machine::take_seconds(text), std::nullopt);
  EXPECT_EQ(text, "9223372036.0");
  text = "-.5";
  EXPECT_EQ(machine::take_seconds(text), std::nullopt);
}

TEST(OtherMessage, SshdAsAServer) {
  EXPECT_EQ(brief("sshd", "Server listening on :: port 2222."), "sshd_listening||::|2222|");
  EXPECT_EQ(brief("sshd", "Received signal 15; terminating."), "sshd_terminated|||15|");
  EXPECT_EQ(brief("sshd", "Received SIGHUP; restarting."), "sshd_restarted|||-1|");
  EXPECT_EQ(brief("sshd", "error: Could not load host key: /etc/ssh/k"),
            "sshd_host_key||/etc/ssh/k|-1|");
  EXPECT_EQ(brief("sshd", "error: Unable to load host key \"/etc/ssh/k\": bad permissions"),
            "sshd_host_key||/etc/ssh/k|-1|bad permissions");
  EXPECT_FALSE(knows("sshd", "Failed password for root from 192.0.2.1 port 2 ssh2"));
}

TEST(OtherMessage, TamperingAndPackages) {
  EXPECT_EQ(brief("sshd", "PAM unable to dlopen(pam_x.so): /lib/pam_x.so: cannot open"),
            "pam_damage||pam_x.so|-1|PAM unable to dlopen(pam_x.so): /lib/pam_x.so: cannot open");
  EXPECT_EQ(brief("anything", "PAM adding faulty module: pam_x.so"),
            "pam_damage||pam_x.so|-1|PAM adding faulty module: pam_x.so");
  EXPECT_EQ(brief("x",
                  "ERROR: ld.so: object '/lib/e.so' from /etc/ld.so.preload cannot be "
                  "preloaded: ignored."),
            "preload_failed||/lib/e.so|-1|ERROR: ld.so: object '/lib/e.so' from "
            "/etc/ld.so.preload cannot be preloaded: ignored.");
  EXPECT_EQ(brief("pkexec",
                  "a: The value for the SHELL variable was not found the /etc/shells "
                  "file [USER=root] [TTY=x] [CWD=/] [COMMAND=y]"),
            "polkit_exploit|a||-1|The value for the SHELL variable was not found the /etc/shells "
            "file [USER=root] [TTY=x] [CWD=/] [COMMAND=y]");
  EXPECT_EQ(brief("yum", "Installed: nmap-7.9-1.x86_64"),
            "package||nmap-7.9-1.x86_64|-1|Installed");
  EXPECT_FALSE(knows("x", ""));
  EXPECT_FALSE(knows("", "PAM "));
}

TEST(SystemMessageNames, EveryKindHasItsOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(SystemKind::kPackage); ++i) {
    EXPECT_TRUE(names.insert(to_string(static_cast<SystemKind>(i))).second) << i;
  }
  EXPECT_EQ(names.count(""), 0U);
}

TEST(SystemMessageDamage, EveryPrefixOfEveryShapeIsSafe) {
  constexpr std::string_view kLines[][2] = {
      {"CRON", "(root) CMD (id)"},
      {"atd", "Starting job 5 (a) for user 'root' (0)"},
      {"kernel", "[ 1.0] a[7]: segfault at 0 ip"},
      {"kernel", "traps: a[7] general protection"},
      {"kernel", "Out of memory: Killed process 7 (a) total-vm:1kB"},
      {"kernel", "audit: type=1404 audit(1.1:2): enforcing=0 old_enforcing=1"},
      {"systemd", "Reload requested from client PID 7 ('systemctl') (unit s.scope)..."},
      {"systemd-journald", "Deleted archived journal /a (8M)."},
      {"systemd-coredump", "Process 7 (a) of user 0 dumped core."},
      {"ntpdate", "step time server 192.0.2.1 offset -1.5 sec"},
      {"run-parts(/etc/x)", "starting a"},
  };
  for (const auto& [program, line] : kLines) {
    EXPECT_TRUE(knows(program, line)) << line;
    for (size_t size = 0; size < line.size(); ++size) {
      const std::string cut(line.substr(0, size));  // its own memory, so that an overread shows
      SystemMessage out;
      if (parse_system_message(program, cut, out)) {
        EXPECT_LE(out.user.size(), size);
      }
    }
  }
}

TEST(SystemMessageDamage, LongHostileLineTakesLinearTime) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) {
    text += "a1]: segfault at ";
  }
  EXPECT_FALSE(knows("kernel", text));
  EXPECT_FALSE(knows("kernel", "audit: type=1400 audit(1.1:2): " + text));
}

TEST(SystemMessageOfRealLogs, PlasoSyslogSamples) {
  const char* shared = std::getenv("GENBA_SHARED_DIR");
  const std::string folder =
      std::string(shared == nullptr ? "../shared" : shared) + "/data/plaso-linux/test_data/syslog/";
  std::map<std::string, int> seen;
  for (const char* name : {"syslog", "syslog_cron.log", "syslog_ssh.log", "syslog_rsyslog"}) {
    std::ifstream file(folder + name);
    if (!file) {
      GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no real logs in " << folder;
    }
    for (std::string line; std::getline(file, line);) {
      const size_t colon = line.find(": ", 20);
      const size_t tag = colon == std::string::npos ? colon : line.rfind(' ', colon);
      if (tag == std::string::npos) {
        continue;
      }
      std::string program = line.substr(tag + 1, colon - tag - 1);
      program = program.substr(0, program.find('['));
      SystemMessage out;
      if (parse_system_message(program, std::string_view(line).substr(colon + 2), out)) {
        ++seen[std::string(to_string(out.kind))];
      }
    }
  }
  EXPECT_EQ(seen, (std::map<std::string, int>{{"cron_command", 12},
                                              {"logger_reloaded", 1},
                                              {"service_started", 2},
                                              {"sshd_listening", 1}}));
}

}  // namespace
}  // namespace genba::parse
