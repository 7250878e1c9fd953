// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "parse/cgroup/cgroup.h"

GENBA_FUZZ(cgroup) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::parse_cgroup_path(bytes);
  (void)genba::parse::parse_cgroup_path_in(bytes, "freezer");
}
