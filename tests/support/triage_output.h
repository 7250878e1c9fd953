// SPDX-License-Identifier: Apache-2.0
//
// What `genba triage --json` printed, taken apart, for the tests of the whole binary.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace genba::test {

using Json = nlohmann::json;

struct TriageOutput {
  Json host;
  std::vector<Json> findings;
  std::vector<Json> incidents;
  std::vector<Json> coverage;
  std::vector<Json> not_judged;
  Json summary;
};

/// Fails the test when a line is no JSON object, is of an unknown type or stands in the wrong
/// place.
TriageOutput parse_triage(std::string_view printed);

bool is_medium_or_above(const Json& finding);
/// Whether a subject of the finding has this text or number under `key`.
bool has_subject(const Json& finding, std::string_view kind, std::string_view key,
                 const Json& value);
/// One line for a failed test: rule, severity and what it says.
std::string brief_of(const Json& finding);

}  // namespace genba::test
