// SPDX-License-Identifier: Apache-2.0
//
// Puts together what the parts of all logs gave: one folder of attempts, one of web traffic, the
// rhythm of each log, and rows with their line numbers. Then looks across the logs: the zone of
// text logs by logins that others know too, silences that only one log has, numbers that a
// rotated set lacks. Covered by logs_test.cc.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "collect/logs/line_code.h"
#include "collect/logs/part_facts.h"
#include "collect/logs/plan.h"

namespace genba::collect::logs {

/// How the parts of one file went.
struct FileOutcome {
  size_t parts = 0;
  size_t parts_read = 0;
  int64_t lines = 0;
  int64_t damaged_bytes = 0;
  int64_t nul_bytes = 0;
  bool truncated = false;
  base::Certainty certainty = base::Certainty::kExact;
  std::vector<base::Note> notes;
  std::optional<base::Error> error;
  Rhythm rhythm;
};

class Merge {
 public:
  explicit Merge(const Plan& plan);

  /// Takes what a thread folded.
  void take(Folds& folds);
  /// Takes a part's facts; parts come in any order.
  void take(uint32_t part, PartFacts&& facts);
  /// After the last part: appends all rows to the run's facts.
  void finish(Context& context);

 private:
  void add_anomaly(model::LogAnomaly row);
  void join_rhythms();
  void number_lines();
  void anchor_times();
  void find_anomalies();
  void find_silences(size_t set);
  void find_missing_rotations(const LogSet& set);
  void find_times_set_back();
  void append_rows(model::Facts& facts);
  void append_logins(model::Facts& facts);
  void append_auth(model::Facts& facts);
  void append_web(model::Facts& facts);
  void append_files(model::Facts& facts);
  void append_coverage(model::Facts& facts);
  model::AuthEvent row_of(const Episode& episode) const;

  const Plan& plan_;
  std::vector<std::string> source_names_;
  std::vector<std::string> paths_;  ///< by file number
  std::vector<FileOutcome> files_;
  std::vector<Rhythm> part_rhythms_;
  std::vector<int64_t> part_lines_;  ///< -1: not read whole
  std::vector<Rhythm> set_rhythms_;
  RhythmSum all_rhythms_;
  LineNumbers lines_;
  Attempts attempts_{700'000};
  WebTraffic web_;
  std::vector<model::AuthEvent> auth_;
  int64_t left_out_ = 0;
  FoldedRows<model::Event> events_{4 * PartFacts::kMostEvents};
  FoldedRows<model::ProcessEvent> executed_{4 * PartFacts::kMostExecuted};
  std::vector<model::Last> last_;
  std::vector<model::LastLogin> lastlog_;
  std::vector<model::LogAnomaly> anomalies_;
};

}  // namespace genba::collect::logs
