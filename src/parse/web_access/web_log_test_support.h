// SPDX-License-Identifier: Apache-2.0
//
// For tests only: crowdsec's parser tests (its hub, MIT), whose parser.assert says what each field
// of each log line is. Read from the shared samples, never copied here. Used by web_access_test.cc,
// web_error_test.cc and web_request_test.cc.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace genba::parse {

/// One asserted event: "Meta.http_path" and the like to the value; "Parsed.message" is the line.
using KnownAnswer = std::map<std::string, std::string>;

inline std::string shared_samples() {
  const char* shared = std::getenv("GENBA_SHARED_DIR");
  return std::string(shared == nullptr ? "../shared" : shared) + "/data/";
}

inline std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(path, std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

/// The lines of a case's log.
inline std::vector<std::string> crowdsec_log(const std::string& test_case, const std::string& log) {
  return lines_of(shared_samples() + "crowdsec-hub/.tests/" + test_case + "/" + log);
}

/// The answers of a case that the stage s01-parse gives, in order.
inline std::vector<KnownAnswer> crowdsec_answers(const std::string& test_case) {
  std::map<size_t, KnownAnswer> answers;
  const std::string stage = "results[\"s01-parse\"][\"";
  for (const std::string& line :
       lines_of(shared_samples() + "crowdsec-hub/.tests/" + test_case + "/parser.assert")) {
    const size_t number = line.starts_with(stage) ? line.find("\"][", stage.size()) : line.npos;
    const size_t event = line.find("].Evt.", stage.size());
    const size_t equals = line.find("\"] == \"");
    if (number == line.npos || event == line.npos || equals == line.npos) {
      continue;
    }
    std::string key = line.substr(event + 6, equals - event - 6);
    key.replace(key.find("[\""), 2, ".");
    std::string value;
    for (size_t at = equals + 7; at + 1 < line.size(); ++at) {
      at += line[at] == '\\' ? 1 : 0;
      value += line[at];
    }
    answers[std::stoul(line.substr(number + 3))][key] = value;
  }
  std::vector<KnownAnswer> ordered;
  for (auto& [number, answer] : answers) {
    ordered.push_back(std::move(answer));
  }
  return ordered;
}

}  // namespace genba::parse
