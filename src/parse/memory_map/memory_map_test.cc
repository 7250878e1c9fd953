// SPDX-License-Identifier: Apache-2.0
#include "parse/memory_map/memory_map.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

std::vector<MemoryMapping> parse(const std::string& text) {
  std::vector<base::Note> notes;
  auto mappings = parse_executable_mappings(text, notes);
  EXPECT_TRUE(notes.empty());
  return mappings;
}

MappedPath path_of(const std::string& path, const std::string& inode = "5") {
  const std::string text = "1000-2000 r-xp 00000000 fe:00 " + inode + "       " + path + "\n";
  const auto mappings = parse(text);
  EXPECT_EQ(mappings.size(), 1U);
  return mappings.empty() ? MappedPath{} : mapped_path(mappings.front());
}

TEST(MemoryMap, OnlyExecutableMappingsAreTaken) {
  const std::string text =
      "55d0c0000000-55d0c0020000 r--p 00000000 fe:00 1234    /usr/bin/bash\n"
      "55d0c0020000-55d0c0100000 r-xp 00020000 fe:00 1234    /usr/bin/bash\n"
      "7f0000000000-7f0000001000 rwxp 00000000 00:00 0 \n"
      "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0    [vsyscall]\n";
  const auto mappings = parse(text);
  ASSERT_EQ(mappings.size(), 3U);
  EXPECT_EQ(mappings[0].start, 0x55d0c0020000U);
  EXPECT_EQ(mappings[0].end, 0x55d0c0100000U);
  EXPECT_EQ(mappings[0].offset, 0x20000U);
  EXPECT_EQ(mappings[0].device, "fe:00");
  EXPECT_EQ(mappings[0].inode, 1234U);
  EXPECT_EQ(mappings[1].permissions, "rwxp");
  EXPECT_EQ(mapped_path(mappings[1]).path, "");
  EXPECT_TRUE(mapped_path(mappings[1]).pseudo);
  EXPECT_EQ(mapped_path(mappings[2]).path, "[vsyscall]");
  EXPECT_TRUE(mapped_path(mappings[2]).pseudo);
}

TEST(MemoryMap, AllMappingsAreTakenWhenAsked) {
  std::vector<base::Note> notes;
  const auto mappings = parse_mappings(
      "55d0c0000000-55d0c0020000 r--p 00000000 fe:00 1234    /usr/bin/bash\n"
      "55d0c0200000-55d0c0300000 rw-p 00000000 00:00 0    [heap]\nx\n",
      notes);
  ASSERT_EQ(mappings.size(), 2U);
  EXPECT_EQ(mappings[1].permissions, "rw-p");
  EXPECT_EQ(mappings[1].raw_path, "[heap]");
  EXPECT_EQ(notes.size(), 1U);
}

TEST(MemoryMap, PathWithSpacesAndNewlineIsWhole) {
  EXPECT_EQ(path_of("/tmp/a\\012b  c").path, "/tmp/a\nb  c");
  EXPECT_FALSE(path_of("/tmp/a").deleted);
  EXPECT_FALSE(path_of("/tmp/a").pseudo);
}

TEST(MemoryMap, DeletedFileLosesItsEnding) {
  const MappedPath path = path_of("/tmp/x y (deleted)");
  EXPECT_EQ(path.path, "/tmp/x y");
  EXPECT_TRUE(path.deleted);
}

TEST(MemoryMap, MemoryFileIsPseudo) {
  const MappedPath path = path_of("/memfd: (deleted)");
  EXPECT_EQ(path.path, "/memfd:");
  EXPECT_TRUE(path.deleted);
  EXPECT_TRUE(path.pseudo);
}

TEST(MemoryMap, DamagedLinesAreNotedUpToALimit) {
  std::vector<base::Note> notes;
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += "not a mapping\n";
  }
  text += "2000-1000 r-xp 0 fe:00 5 /x\n1000-2000 r-xp 0 fe:00 5 /y\n";
  EXPECT_EQ(parse_executable_mappings(text, notes).size(), 1U);
  EXPECT_EQ(notes.size(), 16U);
  EXPECT_EQ(notes.at(1).offset, 14U);
}

}  // namespace
}  // namespace genba::parse
