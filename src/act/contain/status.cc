// SPDX-License-Identifier: Apache-2.0
#include "act/contain/status.h"

#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <set>
#include <utility>

#include "act/contain/apply.h"
#include "act/journal/self.h"
#include "fmt/format.h"

namespace genba::act {

using base::Result;

namespace {

constexpr int32_t kOurPriority = -400;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kTimerSlack = kSecond / 2;  // our note of when it began, and the kernel's
constexpr uint32_t kIngressHook = 0;          // NF_NETDEV_INGRESS, linux/netfilter.h

// A batch says of itself what it makes, in the kernel's own words.
struct Made {
  std::vector<sys::NftChain> chains;
  std::vector<std::pair<sys::NftTableName, sys::NftRuleInfo>> rules;
};

Made made_by(const sys::NftBatch& batch) {
  Made made;
  for (const sys::NftBatch::Message& message : batch.messages()) {
    sys::NftMessage parsed;
    parsed.kind = sys::NftMessage::Kind::kNfTables;
    parsed.operation = message.operation;
    parsed.family = message.family;
    parsed.attributes = message.attributes;
    if (message.operation == NFT_MSG_NEWCHAIN) {
      made.chains.push_back(sys::parse_nft_chain(parsed));
    } else if (message.operation == NFT_MSG_NEWRULE) {
      sys::NftTableName table{message.family,
                              sys::find_nft_text(message.attributes, NFTA_RULE_TABLE)};
      made.rules.emplace_back(std::move(table), sys::parse_nft_rule(parsed));
    }
  }
  return made;
}

const std::optional<sys::NftTableState>& table_in(const OurTables& standing,
                                                  const sys::NftTableName& name) {
  return name == contain_inet() ? standing.inet : standing.netdev;
}

bool same_hook(const std::optional<sys::NftHook>& one, const std::optional<sys::NftHook>& other) {
  if (!one || !other) {
    return !one && !other;
  }
  return one->number == other->number && one->priority == other->priority &&
         one->policy == other->policy;
}

using RuleNames = std::vector<std::string>;

RuleNames rules_of_chain(const std::vector<sys::NftRuleInfo>& rules, std::string_view chain) {
  RuleNames names;
  for (const sys::NftRuleInfo& rule : rules) {
    if (rule.chain == chain) {
      names.push_back(rule.comment);
    }
  }
  return names;
}

void compare_chain(const Made& made, const sys::NftChain& chain, const sys::NftTableState& table,
                   std::vector<ContainNote>& doubts) {
  const std::string where = fmt::format("chain {} of {}", chain.name, sys::to_string(chain.table));
  const std::string where_ja =
      fmt::format("{}のチェーン{}", sys::to_string(chain.table), chain.name);
  const sys::NftChain* stands = table.find_chain(chain.name);
  if (stands == nullptr) {
    doubts.push_back({"chain_missing", {where + " is gone", where_ja + "がありません"}});
    return;
  }
  if (!same_hook(chain.hook, stands->hook)) {
    doubts.push_back({"chain_altered",
                      {where + " hangs at another hook, or was made to let through",
                       where_ja + "のフックまたは既定の動作が変えられています"}});
  }
  RuleNames expected;
  for (const auto& [name, rule] : made.rules) {
    if (name == chain.table && rule.chain == chain.name) {
      expected.push_back(rule.comment);
    }
  }
  const RuleNames found = rules_of_chain(table.rules, chain.name);
  if (found != expected) {
    doubts.push_back({"rules_altered",
                      {fmt::format("{} has {} rules, not the {} that were made", where,
                                   found.size(), expected.size()),
                       fmt::format("{}のルールが設定時と違います（現在{}件、設定時{}件）", where_ja,
                                   found.size(), expected.size())}});
  }
}

// Base chains that run before ours. What they accept still meets ours, but they can redirect a
// packet, copy it or hand it to a program.
void find_chains_before(const sys::NftOverview& overview, std::vector<ContainNote>& doubts) {
  for (const sys::NftChain& chain : overview.base_chains) {
    if (chain.table.name != kContainTable && chain.hook->priority < kOurPriority) {
      const std::string table = sys::to_string(chain.table);
      doubts.push_back({"chain_before",
                        {fmt::format("chain {} of {} runs before ours (priority {})", chain.name,
                                     table, chain.hook->priority),
                         fmt::format("{}のチェーン{}がGenbaより先に働きます（優先度{}）", table,
                                     chain.name, chain.hook->priority)}});
    }
  }
}

class StatusReader {
 public:
  StatusReader(const host::Host& host, Situation situation)
      : host_(host), situation_(std::move(situation)) {}

