// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "base/digest.h"
#include "gtest/gtest.h"
#include "model/tables/file.h"
#include "model/tables/processes.h"
#include "store/case/case_reader.h"
#include "store/case/case_writer.h"
#include "store/sqlite.h"
#include "support/fake_host.h"

namespace genba::store {
namespace {

namespace fs = std::filesystem;
using model::Value;

class CaseTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "genba-case-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    place_ = pattern;
    auto writer = CaseWriter::create(path(""), {1, "0.1.0", "web\xff", base::Timestamp{5}});
    ASSERT_TRUE(writer) << writer.error().what;
    writer_.emplace(*std::move(writer));
  }
  void TearDown() override { fs::remove_all(place_); }

  std::string path(const std::string& name) const { return (place_ / "case" / name).string(); }
  std::string content(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // A sealed log with three processes in it.
  std::string small_log() {
    model::Facts facts;
    for (int64_t pid = 1; pid <= 3; ++pid) {
      facts.rows<model::Process>().push_back({.pid = pid});
    }
    EXPECT_TRUE(writer_->add_facts(facts));
    EXPECT_TRUE(writer_->seal({7}));
    return content("log.jsonl");
  }

  static base::Result<CaseContents> read(const std::string& log) {
    test::FakeHost host(host::HostKind::kTree);
    host.add_file("/log.jsonl", log);
    return read_case(host);
  }

  fs::path place_;
  std::optional<CaseWriter> writer_;
};

// Bytes that an attacker may have chosen.
std::string random_text(std::mt19937& random) {
  constexpr std::string_view kPieces[] = {"/tmp/", "a",       "\xff",         "\xe7\x8f",
                                          "現場",  "\n",      "\"",           "\\",
                                          "\\x41", "\x1b[2J", "\xe2\x80\xae", "</script>"};
  std::string text;
  for (auto i = random() % 6; i > 0; --i) {
    text += kPieces[random() % std::size(kPieces)];
  }
  return random() % 9 == 0 ? text + std::string(1, '\0') : text;
}

Value random_cell(model::ColumnType type, std::mt19937& random, std::string& text) {
  const int64_t number = static_cast<int64_t>(random()) << (random() % 33);
  switch (type) {
    case model::ColumnType::kText: text = random_text(random); return std::string_view(text);
    case model::ColumnType::kReal: return static_cast<double>(number) / 3;
    case model::ColumnType::kBoolean: return int64_t{number % 2 == 0};
    case model::ColumnType::kInteger:
    case model::ColumnType::kTimestamp: return random() % 2 == 0 ? number : -number;
  }
  return {};
}

void add_random_row(model::Facts& facts, const model::TableInfo& table, std::mt19937& random) {
  std::vector<std::string> texts(table.columns.size());
  std::vector<Value> cells(table.columns.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    if (random() % 4 != 0) {
      cells[i] = random_cell(table.columns[i].type, random, texts[i]);
    }
  }
  ASSERT_TRUE(facts.open(table).append_cells(cells)) << table.name;
}

TEST_F(CaseTest, EveryTableComesBackInItsEscapedSpelling) {
  std::mt19937 random(5);
  model::Facts facts;
  for (const model::TableInfo* table : model::all_tables()) {
    for (auto rows = random() % 40; rows > 0; --rows) {
      add_random_row(facts, *table, random);
    }
    facts.open(*table);
  }
  ASSERT_TRUE(writer_->add_facts(facts));
  const auto sealed = writer_->seal({7});
  ASSERT_TRUE(sealed);

  const auto back = read(content("log.jsonl"));
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(back->end, CaseEnd::kSealed);
  EXPECT_EQ(back->chain, *sealed);
  EXPECT_TRUE(back->notes.empty()) << back->notes[0].reason;
  EXPECT_EQ(back->header.host, "web\\xff");
  EXPECT_EQ(back->header.version, "0.1.0");
  EXPECT_EQ(back->header.started, base::Timestamp{5});
  EXPECT_EQ(back->facts.tables().size(), facts.tables().size());
  for (const model::TableInfo* table : facts.tables()) {
    const model::RowStore& before = *facts.find(*table);
    const model::RowStore* after = back->facts.find(*table);
    ASSERT_NE(after, nullptr) << table->name;
    ASSERT_EQ(after->size(), before.size()) << table->name;
    for (size_t row = 0; row < before.size(); ++row) {
      for (size_t column = 0; column < table->columns.size(); ++column) {
        const Value cell = before.cell(row, column);
        const auto* text = std::get_if<std::string_view>(&cell);
        const std::string spelled = text == nullptr ? "" : sql_text(*text);
        ASSERT_EQ(after->cell(row, column), text == nullptr ? cell : Value(spelled))
            << table->name << "." << table->columns[column].name;
      }
    }
  }
}

TEST_F(CaseTest, ACutLogGivesTheRowsBeforeTheCut) {
  const std::string log = small_log();
  const size_t seal = log.rfind('\n', log.size() - 2) + 1;
  const auto without_seal = read(log.substr(0, seal));
  ASSERT_TRUE(without_seal);
  EXPECT_EQ(without_seal->end, CaseEnd::kCut);
  EXPECT_EQ(without_seal->facts.read<model::Process>().size(), 3U);
  ASSERT_EQ(without_seal->notes.size(), 1U);

  const auto half_line = read(log.substr(0, seal - 10));
  ASSERT_TRUE(half_line);
  EXPECT_EQ(half_line->end, CaseEnd::kCut);
  EXPECT_EQ(half_line->facts.read<model::Process>().size(), 2U);
  ASSERT_EQ(half_line->notes.size(), 2U);
  EXPECT_EQ(half_line->notes[0].offset, log.rfind('\n', seal - 2) + 1);
}

TEST_F(CaseTest, AnAlteredRowEndsWhatCanBeBelieved) {
  std::string log = small_log();
  const size_t row = log.find("\"pid\":2");
  log[row + 6] = '9';
  const auto back = read(log);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->end, CaseEnd::kAltered);
  EXPECT_EQ(back->facts.read<model::Process>().size(), 1U);
  ASSERT_EQ(back->notes.size(), 1U);
  const size_t line = log.rfind('\n', row) + 1;
  EXPECT_EQ(back->notes[0].offset, line);
  EXPECT_EQ(back->notes[0].bytes, log.size() - line);
  EXPECT_NE(back->notes[0].reason.find("altered"), std::string::npos);
}

