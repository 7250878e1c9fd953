// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "parse/process_status/process_status.h"

GENBA_FUZZ(process_status) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::parse_process_status(bytes);
}
