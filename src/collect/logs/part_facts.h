// SPDX-License-Identifier: Apache-2.0
//
// What one part of one log file gave. Parts are read side by side and put together afterwards, so
// nothing in here depends on what another part said; lines are told as codes (line_code.h).
// Covered by logs_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/certainty.h"
#include "base/result.h"
#include "collect/logs/attempts.h"
#include "collect/logs/rhythm.h"
#include "collect/logs/web_traffic.h"
#include "model/tables/auth_events.h"
#include "model/tables/events.h"
#include "model/tables/last.h"
#include "model/tables/lastlog.h"
#include "model/tables/log_anomalies.h"
#include "model/tables/process_events.h"

namespace genba::collect::logs {

/// Rows of which many say the same: each stands once with a count. Capped; what is left out is
/// counted.
template <class Row>
class FoldedRows {
 public:
  explicit FoldedRows(size_t most) : most_(most) {}

  /// A row of its own.
  void add(Row row) {
    if (rows_.size() >= most_) {
      ++left_out_;
      return;
    }
    rows_.push_back(std::move(row));
  }
  /// One of many: `key` says which are the same. Keeps the earliest.
  void fold(uint64_t key, Row row) {
    const auto [known, is_new] = places_.emplace(key, rows_.size());
    if (is_new) {
      if (rows_.size() >= most_) {
        places_.erase(known);
        ++left_out_;
        return;
      }
      rows_.push_back(std::move(row));
      return;
    }
    Row& into = rows_[known->second];
    const int64_t count = into.count + row.count;
    const auto last = std::max(into.last_time, row.last_time);
    if (row.time < into.time) {
      into = std::move(row);
    }
    into.count = count;
    into.last_time = last;
  }
  void merge(FoldedRows&& other) {
    std::unordered_map<size_t, uint64_t> keys;
    for (const auto& [key, place] : other.places_) {
      keys.emplace(place, key);
    }
    for (size_t i = 0; i < other.rows_.size(); ++i) {
      if (const auto key = keys.find(i); key != keys.end()) {
        fold(key->second, std::move(other.rows_[i]));
      } else {
        add(std::move(other.rows_[i]));
      }
    }
    left_out_ += other.left_out_;
  }
  std::vector<Row>& rows() { return rows_; }
  const std::vector<Row>& rows() const { return rows_; }
  int64_t left_out() const { return left_out_; }

 private:
  size_t most_;
  std::vector<Row> rows_;
  std::unordered_map<uint64_t, size_t> places_;
  int64_t left_out_ = 0;
};

/// What is folded as it is read, over all the parts that one thread reads.
struct Folds {
  Attempts attempts;
  WebTraffic web;
};

/// Everything else that a part gave.
struct PartFacts {
  // Far above what an honest server has, and some 100 MB at most when all are full.
  static constexpr size_t kMostAuthEvents = 100'000;
  static constexpr size_t kMostEvents = 100'000;
  static constexpr size_t kMostExecuted = 100'000;
  static constexpr size_t kMostLast = 150'000;

  Rhythm rhythm;
  std::vector<model::AuthEvent> auth;
  int64_t auth_left_out = 0;
  FoldedRows<model::Event> events{kMostEvents};
  FoldedRows<model::ProcessEvent> executed{kMostExecuted};
  std::vector<model::Last> last;
  int64_t last_left_out = 0;  ///< the oldest of `last`, and what `lastlog` had no room for
  std::vector<model::LastLogin> lastlog;
  std::vector<model::LogAnomaly> anomalies;
  int64_t lines = 0;
  int64_t bytes = 0;
  int64_t damaged_bytes = 0;
  int64_t nul_bytes = 0;
  bool truncated = false;
  bool out_of_time = false;
  base::Certainty certainty = base::Certainty::kExact;
  std::vector<base::Note> notes;
  std::optional<base::Error> error;

  void add_auth(model::AuthEvent row) {
    if (auth.size() < kMostAuthEvents) {
      auth.push_back(std::move(row));
    } else {
      ++auth_left_out;
    }
  }
  /// wtmp is written from the oldest to the youngest, and the youngest matter: of more than there
  /// is room for, each takes the place of the oldest. Call settle_last() after the last.
  void add_last(model::Last row) {
    if (last.size() < kMostLast) {
      last.push_back(std::move(row));
      return;
    }
    last[oldest_last_] = std::move(row);
    oldest_last_ = (oldest_last_ + 1) % kMostLast;
    ++last_left_out;
  }
  void add_lastlog(model::LastLogin row) {
    if (lastlog.size() < kMostLast) {
      lastlog.push_back(std::move(row));
    } else {
      ++last_left_out;
    }
  }
  /// Puts the rows into the order in which they came.
  void settle_last() {
    std::rotate(last.begin(), last.begin() + static_cast<std::ptrdiff_t>(oldest_last_), last.end());
    oldest_last_ = 0;
  }

 private:
  size_t oldest_last_ = 0;  ///< where it stands, once there is no room
};

}  // namespace genba::collect::logs
