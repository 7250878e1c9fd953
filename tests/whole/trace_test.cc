// SPDX-License-Identifier: Apache-2.0
#include "whole/trace.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "act/journal/journal.h"
#include "support/run_program.h"
#include "support/scratch.h"
#include "whole/hostile_machine.h"

namespace genba::test {
namespace {

constexpr const char* kStart =
    "1 execve(\"/x/genba\", [\"genba\"], 0x7) = 0\n"
    "1 prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE) = 0\n";

size_t violations_in(const std::string& lines, const TraceRules& rules = {}) {
  return find_violations(kStart + lines, rules).size();
}

TEST(TraceJudge, KeepsQuietAboutLooking) {
  EXPECT_EQ(violations_in(
                "1 openat(AT_FDCWD</root>, \"/proc\", O_RDONLY|O_DIRECTORY) = 3</proc>\n"
                "1 openat2(4</>, \"etc/ld.so.preload\", {flags=O_RDONLY, resolve=0x8}, 24) = 5\n"
                "2 kill(77, 0) = 0\n"
                "1 write(1<pipe:[1]>, \"x\", 1) = 1\n"
                "1 socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_SOCK_DIAG) = 6\n"
                "1 sendto(6<NETLINK:[7]>, [{nlmsg_len=72}], 72, 0, NULL, 0) = 72\n"
                "1 sendmsg(5<UNIX:[8]>, {msg_name=NULL, msg_namelen=0}, 0) = 4\n"
                "1 pidfd_send_signal(9<anon_inode:[pidfd]>, SIGKILL, NULL, 0) = 0\n"
                "2 <... write resumed>) = 1\n2 +++ exited with 0 +++\n--- SIGCHLD ---\n"),
            0U);
}

TEST(TraceJudge, NoticesEveryBrokenPromise) {
  for (const char* line :
       {"1 execve(\"/bin/sh\", [\"sh\"], 0x7) = -1 EPERM",
        "2 openat(AT_FDCWD</>, \"/etc/ld.so.cache\", O_RDONLY|O_CLOEXEC) = 3",
        "1 open(\"/usr/lib/ssl/openssl.cnf\", O_RDONLY) = -1 ENOENT",
        "1 openat(4</>, \"etc/passwd\", O_RDWR) = 3",
        "1 openat(AT_FDCWD</>, \"/tmp/x\", O_WRONLY|O_CREAT, 0600) = 3",
        "1 mmap(NULL, 99, PROT_READ|PROT_EXEC, MAP_PRIVATE, 3</lib/evil.so>, 0) = 0x7f",
        "1 mprotect(0x7f0000, 4096, PROT_READ|PROT_EXEC) = 0",
        "1 kill(77, SIGTERM) = 0",
        "1 tgkill(1, 1, SIGKILL <unfinished ...>",
        "1 pidfd_send_signal(9<x>, SIGTERM, NULL, 0) = 0",
        "1 ptrace(PTRACE_SEIZE, 7) = 0",
        "1 listen(3<socket:[1]>, 1) = 0",
        "1 mount(\"a\", \"b\", \"c\", 0, NULL) = 0",
        "1 write(5</etc/passwd>, \"x\", 1) = 1",
        "1 unlink(\"/etc/x\") = 0",
        "1 renameat(3</etc>, \"a\", 3</etc>, \"b\") = 0",
        "1 socket(AF_ALG, 5, 0) = -1 EPERM",
        "1 socket(AF_INET, SOCK_DGRAM, 0) = 3",
        "1 sendto(3, \"x\", 1, 0, {sa_family=AF_INET, sin_port=htons(53), "
        "sin_addr=inet_addr(\"192.0.2.1\")}, 16) = 1",
        "1 sendmsg(3, {msg_name={sa_family=AF_INET6, sin6_port=htons(53), "
        "inet_pton(AF_INET6, \"2001:db8::1\", &sin6_addr)}, msg_namelen=28}, 0) = 1",
        "1 sendto(3, \"x\", 1, 0, {sa_family=AF_UNIX, sun_path=\"/dev/log\"}, 110) = 1"}) {
    EXPECT_GE(violations_in(line + std::string("\n")), 1U) << line;
  }
}

TEST(TraceJudge, AllowsWhatTheResponderNamed) {
  TraceRules rules;
  rules.outputs = {"/out/"};
  EXPECT_EQ(violations_in("1 openat(AT_FDCWD</>, \"/out/r.html\", O_WRONLY|O_CREAT, 0600) = 3\n"
                          "1 write(3</out/r.html>, \"x\", 1) = 1\n"
                          "1 mkdirat(4</out>, \"case\", 0700) = 0\n",
                          rules),
            0U);
}

constexpr const char* kActing =
    "1 mkdir(\"/tmp\", 0700) = -1 EEXIST (File exists)\n"
    "1 mkdir(\"/tmp/x/actions\", 0700) = 0\n"
    "1 openat(3</tmp/x/actions>, \"actions.jsonl\", O_RDWR|O_CREAT|O_APPEND, 0600) = 4\n"
    "1 fchmod(4</tmp/x/actions/actions.jsonl>, 0600) = 0\n"
    "1 write(4</tmp/x/actions/actions.jsonl>, \"x\", 1) = 1\n"
    "1 openat(AT_FDCWD</>, \"/sys/fs/cgroup/unified\", O_RDONLY|O_DIRECTORY) = 5\n"
    "1 mkdirat(5</sys/fs/cgroup/unified>, \"genba-7-a\", 0755) = 0\n"
    "1 openat(6</sys/fs/cgroup/unified/genba-7-a>, \"cgroup.freeze\", O_WRONLY) = 7\n"
    "1 write(7</sys/fs/cgroup/unified/genba-7-a/cgroup.freeze>, \"1\", 1) = 1\n"
    "1 openat(6</sys/fs/cgroup/freezer/genba-7-a>, \"freezer.state\", O_WRONLY) = 7\n"
    "1 openat(6</sys/fs/cgroup/unified/genba-7-a>, \"cgroup.kill\", O_WRONLY) = 7\n"
    "1 openat(5</sys/fs/cgroup/unified/user.slice>, \"cgroup.procs\", O_WRONLY) = 7\n"
    "1 unlinkat(5</sys/fs/cgroup/unified>, \"genba-7-a\", AT_REMOVEDIR) = 0\n"
    "1 openat(AT_FDCWD</>, \"/proc/self/loginuid\", O_RDONLY) = 8\n"
    "1 socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_NETFILTER) = 9\n"
    "1 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>\n"
    "1 <... clone resumed>, child_tidptr=0x7f) = 12\n"
    "1 pidfd_send_signal(9<pid:12>, SIGKILL, NULL, 0) = 0\n"
    "1 pidfd_send_signal(9<pid:77>, SIGKILL, NULL, 0) = 0\n"
    "1 pidfd_send_signal(9<anon_inode:[pidfd]>, SIGKILL, NULL, 0) = -1 ESRCH\n";

constexpr const char* kProving =
    "1 socket(AF_INET6, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_IP) = 4\n"
    "1 socket(AF_INET, SOCK_RAW|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_RAW) = 4\n"
    "1 socket(AF_PACKET, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, htons(0)) = 4\n"
    "1 sendto(4<socket:[1]>, \"x\", 1, MSG_NOSIGNAL, {sa_family=AF_INET6, sin6_port=htons(9), "
    "inet_pton(AF_INET6, \"2001:db8::1\", &sin6_addr)}, 28) = -1 EPERM\n"
    "1 sendto(4<socket:[1]>, \"x\", 1, MSG_NOSIGNAL, {sa_family=AF_INET, sin_port=htons(0), "
    "sin_addr=inet_addr(\"192.0.2.1\")}, 16) = 1\n";

TraceRules acting_rules(Deeds deeds) {
  TraceRules rules;
  rules.deeds = deeds;
  rules.outputs = {"/tmp/x/actions"};
  rules.may_end = {77};
  return rules;
}

TEST(TraceJudge, KeepsQuietAboutActing) {
  EXPECT_EQ(violations_in(kActing, acting_rules(Deeds::kAct)), 0U);
  EXPECT_EQ(violations_in(std::string(kActing) + kProving, acting_rules(Deeds::kProve)), 0U);
}

TEST(TraceJudge, AllowsNoneOfItWhereNothingIsToBeChangedOrProven) {
  TraceRules looking = acting_rules(Deeds::kLook);
  EXPECT_GE(violations_in(kActing, looking), 8U);
  EXPECT_EQ(violations_in(kProving, acting_rules(Deeds::kAct)), 5U);
}

TEST(TraceJudge, NoticesEveryBrokenPromiseOfActing) {
  for (const char* line :
       {"1 execve(\"/usr/sbin/nft\", [\"nft\"], 0x7) = 0",
        "1 openat(AT_FDCWD</>, \"/etc/nftables.conf\", O_RDONLY) = 3",
        "1 openat(AT_FDCWD</>, \"/lib/x86_64-linux-gnu/libnss_files.so.2\", O_RDONLY) = 3",
        "1 mmap(NULL, 9, PROT_READ|PROT_EXEC, MAP_PRIVATE, 3</lib/evil.so>, 0) = 0x7f",
        "1 mprotect(0x7f, 4096, PROT_READ|PROT_EXEC) = 0",
        "1 openat(4</>, \"etc/passwd\", O_RDWR) = 3",
        "1 openat(4</>, \"proc/sys/net/ipv4/ip_forward\", O_WRONLY) = 3",
        "1 write(5</proc/sys/net/ipv4/ip_forward>, \"0\", 1) = 1",
        "1 write(5</tmp/x/other>, \"x\", 1) = 1",
        "1 fchmod(5</etc/shadow>, 0600) = 0",
        "1 mkdir(\"/tmp/y\", 0700) = 0",
        "1 mkdir(\"/tm\", 0700) = 0",
        "1 unlinkat(3</tmp>, \"x\", AT_REMOVEDIR) = 0",
        "1 mkdirat(5</sys/fs/cgroup/unified>, \"evil\", 0755) = 0",
        "1 unlinkat(5</sys/fs/cgroup/unified>, \"user.slice\", AT_REMOVEDIR) = 0",
        "1 openat(5</sys/fs/cgroup/unified/user.slice>, \"cgroup.freeze\", O_WRONLY) = 7",
        "1 openat(5</sys/fs/cgroup/unified/user.slice>, \"cgroup.kill\", O_WRONLY) = 7",
        "1 write(5</sys/fs/cgroup/freezer/genba-7/memory.max>, \"0\", 1) = 1",
        "1 pidfd_send_signal(9<pid:77>, SIGTERM, NULL, 0) = 0",
        "1 pidfd_send_signal(9<pid:77>, SIGSTOP, NULL, 0) = 0",
        "1 pidfd_send_signal(9<pid:78>, SIGKILL, NULL, 0) = 0",
        "1 pidfd_send_signal(9<anon_inode:[pidfd]>, SIGKILL, NULL, 0) = 0",
        "1 kill(77, SIGKILL) = 0",
        "1 kill(77, SIGSTOP) = 0",
        "1 tgkill(77, 77, SIGKILL) = 0",
        "1 ptrace(PTRACE_SEIZE, 77) = 0",
        "1 bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_CGROUP_SKB}, 148) = 3",
        "1 connect(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(9)}, 16) = 0",
        "1 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3",
        "1 socket(AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC, 0) = 3",
        "1 sendto(3, \"x\", 1, 0, {sa_family=AF_INET, sin_port=htons(53), "
        "sin_addr=inet_addr(\"192.0.2.1\")}, 16) = 1",
        "1 sendto(3, \"x\", 1, 0, {sa_family=AF_UNIX, sun_path=\"/dev/log\"}, 110) = 1"}) {
    EXPECT_GE(violations_in(line + std::string("\n"), acting_rules(Deeds::kProve)), 1U) << line;
  }
}

struct Case {
  const char* name;
  std::vector<std::string> arguments;  // "@" stands for the scratch directory
  std::vector<std::string> inputs;
};

void PrintTo(const Case& one, std::ostream* stream) {
  *stream << one.name;
}

// With a content of its own, so that there is an object to verify.
void write_journal(const std::string& directory) {
  act::JournalOptions options;
  options.directory = directory;
  options.why = "a test";
  auto journal = act::Journal::open(options);
  ASSERT_TRUE(journal) << journal.error().what;
  const auto action =
      journal->begin({"contain apply", "host", model::ActionEffect::kEstablishes, "", ""});
  ASSERT_TRUE(action) << action.error().what;
  ASSERT_TRUE(journal->add_object("ruleset", "table inet genba_contain"));
  ASSERT_TRUE(journal->end(*action, {model::ActionOutcome::kDone, "", ""}));
}

class Traced : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    scratch_.file("evil.so", "not even an ELF file");
    scratch_.file("tree/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
    scratch_.link("tree/etc/mtab", "../proc/self/mounts");
    scratch_.fifo("tree/etc/cron.d/fifo");
    scratch_.directory("out");
    scratch_.directory("rules/process");
    std::filesystem::copy_file("rules/process/deleted_executable.yaml",
                               scratch_.at("rules/process/deleted_executable.yaml"));
    const std::string binary = genba_binary();
    if (!binary.empty()) {
      const ProgramResult kept = run_program(
          {binary, "triage", "--root", scratch_.at("tree"), "--save", scratch_.at("case")});
      ASSERT_LT(kept.status, 2) << kept.err;
    }
    write_journal(scratch_.at("actions"));
  }
  std::string fill(std::string text) const {
    for (size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at)) {
      text.replace(at, 1, scratch_.path());
    }
    return text;
  }
  Scratch scratch_;
};

