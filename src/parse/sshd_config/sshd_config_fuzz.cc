// SPDX-License-Identifier: Apache-2.0
#include "fuzz/fuzz.h"
#include "parse/sshd_config/sshd_config.h"

GENBA_FUZZ(sshd_config) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::parse_sshd_config(bytes, "sshd_config");
  (void)genba::parse::expand_sshd_tokens(bytes, {"/home/a", "a", 1});
}
