// SPDX-License-Identifier: Apache-2.0
#include "parse/nul_blocks/nul_blocks.h"

#include <algorithm>

#include "parse/fields.h"

namespace genba::parse {
namespace {

std::string_view without_trailing_nuls(std::string_view block) {
  const size_t last = block.find_last_not_of('\0');
  return last == std::string_view::npos ? std::string_view() : block.substr(0, last + 1);
}

}  // namespace

std::optional<CommandLine> parse_command_line(std::string_view block) {
  block = without_trailing_nuls(block);
  if (block.empty()) {
    return std::nullopt;
  }
  CommandLine line;
  line.argv0.assign(block.substr(0, block.find('\0')));
  line.joined.assign(block);
  std::replace(line.joined.begin(), line.joined.end(), '\0', ' ');
  return line;
}

std::vector<std::pair<std::string_view, std::string_view>> parse_environment(
    std::string_view block) {
  std::vector<std::pair<std::string_view, std::string_view>> variables;
  block = without_trailing_nuls(block);
  while (!block.empty()) {
    const std::string_view entry = next_until(block, '\0');
    const size_t equals = entry.find('=');
    if (equals != std::string_view::npos) {
      variables.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
    }
  }
  return variables;
}

}  // namespace genba::parse
