// SPDX-License-Identifier: Apache-2.0
//
// What every rule under rules/ must keep: it parses and compiles, its cases pass, it has a hit, a
// near miss and a missing-coverage case, its words stand in both languages, its names are its own,
// and the commands that it proposes are commands of this very binary.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "base/text.h"
#include "cli/parse.h"
#include "judge/case_runner.h"
#include "judge/rule_yaml.h"
#include "judge/words.h"
#include "meta/source_tree.h"
#include "model/facts.h"

namespace genba::meta {
namespace {

using judge::CaseOutcome;
using judge::RuleCase;
using judge::RuleFile;

std::vector<std::string> rule_paths() {
  std::vector<std::string> paths;
  const std::filesystem::path root = std::filesystem::path(source_directory()) / "rules";
  if (!std::filesystem::exists(root)) {
    return paths;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".yaml") {
      paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// All rules that parse; the test RulesParseAndCompile tells of the others.
const std::vector<RuleFile>& all_rules() {
  static const std::vector<RuleFile> kRules = [] {
    std::vector<RuleFile> rules;
    for (const std::string& path : rule_paths()) {
      std::ifstream in(path, std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      if (auto file = judge::parse_rule(text, path)) {
        rules.push_back(*std::move(file));
      } else {
        ADD_FAILURE() << file.error().what;
      }
    }
    return rules;
  }();
  return kRules;
}

bool has_japanese(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const uint32_t point = base::next_code_point(text, at);
    // Hiragana and katakana; a text of ideographs alone could be Chinese, but titles may be.
    if ((point >= 0x3040 && point <= 0x30FF) || (point >= 0x4E00 && point <= 0x9FFF)) {
      return true;
    }
  }
  return false;
}

void expect_both(const RuleFile& file, std::string_view key, const model::Text& text) {
  EXPECT_FALSE(text.en.empty()) << file.rule.id << ": " << key;
  EXPECT_FALSE(has_japanese(text.en)) << file.rule.id << ": " << key << " en holds Japanese";
  EXPECT_TRUE(has_japanese(text.ja)) << file.rule.id << ": " << key << " ja holds no Japanese";
}

/// Something of the kind that the column holds, by its name.
std::string sample(std::string_view column) {
  const auto ends_with = [&](std::string_view end) {
    return column.size() >= end.size() && column.substr(column.size() - end.size()) == end;
  };
  if (ends_with("time") || ends_with("_at")) {
    return "2026-11-21T03:12:09.120000000Z";
  }
  if (ends_with("path") || ends_with("file") || ends_with("executable")) {
    return "/tmp/it's $(here)";
  }
  if (ends_with("address") || column == "ip") {
    return "192.0.2.1";
  }
  if (ends_with("pid") || ends_with("port") || ends_with("line") || ends_with("uid")) {
    return "22";
  }
  return "name";
}

/// The command as a responder would paste it, with a sample for each placeholder.
std::string filled(const std::string& command) {
  std::vector<model::Field> cells;
  static const std::vector<std::string> kNone;
  const auto names = judge::placeholders_of(command);
  for (const std::string& name : names ? *names : kNone) {
    cells.push_back({name, sample(name), model::ColumnType::kText});
  }
  return judge::fill_command(command, cells).value_or("");
}

bool is_hit(const RuleCase& test) {
  return test.outcome == CaseOutcome::kJudged && !test.expect.empty();
}

bool is_near_miss(const RuleCase& test) {
  const bool has_rows = std::any_of(test.given.begin(), test.given.end(),
                                    [](const auto& given) { return !given.rows.empty(); });
  return test.outcome == CaseOutcome::kJudged && test.expect.empty() && has_rows;
}

bool is_missing_coverage(const RuleCase& test) {
  return !test.unread.empty() && test.outcome == CaseOutcome::kNotJudged;
}

TEST(Rules, ParseAndCompile) {
  EXPECT_EQ(all_rules().size(), rule_paths().size());
  const model::Facts facts;
  auto database = store::Database::open(facts);
  ASSERT_TRUE(database) << database.error().what;
  for (const RuleFile& file : all_rules()) {
    const auto checked = judge::check_rule(file, **database);
    EXPECT_TRUE(checked) << checked.error().what;
  }
}

TEST(Rules, AreTheOnesCompiledIn) {
  std::vector<std::string> ids;
  for (const RuleFile& file : all_rules()) {
    ids.push_back(file.rule.id);
  }
  std::sort(ids.begin(), ids.end());
  std::vector<std::string> builtin;
  for (const judge::Rule& rule : judge::builtin_rules()) {
    builtin.push_back(rule.id);
  }
  EXPECT_EQ(builtin, ids);
}

TEST(Rules, AreCompiledInWithoutLoss) {
  for (const RuleFile& file : all_rules()) {
    const auto rules = judge::builtin_rules();
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const judge::Rule& rule) {
      return rule.id == file.rule.id;
    });
    ASSERT_NE(found, rules.end()) << file.rule.id;
    EXPECT_EQ(found->query, file.rule.query) << file.rule.id;
    EXPECT_EQ(found->says.en, file.rule.says.en) << file.rule.id;
    EXPECT_EQ(found->why.ja, file.rule.why.ja) << file.rule.id;
    EXPECT_EQ(found->next, file.rule.next) << file.rule.id;
    EXPECT_EQ(found->optional, file.rule.optional) << file.rule.id;
    EXPECT_EQ(found->advice.size(), file.rule.advice.size()) << file.rule.id;
    EXPECT_EQ(found->values.size(), file.rule.values.size()) << file.rule.id;
    EXPECT_EQ(found->subjects.size(), file.rule.subjects.size()) << file.rule.id;
    EXPECT_EQ(found->severity, file.rule.severity) << file.rule.id;
    EXPECT_EQ(found->confidence, file.rule.confidence) << file.rule.id;
    EXPECT_EQ(found->about, file.rule.about) << file.rule.id;
  }
}

TEST(Rules, IdsAndTitlesAreTheirOwn) {
  std::map<std::string, std::string> seen;
  for (const RuleFile& file : all_rules()) {
    for (const std::string& name :
         {"id " + file.rule.id, "title " + file.rule.title.en, "title " + file.rule.title.ja}) {
      EXPECT_TRUE(seen.emplace(name, file.rule.id).second)
          << file.rule.id << ": " << name << " is also that of " << seen[name];
    }
  }
}

TEST(Rules, SpeakBothLanguages) {
  for (const RuleFile& file : all_rules()) {
    expect_both(file, "title", file.rule.title);
    expect_both(file, "says", file.rule.says);
    expect_both(file, "why", file.rule.why);
    expect_both(file, "benign", file.rule.benign);
    for (const model::Text& advice : file.rule.advice) {
      expect_both(file, "advice", advice);
    }
  }
}

TEST(Rules, SayTheSameValuesInBothLanguages) {
  for (const RuleFile& file : all_rules()) {
    const auto en = judge::placeholders_of(file.rule.says.en);
    const auto ja = judge::placeholders_of(file.rule.says.ja);
    ASSERT_TRUE(en && ja) << file.rule.id;
    const auto without_language = [](const std::vector<std::string>& names) {
      std::set<std::string> out;
      for (std::string name : names) {
        if (name.size() > 3 &&
            (name.substr(name.size() - 3) == "_en" || name.substr(name.size() - 3) == "_ja")) {
          name.resize(name.size() - 3);
        }
        out.insert(name);
      }
      return out;
    };
    EXPECT_EQ(without_language(*en), without_language(*ja)) << file.rule.id;
  }
}

TEST(Rules, HaveAHitANearMissAndAMissingCoverageCase) {
  for (const RuleFile& file : all_rules()) {
    const auto any = [&](bool (*is)(const RuleCase&)) {
      return std::any_of(file.cases.begin(), file.cases.end(), is);
    };
    EXPECT_TRUE(any(is_hit)) << file.origin << ": no case that expects a finding";
    EXPECT_TRUE(any(is_near_miss)) << file.origin << ": no case with rows that expects nothing";
    EXPECT_TRUE(any(is_missing_coverage)) << file.origin << ": no case with an unread table";
  }
}

TEST(Rules, CasesPass) {
  for (const RuleFile& file : all_rules()) {
    for (const RuleCase& test : file.cases) {
      const std::string differences = judge::run_case(file.rule, test);
      EXPECT_TRUE(differences.empty())
          << file.origin << ":" << test.line << ": " << test.name << "\n"
          << differences;
    }
  }
}

TEST(Rules, ProposeCommandsThatThisBinaryTakes) {
  for (const RuleFile& file : all_rules()) {
    for (const std::string& command : file.rule.next) {
      // With plain samples the template itself splits into the words that a shell would make.
      std::string plain = command;
      const auto names = judge::placeholders_of(command);
      ASSERT_TRUE(names) << file.rule.id << ": " << command;
      for (const std::string& name : *names) {
        const std::string placeholder = "{" + name + "}";
        plain.replace(plain.find(placeholder), placeholder.size(), "1");
      }
      auto words = judge::split_command(plain);
      ASSERT_TRUE(words) << file.rule.id << ": " << command;
      ASSERT_EQ(words->front(), "genba") << file.rule.id << ": " << command;
      words->erase(words->begin());
      const auto parsed = cli::parse(*words);
      EXPECT_TRUE(parsed) << file.rule.id << ": " << command << ": " << parsed.error().what;
      EXPECT_FALSE(filled(command).empty()) << file.rule.id << ": " << command;
    }
  }
}

}  // namespace
}  // namespace genba::meta
