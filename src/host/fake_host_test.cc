// SPDX-License-Identifier: Apache-2.0
#include "support/fake_host.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace genba::test {

using base::ErrorCode;

namespace {

ErrorCode code_of(const auto& result) {
  return result ? ErrorCode::kInvalid : result.error().code;
}

TEST(FakeHost, ReadsAFileThroughLinksInsideItsRoot) {
  FakeHost host;
  host.add_file("/usr/bin/ls", "elf").add_link("/bin", "usr/bin").add_link("/x", "/../../bin/ls");
  EXPECT_EQ(host.read_file("/bin/ls")->bytes, "elf");
  EXPECT_EQ(host.read_file("/x")->bytes, "elf");
  EXPECT_EQ(*host.canonical("/x"), "/usr/bin/ls");
  EXPECT_EQ(host.lstat("/bin")->type, host::FileType::kSymlink);
  EXPECT_EQ(host.stat("/bin")->type, host::FileType::kDirectory);
}

TEST(FakeHost, LinksThatLoopAreReportedAsLoop) {
  FakeHost host;
  host.add_link("/a", "/b").add_link("/b", "/a");
  EXPECT_EQ(code_of(host.read_file("/a")), ErrorCode::kLoop);
  EXPECT_EQ(*host.read_link("/a"), "/b");
}

TEST(FakeHost, WrongTypesAndAbsentFilesAreToldApart) {
  FakeHost host;
  host.add_special("/fifo", host::FileType::kFifo).add_directory("/d").add_file("/f", "");
  EXPECT_EQ(code_of(host.read_file("/fifo")), ErrorCode::kWrongType);
  EXPECT_EQ(code_of(host.read_file("/d")), ErrorCode::kWrongType);
  EXPECT_EQ(code_of(host.read_directory("/f")), ErrorCode::kWrongType);
  EXPECT_EQ(code_of(host.read_file("/absent")), ErrorCode::kNotFound);
}

TEST(FakeHost, ADeniedDirectoryHidesWhatIsBelowButNotItself) {
  FakeHost host;
  host.add_file("/root/.ssh/authorized_keys", "key").deny("/root");
  EXPECT_EQ(code_of(host.read_directory("/root")), ErrorCode::kDenied);
  EXPECT_EQ(code_of(host.lstat("/root/.ssh")), ErrorCode::kDenied);
  EXPECT_TRUE(host.lstat("/root"));
}

TEST(FakeHost, AProcessThatVanishesIsListedThenGone) {
  FakeHost host;
  host.add_process({.pid = 7, .name = "sh"}).vanish("/proc/7", 2);
  EXPECT_EQ(host.read_directory("/proc")->size(), 1U);
  EXPECT_TRUE(host.read_file("/proc/7/stat"));
  EXPECT_EQ(code_of(host.read_file("/proc/7/status")), ErrorCode::kGone);
  EXPECT_TRUE(host.read_directory("/proc")->empty());
}

TEST(FakeHost, AFileVanishesWhileItIsBeingRead) {
  FakeHost host;
  host.add_file("/log", "0123456789").vanish("/log", 3);
  auto reader = *host.open_file("/log");
  std::array<char, 4> buffer{};
  EXPECT_EQ(*reader->read(buffer), 4U);
  EXPECT_EQ(code_of(reader->read(buffer)), ErrorCode::kGone);
}

TEST(FakeHost, TheSecondLookSeesOtherBytes) {
  FakeHost host;
  host.add_file("/proc/uptime", "1").then_bytes("/proc/uptime", "2");
  EXPECT_EQ(host.read_file("/proc/uptime")->bytes, "1");
  EXPECT_EQ(host.read_file("/proc/uptime")->bytes, "2");
  EXPECT_EQ(host.read_file("/proc/uptime")->bytes, "2");
}

TEST(FakeHost, AHookChangesTheMachineBetweenTwoLooks) {
  FakeHost host;
  host.add_file("/a", "old").before_access("/a", 2, [](FakeHost& h) { h.add_file("/a", "new"); });
  EXPECT_EQ(host.read_file("/a")->bytes, "old");
  EXPECT_EQ(host.read_file("/a")->bytes, "new");
}

TEST(FakeHost, ARiskyReadThatHangsTimesOutAndTheOthersArrive) {
  FakeHost host;
  host.add_process({.pid = 7, .arguments = {"a", "b"}})
      .add_process({.pid = 8})
      .hang("/proc/8/cmdline");
  const std::vector<host::RiskyRead> reads{{"/proc/8/cmdline"}, {"/proc/7/cmdline"}};
  std::vector<std::string> seen;
  host.read_risky(reads, [&](size_t index, base::Result<host::FileBytes> result) {
    seen.push_back(std::to_string(index) + (result ? result->bytes : " timed out"));
  });
  EXPECT_EQ(seen, (std::vector<std::string>{"0 timed out", std::string("1a\0b\0", 5)}));
  EXPECT_EQ(host.footprint().helpers_abandoned, 1U);
}

TEST(FakeHost, MagicLinksAnswerOnlyToTheMagicCalls) {
  FakeHost host;
  host.add_process({.pid = 7, .executable = "/tmp/x (deleted)", .executable_bytes = "elf"});
  EXPECT_EQ(*host.read_link("/proc/7/exe"), "/tmp/x (deleted)");
  EXPECT_EQ(code_of(host.read_file("/proc/7/exe")), ErrorCode::kWrongType);
  EXPECT_EQ(host.stat_magic("/proc/7/exe")->hard_links, 0U);
  std::array<char, 8> buffer{};
  EXPECT_EQ(*(*host.open_magic("/proc/7/exe"))->read(buffer), 3U);
  host.add_file("/etc/passwd", "root");
  EXPECT_EQ(host.stat_magic("/proc/7/root/etc/passwd")->size, 4U);
  FakeHost tree(host::HostKind::kTree);
  EXPECT_EQ(code_of(tree.stat_magic("/proc/7/exe")), ErrorCode::kUnsupported);
}

TEST(FakeHost, ATruncatedReadSaysSo) {
  FakeHost host;
  host.add_file("/big", "0123456789").truncate("/big", 3);
  EXPECT_EQ(host.read_file("/big")->bytes, "012");
  EXPECT_TRUE(host.read_file("/big")->truncated);
  EXPECT_TRUE(FakeHost().add_file("/f", "abc").read_file("/f", 2)->truncated);
}

TEST(FakeHost, EveryAccessIsWrittenDownAndTheClockMovesOnlyBySleeping) {
  FakeHost host;
  host.add_file("/a", "");
  (void)host.read_file("/a");
  (void)host.lstat("/b");
  EXPECT_EQ(host.accesses(), (std::vector<Access>{{"read_file", "/a"}, {"lstat", "/b"}}));
  const auto before = host.clocks();
  host.sleep_for(std::chrono::milliseconds(250));
  EXPECT_EQ(host.clocks().monotonic_nanoseconds - before.monotonic_nanoseconds, 250'000'000);
}

}  // namespace
}  // namespace genba::test
