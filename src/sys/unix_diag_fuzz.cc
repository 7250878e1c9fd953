// SPDX-License-Identifier: Apache-2.0
#include "sys/unix_diag.h"

#include <string_view>

#include "fuzz/fuzz.h"

// Attributes and their lengths are the kernel's, the number of sockets is anybody's.
GENBA_FUZZ(unix_diag) {
  (void)genba::sys::parse_unix_peers({reinterpret_cast<const char*>(data), size});
}
