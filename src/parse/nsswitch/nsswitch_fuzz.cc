// SPDX-License-Identifier: Apache-2.0
#include "fuzz/fuzz.h"
#include "parse/nsswitch/nsswitch.h"

GENBA_FUZZ(nsswitch) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::parse_nsswitch(bytes);
}