  ContainStatus run() {
    status_.recorded = situation_.recorded;
    status_.trouble = situation_.trouble;
    status_.trouble.insert(status_.trouble.end(), situation_.notes.begin(), situation_.notes.end());
    if (!situation_.journal_trouble.empty()) {
      status_.trouble.push_back({"journal_unread", untranslated(situation_.journal_trouble)});
    }
    status_.guard_alive =
        situation_.recorded && !situation_.rebooted && is_guard(host_, situation_.recorded->guard);
    for (Standing& standing : situation_.namespaces) {
      status_.namespaces.push_back(read(standing));
    }
    find_replaced();
    status_.guard_alive = status_.guard_alive || unrecorded_guard_;
    judge();
    return std::move(status_);
  }

 private:
  NamespaceStatus read(Standing& standing) {
    NamespaceStatus status;
    status.inode = standing.contact.where.inode;
    status.own = standing.contact.where.own;
    if (standing.ours.inet) {
      const Timer timer = timer_of(*standing.ours.inet);
      status.locked = timer.whole;
      status.remaining = timer.remaining;
    }
    status.owner = owner_of(standing.ours, status.own);
    for (const auto* table : {&standing.ours.inet, &standing.ours.netdev}) {
      for (size_t i = 0; *table && i < (*table)->rules.size(); ++i) {
        const sys::NftRuleInfo& rule = (*table)->rules[i];
        if (rule.counter) {
          status.counters[rule.comment].packets += rule.counter->packets;
          status.counters[rule.comment].bytes += rule.counter->bytes;
        }
      }
    }
    read_hooks(standing.ours, status);
    find_doubts(standing, status);
    return status;
  }

  static void read_hooks(const OurTables& ours, NamespaceStatus& status) {
    std::set<std::string> hooked;
    for (size_t i = 0; ours.netdev && i < ours.netdev->chains.size(); ++i) {
      const sys::NftChain& chain = ours.netdev->chains[i];
      if (chain.hook) {
        hooked.insert(chain.hook->devices.begin(), chain.hook->devices.end());
        status.egress = status.egress || chain.hook->number != kIngressHook;
      }
    }
    status.hooked.assign(hooked.begin(), hooked.end());
  }

  TableOwner owner_of(const OurTables& ours, bool own) {
    const auto owner = ours.owner();
    if (!owner) {
      return TableOwner::kNobody;
    }
    // Only a netlink socket of our own namespace can be looked up; those of the others are the same
    // guard's, as far as can be told.
    if (status_.guard_alive && (!own || guard_holds(host_, situation_.recorded->guard, *owner))) {
      return TableOwner::kGuard;
    }
    const auto guard = find_guard(host_, owner);
    unrecorded_guard_ = unrecorded_guard_ || guard.has_value();
    return guard || (!own && unrecorded_guard_) ? TableOwner::kGuard : TableOwner::kStranger;
  }

  // The timer of a trial that has run out leaves tables that lock nothing.
  bool should_be_locked() const {
    if (!situation_.recorded || situation_.rebooted) {
      return false;
    }
    const Containment& state = *situation_.recorded;
    const int64_t age = read_action_time().since_boot - state.armed_since_boot;
    return !state.has_timer() || age + kTimerSlack < state.timeout * kSecond;
  }

