// SPDX-License-Identifier: Apache-2.0
//
// Collects what is wrong with a rule file, one "path:line: words" for each problem, so that its
// author sees all of it at once. Covered by rule_yaml_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "fmt/format.h"

namespace genba::judge {

/// The problems of one file.
class Problems {
 public:
  explicit Problems(std::string origin) : origin_(std::move(origin)) {}

  void add(int line, std::string_view words) {
    lines_ += fmt::format("{}{}:{}: {}", lines_.empty() ? "" : "\n", origin_, line, words);
  }
  bool empty() const { return lines_.empty(); }
  base::Error error() const { return base::Error{base::ErrorCode::kInvalid, 0, lines_}; }

 private:
  std::string origin_;
  std::string lines_;
};

}  // namespace genba::judge