TEST_P(Traced, KeepsEveryPromise) {
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  GENBA_NEEDS(is_root(), "root");
  GENBA_NEEDS(std::filesystem::exists("/usr/bin/strace"), "strace");
  GENBA_NEEDS(given("GENBA_SANITIZE").empty(), "a build without sanitizers: they trace as well");
  std::vector<std::string> command = traced_binary(scratch_, binary, scratch_.at("trace"));
  TraceRules rules;
  rules.is_static = is_static(binary);
  rules.outputs = {scratch_.at("out/")};
  for (const std::string& argument : GetParam().arguments) {
    command.push_back(fill(argument));
  }
  for (const std::string& input : GetParam().inputs) {
    rules.inputs.push_back(fill(input));
  }
  ProgramOptions options;
  options.environment.clear();
  options.deadline = std::chrono::seconds(600);
  options.before_exec = [this] { return make_hostile_root(scratch_); };
  const ProgramResult result = run_program(command, options);
  if (result.status == kNotPrepared) {
    GTEST_SKIP() << "SKIPPED: needs mount namespaces and overlayfs";
  }
  EXPECT_LT(result.status, 2) << result.err;
  const auto violations = find_violations(read_whole(scratch_.at("trace")), rules);
  EXPECT_TRUE(violations.empty()) << violations.size() << " broken promises";
  for (size_t i = 0; i < violations.size() && i < 20; ++i) {
    ADD_FAILURE() << violations[i];
  }
}

