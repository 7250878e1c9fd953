// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "fmt/format.h"
#include "host/helper_pool.h"
#include "host/host.h"
#include "support/private_mounts.h"
#include "support/scratch.h"
#include "support/stuck_filesystem.h"

namespace genba::host {
namespace {

using base::ErrorCode;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

std::unique_ptr<Host> live(std::chrono::milliseconds deadline = 1000ms) {
  LiveOptions options;
  options.helper_deadline = deadline;
  auto host = open_live_host(options);
  EXPECT_TRUE(host) << host.error().what;
  return *std::move(host);
}

// What each read gave, in the order in which it was told.
std::vector<std::string> read_all(const Host& host, const std::vector<RiskyRead>& reads) {
  std::vector<std::string> told;
  size_t expected = 0;
  host.read_risky(reads, [&](size_t index, Result<FileBytes> result) {
    EXPECT_EQ(index, expected++);
    told.push_back(result ? result->bytes : std::string(to_string(result.error().code)));
  });
  return told;
}

std::string cmdline_of(pid_t pid) {
  return fmt::format("/proc/{}/cmdline", pid);
}

std::set<pid_t> children_of_this_process() {
  std::ifstream stream(fmt::format("/proc/self/task/{}/children", ::getpid()));
  return {std::istream_iterator<pid_t>(stream), {}};
}

TEST(HelperPool, ManyReadsArriveInOrderAndWithoutLoss) {
  const auto host = live();
  test::Scratch scratch;
  std::vector<RiskyRead> reads;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = fmt::format("f{}", i % 7);
    if (i < 7) {
      scratch.file(name, std::string(static_cast<size_t>(i) * 40'000, static_cast<char>('a' + i)));
    }
    reads.push_back({scratch.at(name)});
  }
  const auto told = read_all(*host, reads);
  ASSERT_EQ(told.size(), 1000U);
  for (size_t i = 0; i < told.size(); ++i) {
    ASSERT_EQ(told[i].size(), (i % 7) * 40'000) << i;
  }
  EXPECT_EQ(host->footprint().helpers_abandoned, 0U);
}

TEST(HelperPool, ErrorsAndLimitsComeThroughTheHelper) {
  const auto host = live();
  test::Scratch scratch;
  scratch.file("big", std::string(100, 'x'));
  scratch.fifo("fifo");
  size_t seen = 0;
  const std::vector<RiskyRead> reads{{scratch.at("big"), 10},
                                     {scratch.at("fifo")},
                                     {scratch.at("absent")},
                                     {"/proc/99999999/cmdline"}};
  host->read_risky(reads, [&](size_t index, Result<FileBytes> result) {
    ++seen;
    if (index == 0) {
      EXPECT_TRUE(result->truncated);
      EXPECT_EQ(result->bytes.size(), 10U);
    } else {
      const std::array expected{ErrorCode::kWrongType, ErrorCode::kNotFound, ErrorCode::kGone};
      EXPECT_EQ(result.error().code, expected[index - 1]);
      EXPECT_NE(result.error().what.find(reads[index].path), std::string::npos);
    }
  });
  EXPECT_EQ(seen, reads.size());
}

TEST(HelperPool, NoReadsMeanNoHelper) {
  const auto host = live();
  EXPECT_TRUE(read_all(*host, {}).empty());
  EXPECT_EQ(host->footprint().helpers_started, 0U);
}

TEST(HelperPool, SeveralThreadsReadSideBySide) {
  const auto host = live();
  test::Scratch scratch;
  scratch.file("f", "bytes");
  const std::vector<RiskyRead> reads(300, RiskyRead{scratch.at("f")});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto told = read_all(*host, reads);
      EXPECT_EQ(told, std::vector<std::string>(300, "bytes"));
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

TEST(HelperPool, HelpersEndWithTheirHostAndLeaveNoZombies) {
  auto host = live();
  test::Scratch scratch;
  scratch.file("f", "x");
  read_all(*host, {{scratch.at("f")}});
  host.reset();
  EXPECT_LT(::waitpid(-1, nullptr, WNOHANG), 0) << "a child is left";
}

std::string first_error(const Host& host, const std::string& path) {
  std::string words;
  host.read_risky(std::vector<RiskyRead>{{path}}, [&](size_t, Result<FileBytes> result) {
    words = result ? "" : result.error().what;
  });
  return words;
}

// A host whose spawner someone has stopped; it is killed at the end.
struct StoppedSpawner {
  StoppedSpawner() {
    const auto before = children_of_this_process();
    host = live(100ms);
    for (const pid_t child : children_of_this_process()) {
      pid = before.count(child) == 0 ? child : pid;
    }
    GENBA_CHECK(pid > 0 && ::kill(pid, SIGSTOP) == 0);
  }
  ~StoppedSpawner() {
    host.reset();
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  StoppedSpawner(const StoppedSpawner&) = delete;
  StoppedSpawner& operator=(const StoppedSpawner&) = delete;

  std::unique_ptr<Host> host;
  pid_t pid = -1;
};

TEST(HelperPool, ASpawnerThatIsStoppedIsNotWaitedForTwice) {
  StoppedSpawner stopped;
  EXPECT_NE(first_error(*stopped.host, "/proc/1/cmdline").find("does not answer"),
            std::string::npos);
  EXPECT_NE(first_error(*stopped.host, "/proc/1/cmdline").find("does not answer"),
            std::string::npos);
  EXPECT_FALSE(stopped.host->read_sock_diag(1));
  EXPECT_TRUE(stopped.host->read_file("/proc/1/stat")) << "only risky reads are lost";
}

TEST(HelperPool, ASpawnerStoppedAtTheEndDoesNotHoldTheRun) {
  StoppedSpawner stopped;
  stopped.host.reset();
}

TEST(HelperPool, WithoutASpawnerOnlyRiskyReadsAreLost) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "SKIPPED: needs root, to become someone who may have no more processes";
  }
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    constexpr unsigned kSomeone = 64321;
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_NPROC, &none) != 0 || ::setresuid(kSomeone, kSomeone, kSomeone) != 0) {
      ::_exit(1);
    }
    const auto host = live();
    EXPECT_NE(first_error(*host, "/proc/1/cmdline").find("fork"), std::string::npos);
    EXPECT_TRUE(host->read_file("/proc/1/stat"));
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0);
}

TEST(HelperPool, OwnProcessesAreKnownByTheNumbersOfProcAlsoFromAnotherNamespace) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "SKIPPED: needs root, for a PID namespace";
  }
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    // The child of this one is number 1 of a namespace that /proc does not show.
    if (::unshare(CLONE_NEWPID) != 0) {
      ::_exit(77);
    }
    const pid_t inner = ::fork();
    if (inner == 0) {
      const auto host = live();
      EXPECT_EQ(first_error(*host, "/proc/self/cmdline"), "");
      const std::string self = *host->canonical("/proc/self");
      for (const int64_t own : host->own_processes()) {
        const std::string place = fmt::format("/proc/{}", own);
        EXPECT_TRUE(place == self ||
                    host->read_file(place + "/comm")->bytes.rfind("genba-", 0) == 0)
            << place;
      }
      EXPECT_GE(host->own_processes().size(), 2U);
      ::_exit(::testing::Test::HasFailure() ? 1 : 0);
    }
    int inner_status = 0;
    ::waitpid(inner, &inner_status, 0);
    ::_exit(WIFEXITED(inner_status) ? WEXITSTATUS(inner_status) : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
    GTEST_SKIP() << "SKIPPED: needs PID namespaces";
  }
  EXPECT_EQ(status, 0);
}

