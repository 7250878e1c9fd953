// SPDX-License-Identifier: Apache-2.0
//
// The private memory that a process has written: heap, stacks, data, and what was unpacked at run
// time, also where its pages have been made executable and read-only since. Pages that are still as
// their file has them are not kept. Only pages that pagemap says are there (in memory or swapped
// out) are read: a missing page would be fetched for us, from a server that may never answer or
// from the process itself (userfaultfd), and reading would wait for ever. A process that runs while
// it is read is read torn: freeze it first.
// Sources: proc(5), kernel Documentation/admin-guide/mm/pagemap.rst. Covered by snapshot_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "act/freeze/evidence.h"
#include "base/result.h"
#include "host/host.h"

namespace genba::act {

/// What was read.
struct MemoryDump {
  /// One line for each run of pages: "START-END PERMISSIONS OFFSET NAME", addresses and the offset
  /// into the dump in hexadecimal, the name as maps has it.
  std::string index;
  uint64_t bytes = 0;       ///< appended
  uint64_t unreadable = 0;  ///< bytes that were there and could not be read; zeroes in the dump
  bool truncated = false;   ///< a limit cut it
};

/// Appends the memory to a content that was begun. `maps` is the text of /proc/PID/maps; at most
/// `limit` bytes, and at most 64 GiB of addresses are looked at.
/// kUnsupported when the kernel has no pagemap, kOutput when the writer failed.
base::Result<MemoryDump> dump_memory(const host::Host& host, int64_t pid, std::string_view maps,
                                     uint64_t limit, EvidenceWriter& evidence);

}  // namespace genba::act
