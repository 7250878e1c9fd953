// SPDX-License-Identifier: Apache-2.0
#include "whole/trace.h"

#include <algorithm>
#include <array>
#include <set>

#include "whole/trace_acting.h"
#include "whole/trace_line.h"

namespace genba::test {

namespace {

const std::set<std::string_view> kNever{"ptrace",
                                        "process_vm_writev",
                                        "process_vm_readv",
                                        "listen",
                                        "accept",
                                        "accept4",
                                        "connect",
                                        "init_module",
                                        "finit_module",
                                        "delete_module",
                                        "kexec_load",
                                        "kexec_file_load",
                                        "mount",
                                        "umount2",
                                        "pivot_root",
                                        "move_mount",
                                        "swapon",
                                        "swapoff",
                                        "reboot",
                                        "sethostname",
                                        "setdomainname",
                                        "settimeofday",
                                        "clock_settime",
                                        "clock_adjtime",
                                        "bpf",
                                        "perf_event_open",
                                        "io_uring_setup",
                                        "tkill",
                                        "rt_sigqueueinfo",
                                        "rt_tgsigqueueinfo",
                                        "setuid",
                                        "setgid",
                                        "setresuid",
                                        "setresgid",
                                        "setgroups",
                                        "capset",
                                        "chroot",
                                        "unshare",
                                        "mknod",
                                        "mknodat",
                                        "chown",
                                        "fchown",
                                        "lchown",
                                        "fchownat",
                                        "chmod",
                                        "fchmodat",
                                        "utime",
                                        "utimes",
                                        "utimensat",
                                        "futimesat",
                                        "setxattr",
                                        "lsetxattr",
                                        "fsetxattr",
                                        "removexattr",
                                        "lremovexattr",
                                        "fremovexattr",
                                        "add_key",
                                        "request_key",
                                        "keyctl",
                                        "acct",
                                        "truncate",
                                        "link",
                                        "linkat",
                                        "symlink",
                                        "symlinkat",
                                        "userfaultfd",
                                        "pidfd_getfd",
                                        "fanotify_init"};

const std::set<std::string_view> kChangesByName{
    "creat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir"};

const std::set<std::string_view> kWrites{"write",     "writev",    "pwrite64", "pwritev",
                                         "pwritev2",  "sendfile",  "splice",   "vmsplice",
                                         "ftruncate", "fallocate", "fchmod",   "copy_file_range"};

class Judge {
 public:
  explicit Judge(const TraceRules& rules) : rules_(rules), ours_(rules.is_static) {}

  void look_at(std::string_view line) {
    if (const auto child = cloned_process(line)) {
      own_.insert(*child);
    }
    const auto call = parse_traced_call(line);
    if (!call) {
      return;
    }
    if (call->name == "prctl" && has(call->arguments, "PR_SET_DUMPABLE, SUID_DUMP_DISABLE")) {
      ours_ = true;
    }
    if (const char* reason = reason_against(*call)) {
      violations_.push_back(std::string(reason) + ": " + std::string(line.substr(0, 300)));
    }
  }
  std::vector<std::string> finish() {
    if (programs_ != 1) {
      violations_.push_back("the trace shows " + std::to_string(programs_) +
                            " programs being run instead of one");
    }
    if (!ours_) {
      violations_.push_back("the process never made itself undumpable");
    }
    return std::move(violations_);
  }

 private:
  const char* reason_against(const TracedCall& call) {
    if (call.name == "execve" || call.name == "execveat") {
      return ++programs_ == 1 ? nullptr : "runs a program";
    }
    // The mode of a new file is part of writing it; which programs hang at a cgroup is a question.
    const bool part_of_acting =
        call.name == "fchmod" ||
        (call.name == "bpf" && call.arguments.starts_with("BPF_PROG_QUERY"));
    if (kNever.count(call.name) != 0 && !(acts() && part_of_acting)) {
      return acts() ? "a call that acting never makes" : "a call that looking never makes";
    }
    if (call.name == "kill" || call.name == "tgkill" || call.name == "pidfd_send_signal") {
      return acts() ? reason_against_ending(call, own_, rules_) : reason_against_signal(call);
    }
    if (!ours_) {
      return nullptr;
    }
    if (call.name == "open" || call.name == "openat" || call.name == "openat2") {
      return reason_against_open(call);
    }
    if (call.name == "mmap") {
      return has(call.arguments, "PROT_EXEC") && !has(call.arguments, "MAP_ANONYMOUS")
                 ? "maps a file to run it"
                 : nullptr;
    }
    if (call.name == "mprotect" || call.name == "pkey_mprotect") {
      return has(call.arguments, "PROT_EXEC") ? "makes memory executable" : nullptr;
    }
    if (kWrites.count(call.name) != 0) {
      return reason_against_write(call);
    }
    if (kChangesByName.count(call.name) != 0) {
      return reason_against_change(call);
    }
    if (call.name == "socket") {
      return reason_against_socket(call, rules_.deeds);
    }
    if (call.name == "sendto" || call.name == "sendmsg" || call.name == "sendmmsg") {
      return reason_against_sending(call, rules_.deeds);
    }
    return nullptr;
  }

