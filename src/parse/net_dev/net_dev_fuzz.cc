// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "parse/net_dev/net_dev.h"

GENBA_FUZZ(net_dev) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<genba::base::Note> notes;
  (void)genba::parse::parse_net_dev(bytes, notes);
}
