// SPDX-License-Identifier: Apache-2.0
#include "sys/sandbox.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string>

namespace genba::sys {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

// Forbidden to all: running and tracing programs, serving, loading code into the kernel, changing
// the system as a whole, becoming someone else, and interfaces that act out of the filter's sight.
constexpr std::array kNever{"execve",
                            "execveat",
                            "ptrace",
                            "process_vm_writev",
                            "pidfd_getfd",
                            "userfaultfd",
                            "listen",
                            "accept",
                            "accept4",
                            "connect",
                            "init_module",
                            "finit_module",
                            "delete_module",
                            "kexec_load",
                            "kexec_file_load",
                            "reboot",
                            "swapon",
                            "swapoff",
                            "acct",
                            "quotactl",
                            "quotactl_fd",
                            "sethostname",
                            "setdomainname",
                            "settimeofday",
                            "clock_settime",
                            "clock_adjtime",
                            "adjtimex",
                            "iopl",
                            "ioperm",
                            "io_uring_setup",
                            "io_uring_enter",
                            "io_uring_register",
                            "perf_event_open",
                            "add_key",
                            "request_key",
                            "keyctl",
                            "setuid",
                            "setgid",
                            "setreuid",
                            "setregid",
                            "setresuid",
                            "setresgid",
                            "setfsuid",
                            "setfsgid",
                            "setgroups",
                            "capset",
                            "chroot",
                            "pivot_root",
                            "mount",
                            "umount2",
                            "open_tree",
                            "move_mount",
                            "fsopen",
                            "fsconfig",
                            "fsmount",
                            "fspick",
                            "mount_setattr",
                            "unshare",
                            "personality",
                            "vhangup",
                            "uselib",
                            "lookup_dcookie",
                            "name_to_handle_at",
                            "open_by_handle_at",
                            "mknod",
                            "mknodat",
                            "migrate_pages",
                            "move_pages",
                            "process_madvise",
                            "process_mrelease",
                            "fanotify_init",
                            "landlock_restrict_self"};

// bpf(2) is what containment falls back to where there is no nf_tables. What it does not need
// (pinning, raw tracepoints, BTF, links, iterating over all there is) stays forbidden.
constexpr std::array<uint64_t, 11> kActBpfCommands{
    0 /* MAP_CREATE */,
    1 /* MAP_LOOKUP_ELEM */,
    2 /* MAP_UPDATE_ELEM */,
    5 /* PROG_LOAD */,
    8 /* PROG_ATTACH */,
    9 /* PROG_DETACH */,
    10 /* PROG_TEST_RUN */,
    13 /* PROG_GET_FD_BY_ID */,
    14 /* MAP_GET_FD_BY_ID */,
    15 /* OBJ_GET_INFO_BY_FD */,
    16 /* PROG_QUERY */};  // enum bpf_cmd, linux/bpf.h
constexpr uint64_t kBpfCommandsLooked = 64;

// Changes of other people's files and their marks, and signals with data. A file that Genba makes
// gets its mode from the one that opens it; only the journal sets it once more, by descriptor.
constexpr std::array kChangesOfMarks{
    "chmod",        "fchmodat",     "chown",           "fchown",       "lchown",
    "fchownat",     "setxattr",     "lsetxattr",       "fsetxattr",    "removexattr",
    "utime",        "lremovexattr", "utimes",          "fremovexattr", "futimesat",
    "utimensat",    "fchmodat2",    "rt_sigqueueinfo", "setxattrat",   "rt_tgsigqueueinfo",
    "removexattrat"};

// Changes by name, forbidden when nothing may be written.
constexpr std::array kChangesByName{"creat",    "truncate",  "unlink",  "unlinkat", "rename",
                                    "renameat", "renameat2", "mkdir",   "mkdirat",  "rmdir",
                                    "link",     "linkat",    "symlink", "symlinkat"};

// Kinds of clone(2) that make namespaces.
constexpr std::array kNamespaceFlags{CLONE_NEWNS,  CLONE_NEWUTS, CLONE_NEWIPC,   CLONE_NEWUSER,
                                     CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP};

// Requests that change a file, a device or what a terminal reads.
constexpr std::array<unsigned long, 8> kIoctls{
    FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR, FIFREEZE, FITHAW, FITRIM, BLKROSET, BLKDISCARD, TIOCSTI};

class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ALLOW)) {
    if (context_ == nullptr) {
      result_ = -ENOMEM;
      return;
    }
    // KILL_PROCESS came with Linux 4.14; before it the thread is killed, which is our only one
    // then.
    if (seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0) {
      note(seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL));
    }
  }
  ~Filter() {
    if (context_ != nullptr) {
      seccomp_release(context_);
    }
  }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  void deny(const char* name, std::span<const scmp_arg_cmp> when = {}, int error = EPERM) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR || context_ == nullptr) {
      return;  // a call younger than this libseccomp, or of another architecture
    }
    const int added =
        seccomp_rule_add_array(context_, SCMP_ACT_ERRNO(static_cast<unsigned>(error) & 0xFFFFU),
                               number, static_cast<unsigned>(when.size()), when.data());
    if (added != -EACCES && added != -EDOM) {
      note(added);
    }
  }
  void deny_all(std::span<const char* const> names) {
    for (const char* name : names) {
      deny(name);
    }
  }
  void deny_if(const char* name, scmp_arg_cmp one) { deny(name, std::array{one}); }
  void deny_if(const char* name, scmp_arg_cmp one, scmp_arg_cmp two) {
    deny(name, std::array{one, two});
  }

  Result<void> load() {
    if (result_ == 0) {
      note(seccomp_load(context_));
    }
    if (result_ == -EINVAL || result_ == -ENOSYS || result_ == -ECANCELED) {
      return fail(ErrorCode::kUnsupported, "seccomp: this kernel has no system call filters");
    }
    return result_ == 0 ? Result<void>() : fail(base::error_from_errno(-result_, "seccomp"));
  }

 private:
  void note(int result) {
    if (result != 0 && result_ == 0) {
      result_ = result;
    }
  }
  scmp_filter_ctx context_;
  int result_ = 0;
};

