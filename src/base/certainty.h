// SPDX-License-Identifier: Apache-2.0
//
// How sure a time is. Logs tell less than a full time: no zone, no year. What was filled in is
// said beside each time, so that a reader knows which order of two lines to trust.
#pragma once

#include <cstdint>
#include <string_view>

namespace genba::base {

/// From the surest to the least sure; of two, the larger one holds for what is made of both.
enum class Certainty : uint8_t {
  kExact,         ///< the source tells UTC, or the offset from it
  kAnchored,      ///< zone or year measured from another source's record of the same event
  kAssumedZone,   ///< local time, read with the zone the host has now
  kInferredYear,  ///< and the year worked out from the file's times and neighbours
};

/// "exact", "anchored", "assumed_zone" or "inferred_year", as tables show it.
constexpr std::string_view to_string(Certainty certainty) {
  switch (certainty) {
    case Certainty::kExact: return "exact";
    case Certainty::kAnchored: return "anchored";
    case Certainty::kAssumedZone: return "assumed_zone";
    case Certainty::kInferredYear: return "inferred_year";
  }
  return {};
}

}  // namespace genba::base