  void find_doubts(Standing& standing, NamespaceStatus& status) {
    auto& doubts = status.doubts;
    const ContainedNamespace& where = standing.contact.where;
    if (!situation_.recorded || situation_.rebooted) {
      return;
    }
    const bool wanted = should_be_locked() && !situation_.recorded->keeps(where.inode);
    if (standing.unrecorded || (!where.contained && !where.own)) {
      if (wanted && !standing.ours.any()) {
        doubts.push_back(
            note_about(where, "namespace_new",
                       {"it is not contained: it came later, or could not be entered",
                        "封じ込められていません（後から作られたか、入れませんでした）"}));
      }
      return;
    }
    if (wanted && !standing.ours.inet) {
      doubts.push_back(
          {"table_missing",
           {"our rules are gone, before their time", "期限の前に、Genbaのルールが消されています"}});
      return;
    }
    const bool below_open = standing.ours.netdev && !timer_of(*standing.ours.netdev).whole;
    if (wanted && (!status.locked || below_open)) {
      doubts.push_back(
          {"opened_early",
           {"the lock was taken off before its time", "期限の前に、遮断が解除されています"}});
    }
    // What opened in time is nobody's to guard any more; a machine that slept is locked for longer.
    if ((wanted || status.locked) && standing.ours.inet) {
      compare(standing, status);
    }
    if (const auto overview = sys::read_nft_overview(standing.contact.tables)) {
      find_chains_before(*overview, doubts);
    }
  }

  // Somebody put a containment of another name where ours was: what it lets through is not known.
  void find_replaced() {
    for (const int64_t inode : situation_.of_others) {
      ContainedNamespace* where =
          situation_.recorded && should_be_locked() ? situation_.recorded->find(inode) : nullptr;
      if (where == nullptr || !where->contained) {
        continue;
      }
      NamespaceStatus status;
      status.inode = inode;
      status.doubts.push_back(
          note_about(*where, "table_replaced",
                     {"our rules were replaced by another containment's",
                      "Genbaのルールが、別の封じ込めのものに置き換えられています"}));
      status_.namespaces.push_back(std::move(status));
    }
  }

  void compare(Standing& standing, NamespaceStatus& status) {
    ContainedNamespace where = standing.contact.where;
    const auto present = devices_to_hook(standing.contact.rtnetlink, where.devices, !where.own);
    find_new_devices(standing, status);
    if (present) {
      std::erase_if(where.devices, [&](const HookedName& device) {
        return std::find(present->begin(), present->end(), device) == present->end();
      });
    }
    auto doubts = compare_rules(ruleset_of(*situation_.recorded, where), standing.ours);
    const auto contents = read_our_contents(standing.contact.tables);
    if (doubts.empty() && contents && !where.contents.empty() && *contents != where.contents) {
      doubts.push_back(
          {"rules_altered",
           {"what our rules do was changed", "Genbaのルールの内容が変えられています"}});
    }
    if (status.owner == TableOwner::kStranger) {
      doubts.push_back({"owner_stranger",
                        {"a process that is not Genba's guard owns our rules",
                         "Genbaの監視プロセスではないプロセスがルールを所有しています"}});
    }
    if (where.owned && !standing.ours.owner()) {
      doubts.push_back({"owner_gone",
                        {"the guard is gone: any process of root can flush the rules",
                         "監視プロセスがありません。rootのプロセスはルールを消せます"}});
    }
    if (!where.owned && situation_.recorded->guard.pid > 0 && !status_.guard_alive) {
      doubts.push_back({"guard_gone",
                        {"the guard is gone: nobody makes flushed rules again",
                         "監視プロセスがありません。消されたルールは元に戻りません"}});
    }
    status.doubts.insert(status.doubts.end(), doubts.begin(), doubts.end());
  }