TEST(HelperPool, AStuckCommandLineCostsItsHelperAndNoMore) {
  test::in_private_mounts([] {
    test::Scratch scratch;
    scratch.directory("stuck");
    auto stuck = std::make_unique<test::StuckFilesystem>(scratch.at("stuck"));
    if (!stuck->mounted()) {
      test::cannot_be_made_here();
    }
    const test::LockedChild hung(stuck->file());
    if (!hung.locked()) {
      stuck.reset();
      test::cannot_be_made_here();
    }
    const test::Child well;
    const auto host = live(300ms);
    const auto start = Clock::now();
    std::vector<RiskyRead> reads{{cmdline_of(well.pid())}};
    // Not maps: since Linux 6.11 it is read without the lock.
    for (const char* name : {"cmdline", "environ"}) {
      reads.push_back({fmt::format("/proc/{}/{}", hung.pid(), name)});
    }
    reads.push_back({cmdline_of(well.pid())});
    const auto told = read_all(*host, reads);
    const auto took = Clock::now() - start;
    EXPECT_EQ(told[1], "timed_out");
    EXPECT_EQ(told[2], "timed_out");
    EXPECT_FALSE(told[0].empty());
    EXPECT_EQ(told[0], told[3]);
    EXPECT_GE(took, 300ms);
    EXPECT_LT(took, 3000ms);
    EXPECT_EQ(host->footprint().helpers_abandoned, 2U);
    // What needs no memory map is read all the same.
    EXPECT_TRUE(host->read_file(fmt::format("/proc/{}/stat", hung.pid())));
    stuck.reset();
  });
}

