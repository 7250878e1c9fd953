// SPDX-License-Identifier: Apache-2.0
#include "fuzz/fuzz.h"
#include "parse/authorized_keys/authorized_keys.h"

GENBA_FUZZ(authorized_keys) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::parse_authorized_keys(bytes, "authorized_keys");
  (void)genba::parse::parse_key_options(bytes);
}
