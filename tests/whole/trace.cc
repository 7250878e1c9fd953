// SPDX-License-Identifier: Apache-2.0
#include "whole/trace.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/split.h"

namespace genba::test {

namespace {

// "1234 openat(AT_FDCWD</work>, \"/proc\", O_RDONLY) = 3</proc>", also when it is cut by
// "<unfinished ...>": the arguments that matter stand before the cut.
struct Call {
  std::string_view name;
  std::string_view arguments;  ///< what follows the opening parenthesis
};

// Lines of strace itself ("+++ exited", "--- SIGCHLD", "<... resumed>") are no calls.
std::optional<Call> parse_call(std::string_view line) {
  const size_t start = line.find_first_not_of("0123456789 ");
  if (start == std::string_view::npos || line[start] == '+' || line[start] == '-' ||
      line[start] == '<') {
    return std::nullopt;
  }
  const size_t open = line.find('(', start);
  if (open == std::string_view::npos) {
    return std::nullopt;
  }
  return Call{line.substr(start, open - start), line.substr(open + 1)};
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool starts_with_any(std::string_view path, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](const std::string& beginning) {
    return path.substr(0, beginning.size()) == beginning;
  });
}

// The text in the first quotes.
std::string_view quoted(std::string_view text) {
  const size_t open = text.find('"');
  const size_t close = open == std::string_view::npos ? open : text.find('"', open + 1);
  return close == std::string_view::npos ? std::string_view()
                                         : text.substr(open + 1, close - open - 1);
}

// What -y shows of the descriptor that is the first argument: "5</tmp/x>" gives "/tmp/x".
std::string_view descriptor_target(std::string_view arguments) {
  const size_t open = arguments.find('<');
  const size_t close = arguments.find_first_of(">,)", open == std::string_view::npos ? 0 : open);
  return open == std::string_view::npos || close == std::string_view::npos
             ? std::string_view()
             : arguments.substr(open + 1, close - open - 1);
}

// A path beside a descriptor: "7</out/case>, \"log.jsonl\"" is /out/case/log.jsonl.
std::string full_path(std::string_view arguments) {
  const std::string_view path = quoted(arguments);
  if (path.substr(0, 1) == "/") {
    return std::string(path);
  }
  return std::string(descriptor_target(arguments)) + "/" + std::string(path);
}

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
    const auto call = parse_call(line);
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
  const char* reason_against(const Call& call) {
    if (call.name == "execve" || call.name == "execveat") {
      return ++programs_ == 1 ? nullptr : "runs a program";
    }
    if (kNever.count(call.name) != 0) {
      return "a call that looking never makes";
    }
    if (call.name == "kill" || call.name == "tgkill" || call.name == "pidfd_send_signal") {
      return reason_against_signal(call);
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
    if (kWrites.count(call.name) != 0) {
      return reason_against_write(call);
    }
    if (kChangesByName.count(call.name) != 0) {
      return starts_with_any(full_path(call.arguments), rules_.outputs)
                 ? nullptr
                 : "changes a name that was not asked for";
    }
    if (call.name == "socket") {
      return has(call.arguments, "AF_NETLINK") ? nullptr : "opens a socket that could send";
    }
    if (call.name == "sendto" || call.name == "sendmsg" || call.name == "sendmmsg") {
      return has(call.arguments, "sin_addr") || has(call.arguments, "sin6_addr") ||
                     has(call.arguments, "sun_path")
                 ? "sends to an address"
                 : nullptr;
    }
    return nullptr;
  }

  static const char* reason_against_signal(const Call& call) {
    const bool asks_only = call.name == "kill" && has(call.arguments, ", 0)");
    const bool own_helper = call.name == "pidfd_send_signal" && has(call.arguments, ", SIGKILL,");
    return asks_only || own_helper ? nullptr : "sends a signal";
  }

  const char* reason_against_open(const Call& call) const {
    constexpr std::array kWriting{"O_WRONLY", "O_RDWR",   "O_CREAT",
                                  "O_TRUNC",  "O_APPEND", "O_TMPFILE"};
    const std::string path = full_path(call.arguments);
    const bool writes = std::any_of(kWriting.begin(), kWriting.end(),
                                    [&](const char* flag) { return has(call.arguments, flag); });
    if (writes) {
      return starts_with_any(path, rules_.outputs) ? nullptr : "opens a file for writing";
    }
    // Evidence is read through a descriptor of the root or of procfs. What is opened by path from
    // the working directory is what libc does on its own, but for these.
    const bool by_path = call.name == "open" || has(call.arguments.substr(0, 9), "AT_FDCWD");
    // glibc's malloc asks the last one before it gives back memory of a thread's heap.
    constexpr std::array<std::string_view, 3> kKernelOnly{"/proc", "/",
                                                          "/proc/sys/vm/overcommit_memory"};
    if (!by_path || std::find(kKernelOnly.begin(), kKernelOnly.end(), path) != kKernelOnly.end()) {
      return nullptr;
    }
    return starts_with_any(path, rules_.inputs) || starts_with_any(path, rules_.outputs)
               ? nullptr
               : "opens a path that nobody named";
  }

  const char* reason_against_write(const Call& call) const {
    const std::string_view target = descriptor_target(call.arguments);
    const bool to_person =
        call.arguments.substr(0, 2) == "1<" || call.arguments.substr(0, 2) == "2<";
    const bool to_helper = target.substr(0, 6) == "socket" || target.substr(0, 4) == "pipe" ||
                           target.substr(0, 4) == "UNIX" || target.substr(0, 7) == "NETLINK";
    return to_person || to_helper || starts_with_any(target, rules_.outputs)
               ? nullptr
               : "writes to something that nobody named";
  }

  const TraceRules& rules_;
  bool ours_;
  int programs_ = 0;
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
          "-y",
          "-qq",
          "-s",
          "300",
          "--seccomp-bpf",
          "-e",
          "trace=!read,pread64,close,statx,newfstatat,fstat,lseek,getdents64,readlinkat,munmap,brk,"
          "futex,poll,fstatfs,statfs,clock_gettime,madvise,mprotect,rt_sigprocmask,rt_sigaction,"
          "recvfrom,recvmsg,fcntl,ioctl"};
}

}  // namespace genba::test
