// SPDX-License-Identifier: Apache-2.0
//
// What this process has used so far. Source: getrusage(2). Covered by usage_test.cc.
#pragma once

#include <cstdint>

namespace genba::sys {

/// The largest resident set so far, in bytes; 0 when the kernel does not say.
uint64_t peak_memory();

}  // namespace genba::sys
