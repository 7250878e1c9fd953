// SPDX-License-Identifier: Apache-2.0
#include "model/packed_store.h"

#include <array>
#include <cstdio>
#include <limits>
#include <random>
#include <thread>

#include "fmt/format.h"
#include "gtest/gtest.h"
#include "model/tables/file.h"
#include "model/tables/package_files.h"
#include "model/tables/process_memory_map.h"

namespace genba::model {
namespace {

size_t column_of(std::string_view name) {
  return static_cast<size_t>(tables::file().column_index(name));
}

File some_file(size_t number) {
  const std::string directory = fmt::format("/usr/share/doc/package-{}", number / 10);
  const std::string filename = fmt::format("some-readable-name-{}.txt", number);
  const auto time = base::timestamp_from_unix(1'700'000'000 + static_cast<int64_t>(number),
                                              static_cast<int64_t>(number * 7919 % 1'000'000'000));
  return {.path = directory + "/" + filename,
          .directory = directory,
          .filename = filename,
          .inode = 1'000'000 + static_cast<int64_t>(number),
          .uid = static_cast<int64_t>(number % 3 * 1000),
          .mode = number % 2 == 0 ? "0644" : "0755",
          .device = 0xfd01,
          .size = static_cast<int64_t>(number * 37 % 100'000),
          .atime = time,
          .mtime = time,
          .ctime = time,
          .btime = time,
          .hard_links = 1,
          .type = "regular"};
}

TEST(PackedStore, RowsComeBackAsTheyWent) {
  PackedStore store(tables::file());
  const auto columns = tables::file().columns;
  for (size_t i = 0; i < 30'000; ++i) {
    const File file = some_file(i);
    ASSERT_TRUE(store.append_row(&file));
  }
  ASSERT_EQ(store.size(), 30'000U);
  for (size_t i = 0; i < store.size(); ++i) {
    const File file = some_file(i);
    for (size_t column = 0; column < columns.size(); ++column) {
      ASSERT_EQ(store.cell(i, column), columns[column].get(&file)) << i << columns[column].name;
    }
  }
}

TEST(PackedStore, NumbersOfEveryWidthAndSign) {
  PackedStore store(tables::file());
  std::vector<int64_t> numbers;
  for (int bit = 0; bit < 64; ++bit) {
    const auto power = static_cast<int64_t>(1ULL << bit);
    numbers.insert(numbers.end(), {power, static_cast<int64_t>(0ULL - (1ULL << bit)), ~power, 0});
  }
  for (const int64_t number : numbers) {
    const File file{.size = number, .mtime = base::Timestamp{number}};
    ASSERT_TRUE(store.append_row(&file));
  }
  for (size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_EQ(store.cell(i, column_of("size")), Value(numbers[i]));
    EXPECT_EQ(store.cell(i, column_of("mtime")), Value(numbers[i]));
  }
}

TEST(PackedStore, PathsThatDoNotEndInTheirFilenameAreKeptToo) {
  PackedStore store(tables::file());
  const File root{.path = "/", .directory = "/", .filename = ""};
  const File odd{.path = "/a/b", .directory = "/elsewhere", .filename = std::string("x\0y", 3)};
  const File twice{.path = "/a/a", .directory = "/a", .filename = "a"};
  for (const File& file : {root, odd, twice}) {
    ASSERT_TRUE(store.append_row(&file));
  }
  EXPECT_EQ(store.cell(0, column_of("filename")), Value(""));
  EXPECT_EQ(store.cell(1, column_of("directory")), Value("/elsewhere"));
  EXPECT_EQ(store.cell(1, column_of("filename")), Value(std::string_view("x\0y", 3)));
  EXPECT_EQ(store.cell(2, column_of("directory")), Value("/a"));
  EXPECT_EQ(store.cell(2, column_of("filename")), Value("a"));
}

TEST(PackedStore, AbsentIsNeitherZeroNorEmpty) {
  PackedStore store(tables::file());
  const File absent{};
  const File zero{.mtime = base::Timestamp{0}, .symlink_target_path = ""};
  ASSERT_TRUE(store.append_row(&absent));
  ASSERT_TRUE(store.append_row(&zero));
  EXPECT_EQ(store.cell(0, column_of("mtime")), Value());
  EXPECT_EQ(store.cell(1, column_of("mtime")), Value(int64_t{0}));
  EXPECT_EQ(store.cell(0, column_of("symlink_target_path")), Value());
  EXPECT_EQ(store.cell(1, column_of("symlink_target_path")), Value(""));
  EXPECT_EQ(store.rows_equal(column_of("mtime"), int64_t{0}), (std::vector<uint32_t>{1}));
  EXPECT_EQ(store.rows_equal(column_of("symlink_target_path"), ""), (std::vector<uint32_t>{1}));
  EXPECT_TRUE(store.rows_equal(column_of("mtime"), Value()).empty());
  EXPECT_EQ(store.rows_between(column_of("mtime"), -1, 1), (std::vector<uint32_t>{1}));
}

TEST(PackedStore, WrongTypeAddsNothing) {
  PackedStore store(tables::file());
  const std::vector<Value> cells = {int64_t{7}};
  EXPECT_FALSE(store.append_cells(cells));
  EXPECT_EQ(store.size(), 0U);
  const std::vector<Value> good = {"/a"};
  EXPECT_TRUE(store.append_cells(good));
  EXPECT_EQ(store.cell(0, 0), Value("/a"));
  EXPECT_EQ(store.cell(0, 1), Value(""));
}

TEST(PackedStore, TextLargerThanABlockStaysInOnePiece) {
  PackedStore store(tables::file());
  const std::string large(3'000'001, 'x');
  const File first{.path = "/small"};
  const File second{.path = large};
  for (const File* file : {&first, &second, &first}) {
    ASSERT_TRUE(store.append_row(file));
  }
  EXPECT_EQ(store.cell(1, 0), Value(large));
  EXPECT_EQ(store.cell(2, 0), Value("/small"));
}

TEST(PackedStore, IndexesAgreeWithAScan) {
  PackedStore store(tables::package_files());
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const PackageFile row{.package = fmt::format("package{}", random() % 300),
                          .path = fmt::format("/usr/lib/{}", random() % 5000),
                          .conffile = random() % 2 == 0};
    ASSERT_TRUE(store.append_row(&row));
  }
  for (size_t column = 0; column < 4; ++column) {
    for (size_t i = 0; i < 50; ++i) {
      const Value wanted = store.cell(random() % store.size(), column);
      std::vector<uint32_t> expected;
      for (uint32_t row = 0; row < store.size(); ++row) {
        if (wanted != Value() && store.cell(row, column) == wanted) {
          expected.push_back(row);
        }
      }
      EXPECT_EQ(store.rows_equal(column, wanted), expected);
    }
  }
  EXPECT_TRUE(store.rows_equal(1, "/usr/lib/none").empty());
  EXPECT_TRUE(store.rows_equal(1, int64_t{1}).empty());
}

TEST(PackedStore, RangesIncludeBothEndsAndTheTypesLimits) {
  PackedStore store(tables::file());
  for (const int64_t number : {5, 3, 9, 3, -1}) {
    const File file{.mtime = base::Timestamp{number}};
    ASSERT_TRUE(store.append_row(&file));
  }
  const size_t column = column_of("mtime");
  EXPECT_EQ(store.rows_between(column, 3, 5), (std::vector<uint32_t>{0, 1, 3}));
  EXPECT_EQ(store.rows_between(column, std::numeric_limits<int64_t>::min(),
                               std::numeric_limits<int64_t>::max()),
            (std::vector<uint32_t>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(store.rows_between(column, 6, 5).empty());
  const File later{.mtime = base::Timestamp{4}};
  ASSERT_TRUE(store.append_row(&later));
  EXPECT_EQ(store.rows_between(column, 4, 4), (std::vector<uint32_t>{5}));
}

TEST(PackedStore, SeveralThreadsMayAskTheirFirstQuestionsAtOnce) {
  PackedStore store(tables::file());
  for (size_t i = 0; i < 2000; ++i) {
    const File file{.path = "/f" + std::to_string(i),
                    .mtime = base::Timestamp{static_cast<int64_t>(i)}};
    ASSERT_TRUE(store.append_row(&file));
  }
  std::vector<std::thread> threads;
  std::array<size_t, 4> found{};
  for (size_t& count : found) {
    threads.emplace_back([&store, &count] {
      for (int64_t i = 0; i < 2000; ++i) {
        const std::string path = "/f" + std::to_string(i);
        count += store.rows_equal(column_of("path"), std::string_view(path)).size();
        count += store.rows_between(column_of("mtime"), i, i).size();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(found, (std::array<size_t, 4>{4000, 4000, 4000, 4000}));
}

TEST(PackedStore, ThreeHundredThousandFilesStayBelowSixtyMegabytes) {
  PackedStore store(tables::file());
  for (size_t i = 0; i < 300'000; ++i) {
    const File file = some_file(i);
    ASSERT_TRUE(store.append_row(&file));
  }
  EXPECT_LT(store.bytes(), 60'000'000U);
  std::printf("300,000 rows of file: %.1f MB\n", static_cast<double>(store.bytes()) / 1e6);
}

TEST(PackedStore, AbsentCellOfAColumnThatIsAlwaysPresentIsZero) {
  PackedStore store(tables::process_memory_map());
  ASSERT_TRUE(store.append_cells({}));
  const auto cell = [&](std::string_view column) {
    return store.cell(0, static_cast<size_t>(tables::process_memory_map().column_index(column)));
  };
  EXPECT_EQ(cell("pseudo"), Value(int64_t{0}));
  EXPECT_EQ(cell("permissions"), Value(std::string_view()));
  EXPECT_EQ(cell("path"), Value());
}

}  // namespace
}  // namespace genba::model
