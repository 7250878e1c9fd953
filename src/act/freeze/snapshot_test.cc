// SPDX-License-Identifier: Apache-2.0
//
// On the running kernel: a process whose file is deleted, whole and with its memory, running and
// frozen.
#include "act/freeze/snapshot.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "act/freeze/freezer.h"
#include "base/digest.h"
#include "support/fake_host.h"
#include "support/freeze_stage.h"
#include "support/scratch.h"

namespace genba::act {
namespace {

using base::ErrorCode;
using base::Result;

class MemoryEvidence final : public EvidenceWriter {
 public:
  Result<void> begin() override {
    now_.clear();
    return {};
  }
  Result<void> append(std::string_view bytes) override {
    if (full) {
      return base::fail(ErrorCode::kIo, "the disk is full");
    }
    now_ += bytes;
    return {};
  }
  Result<std::string> finish(std::string_view source) override {
    kept[std::string(source)] = now_;
    return base::sha256_of(now_);
  }

  std::map<std::string, std::string> kept;
  bool full = false;

 private:
  std::string now_;
};

const SnapshotItem* find(const ProcessSnapshot& snapshot, std::string_view ending) {
  const auto at =
      std::find_if(snapshot.items.begin(), snapshot.items.end(),
                   [&](const SnapshotItem& item) { return item.source.ends_with(ending); });
  return at == snapshot.items.end() ? nullptr : &*at;
}

class SnapshotTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!stage_.possible()) {
      GTEST_SKIP() << "SKIPPED: needs root and the fixture 'respawner'";
    }
    std::filesystem::copy_file(test::FreezeStage::fixture(), scratch_.at("copy"));
    original_ = base::sha256_of(
        stage_.host().read_file(test::FreezeStage::fixture(), 1ULL << 30).value().bytes);
    key_ = stage_.start({"sleep"}, "", nullptr, scratch_.at("copy"));
    std::filesystem::remove(scratch_.at("copy"));
  }
  std::string at(std::string_view file) const {
    return "/proc/" + std::to_string(key_.pid) + "/" + std::string(file);
  }
  ProcessSnapshot take(const SnapshotOptions& options) {
    const auto snapshots = snapshot(stage_.host(), {key_}, options, evidence_);
    EXPECT_TRUE(snapshots && snapshots->size() == 1);
    return snapshots && snapshots->size() == 1 ? snapshots->front() : ProcessSnapshot{};
  }

  test::FreezeStage stage_;
  test::Scratch scratch_;
  MemoryEvidence evidence_;
  ProcessKey key_;
  std::string original_;
};

TEST_F(SnapshotTest, ADeletedFileAndWhatTheProcessWasStartedWithAreKept) {
  const ProcessSnapshot taken = take({});
  EXPECT_TRUE(taken.same_process);
  const SnapshotItem* executable = find(taken, "/exe");
  ASSERT_NE(executable, nullptr);
  EXPECT_EQ(executable->sha256, original_);
  EXPECT_TRUE(executable->error.empty());
  EXPECT_NE(evidence_.kept[at("cmdline")].find(stage_.token()), std::string::npos);
  EXPECT_EQ(evidence_.kept[at("environ")], std::string("HOME=/nonexistent") + '\0');
  EXPECT_NE(evidence_.kept[at("maps")].find("[stack]"), std::string::npos);
  EXPECT_NE(evidence_.kept[at("(links)")].find("copy (deleted)"), std::string::npos);
  EXPECT_NE(evidence_.kept[at("status")].find("Pid:"), std::string::npos);
  EXPECT_EQ(evidence_.kept[at("fd")].substr(0, 2), "0\t");
  EXPECT_EQ(find(taken, "mem (private writable)"), nullptr);
  EXPECT_TRUE(is_alive(stage_.host(), key_));
}

