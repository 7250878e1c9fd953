// SPDX-License-Identifier: Apache-2.0
//
// The whole binary where things are not as usual: an old kernel, no root, no procfs, a process
// stuck in the kernel, closed standard streams.
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "support/scratch.h"
#include "support/stuck_filesystem.h"
#include "whole/run_program.h"

namespace genba::test {
namespace {

// Everything from sched_setattr(2) on is younger than Linux 3.10, the kernel of CentOS 7.
constexpr unsigned kFirstYoungCall = 314;

// From here on, and for all programs run, the kernel is as old as Linux 3.10.
bool become_old_kernel() {
  std::array filter{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kFirstYoungCall, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

bool become_nobody() {
  constexpr unsigned kNobody = 65534;
  return ::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0 &&
         ::setresuid(kNobody, kNobody, kNobody) == 0;
}

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? "" : value;
}

TEST(OldKernel, TriageWorksWithoutAnyCallYoungerThanLinux310) {
#ifndef __x86_64__
  GTEST_SKIP() << "SKIPPED: the numbers are those of x86_64";
#endif
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  RunOptions options;
  options.before_exec = become_old_kernel;
  const RunResult result = run_program({binary, "triage", "--no-walk", "--json"}, options);
  EXPECT_LT(result.exit_code, 2) << result.err;
  EXPECT_NE(result.out.find("\"type\":\"summary\""), std::string::npos);
  const RunResult query =
      run_program({binary, "query", "SELECT pid FROM processes WHERE pid = 1"}, options);
  EXPECT_EQ(query.exit_code, 0) << query.err;
}

TEST(OldKernel, UnitTestsOfSysAndHostPassThere) {
#ifndef __x86_64__
  GTEST_SKIP() << "SKIPPED: the numbers are those of x86_64";
#endif
  const std::string build = variable("GENBA_BUILD_DIR");
  const std::string sanitizer = variable("GENBA_SANITIZE");
  GENBA_NEEDS(sanitizer.empty(), "a build without sanitizers");
  for (const char* name : {"genba_sys_test", "genba_host_test"}) {
    const std::string program = build + "/tests/" + name;
    GENBA_NEEDS(std::filesystem::exists(program), program);
    RunOptions options;
    options.before_exec = become_old_kernel;
    options.environment = {"TMPDIR=" + std::filesystem::temp_directory_path().string()};
    const RunResult result = run_program({program, "--gtest_brief=1"}, options);
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  }
}

// A copy that everyone may run, wherever the build directory lies.
std::string copy_for_everyone(const Scratch& scratch, const std::string& binary) {
  namespace fs = std::filesystem;
  const std::string copy = scratch.at("genba");
  fs::copy_file(binary, copy);
  fs::permissions(copy, fs::perms(0755));
  fs::permissions(scratch.path(), fs::perms(0755));
  return copy;
}

TEST(WithoutRoot, NobodyGetsFactsAndAnHonestCoverage) {
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  GENBA_NEEDS(is_root(), "root, to become nobody");
  const Scratch scratch;
  RunOptions options;
  options.before_exec = become_nobody;
  const std::string copy = copy_for_everyone(scratch, binary);
  const RunResult result = run_program({copy, "triage", "--no-walk", "--json"}, options);
  EXPECT_LT(result.exit_code, 2) << result.err;
  EXPECT_NE(result.out.find("denied"), std::string::npos) << "coverage tells of nothing denied";
  const RunResult processes =
      run_program({copy, "query", "SELECT count(*) > 1 AS several FROM processes"}, options);
  EXPECT_EQ(processes.exit_code, 0) << processes.err;
  EXPECT_NE(processes.out.find('1'), std::string::npos) << processes.out;
}

TEST(WithoutRoot, HidepidHidesOthersAndIsToldAsSuch) {
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  GENBA_NEEDS(is_root(), "root, to become nobody");
  const Scratch scratch;
  RunOptions options;
  options.before_exec = [] {
    return enter_private_mounts() && ::mount("proc", "/proc", "proc", 0, "hidepid=2") == 0 &&
           become_nobody();
  };
  const std::string copy = copy_for_everyone(scratch, binary);
  const RunResult result = run_program({copy, "triage", "--no-walk", "--json"}, options);
  if (result.exit_code == 126) {
    GTEST_SKIP() << "SKIPPED: needs mount namespaces and procfs with hidepid";
  }
  EXPECT_LT(result.exit_code, 2) << result.err;
  EXPECT_NE(result.out.find("\"type\":\"coverage\""), std::string::npos);
}

TEST(StuckProcess, TriageGoesOnWithoutIt) {
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  GENBA_NEEDS(is_root(), "root");
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    // In a child: the mount namespace must not be that of the other tests.
    auto scratch_owner = std::make_unique<Scratch>();
    Scratch& scratch = *scratch_owner;
    scratch.directory("stuck");
    if (!enter_private_mounts()) {
      ::_exit(77);
    }
    auto stuck = std::make_unique<StuckFilesystem>(scratch.at("stuck"));
    if (!stuck->mounted()) {
      ::_exit(77);
    }
    auto hung = std::make_unique<LockedChild>(stuck->file());
    const bool locked = hung->locked();
    RunOptions options;
    options.timeout_seconds = 120;
    const RunResult result =
        locked ? run_program({binary, "triage", "--no-walk", "--json"}, options) : RunResult();
    stuck.reset();
    hung.reset();
    if (!locked) {
      ::_exit(77);
    }
    EXPECT_LT(result.exit_code, 2) << result.err;
    EXPECT_NE(result.out.find("\"helpers_abandoned\":"), std::string::npos) << result.out;
    EXPECT_EQ(result.out.find("\"helpers_abandoned\":0"), std::string::npos)
        << "nothing was abandoned: was the stuck process looked at?";
    // Ten times the deadlines of cmdline, environ and maps, and what a triage takes.
    EXPECT_LT(result.seconds, 60);
    scratch_owner.reset();
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
    GTEST_SKIP() << "SKIPPED: needs mount namespaces and FUSE";
  }
  EXPECT_EQ(status, 0);
}

TEST(NoProcfs, ATreeIsReadWithoutAnyProc) {
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  GENBA_NEEDS(is_root(), "root");
  GENBA_NEEDS(is_static(binary), "the static binary");
  Scratch scratch;
  scratch.file("root/tree/etc/passwd", "marker:x:7:7::/:/bin/sh\n");
  std::filesystem::copy_file(binary, scratch.at("root/genba"));
  RunOptions options;
  options.before_exec = [&] { return ::chroot(scratch.at("root").c_str()) == 0; };
  const RunResult result =
      run_program({"/genba", "query", "SELECT username FROM users", "--root", "/tree"}, options);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("marker"), std::string::npos) << result.out;
}

TEST(StandardStreams, ClosedOnesNeverBecomeEvidenceFiles) {
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  Scratch scratch;
  scratch.directory("out");
  RunOptions options;
  options.before_exec = [] { return ::close(0) == 0 && ::close(1) == 0 && ::close(2) == 0; };
  run_program({binary, "triage", "--no-walk", "--report", scratch.at("out/r.html")}, options);
  std::error_code ignored;
  const auto size = std::filesystem::file_size(scratch.at("out/r.html"), ignored);
  if (!ignored && size > 0) {
    std::array<char, 16> head{};
    const int fd = ::open(scratch.at("out/r.html").c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GT(::read(fd, head.data(), head.size()), 0);
    ::close(fd);
    EXPECT_EQ(head[0], '<') << "the report begins with what was meant for the terminal";
  }
}

}  // namespace
}  // namespace genba::test
