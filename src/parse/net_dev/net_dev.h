// SPDX-License-Identifier: Apache-2.0
//
// /proc/net/dev: traffic counters of each interface. A name may hold any byte but '/', ':' and
// white space, so the first ':' ends it. Source: proc(5), kernel net/core/net-procfs.c. Covered by
// net_dev_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

struct InterfaceCounters {
  std::string interface;
  int64_t ibytes = 0;
  int64_t ipackets = 0;
  int64_t ierrors = 0;
  int64_t obytes = 0;
  int64_t opackets = 0;
  int64_t oerrors = 0;
};

/// All interfaces, in the kernel's order; lines that are none (but for the heads) become notes.
std::vector<InterfaceCounters> parse_net_dev(std::string_view bytes,
                                             std::vector<base::Note>& notes);

}  // namespace genba::parse
