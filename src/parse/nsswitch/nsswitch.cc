// SPDX-License-Identifier: Apache-2.0
#include "parse/nsswitch/nsswitch.h"

#include "base/split.h"
#include "parse/text_lines/text_lines.h"

namespace genba::parse {

namespace {

/// "files [NOTFOUND=return] sss" as its sources; brackets may hold blanks.
std::vector<std::string> parse_sources(std::string_view text) {
  std::vector<std::string> sources;
  std::string source;
  bool action = false;
  const auto end_source = [&] {
    if (!source.empty()) {
      sources.push_back(std::move(source));
    }
    source.clear();
  };
  for (const char c : text) {
    if (c == '[' || c == ']' || base::is_space(c)) {
      end_source();
      action = c == '[' || (action && c != ']');
    } else if (!action) {
      source += c;
    }
  }
  end_source();
  return sources;
}

}  // namespace

std::vector<NsswitchDatabase> parse_nsswitch(std::string_view bytes) {
  std::vector<NsswitchDatabase> databases;
  TextLines lines(bytes);
  while (const auto line = lines.next()) {
    std::string_view text = line->text.substr(0, line->text.find('#'));
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos || databases.size() >= kMaxEntries) {
      continue;
    }
    databases.push_back({std::string(base::trim(text.substr(0, colon))),
                         parse_sources(text.substr(colon + 1)), line->number});
  }
  return databases;
}

}  // namespace genba::parse
