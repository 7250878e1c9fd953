// SPDX-License-Identifier: Apache-2.0
#include "act/contain/apply.h"

#include <time.h>

#include <algorithm>
#include <utility>

#include "act/journal/self.h"
#include "fmt/format.h"
#include "sys/process.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr int64_t kNanosecondsPerMillisecond = 1'000'000;

int64_t now() {
  return sys::clock_nanoseconds(CLOCK_MONOTONIC);
}

// Ours, or somebody's who calls a table as we do: neither is overwritten.
Result<void> refuse_standing(sys::NfTables& tables, const ContainedNamespace& where) {
  GENBA_TRY(const OurTables ours, read_our_tables(tables));
  if (!ours.any()) {
    return {};
  }
  const auto& table = ours.inet ? ours.inet->table : ours.netdev->table;
  const auto comment = parse_contain_comment(table.comment);
  if (comment && ours.inet && !timer_of(*ours.inet).armed) {
    return fail(ErrorCode::kInvalid,
                fmt::format("the rules of a containment that has ended are still there ({}): take "
                            "them off with genba contain undo, then apply again",
                            comment->id));
  }
  return fail(ErrorCode::kInvalid,
              comment ? fmt::format("{} is contained already, since {} ({}): see genba contain "
                                    "status, lengthen it with genba contain extend, or end it with "
                                    "genba contain undo",
                                    name_of(where).en, comment->since, comment->id)
                      : fmt::format("{} has a table '{}' that is not Genba's: look at it, and "
                                    "delete it with genba contain undo --force",
                                    name_of(where).en, kContainTable));
}

Result<void> refuse_plan(const model::ContainmentPlan& plan) {
  if (!plan.refusals.empty()) {
    return fail(
        ErrorCode::kInvalid,
        fmt::format("the plan says that it must not be applied ({}): see genba contain plan",
                    plan.refusals.front().id));
  }
  if (!plan.hold && plan.timeout <= 0) {
    return fail(ErrorCode::kInvalid, "a containment needs a timer of at least a second, or --hold");
  }
  return {};
}

class Applier {
 public:
  Applier(const host::Host& host, const model::ContainmentPlan& plan, const ApplyOptions& options,
          Journal& journal)
      : host_(host), plan_(plan), options_(options), journal_(journal) {}

  Result<ApplyReport> run() {
    const int64_t began = now();
    GENBA_TRY_VOID(refuse_plan(plan_));
    access_ = {options_.kernel ? *options_.kernel : sys::nf_tables_present(), options_.loading};
    describe();
    GENBA_TRY_VOID(look());
    GENBA_TRY_VOID(learn_abilities());
    GENBA_TRY(report_.action, journal_.begin({"contain apply", std::string(kContainSubject),
                                              model::ActionEffect::kEstablishes,
                                              options_.plan_sha256, to_json(whole_state())}));
    GENBA_TRY_VOID(commit_own());
    for (size_t i = 1; i < contacts_.size(); ++i) {
      commit_other(contacts_[i]);
    }
    read_back();
    keep_guard();  // from here on the sockets are its own: two readers take each other's answers
    report_.state = whole_state();
    report_.outcome =
        report_.trouble.empty() ? model::ActionOutcome::kDone : model::ActionOutcome::kFailed;
    report_.nanoseconds = now() - began;
    if (auto told = journal_.end(report_.action,
                                 {report_.outcome, to_json(report_.state),
                                  report_.trouble.empty() ? "" : report_.trouble.front().text.en});
        !told) {
      // It is in force: an error would say that it is not.
      report_.outcome = model::ActionOutcome::kFailed;
      report_.trouble.push_back({"journal", untranslated(told.error().what)});
    }
    return std::move(report_);
  }

 private:
  // The state so far: the namespaces that were reached, then the others.
  Containment whole_state() const {
    Containment state = state_;
    for (const Contact& contact : contacts_) {
      state.namespaces.push_back(contact.where);
    }
    state.namespaces.insert(state.namespaces.end(), unreached_.begin(), unreached_.end());
    return state;
  }

