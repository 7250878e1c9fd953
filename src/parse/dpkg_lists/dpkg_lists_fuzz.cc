// SPDX-License-Identifier: Apache-2.0
#include "parse/dpkg_lists/dpkg_lists.h"

#include "fuzz/fuzz.h"

GENBA_FUZZ(dpkg_lists) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::parse_dpkg_list(bytes, "");
  (void)genba::parse::parse_dpkg_md5sums(bytes, "");
  (void)genba::parse::parse_dpkg_diversions(bytes, "");
}
