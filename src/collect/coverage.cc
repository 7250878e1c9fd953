// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "collect/collector.h"
#include "fmt/format.h"

namespace genba::collect {

CoverageCounter::CoverageCounter(std::string_view area, std::string_view subject) {
  row_.area = area;
  row_.subject = subject;
}

void CoverageCounter::asked(int64_t count) {
  row_.asked += count;
}

void CoverageCounter::seen(int64_t count) {
  row_.seen += count;
}

void CoverageCounter::failed(const base::Error& error) {
  if (error.code == base::ErrorCode::kGone) {
    ++row_.gone;
    return;
  }
  ++(error.code == base::ErrorCode::kDenied ? row_.denied : row_.failed);
  if (first_reason_.empty()) {
    first_reason_ = error.what.empty() ? std::string(to_string(error.code)) : error.what;
  }
}

void CoverageCounter::cut(std::string_view reason, std::string_view remedy) {
  cut_ = true;
  // What was left out on purpose says more than the first of some failures.
  first_reason_ = reason;
  if (!remedy.empty()) {
    row_.remedy = remedy;
  }
}

void CoverageCounter::not_applicable(std::string_view reason) {
  decided_ = true;
  row_.status = "not_applicable";
  first_reason_ = reason;
}

void CoverageCounter::unsupported(std::string_view reason) {
  decided_ = true;
  row_.status = "unsupported";
  first_reason_ = reason;
}

void CoverageCounter::remedy(std::string_view remedy) {
  row_.remedy = remedy;
}

void CoverageCounter::note(const base::Note& note) {
  ++row_.failed;
  if (first_reason_.empty()) {
    first_reason_ = fmt::format("{} at byte {} of {}", note.reason, note.offset, note.source);
  }
}

void CoverageCounter::finish(model::Facts& facts) {
  const bool incomplete = row_.denied + row_.failed > 0;
  if (!decided_) {
    if (row_.seen > 0) {
      row_.status = incomplete || cut_ ? "partial" : "complete";
    } else if (incomplete) {
      row_.status = "failed";
    } else {
      row_.status = cut_ ? "skipped" : "complete";
    }
  }
  if (row_.status != "complete" && !first_reason_.empty()) {
    row_.reason = first_reason_;
  }
  if (row_.denied > 0 && !row_.remedy) {
    row_.remedy = "run as root";
  }
  facts.rows<model::Coverage>().push_back(row_);
}

bool saw_nothing(const model::Facts& facts, std::string_view area, std::string_view subject) {
  bool missed = false;
  for (const model::Coverage& row : facts.read<model::Coverage>()) {
    if (row.area != area || !row.subject.starts_with(subject)) {
      continue;
    }
    if (row.seen > 0) {
      return false;
    }
    missed = missed || row.status == "failed" || row.status == "skipped";
  }
  return missed;
}

}  // namespace genba::collect
