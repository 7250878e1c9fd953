// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <map>
#include <string>

#include "base/digest.h"
#include "collect/collector.h"
#include "collect/package_index.h"
#include "gtest/gtest.h"
#include "model/tables/deb_packages.h"
#include "model/tables/package_files.h"
#include "model/tables/package_verify.h"
#include "model/tables/process_memory_map.h"
#include "model/tables/processes.h"
#include "support/fake_host.h"

namespace genba::collect::verify {

const Collector& collector();

namespace {

using test::FakeHost;

class Verify : public testing::Test {
 protected:
  Verify() { add_package("tools"); }

  void add_package(std::string_view name, std::string_view status = "install ok installed") {
    model::DebPackage package;
    package.name = name;
    package.arch = "amd64";
    package.status = status;
    package.installed_at = base::Timestamp{42};
    facts.rows<model::DebPackage>().push_back(package);
  }
  void promise(std::string_view path, std::string_view bytes, std::string_view package = "tools") {
    facts.append_large(
        model::PackageFile{std::string(package), std::string(path), base::md5_of(bytes), false});
  }
  // A file on disk that is what its package shipped.
  void ship(std::string_view path, std::string_view bytes) {
    host.add_file(path, bytes, {.mode = 0755});
    promise(path, bytes);
  }
  void run(Depth depth = Depth::kDefault) {
    const Wanted wanted = Wanted::all();
    Context context{host, facts, wanted};
    context.depth = depth;
    context.deadline = deadline;
    context.jobs = 2;
    collector().collect(context);
    for (const model::PackageVerify& row : facts.read<model::PackageVerify>()) {
      rows[row.path] = row;
    }
  }
  std::string status_of(const std::string& path) const {
    const auto row = rows.find(path);
    return row == rows.end() ? "" : row->second.status;
  }
  model::Coverage coverage() const { return facts.read<model::Coverage>().at(0); }

