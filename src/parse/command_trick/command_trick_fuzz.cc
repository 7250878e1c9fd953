// SPDX-License-Identifier: Apache-2.0
#include "parse/command_trick/command_trick.h"

#include "fuzz/fuzz.h"

GENBA_FUZZ(command_trick) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::find_command_trick(bytes);
}
