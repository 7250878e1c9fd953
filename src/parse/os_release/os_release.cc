// SPDX-License-Identifier: Apache-2.0
#include "parse/os_release/os_release.h"

#include "base/split.h"
#include "parse/fields.h"

namespace genba::parse {
namespace {

// A value without its quotes; backslashes escape in double quotes and outside quotes.
std::string unquoted(std::string_view value) {
  std::string out;
  char quote = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\\' && quote != '\'' && i + 1 < value.size()) {
      out.push_back(value[++i]);
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote && quote != 0) {
      quote = 0;
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace

OsRelease parse_os_release(std::string_view bytes) {
  OsRelease release;
  while (!bytes.empty()) {
    std::string_view value = base::trim(next_line(bytes));
    if (value.starts_with('#') || value.find('=') == std::string_view::npos) {
      continue;
    }
    const std::string_view key = next_until(value, '=');
    if (key == "ID") {
      release.id = unquoted(value);
    } else if (key == "ID_LIKE") {
      release.id_like = unquoted(value);
    } else if (key == "NAME") {
      release.name = unquoted(value);
    } else if (key == "PRETTY_NAME") {
      release.pretty_name = unquoted(value);
    } else if (key == "VERSION_ID") {
      release.version_id = unquoted(value);
    }
  }
  return release;
}

}  // namespace genba::parse
