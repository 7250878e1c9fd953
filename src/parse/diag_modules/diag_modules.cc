// SPDX-License-Identifier: Apache-2.0
#include "parse/diag_modules/diag_modules.h"

#include <algorithm>
#include <array>

#include "parse/fields.h"

namespace genba::parse {
namespace {

constexpr std::array<std::string_view, kDiagModuleCount> kModules{
    "inet_diag", "tcp_diag", "udp_diag", "raw_diag", "unix_diag"};

void add_if_known(std::string_view name, DiagModules& present) {
  const auto* found = std::find(kModules.begin(), kModules.end(), name);
  if (found != kModules.end()) {
    present.insert(*found);
  }
}

}  // namespace

// "tcp_diag 16384 0 - Live 0xffffffffc0a0e000"
void find_loaded_diag_modules(std::string_view modules, DiagModules& present) {
  while (!modules.empty()) {
    const std::string_view line = next_line(modules);
    if (line.find(" Live ") != std::string_view::npos) {
      add_if_known(line.substr(0, line.find(' ')), present);
    }
  }
}

// "ffffffff82097b20 t tcp_diag_dump"; a loaded module's line ends in "[tcp_diag]".
void find_builtin_diag_modules(std::string_view symbols, DiagModules& present) {
  for (size_t at = symbols.find("_diag_"); at != std::string_view::npos;
       at = symbols.find("_diag_", at + 1)) {
    const size_t space = symbols.rfind(' ', at);
    const size_t end = symbols.find('\n', at);
    if (space == std::string_view::npos || end == std::string_view::npos) {
      continue;
    }
    const std::string_view line = symbols.substr(space + 1, end - space - 1);
    if (line.find('[') == std::string_view::npos) {
      add_if_known(line.substr(0, line.find("_diag_") + 5), present);
    }
  }
}

}  // namespace genba::parse
