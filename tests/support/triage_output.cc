// SPDX-License-Identifier: Apache-2.0
#include "support/triage_output.h"

#include <gtest/gtest.h>

#include "support/run_program.h"

namespace genba::test {

namespace {

constexpr size_t kBriefBytes = 160;

}  // namespace

TriageOutput parse_triage(std::string_view printed) {
  TriageOutput output;
  const auto lines = lines_of(printed);
  for (size_t i = 0; i < lines.size(); ++i) {
    Json line = Json::parse(lines[i], nullptr, false);
    if (!line.is_object() || !line.contains("type")) {
      ADD_FAILURE() << "line " << i + 1 << " is no JSON object with a type: " << lines[i];
      continue;
    }
    const std::string type = line["type"];
    EXPECT_EQ(type == "host", i == 0) << "line " << i + 1;
    EXPECT_EQ(type == "summary", i + 1 == lines.size()) << "line " << i + 1;
    if (type == "host") {
      output.host = std::move(line);
    } else if (type == "finding") {
      output.findings.push_back(std::move(line));
    } else if (type == "incident") {
      output.incidents.push_back(std::move(line));
    } else if (type == "coverage") {
      output.coverage.push_back(std::move(line));
    } else if (type == "not_judged") {
      output.not_judged.push_back(std::move(line));
    } else if (type == "summary") {
      output.summary = std::move(line);
    } else {
      ADD_FAILURE() << "line " << i + 1 << " is of the unknown type " << type;
    }
  }
  EXPECT_FALSE(lines.empty()) << "nothing was printed";
  return output;
}

bool is_medium_or_above(const Json& finding) {
  const std::string severity = finding.at("severity");
  return severity == "medium" || severity == "high" || severity == "critical";
}

bool has_subject(const Json& finding, std::string_view kind, std::string_view key,
                 const Json& value) {
  for (const Json& subject : finding.at("subjects")) {
    const auto found = subject.find(std::string(key));
    if (subject.at("kind") == kind && found != subject.end() && *found == value) {
      return true;
    }
  }
  return false;
}

std::string brief_of(const Json& finding) {
  return finding.at("rule").get<std::string>() + " (" + finding.at("severity").get<std::string>() +
         "): " + finding.at("says").get<std::string>().substr(0, kBriefBytes);
}

}  // namespace genba::test
