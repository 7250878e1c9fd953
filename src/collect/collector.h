// SPDX-License-Identifier: Apache-2.0
//
// A collector asks the host about one subject and returns facts and coverage; it never judges.
// Each lives in collect/<subject>/ with a collector.cc that defines collector(); CMake generates
// the list. A collector declares the tables it provides, the tables it reads (so that app orders
// the collectors), and the places it wants from the one filesystem walk.
// Covered by the tests in each folder, with the fake host.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "host/host.h"
#include "model/facts.h"
#include "model/tables/coverage.h"

namespace genba::collect {

/// Which tables and columns the run needs, so that a collector can leave out costly sources (the
/// memory maps of every process for a query that wants only names).
class Wanted {
 public:
  /// Everything (triage).
  static Wanted all();
  /// Adds a column; an empty column means the whole table.
  void add(std::string_view table, std::string_view column);
  bool wants(const model::TableInfo& table) const;
  bool wants(const model::TableInfo& table, std::string_view column) const;

 private:
  bool all_ = false;
  std::set<std::pair<std::string, std::string>, std::less<>> columns_;
  std::set<std::string, std::less<>> tables_;
};

/// How deep a run looks: at the usual places within the time of a triage; there, however long it
/// takes, for what was asked by name; or everywhere.
enum class Depth : uint8_t { kDefault, kAsked, kDeep };

/// Everything a collector gets. `facts` holds what the tables in `needs` said and receives what it
/// provides. `deadline` bounds optional work (hashing, walking): past it, stop and record coverage.
struct Context {
  const host::Host& host;
  model::Facts& facts;
  const Wanted& wanted;
  Depth depth = Depth::kDefault;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  int jobs = 1;  ///< threads it may use
  /// Told now and then what is being read, for the progress line; may be empty. Any thread.
  std::function<void(std::string_view what)> progress;
  /// Where a collector keeps what its `finish` needs of the first reading; its own, and nullptr
  /// when the run will not call `finish`.
  std::shared_ptr<void>* state = nullptr;
};

/// One collector as the registry knows it.
struct Collector {
  std::string_view name;  ///< the folder, and `area` in coverage
  std::span<const model::TableInfo* const> provides;
  std::span<const model::TableInfo* const> needs;
  void (*collect)(Context& context);
  /// A second reading, after all collectors have run: what moved since the first (CPU share,
  /// traffic rates). `context.facts` then holds the rows of the whole run, to be changed in place.
  void (*finish)(Context& context) = nullptr;
};

/// All collectors, sorted by name. Generated.
std::span<const Collector* const> all_collectors();

/// Counts what one source gave, and writes its coverage row at the end.
class CoverageCounter {
 public:
  CoverageCounter(std::string_view area, std::string_view subject);

  void asked(int64_t count = 1);
  void seen(int64_t count = 1);
  /// Counts the error by its code (denied, gone, failed) and keeps the first one's words.
  void failed(const base::Error& error);
  /// Something was cut or skipped on purpose: status becomes partial (or skipped when nothing
  /// seen).
  void cut(std::string_view reason, std::string_view remedy = {});
  void not_applicable(std::string_view reason);
  void unsupported(std::string_view reason);
  void remedy(std::string_view remedy);
  /// Damage noted while parsing: counted as failed, its reason kept.
  void note(const base::Note& note);

  /// Appends the row. kGone alone leaves a source complete.
  void finish(model::Facts& facts);

 private:
  model::Coverage row_;
  std::string first_reason_;
  bool cut_ = false;
  bool decided_ = false;
};

/// Whether the coverage rows of an area (of the subjects that begin so) say that something was
/// refused, failed or left out, and nothing was read: then its table must not look read and empty.
/// What simply is not there is no failure.
bool saw_nothing(const model::Facts& facts, std::string_view area, std::string_view subject = {});

}  // namespace genba::collect
