// SPDX-License-Identifier: Apache-2.0
//
// See yaml_reader.h. Numbers are parsed here, not by yaml-cpp, whose streams follow the locale.
#include "judge/yaml_reader.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>
#include <system_error>
#include <utility>

#include "base/time.h"

namespace genba::judge {
namespace {

/// Prose with its line ends as blanks, and none at its ends.
std::string one_line(std::string prose) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t first = prose.find_first_not_of(kBlank);
  if (first == std::string::npos) {
    return {};
  }
  prose = prose.substr(first, prose.find_last_not_of(kBlank) - first + 1);
  std::replace(prose.begin(), prose.end(), '\n', ' ');
  return prose;
}

std::optional<int64_t> parse_integer(std::string_view text) {
  int64_t number = 0;
  const bool hex = text.substr(0, 2) == "0x";
  const std::string_view digits = hex ? text.substr(2) : text;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, hex ? 16 : 10);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return number;
}

std::optional<double> parse_real(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

/// The text as a cell of that type; monostate when it does not fit.
model::OwnedValue convert(const std::string& text, model::ColumnType type) {
  switch (type) {
    case model::ColumnType::kText: return text;
    case model::ColumnType::kBoolean:
      if (text == "true" || text == "1") {
        return int64_t{1};
      }
      if (text == "false" || text == "0") {
        return int64_t{0};
      }
      return {};
    case model::ColumnType::kReal:
      if (const auto real = parse_real(text)) {
        return *real;
      }
      return {};
    case model::ColumnType::kTimestamp:
      if (const auto time = base::parse_rfc3339(text)) {
        return time->nanoseconds;
      }
      break;
    case model::ColumnType::kInteger: break;
  }
  if (const auto number = parse_integer(text)) {
    return *number;
  }
  return {};
}

std::string_view wanted(model::ColumnType type) {
  switch (type) {
    case model::ColumnType::kText: return "a text";
    case model::ColumnType::kInteger: return "a whole number";
    case model::ColumnType::kReal: return "a number";
    case model::ColumnType::kBoolean: return "true or false";
    case model::ColumnType::kTimestamp:
      return "a time such as 2026-11-21T03:12:09Z, or nanoseconds since 1970";
  }
  return "a text";
}

}  // namespace

int line_of(const YAML::Node& node) {
  return node.Mark().line + 1;
}

void YamlReader::problem(const YAML::Node& node, std::string_view words) {
  problems_.add(node.IsDefined() ? line_of(node) : 1, words);
}

void YamlReader::for_each_key(
    const YAML::Node& node,
    const std::function<void(const std::string&, const YAML::Node&)>& read) {
  if (!node.IsMap()) {
    problem(node, "keys with values are wanted here ({key: value, …})");
    return;
  }
  std::set<std::string> seen;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) {
      problem(entry.first, "a key must be a name");
    } else if (!seen.insert(entry.first.Scalar()).second) {
      problem(entry.first, fmt::format("key '{}' stands twice; keep one", entry.first.Scalar()));
    } else {
      read(entry.first.Scalar(), entry.second);
    }
  }
}

void YamlReader::for_each_item(const YAML::Node& node,
                               const std::function<void(const YAML::Node&)>& read) {
  if (!node.IsSequence()) {
    problem(node, "a list is wanted here ([a, b] or lines that start with '- ')");
    return;
  }
  for (const auto& item : node) {
    read(item);
  }
}

std::string YamlReader::text(const YAML::Node& node) {
  if (!node.IsScalar() || node.Scalar().empty()) {
    problem(node, "a text is wanted here");
    return {};
  }
  return node.Scalar();
}

model::Text YamlReader::both(const YAML::Node& node) {
  model::Text out;
  for_each_key(node, [&](const std::string& key, const YAML::Node& value) {
    if (key == "en") {
      out.en = one_line(text(value));
    } else if (key == "ja") {
      out.ja = one_line(text(value));
    } else {
      problem(value, fmt::format("unknown language '{}'; texts have en and ja", key));
    }
  });
  if (out.en.empty() || out.ja.empty()) {
    problem(node, fmt::format("the text in {} is missing; every text stands in en and ja",
                              out.en.empty() ? "en" : "ja"));
  }
  return out;
}

model::OwnedValue YamlReader::scalar(const YAML::Node& node) {
  const std::string written = text(node);
  if (node.Tag() != "!") {  // yaml-cpp's tag of a quoted scalar
    if (const auto number = parse_integer(written)) {
      return *number;
    }
    if (const auto real = parse_real(written)) {
      return *real;
    }
  }
  return written;
}

const model::TableInfo* YamlReader::table(const YAML::Node& node) {
  const std::string name = text(node);
  const model::TableInfo* found = model::find_table(name);
  if (found == nullptr) {
    problem(node, fmt::format("there is no table '{}'; src/model/tables/ declares them", name));
  }
  return found;
}

model::OwnedValue YamlReader::cell(const YAML::Node& node, const model::ColumnInfo& column) {
  if (node.IsNull()) {
    return {};
  }
  if (!node.IsScalar()) {
    problem(node, fmt::format("column '{}' wants {}", column.name, wanted(column.type)));
    return {};
  }
  model::OwnedValue value = convert(node.Scalar(), column.type);
  if (std::holds_alternative<std::monostate>(value)) {
    problem(node, fmt::format("column '{}' wants {}, not '{}'", column.name, wanted(column.type),
                              node.Scalar()));
  }
  return value;
}

}  // namespace genba::judge
