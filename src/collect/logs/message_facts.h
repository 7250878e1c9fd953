// SPDX-License-Identifier: Apache-2.0
//
// Facts from what a program said, whether a text log or the journal carried it: logins and changes
// of accounts become auth_events (failures with an address are folded), the rest that matters
// becomes events. What cron and user managers open and close all day is left out.
// Covered by message_facts_test.cc and logs_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/certainty.h"
#include "base/time.h"
#include "collect/logs/line_code.h"
#include "collect/logs/part_facts.h"

namespace genba::collect::logs {

/// One message and where it stands.
struct Message {
  base::Timestamp time;
  base::Certainty certainty = base::Certainty::kExact;
  std::string_view program;  ///< as it claims
  std::string_view comm;     ///< as the kernel told the journal; empty: not told
  std::string_view host;
  std::string_view text;
  int64_t pid = -1;
  int64_t repeats = 1;
  std::string_view source;
  std::string_view path;
  uint16_t source_number = 0;
  uint16_t file = 0;
  LineCode line = 0;
  int64_t offset = 0;
  std::string_view original;  ///< the whole line, where there is one
};

/// Adds what the message says to the facts; false when it says nothing of interest.
bool add_message(const Message& message, PartFacts& facts, Attempts& attempts);

}  // namespace genba::collect::logs
