// SPDX-License-Identifier: Apache-2.0
#include "act/ban/ban_journal.h"

#include <algorithm>

#include "act/ban/ban_run.h"
#include "act/journal/self.h"
#include "fmt/format.h"

namespace genba::act {

using base::Network;
using base::Result;
using model::Action;
using model::ActionEffect;
using model::ActionOutcome;

namespace {

constexpr int64_t kSecond = 1'000'000'000;
// Entries about what ran out that one run writes; the next one writes more.
constexpr size_t kMostEnded = 32;
// Of an entry that many networks share.
constexpr std::string_view kBatchSubject = "ban of ";

bool stands(const BanTable& table, const BanRecord& record) {
  return table.bans.count(record.network) != 0;
}

// Of a table that was read: what of these networks stands in it.
std::vector<BanRecord> standing_of(const BanTable& table, const std::vector<BanRecord>& records) {
  std::vector<BanRecord> found;
  std::copy_if(records.begin(), records.end(), std::back_inserter(found),
               [&](const BanRecord& record) { return stands(table, record); });
  return found;
}

bool has_run_out(const BanHistory& history, const model::ActionTime& now) {
  return history.last.length && !now.boot_id.empty() && history.began.boot_id == now.boot_id &&
         history.began.since_boot + history.last.length->count() * kSecond <= now.since_boot;
}

}  // namespace

BanEntries::BanEntries(Journal& journal, std::string_view verb, std::string why,
                       ReadObject read_object)
    : journal_(journal),
      verb_(verb),
      why_(std::move(why)),
      read_object_(std::move(read_object)),
      log_(journal.log()) {}

Result<BanMemory> BanEntries::settle(const BanTable& table) {
  GENBA_TRY_VOID(settle_open(table));
  BanMemory memory = remember_bans(log_, read_object_);
  GENBA_TRY_VOID(note_ended(table, memory));
  return memory;
}

Result<BanState> BanEntries::state_of(const model::ActionState& state) const {
  if (state.sha256.empty()) {
    return ban_state_from_json(state.text);
  }
  GENBA_TRY(const std::string text, read_object_(state.sha256));
  return ban_state_from_json(text);
}

// A batch is all or nothing, so one of its networks tells of all; the others may have run out.
Result<void> BanEntries::settle_open(const BanTable& table) {
  for (Action& action : log_.actions) {
    if (action.outcome != ActionOutcome::kIntended ||
        (action.verb != kBanVerb && action.verb != kUnbanVerb)) {
      continue;
    }
    const auto state = state_of(action.before);
    const bool lifts = action.effect == ActionEffect::kLifts;
    const auto about = !state ? std::vector<BanRecord>() : lifts ? state->bans : state->planned;
    const auto found = standing_of(table, about);
    const bool done = lifts ? found.empty() : !found.empty();
    action.outcome = done ? ActionOutcome::kDone : ActionOutcome::kFailed;
    action.after = {to_json(BanState{found, {}}), {}};
    GENBA_TRY_VOID(journal_.end(
        action.id, {action.outcome, action.after.text,
                    done ? "Genba was ended before it could write this; a later run found it so"
                         : "Genba was ended in the middle; a later run found it not so"}));
  }
  return {};
}

Result<void> BanEntries::note_lifted(std::string subject, std::vector<BanRecord> records,
                                     std::string_view detail) {
  GENBA_TRY(const uint64_t action, journal_.begin({std::string(kBanVerb),
                                                   std::move(subject),
                                                   ActionEffect::kLifts,
                                                   {},
                                                   to_json(BanState{std::move(records), {}})}));
  return journal_.end(action, {ActionOutcome::kDone, to_json(BanState{}), std::string(detail)});
}

// Only what the journal's list of what is in force still shows.
Result<void> BanEntries::note_ended(const BanTable& table, const BanMemory& memory) {
  const model::ActionTime now = read_action_time();
  size_t written = 0;
  for (const auto& [network, history] : memory.networks) {
    if (written == kMostEnded || table.bans.count(network) != 0 || history.lifted ||
        !has_run_out(history, now) || !is_in_force(ban_subject(network))) {
      continue;
    }
    ++written;
    GENBA_TRY_VOID(note_lifted(ban_subject(network), {history.last},
                               "its time had run out; the kernel had lifted it"));
  }
  return {};
}

Result<void> BanEntries::note_ended_batches(const BanTable& table) {
  for (const model::InForce& each : log_.in_force) {
    if (!each.of_this_boot || !each.subject.starts_with(kBatchSubject)) {
      continue;
    }
    const auto state = state_of(each.state);
    if (state && standing_of(table, state->bans).empty()) {
      GENBA_TRY_VOID(note_lifted(each.subject, {}, "none of its networks is banned any more"));
    }
  }
  return {};
}

bool BanEntries::is_in_force(std::string_view subject) const {
  return std::any_of(log_.in_force.begin(), log_.in_force.end(),
                     [&](const model::InForce& each) { return each.subject == subject; });
}

Result<void> BanEntries::begin(const BanPlan& plan, const BanTable& table, base::Timestamp now) {
  std::vector<BanRecord> set;
  for (const model::BanStep& step : plan.steps) {
    const bool renewed = step.fate == model::BanFate::kRenewed;
    if ((renewed || step.fate == model::BanFate::kBanned) &&
        begun_.emplace(step.network, true).second) {
      set.push_back({step.network, step.length, step.until, why_, renewed});
    }
  }
  std::vector<BanRecord> lifted;
  for (const Network& network : plan.change.lift) {
    if (begun_.emplace(network, true).second) {
      lifted.push_back({network, {}, {}, why_, false});
    }
  }
  GENBA_TRY_VOID(begin_groups(ActionEffect::kEstablishes, std::move(set), table, now));
  return begin_groups(ActionEffect::kLifts, std::move(lifted), table, now);
}

Result<void> BanEntries::begin_groups(ActionEffect effect, std::vector<BanRecord> records,
                                      const BanTable& table, base::Timestamp now) {
  const bool lifts = effect == ActionEffect::kLifts;
  const bool few = records.size() <= kOwnEntries;
  std::vector<BanRecord> together;
  for (BanRecord& record : records) {
    const std::string subject = ban_subject(record.network);
    if (few || (lifts && is_in_force(subject))) {
      GENBA_TRY_VOID(begin_one(subject, effect, {std::move(record)}, table));
    } else {
      together.push_back(std::move(record));
    }
  }
  if (together.empty()) {
    return {};
  }
  std::string subject =
      fmt::format("{}{} networks, {}", kBatchSubject, together.size(), base::to_display(now));
  return begin_one(std::move(subject), effect, std::move(together), table);
}

Result<void> BanEntries::begin_one(std::string subject, ActionEffect effect,
                                   std::vector<BanRecord> records, const BanTable& table) {
  BanState before{standing_of(table, records), {}};
  if (effect == ActionEffect::kEstablishes) {
    before.planned = records;
  }
  GENBA_TRY(const uint64_t action,
            journal_.begin({verb_, std::move(subject), effect, {}, to_json(before)}));
  entries_.push_back({action, std::move(records), effect});
  return {};
}

Result<void> BanEntries::end(const BanTable& table, std::string_view error) {
  Result<void> ended;
  for (const Entry& entry : entries_) {
    const auto found = standing_of(table, entry.records);
    const bool lifts = entry.effect == ActionEffect::kLifts;
    const bool done = lifts ? found.empty() : found.size() == entry.records.size();
    const auto written = journal_.end(
        entry.action,
        {done ? ActionOutcome::kDone : ActionOutcome::kFailed, to_json(BanState{found, {}}),
         done ? (lifts && verb_ == kBanVerb ? "it went into a larger ban" : "")
              : std::string(error)});
    ended = ended && !written ? written : ended;
  }
  return ended ? note_ended_batches(table) : ended;
}

}  // namespace genba::act
