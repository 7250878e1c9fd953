// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>
#include <vector>

#include "collect/collector.h"
#include "collect/package_index.h"
#include "gtest/gtest.h"
#include "model/tables/deb_packages.h"
#include "model/tables/host_info.h"
#include "model/tables/package_files.h"
#include "support/fake_host.h"

namespace genba::collect::packages {

const Collector& collector();

namespace {

using test::FakeHost;

constexpr std::string_view kLsMd5 = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kConfMd5 = "fedcba98765432100123456789abcdef";

std::string paragraph(std::string_view name, std::string_view more = "") {
  return "Package: " + std::string(name) +
         "\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n" + std::string(more) +
         "\n";
}

// A merged-/usr host with dpkg, a package "tools" and its files.
void add_database(FakeHost& host) {
  host.add_directory("/usr/bin").add_directory("/usr/lib");
  host.add_link("/bin", "usr/bin").add_link("/lib", "usr/lib");
  host.add_file("/var/lib/dpkg/status",
                paragraph("dpkg") + paragraph("tools", "Conffiles:\n /etc/tools.conf " +
                                                           std::string(kConfMd5) + "\n"));
  host.add_file("/var/lib/dpkg/info/dpkg.list", "/.\n/usr\n/usr/bin\n/usr/bin/dpkg\n");
  host.add_file("/var/lib/dpkg/info/tools.list",
                "/.\n/bin\n/bin/ls\n/etc\n/etc/tools.conf\n/usr/bin/gzip\n");
  host.add_file("/var/lib/dpkg/info/tools.md5sums", std::string(kLsMd5) + "  bin/ls\n");
}

model::Facts collect_from(const FakeHost& host, std::string_view os_id = "debian", int jobs = 2) {
  model::Facts facts;
  model::HostInfo info;
  info.os_id = std::string(os_id);
  facts.rows<model::HostInfo>().push_back(info);
  const Wanted wanted = Wanted::all();
  Context context{host, facts, wanted};
  context.jobs = jobs;
  collector().collect(context);
  return facts;
}

model::Coverage coverage_of(const model::Facts& facts, std::string_view subject) {
  for (const model::Coverage& row : facts.read<model::Coverage>()) {
    if (row.subject == subject) {
      return row;
    }
  }
  return {};
}

TEST(Packages, FilesGetTheirOwnerCanonicalPathMd5AndConffileMark) {
  FakeHost host;
  add_database(host);
  const auto facts = collect_from(host);
  ASSERT_EQ(facts.read<model::DebPackage>().size(), 2U);
  EXPECT_EQ(facts.read<model::DebPackage>()[1].name, "tools");
  EXPECT_EQ(facts.read<model::DebPackage>()[1].installed_at, test::kFakeNow);
  const PackageIndex index(facts);
  ASSERT_TRUE(index.known());
  EXPECT_EQ(index.size(), 8U);
  ASSERT_TRUE(index.owns("/usr/bin/ls"));
  EXPECT_FALSE(index.owns("/bin/ls"));
  const auto ls = index.find("/usr/bin/ls");
  ASSERT_EQ(ls.size(), 1U);
  EXPECT_EQ(ls[0].package, "tools");
  EXPECT_EQ(ls[0].md5, kLsMd5);
  EXPECT_FALSE(ls[0].conffile);
  const auto conf = index.find("/etc/tools.conf");
  ASSERT_EQ(conf.size(), 1U);
  EXPECT_EQ(conf[0].md5, kConfMd5);
  EXPECT_TRUE(conf[0].conffile);
  EXPECT_TRUE(index.owns("/bin"));
  EXPECT_EQ(coverage_of(facts, "/var/lib/dpkg/status").status, "complete");
  EXPECT_EQ(coverage_of(facts, "/var/lib/dpkg/info").status, "complete");
  EXPECT_EQ(coverage_of(facts, "/var/lib/dpkg/info").seen, 2);
}

TEST(Packages, SplitUsrHostKeepsPathsAsListed) {
  FakeHost host(host::HostKind::kTree);
  host.add_directory("/bin").add_directory("/usr/bin");
  host.add_file("/var/lib/dpkg/status", paragraph("tools"));
  host.add_file("/var/lib/dpkg/info/tools.list", "/bin/ls\n/usr/bin/gzip\n");
  const auto facts = collect_from(host);
  const PackageIndex index(facts);
  EXPECT_TRUE(index.owns("/bin/ls"));
  EXPECT_FALSE(index.owns("/usr/bin/ls"));
}

TEST(Packages, DiversionMovesTheOtherPackagesFileOnly) {
  FakeHost host;
  add_database(host);
  host.add_file("/var/lib/dpkg/status", paragraph("tools") + paragraph("wrapper"));
  host.add_file("/var/lib/dpkg/info/wrapper.list", "/usr/bin/gzip\n");
  host.add_file("/var/lib/dpkg/diversions",
                "/usr/bin/gzip\n/usr/bin/gzip.real\nwrapper\n/bin/ls\n/bin/ls.local\n:\n");
  const auto facts = collect_from(host);
  const PackageIndex index(facts);
  ASSERT_EQ(index.find("/usr/bin/gzip").size(), 1U);
  EXPECT_EQ(index.find("/usr/bin/gzip")[0].package, "wrapper");
  EXPECT_EQ(index.find("/usr/bin/gzip.real").at(0).package, "tools");
  EXPECT_FALSE(index.owns("/usr/bin/ls"));
  EXPECT_EQ(index.find("/usr/bin/ls.local").at(0).md5, kLsMd5);
}

TEST(Packages, ForeignArchitectureIsNamedAndNativeOneIsNot) {
  FakeHost host;
  host.add_file("/var/lib/dpkg/status",
                paragraph("dpkg") + paragraph("libc6") +
                    "Package: libc6\nStatus: install ok installed\nArchitecture: i386\n");
  host.add_file("/var/lib/dpkg/info/dpkg.list", "/usr/bin/dpkg\n");
  host.add_file("/var/lib/dpkg/info/libc6:amd64.list", "/usr/lib/x86_64-linux-gnu/libc.so.6\n");
  host.add_file("/var/lib/dpkg/info/libc6:i386.list", "/usr/lib/i386-linux-gnu/libc.so.6\n");
  const auto facts = collect_from(host);
  const PackageIndex index(facts);
  EXPECT_EQ(index.find("/usr/lib/x86_64-linux-gnu/libc.so.6").at(0).package, "libc6");
  EXPECT_EQ(index.find("/usr/lib/i386-linux-gnu/libc.so.6").at(0).package, "libc6:i386");
  EXPECT_EQ(coverage_of(facts, "/var/lib/dpkg/info").status, "complete");
}

TEST(Packages, WithoutDpkgPackageFilesStaysUnread) {
  FakeHost host;
  host.add_file("/etc/os-release", "ID=alpine\n");
  const auto facts = collect_from(host, "alpine");
  EXPECT_FALSE(facts.has(model::tables::package_files()));
  EXPECT_FALSE(facts.has(model::tables::deb_packages()));
  EXPECT_EQ(coverage_of(facts, "/var/lib/dpkg/status").status, "not_applicable");
}

TEST(Packages, RpmDatabaseIsSaidNotToBeRead) {
  FakeHost host;
  host.add_file("/var/lib/rpm/rpmdb.sqlite", "SQLite format 3");
  const auto facts = collect_from(host, "rhel");
  EXPECT_FALSE(facts.has(model::tables::package_files()));
  const auto row = coverage_of(facts, "/var/lib/rpm/rpmdb.sqlite");
  EXPECT_EQ(row.status, "unsupported");
  EXPECT_EQ(row.reason, "rpm databases are not read by this version");
}

TEST(Packages, DebianWithoutItsDatabaseIsAFailedRead) {
  FakeHost missing;
  missing.add_directory("/var/lib");
  const auto facts = collect_from(missing, "ubuntu");
  EXPECT_EQ(coverage_of(facts, "/var/lib/dpkg/status").status, "failed");
  FakeHost empty;
  empty.add_file("/var/lib/dpkg/status", "").add_directory("/var/lib/dpkg/info");
  const auto empty_facts = collect_from(empty);
  EXPECT_FALSE(empty_facts.has(model::tables::package_files()));
  EXPECT_EQ(coverage_of(empty_facts, "/var/lib/dpkg/status").status, "failed");
  EXPECT_NE(coverage_of(empty_facts, "/var/lib/dpkg/status").reason, std::nullopt);
}

TEST(Packages, EmptyDatabaseElsewhereDoesNotMakeEveryFileAStranger) {
  FakeHost host;
  host.add_file("/var/lib/dpkg/status", "").add_directory("/var/lib/dpkg/info");
  const auto facts = collect_from(host, "fedora");
  EXPECT_FALSE(facts.has(model::tables::package_files()));
  EXPECT_EQ(coverage_of(facts, "/var/lib/dpkg/status").status, "not_applicable");
}

TEST(Packages, BrokenStatusIsPartialAndListsStillTellOwners) {
  FakeHost host;
  add_database(host);
  host.add_file("/var/lib/dpkg/status", paragraph("tools") + std::string(4096, '\0'));
  const auto facts = collect_from(host);
  EXPECT_EQ(coverage_of(facts, "/var/lib/dpkg/status").status, "partial");
  EXPECT_TRUE(PackageIndex(facts).owns("/usr/bin/gzip"));
  FakeHost all_lost;
  add_database(all_lost);
  all_lost.add_file("/var/lib/dpkg/status", std::string(4096, '\0'));
  const auto lost = collect_from(all_lost);
  EXPECT_TRUE(PackageIndex(lost).owns("/usr/bin/gzip"));
}

TEST(Packages, DeniedStatusIsFailedAndListsStillTellOwners) {
  FakeHost host;
  add_database(host);
  host.deny("/var/lib/dpkg/status");
  const auto facts = collect_from(host);
  EXPECT_EQ(coverage_of(facts, "/var/lib/dpkg/status").status, "failed");
  EXPECT_TRUE(PackageIndex(facts).owns("/usr/bin/gzip"));
}

TEST(Packages, TruncatedMd5sumsAndAListThatIsAFifoArePartial) {
  FakeHost host;
  add_database(host);
  host.add_file("/var/lib/dpkg/info/tools.md5sums", "0123456789abc");
  host.remove("/var/lib/dpkg/info/dpkg.list");
  host.add_special("/var/lib/dpkg/info/dpkg.list", host::FileType::kFifo);
  const auto facts = collect_from(host);
  const auto row = coverage_of(facts, "/var/lib/dpkg/info");
  EXPECT_EQ(row.status, "partial");
  EXPECT_EQ(row.seen, 1);
  EXPECT_EQ(PackageIndex(facts).find("/usr/bin/ls").at(0).md5, std::nullopt);
}

TEST(Packages, ListThatIsCutShortIsSaid) {
  FakeHost host;
  add_database(host);
  host.truncate("/var/lib/dpkg/info/tools.list", 14);
  const auto row = coverage_of(collect_from(host), "/var/lib/dpkg/info");
  EXPECT_EQ(row.status, "partial");
  EXPECT_EQ(row.reason, "a list of tools is larger than 64 MiB; the rest was not read");
}

TEST(Packages, TwentyThousandLinksAreLookedUpByName) {
  FakeHost host;
  host.add_directory("/opt/real");
  std::string paths;
  for (int i = 0; i < 20'000; ++i) {
    host.add_link("/var/l" + std::to_string(i), "/opt/real");
    paths += "/var/l" + std::to_string(i) + "/x\n/var/other/y" + std::to_string(i) + "\n";
  }
  host.add_file("/var/lib/dpkg/status", paragraph("tools"));
  host.add_file("/var/lib/dpkg/info/tools.list", paths);
  const auto facts = collect_from(host);
  const PackageIndex index(facts);
  EXPECT_EQ(index.find("/opt/real/x").size(), 20'000U);
  EXPECT_TRUE(index.owns("/var/other/y7"));
}

TEST(Packages, InstalledPackageWithoutListIsSaid) {
  FakeHost host;
  add_database(host);
  host.remove("/var/lib/dpkg/info/dpkg.list");
  const auto row = coverage_of(collect_from(host), "/var/lib/dpkg/info");
  EXPECT_EQ(row.status, "partial");
  EXPECT_EQ(row.reason, "the package dpkg is installed but has no file list");
}

TEST(Packages, ListThatVanishesIsNotAFailure) {
  FakeHost host;
  add_database(host);
  host.vanish("/var/lib/dpkg/info/tools.list", 2);
  const auto row = coverage_of(collect_from(host), "/var/lib/dpkg/info");
  EXPECT_EQ(row.status, "complete");
  EXPECT_EQ(row.gone, 1);
}

TEST(Packages, ObsoleteConffileKeepsItsOwnerAndLosesItsPromise) {
  FakeHost host;
  host.add_file(
      "/var/lib/dpkg/status",
      paragraph("tools", "Conffiles:\n /etc/old " + std::string(kConfMd5) +
                             " obsolete\n /etc/unlisted " + std::string(kConfMd5) + "\n"));
  host.add_file("/var/lib/dpkg/info/tools.list", "/etc\n/etc/old\n");
  const auto facts = collect_from(host);
  const PackageIndex index(facts);
  EXPECT_TRUE(index.find("/etc/old").at(0).conffile);
  EXPECT_EQ(index.find("/etc/old").at(0).md5, std::nullopt);
  EXPECT_EQ(index.find("/etc/unlisted").at(0).md5, kConfMd5);
}

TEST(Packages, RowsHaveTheSameOrderWithAnyNumberOfThreads) {
  FakeHost host;
  std::string status;
  for (int i = 0; i < 300; ++i) {
    const std::string name = "p" + std::to_string(i);
    status += paragraph(name) + "\n";
    host.add_file("/var/lib/dpkg/info/" + name + ".list", "/usr/bin/" + name + "\n");
  }
  host.add_file("/var/lib/dpkg/status", status);
  const auto one = collect_from(host, "debian", 1);
  const auto four = collect_from(host, "debian", 4);
  const PackageIndex a(one);
  const PackageIndex b(four);
  ASSERT_EQ(a.size(), 300U);
  ASSERT_EQ(b.size(), 300U);
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a.row(i).path, b.row(i).path);
  }
}

TEST(Packages, OnlyPackagesWantedReadsNoList) {
  FakeHost host;
  add_database(host);
  model::Facts facts;
  Wanted wanted;
  wanted.add("deb_packages", "name");
  Context context{host, facts, wanted};
  collector().collect(context);
  EXPECT_EQ(facts.read<model::DebPackage>().size(), 2U);
  EXPECT_FALSE(facts.has(model::tables::package_files()));
  EXPECT_EQ(host.access_count("/var/lib/dpkg/info/tools.list"), 1);  // its time only
}

}  // namespace
}  // namespace genba::collect::packages