  void describe() {
    const model::ActionTime time = read_action_time();
    state_.version = options_.version;
    state_.boot_id = time.boot_id;
    state_.hold = plan_.hold;
    state_.timeout = plan_.hold ? 0 : plan_.timeout;
    state_.armed_utc = std::max<int64_t>(time.utc.nanoseconds, 0);
    state_.armed_since_boot = time.since_boot;
    state_.id = new_containment_id(time);
    state_.flows = plan_.flows;
    state_.blocked = plan_.blocked;
    state_.kept = plan_.kept;
    state_.session_namespace =
        plan_.session && !plan_.session->loopback ? plan_.session->net_namespace : 0;
  }

  Result<void> look() {
    GENBA_TRY(const OwnNamespace own, open_own_namespace());
    GENBA_TRY(Contact contact, contact_own(own, access_));
    GENBA_TRY_VOID(refuse_standing(contact.tables, contact.where));
    contacts_.push_back(std::move(contact));
    for (const model::OtherNamespace& other : plan_.namespaces) {
      if (other.inode != own.inode) {
        look_at(other, own);
      }
    }
    for (Contact& each : contacts_) {
      read_before(each);
    }
    GENBA_TRY_VOID(find_devices(contacts_.front()));
    for (size_t i = 1; i < contacts_.size(); ++i) {
      if (auto found = find_devices(contacts_[i]); !found) {
        note(contacts_[i].where, "no_device_hooks", untranslated(found.error().what));
      }
    }
    return {};
  }

  // Only undo wants it, to compare. Whoever keeps changing his rules must not keep the host open.
  void read_before(Contact& contact) {
    if (auto before = read_foreign_rules(contact.tables)) {
      contact.where.before = *std::move(before);
    } else {
      note(contact.where, "before_unread",
           {fmt::format("the rules of others could not be read ({}): undo will not be able to tell "
                        "whether they are the same",
                        before.error().what),
            fmt::format("ほかのルールを読み取れなかったため（{}）、undoの際に元のままかどうかを"
                        "判断できません",
                        before.error().what)});
    }
  }

  void look_at(const model::OtherNamespace& other, const OwnNamespace& own) {
    ContainedNamespace where;
    where.inode = other.inode;
    where.path = other.path;
    if (const auto process = scan_process(host_, other.pid); process && other.pid > 1) {
      where.process = process->key;
    }
    auto contact = contact_other(host_, own, where, access_);
    // A container's own root may have made a table of our name: that is no reason to leave the host
    // open.
    auto free = contact ? refuse_standing(contact->tables, contact->where)
                        : Result<void>(fail(contact.error()));
    if (free) {
      contacts_.push_back(*std::move(contact));
      return;
    }
    where.gone = free.error().code == ErrorCode::kGone;
    if (where.gone) {
      note(where, "namespace_gone",
           {"no process lives in it any more", "プロセスはもう存在しません"});
    } else {
      where.trouble = free.error().what;
      report_.trouble.push_back(
          note_about(where, "namespace_unreached", untranslated(where.trouble)));
    }
    unreached_.push_back(std::move(where));
  }

  Result<void> find_devices(Contact& contact) {
    std::vector<HookedName> planned;
    if (contact.where.own) {
      for (const model::HookedDevice& device : plan_.devices) {
        planned.push_back({device.index, device.name});
      }
    }
    GENBA_TRY(contact.where.devices,
              devices_to_hook(contact.rtnetlink, planned, !contact.where.own));
    for (const HookedName& device : planned) {
      const auto& devices = contact.where.devices;
      if (std::none_of(devices.begin(), devices.end(),
                       [&](const HookedName& one) { return one.name == device.name; })) {
        note(contact.where, "device_gone",
             {fmt::format("the device {} of the plan is gone", device.name),
              fmt::format("計画にあるデバイス{}がなくなりました", device.name)});
      }
    }
    return {};
  }

