// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <thread>

#include "fmt/format.h"
#include "host/host.h"
#include "support/private_mounts.h"
#include "support/scratch.h"
#include "support/stuck_filesystem.h"
#include "sys/file.h"

namespace genba::host {
namespace {

using base::ErrorCode;

constexpr int64_t kLongAgo = 1'000'000'000;

std::unique_ptr<Host> live() {
  auto host = open_live_host({});
  EXPECT_TRUE(host) << host.error().what;
  return *std::move(host);
}

std::string read_from(FileReader& reader) {
  std::array<char, 4096> buffer{};
  const auto size = reader.read(buffer);
  return size ? std::string(buffer.data(), *size) : "error";
}

TEST(LiveHost, ReadsTheMachineAsItsPathsSay) {
  const auto host = live();
  EXPECT_EQ(host->kind(), HostKind::kLive);
  EXPECT_FALSE(host->read_file("/etc/passwd")->bytes.empty());
  EXPECT_EQ(host->stat("/")->type, FileType::kDirectory);
  EXPECT_EQ(*host->filesystem_type("/proc"), "proc");
  EXPECT_EQ(*host->canonical("/proc/self"), fmt::format("/proc/{}", ::getpid()));
  EXPECT_EQ(host->read_file("/dev/null").error().code, ErrorCode::kWrongType);
  EXPECT_EQ(host->read_file("/proc/kmsg").error().code, ErrorCode::kWrongType);
  EXPECT_FALSE(host->kernel_names()->release.empty());
}

TEST(LiveHost, AFileIsCutAtTheLimitAndReadInPieces) {
  const auto host = live();
  test::Scratch scratch;
  scratch.file("f", "0123456789");
  EXPECT_TRUE(host->read_file(scratch.at("f"), 4)->truncated);
  EXPECT_FALSE(host->read_file(scratch.at("f"), 10)->truncated);
  const auto reader = *host->open_file(scratch.at("f"));
  EXPECT_EQ(reader->status().size, 10U);
  EXPECT_EQ(read_from(*reader), "0123456789");
  EXPECT_EQ(read_from(*reader), "");
}

TEST(LiveHost, MagicLinksLeadToTheRunningFileOnlyWhenAsked) {
  const auto host = live();
  const test::Child child;
  const std::string top = fmt::format("/proc/{}", child.pid());
  EXPECT_EQ(host->read_file(top + "/exe").error().code, ErrorCode::kWrongType);
  EXPECT_EQ(host->stat_magic(top + "/exe")->type, FileType::kRegular);
  EXPECT_EQ(read_from(**host->open_magic(top + "/exe")).substr(0, 4),
            "\x7f"
            "ELF");
  EXPECT_EQ(host->stat_magic(top + "/root/etc/passwd")->inode, host->stat("/etc/passwd")->inode);
  EXPECT_EQ(host->stat_magic(top + "/cwd")->type, FileType::kDirectory);
  EXPECT_EQ(host->open_magic(top + "/cwd").error().code, ErrorCode::kWrongType);
  EXPECT_EQ(host->stat_magic("/etc/passwd").error().code, ErrorCode::kWrongType);
  EXPECT_EQ(host->stat_magic("/proc/99999999/exe").error().code, ErrorCode::kGone);
}

TEST(LiveHost, LinksOfAProcessAreReadAndNeverFollowed) {
  const auto host = live();
  const test::Child child;
  test::Scratch scratch;
  scratch.link("l", "elsewhere");
  const std::string top = fmt::format("/proc/{}", child.pid());
  EXPECT_EQ(*host->read_link(top + "/root"), "/");
  EXPECT_EQ(*host->read_link(fmt::format("{0}/task/{1}/root", top, child.pid())), "/");
  EXPECT_EQ(host->read_link(top + "/ns/net")->rfind("net:[", 0), 0U);
  EXPECT_EQ(*host->read_link(top + "/fd/0"), *host->read_link("/proc/self/fd/0"));
  EXPECT_EQ(host->read_link(top + "/fd").error().code, ErrorCode::kWrongType);
  EXPECT_FALSE(host->read_link(top + "/root" + scratch.at("l")).has_value());
}

TEST(LiveHost, WhatIsBelowAnEndedProcessIsGone) {
  const auto host = live();
  EXPECT_EQ(host->lstat("/proc/99999999").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(host->read_file("/proc/99999999/stat").error().code, ErrorCode::kGone);
  EXPECT_EQ(host->read_link("/proc/99999999/exe").error().code, ErrorCode::kGone);
  EXPECT_EQ(host->read_file("/proc/self/nothing").error().code, ErrorCode::kNotFound);
}

TEST(LiveHost, AccessTimesOfFilesDirectoriesAndLinksStandStill) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "SKIPPED: needs root";
  }
  test::Scratch scratch;
  scratch.file("d/f", "x");
  scratch.link("d/l", "f");
  for (const char* name : {"d/f", "d/l", "d"}) {
    scratch.times(name, kLongAgo);
  }
  const auto host = live();
  EXPECT_EQ(host->read_file(scratch.at("d/l"))->bytes, "x");
  EXPECT_EQ(host->read_directory(scratch.at("d"))->size(), 2U);
  EXPECT_EQ(*host->read_link(scratch.at("d/l")), "f");
  EXPECT_EQ(*host->canonical(scratch.at("d/l")), scratch.at("d/f"));
  uint64_t moved = 0;
  for (const char* name : {"d/f", "d/l", "d"}) {
    moved += scratch.access_time(name) == kLongAgo ? 0U : 1U;
  }
  // An old kernel cannot keep those of links; then the footprint says so.
  EXPECT_EQ(moved == 0, host->footprint().files_with_moved_access_time == 0);
}

TEST(LiveHost, AListingTellsStatusAndLinksAtOnce) {
  test::Scratch scratch;
  scratch.file("f", "xyz");
  scratch.link("l", "/dangling");
  scratch.fifo("p");
  const auto host = live();
  auto listing = *host->list_directory(scratch.path());
  ASSERT_EQ(listing.files.size(), 3U);
  std::sort(listing.files.begin(), listing.files.end(),
            [](const ListedFile& a, const ListedFile& b) { return a.name < b.name; });
  EXPECT_EQ(listing.files[0].status.size, 3U);
  EXPECT_EQ(listing.files[1].link_target, "/dangling");
  EXPECT_EQ(listing.files[2].status.type, FileType::kFifo);
  EXPECT_TRUE(host->list_directory(scratch.path(), 2)->truncated);
  scratch.link("to_self", scratch.path());
  EXPECT_EQ(host->list_directory(scratch.at("to_self")).error().code, ErrorCode::kLoop);
}

TEST(LiveHost, ManyThreadsMayAsk) {
  const auto host = live();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 200; ++k) {
        EXPECT_TRUE(host->read_file("/proc/self/stat"));
        EXPECT_TRUE(host->stat("/etc/passwd"));
        EXPECT_TRUE(host->read_directory("/etc"));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_GE(host->footprint().files_opened, 800U);
}

TEST(LiveHost, SocketsOfTheOwnNamespaceAreListedThroughAHelper) {
  const auto host = live();
  const auto sockets = host->read_sock_diag(::getpid());
  if (!sockets && sockets.error().code == ErrorCode::kUnsupported) {
    GTEST_SKIP() << "SKIPPED: " << sockets.error().what;
  }
  ASSERT_TRUE(sockets) << sockets.error().what;
  EXPECT_FALSE(host->sock_diag_families().empty());
  EXPECT_FALSE(host->read_sock_diag(99'999'999));
}

TEST(LiveHost, ADirectoryMountedOverAProcessHidesNothing) {
  test::in_private_mounts([] {
    const test::Child child;
    test::Scratch scratch;
    const std::string top = fmt::format("/proc/{}", child.pid());
    // Before Linux 5.2 there is no procfs of our own: /proc is what is mounted there.
    if (!sys::clone_mount(AT_FDCWD, "/proc", sys::Submounts::kLeaveOut) ||
        ::mount(scratch.path().c_str(), top.c_str(), nullptr, MS_BIND, nullptr) != 0) {
      test::cannot_be_made_here();
    }
    const auto host = live();
    EXPECT_TRUE(host->read_file(top + "/stat")) << "hidden by a bind mount";
    ::umount2(top.c_str(), MNT_DETACH);
  });
}

// What the tests below look at may hang for ever: then an alarm ends their child.
void in_private_mounts_for_a_while(const std::function<void()>& body) {
  test::in_private_mounts([&] {
    ::alarm(60);
    body();
  });
}

TEST(LiveHost, AProcThatIsNoProcfsIsReplaced) {
  test::in_private_mounts([] {
    if (!sys::mount_detached_procfs() || ::mount("x", "/proc", "tmpfs", 0, nullptr) != 0) {
      test::cannot_be_made_here();
    }
    std::ofstream("/proc/version") << "forged";
    const auto host = live();
    EXPECT_TRUE(host->read_file("/proc/self/stat"));
    EXPECT_NE(host->read_file("/proc/version").value_or(FileBytes()).bytes, "forged");
    EXPECT_EQ(host->filesystem_type("/proc").value_or(""), "proc");
  });
}

TEST(LiveHost, AProcThatIsNoProcfsIsNotBelievedWithoutTheRightToReplaceIt) {
  test::in_private_mounts([] {
    constexpr unsigned kNobody = 65534;
    if (::mount("x", "/proc", "tmpfs", 0, nullptr) != 0 || ::mkdir("/proc/1", 0755) != 0) {
      test::cannot_be_made_here();
    }
    std::ofstream("/proc/1/stat") << "1 (forged) S 0";
    ASSERT_EQ(::setresuid(kNobody, kNobody, kNobody), 0);
    const auto host = live();
    for (const char* path : {"/proc/1/stat", "/proc/../proc/1/stat", "/proc"}) {
      const auto file = host->read_file(path);
      ASSERT_FALSE(file) << path;
      EXPECT_EQ(file.error().code, ErrorCode::kUnsupported) << file.error().what;
    }
    EXPECT_EQ(host->read_directory("/proc").error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(host->read_link("/proc/1/exe").error().code, ErrorCode::kUnsupported);
    EXPECT_TRUE(host->read_file("/etc/passwd"));
  });
}

TEST(LiveHost, AProgramOnAFilesystemThatStoppedAnsweringIsNotTouched) {
  in_private_mounts_for_a_while([] {
    test::Scratch scratch;
    scratch.directory("stuck");
    auto stuck = std::make_unique<test::StuckFilesystem>(scratch.at("stuck"), "/usr/bin/sleep");
    if (!stuck->mounted()) {
      test::cannot_be_made_here();
    }
    {
      const test::Child child(stuck->file(), "600");
      stuck->seize();
      const auto host = live();
      const std::string exe = fmt::format("/proc/{}/exe", child.pid());
      EXPECT_EQ(*host->read_link(exe), stuck->file());
      EXPECT_EQ(host->open_magic(exe).error().code, ErrorCode::kUnsupported);
      const auto status = host->stat_magic(exe);
      EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
      EXPECT_NE(status.error().what.find("fuse.stuck"), std::string::npos) << status.error().what;
    }
    stuck.reset();
  });
}

TEST(LiveHost, TheRootOfAProcessOnAStuckFilesystemIsNotEntered) {
  in_private_mounts_for_a_while([] {
    test::Scratch scratch;
    scratch.directory("stuck");
    auto stuck = std::make_unique<test::StuckFilesystem>(scratch.at("stuck"));
    if (!stuck->mounted()) {
      test::cannot_be_made_here();
    }
    auto child = std::make_unique<test::Child>(scratch.at("stuck"));
    stuck->seize();
    const std::string root = fmt::format("/proc/{}/root", child->pid());
    const auto host = live();
    for (const char* below : {"", "/file", "/other/file"}) {
      EXPECT_EQ(host->stat_magic(root + below).error().code, ErrorCode::kUnsupported) << below;
    }
    // A mount that was taken away lives on in whoever stands in it, and no list has it.
    ::umount2(scratch.at("stuck").c_str(), MNT_DETACH);
    EXPECT_EQ(live()->stat_magic(root + "/file").error().code, ErrorCode::kUnsupported);
    child.reset();
    stuck.reset();
  });
}

TEST(LiveHost, AProgramThatExistsOnlyInMemoryIsReadAllTheSame) {
  const int file = ::memfd_create("program", 0);
  if (file < 0) {
    GTEST_SKIP() << "SKIPPED: needs memfd_create, Linux 3.17";
  }
  std::ifstream stream("/usr/bin/sleep", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  ASSERT_EQ(::write(file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  const test::Child child(fmt::format("/proc/self/fd/{}", file), "600");
  ::close(file);
  const auto host = live();
  const std::string exe = fmt::format("/proc/{}/exe", child.pid());
  EXPECT_EQ(host->stat_magic(exe).value_or(FileStatus()).size, bytes.size());
  EXPECT_TRUE(host->open_magic(exe));
}

TEST(LiveHost, AnUnbindableMountIsStillSeen) {
  test::in_private_mounts([] {
    test::Scratch scratch;
    scratch.directory("m");
    if (::mount("x", scratch.at("m").c_str(), "tmpfs", 0, nullptr) != 0 ||
        ::mount(nullptr, scratch.at("m").c_str(), nullptr, MS_UNBINDABLE, nullptr) != 0) {
      test::cannot_be_made_here();
    }
    scratch.file("m/f", "seen");
    const auto host = live();
    EXPECT_EQ(host->read_file(scratch.at("m/f")).value_or(FileBytes()).bytes, "seen");
    ::umount2(scratch.at("m").c_str(), MNT_DETACH);
  });
}

TEST(LiveHost, AnotherMountNamespaceIsReadThroughItsProcess) {
  test::in_private_mounts([] {
    const auto host = live();
    test::Scratch scratch;
    scratch.directory("m");
    // The child below lives in this namespace; the host was opened before the mount was made.
    if (::mount("x", scratch.at("m").c_str(), "tmpfs", 0, nullptr) != 0) {
      test::cannot_be_made_here();
    }
    scratch.file("m/inside", "x");
    scratch.link("m/out", "/etc/passwd");
    const test::Child child;
    const std::string root = fmt::format("/proc/{}/root", child.pid());
    EXPECT_EQ(host->stat_magic(root + scratch.at("m/inside"))->size, 1U);
    EXPECT_EQ(read_from(**host->open_magic(root + scratch.at("m/inside"))), "x");
    EXPECT_EQ(host->stat_magic(root + scratch.at("m/out"))->inode,
              host->stat("/etc/passwd")->inode);
    ::umount2(scratch.at("m").c_str(), MNT_DETACH);
  });
}

}  // namespace
}  // namespace genba::host
