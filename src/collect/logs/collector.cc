// SPDX-License-Identifier: Apache-2.0
//
// What do the logs tell? Finds them, plans their reading, reads their parts side by side and puts
// together what they say. The default triage gives it a second, newest first; what was not reached
// is coverage. Whoever asks only for login records (`last`, `lastlog`) gets these, and the text
// logs stay unread. Covered by logs_test.cc and bench/log_peers.py.
#include "collect/collector.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "collect/logs/log_set.h"
#include "collect/logs/merge.h"
#include "collect/logs/part_reader.h"
#include "collect/logs/plan.h"
#include "collect/logs/zone.h"
#include "collect/ordered_work.h"
#include "model/tables/log_files.h"
#include "model/tables/login_attempts.h"
#include "model/tables/logins.h"
#include "model/tables/mounts.h"
#include "model/tables/users.h"
#include "model/tables/web_clients.h"
#include "model/tables/web_requests.h"
#include "model/tables/web_scripts.h"

namespace genba::collect::logs {

const Collector& collector();

namespace {

// Of the five seconds of a triage.
constexpr auto kDefaultTime = std::chrono::seconds(1);
// Results that wait for one that is slower: each may hold some ten megabytes.
constexpr size_t kMostWaiting = 6;

// One for each thread that reads: parts are folded without waiting for each other, and into few.
class FreeFolds {
 public:
  std::unique_ptr<Folds> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      return std::make_unique<Folds>();
    }
    std::unique_ptr<Folds> folds = std::move(free_.back());
    free_.pop_back();
    return folds;
  }
  void give_back(std::unique_ptr<Folds> folds) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(folds));
  }
  /// After all have been given back; each is gone after its call.
  template <class Found>
  void for_each(Found found) {
    while (!free_.empty()) {
      found(*free_.back());
      free_.pop_back();
    }
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Folds>> free_;
};

std::chrono::steady_clock::time_point deadline_of(const Context& context) {
  return context.depth == Depth::kDefault
             ? std::min(context.deadline, std::chrono::steady_clock::now() + kDefaultTime)
             : context.deadline;
}

std::map<int64_t, std::string> usernames(const model::Facts& facts) {
  std::map<int64_t, std::string> names;
  for (const model::User& user : facts.read<model::User>()) {
    names.emplace(user.uid, user.username);
  }
  return names;
}

bool is_of_records(const model::TableInfo* table) {
  return table == &model::tables::last() || table == &model::tables::lastlog();
}

// Whether nothing is asked but what wtmp, lastlog and the databases in their place hold: no line
// of a text log, no journal and no btmp adds to that.
bool wants_records_only(const Context& context) {
  const auto provides = collector().provides;
  return std::none_of(provides.begin(), provides.end(), [&](const model::TableInfo* table) {
    return !is_of_records(table) && context.wanted.wants(*table);
  });
}

// One that could not be opened may be any.
bool may_hold_records(const LogSet& set) {
  return std::any_of(set.files.begin(), set.files.end(), [](const LogFile& file) {
    return file.error || file.format == LogFormat::kUtmp || file.format == LogFormat::kLastlog ||
           file.format == LogFormat::kLastlog2 || file.format == LogFormat::kWtmpdb;
  });
}

void collect(Context& context) {
  const parse::ZoneInfo zone = read_zone(context);
  const auto deadline = deadline_of(context);
  const bool records_only = wants_records_only(context);
  std::vector<LogSet> sets = find_logs(context);
  if (records_only) {
    std::erase_if(sets, [](const LogSet& set) { return !may_hold_records(set); });
  }
  const Plan plan = make_plan(context.host, std::move(sets), zone);
  const auto names = usernames(context.facts);
  const Surroundings surroundings{context.host, zone, names, deadline};
  Merge merge(plan);
  FreeFolds free_folds;
  OrderedWork<uint32_t, std::optional<PartFacts>> work(
      [&](const uint32_t& number) -> std::optional<PartFacts> {
        if (std::chrono::steady_clock::now() > deadline) {
          return std::nullopt;
        }
        const Part& part = plan.parts[number];
        if (context.progress) {
          context.progress(part.log->path);
        }
        std::unique_ptr<Folds> folds = free_folds.take();
        PartFacts facts = read_part(part, surroundings, *folds.get());
        free_folds.give_back(std::move(folds));
        return facts;
      },
      [&](uint32_t&& number, std::optional<PartFacts>&& facts, std::vector<uint32_t>&) {
        if (facts) {
          merge.take(number, *std::move(facts));
        }
      },
      kMostWaiting);
  for (const uint32_t number : plan.order) {
    const LogFile& log = *plan.parts[number].log;
    if (log.format != LogFormat::kUnknown && !log.error) {
      work.add(number);
    }
  }
  work.run(context.jobs);
  free_folds.for_each([&merge](Folds& folds) { merge.take(folds); });
  merge.finish(context);
  // Refused logs are not logs that say nothing, and those that were left aside neither.
  const bool nothing = saw_nothing(context.facts, "logs");
  for (const model::TableInfo* table : collector().provides) {
    if (nothing || (records_only && !is_of_records(table))) {
      context.facts.drop(*table);
    }
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {
      &model::tables::auth_events(),    &model::tables::events(),
      &model::tables::last(),           &model::tables::lastlog(),
      &model::tables::log_anomalies(),  &model::tables::log_files(),
      &model::tables::login_attempts(), &model::tables::logins(),
      &model::tables::process_events(), &model::tables::web_clients(),
      &model::tables::web_requests(),   &model::tables::web_scripts()};
  static const model::TableInfo* const kNeeds[] = {&model::tables::mounts(),
                                                   &model::tables::users()};
  static const Collector kCollector{"logs", kProvides, kNeeds, collect, nullptr};
  return kCollector;
}

}  // namespace genba::collect::logs