  void note(ContainedNamespace& where, std::string id, const model::Text& words) {
    report_.notes.push_back(note_about(where, std::move(id), words));
    where.notes.push_back(words.en);
  }

  // The whole batch as a dry run first; only when that is refused each part by itself.
  Result<void> learn_abilities() {
    Contact& own = contacts_.front();
    abilities_ = options_.abilities.value_or(KernelAbilities{});
    use_abilities();
    auto checked = own.tables.check(make_ruleset(ruleset_of(state_, own.where)));
    if (!checked && !options_.abilities) {
      ask_for_parts(own);
      use_abilities();
      checked = own.tables.check(make_ruleset(ruleset_of(state_, own.where)));
    }
    if (!checked) {
      return fail(checked.error().with_context("nothing was changed"));
    }
    note_abilities();
    return {};
  }

  void note_abilities() {
    if (abilities_.hooks == DeviceHooks::kNone) {
      report_.notes.push_back(
          {"no_device_hooks",
           {"this kernel has no hooks below IP: frames of raw sockets, macvlan and bridged guests "
            "are not stopped",
            "このカーネルにはIPより下のフックがありません。rawソケットのフレーム、macvlan、"
            "ブリッジ接続のゲストは止められません"}});
    } else if (abilities_.hooks == DeviceHooks::kIngress) {
      report_.notes.push_back(
          {"no_egress_hook",
           {"this kernel has no egress hook (Linux 5.16): frames of raw sockets and of macvlan can "
            "still leave",
            "このカーネルには送信側のフック（Linux 5.16以降）がありません。rawソケットや"
            "macvlanのフレームはまだ外に出られます"}});
    }
  }

  void ask_for_parts(Contact& own) {
    abilities_.persistent_ownership =
        own.tables
            .check(
                sys::NftBatch{}.add_table(contain_inet(), sys::NftOwnership::kOwnedAndPersistent))
            .has_value();
    for (const DeviceHooks hooks : {DeviceHooks::kIngressAndEgress, DeviceHooks::kIngress}) {
      Ruleset ruleset;
      ruleset.hooks = abilities_.hooks = hooks;
      ruleset.devices = own.where.devices;
      if (own.tables.check(make_ruleset(ruleset))) {
        return;
      }
    }
    abilities_.hooks = DeviceHooks::kNone;
  }

  void use_abilities() {
    for (Contact& contact : contacts_) {
      contact.where.hooks = abilities_.hooks;
      contact.where.owned = abilities_.persistent_ownership;
    }
  }

  Result<void> commit_own() {
    Contact& own = contacts_.front();
    const sys::NftBatch batch = make_ruleset(ruleset_of(state_, own.where));
    const int64_t began = now();
    const auto committed = own.tables.commit(batch);
    report_.commit_nanoseconds = now() - began;
    armed_at_ = began;
    if (!committed) {
      GENBA_TRY_VOID(journal_.end(report_.action,
                                  {model::ActionOutcome::kFailed, {}, committed.error().what}));
      return fail(committed.error().with_context("nothing was changed"));
    }
    own.where.contained = true;
    return {};
  }

  void commit_other(Contact& contact) {
    auto committed = contact.tables.commit(make_ruleset(ruleset_of(state_, contact.where)));
    if (!committed && contact.where.hooks != DeviceHooks::kNone) {
      // A device that went meanwhile must not keep the rest open.
      contact.where.hooks = DeviceHooks::kNone;
      note(contact.where, "no_device_hooks",
           {fmt::format("no hooks below IP: {}", committed.error().what),
            fmt::format("IPより下のフックを設定できませんでした（{}）", committed.error().what)});
      committed = contact.tables.commit(make_ruleset(ruleset_of(state_, contact.where)));
    }
    contact.where.contained = committed.has_value();
    if (!committed) {
      contact.where.trouble = committed.error().what;
      report_.trouble.push_back(
          note_about(contact.where, "namespace_open",
                     {fmt::format("it stays open: {}", contact.where.trouble),
                      fmt::format("封じ込められていません（{}）", contact.where.trouble)}));
    }
  }