TEST_F(SnapshotTest, TheMemoryOfAFrozenProcessHoldsItsSecret) {
  FreezeRequest request;
  request.id = stage_.id();
  request.members = {{key_, "the process that was named"}};
  const auto frozen = freeze(stage_.host(), request);
  ASSERT_TRUE(frozen) << frozen.error().what;
  SnapshotOptions options;
  options.memory = MemoryChoice::kPrivateWritable;
  const ProcessSnapshot taken = take(options);
  const SnapshotItem* memory = find(taken, "mem (private writable)");
  ASSERT_NE(memory, nullptr);
  EXPECT_FALSE(memory->truncated);
  EXPECT_TRUE(memory->error.empty()) << memory->error;
  const std::string& bytes = evidence_.kept[memory->source];
  EXPECT_EQ(bytes.size(), memory->bytes);
  EXPECT_NE(bytes.find("genba-test-secret-" + stage_.token()), std::string::npos);
  // Unpacked, and sealed since.
  EXPECT_NE(bytes.find("genba-test-unpacked-" + stage_.token()), std::string::npos);
  EXPECT_NE(evidence_.kept[at("mem (index)")].find("[stack]"), std::string::npos);
  // What is as the file has it is not kept twice.
  EXPECT_EQ(bytes.find("respawner: a test fixture; run by tests only"), std::string::npos);
  EXPECT_TRUE(thaw(stage_.host(), frozen->state));
}

TEST_F(SnapshotTest, LimitsCutAndSaySo) {
  SnapshotOptions options;
  options.memory = MemoryChoice::kPrivateWritable;
  options.memory_limit = 10'000;
  options.executable_limit = 100;
  const ProcessSnapshot taken = take(options);
  EXPECT_TRUE(find(taken, "/exe")->truncated);
  const SnapshotItem* memory = find(taken, "mem (private writable)");
  ASSERT_NE(memory, nullptr);
  EXPECT_TRUE(memory->truncated);
  EXPECT_LE(memory->bytes, 10'000U);
  EXPECT_GT(memory->bytes, 0U);
}

TEST_F(SnapshotTest, ThingsLandInACase) {
  auto writer = store::CaseWriter::create(scratch_.at("case"), {});
  ASSERT_TRUE(writer) << writer.error().what;
  CaseEvidence evidence(*writer);
  const auto snapshots = snapshot(stage_.host(), {key_, key_}, {}, evidence);
  ASSERT_TRUE(snapshots) << snapshots.error().what;
  ASSERT_EQ(snapshots->size(), 2U);
  EXPECT_EQ(find(snapshots->at(1), "/exe")->sha256, original_);
  EXPECT_TRUE(writer->seal({}));
  size_t objects = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_.at("case"))) {
    objects += entry.path().string().find(original_) != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(objects, 1U);
}

TEST_F(SnapshotTest, AWriterThatFailsEndsIt) {
  evidence_.full = true;
  const auto snapshots = snapshot(stage_.host(), {key_}, {}, evidence_);
  ASSERT_FALSE(snapshots);
  EXPECT_EQ(snapshots.error().code, ErrorCode::kOutput);
}

TEST(Snapshot, WhatCannotBeReadIsAnItemWithAnError) {
  test::FakeHost host;
  test::FakeProcess process;
  process.pid = 7;
  process.executable = "/tmp/x";
  process.executable_bytes = "bytes";
  process.arguments = {"x"};
  host.add_process(process);
  host.hang("/proc/7/environ");
  host.deny("/proc/7/fd");
  MemoryEvidence evidence;
  const auto key = scan_process(host, 7)->key;
  const auto snapshots = snapshot(host, {key, {8, 1}}, {}, evidence);
  ASSERT_TRUE(snapshots) << snapshots.error().what;
  ASSERT_EQ(snapshots->size(), 1U) << "8 is not there";
  EXPECT_EQ(evidence.kept["/proc/7/exe"], "bytes");
  for (const char* file : {"environ", "fd"}) {
    const SnapshotItem* item = find(snapshots->front(), file);
    ASSERT_NE(item, nullptr) << file;
    EXPECT_FALSE(item->error.empty());
    EXPECT_TRUE(item->sha256.empty());
  }
}

}  // namespace
}  // namespace genba::act
