// SPDX-License-Identifier: Apache-2.0
//
// The order of collectors, with small ones made for it and with all the real ones; also under
// ThreadSanitizer.
#include "app/gather.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <sstream>

#include "model/tables/groups.h"
#include "model/tables/hash.h"
#include "model/tables/users.h"
#include "support/fake_host.h"
#include "support/small_system.h"

namespace genba::app {
namespace {

using collect::Collector;
using collect::Context;
using Rows = std::map<std::string, std::vector<std::string>>;

std::string cell_text(const model::Value& value) {
  std::ostringstream text;
  std::visit(
      [&](const auto& cell) {
        if constexpr (std::is_same_v<std::decay_t<decltype(cell)>, std::monostate>) {
          text << "absent";
        } else {
          text << cell;
        }
      },
      value);
  return text.str();
}

Rows rows_of(const model::Facts& facts) {
  Rows rows;
  for (const model::TableInfo* table : facts.tables()) {
    auto& lines = rows[std::string(table->name)];
    const model::RowStore& store = *facts.find(*table);
    for (size_t row = 0; row < store.size(); ++row) {
      std::string line;
      for (size_t column = 0; column < table->columns.size(); ++column) {
        line += cell_text(store.cell(row, column)) + "|";
      }
      lines.push_back(std::move(line));
    }
  }
  // Every collector adds to coverage when it ends, whichever that is first.
  std::sort(rows["coverage"].begin(), rows["coverage"].end());
  return rows;
}

Rows gathered(const host::Host& host, std::span<const Collector* const> collectors,
              const collect::Wanted& wanted, int jobs) {
  model::Facts facts;
  GatherOptions options;
  options.jobs = jobs;
  gather(host, collectors, wanted, options, facts);
  return rows_of(facts);
}

// --- all collectors ---------------------------------------------------------------------------

void fill(test::FakeHost& host) {
  host.add_file("/etc/passwd",
                "root:x:0:0:root:/root:/bin/sh\nhana:x:1000:1000::/home/hana:/bin/sh\n");
  host.add_file("/etc/crontab", "* * * * * root /usr/bin/one\n");
  host.add_file("/home/hana/.ssh/authorized_keys", "ssh-ed25519 AAAA hana\n");
  for (int i = 0; i < 40; ++i) {
    const std::string name = "p" + std::to_string(i);
    host.add_file("/tmp/d" + std::to_string(i) + "/" + name, name);
    host.add_file("/usr/bin/" + name,
                  "\x7f"
                  "ELF" +
                      name);
    host.add_process(
        {.pid = 100 + i, .name = name, .arguments = {name}, .executable = "/usr/bin/" + name});
  }
}

TEST(Gather, AMachineGivesTheSameRowsToOneThreadAndToFour) {
  const auto run = [](int jobs) {
    test::FakeHost host;  // its clock moves on with every run
    fill(host);
    return gathered(host, collect::all_collectors(), collect::Wanted::all(), jobs);
  };
  const Rows alone = run(1);
  EXPECT_EQ(alone.at("processes").size(), 40U);
  EXPECT_EQ(run(4), alone);
}

TEST(Gather, ATreeGivesTheSameRowsToOneThreadAndToFour) {
  test::Scratch tree;
  test::build_small_system(tree);
  const auto host = host::open_tree_host(tree.path());
  ASSERT_TRUE(host) << host.error().what;
  const Rows alone = gathered(**host, collect::all_collectors(), collect::Wanted::all(), 1);
  EXPECT_GT(alone.at("file").size(), 5U);
  EXPECT_GT(alone.at("package_verify").size() + alone.at("deb_packages").size(), 2U);
  EXPECT_EQ(gathered(**host, collect::all_collectors(), collect::Wanted::all(), 4), alone);
}

// --- small ones -------------------------------------------------------------------------------

const model::TableInfo* const kUsers[] = {&model::tables::users()};
const model::TableInfo* const kGroups[] = {&model::tables::groups()};
const model::TableInfo* const kHashes[] = {&model::tables::hash()};

void collect_users(Context& context) {
  for (const char* name : {"hana", "taro"}) {
    context.facts.rows<model::User>().push_back({.username = name});
  }
}

// One group a user.
void collect_groups(Context& context) {
  for (const model::User& user : context.facts.read<model::User>()) {
    context.facts.rows<model::Group>().push_back({.groupname = user.username});
  }
}

// One file a group; and at the end one row for each row of all.
void collect_hashes(Context& context) {
  for (const model::Group& group : context.facts.read<model::Group>()) {
    context.facts.rows<model::Hash>().push_back({.path = group.groupname});
  }
  EXPECT_FALSE(context.facts.has(model::tables::users())) << "sees a table that it does not need";
  *context.state = std::make_shared<std::string>("kept");
}

void finish_hashes(Context& context) {
  const auto kept = std::static_pointer_cast<std::string>(*context.state);
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(*kept, "kept");
  EXPECT_EQ(context.facts.read<model::User>().size(), 2U);
  EXPECT_EQ(context.facts.read<model::Group>().size(), 2U);
  ASSERT_EQ(context.facts.read<model::Hash>().size(), 2U);
  context.facts.rows<model::Hash>()[0].path += " seen at the end";
}

const Collector kUserCollector{"users", kUsers, {}, collect_users};
const Collector kGroupCollector{"groups", kGroups, kUsers, collect_groups};
const Collector kHashCollector{"hashes", kHashes, kGroups, collect_hashes, finish_hashes};

collect::Wanted only(std::string_view table) {
  collect::Wanted wanted;
  wanted.add(table, {});
  return wanted;
}

TEST(Gather, ATableIsReadAfterThoseThatItNeedsThroughAllLevels) {
  const test::FakeHost host;
  // The one that waits stands first, so order alone does not help.
  const Collector* const collectors[] = {&kHashCollector, &kGroupCollector, &kUserCollector};
  for (const int jobs : {1, 4}) {
    const Rows rows = gathered(host, collectors, only("hash"), jobs);
    ASSERT_EQ(rows.at("hash").size(), 2U);
    EXPECT_NE(rows.at("hash")[0].find("hana seen at the end"), std::string::npos);
    EXPECT_EQ(rows.at("groups").size(), 2U);
    EXPECT_EQ(rows.at("users").size(), 2U);
  }
}

TEST(Gather, WhatNobodyWantsIsNotRead) {
  const test::FakeHost host;
  const Collector* const collectors[] = {&kHashCollector, &kGroupCollector, &kUserCollector};
  const Rows rows = gathered(host, collectors, only("groups"), 4);
  EXPECT_EQ(rows.count("hash"), 0U);
  EXPECT_EQ(rows.at("groups").size(), 2U);
}

TEST(Gather, CollectorThatStartsAfterTheDeadlineStillHasTimeOfItsOwn) {
  static std::chrono::steady_clock::time_point given;
  constexpr auto kLook = [](Context& context) {
    given = context.deadline;
    context.facts.rows<model::Group>();
  };
  static const model::TableInfo* const kProvides[] = {&model::tables::groups()};
  const Collector late{"late", kProvides, {}, kLook};
  const Collector* const collectors[] = {&late};
  const test::FakeHost host;
  GatherOptions options;
  options.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  options.least = std::chrono::minutes(10);
  model::Facts facts;
  gather(host, collectors, collect::Wanted::all(), options, facts);
  EXPECT_GT(given, std::chrono::steady_clock::now());
}

TEST(Gather, TheProgressLineIsToldOfEveryCollector) {
  const test::FakeHost host;
  const Collector* const collectors[] = {&kUserCollector, &kGroupCollector};
  std::mutex mutex;
  std::vector<std::string> told;
  GatherOptions options;
  options.progress = [&](std::string_view what) {
    const std::lock_guard lock(mutex);
    told.emplace_back(what);
  };
  model::Facts facts;
  gather(host, collectors, collect::Wanted::all(), options, facts);
  EXPECT_EQ(told, (std::vector<std::string>{"users", "groups"}));
}

}  // namespace
}  // namespace genba::app
