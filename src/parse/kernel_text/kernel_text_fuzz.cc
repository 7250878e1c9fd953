// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "parse/kernel_text/kernel_text.h"

GENBA_FUZZ(kernel_text) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::parse_boot_time(bytes);
  (void)genba::parse::parse_mount_id(bytes);
  (void)genba::parse::parse_kernel_number(bytes);
  (void)genba::parse::parse_bracketed_choice(bytes);
  (void)genba::parse::parse_if_inet6(bytes);
  (void)genba::parse::parse_fib_trie_local(bytes);
  (void)genba::parse::parse_route(bytes);
}
