// SPDX-License-Identifier: Apache-2.0
//
// The whole binary where things are not as usual: an old kernel, no root, no procfs, a process
// stuck in the kernel, closed standard streams.
#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "support/run_program.h"
#include "support/small_system.h"
#include "support/stuck_filesystem.h"
#include "support/triage_output.h"

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
  ProgramOptions options;
  options.before_exec = become_old_kernel;
  const ProgramResult result = run_program({binary, "triage", "--no-walk", "--json"}, options);
  EXPECT_LT(result.status, 2) << result.err;
  EXPECT_NE(result.out.find("\"type\":\"summary\""), std::string::npos);
  const ProgramResult query =
      run_program({binary, "query", "SELECT pid FROM processes WHERE pid = 1"}, options);
  EXPECT_EQ(query.status, 0) << query.err;
}

// What a run says of the machine, without what changes from run to run.
std::set<std::string> findings_of(const ProgramResult& result) {
  std::set<std::string> ids;
  for (const Json& finding : parse_triage(result.out).findings) {
    ids.insert(finding.at("rule").get<std::string>() + " " + finding.at("id").get<std::string>());
  }
  return ids;
}

TEST(OldKernel, ATreeIsJudgedThereAsAnywhere) {
#ifndef __x86_64__
  GTEST_SKIP() << "SKIPPED: the numbers are those of x86_64";
#endif
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  Scratch tree;
  build_small_system(tree);
  add_program(tree, "usr/bin/cd");
  tree.file("etc/cron.d/cd", "* * * * * root /usr/bin/cd\n");
  const std::vector<std::string> words{binary, "triage", "--json", "--root", tree.path()};
  ProgramOptions options;
  options.before_exec = become_old_kernel;
  const auto today = findings_of(run_program(words));
  EXPECT_FALSE(today.empty());
  EXPECT_EQ(findings_of(run_program(words, options)), today);
}

TEST(OldKernel, UnitTestsPassThere) {
#ifndef __x86_64__
  GTEST_SKIP() << "SKIPPED: the numbers are those of x86_64";
#endif
  const std::string build = variable("GENBA_BUILD_DIR");
  const std::string sanitizer = variable("GENBA_SANITIZE");
  GENBA_NEEDS(sanitizer.empty(), "a build without sanitizers");
  for (const char* name : {"genba_sys_test", "genba_host_test", "genba_collect_test",
                           "genba_store_test", "genba_live_test"}) {
    const std::string program = build + "/tests/" + name;
    GENBA_NEEDS(std::filesystem::exists(program), program);
    ProgramOptions options;
    options.before_exec = become_old_kernel;
    options.environment = {"TMPDIR=" + std::filesystem::temp_directory_path().string()};
    const ProgramResult result = run_program({program, "--gtest_brief=1"}, options);
    EXPECT_EQ(result.status, 0) << result.out << result.err;
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
  ProgramOptions options;
  options.before_exec = become_nobody;
  const std::string copy = copy_for_everyone(scratch, binary);
  const ProgramResult result = run_program({copy, "triage", "--no-walk", "--json"}, options);
  EXPECT_LT(result.status, 2) << result.err;
  const TriageOutput output = parse_triage(result.out);
  EXPECT_TRUE(std::any_of(output.coverage.begin(), output.coverage.end(), [](const Json& row) {
    return row.at("denied") > 0 && row.at("status") != "complete";
  })) << "coverage tells of nothing denied";
  const ProgramResult processes =
      run_program({copy, "query", "SELECT count(*) > 1 AS several FROM processes"}, options);
  EXPECT_EQ(processes.status, 0) << processes.err;
  EXPECT_NE(processes.out.find('1'), std::string::npos) << processes.out;
}

TEST(WithoutRoot, HidepidHidesOthersAndIsToldAsSuch) {
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  GENBA_NEEDS(is_root(), "root, to become nobody");
  const Scratch scratch;
  ProgramOptions options;
  options.before_exec = [] {
    return enter_private_mounts() && ::mount("proc", "/proc", "proc", 0, "hidepid=2") == 0 &&
           become_nobody();
  };
  const std::string copy = copy_for_everyone(scratch, binary);
  const ProgramResult result = run_program({copy, "triage", "--no-walk", "--json"}, options);
  if (result.status == kNotPrepared) {
    GTEST_SKIP() << "SKIPPED: needs mount namespaces and procfs with hidepid";
  }
  // Nobody has no other process here, and without a process nobody has looked at the machine.
  EXPECT_EQ(result.status, 2) << result.err;
  const TriageOutput output = parse_triage(result.out);
  EXPECT_TRUE(std::any_of(output.coverage.begin(), output.coverage.end(), [](const Json& row) {
    return row.at("status") != "complete" && row.contains("reason") &&
           row.at("reason").get<std::string>().find("hidepid") != std::string::npos;
  })) << result.out;
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
    ProgramOptions options;
    options.deadline = std::chrono::seconds(120);
    const ProgramResult result =
        locked ? run_program({binary, "triage", "--no-walk", "--json"}, options) : ProgramResult();
    stuck.reset();
    hung.reset();
    if (!locked) {
      ::_exit(77);
    }
    EXPECT_LT(result.status, 2) << result.err;
    EXPECT_NE(result.out.find("\"helpers_abandoned\":"), std::string::npos) << result.out;
    EXPECT_EQ(result.out.find("\"helpers_abandoned\":0"), std::string::npos)
        << "nothing was abandoned: was the stuck process looked at?";
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
  ProgramOptions options;
  options.before_exec = [&] { return ::chroot(scratch.at("root").c_str()) == 0; };
  const ProgramResult result =
      run_program({"/genba", "query", "SELECT username FROM users", "--root", "/tree"}, options);
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.out.find("marker"), std::string::npos) << result.out;
}

TEST(StandardStreams, ClosedOnesNeverBecomeEvidenceFiles) {
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  Scratch scratch;
  scratch.directory("out");
  ProgramOptions options;
  options.before_exec = [] { return ::close(0) == 0 && ::close(1) == 0 && ::close(2) == 0; };
  run_program({binary, "triage", "--no-walk", "--report", scratch.at("out/r.html")}, options);
  std::ifstream file(scratch.at("out/r.html"), std::ios::binary);
  ASSERT_TRUE(file.is_open()) << "no report was written";
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"))
      << "the report begins with what was meant for the terminal: " << page.substr(0, 80);
  EXPECT_NE(page.find("</html>"), std::string::npos);
}

}  // namespace
}  // namespace genba::test