INSTANTIATE_TEST_SUITE_P(
    Verbs, Traced,
    ::testing::Values(
        Case{"version", {"--version"}, {}}, Case{"help", {"help", "triage"}, {}},
        Case{"triage", {"triage", "--no-walk"}, {}},
        Case{"triage_with_walk", {"triage", "--json"}, {}},
        Case{"report_and_save",
             {"triage", "--no-walk", "--report", "@/out/report.html", "--save", "@/out/case"},
             {}},
        Case{"query", {"query", "SELECT pid, name, cmdline FROM processes"}, {}},
        Case{"query_sockets", {"query", "SELECT * FROM listening_ports"}, {}},
        Case{"query_json", {"query", "--json", "SELECT * FROM users"}, {}},
        Case{"japanese", {"triage", "--no-walk", "--lang", "ja"}, {}},
        Case{"case", {"triage", "--case", "@/case"}, {"@/case"}},
        Case{"rules", {"triage", "--no-walk", "--rules", "@/rules"}, {"@/rules"}},
        Case{"deep", {"triage", "--deep", "--root", "@/tree"}, {"@/tree"}},
        Case{"root", {"triage", "--root", "@/tree"}, {"@/tree"}},
        Case{"contain_plan",
             {"contain", "plan", "--admin", "203.0.113.0/24", "--dns", "--logs", "--force-storage"},
             {}},
        Case{"case_log", {"case", "log", "@/actions"}, {"@/actions"}},
        Case{"case_verify", {"case", "verify", "@/case"}, {"@/case"}},
        Case{"case_verify_journal", {"case", "verify", "@/actions"}, {"@/actions"}}),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace genba::test
