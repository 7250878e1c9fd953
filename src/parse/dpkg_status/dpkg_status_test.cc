// SPDX-License-Identifier: Apache-2.0
#include "parse/dpkg_status/dpkg_status.h"

#include <string>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

constexpr std::string_view kMd5 = "0123456789abcdef0123456789abcdef";

TEST(DpkgStatus, ParagraphGivesAllFields) {
  const auto status = parse_dpkg_status(
      "Package: libfoo1\nStatus: install ok installed\nPriority: optional\nSection: libs\n"
      "Installed-Size: 120\nMaintainer: Some Body <s@example.org>\nArchitecture: amd64\n"
      "Source: foo (1.2)\nVersion: 1.2-3\nDescription: words\n more: words\n .\n end\n",
      "status");
  ASSERT_EQ(status.packages.size(), 1U);
  const DpkgPackage& package = status.packages[0];
  EXPECT_EQ(package.name, "libfoo1");
  EXPECT_EQ(package.version, "1.2-3");
  EXPECT_EQ(package.architecture, "amd64");
  EXPECT_EQ(package.source, "foo (1.2)");
  EXPECT_EQ(package.maintainer, "Some Body <s@example.org>");
  EXPECT_EQ(package.section, "libs");
  EXPECT_EQ(package.priority, "optional");
  EXPECT_EQ(package.installed_bytes, 120 * 1024);
  EXPECT_TRUE(package.is_installed());
  EXPECT_TRUE(status.notes.empty());
}

TEST(DpkgStatus, ConffilesKeepSpacesAndKnowObsolete) {
  const auto status = parse_dpkg_status(
      "Package: a\nConffiles:\n /etc/a.conf " + std::string(kMd5) + "\n /etc/two words " +
          std::string(kMd5) + " obsolete\n /etc/new newconffile\n /etc/gone " + std::string(kMd5) +
          " remove-on-upgrade\nVersion: 1\n",
      "status");
  ASSERT_EQ(status.packages.size(), 1U);
  const auto& conffiles = status.packages[0].conffiles;
  ASSERT_EQ(conffiles.size(), 4U);
  EXPECT_EQ(conffiles[0].path, "/etc/a.conf");
  EXPECT_EQ(conffiles[0].md5, kMd5);
  EXPECT_FALSE(conffiles[0].obsolete);
  EXPECT_EQ(conffiles[1].path, "/etc/two words");
  EXPECT_TRUE(conffiles[1].obsolete);
  EXPECT_EQ(conffiles[2].path, "/etc/new");
  EXPECT_EQ(conffiles[2].md5, "");
  EXPECT_EQ(conffiles[3].path, "/etc/gone");
  EXPECT_EQ(status.packages[0].version, "1");
}

TEST(DpkgStatus, RemovedPackageIsNotInstalled) {
  const auto status = parse_dpkg_status(
      "Package: a\nStatus: deinstall ok config-files\n\nPackage: b\n"
      "Status: install ok half-installed\n",
      "status");
  ASSERT_EQ(status.packages.size(), 2U);
  EXPECT_FALSE(status.packages[0].is_installed());
  EXPECT_FALSE(status.packages[1].is_installed());
}

TEST(DpkgStatus, DamagedParagraphIsNotedAndTheNextOneKept) {
  const auto status = parse_dpkg_status(
      std::string("Package: a\nVersion: 1\nthis is no field\n\nVersion: 7\n\n") +
          std::string(100, '\0') + "\n\nPackage: b\nInstalled-Size: many\nConffiles:\n nonsense\n",
      "/var/lib/dpkg/status");
  ASSERT_EQ(status.packages.size(), 2U);
  EXPECT_EQ(status.packages[0].name, "a");
  EXPECT_EQ(status.packages[1].name, "b");
  ASSERT_EQ(status.notes.size(), 6U);
  EXPECT_EQ(status.notes[0].source, "/var/lib/dpkg/status");
  EXPECT_EQ(status.notes[0].offset, 22U);
  EXPECT_EQ(status.notes[0].reason, "a line is no field");
  EXPECT_EQ(status.notes[1].reason, "a paragraph names no package");
}

TEST(DpkgStatus, FileCutInTheMiddleOfALineKeepsWhatStandsBefore) {
  const auto status =
      parse_dpkg_status("Package: a\nVersion: 1\n\nPackage: b\nVersion: 2\nDesc", "status");
  ASSERT_EQ(status.packages.size(), 2U);
  EXPECT_EQ(status.packages[1].version, "2");
  EXPECT_EQ(status.notes.size(), 2U);
}

TEST(DpkgStatus, EmptyFileHasNoPackagesAndNoNotes) {
  const auto status = parse_dpkg_status("", "status");
  EXPECT_TRUE(status.packages.empty());
  EXPECT_TRUE(status.notes.empty());
  EXPECT_EQ(native_architecture(status), "");
}

TEST(DpkgStatus, NotesOfAFileOfGarbageStayBounded) {
  std::string garbage;
  for (int i = 0; i < 100000; ++i) {
    garbage += "garbage\n";
  }
  const auto status = parse_dpkg_status(garbage, "status");
  EXPECT_LE(status.notes.size(), 64U);
  EXPECT_EQ(status.notes.back().reason, "99938 more places");
}

TEST(DpkgStatus, NativeArchitectureIsThatOfDpkgItself) {
  const auto status = parse_dpkg_status(
      "Package: a\nArchitecture: i386\n\nPackage: b\nArchitecture: i386\n\nPackage: dpkg\n"
      "Status: install ok installed\nArchitecture: amd64\n",
      "status");
  EXPECT_EQ(native_architecture(status), "amd64");
}

TEST(DpkgStatus, NativeArchitectureIsTheMostFrequentWhenDpkgIsNotThere) {
  const auto status = parse_dpkg_status(
      "Package: a\nArchitecture: all\n\nPackage: b\nArchitecture: arm64\n\nPackage: c\n"
      "Architecture: armhf\n\nPackage: d\nArchitecture: arm64\n",
      "status");
  EXPECT_EQ(native_architecture(status), "arm64");
}

}  // namespace
}  // namespace genba::parse
