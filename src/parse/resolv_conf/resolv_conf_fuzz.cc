// SPDX-License-Identifier: Apache-2.0
#include "parse/resolv_conf/resolv_conf.h"

#include "fuzz/fuzz.h"

GENBA_FUZZ(resolv_conf) {
  (void)genba::parse::parse_resolv_conf({reinterpret_cast<const char*>(data), size});
}