scmp_arg_cmp equals(unsigned argument, uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}
scmp_arg_cmp differs(unsigned argument, uint64_t value) {
  return {argument, SCMP_CMP_NE, value, 0};
}
scmp_arg_cmp above(unsigned argument, uint64_t value) {
  return {argument, SCMP_CMP_GT, value, 0};
}
scmp_arg_cmp has_bits(unsigned argument, uint64_t mask, uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

// Signal 0 asks whether a process exists; abort(3) sends SIGABRT to our own thread; a helper is
// ended by SIGKILL through its pidfd.
void deny_signals(Filter& filter) {
  filter.deny_if("kill", differs(1, 0));
  filter.deny_if("tkill", differs(1, 0));
  for (uint64_t number = 1; number < SIGABRT; ++number) {
    filter.deny_if("tgkill", equals(2, number));
  }
  filter.deny_if("tgkill", above(2, SIGABRT));
  filter.deny_if("tgkill", equals(2, SIGABRT), differs(0, static_cast<uint64_t>(::getpid())));
  for (uint64_t number = 1; number < SIGKILL; ++number) {
    filter.deny_if("pidfd_send_signal", equals(1, number));
  }
  filter.deny_if("pidfd_send_signal", above(1, SIGKILL));
}

// Looking needs netlink (rtnetlink, sock_diag, generic) and socket pairs, which are another call.
// Nothing else: a socket of another family could send, and one whose family or protocol is not
// there yet would be loaded by the host's modprobe.
void deny_sockets(Filter& filter) {
  filter.deny_if("socket", differs(0, AF_NETLINK));
  for (uint64_t protocol = 0; protocol <= NETLINK_GENERIC; ++protocol) {
    if (protocol != NETLINK_ROUTE && protocol != NETLINK_SOCK_DIAG && protocol != NETLINK_GENERIC) {
      filter.deny_if("socket", equals(0, AF_NETLINK), equals(2, protocol));
    }
  }
  filter.deny_if("socket", equals(0, AF_NETLINK), above(2, NETLINK_GENERIC));
}

// Containment speaks with nf_tables, too, and sends probes: datagrams, raw packets, frames. A
// stream would need connect(2), which nobody has.
void deny_act_sockets(Filter& filter) {
  constexpr uint64_t kTypeBits = 0xF;  // SOCK_TYPE_MASK; above it are SOCK_CLOEXEC and _NONBLOCK
  for (uint64_t family = 0; family < AF_PACKET; ++family) {
    if (family != AF_INET && family != AF_INET6 && family != AF_NETLINK) {
      filter.deny_if("socket", equals(0, family));
    }
  }
  filter.deny_if("socket", above(0, AF_PACKET));
  for (const uint64_t family : {AF_INET, AF_INET6}) {
    for (uint64_t type = 0; type <= kTypeBits; ++type) {
      if (type != SOCK_DGRAM && type != SOCK_RAW) {
        filter.deny_if("socket", equals(0, family), has_bits(1, kTypeBits, type));
      }
    }
  }
  for (uint64_t protocol = 0; protocol <= NETLINK_GENERIC; ++protocol) {
    if (protocol != NETLINK_ROUTE && protocol != NETLINK_SOCK_DIAG &&
        protocol != NETLINK_NETFILTER && protocol != NETLINK_GENERIC) {
      filter.deny_if("socket", equals(0, AF_NETLINK), equals(2, protocol));
    }
  }
  filter.deny_if("socket", equals(0, AF_NETLINK), above(2, NETLINK_GENERIC));
}

void deny_act_bpf(Filter& filter) {
  for (uint64_t command = 0; command < kBpfCommandsLooked; ++command) {
    if (std::find(kActBpfCommands.begin(), kActBpfCommands.end(), command) ==
        kActBpfCommands.end()) {
      filter.deny_if("bpf", equals(0, command));
    }
  }
  filter.deny_if("bpf", above(0, kBpfCommandsLooked - 1));
}

void deny_writing(Filter& filter) {
  filter.deny_all(kChangesByName);
  for (const auto& [name, argument] : {std::pair{"open", 1U}, std::pair{"openat", 2U}}) {
    for (const uint64_t flag : {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND}) {
      filter.deny_if(name, has_bits(argument, flag, flag));
    }
  }
}

void deny_for_every_profile(Filter& filter) {
  filter.deny_all(kNever);
  for (const unsigned flag : kNamespaceFlags) {
    filter.deny_if("clone", has_bits(0, flag, flag));
  }
  // Its flags lie behind a pointer; libc falls back to clone(2).
  filter.deny("clone3", {}, ENOSYS);
  filter.deny_if("prlimit64", differs(0, 0), differs(2, 0));
  // syslog(2): only reading all (3), counting the unread (9) and asking the size (10).
  for (const uint64_t action : {1U, 2U, 4U, 5U, 6U, 7U, 8U}) {
    filter.deny_if("syslog", equals(0, action));
  }
  filter.deny_if("syslog", above(0, 10));
  filter.deny_all(kChangesOfMarks);
  for (const unsigned long request : kIoctls) {
    filter.deny_if("ioctl", has_bits(1, 0xFFFFFFFFU, request));
  }
}

}  // namespace

Result<void> enter_sandbox(Profile profile, Writing writing) {
  Filter filter;
  deny_for_every_profile(filter);
  if (profile == Profile::kLook) {
    filter.deny("setns");
  }
  if (profile == Profile::kAct) {
    filter.deny_if("setns", differs(1, CLONE_NEWNET));
    deny_act_sockets(filter);
    deny_act_bpf(filter);
  } else {
    filter.deny("bpf");
    filter.deny("fchmod");
    deny_signals(filter);
    deny_sockets(filter);
  }
  if (writing == Writing::kForbidden) {
    deny_writing(filter);
  }
  return filter.load();
}

}  // namespace genba::sys
