// SPDX-License-Identifier: Apache-2.0
#include "sys/usage.h"

#include <sys/resource.h>

namespace genba::sys {

uint64_t peak_memory() {
  constexpr uint64_t kKibibyte = 1024;  // ru_maxrss is in KiB, getrusage(2)
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0 || usage.ru_maxrss < 0) {
    return 0;
  }
  return static_cast<uint64_t>(usage.ru_maxrss) * kKibibyte;
}

}  // namespace genba::sys