  bool acts() const { return rules_.deeds != Deeds::kLook; }

  const char* reason_against_change(const TracedCall& call) const {
    const std::string path = full_path(call.arguments);
    const bool of_acting =
        acts() && (((call.name == "mkdirat" || call.name == "unlinkat") && is_own_group(path)) ||
                   (call.name == "mkdir" && leads_to_any(path, rules_.outputs)));
    return of_acting || starts_with_any(path, rules_.outputs)
               ? nullptr
               : "changes a name that was not asked for";
  }

  static const char* reason_against_signal(const TracedCall& call) {
    const bool asks_only = call.name == "kill" && has(call.arguments, ", 0)");
    const bool own_helper = call.name == "pidfd_send_signal" && has(call.arguments, ", SIGKILL,");
    return asks_only || own_helper ? nullptr : "sends a signal";
  }

  const char* reason_against_open(const TracedCall& call) const {
    constexpr std::array kWriting{"O_WRONLY", "O_RDWR",   "O_CREAT",
                                  "O_TRUNC",  "O_APPEND", "O_TMPFILE"};
    const std::string path = full_path(call.arguments);
    const bool writes = std::any_of(kWriting.begin(), kWriting.end(),
                                    [&](const char* flag) { return has(call.arguments, flag); });
    if (writes) {
      return starts_with_any(path, rules_.outputs) || (acts() && is_freezer_file(path))
                 ? nullptr
                 : "opens a file for writing";
    }
    // Evidence is read through a descriptor of the root or of procfs. What is opened by path from
    // the working directory is what libc does on its own, but for these.
    const bool by_path = call.name == "open" || has(call.arguments.substr(0, 9), "AT_FDCWD");
    // glibc's malloc asks the last one before it gives back memory of a thread's heap.
    constexpr std::array<std::string_view, 4> kKernelOnly{
        "/proc", "/", "/proc/sys/kernel/random/boot_id", "/proc/sys/vm/overcommit_memory"};
    if (!by_path || std::find(kKernelOnly.begin(), kKernelOnly.end(), path) != kKernelOnly.end()) {
      return nullptr;
    }
    return starts_with_any(path, rules_.inputs) || starts_with_any(path, rules_.outputs) ||
                   (acts() && is_opened_to_act(path, call.arguments))
               ? nullptr
               : "opens a path that nobody named";
  }

  const char* reason_against_write(const TracedCall& call) const {
    const std::string_view target = descriptor_target(call.arguments);
    const bool to_person =
        call.arguments.substr(0, 2) == "1<" || call.arguments.substr(0, 2) == "2<";
    const bool to_helper = target.substr(0, 6) == "socket" || target.substr(0, 4) == "pipe" ||
                           target.substr(0, 4) == "UNIX" || target.substr(0, 7) == "NETLINK";
    return to_person || to_helper || starts_with_any(target, rules_.outputs) ||
                   (acts() && is_freezer_file(target))
               ? nullptr
               : "writes to something that nobody named";
  }

  const TraceRules& rules_;
  bool ours_;
  int programs_ = 0;
  std::set<int64_t> own_;
  std::vector<std::string> violations_;
};

}  // namespace

std::vector<std::string> find_violations(std::string_view trace, const TraceRules& rules) {
  Judge judge(rules);
  while (!trace.empty()) {
    const size_t end = trace.find('\n');
    judge.look_at(trace.substr(0, end));
    trace = end == std::string_view::npos ? std::string_view() : trace.substr(end + 1);
  }
  return judge.finish();
}

std::vector<std::string> strace_options() {
  // Everything but the calls that are many and harmless; what is not listed is shown.
  return {"-f",
          "--decode-fds=path,pidfd",
          "-qq",
          "-s",
          "300",
          "--seccomp-bpf",
          "-e",
          "trace=!read,pread64,close,statx,newfstatat,fstat,lseek,getdents64,readlinkat,munmap,brk,"
          "futex,poll,fstatfs,statfs,clock_gettime,madvise,rt_sigprocmask,rt_sigaction,"
          "recvfrom,recvmsg,fcntl,ioctl"};
}

}  // namespace genba::test
