// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "collect/collector.h"
#include "collect/filesystem/filesystem_kind.h"
#include "collect/filesystem/places.h"
#include "collect/filesystem/walk.h"
#include "gtest/gtest.h"
#include "model/tables/file.h"
#include "model/tables/package_files.h"
#include "model/tables/users.h"
#include "support/fake_host.h"

namespace genba::collect::filesystem {

const Collector& collector();

namespace {

using host::FileType;
using test::FakeHost;

constexpr std::string_view kElf =
    "\x7f"
    "ELF\x02\x01\x01";

struct Row {
  std::string type;
  std::string mode;
  std::string content;
  std::string target;
  std::string attributes;
};

// The walk's rows by path.
std::map<std::string, Row> rows_of(const model::Facts& facts) {
  std::map<std::string, Row> rows;
  const model::TableInfo& table = model::tables::file();
  const model::RowStore* store = facts.find(table);
  const auto text = [&](size_t row, std::string_view column) {
    const auto value = store->cell(row, static_cast<size_t>(table.column_index(column)));
    const auto* view = std::get_if<std::string_view>(&value);
    return view == nullptr ? std::string() : std::string(*view);
  };
  for (size_t i = 0; store != nullptr && i < store->size(); ++i) {
    const auto [at, fresh] =
        rows.emplace(text(i, "path"), Row{text(i, "type"), text(i, "mode"), text(i, "content"),
                                          text(i, "symlink_target_path"), text(i, "attributes")});
    EXPECT_TRUE(fresh) << "twice: " << at->first;
    EXPECT_EQ(at->first, (text(i, "directory") == "/" ? "" : text(i, "directory")) + "/" +
                             text(i, "filename"));
  }
  return rows;
}

struct WalkRun {
  model::Facts facts;
  Depth depth = Depth::kDefault;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  WalkLimits limits;
  int jobs = 2;

