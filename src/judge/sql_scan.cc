// SPDX-License-Identifier: Apache-2.0
//
// See sql_scan.h.
#include "judge/sql_scan.h"

#include <cstddef>
#include <functional>
#include <limits>

namespace genba::judge {
namespace {

bool is_word_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '_';
}

char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

std::string lowered(std::string_view word) {
  std::string out(word);
  for (char& byte : out) {
    byte = lower(byte);
  }
  return out;
}

/// The offset behind the string, quoted name or comment at `at`; `at` itself when there is none.
size_t skip_quiet(std::string_view sql, size_t at) {
  const auto behind = [&](std::string_view closing, size_t from) {
    const size_t end = sql.find(closing, from);
    return end == std::string_view::npos ? sql.size() : end + closing.size();
  };
  const char byte = sql[at];
  if (byte == '\'' || byte == '"' || byte == '`') {
    return behind(std::string_view(&byte, 1), at + 1);
  }
  if (sql.substr(at, 2) == "--") {
    return behind("\n", at + 2);
  }
  if (sql.substr(at, 2) == "/*") {
    return behind("*/", at + 2);
  }
  return at;
}

/// Calls `word` for each word with the byte before it and the depth of parentheses.
void for_each_word(std::string_view sql,
                   const std::function<void(std::string_view, char, int)>& word) {
  int depth = 0;
  for (size_t at = 0; at < sql.size();) {
    if (const size_t behind = skip_quiet(sql, at); behind != at) {
      at = behind;
      continue;
    }
    if (!is_word_byte(sql[at])) {
      depth += sql[at] == '(' ? 1 : sql[at] == ')' ? -1 : 0;
      ++at;
      continue;
    }
    size_t end = at;
    while (end < sql.size() && is_word_byte(sql[end])) {
      ++end;
    }
    word(sql.substr(at, end - at), at == 0 ? ' ' : sql[at - 1], depth);
    at = end;
  }
}

}  // namespace

std::set<std::string> parameters_in(std::string_view sql) {
  std::set<std::string> names;
  for_each_word(sql, [&](std::string_view word, char before, int) {
    if (before == ':') {
      names.emplace(word);
    }
  });
  return names;
}

std::string main_table(std::string_view sql, const std::set<std::string>& tables) {
  std::string shallowest = tables.empty() ? std::string() : *tables.begin();
  int least = std::numeric_limits<int>::max();
  bool after_from = false;
  for_each_word(sql, [&](std::string_view word, char, int depth) {
    std::string name = lowered(word);
    if (after_from && depth < least && tables.count(name) > 0) {
      least = depth;
      shallowest = name;
    }
    after_from = name == "from" || name == "join";
  });
  return shallowest;
}

}  // namespace genba::judge