  FakeHost host;
  model::Facts facts;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::map<std::string, model::PackageVerify> rows;
};

TEST_F(Verify, UntouchedFilesMatch) {
  ship("/usr/bin/ls", "ls");
  ship("/usr/lib/x86_64-linux-gnu/security/pam_unix.so", "pam");
  ship("/usr/share/doc/tools/README", "words");
  run();
  EXPECT_EQ(status_of("/usr/bin/ls"), "match");
  EXPECT_EQ(rows["/usr/bin/ls"].reason, "path");
  EXPECT_EQ(rows["/usr/bin/ls"].package, "tools");
  EXPECT_EQ(rows["/usr/bin/ls"].package_changed_at, base::Timestamp{42});
  EXPECT_FALSE(rows["/usr/bin/ls"].sha256);
  EXPECT_EQ(rows["/usr/lib/x86_64-linux-gnu/security/pam_unix.so"].reason, "pam");
  EXPECT_EQ(rows.size(), 2U);
  EXPECT_EQ(coverage().status, "complete");
  EXPECT_EQ(coverage().seen, 2);
}

TEST_F(Verify, TrojanedToolIsAMismatchWithItsSha256AndContent) {
  promise("/usr/bin/ls", "ls");
  host.add_file("/usr/bin/ls", "#!/bin/sh\nexec /usr/bin/.ls\n", {.mode = 0755});
  run();
  const model::PackageVerify& row = rows["/usr/bin/ls"];
  EXPECT_EQ(row.status, "mismatch");
  EXPECT_EQ(row.expected_md5, base::md5_of("ls"));
  EXPECT_EQ(row.actual_md5, base::md5_of("#!/bin/sh\nexec /usr/bin/.ls\n"));
  EXPECT_EQ(row.sha256, base::sha256_of("#!/bin/sh\nexec /usr/bin/.ls\n"));
  EXPECT_EQ(row.content, "script");
  EXPECT_EQ(row.size, 28);
  EXPECT_EQ(row.ctime, test::kFakeNow);
}

TEST_F(Verify, RunningProgramAndItsLibrariesAreComparedOutsidePathToo) {
  ship("/usr/lib/tool/daemon", "daemon");
  ship("/usr/lib/tool/libx.so.1", "library");
  ship("/usr/lib/tool/libunused.so.1", "library");
  ship("/opt/in/container", "other");
  model::Process process;
  process.pid = 7;
  process.path = "/usr/lib/tool/daemon";
  facts.rows<model::Process>().push_back(process);
  process.pid = 8;
  process.path = "/opt/in/container";
  process.in_container = true;
  facts.rows<model::Process>().push_back(process);
  model::ProcessMemoryMap map;
  map.pid = 7;
  map.path = "/usr/lib/tool/libx.so.1";
  facts.append_large(map);
  map.path = "[vdso]";
  facts.append_large(map);
  map.path.reset();
  facts.append_large(map);
  run();
  EXPECT_EQ(rows["/usr/lib/tool/daemon"].reason, "running");
  EXPECT_EQ(rows["/usr/lib/tool/libx.so.1"].reason, "running");
  EXPECT_EQ(rows.size(), 2U);
}

TEST_F(Verify, TrustedLibraryIsComparedWithoutAProcess) {
  ship("/usr/lib/x86_64-linux-gnu/libkeyutils.so.1.10", "library");
  ship("/usr/lib/x86_64-linux-gnu/libpng16.so.16", "library");
  run();
  EXPECT_EQ(rows["/usr/lib/x86_64-linux-gnu/libkeyutils.so.1.10"].reason, "library");
  EXPECT_EQ(rows.size(), 1U);
}

TEST_F(Verify, ConfigurationFilesAreLeftOut) {
  host.add_file("/usr/bin/conf", "edited");
  facts.append_large(model::PackageFile{"tools", "/usr/bin/conf", base::md5_of("shipped"), true});
  run();
  EXPECT_TRUE(rows.empty());
}

TEST_F(Verify, FileOfTwoPackagesMatchesWhenEitherPromisesIt) {
  promise("/usr/bin/shared", "first");
  promise("/usr/bin/shared", "second", "other");
  host.add_file("/usr/bin/shared", "second");
  run();
  EXPECT_EQ(status_of("/usr/bin/shared"), "match");
}

TEST_F(Verify, MissingFileOfAnInstalledPackageIsSaid) {
  promise("/usr/bin/gone", "x");
  run();
  EXPECT_EQ(status_of("/usr/bin/gone"), "missing");
  EXPECT_FALSE(rows["/usr/bin/gone"].actual_md5);
}

TEST_F(Verify, MissingFileHasManyInnocentReasons) {
  add_package("removed", "deinstall ok config-files");
  promise("/usr/bin/of-removed", "x", "removed");
  promise("/usr/bin/of-unknown", "x", "nobody");
  promise("/usr/bin/excluded", "x");
  promise("/usr/bin/diverted", "x");
  promise("/usr/lib/only-running", "x");
  host.add_file("/etc/dpkg/dpkg.cfg.d/docker", "path-exclude=/usr/bin/excl*\n");
  host.add_file("/var/lib/dpkg/diversions", "/usr/bin/other\n/usr/bin/diverted\nwrapper\n");
  model::Process process;
  process.path = "/usr/lib/only-running";
  facts.rows<model::Process>().push_back(process);
  run();
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(coverage().status, "complete");
}

TEST_F(Verify, LinkToAlternativesIsTheAdministratorsChoice) {
  promise("/usr/bin/editor", "x");
  host.add_file("/usr/bin/vim", "y").add_link("/etc/alternatives/editor", "/usr/bin/vim");
  host.add_link("/usr/bin/editor", "/etc/alternatives/editor");
  run();
  EXPECT_TRUE(rows.empty());
}

TEST_F(Verify, FileReplacedByALinkElsewhereIsComparedWithWhatItLeadsTo) {
  promise("/usr/bin/ls", "ls");
  host.add_file("/opt/evil", "evil").add_link("/usr/bin/ls", "/opt/evil");
  run();
  EXPECT_EQ(status_of("/usr/bin/ls"), "mismatch");
}

TEST_F(Verify, FifoInPlaceOfAProgramIsUnreadableAndDoesNotHang) {
  promise("/usr/bin/ls", "ls");
  host.add_special("/usr/bin/ls", host::FileType::kFifo);
  run();
  EXPECT_EQ(status_of("/usr/bin/ls"), "unreadable");
  EXPECT_EQ(coverage().status, "failed");
}

TEST_F(Verify, DeniedFileIsUnreadable) {
  ship("/usr/bin/ls", "ls");
  ship("/usr/bin/ps", "ps");
  host.deny("/usr/bin/ls");
  run();
  EXPECT_EQ(status_of("/usr/bin/ls"), "unreadable");
  EXPECT_EQ(status_of("/usr/bin/ps"), "match");
  EXPECT_EQ(coverage().status, "partial");
  EXPECT_EQ(coverage().denied, 1);
}

TEST_F(Verify, FileThatChangesWhileItIsReadIsReadAgain) {
  promise("/usr/bin/ls", "new");
  host.add_file("/usr/bin/ls", "old");
  host.before_access("/usr/bin/ls", 3, [](FakeHost& fake) {
    fake.add_file("/usr/bin/ls", "new", {.mtime = base::Timestamp{1}});
  });
  run();
  EXPECT_EQ(status_of("/usr/bin/ls"), "match");
}

TEST_F(Verify, UpgradeDuringTheRunAccusesNobody) {
  promise("/usr/bin/ls", "old");
  host.add_file("/usr/bin/ls", "new");
  host.add_file("/var/lib/dpkg/info/tools.md5sums", base::md5_of("new") + "  bin/ls\n");
  run();
  EXPECT_EQ(status_of("/usr/bin/ls"), "match");
}

TEST_F(Verify, NoTimeLeavesFilesUncomparedAndNamesDeep) {
  ship("/usr/bin/ls", "ls");
  deadline = std::chrono::steady_clock::now();
  run();
  EXPECT_TRUE(rows.empty());
  EXPECT_FALSE(facts.has(model::tables::package_verify()));
  EXPECT_EQ(coverage().status, "skipped");
  EXPECT_EQ(coverage().remedy, "--deep");
}

TEST_F(Verify, SmallestOfTheMostTellingComesFirst) {
  ship("/usr/bin/aaa", "1");
  ship("/usr/bin/sshd", "a long content");
  ship("/usr/bin/ls", "ls");
  run();
  const auto& all = facts.read<model::PackageVerify>();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].path, "/usr/bin/ls");
  EXPECT_EQ(all[1].path, "/usr/bin/sshd");
  EXPECT_EQ(all[2].path, "/usr/bin/aaa");
}

TEST_F(Verify, WithoutPackageDatabaseTheTableStaysUnread) {
  run();
  EXPECT_FALSE(facts.has(model::tables::package_verify()));
  EXPECT_EQ(coverage().status, "not_applicable");
}

}  // namespace
}  // namespace genba::collect::verify