TEST(HelperPool, ManyStuckReadsWaitTogether) {
  test::in_private_mounts([] {
    test::Scratch scratch;
    scratch.directory("stuck");
    const test::StuckFilesystem stuck(scratch.at("stuck"));
    if (!stuck.mounted()) {
      test::cannot_be_made_here();
    }
    const auto host = live(500ms);
    std::vector<RiskyRead> reads;
    for (int i = 0; i < 20; ++i) {
      reads.push_back({i % 2 == 0 ? stuck.file() : cmdline_of(::getpid())});
    }
    const auto start = Clock::now();
    const auto told = read_all(*host, reads);
    const auto took = Clock::now() - start;
    for (size_t i = 0; i < told.size(); ++i) {
      EXPECT_EQ(told[i] == "timed_out", i % 2 == 0) << i << ' ' << told[i];
    }
    EXPECT_LT(took, 4000ms) << "ten deadlines one after the other would be 5 s";
    EXPECT_EQ(host->footprint().helpers_abandoned, 10U);
  });
}

TEST(HelperPool, AfterTooManyStuckReadsItSaysSoAtOnce) {
  test::in_private_mounts([] {
    test::Scratch scratch;
    scratch.directory("stuck");
    const test::StuckFilesystem stuck(scratch.at("stuck"));
    if (!stuck.mounted()) {
      test::cannot_be_made_here();
    }
    const auto host = live(60ms);
    read_all(*host, std::vector<RiskyRead>(200, RiskyRead{stuck.file()}));
    const auto start = Clock::now();
    std::string words;
    host->read_risky(std::vector<RiskyRead>{{"/proc/1/cmdline"}},
                     [&](size_t, Result<FileBytes> result) {
                       if (!result) {
                         words = result.error().what;
                         EXPECT_EQ(result.error().code, ErrorCode::kTimedOut);
                       }
                     });
    EXPECT_LT(Clock::now() - start, 1000ms);
    EXPECT_NE(words.find("not tried"), std::string::npos) << words;
    // What was under way when the limit was reached comes on top: one call has 16 helpers at most.
    EXPECT_GE(host->footprint().helpers_abandoned, kMaxAbandoned);
    EXPECT_LE(host->footprint().helpers_abandoned, kMaxAbandoned + 16);
  });
}

TEST(HelperPool, OrdinaryCallsDoNotEnterAFuseMount) {
  test::in_private_mounts([] {
    test::Scratch scratch;
    scratch.directory("stuck");
    scratch.link("way_in", "stuck/file");
    const test::StuckFilesystem stuck(scratch.at("stuck"));
    if (!stuck.mounted()) {
      test::cannot_be_made_here();
    }
    const auto host = live();
    for (const std::string& path : {stuck.file(), scratch.at("way_in"), scratch.at("stuck")}) {
      const auto result = host->stat(path);
      EXPECT_FALSE(result) << path;
      EXPECT_EQ(result.error().code, ErrorCode::kUnsupported) << result.error().what;
      EXPECT_NE(result.error().what.find("fuse.stuck"), std::string::npos) << result.error().what;
    }
    EXPECT_EQ(*host->filesystem_type(scratch.at("stuck")), "fuse.stuck");
    EXPECT_TRUE(host->read_directory(scratch.path()));
  });
}

}  // namespace
}  // namespace genba::host