TEST_F(CaseTest, ADroppedOrRepeatedLineBreaksTheChain) {
  const std::string log = small_log();
  const size_t first = log.find("\"pid\":2");
  const size_t begin = log.rfind('\n', first) + 1;
  const size_t end = log.find('\n', first) + 1;
  for (const std::string& altered :
       {log.substr(0, begin) + log.substr(end), log.substr(0, end) + log.substr(begin),
        log + log.substr(begin, end - begin), log + "\n"}) {
    const auto back = read(altered);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->end, CaseEnd::kAltered);
    EXPECT_FALSE(back->notes.empty());
  }
}

TEST_F(CaseTest, EveryCutIsNoticed) {
  const std::string log = small_log();
  for (size_t size = 0; size < log.size(); size += 7) {
    const auto back = read(log.substr(0, size));
    if (back) {
      EXPECT_EQ(back->end, CaseEnd::kCut) << size;
      EXPECT_FALSE(back->notes.empty()) << size;
    }
  }
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read("{}\n"));
}

TEST_F(CaseTest, UnknownTablesAndColumnsAreNotedOnce) {
  std::string chain = kFirstChain;
  std::string log;
  uint64_t number = 0;
  const auto add = [&](std::string_view kind, std::string_view key, int64_t value) {
    CaseLineBuilder line(kind, number++);
    line.add(key, value);
    log += line.finish(chain);
  };
  add("genba.case", "format", 1);
  for (int i = 0; i < 3; ++i) {
    add("processes_of_tomorrow", "pid", 1);
    add("processes", "colour", 1);
    add("processes", "path", 1);
  }
  const auto back = read(log);
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(back->facts.read<model::Process>().size(), 6U);
  EXPECT_EQ(back->notes.size(), 4U);  // table, column, type, and no seal
}

TEST_F(CaseTest, AFormatOfTomorrowIsRefused) {
  std::string chain = kFirstChain;
  CaseLineBuilder line("genba.case", 0);
  line.add("format", int64_t{2});
  const auto back = read(line.finish(chain));
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, base::ErrorCode::kUnsupported);
}

TEST_F(CaseTest, ObjectsAreKeptOnceAndVerified) {
  const auto hash = writer_->add_object("/tmp/\xff", "content");
  ASSERT_TRUE(hash) << hash.error().what;
  EXPECT_EQ(*hash, base::sha256_of("content"));
  EXPECT_EQ(writer_->add_object("/tmp/copy", "content"), *hash);
  const auto other = writer_->add_object("/tmp/other", "other");
  ASSERT_TRUE(other);
  EXPECT_EQ(content("objects/" + *hash), "content");
  EXPECT_EQ(std::distance(fs::directory_iterator(path("objects")), fs::directory_iterator()), 2);
  ASSERT_TRUE(writer_->add_derived_file("facts.sqlite", "SQLite"));
  EXPECT_FALSE(writer_->add_derived_file("facts.sqlite", "again"));
  ASSERT_TRUE(writer_->seal({7}));

  test::FakeHost host(host::HostKind::kTree);
  host.add_file("/log.jsonl", content("log.jsonl"));
  host.add_file("/objects/" + *hash, "content");
  const auto back = read_case(host);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->objects.size(), 3U);
  EXPECT_EQ(back->objects[0].source, "/tmp/\\xff");
  EXPECT_EQ(back->objects[0].bytes, 7);
  EXPECT_EQ(verify_objects(host, back->objects).size(), 1U);  // "other" is missing
  host.add_file("/objects/" + *other, "otter");
  const auto notes = verify_objects(host, back->objects);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].reason.find("altered"), std::string::npos);
}

TEST_F(CaseTest, ADirectoryInUseIsRefused) {
  EXPECT_FALSE(CaseWriter::create(path(""), {}));
}

TEST_F(CaseTest, FilesOpenToTheirOwnerOnly) {
  small_log();
  const auto others = fs::perms::group_all | fs::perms::others_all;
  EXPECT_EQ(fs::status(path("log.jsonl")).permissions() & others, fs::perms::none);
  EXPECT_EQ(fs::status(path("objects")).permissions() & others, fs::perms::none);
}

}  // namespace
}  // namespace genba::store
