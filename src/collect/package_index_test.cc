// SPDX-License-Identifier: Apache-2.0
#include "collect/package_index.h"

#include <string>

#include "gtest/gtest.h"
#include "model/tables/package_files.h"

namespace genba::collect {
namespace {

TEST(PackageIndex, UnreadTableKnowsNothing) {
  const model::Facts facts;
  const PackageIndex index(facts);
  EXPECT_FALSE(index.known());
  EXPECT_FALSE(index.owns("/usr/bin/ls"));
  EXPECT_TRUE(index.find("").empty());
}

TEST(PackageIndex, EmptyTableIsKnownAndOwnsNothing) {
  model::Facts facts;
  facts.open(model::tables::package_files());
  const PackageIndex index(facts);
  EXPECT_TRUE(index.known());
  EXPECT_FALSE(index.owns("/usr/bin/ls"));
}

TEST(PackageIndex, EveryOwnerOfASharedDirectoryIsFound) {
  model::Facts facts;
  for (int i = 0; i < 500; ++i) {
    const std::string name = "p" + std::to_string(i);
    facts.append_large(model::PackageFile{name, "/usr/share/doc", std::nullopt, false});
    facts.append_large(model::PackageFile{name, "/usr/bin/" + name, "md5 of " + name, i % 2 == 0});
  }
  const PackageIndex index(facts);
  EXPECT_EQ(index.size(), 1000U);
  EXPECT_EQ(index.find("/usr/share/doc").size(), 500U);
  const auto rows = index.find("/usr/bin/p7");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].package, "p7");
  EXPECT_EQ(rows[0].md5, "md5 of p7");
  EXPECT_FALSE(rows[0].conffile);
  EXPECT_TRUE(index.find("/usr/bin/p8").at(0).conffile);
  EXPECT_FALSE(index.owns("/usr/bin"));
}

// Each of these directories alone took minutes when equal paths stood in a row.
TEST(PackageIndex, DirectoryOfAHundredThousandPackagesIsIndexed) {
  model::Facts facts;
  for (int i = 0; i < 300'000; ++i) {
    facts.append_large(model::PackageFile{"p", i % 2 == 0 ? "/usr" : "/bin", std::nullopt, false});
  }
  const PackageIndex index(facts);
  EXPECT_TRUE(index.owns("/usr"));
  EXPECT_EQ(index.find("/bin").size(), 150'000U);
  EXPECT_FALSE(index.owns("/sbin"));
}

}  // namespace
}  // namespace genba::collect
