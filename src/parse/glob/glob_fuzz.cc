// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "fuzz/fuzz.h"
#include "parse/glob/glob.h"

GENBA_FUZZ(glob) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t split = std::min(bytes.find('\n'), bytes.size());
  (void)genba::parse::glob_matches(bytes.substr(0, split), bytes.substr(split));
}
