// SPDX-License-Identifier: Apache-2.0
//
// In what order are logs read? Newest first, the logs of logins before those of web servers, so
// that a run which may take only a second has seen what matters most. Large text files are cut into
// parts at line ends. Years of logs that tell none are worked out backwards: the last line is not
// younger than the file's last change, and each part not younger than the one after it. A file that
// claims to have changed before a file that it followed is not believed: it was touched, or copied.
// Covered by plan_test.cc.
#pragma once

#include <vector>

#include "collect/logs/log_set.h"
#include "collect/logs/part_reader.h"

namespace genba::collect::logs {

/// What is to be read, in order, with all that was found.
struct Plan {
  std::vector<LogSet> sets;
  std::vector<Part> parts;  ///< by their number; those of one file follow each other, oldest first
  std::vector<uint32_t> order;
};

/// Plans the reading of the sets.
Plan make_plan(const host::Host& host, std::vector<LogSet> sets, const parse::ZoneInfo& zone);

}  // namespace genba::collect::logs
