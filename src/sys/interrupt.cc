// SPDX-License-Identifier: Apache-2.0
#include "sys/interrupt.h"

#include <signal.h>

#include <array>

namespace genba::sys {

namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

volatile sig_atomic_t noted = 0;
std::array<struct sigaction, kSignals.size()> former{};

void note(int) {
  noted = 1;
}

}  // namespace

InterruptWatch::InterruptWatch() {
  noted = 0;
  struct sigaction action {};
  action.sa_handler = note;
  // The handler goes with the first signal, so that a second one is obeyed at once.
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  for (size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], &action, &former[i]);
  }
}

InterruptWatch::~InterruptWatch() {
  for (size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], &former[i], nullptr);
  }
}

bool InterruptWatch::interrupted() const {
  return noted != 0;
}

}  // namespace genba::sys
