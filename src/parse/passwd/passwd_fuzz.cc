// SPDX-License-Identifier: Apache-2.0
#include "fuzz/fuzz.h"
#include "parse/passwd/passwd.h"

GENBA_FUZZ(passwd) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::parse_passwd(bytes, "passwd");
}
