// SPDX-License-Identifier: Apache-2.0
#include "app/rule_set.h"

#include <algorithm>

#include "base/text.h"
#include "fmt/format.h"
#include "host/host.h"
#include "judge/rule_yaml.h"

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

Result<void> add_directory(const std::string& directory, std::vector<judge::Rule>& rules) {
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
  for (const std::string& path : files) {
    GENBA_TRY(const host::FileBytes yaml, tree->read_file(path));
    GENBA_TRY(judge::RuleFile file, judge::parse_rule(yaml.bytes, path.substr(1)));
    const auto known = std::find_if(rules.begin(), rules.end(), [&](const judge::Rule& rule) {
      return rule.id == file.rule.id;
    });
    if (known != rules.end()) {
      *known = std::move(file.rule);
    } else {
      rules.push_back(std::move(file.rule));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<judge::Rule>> load_rules(std::span<const std::string> directories) {
  const auto builtin = judge::builtin_rules();
  std::vector<judge::Rule> rules(builtin.begin(), builtin.end());
  for (const std::string& directory : directories) {
    if (auto added = add_directory(directory, rules); !added) {
      return base::fail(as_usage(std::move(added).error(), directory));
    }
  }
  return rules;
}

}  // namespace genba::app
