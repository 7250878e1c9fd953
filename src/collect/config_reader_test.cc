// SPDX-License-Identifier: Apache-2.0
#include "collect/config_reader.h"

#include <gtest/gtest.h>

#include "support/run_collector.h"

namespace genba::collect {
namespace {

using test::add_account;
using test::coverage_starting_with;
using test::FakeHost;

class ConfigReaderTest : public ::testing::Test {
 protected:
  FakeHost host_;
  model::Facts facts_;
  Wanted wanted_ = Wanted::all();
  Context context_{host_, facts_, wanted_};
};

TEST_F(ConfigReaderTest, MissingFileIsCompleteUnlessItMustExist) {
  ConfigReader reader(context_, "a", "may");
  EXPECT_FALSE(reader.read("/etc/none"));
  reader.finish();
  EXPECT_EQ(coverage_starting_with(facts_, "may").status, "complete");
  ConfigReader strict(context_, "a", "must");
  EXPECT_FALSE(strict.read("/etc/none", Absence::kFailure));
  strict.finish();
  EXPECT_EQ(coverage_starting_with(facts_, "must").status, "failed");
}

TEST_F(ConfigReaderTest, FifoAndDeviceInPlaceOfAFileAreCounted) {
  host_.add_special("/etc/fifo", host::FileType::kFifo).add_file("/etc/good", "x");
  ConfigReader reader(context_, "a", "s");
  EXPECT_FALSE(reader.read("/etc/fifo"));
  EXPECT_EQ(reader.read("/etc/good"), "x");
  reader.finish();
  const auto row = coverage_starting_with(facts_, "s");
  EXPECT_EQ(row.status, "partial");
  EXPECT_EQ(row.failed, 1);
  EXPECT_EQ(row.asked, 2);
  EXPECT_NE(row.reason->find("/etc/fifo"), std::string::npos);
}

TEST_F(ConfigReaderTest, RefusalAdvisesToRunAsRoot) {
  host_.add_file("/etc/x", "x").deny("/etc/x");
  ConfigReader reader(context_, "a", "s");
  reader.read("/etc/x");
  reader.finish();
  EXPECT_EQ(coverage_starting_with(facts_, "s").remedy, "run as root");
  EXPECT_EQ(coverage_starting_with(facts_, "s").denied, 1);
}

TEST_F(ConfigReaderTest, HugeFileIsReadInPartAndSaysSo) {
  host_.add_file("/etc/x", "abcdef").truncate("/etc/x", 3);
  ConfigReader reader(context_, "a", "s");
  EXPECT_EQ(reader.read("/etc/x"), "abc");
  reader.finish();
  EXPECT_EQ(coverage_starting_with(facts_, "s").status, "partial");
}

TEST_F(ConfigReaderTest, GlobExpandsSortedThroughDirectories) {
  host_.add_file("/e/b/2.conf", "").add_file("/e/a/1.conf", "").add_file("/e/a/.3.conf", "");
  host_.add_file("/e/a/x", "");
  ConfigReader reader(context_, "a", "s");
  EXPECT_EQ(reader.expand("/e/*/*.conf"), (std::vector<std::string>{"/e/a/1.conf", "/e/b/2.conf"}));
  EXPECT_EQ(reader.expand("/e/a/x"), (std::vector<std::string>{"/e/a/x"}));
  EXPECT_TRUE(reader.expand("/none/*").empty());
}

TEST_F(ConfigReaderTest, NamesPastTheCapOfAPatternAreSaid) {
  for (int i = 0; i <= 10'000; ++i) {
    host_.add_file("/e/" + std::to_string(i), "");
  }
  ConfigReader reader(context_, "a", "s");
  EXPECT_EQ(reader.expand("/e/*").size(), 10'000U);
  reader.finish();
  EXPECT_EQ(coverage_starting_with(facts_, "s").reason, "'/e/*' names more than 10000 paths");
}

TEST_F(ConfigReaderTest, FileOnANetworkFilesystemIsSkippedWithARemedy) {
  host_.add_file("/home/a/x", "x").set_filesystem_type("/home", "nfs4");
  PathGate gate(context_);
  ConfigReader reader(context_, "a", "s", &gate);
  EXPECT_FALSE(reader.read("/home/a/x"));
  EXPECT_TRUE(reader.list("/home/a").empty());
  reader.finish();
  const auto row = coverage_starting_with(facts_, "s");
  EXPECT_EQ(row.status, "skipped");
  EXPECT_TRUE(row.remedy);
  EXPECT_EQ(host_.access_count("/home/a/x"), 0);
}

TEST(Homes, TrailingSlashesAndRepeatedHomes) {
  model::Facts facts;
  add_account(facts, "a", 1, "/home/a//");
  add_account(facts, "b", 2, "/home/a");
  add_account(facts, "c", 3, "relative");
  add_account(facts, "d", 4, "");
  add_account(facts, "e", 5, "/");
  const auto homes = homes_of_accounts(facts);
  ASSERT_EQ(homes.size(), 3U);
  EXPECT_EQ(homes[0].directory, "/home/a");
  EXPECT_TRUE(homes[0].first);
  EXPECT_FALSE(homes[1].first);
  EXPECT_EQ(homes[2].directory, "/");
  EXPECT_EQ(join_path("/", "x"), "/x");
}

}  // namespace
}  // namespace genba::collect
