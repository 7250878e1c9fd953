// SPDX-License-Identifier: Apache-2.0
//
// The footprint while it grows: one set of counters, shared by the tree, its readers and the
// helper pool, safe from any thread. Covered by host/live_host_test.cc.
#pragma once

#include <atomic>
#include <cstdint>

#include "host/host.h"

namespace genba::host {

struct Counters {
  std::atomic<uint64_t> files_opened{0};
  std::atomic<uint64_t> directories_read{0};
  std::atomic<uint64_t> bytes_read{0};
  std::atomic<uint64_t> files_with_moved_access_time{0};
  std::atomic<uint64_t> helpers_started{0};
  std::atomic<uint64_t> helpers_abandoned{0};

  Footprint snapshot() const {
    return {files_opened.load(),    directories_read.load(),
            bytes_read.load(),      files_with_moved_access_time.load(),
            helpers_started.load(), helpers_abandoned.load()};
  }
};

}  // namespace genba::host
