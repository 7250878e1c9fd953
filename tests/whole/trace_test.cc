// SPDX-License-Identifier: Apache-2.0
#include "whole/trace.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/run_program.h"
#include "support/scratch.h"
#include "support/stuck_filesystem.h"

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

// A machine whose every configuration file wants to run something: what a trusting program of this
// kind would open shows in the trace.
bool make_hostile_root(const Scratch& scratch) {
  if (!enter_private_mounts()) {
    return false;
  }
  const std::string work = scratch.at("overlay");
  std::filesystem::create_directories(work);
  if (::mount("genba-test", work.c_str(), "tmpfs", 0, nullptr) != 0) {
    return false;
  }
  for (const char* name : {"/upper/ssl", "/work"}) {
    std::filesystem::create_directories(work + name);
  }
  const std::string evil = scratch.at("evil.so");
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(work + "/upper/" + name) << text;
  };
  write("ld.so.preload", evil + "\n");
  write("nsswitch.conf", "passwd: evil\ngroup: evil\nhosts: evil\n");
  write("localtime", "TZif2");
  write("ssl/openssl.cnf",
        "openssl_conf = a\n[a]\nengines = b\n[b]\nx = c\n[c]\ndynamic_path = " + evil + "\n");
  write("resolv.conf", "nameserver 192.0.2.1\n");
  write("ld.so.conf", scratch.path() + "\n");
  const std::string options = "lowerdir=/etc,upperdir=" + work + "/upper,workdir=" + work + "/work";
  return ::mount("genba-test", "/etc", "overlay", 0, options.c_str()) == 0;
}

std::vector<std::string> hostile_environment(const Scratch& scratch) {
  const std::string evil = scratch.at("evil.so");
  return {"LD_PRELOAD=" + evil,
          "LD_AUDIT=" + evil,
          "LD_LIBRARY_PATH=" + scratch.path(),
          "GCONV_PATH=" + scratch.path(),
          "OPENSSL_CONF=" + scratch.at("openssl.cnf"),
          "LOCPATH=" + scratch.path(),
          "LANG=tlh_KX.EVIL",
          "LC_ALL=ja_JP.EUC-JP",
          "TZ=" + scratch.at("zone"),
          "TZDIR=" + scratch.path(),
          "TMPDIR=" + scratch.path(),
          "MALLOC_PERTURB_=1",
          "MALLOC_TRACE=" + scratch.at("malloc.trace"),
          "NLSPATH=" + scratch.at("%N"),
          "HOSTALIASES=" + scratch.at("aliases"),
          "RES_OPTIONS=debug",
          "GLIBC_TUNABLES=glibc.malloc.check=3",
          "TERM=xterm",
          "SQLITE_TMPDIR=" + scratch.path(),
          "LIBSECCOMP_DEBUG=1",
          "PATH=/nowhere"};
}

struct Case {
  const char* name;
  std::vector<std::string> arguments;  // "@" stands for the scratch directory
  std::vector<std::string> inputs;
};

void PrintTo(const Case& one, std::ostream* stream) {
  *stream << one.name;
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
  std::vector<std::string> command{"/usr/bin/strace"};
  for (const std::string& option : strace_options()) {
    command.push_back(option);
  }
  command.insert(command.end(), {"-o", scratch_.at("trace")});
  // strace starts with a clean environment and gives the hostile one to the binary alone.
  for (const std::string& variable : hostile_environment(scratch_)) {
    if (is_static(binary) || variable.rfind("LD_", 0) != 0) {
      command.insert(command.end(), {"-E", variable});
    }
  }
  command.push_back(binary);
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
  std::ifstream stream(scratch_.at("trace"));
  std::stringstream trace;
  trace << stream.rdbuf();
  const auto violations = find_violations(trace.str(), rules);
  EXPECT_TRUE(violations.empty()) << violations.size() << " broken promises";
  for (size_t i = 0; i < violations.size() && i < 20; ++i) {
    ADD_FAILURE() << violations[i];
  }
}

INSTANTIATE_TEST_SUITE_P(
    Verbs, Traced,
    ::testing::Values(Case{"version", {"--version"}, {}}, Case{"help", {"help", "triage"}, {}},
                      Case{"triage", {"triage", "--no-walk"}, {}},
                      Case{"triage_with_walk", {"triage", "--json"}, {}},
                      Case{"report_and_save",
                           {"triage", "--no-walk", "--report", "@/out/report.html", "--save",
                            "@/out/case"},
                           {}},
                      Case{"query", {"query", "SELECT pid, name, cmdline FROM processes"}, {}},
                      Case{"query_sockets", {"query", "SELECT * FROM listening_ports"}, {}},
                      Case{"query_json", {"query", "--json", "SELECT * FROM users"}, {}},
                      Case{"japanese", {"triage", "--no-walk", "--lang", "ja"}, {}},
                      Case{"case", {"triage", "--case", "@/case"}, {"@/case"}},
                      Case{"rules", {"triage", "--no-walk", "--rules", "@/rules"}, {"@/rules"}},
                      Case{"deep", {"triage", "--deep", "--root", "@/tree"}, {"@/tree"}},
                      Case{"root", {"triage", "--root", "@/tree"}, {"@/tree"}}),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace genba::test
