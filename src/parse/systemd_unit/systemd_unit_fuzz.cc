// SPDX-License-Identifier: Apache-2.0
#include "fuzz/fuzz.h"
#include "parse/systemd_unit/systemd_unit.h"

GENBA_FUZZ(systemd_unit) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto file = genba::parse::parse_unit_file(bytes, "unit");
  (void)genba::parse::merged_values({&file, 1}, "Service", "ExecStart");
  for (const auto& command : genba::parse::split_commands(bytes)) {
    (void)genba::parse::command_program(command);
    (void)genba::parse::decode_escapes(command);
  }
}
