// SPDX-License-Identifier: Apache-2.0
#include "act/ban/ban_run.h"

#include <chrono>
#include <utility>

#include "act/ban/ban_journal.h"
#include "act/journal/self.h"

namespace genba::act {

using base::ErrorCode;
using base::Network;
using base::Result;
using model::BanFate;
using model::BanReport;

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kLag = 2 * kSecond;  // an entry begins a little before its ban does
// How often the ruleset may change under us before we give up.
constexpr int kMostTries = 16;

using Planner = std::function<BanPlan(const BanTable&, const BanMemory&)>;

class BanRun {
 public:
  BanRun(BanWork& work, std::string_view verb, std::string why)
      : work_(work), entries_(work.journal, verb, std::move(why), work.read_object) {}

  Result<BanReport> run(const Planner& planner) {
    GENBA_TRY(BanTable table, read_ban_table(work_.tables));
    GENBA_TRY(const BanMemory memory, entries_.settle(table));
    const bool was_present = table.present;
    Result<void> committed;
    for (int i = 0; i < kMostTries; ++i) {
      plan_ = planner(table, memory);
      GENBA_TRY_VOID(entries_.begin(plan_, table, read_action_time().utc));
      reached(BanStage::kJournaled);
      committed = commit(table);
      if (committed || committed.error().code != ErrorCode::kGone) {
        break;
      }
      GENBA_TRY(table, read_ban_table(work_.tables));
    }
    reached(BanStage::kCommitted);
    finish(committed, was_present);
    return std::move(report_);
  }

 private:
  void reached(BanStage stage) const {
    if (work_.reached) {
      work_.reached(stage);
    }
  }

  Result<void> commit(const BanTable& table) {
    const bool left_over = table.present && table.bans.empty();
    if (plan_.change.empty() && !left_over) {
      return {};
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto done = work_.tables.commit(ban_batch(table, plan_.change));
    report_.commit = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begin);
    return done;
  }

  // What the kernel lists counts, not what it answered.
  void finish(const Result<void>& committed, bool was_present) {
    report_.steps = std::move(plan_.steps);
    report_.warnings = std::move(plan_.warnings);
    const auto after = read_ban_table(work_.tables);
    const BanTable table = after ? *after : BanTable();
    if (!committed || !after) {
      report_.error = committed ? after.error().what : committed.error().what;
    }
    check_steps(table);
    report_.standing = table.bans.size();
    report_.table_removed = after && was_present && !table.present;
    cut();
    const auto ended =
        entries_.end(table, report_.error.empty() ? "the kernel does not list it" : report_.error);
    if (!ended) {
      report_.error += (report_.error.empty() ? "" : "; ") + ended.error().what;
    }
    report_.journal_chain = work_.journal.chain();
  }

  void check_steps(const BanTable& table) {
    for (model::BanStep& step : report_.steps) {
      const bool stands = table.bans.count(step.network) != 0;
      const bool sets = step.fate == BanFate::kBanned || step.fate == BanFate::kRenewed;
      if ((sets && !stands) || (step.fate == BanFate::kLifted && stands)) {
        step.fate = BanFate::kFailed;
      }
    }
  }

  void cut() {
    std::vector<Network> networks;
    for (const model::BanStep& step : report_.steps) {
      if (step.fate == BanFate::kBanned || step.fate == BanFate::kRenewed) {
        networks.push_back(step.network);
      }
    }
    if (!networks.empty()) {
      report_.cut = cut_flows(work_.means, networks);
      reached(BanStage::kCut);
    }
  }

  BanWork& work_;
  BanEntries entries_;
  BanPlan plan_;
  BanReport report_;
};

// Whether the ban would still hold, had nobody and nothing taken it away.
std::optional<model::LostBan::Cause> lost_by(const BanHistory& history,
                                             const model::ActionTime& now) {
  if (history.lifted || history.intended || now.boot_id.empty() || history.began.boot_id.empty()) {
    return std::nullopt;
  }
  const auto& length = history.last.length;
  if (history.began.boot_id != now.boot_id) {
    const bool over = length && history.last.until.value_or(base::Timestamp{}) <= now.utc;
    return over ? std::nullopt : std::optional(model::LostBan::Cause::kOtherBoot);
  }
  const bool over =
      length && history.began.since_boot + length->count() * kSecond <= now.since_boot + kLag;
  return over ? std::nullopt : std::optional(model::LostBan::Cause::kTakenAway);
}

}  // namespace

Result<BanReport> ban(BanWork& work, const BanRequest& request) {
  BanRun run(work, kBanVerb, request.why);
  return run.run([&](const BanTable& table, const BanMemory& memory) {
    const BanFound found{request.protections, memory, read_action_time().utc};
    return plan_ban(found, table, request.targets, request.time, request.force);
  });
}

Result<BanReport> unban(BanWork& work, std::span<const BanTarget> targets) {
  BanRun run(work, kUnbanVerb, {});
  return run.run(
      [&](const BanTable& table, const BanMemory&) { return plan_unban(table, targets); });
}

model::BanListing list_bans(const BanTable& table, const BanMemory& memory,
                            const model::ActionTime& now) {
  model::BanListing listing;
  listing.packets_dropped = table.packets;
  listing.notes = table.altered;
  for (const auto& [network, ban] : table.bans) {
    model::ListedBan listed{ban, {}, {}, {}};
    const auto history = memory.networks.find(network);
    if (history != memory.networks.end() && !history->second.lifted) {
      listed.action = history->second.action;
      listed.since = history->second.began.utc;
      listed.why = history->second.last.why;
    }
    listing.bans.push_back(std::move(listed));
  }
  for (const auto& [network, history] : memory.networks) {
    const auto cause = lost_by(history, now);
    if (cause && find_cover(table.bans, network) == table.bans.end()) {
      listing.lost.push_back(
          {network, *cause, history.last.until, history.last.why, history.action});
    }
  }
  return listing;
}

}  // namespace genba::act
