// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "parse/process_stat/process_stat.h"

GENBA_FUZZ(process_stat) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto stat = genba::parse::parse_process_stat(bytes);
  if (stat) {
    (void)genba::parse::tty_name(stat->tty_number);
  }
}
