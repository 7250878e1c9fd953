// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "store/case/chained_log.h"

// Whatever an attacker wrote over the journal: it is read to its end, and nothing behind the first
// break counts as proven.
GENBA_FUZZ(chained_log) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto contents = genba::store::read_chained_log("actions.jsonl", bytes);
  GENBA_CHECK(contents.whole_bytes + contents.half_line.size() == bytes.size());
  bool proven = true;
  for (const auto& line : contents.lines) {
    GENBA_CHECK(proven || !line.proven);
    proven = line.proven;
  }
}
