// SPDX-License-Identifier: Apache-2.0
#include "collect/side_by_side.h"

#include <system_error>
#include <thread>
#include <vector>

namespace genba::collect {

void run_side_by_side(int threads, const std::function<void()>& work) {
  std::vector<std::thread> others;
  try {
    for (int i = 1; i < threads; ++i) {
      others.emplace_back(work);
    }
  } catch (const std::system_error&) {
    // EAGAIN: no more threads for us. Those that started go on.
  }
  work();
  for (std::thread& other : others) {
    other.join();
  }
}

}  // namespace genba::collect
