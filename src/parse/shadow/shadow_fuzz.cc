// SPDX-License-Identifier: Apache-2.0
#include "fuzz/fuzz.h"
#include "parse/shadow/shadow.h"

GENBA_FUZZ(shadow) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::parse_shadow(bytes, "shadow");
}
