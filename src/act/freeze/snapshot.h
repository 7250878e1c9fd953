// SPDX-License-Identifier: Apache-2.0
//
// What is lost when a process ends, saved before it is stopped or killed: the bytes that it runs
// (even deleted ones, or a memory file's), its mappings, environment, arguments, groups,
// namespaces, descriptors with the addresses of its sockets, and on request its memory. Nothing of
// this wakes or stops the process. What could not be read is an item with an error, never nothing.
// Where it does not hold: before it is frozen a process can change while it is read; the peers of
// unix sockets are the caller's to keep, for no file below /proc tells them. Source: proc(5).
// Covered by snapshot_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "act/freeze/evidence.h"
#include "act/freeze/process_scan.h"
#include "base/result.h"
#include "host/host.h"

namespace genba::act {

enum class MemoryChoice : uint8_t { kLeave, kPrivateWritable };

struct SnapshotOptions {
  MemoryChoice memory = MemoryChoice::kLeave;
  uint64_t memory_limit = 1ULL << 30;      ///< bytes of all processes together
  uint64_t executable_limit = 1ULL << 28;  ///< bytes of one file
};

/// One content.
struct SnapshotItem {
  std::string source;  ///< "/proc/42/exe", "/proc/42/mem (private writable)"
  std::string sha256;  ///< empty when there is an error
  uint64_t bytes = 0;
  bool truncated = false;  ///< a limit cut it
  std::string error;       ///< why it was not read, or not whole
};

struct ProcessSnapshot {
  ProcessKey key;
  std::vector<SnapshotItem> items;
  /// Whether the process was the same one, and alive, after all was read. If not, items may be
  /// another one's.
  bool same_process = false;
};

/// Saves each process. Who has ended is left out; an error only when the writer failed (kOutput).
/// An executable of several processes is read once, and named by all.
base::Result<std::vector<ProcessSnapshot>> snapshot(const host::Host& host,
                                                    const std::vector<ProcessKey>& keys,
                                                    const SnapshotOptions& options,
                                                    EvidenceWriter& evidence);

}  // namespace genba::act
