// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <map>
#include <string>

#include "base/digest.h"
#include "collect/collector.h"
#include "gtest/gtest.h"
#include "model/tables/file.h"
#include "model/tables/hash.h"
#include "model/tables/package_files.h"
#include "model/tables/processes.h"
#include "support/fake_host.h"

namespace genba::collect::hashes {

const Collector& collector();

namespace {

using test::FakeHost;

constexpr std::string_view kElf =
    "\x7f"
    "ELF program";

class Hashes : public testing::Test {
 protected:
  explicit Hashes(host::HostKind kind = host::HostKind::kLive) : host(kind) {
    facts.append_large(model::PackageFile{"tools", "/usr/bin/owned", std::nullopt, false});
  }
  model::Process& add_process(int64_t pid, std::string_view path, std::string_view kind = "file") {
    host.add_magic_link("/proc/" + std::to_string(pid) + "/exe", path, std::string(kElf));
    model::Process process;
    process.pid = pid;
    process.path = path;
    process.exe_kind = kind;
    process.exe_device = 1;
    process.exe_inode = pid;
    return facts.rows<model::Process>().emplace_back(process);
  }
  void run(Depth depth = Depth::kDefault) {
    const Wanted wanted = Wanted::all();
    Context context{host, facts, wanted};
    context.depth = depth;
    context.deadline = deadline;
    context.jobs = 2;
    collector().collect(context);
    for (const model::Hash& row : facts.read<model::Hash>()) {
      rows[row.path] = row;
    }
  }

  FakeHost host;
  model::Facts facts;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::map<std::string, model::Hash> rows;
};

TEST_F(Hashes, DeletedMemoryVolatileHiddenAndUnownedExecutablesAreHashed) {
  add_process(10, "/usr/bin/owned");
  add_process(11, "/usr/bin/owned", "deleted");
  add_process(12, "/memfd:x", "memfd");
  add_process(13, "/tmp/x");
  add_process(14, "/usr/lib/.cache/x");
  add_process(15, "/usr/bin/stranger");
  add_process(16, "/usr/sbin/in-container").in_container = true;
  add_process(17, "/tmp/in-container").in_container = true;
  run();
  EXPECT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows["/usr/bin/owned"].pid, 11);
  EXPECT_EQ(rows["/memfd:x"].sha256, base::sha256_of(kElf));
  EXPECT_EQ(rows["/memfd:x"].md5, base::md5_of(kElf));
  EXPECT_EQ(rows["/memfd:x"].content, "elf");
  EXPECT_EQ(rows["/memfd:x"].size, static_cast<int64_t>(kElf.size()));
  EXPECT_TRUE(rows.contains("/usr/bin/stranger"));
  EXPECT_TRUE(rows.contains("/tmp/in-container"));
  EXPECT_FALSE(rows.contains("/usr/sbin/in-container"));
}

TEST_F(Hashes, OneExecutableOfManyProcessesIsReadOnce) {
  for (int64_t pid = 20; pid < 30; ++pid) {
    add_process(pid, "/tmp/x").exe_inode = 5;
  }
  run();
  EXPECT_EQ(facts.read<model::Hash>().size(), 1U);
  EXPECT_EQ(rows["/tmp/x"].pid, 20);
}

TEST_F(Hashes, WithoutPackageFilesNothingIsCalledUnowned) {
  facts.drop(model::tables::package_files());
  add_process(10, "/usr/bin/stranger");
  add_process(11, "/tmp/x");
  run();
  EXPECT_EQ(rows.size(), 1U);
}

TEST_F(Hashes, ProcessThatEndsMeanwhileIsNoFailure) {
  add_process(10, "/tmp/x");
  host.vanish("/proc/10", 1);
  run();
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(facts.read<model::Coverage>().at(0).status, "complete");
  EXPECT_EQ(facts.read<model::Coverage>().at(0).gone, 1);
}

TEST_F(Hashes, DeniedExecutableIsCoverage) {
  add_process(10, "/tmp/x");
  host.deny("/proc/10/exe");
  run();
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(facts.read<model::Coverage>().at(0).status, "failed");
  EXPECT_EQ(facts.read<model::Coverage>().at(0).denied, 1);
}

TEST_F(Hashes, NoTimeIsCoverageThatNamesDeep) {
  add_process(10, "/tmp/x");
  deadline = std::chrono::steady_clock::now();
  run();
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(facts.read<model::Coverage>().at(0).status, "skipped");
  EXPECT_EQ(facts.read<model::Coverage>().at(0).remedy, "--deep");
}

class HashesOfATree : public Hashes {
 protected:
  HashesOfATree() : Hashes(host::HostKind::kTree) {}
  void add_row(std::string_view path, std::string_view content) {
    host.add_file(path, kElf);
    model::File file;
    file.path = path;
    if (!content.empty()) {
      file.content = std::string(content);
    }
    facts.append_large(file);
  }
};

TEST_F(HashesOfATree, UnownedProgramsOnDiskAreHashed) {
  add_row("/tmp/dropper", "elf");
  add_row("/tmp/notes", "other");
  add_row("/usr/bin/stranger", "script");
  add_row("/usr/bin/owned", "elf");
  add_row("/etc/passwd", "");
  run();
  EXPECT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows["/tmp/dropper"].sha256, base::sha256_of(kElf));
  EXPECT_FALSE(rows["/tmp/dropper"].pid);
  EXPECT_TRUE(rows.contains("/usr/bin/stranger"));
}

}  // namespace
}  // namespace genba::collect::hashes
