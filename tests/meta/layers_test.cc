// SPDX-License-Identifier: Apache-2.0
//
// Holds every #include in src/ to the table of layers in docs/architecture.md: only a folder with a
// lower number, or one's own. It also fails if the table, or a folder in it, is missing.
#include <gtest/gtest.h>

#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "meta/source_tree.h"

namespace genba::meta {
namespace {

namespace fs = std::filesystem;

using Layers = std::map<std::string, int, std::less<>>;

// "| 2 | `parse` P | …" → ("parse", 2)
std::optional<std::pair<std::string, int>> parse_row(std::string_view line) {
  if (!line.starts_with("| ")) {
    return std::nullopt;
  }
  int number = 0;
  const auto [rest, error] = std::from_chars(line.data() + 2, line.data() + line.size(), number);
  const std::string_view after(rest, static_cast<size_t>(line.data() + line.size() - rest));
  constexpr std::string_view kMiddle = " | `";
  if (error != std::errc{} || !after.starts_with(kMiddle)) {
    return std::nullopt;
  }
  const std::string_view name = after.substr(kMiddle.size());
  return std::pair{std::string(name.substr(0, name.find('`'))), number};
}

Layers read_layers() {
  Layers layers;
  std::istringstream in(read_text("docs/architecture.md"));
  for (std::string line; std::getline(in, line);) {
    if (const auto row = parse_row(line)) {
      layers.insert(*row);
    }
  }
  return layers;
}

TEST(Layers, TableIsFound) {
  const Layers layers = read_layers();
  EXPECT_GE(layers.size(), 12U) << "docs/architecture.md has lost its table: | n | `folder` | …";
  EXPECT_TRUE(layers.contains("base"));
  EXPECT_TRUE(layers.contains("cli"));
}

TEST(Layers, EveryFolderHasANumber) {
  const Layers layers = read_layers();
  for (const auto& entry : fs::directory_iterator(fs::path(source_directory()) / "src")) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(entry.is_directory()) << "src/" << name << " is in no folder";
    EXPECT_TRUE(layers.contains(name)) << "src/" << name << " is not in docs/architecture.md";
  }
}

// The folder of src/ that an include names; nothing for system and library headers.
std::optional<std::string> included_folder(const Layers& layers, const std::string& include) {
  const std::string folder = include.substr(0, include.find('/'));
  if (folder == include || !layers.contains(folder)) {
    return std::nullopt;
  }
  // <sys/stat.h> is the system's, "sys/file.h" is ours.
  return folder;
}

TEST(Layers, IncludesPointDown) {
  const Layers layers = read_layers();
  size_t seen = 0;
  for (const Source& source : read_sources({"src"})) {
    const auto own = layers.find(source.layer());
    if (own == layers.end()) {
      continue;
    }
    for (const Include& include : source.includes()) {
      const auto folder = included_folder(layers, include.path);
      if (!include.quoted || !folder) {
        continue;
      }
      ++seen;
      const bool allowed = *folder == own->first || layers.at(*folder) < own->second;
      EXPECT_TRUE(allowed) << source.path << ":" << include.line << ": " << own->first << " ("
                           << own->second << ") may not include " << include.path << " ("
                           << layers.at(*folder) << ")";
    }
  }
  EXPECT_GT(seen, 0U) << "no include of ours was found: the test has gone blind";
}

TEST(Layers, IncludesAreWrittenFromSrc) {
  const fs::path root = source_directory();
  for (const Source& source : read_sources({"src"})) {
    for (const Include& include : source.includes()) {
      const bool beside =
          include.quoted && fs::exists(root / fs::path(source.path).parent_path() / include.path);
      EXPECT_FALSE(beside) << source.path << ":" << include.line << ": write \"" << include.path
                           << "\" with its folder, from src/";
      EXPECT_EQ(include.path.find(".."), std::string::npos) << source.path << ":" << include.line;
    }
  }
}

TEST(Layers, SourcesOfTheBinaryIncludeNoTestSupport) {
  const std::set<std::string, std::less<>> test_only = {"gtest", "gmock", "benchmark", "support",
                                                        "fuzz"};
  for (const Source& source : read_sources({"src"})) {
    if (source.is_test_code()) {
      continue;
    }
    for (const Include& include : source.includes()) {
      EXPECT_FALSE(test_only.contains(include.path.substr(0, include.path.find('/'))) ||
                   include.path.ends_with("test_support.h"))
          << source.path << ":" << include.line << ": " << include.path << " is for tests";
    }
  }
}

}  // namespace
}  // namespace genba::meta
