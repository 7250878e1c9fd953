// SPDX-License-Identifier: Apache-2.0
#include "sys/socket_diag.h"

#include <string_view>

#include "fuzz/fuzz.h"

// How much of tcp_info a kernel sends depends on its version.
GENBA_FUZZ(socket_diag) {
  (void)genba::sys::parse_tcp_info({reinterpret_cast<const char*>(data), size});
}
