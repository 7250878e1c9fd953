// SPDX-License-Identifier: Apache-2.0
//
// See rule_yaml.h. A key is read by a function of this table; a key that has none is a mistake.
#include "judge/rule_yaml.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "judge/case_yaml.h"
#include "judge/problems.h"
#include "judge/yaml_reader.h"
#include "yaml-cpp/yaml.h"

namespace genba::judge {
namespace {

/// A rule with all its cases is a few KiB; this only stops a mistaken --rules directory.
constexpr size_t kMaxFileBytes = 1 << 20;
/// Of the keys that identify a subject, so many must be bound; the others may have no value at all
/// (a listening socket has no remote address).
constexpr size_t kMustBeBound = 2;

bool is_name(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

/// An ATT&CK technique: T1070 or T1070.004.
bool is_technique(std::string_view text) {
  const auto digits = [](std::string_view part) {
    return part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return (text.size() == 5 || (text.size() == 9 && text[5] == '.' && digits(text.substr(6)))) &&
         text[0] == 'T' && digits(text.substr(1, 4));
}

class RuleReader {
 public:
  RuleReader(RuleFile& file, Problems& problems)
      : file_(file), rule_(file.rule), reader_(problems) {}

  void read(const YAML::Node& root) {
    const std::vector<KeyReader> keys = key_readers();
    std::set<std::string> seen;
    reader_.for_each_key(root, [&](const std::string& key, const YAML::Node& value) {
      const auto known = std::find_if(keys.begin(), keys.end(),
                                      [&](const KeyReader& reader) { return reader.key == key; });
      if (known == keys.end()) {
        reader_.problem(value, fmt::format("unknown key '{}'; keys are {}", key, names_of(keys)));
        return;
      }
      seen.insert(key);
      file_.lines[key] = line_of(value);
      known->read(value);
    });
    for (const KeyReader& key : keys) {
      if (key.presence == Presence::kRequired && seen.count(std::string(key.key)) == 0) {
        reader_.problem(root, fmt::format("key '{}' is missing; add it", key.key));
      }
    }
    check_together(root);
  }

 private:
  enum class Presence : uint8_t { kRequired, kOptional };
  struct KeyReader {
    std::string_view key;
    Presence presence;
    std::function<void(const YAML::Node&)> read;
  };

  static std::string names_of(const std::vector<KeyReader>& keys) {
    std::string names;
    for (const KeyReader& key : keys) {
      names += fmt::format("{}{}", names.empty() ? "" : " ", key.key);
    }
    return names;
  }

  std::vector<KeyReader> key_readers() {
    using N = const YAML::Node&;
    constexpr Presence kRequired = Presence::kRequired;
    constexpr Presence kOptional = Presence::kOptional;
    return {
        {"id", kRequired, [this](N node) { rule_.id = read_name(node); }},
        {"area", kRequired, [this](N node) { rule_.area = read_name(node); }},
        {"title", kRequired, [this](N node) { rule_.title = reader_.both(node); }},
        {"severity", kRequired,
         [this](N node) {
           reader_.named(node, model::parse_severity, "info low medium high critical",
                         rule_.severity);
         }},
        {"about", kRequired,
         [this](N node) {
           reader_.named(node, model::parse_about, "intrusion weakness", rule_.about);
         }},
        {"confidence", kRequired,
         [this](N node) {
           reader_.named(node, model::parse_confidence, "proven likely hint", rule_.confidence);
         }},
        {"attack", kRequired, [this](N node) { read_attack(node); }},
        {"query", kRequired, [this](N node) { rule_.query = reader_.text(node); }},
        {"subjects", kRequired, [this](N node) { read_subjects(node); }},
        {"says", kRequired, [this](N node) { rule_.says = reader_.both(node); }},
        {"why", kRequired, [this](N node) { rule_.why = reader_.both(node); }},
        {"benign", kRequired, [this](N node) { rule_.benign = reader_.both(node); }},
        {"evasion", kRequired, [this](N node) { rule_.evasion = reader_.text(node); }},
        {"next", kRequired, [this](N node) { read_next(node); }},
        {"advice", kOptional,
         [this](N node) {
           reader_.for_each_item(node, [&](N item) { rule_.advice.push_back(reader_.both(item)); });
         }},
        {"values", kOptional, [this](N node) { read_values(node); }},
        {"optional", kOptional, [this](N node) { read_optional(node); }},
        {"cases", kOptional,
         [this](N node) {
           reader_.for_each_item(node, [&](N item) {
             if (auto read = read_case(item, reader_)) {
               file_.cases.push_back(*std::move(read));
             }
           });
         }},
    };
  }

  std::string read_name(const YAML::Node& node) {
    std::string name = reader_.text(node);
    if (!name.empty() && !is_name(name)) {
      reader_.problem(node,
                      fmt::format("'{}' is not a name: lower-case letters, digits and _", name));
    }
    return name;
  }

  void read_attack(const YAML::Node& node) {
    reader_.for_each_item(node, [&](const YAML::Node& item) {
      std::string technique = reader_.text(item);
      if (!is_technique(technique)) {
        reader_.problem(
            item,
            fmt::format("'{}' is not an ATT&CK technique; write T1070 or T1070.004", technique));
      }
      rule_.attack.push_back(std::move(technique));
    });
  }

  void read_next(const YAML::Node& node) {
    reader_.for_each_item(node, [&](const YAML::Node& item) {
      std::string command = reader_.text(item);
      if (command.rfind("genba ", 0) != 0) {
        reader_.problem(item,
                        "next holds commands of this binary; start with 'genba ', and put other "
                        "steps under advice");
      }
      rule_.next.push_back(std::move(command));
    });
  }

  void read_subjects(const YAML::Node& node) {
    reader_.for_each_item(node, [&](const YAML::Node& item) { read_subject(item); });
    if (rule_.subjects.empty()) {
      reader_.problem(node,
                      "a rule needs a subject; {kind: host} when it is about the whole machine");
    }
  }

  void read_subject(const YAML::Node& node) {
    SubjectTemplate subject;
    reader_.for_each_key(node, [&](const std::string& key, const YAML::Node& value) {
      if (key == "kind") {
        subject.kind = reader_.text(value);
      } else {
        subject.bindings.push_back({key, reader_.text(value)});
      }
    });
    const auto& kinds = model::subject_kinds();
    const auto kind =
        std::find_if(kinds.begin(), kinds.end(),
                     [&](const model::SubjectKind& known) { return known.kind == subject.kind; });
    if (kind == kinds.end()) {
      std::string names;
      for (const model::SubjectKind& known : kinds) {
        names += fmt::format(" {}", known.kind);
      }
      reader_.problem(node,
                      fmt::format("unknown subject kind '{}'; kinds are{}", subject.kind, names));
      return;
    }
    check_keys(node, subject, *kind);
    rule_.subjects.push_back(std::move(subject));
  }

  void check_keys(const YAML::Node& node, const SubjectTemplate& subject,
                  const model::SubjectKind& kind) {
    std::string names;
    for (const std::string_view key : kind.keys) {
      names += key.empty() ? "" : fmt::format(" {}", key);
    }
    const auto bound = [&](std::string_view key) {
      return std::any_of(subject.bindings.begin(), subject.bindings.end(),
                         [&](const SubjectBinding& binding) { return binding.key == key; });
    };
    for (const SubjectBinding& binding : subject.bindings) {
      if (std::find(kind.keys.begin(), kind.keys.end(), binding.key) == kind.keys.end()) {
        reader_.problem(node, fmt::format("subject kind '{}' has no key '{}'; its keys are{}",
                                          kind.kind, binding.key, names));
      }
    }
    for (size_t i = 0; i < std::min(kind.identifying, kMustBeBound); ++i) {
      if (!kind.keys[i].empty() && !bound(kind.keys[i])) {
        reader_.problem(node,
                        fmt::format("subject '{}' is not identified without '{}'; bind it to a "
                                    "column of the query",
                                    kind.kind, kind.keys[i]));
      }
    }
  }

  void read_values(const YAML::Node& node) {
    reader_.for_each_key(node, [&](const std::string& key, const YAML::Node& value) {
      if (!is_name(key)) {
        reader_.problem(value,
                        fmt::format("'{}' is not a name: lower-case letters, digits and _", key));
      }
      rule_.values.push_back({key, reader_.scalar(value)});
    });
  }

  void read_optional(const YAML::Node& node) {
    reader_.for_each_item(node, [&](const YAML::Node& item) {
      if (const model::TableInfo* table = reader_.table(item)) {
        rule_.optional.emplace_back(table->name);
      }
    });
  }

  /// What one key cannot know alone.
  void check_together(const YAML::Node& root) {
    if (rule_.about == model::About::kWeakness && rule_.severity > model::Severity::kLow) {
      reader_.problem(root["severity"], "a weakness is at most low: it is a door, not a visitor");
    }
    if (file_.origin == kNoPath) {
      return;
    }
    const std::string_view path = file_.origin;
    const size_t slash = path.rfind('/');
    const std::string_view name = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
    if (name != rule_.id + ".yaml") {
      reader_.problem(
          root["id"],
          fmt::format("the id is '{}' but the file is '{}'; make them equal", rule_.id, name));
    }
    if (slash == std::string_view::npos) {
      return;
    }
    const std::string_view folders = path.substr(0, slash);
    const size_t parent = folders.rfind('/');
    const std::string_view folder =
        folders.substr(parent == std::string_view::npos ? 0 : parent + 1);
    if (folder != rule_.area) {
      reader_.problem(root["area"],
                      fmt::format("the area is '{}' but the folder is '{}'; make them equal",
                                  rule_.area, folder));
    }
  }

 public:
  static constexpr std::string_view kNoPath = "rule";

 private:
  RuleFile& file_;
  Rule& rule_;
  YamlReader reader_;
};

}  // namespace

base::Result<RuleFile> parse_rule(std::string_view yaml, std::string_view path) {
  RuleFile file;
  file.origin = path.empty() ? std::string(RuleReader::kNoPath) : std::string(path);
  Problems problems(file.origin);
  if (yaml.size() > kMaxFileBytes) {
    problems.add(1, "longer than 1 MiB; a rule is a few KiB");
    return base::fail(problems.error());
  }
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    if (!root.IsMap()) {
      problems.add(1, "not a rule: the file must be a YAML mapping (id: …, area: …)");
      return base::fail(problems.error());
    }
    RuleReader(file, problems).read(root);
  } catch (const YAML::Exception& error) {
    problems.add(error.mark.line + 1, error.msg);
  }
  if (!problems.empty()) {
    return base::fail(problems.error());
  }
  return file;
}

std::vector<Rule> merge_rules(std::span<const Rule> rules, std::vector<Rule> more) {
  std::map<std::string, Rule, std::less<>> by_id;
  for (const Rule& rule : rules) {
    by_id.insert_or_assign(rule.id, rule);
  }
  for (Rule& rule : more) {
    std::string id = rule.id;
    by_id.insert_or_assign(std::move(id), std::move(rule));
  }
  std::vector<Rule> merged;
  for (auto& entry : by_id) {
    merged.push_back(std::move(entry.second));
  }
  return merged;
}

}  // namespace genba::judge