  void collect(const FakeHost& host) {
    const Wanted wanted = Wanted::all();
    Context context{host, facts, wanted};
    context.depth = depth;
    context.deadline = deadline;
    context.jobs = jobs;
    const Places places = places_of(context);
    Walk(context, places, limits).run();
  }
  void add_user(std::string_view directory, int64_t uid) {
    model::User user;
    user.directory = directory;
    user.uid = uid;
    facts.rows<model::User>().push_back(user);
  }
  model::Coverage coverage(std::string_view subject) const {
    for (const model::Coverage& row : facts.read<model::Coverage>()) {
      if (row.subject == subject) {
        return row;
      }
    }
    return {};
  }
};

TEST(Filesystem, PlacesThatMatterAreListedWithTypesModesAndTargets) {
  FakeHost host;
  host.add_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
  host.add_file("/tmp/.x/dropper", kElf, {.mode = 0755});
  host.add_file("/root/.bash_history", "");
  host.add_file("/usr/share/doc/a", "not walked");
  host.add_file("/var/lib/data", "not walked");
  host.add_link("/etc/localtime", "/usr/share/zoneinfo/UTC");
  host.add_special("/run/fifo", FileType::kFifo);
  host.status("/etc/passwd").immutable = true;
  host.status("/etc/passwd").append_only = true;
  WalkRun run;
  run.collect(host);
  const auto rows = rows_of(run.facts);
  EXPECT_EQ(rows.at("/etc/passwd").type, "regular");
  EXPECT_EQ(rows.at("/etc/passwd").mode, "0644");
  EXPECT_EQ(rows.at("/etc/passwd").attributes, "ia");
  EXPECT_EQ(rows.at("/etc/passwd").content, "");
  EXPECT_EQ(rows.at("/tmp/.x").type, "directory");
  EXPECT_EQ(rows.at("/tmp/.x/dropper").content, "elf");
  EXPECT_EQ(rows.at("/etc/localtime").type, "symlink");
  EXPECT_EQ(rows.at("/etc/localtime").target, "/usr/share/zoneinfo/UTC");
  EXPECT_EQ(rows.at("/run/fifo").type, "fifo");
  EXPECT_TRUE(rows.contains("/usr/share"));
  EXPECT_FALSE(rows.contains("/usr/share/doc"));
  EXPECT_FALSE(rows.contains("/var/lib/data"));
  EXPECT_EQ(run.coverage("/tmp").status, "complete");
  EXPECT_EQ(run.coverage("/tmp").seen, 2);
  EXPECT_EQ(run.coverage("/usr/lib32").status, "");
}

TEST(Filesystem, LinkedPlacesAreWalkedWhereTheyLeadAndOnlyOnce) {
  FakeHost host(host::HostKind::kTree);
  host.add_file("/usr/bin/ls", kElf, {.mode = 0755});
  host.add_link("/bin", "usr/bin");
  host.add_file("/data/home/alice/.profile", "");
  host.add_link("/home", "/data/home");
  host.add_file("/data/tmp/x.sh", "#!/bin/sh\n");
  host.add_link("/tmp", "data/tmp");
  host.add_directory("/var").add_link("/var/tmp", "/tmp");
  WalkRun run;
  run.collect(host);
  const auto rows = rows_of(run.facts);
  EXPECT_EQ(rows.at("/bin").type, "symlink");
  EXPECT_TRUE(rows.contains("/usr/bin/ls"));
  EXPECT_FALSE(rows.contains("/bin/ls"));
  EXPECT_TRUE(rows.contains("/data/home/alice/.profile"));
  EXPECT_EQ(rows.at("/data/tmp/x.sh").content, "script");
  EXPECT_TRUE(rows.contains("/data/tmp"));
}

TEST(Filesystem, LinkLoopsAreRecordedAndNotFollowed) {
  FakeHost host;
  host.add_link("/tmp/loop", "/tmp/loop").add_link("/tmp/up", "..").add_link("/etc/self", ".");
  host.add_link("/home", "/home");
  WalkRun run;
  run.collect(host);
  const auto rows = rows_of(run.facts);
  EXPECT_EQ(rows.at("/tmp/loop").target, "/tmp/loop");
  EXPECT_EQ(rows.at("/tmp/up").target, "..");
  EXPECT_FALSE(rows.contains("/tmp/up/tmp"));
}

TEST(Filesystem, HostileNamesStayRawBytes) {
  FakeHost host;
  const std::string name = "\x1b[2J \n..\xff\xfe -rf '$(id)'";
  host.add_file("/tmp/" + name, "#!/bin/sh\n");
  host.add_file("/tmp/... /x", kElf);
  host.add_file("/dev/shm/" + std::string(255, 'a'), "data");
  WalkRun run;
  run.collect(host);
  const auto rows = rows_of(run.facts);
  EXPECT_EQ(rows.at("/tmp/" + name).content, "script");
  EXPECT_EQ(rows.at("/tmp/... /x").content, "elf");
  EXPECT_EQ(rows.at("/dev/shm/" + std::string(255, 'a')).content, "other");
}

TEST(Filesystem, DeniedDirectoryIsPartialCoverageAndItsRowStays) {
  FakeHost host;
  host.add_file("/home/alice/secret/x", "x").add_file("/home/alice/open", "x");
  host.deny("/home/alice/secret");
  WalkRun run;
  run.collect(host);
  const auto rows = rows_of(run.facts);
  EXPECT_TRUE(rows.contains("/home/alice/secret"));
  EXPECT_FALSE(rows.contains("/home/alice/secret/x"));
  EXPECT_TRUE(rows.contains("/home/alice/open"));
  EXPECT_EQ(run.coverage("/home/alice").status, "partial");
  EXPECT_EQ(run.coverage("/home/alice").denied, 1);
}

TEST(Filesystem, DirectoryThatVanishesMidWalkIsNoFailure) {
  FakeHost host;
  host.add_file("/tmp/a/b", "x").add_file("/tmp/c/d", "x");
  // The first look is the listing of /tmp.
  host.vanish("/tmp/a", 2);
  WalkRun run;
  run.jobs = 1;
  run.collect(host);
  EXPECT_TRUE(rows_of(run.facts).contains("/tmp/c/d"));
  EXPECT_EQ(run.coverage("/tmp").status, "complete");
  EXPECT_EQ(run.coverage("/tmp").gone, 1);
}

TEST(Filesystem, DirectoryThatBecomesALinkMidWalkIsNotFollowed) {
  FakeHost host;
  host.add_file("/tmp/a/b", "x").add_file("/var/lib/secret", "x");
  host.before_access("/tmp/a", 2, [](FakeHost& fake) {
    fake.remove("/tmp/a");
    fake.add_link("/tmp/a", "/var/lib");
  });
  WalkRun run;
  run.jobs = 1;
  run.collect(host);
  const auto rows = rows_of(run.facts);
  EXPECT_FALSE(rows.contains("/tmp/a/secret"));
  EXPECT_EQ(run.coverage("/tmp").status, "complete");
}

TEST(Filesystem, ContentIsLookedAtInVolatilePlacesAndForStrangersAmongPrograms) {
  FakeHost host;
  host.add_file("/usr/bin/ls", kElf, {.mode = 0755});
  host.add_file("/usr/bin/stranger", "#!/bin/sh\n", {.mode = 0755});
  host.add_file("/usr/bin/readme", "words");
  host.add_file("/usr/lib/security/pam_evil.so", kElf);
  host.add_file("/home/alice/tool", kElf, {.mode = 0755});
  host.add_file("/run/user/1000/x", kElf);
  host.add_file("/run/x", kElf);
  host.add_file("/tmp/empty", "");
  WalkRun run;
  run.facts.append_large(model::PackageFile{"coreutils", "/usr/bin/ls", std::nullopt, false});
  run.collect(host);
  const auto rows = rows_of(run.facts);
  EXPECT_EQ(rows.at("/usr/bin/ls").content, "");
  EXPECT_EQ(rows.at("/usr/bin/stranger").content, "script");
  EXPECT_EQ(rows.at("/usr/bin/readme").content, "");
  EXPECT_EQ(rows.at("/usr/lib/security/pam_evil.so").content, "elf");
  EXPECT_EQ(rows.at("/home/alice/tool").content, "");
  EXPECT_EQ(rows.at("/run/user/1000/x").content, "elf");
  EXPECT_EQ(rows.at("/run/x").content, "");
  EXPECT_EQ(rows.at("/tmp/empty").content, "other");
  EXPECT_EQ(host.access_count("/usr/bin/ls"), 1);
}

TEST(Filesystem, WithoutPackageFilesProgramsAreNotLookedInto) {
  FakeHost host;
  host.add_file("/usr/bin/stranger", kElf, {.mode = 0755});
  WalkRun run;
  run.collect(host);
  EXPECT_EQ(rows_of(run.facts).at("/usr/bin/stranger").content, "");
}

TEST(Filesystem, ContentsHaveACapThatCoverageTells) {
  FakeHost host;
  for (int i = 0; i < 20; ++i) {
    host.add_file("/tmp/f" + std::to_string(i), "#!/bin/sh\n");
  }
  WalkRun run;
  run.limits.contents = 5;
  run.collect(host);
  int scripts = 0;
  for (const auto& [path, row] : rows_of(run.facts)) {
    scripts += row.content == "script" ? 1 : 0;
  }
  EXPECT_EQ(scripts, 5);
  EXPECT_EQ(run.coverage("file.content").status, "partial");
}

TEST(Filesystem, AnotherFilesystemIsEnteredOnlyWhenItIsLocal) {
  FakeHost host;
  const auto mount = [&](const std::string& path, uint64_t device, std::string_view type) {
    host.add_file(path + "/inside", "x");
    host.status(path).device = device;
    host.set_filesystem_type(path, type);
  };
  mount("/home/alice/usb", 50, "vfat");
  mount("/home/alice/server", 51, "nfs4");
  mount("/home/alice/cloud", 52, "fuse.rclone");
  mount("/run/containerd/rootfs", 53, "overlay");
  mount("/dev/pts", 54, "devpts");
  WalkRun run;
  run.collect(host);
  const auto rows = rows_of(run.facts);
  EXPECT_TRUE(rows.contains("/home/alice/usb/inside"));
  EXPECT_TRUE(rows.contains("/home/alice/server"));
  EXPECT_FALSE(rows.contains("/home/alice/server/inside"));
  EXPECT_FALSE(rows.contains("/home/alice/cloud/inside"));
  EXPECT_FALSE(rows.contains("/run/containerd/rootfs/inside"));
  EXPECT_FALSE(rows.contains("/dev/pts/inside"));
  const auto home = run.coverage("/home/alice");
  EXPECT_EQ(home.status, "partial");
  EXPECT_NE(home.reason.value_or("").find("network, FUSE or automount"), std::string::npos);
  EXPECT_EQ(run.coverage("/run").status, "partial");
  EXPECT_EQ(run.coverage("/dev").status, "complete");
}

TEST(Filesystem, HomesComeFromAccountsAndServicesStayShallow) {
  FakeHost host;
  host.add_file("/export/bob/a/b/c/d/e", "x");
  host.add_file("/var/lib/postgresql/.ssh/authorized_keys", "key");
  host.add_file("/var/lib/postgresql/15/main/base/1", "x");
  host.add_file("/usr/games/x", "x");
  WalkRun run;
  run.add_user("/export/bob", 1001);
  run.add_user("/var/lib/postgresql", 110);
  run.add_user("/", 2);
  run.add_user("/nonexistent", 65534);
  run.add_user("", 3);
  run.add_user("/proc", 4);
  run.collect(host);
  const auto rows = rows_of(run.facts);
  EXPECT_TRUE(rows.contains("/export/bob"));
  EXPECT_TRUE(rows.contains("/export/bob/a/b/c/d/e"));
  EXPECT_TRUE(rows.contains("/var/lib/postgresql/.ssh/authorized_keys"));
  EXPECT_TRUE(rows.contains("/var/lib/postgresql/15/main/base"));
  EXPECT_FALSE(rows.contains("/var/lib/postgresql/15/main/base/1"));
  EXPECT_FALSE(rows.contains("/usr/games/x"));
}

TEST(Filesystem, CapOnEntriesIsPartialAndNamesDeep) {
  FakeHost host;
  for (int i = 0; i < 50; ++i) {
    host.add_file("/tmp/d" + std::to_string(i) + "/f", "x");
  }
  WalkRun run;
  run.limits.entries = 30;
  run.collect(host);
  EXPECT_EQ(rows_of(run.facts).size(), 30U);
  EXPECT_EQ(run.coverage("/tmp").status, "partial");
  EXPECT_EQ(run.coverage("/tmp").remedy, "--deep");
}

TEST(Filesystem, DirectoryWithTooManyNamesIsCutAndSaid) {
  FakeHost host;
  for (int i = 0; i < 50; ++i) {
    host.add_file("/tmp/f" + std::to_string(i), "x");
  }
  WalkRun run;
  run.limits.names = 10;
  run.collect(host);
  EXPECT_EQ(run.coverage("/tmp").reason, "'/tmp' has more than 10 entries");
}

TEST(Filesystem, PastDeadlineNothingIsListedAndCoverageSaysSo) {
  FakeHost host;
  host.add_file("/tmp/x", "x");
  WalkRun run;
  run.deadline = std::chrono::steady_clock::now();
  run.collect(host);
  EXPECT_FALSE(run.facts.has(model::tables::file()));
  EXPECT_EQ(run.coverage("/tmp").status, "skipped");
  EXPECT_EQ(run.coverage("/tmp").remedy, "--deep");
}

TEST(Filesystem, RowsHaveTheSameOrderWithAnyNumberOfThreads) {
  FakeHost host;
  for (int i = 0; i < 40; ++i) {
    for (int j = 0; j < 5; ++j) {
      host.add_file("/etc/d" + std::to_string(i) + "/" + std::to_string(j) + "/f", "x");
    }
  }
  std::vector<std::string> orders[2];
  for (const int jobs : {1, 4}) {
    WalkRun run;
    run.jobs = jobs;
    run.collect(host);
    const model::RowStore* store = run.facts.find(model::tables::file());
    for (size_t i = 0; i < store->size(); ++i) {
      orders[jobs == 1 ? 0 : 1].emplace_back(std::get<std::string_view>(store->cell(i, 0)));
    }
  }
  EXPECT_GT(orders[0].size(), 400U);
  EXPECT_EQ(orders[0], orders[1]);
}

TEST(Filesystem, EveryTypeHasAKind) {
  EXPECT_EQ(filesystem_kind("ext4"), FilesystemKind::kLocal);
  EXPECT_EQ(filesystem_kind("mqueue"), FilesystemKind::kLocal);
  EXPECT_EQ(filesystem_kind("fuse.sshfs"), FilesystemKind::kRemote);
  EXPECT_EQ(filesystem_kind("autofs"), FilesystemKind::kRemote);
  EXPECT_EQ(filesystem_kind("overlay"), FilesystemKind::kContainer);
  EXPECT_EQ(filesystem_kind("proc"), FilesystemKind::kKernelView);
  EXPECT_EQ(filesystem_kind("unknown-0x1234"), FilesystemKind::kUnknown);
}

TEST(Filesystem, CollectorProvidesFileAndNothingIsOpenedButContents) {
  FakeHost host;
  host.add_file("/etc/shadow", "root:*:1:::::\n").add_file("/tmp/x", "x");
  model::Facts facts;
  const Wanted wanted = Wanted::all();
  Context context{host, facts, wanted};
  collector().collect(context);
  EXPECT_TRUE(facts.has(model::tables::file()));
  for (const auto& access : host.accesses()) {
    if (access.operation == "open_file" || access.operation == "read_file") {
      EXPECT_EQ(access.path, "/tmp/x");
    }
  }
}

}  // namespace
}  // namespace genba::collect::filesystem
