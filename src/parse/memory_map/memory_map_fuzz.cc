// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "parse/memory_map/memory_map.h"

GENBA_FUZZ(memory_map) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<genba::base::Note> notes;
  for (const auto& mapping : genba::parse::parse_executable_mappings(bytes, notes)) {
    (void)genba::parse::mapped_path(mapping);
  }
  (void)genba::parse::parse_mappings(bytes, notes);
}
