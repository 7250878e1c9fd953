// SPDX-License-Identifier: Apache-2.0
#include "parse/dpkg_status/dpkg_status.h"

#include "fuzz/fuzz.h"

GENBA_FUZZ(dpkg_status) {
  const auto status =
      genba::parse::parse_dpkg_status({reinterpret_cast<const char*>(data), size}, "");
  (void)genba::parse::native_architecture(status);
}
