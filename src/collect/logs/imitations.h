// SPDX-License-Identifier: Apache-2.0
//
// Lines into which a visitor has written the server's own words: a second `client:` mark of nginx
// in a path or a referrer, vsftpd's `: Client "` in a name or a password. The reader takes the
// likelier of two readings and says that there were two; here they become one anomaly a part, so
// that whoever sends a million of them gets one row. Honest visitors write no such thing, but what
// they forge is not known to have been believed by anybody. Covered by imitations_test.cc.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>

#include "collect/logs/line_reader.h"

namespace genba::collect::logs {

/// The imitations of one part.
class Imitations {
 public:
  explicit Imitations(LineContext& context) : context_(context) {}

  void add(const parse::LogLine& line, std::optional<base::Timestamp> time) {
    if (count_++ == 0) {
      line_ = context_.line_of(line);
    }
    if (time) {
      first_ = first_ ? std::min(*first_, *time) : *time;
      last_ = last_ ? std::max(*last_, *time) : *time;
    }
  }
  /// After the last line.
  void end() {
    if (count_ == 0) {
      return;
    }
    model::LogAnomaly row;
    row.source = context_.source;
    row.path = context_.path;
    row.line = line_;
    row.kind = "imitated_line";
    row.from_time = first_;
    row.to_time = last_;
    row.count = count_;
    context_.facts.anomalies.push_back(std::move(row));
  }

 private:
  LineContext& context_;
  int64_t count_ = 0;
  LineCode line_ = 0;
  std::optional<base::Timestamp> first_;
  std::optional<base::Timestamp> last_;
};

}  // namespace genba::collect::logs
