// SPDX-License-Identifier: Apache-2.0
//
// The rule compiler of the build. `rulec OUT.cc RULE.yaml…` checks every rule and writes them as
// C++, test cases left out. `rulec --test RULE.yaml…` runs the cases instead, for who writes rules.
// Errors go to stderr, one line each, and the exit code is then 1. A tool of the build: it is no
// part of the binary and runs where the sources are trusted.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emit.h"
#include "fmt/format.h"
#include "judge/case_runner.h"
#include "judge/rule_yaml.h"
#include "model/facts.h"
#include "store/database.h"

namespace {

using genba::judge::Rule;
using genba::judge::RuleCase;
using genba::judge::RuleFile;

void complain(std::string_view line) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

/// Reads and checks all files, complaining about each; false when one of them is wrong.
bool load(const std::vector<std::string>& paths, std::vector<RuleFile>& files) {
  const genba::model::Facts facts;
  auto database = genba::store::Database::open(facts);
  if (!database) {
    complain("rulec: " + database.error().what);
    return false;
  }
  bool good = true;
  for (const std::string& path : paths) {
    if (std::filesystem::is_directory(path)) {
      complain(fmt::format("{}: is a directory; name its rules: {}/*.yaml", path, path));
      good = false;
      continue;
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) {
      complain(fmt::format("{}:1: cannot be read", path));
      good = false;
      continue;
    }
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    auto file = genba::judge::parse_rule(text, path);
    const auto checked = file ? genba::judge::check_rule(*file, **database)
                              : genba::base::Result<void>(genba::base::fail(file.error()));
    if (!checked) {
      complain(checked.error().what);
      good = false;
      continue;
    }
    files.push_back(*std::move(file));
  }
  return good;
}

/// Ids and titles name a rule; two rules may not share one.
bool check_unique(const std::vector<RuleFile>& files) {
  std::map<std::string, std::string> seen;
  bool good = true;
  for (const RuleFile& file : files) {
    for (const std::string& name :
         {"id " + file.rule.id, "title " + file.rule.title.en, "title " + file.rule.title.ja}) {
      const auto [known, is_new] = seen.emplace(name, file.origin);
      if (!is_new) {
        complain(fmt::format("{}:1: {} is also that of {}; change one", file.origin, name,
                             known->second));
        good = false;
      }
    }
  }
  return good;
}

int compile(const std::string& output, const std::vector<std::string>& paths) {
  std::vector<RuleFile> files;
  if (!load(paths, files) || !check_unique(files)) {
    return 1;
  }
  std::vector<Rule> rules;
  for (RuleFile& file : files) {
    rules.push_back(std::move(file.rule));
  }
  std::sort(rules.begin(), rules.end(),
            [](const Rule& left, const Rule& right) { return left.id < right.id; });
  std::ofstream out(output, std::ios::binary | std::ios::trunc);
  out << genba::rulec::emit_rules(rules);
  out.close();
  if (!out) {
    complain(fmt::format("{}: cannot be written", output));
    return 1;
  }
  return 0;
}

int test(const std::vector<std::string>& paths) {
  std::vector<RuleFile> files;
  bool good = load(paths, files);
  size_t passed = 0;
  size_t failed = 0;
  for (const RuleFile& file : files) {
    for (const RuleCase& one : file.cases) {
      const std::string differences = genba::judge::run_case(file.rule, one);
      (differences.empty() ? passed : failed) += 1;
      fmt::print("{} {}: {}\n{}", differences.empty() ? "pass" : "FAIL", file.rule.id, one.name,
                 differences);
    }
  }
  fmt::print("{} rules, {} cases passed, {} failed\n", files.size(), passed, failed);
  return good && failed == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  if (arguments.empty() || arguments.front() == "--help") {
    complain("usage: rulec OUT.cc RULE.yaml…   or   rulec --test RULE.yaml…");
    return 1;
  }
  const std::vector<std::string> paths(arguments.begin() + 1, arguments.end());
  return arguments.front() == "--test" ? test(paths) : compile(arguments.front(), paths);
}
