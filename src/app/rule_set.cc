// SPDX-License-Identifier: Apache-2.0
#include "app/rule_set.h"

#include <algorithm>

#include "base/text.h"
#include "fmt/format.h"
#include "host/host.h"
#include "judge/rule_yaml.h"
#include "store/database.h"

namespace genba::app {

namespace {

using base::Result;

Result<std::vector<std::string>> rule_files(const host::Host& tree) {
  GENBA_TRY(const auto entries, tree.read_directory("/"));
  std::vector<std::string> files;
  for (const host::DirectoryEntry& entry : entries) {
    const std::string path = "/" + entry.name;
    if (entry.name.ends_with(".yaml")) {
      files.push_back(path);
    } else if (entry.type == host::FileType::kDirectory && !entry.name.starts_with(".")) {
      GENBA_TRY(const auto below, tree.read_directory(path));
      for (const host::DirectoryEntry& inner : below) {
        if (inner.name.ends_with(".yaml")) {
          files.push_back(fmt::format("{}/{}", path, inner.name));
        }
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

base::Error as_usage(base::Error error, std::string_view directory) {
  error.code = base::ErrorCode::kInvalid;
  error.what = fmt::format("--rules {}: {}", base::escape_for_terminal(directory), error.what);
  return error;
}

Result<void> add_directory(const std::string& directory, std::vector<judge::Rule>& more) {
  auto opened = host::open_tree_host(directory);
  if (!opened) {
    base::Error error = std::move(opened).error();
    error.what += "; give a directory of rule files (*.yaml)";
    return base::fail(std::move(error));
  }
  const auto tree = *std::move(opened);
  GENBA_TRY(const auto files, rule_files(*tree));
  if (files.empty()) {
    return base::fail(base::ErrorCode::kInvalid, "there is no rule file (*.yaml) in it");
  }
  const model::Facts none;
  GENBA_TRY(const auto empty, store::Database::open(none));
  for (const std::string& path : files) {
    GENBA_TRY(const host::FileBytes yaml, tree->read_file(path));
    GENBA_TRY(judge::RuleFile file, judge::parse_rule(yaml.bytes, path.substr(1)));
    GENBA_TRY_VOID(judge::check_rule(file, *empty));
    more.push_back(std::move(file.rule));
  }
  return {};
}

}  // namespace

Result<std::vector<judge::Rule>> load_rules(std::span<const std::string> directories) {
  std::vector<judge::Rule> rules(judge::builtin_rules().begin(), judge::builtin_rules().end());
  for (const std::string& directory : directories) {
    std::vector<judge::Rule> more;
    if (auto added = add_directory(directory, more); !added) {
      return base::fail(as_usage(std::move(added).error(), directory));
    }
    rules = judge::merge_rules(rules, std::move(more));
  }
  return rules;
}

}  // namespace genba::app
