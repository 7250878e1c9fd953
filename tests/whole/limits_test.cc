// SPDX-License-Identifier: Apache-2.0
//
// The whole binary on a machine that gives it little: no more processes, small files, few
// descriptors, little memory, a kernel without filters. It works on with what there is, or ends
// with one line that says what to do; the verdict is never lost.
#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "support/run_program.h"
#include "support/small_system.h"
#include "support/triage_output.h"

namespace genba::test {
namespace {

using Words = std::vector<std::string>;

constexpr char kSummary[] = "\"type\":\"summary\"";

class Limits : public ::testing::Test {
 protected:
  void SetUp() override {
    binary_ = genba_binary();
    GENBA_NEEDS(!binary_.empty(), "the built binary in GENBA_BINARY");
    build_small_system(tree_);
  }
  // A copy that everyone may run, wherever the build directory lies.
  std::string copy_for_everyone() {
    namespace fs = std::filesystem;
    place_.directory("bin");
    const std::string copy = place_.at("bin/genba");
    fs::copy_file(binary_, copy);
    for (const std::string& path : {copy, place_.path(), place_.at("bin")}) {
      fs::permissions(path, fs::perms{0755});
    }
    return copy;
  }
  std::string binary_;
  Scratch tree_;
  Scratch place_;
};

bool set_limit(int resource, rlim_t value) {
  const rlimit limit{value, value};
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &limit) == 0;
}

bool is_sanitized() {
  const char* kind = ::getenv("GENBA_SANITIZE");
  return kind != nullptr && *kind != '\0';
}

TEST_F(Limits, WithoutFurtherThreadsOrHelpersTriageComesToItsEnd) {
  GENBA_NEEDS(is_root(), "root, to become another user: root has no limit of processes");
  const std::string copy = copy_for_everyone();
  for (const rlim_t most : {1U, 2U, 3U, 4U, 6U}) {
    SCOPED_TRACE(most);
    ProgramOptions options;
    // The limit counts all processes of a user: one of whom there is no other, not even a helper of
    // the run before that is about to end.
    options.user = 100'000 + static_cast<uint32_t>(::getpid()) * 8 + static_cast<uint32_t>(most);
    options.before_exec = [&] { return set_limit(RLIMIT_NPROC, most); };
    const ProgramResult result =
        run_program({copy, "triage", "--no-walk", "--json", "--jobs", "4"}, options);
    EXPECT_LT(result.status, 2) << result.err;
    EXPECT_NE(result.out.find(kSummary), std::string::npos) << result.err;
  }
}

TEST_F(Limits, AReportOrACaseThatIsTooLargeForTheLimitCostsNoVerdict) {
  ProgramOptions options;
  options.before_exec = [] { return set_limit(RLIMIT_FSIZE, 8192); };
  for (const std::string option : {"--report", "--save"}) {
    const ProgramResult result = run_program(
        {binary_, "triage", "--root", tree_.path(), "--json", option, place_.at("out" + option)},
        options);
    EXPECT_EQ(result.status, 4) << option;
    EXPECT_NE(result.out.find(kSummary), std::string::npos) << option;
    EXPECT_EQ(lines_of(result.err).size(), 1U) << result.err;
    EXPECT_NE(result.err.find("too large"), std::string::npos) << result.err;
  }
}

TEST_F(Limits, AnAnswerThatDoesNotFitWhereItGoesIsNoSuccess) {
  ProgramOptions options;
  options.before_exec = [] {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    return full >= 0 && ::dup2(full, 1) == 1;
  };
  for (const Words& words : {Words{"--version"}, Words{"help"}, Words{"help", "triage"},
                             Words{"help", "--format", "man"}, Words{"query", "--tables"}}) {
    const ProgramResult result = run_genba(words, options);
    EXPECT_EQ(result.status, 4) << words[0];
    EXPECT_EQ(lines_of(result.err).size(), 1U) << result.err;
  }
}

TEST_F(Limits, ASmallSoftLimitOfOpenFilesBlindsNothing) {
  ProgramOptions options;
  options.before_exec = [] {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 10;
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
  };
  const ProgramResult result = run_program({binary_, "triage", "--no-walk", "--json"}, options);
  EXPECT_LT(result.status, 2) << result.err;
  EXPECT_EQ(result.out.find("too many open files"), std::string::npos) << result.out;
}

// Answers as a kernel that was built without seccomp: the filter's own makers fail.
bool lose_seccomp() {
  std::array filter{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 4, 0),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 2),
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 2, 0),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
  };
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST_F(Limits, WithoutSeccompItLooksAndSaysThatNoSandboxHolds) {
  ProgramOptions options;
  options.before_exec = lose_seccomp;
  const ProgramResult live = run_program({binary_, "triage", "--no-walk", "--json"}, options);
  EXPECT_LT(live.status, 2) << live.err;
  const ProgramResult tree =
      run_program({binary_, "triage", "--root", tree_.path(), "--json"}, options);
  EXPECT_LT(tree.status, 2) << tree.err;
  for (const ProgramResult* result : {&live, &tree}) {
    const auto& rows = parse_triage(result->out).coverage;
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [](const Json& row) {
      return row.at("area") == "sandbox" && row.at("status") == "unsupported";
    }));
  }
  const ProgramResult japanese =
      run_program({binary_, "triage", "--root", tree_.path(), "--lang", "ja"}, options);
  EXPECT_NE(japanese.out.find("サンドボックスは無効"), std::string::npos) << japanese.out;
}

TEST_F(Limits, WithoutMemoryItEndsWithOneLineThatHelps) {
  GENBA_NEEDS(!is_sanitized(), "a build without sanitizers");
  tree_.file("etc/passwd", std::string(24U << 20U, '\n'));
  ProgramOptions options;
  options.before_exec = [] { return set_limit(RLIMIT_DATA, 16U << 20U); };
  const ProgramResult result = run_program({binary_, "triage", "--root", tree_.path()}, options);
  EXPECT_EQ(result.status, 2) << result.err;
  EXPECT_TRUE(result.err.starts_with("genba: not enough memory: ")) << result.err;
}

}  // namespace
}  // namespace genba::test
