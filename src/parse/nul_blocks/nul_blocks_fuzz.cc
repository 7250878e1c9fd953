// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "fuzz/fuzz.h"
#include "parse/nul_blocks/nul_blocks.h"

GENBA_FUZZ(nul_blocks) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::parse_command_line(bytes);
  (void)genba::parse::parse_environment(bytes);
}
