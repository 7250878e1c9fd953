// SPDX-License-Identifier: Apache-2.0
#include "fuzz/fuzz.h"
#include "parse/group/group.h"

GENBA_FUZZ(group) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::parse_group(bytes, "group");
}
