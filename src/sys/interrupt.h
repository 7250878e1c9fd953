// SPDX-License-Identifier: Apache-2.0
//
// A person who presses Ctrl-C during a long watch wants what was seen so far, not nothing. Source:
// sigaction(2). Covered by sys/interrupt_test.cc.
#pragma once

namespace genba::sys {

/// While one lives, SIGINT, SIGTERM and SIGHUP to this process are noted instead of ending it; a
/// second one ends it as before. One at a time.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  bool interrupted() const;
};

}  // namespace genba::sys
