// SPDX-License-Identifier: Apache-2.0
//
// The whole binary beside filesystems that answer nothing any more (a dead server), and where what
// stands at /proc is a forgery: it comes to an end, tells what it left out, and believes nothing.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>

#include "support/private_mounts.h"
#include "support/run_program.h"
#include "support/scratch.h"
#include "support/stuck_filesystem.h"

namespace genba::test {
namespace {

constexpr std::chrono::seconds kLong{90};

TEST(StuckFilesystem, AProgramThatRunsFromItDoesNotHoldTheTriage) {
  GENBA_NEEDS(!genba_binary().empty(), "the built binary in GENBA_BINARY");
  GENBA_NEEDS(is_root(), "root");
  in_private_mounts([] {
    Scratch scratch;
    scratch.directory("stuck");
    auto stuck = std::make_unique<StuckFilesystem>(scratch.at("stuck"), "/usr/bin/sleep");
    if (!stuck->mounted()) {
      cannot_be_made_here();
    }
    auto child = std::make_unique<Child>(stuck->file(), "600");
    stuck->seize();
    ProgramOptions options;
    options.deadline = kLong;
    const ProgramResult triage = run_genba({"triage", "--json"}, options);
    // It is told by what can be known without its filesystem.
    const ProgramResult process =
        run_genba({"query", "SELECT path FROM processes WHERE exe_kind IS NULL AND path = '" +
                                stuck->file() + "'"},
                  options);
    child.reset();
    stuck.reset();
    EXPECT_LT(triage.status, 2) << triage.err;
    EXPECT_NE(process.out.find("/stuck/file"), std::string::npos) << process.out << process.err;
  });
}

TEST(StuckFilesystem, InATreeItIsLeftOut) {
  GENBA_NEEDS(!genba_binary().empty(), "the built binary in GENBA_BINARY");
  GENBA_NEEDS(is_root(), "root");
  in_private_mounts([] {
    Scratch scratch;
    scratch.directory("tree/tmp/x");
    scratch.file("tree/tmp/beside", "");
    scratch.file("tree/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    auto stuck = std::make_unique<StuckFilesystem>(scratch.at("tree/tmp/x"));
    if (!stuck->mounted()) {
      cannot_be_made_here();
    }
    stuck->seize();
    ProgramOptions options;
    options.deadline = kLong;
    const ProgramResult result =
        run_genba({"query", "SELECT path FROM file", "--root", scratch.at("tree")}, options);
    stuck.reset();
    EXPECT_NE(result.out.find("/tmp/beside"), std::string::npos) << result.out << result.err;
  });
}

TEST(NoProcfs, AFalseProcIsNoFactAndItsAbsenceIsTold) {
  GENBA_NEEDS(!genba_binary().empty(), "the built binary in GENBA_BINARY");
  GENBA_NEEDS(is_root(), "root, to cover /proc and become nobody");
  GENBA_NEEDS(given("GENBA_SANITIZE").empty(), "a build without sanitizers: they read /proc too");
  namespace fs = std::filesystem;
  const Scratch scratch;
  const std::string copy = scratch.at("genba");
  fs::copy_file(genba_binary(), copy);
  fs::permissions(copy, fs::perms(0755));
  fs::permissions(scratch.path(), fs::perms(0755));
  ProgramOptions options;
  options.before_exec = [] {
    const bool covered = enter_private_mounts() &&
                         ::mount("x", "/proc", "tmpfs", 0, "mode=755") == 0 &&
                         ::mkdir("/proc/1", 0755) == 0;
    const int stat = ::open("/proc/1/stat", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    return covered && ::write(stat, "1 (forged) S 0", 14) == 14 && become_nobody();
  };
  for (const char* table : {"processes", "process_open_sockets", "mounts", "process_memory_map"}) {
    const std::string statement = std::string("SELECT count(*) AS n FROM ") + table;
    const ProgramResult result = run_program({copy, "query", statement}, options);
    if (result.status == kNotPrepared) {
      GTEST_SKIP() << "SKIPPED: needs mount namespaces";
    }
    EXPECT_NE(result.err.find("no procfs at /proc"), std::string::npos) << result.err;
  }
  const ProgramResult triage = run_program({copy, "triage", "--no-walk", "--json"}, options);
  EXPECT_EQ(triage.status, 2);
  EXPECT_EQ(triage.out.find("forged"), std::string::npos);
  EXPECT_NE(triage.out.find("no procfs at /proc"), std::string::npos);
}

}  // namespace
}  // namespace genba::test
