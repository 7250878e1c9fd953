// SPDX-License-Identifier: Apache-2.0
#include "store/case/chained_log.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gtest/gtest.h"
#include "support/scratch.h"

namespace genba::store {
namespace {

namespace fs = std::filesystem;

constexpr ChainedLogName kName{"steps.jsonl", "steps.lock", "test.head"};

class ChainedLogTest : public testing::Test {
 protected:
  base::Result<ChainedLog> open(std::string_view holder = "pid 1") const {
    auto directory = sys::DirectoryWriter::open_or_create(place_.at("deep/log"));
    EXPECT_TRUE(directory) << directory.error().what;
    return ChainedLog::open(*directory, kName, holder, CaseLineBuilder("test.head", 0));
  }
  static base::Result<void> add(ChainedLog& log, std::string_view what) {
    CaseLineBuilder line("test.step", log.next_number());
    line.add("what", what);
    return log.append(std::move(line));
  }
  // A log with a header and three steps.
  void write_three() const {
    auto log = open();
    ASSERT_TRUE(log) << log.error().what;
    for (const char* what : {"one", "two", "three"}) {
      ASSERT_TRUE(add(*log, what));
    }
  }
  std::string path() const { return place_.at("deep/log/steps.jsonl"); }
  std::string content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void replace(std::string_view from, std::string_view to) const {
    std::string text = content();
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    std::ofstream(path(), std::ios::binary) << text;
  }

  test::Scratch place_;
};

TEST_F(ChainedLogTest, IsContinuedWhereItEnded) {
  write_three();
  {
    auto log = open();
    ASSERT_TRUE(log) << log.error().what;
    EXPECT_EQ(log->contents().lines.size(), 4U);
    EXPECT_EQ(log->next_number(), 4U);
    ASSERT_TRUE(add(*log, "four"));
  }
  const auto read = read_chained_log("steps.jsonl", content());
  EXPECT_FALSE(read.altered);
  EXPECT_TRUE(read.notes.empty());
  ASSERT_EQ(read.lines.size(), 5U);
  EXPECT_EQ(text_in(read.lines[4].line, "what"), "four");
  EXPECT_EQ(read.lines[4].line.number, 4U);
  EXPECT_TRUE(read.lines[4].proven);
}

TEST_F(ChainedLogTest, SecondWriterIsToldWhoTheFirstIs) {
  auto first = open("pid 812, uid 0");
  ASSERT_TRUE(first) << first.error().what;
  const auto second = open("pid 813");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::ErrorCode::kTimedOut);
  EXPECT_NE(second.error().what.find("(pid 812, uid 0)"), std::string::npos) << second.error().what;
  EXPECT_NE(second.error().what.find("wait"), std::string::npos);
  first = base::fail(base::ErrorCode::kGone, "ended");
  EXPECT_TRUE(open("pid 814"));
}

TEST_F(ChainedLogTest, HalfLineIsKeptAndTheLogGoesOn) {
  write_three();
  const uintmax_t size = fs::file_size(path());
  fs::resize_file(path(), size - 10);
  {
    auto log = open();
    ASSERT_TRUE(log) << log.error().what;
    EXPECT_FALSE(log->contents().half_line.empty());
    ASSERT_TRUE(add(*log, "after"));
  }
  const auto read = read_chained_log("steps.jsonl", content());
  EXPECT_TRUE(read.notes.empty());
  ASSERT_EQ(read.lines.size(), 5U);  // header, one, two, the object, after
  EXPECT_EQ(read.lines[3].line.kind, "genba.object");
  const std::string hash = text_in(read.lines[3].line, "sha256");
  std::ifstream kept(place_.at("deep/log/objects/" + hash), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(kept), {}};
  EXPECT_NE(bytes.find("three"), std::string::npos);
}

TEST_F(ChainedLogTest, HalfAHeaderIsBegunAgain) {
  write_three();
  fs::resize_file(path(), 7);
  ASSERT_TRUE(open());
  const auto read = read_chained_log("steps.jsonl", content());
  ASSERT_EQ(read.lines.size(), 1U);
  EXPECT_EQ(read.lines[0].line.kind, "test.head");
}

TEST_F(ChainedLogTest, AlteredLineIsToldAndNothingBehindItIsLost) {
  write_three();
  replace("\"two\"", "\"TWO\"");
  const auto read = read_chained_log("steps.jsonl", content());
  EXPECT_TRUE(read.altered);
  ASSERT_EQ(read.notes.size(), 1U);
  ASSERT_EQ(read.lines.size(), 4U);
  EXPECT_TRUE(read.lines[1].proven);
  EXPECT_FALSE(read.lines[2].proven);
  EXPECT_EQ(text_in(read.lines[2].line, "what"), "TWO");
  EXPECT_FALSE(read.lines[3].proven);
  EXPECT_EQ(text_in(read.lines[3].line, "what"), "three");

  const auto again = open();
  ASSERT_FALSE(again) << "an altered log must not be continued";
  EXPECT_EQ(again.error().code, base::ErrorCode::kDamaged);
  EXPECT_NE(again.error().what.find("name a new directory"), std::string::npos);
}

TEST_F(ChainedLogTest, DroppedLineIsSeenAtTheNextOne) {
  write_three();
  std::string text = content();
  const size_t first = text.find('\n') + 1;
  const size_t second = text.find('\n', first) + 1;
  text.erase(first, second - first);
  const auto read = read_chained_log("steps.jsonl", text);
  EXPECT_TRUE(read.altered);
  EXPECT_EQ(read.lines.size(), 3U);
}

TEST_F(ChainedLogTest, GarbageBetweenLinesIsPassedOver) {
  write_three();
  std::string text = content();
  text.insert(text.find('\n') + 1, "\xff\x1b[2J{}\n");
  const auto read = read_chained_log("steps.jsonl", text);
  EXPECT_TRUE(read.altered);
  EXPECT_EQ(read.lines.size(), 4U);
  EXPECT_EQ(read.notes.size(), 1U);
  EXPECT_FALSE(read.lines[1].proven);
}

TEST_F(ChainedLogTest, ChangeByAnotherWhileItIsWrittenStopsTheWriting) {
  auto log = open();
  ASSERT_TRUE(log) << log.error().what;
  ASSERT_TRUE(add(*log, "one"));
  fs::resize_file(path(), fs::file_size(path()) - 5);
  const auto added = add(*log, "two");
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, base::ErrorCode::kDamaged);
}

TEST_F(ChainedLogTest, LinkUnderTheLogsNameIsRefused) {
  place_.file("elsewhere", "precious");
  place_.directory("deep/log");
  place_.link("deep/log/steps.jsonl", place_.at("elsewhere"));
  fs::permissions(place_.at("deep/log"), fs::perms(0700));
  const auto log = open();
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, base::ErrorCode::kLoop) << log.error().what;
}

TEST_F(ChainedLogTest, ObjectsAreThereBeforeTheirLine) {
  auto log = open();
  ASSERT_TRUE(log) << log.error().what;
  const auto hash = log->add_object("ruleset before", "table inet x");
  ASSERT_TRUE(hash) << hash.error().what;
  EXPECT_EQ(log->add_object("again", "table inet x").value_or(""), *hash);
  EXPECT_TRUE(fs::exists(place_.at("deep/log/objects/" + *hash)));
  EXPECT_FALSE(fs::exists(place_.at("deep/log/objects/incoming.actions")));
  EXPECT_EQ(read_chained_log("steps.jsonl", content()).lines.size(), 3U);
}

}  // namespace
}  // namespace genba::store
