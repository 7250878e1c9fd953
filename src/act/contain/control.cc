// SPDX-License-Identifier: Apache-2.0
#include "act/contain/control.h"

#include <algorithm>
#include <utility>

#include "act/contain/takeover.h"
#include "act/journal/self.h"
#include "fmt/format.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

KernelAccess access_of(const ControlOptions& options) {
  return {options.kernel ? *options.kernel : sys::nf_tables_present(), options.loading};
}

// Confirm and extend: the same steps with another timer.
class TimerChange {
 public:
  TimerChange(const host::Host& host, const ControlOptions& options, Journal& journal)
      : host_(host), options_(options), journal_(journal) {}

  /// What stands, or why there is nothing to change.
  Result<void> look() {
    GENBA_TRY(situation_,
              look_around(host_, journal_.log(), options_.journal_directory, access_of(options_)));
    GENBA_TRY_VOID(refuse_what_is_over());
    const auto& inet = *situation_->own().ours.inet;
    timer_ = timer_of(inet);
    if (!timer_.armed) {
      return fail(ErrorCode::kGone,
                  "the timer has run out and the kernel has opened the host: apply it again");
    }
    const auto comment = parse_contain_comment(inet.table.comment);
    if (situation_->recorded && comment && comment->id == situation_->recorded->id) {
      report_.state = *situation_->recorded;
    } else {
      take_from_kernel(comment);
    }
    return {};
  }

  bool holds() const { return !timer_.remaining; }
  std::chrono::milliseconds remaining() const { return *timer_.remaining; }

  Result<ControlReport> change(std::string_view verb,
                               std::optional<std::chrono::milliseconds> timeout) {
    GENBA_TRY(report_.action, journal_.begin({std::string(verb),
                                              std::string(kContainSubject),
                                              model::ActionEffect::kEstablishes,
                                              {},
                                              to_json(report_.state)}));
    if (auto changed = change_kernel(timeout); !changed) {
      GENBA_TRY_VOID(journal_.end(report_.action, {model::ActionOutcome::kFailed,
                                                   to_json(report_.state), changed.error().what}));
      return fail(changed.error());
    }
    report_.remaining = timeout;
    report_.outcome =
        report_.trouble.empty() ? model::ActionOutcome::kDone : model::ActionOutcome::kFailed;
    if (auto told = journal_.end(report_.action,
                                 {report_.outcome, to_json(report_.state),
                                  report_.trouble.empty() ? "" : report_.trouble.front().text.en});
        !told) {
      // It is done: an error would say that it is not.
      report_.outcome = model::ActionOutcome::kFailed;
      report_.trouble.push_back({"journal", untranslated(told.error().what)});
    }
    return std::move(report_);
  }

 private:
  Result<void> refuse_what_is_over() {
    if (situation_->own().ours.inet) {
      return {};
    }
    if (situation_->rebooted) {
      return fail(ErrorCode::kGone, "a reboot has opened this host: apply the containment again");
    }
    return situation_->recorded
               ? fail(ErrorCode::kGone,
                      "the rules are gone: the timer ran out, or somebody deleted them; see genba "
                      "contain status, and apply it again")
               : fail(ErrorCode::kNotFound, "this host is not contained");
  }

  // The journal is lost: what the tables say of themselves is enough to own and to time them.
  void take_from_kernel(const std::optional<ContainComment>& comment) {
    Containment& state = report_.state;
    state.id = comment ? comment->id : "c-unknown";
    state.boot_id = act::read_boot_id();
    state.hold = !timer_.remaining;
    if (comment) {
      const auto since = base::parse_rfc3339(comment->since);
      state.armed_utc = since ? std::max<int64_t>(since->nanoseconds, 0) : 0;
    }
    state.version = comment ? comment->version : options_.version;
    rules_known_ = false;
    report_.notes.push_back(
        {"not_recorded",
         {"the journal does not know this containment: it was taken over as the kernel has it",
          "この封じ込めは操作の記録にありません。カーネルにある状態のまま引き継ぎました"}});
  }