  std::optional<std::chrono::milliseconds> time_left() const {
    if (plan_.hold) {
      return std::nullopt;
    }
    const int64_t passed = (now() - armed_at_) / kNanosecondsPerMillisecond;
    return std::chrono::milliseconds(std::max<int64_t>(plan_.timeout * 1000 - passed, 0));
  }

  void keep_guard() {
    if (options_.guard == GuardUse::kKeep) {
      const GuardOrders orders =
          guard_orders(state_, contacts_, time_left(), options_.journal_directory);
      if (auto guard = start_guard(host_, orders)) {
        state_.guard = *guard;
        return;
      }
      report_.notes.push_back(guard_missing());
    }
    for (Contact& contact : contacts_) {
      contact.where.owned = false;
    }
    report_.notes.push_back(
        {"no_guard",
         {"without a guard any process of root can flush the rules, and an ordinary firewall's "
          "reload does",
          "監視プロセスがないため、rootのプロセスはルールを消せます。通常のファイアウォールの"
          "再読み込みでも消えます"}});
  }

  void read_back() {
    for (Contact& contact : contacts_) {
      if (!contact.where.contained) {
        continue;
      }
      if (auto contents = read_our_contents(contact.tables)) {
        contact.where.contents = *std::move(contents);
      } else {
        report_.trouble.push_back(note_about(
            contact.where, "not_read_back",
            {fmt::format("the rules could not be read back: {}", contents.error().what),
             fmt::format("設定したルールを読み直せませんでした（{}）", contents.error().what)}));
      }
    }
  }

  const host::Host& host_;
  const model::ContainmentPlan& plan_;
  const ApplyOptions& options_;
  Journal& journal_;
  KernelAccess access_;
  KernelAbilities abilities_;
  Containment state_;              // without namespaces, which stand with their contacts
  std::vector<Contact> contacts_;  // our own first
  std::vector<ContainedNamespace> unreached_;
  ApplyReport report_;
  int64_t armed_at_ = 0;
};

}  // namespace

ContainNote guard_missing() {
  return {"guard_not_started", {"the guard did not start", "監視プロセスを起動できませんでした"}};
}

Ruleset ruleset_of(const Containment& state, const ContainedNamespace& where) {
  Ruleset ruleset;
  const bool session = state.session_namespace != 0 && state.session_namespace == where.inode;
  ruleset.scope = where.own || session ? Ruleset::Scope::kOwn : Ruleset::Scope::kOther;
  ruleset.flows = state.flows;
  ruleset.blocked = state.blocked;
  ruleset.devices = where.devices;
  ruleset.hooks = where.hooks;
  ruleset.ownership =
      where.owned ? sys::NftOwnership::kOwnedAndPersistent : sys::NftOwnership::kNone;
  ruleset.comment = contain_comment(state.id, {state.armed_utc}, state.version);
  if (state.has_timer()) {
    ruleset.timeout = std::chrono::seconds(state.timeout);
  }
  return ruleset;
}

GuardOrders guard_orders(const Containment& state, std::vector<Contact>& contacts,
                         std::optional<std::chrono::milliseconds> left,
                         std::string_view journal_directory) {
  GuardOrders orders;
  for (Contact& contact : contacts) {
    if (contact.where.contained) {
      orders.namespaces.push_back({&contact, ruleset_of(state, contact.where)});
    }
  }
  if (left) {
    orders.deadline = now() + left->count() * kNanosecondsPerMillisecond;
  }
  orders.journal_directory = std::string(journal_directory);
  orders.state = state;
  return orders;
}

Result<ApplyReport> apply(const host::Host& host, const model::ContainmentPlan& plan,
                          const ApplyOptions& options, Journal& journal) {
  return Applier(host, plan, options, journal).run();
}

}  // namespace genba::act
