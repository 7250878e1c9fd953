// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "parse/mountinfo/mountinfo.h"

GENBA_FUZZ(mountinfo) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<genba::base::Note> notes;
  (void)genba::parse::parse_mountinfo(bytes, notes);
}