  Result<void> change_kernel(std::optional<std::chrono::milliseconds> timeout) {
    GENBA_TRY_VOID(take_place_of_guard(host_, *situation_));
    std::optional<base::Error> refused;
    std::vector<Contact> contacts;
    for (Standing& standing : situation_->namespaces) {
      if (!standing.ours.any()) {
        continue;
      }
      const auto committed = refused ? Result<void>() : commit(standing, timeout);
      if (!committed && standing.contact.where.own) {
        refused = committed.error();
      } else if (!committed) {
        report_.trouble.push_back(note_about(standing.contact.where, "namespace_unchanged",
                                             untranslated(committed.error().what)));
      }
      contacts.push_back(std::move(standing.contact));
    }
    // Refused, everything goes on as it was, but under a new guard.
    if (!refused) {
      note_time(timeout);
    }
    keep_guard(contacts, refused ? timer_.remaining : timeout);
    for (const Contact& contact : contacts) {
      if (auto* row = report_.state.find(contact.where.inode)) {
        *row = contact.where;
      } else {
        report_.state.namespaces.push_back(contact.where);
      }
    }
    return refused ? Result<void>(fail(*refused)) : Result<void>();
  }

  // One batch: the tables are ours again, and their timers are set.
  Result<void> commit(Standing& standing, std::optional<std::chrono::milliseconds> timeout) {
    sys::NftBatch batch;
    ContainedNamespace& where = standing.contact.where;
    where.contained = true;
    where.owned = false;
    const bool own = options_.guard == GuardUse::kKeep && standing.ours.persistent();
    for (const auto* table : {&standing.ours.inet, &standing.ours.netdev}) {
      if (!*table) {
        continue;
      }
      if (own) {
        batch.adopt_table((*table)->table.name);
      }
      set_timer(batch, (*table)->table.name, timeout);
    }
    GENBA_TRY_VOID(standing.contact.tables.commit(batch));
    where.owned = own;
    if (auto contents = read_our_contents(standing.contact.tables); contents && !rules_known_) {
      where.contents = *std::move(contents);
    }
    return {};
  }

  void note_time(std::optional<std::chrono::milliseconds> timeout) {
    Containment& state = report_.state;
    state.confirmed = !timeout;
    state.armed_since_boot = read_action_time().since_boot;
    state.timeout = timeout ? (timeout->count() + 999) / 1000 : 0;
  }

  void keep_guard(std::vector<Contact>& contacts,
                  std::optional<std::chrono::milliseconds> timeout) {
    report_.state.guard = {};
    if (options_.guard == GuardUse::kNone) {
      report_.notes.push_back(
          {"no_guard", {"no guard was left behind", "監視プロセスを残していません"}});
      return;
    }
    GuardOrders orders = guard_orders(report_.state, contacts, timeout, options_.journal_directory);
    orders.may_remake = rules_known_;
    if (auto guard = start_guard(host_, orders)) {
      report_.state.guard = *guard;
      return;
    }
    report_.notes.push_back(guard_missing());
    for (Contact& contact : contacts) {
      contact.where.owned = false;
    }
  }

  const host::Host& host_;
  const ControlOptions& options_;
  Journal& journal_;
  std::optional<Situation> situation_;
  Timer timer_;
  bool rules_known_ = true;
  ControlReport report_;
};

}  // namespace

Result<void> refuse_unproven(SessionProof proof, Force force) {
  if (proof == SessionProof::kUnproven && force == Force::kNo) {
    return fail(ErrorCode::kInvalid,
                "your session is not proven to pass the rules: not confirmed (--force confirms all "
                "the same; without it the timer opens the host)");
  }
  return {};
}

Result<ControlReport> confirm(const host::Host& host, SessionProof proof, Force force,
                              const ControlOptions& options, Journal& journal) {
  GENBA_TRY_VOID(refuse_unproven(proof, force));
  TimerChange change(host, options, journal);
  GENBA_TRY_VOID(change.look());
  return change.change("contain confirm", std::nullopt);
}

Result<ControlReport> extend(const host::Host& host, int64_t seconds, const ControlOptions& options,
                             Journal& journal) {
  // A year is more than any incident; the kernel counts milliseconds in jiffies of 32 bit at least.
  constexpr int64_t kLongest = 365 * 24 * 3600;
  if (seconds <= 0 || seconds > kLongest) {
    return fail(ErrorCode::kInvalid, "name between one second and a year to extend by");
  }
  TimerChange change(host, options, journal);
  GENBA_TRY_VOID(change.look());
  if (change.holds()) {
    return fail(ErrorCode::kInvalid,
                "this containment has no timer: it holds until genba contain "
                "undo");
  }
  return change.change("contain extend", change.remaining() + std::chrono::seconds(seconds));
}

}  // namespace genba::act