  void find_new_devices(Standing& standing, NamespaceStatus& status) {
    const ContainedNamespace& where = standing.contact.where;
    const auto links = sys::dump_links(standing.contact.rtnetlink);
    if (!links || where.hooks == DeviceHooks::kNone) {
      return;
    }
    for (const sys::Link& link : *links) {
      const auto& hooked = status.hooked;
      if (is_way_out(link, where.devices) &&
          std::find(hooked.begin(), hooked.end(), link.name) == hooked.end()) {
        status.new_devices.push_back(link.name);
        status.doubts.push_back(
            {"device_new",
             {fmt::format("the device {} has no hooks below IP", link.name),
              fmt::format("デバイス{}にIPより下のフックがありません", link.name)}});
      }
    }
  }

  void judge() {
    const NamespaceStatus& own = status_.namespaces.front();
    const auto& inet = situation_.own().ours.inet;
    const auto comment = inet ? parse_contain_comment(inet->table.comment) : std::nullopt;
    if (comment) {
      status_.id = comment->id;
      status_.since = comment->since;
    } else if (situation_.recorded) {
      status_.id = situation_.recorded->id;
      status_.since = base::to_rfc3339({situation_.recorded->armed_utc});
    }
    if (own.locked) {
      status_.condition = own.remaining ? ContainCondition::kTrial : ContainCondition::kHeld;
    } else if (situation_.rebooted) {
      status_.condition = ContainCondition::kRebooted;
    } else if (should_be_locked()) {
      status_.condition = ContainCondition::kMissing;
    } else if (situation_.recorded || inet) {
      status_.condition = ContainCondition::kOpened;
    }
  }

  const host::Host& host_;
  Situation situation_;
  bool unrecorded_guard_ = false;
  ContainStatus status_;
};

}  // namespace

std::string_view to_string(ContainCondition condition) {
  switch (condition) {
    case ContainCondition::kNone: return "none";
    case ContainCondition::kTrial: return "trial";
    case ContainCondition::kHeld: return "held";
    case ContainCondition::kOpened: return "opened";
    case ContainCondition::kRebooted: return "rebooted";
    case ContainCondition::kMissing: return "missing";
  }
  return "none";
}

bool ContainStatus::untouched() const {
  return (condition == ContainCondition::kTrial || condition == ContainCondition::kHeld) &&
         std::all_of(namespaces.begin(), namespaces.end(),
                     [](const NamespaceStatus& one) { return one.doubts.empty(); });
}

std::vector<ContainNote> compare_rules(const Ruleset& made, const OurTables& standing) {
  std::vector<ContainNote> doubts;
  const Made expected = made_by(make_ruleset(made));
  std::set<uint8_t> missing;
  for (const sys::NftChain& chain : expected.chains) {
    const auto& table = table_in(standing, chain.table);
    if (table) {
      compare_chain(expected, chain, *table, doubts);
    } else if (missing.insert(chain.table.family).second) {
      doubts.push_back({"table_missing",
                        {fmt::format("table {} is gone", sys::to_string(chain.table)),
                         fmt::format("テーブル{}がありません", sys::to_string(chain.table))}});
    }
  }
  for (const auto* table : {&standing.inet, &standing.netdev}) {
    if (*table && ((*table)->table.flags & NFT_TABLE_F_DORMANT) != 0) {
      doubts.push_back(
          {"table_dormant",
           {fmt::format("table {} was put to sleep", sys::to_string((*table)->table.name)),
            fmt::format("テーブル{}が休止状態にされています",
                        sys::to_string((*table)->table.name))}});
    }
  }
  return doubts;
}

Result<ContainStatus> read_status(const host::Host& host, const model::ActionLog& log,
                                  std::string_view journal_directory, const KernelAccess& access) {
  GENBA_TRY(Situation situation, look_around(host, log, journal_directory, access));
  return StatusReader(host, std::move(situation)).run();
}

}  // namespace genba::act
