// SPDX-License-Identifier: Apache-2.0
#include "act/ban/ban_table.h"

#include <netinet/in.h>
// After it: the two have the same names, which linux/libc-compat.h sorts out only this way.
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "fmt/format.h"

namespace genba::act {

using base::AddressFamily;
using base::ErrorCode;
using base::Network;
using base::Result;
using model::StandingBan;
using sys::NftBatch;
using sys::NftElement;
using sys::NftRule;
using sys::NftSet;

namespace {

constexpr std::string_view kComment = "genba contain ban";
constexpr int32_t kPriority = -400;  // before NF_IP_PRI_RAW (-300) and conntrack (-200)
constexpr std::string_view kIncoming = "incoming";
constexpr std::string_view kOutgoing = "outgoing";

NftSet set_of(AddressFamily family) {
  const bool v6 = family == AddressFamily::kIpv6;
  return {ban_table_name(),
          v6 ? "banned6" : "banned4",
          {v6 ? sys::kNftKeyIpv6 : sys::kNftKeyIpv4},
          sys::NftElements::kRanges,
          sys::NftTimeouts::kAllowed,
          sys::NftCounting::kEach};
}

struct PlannedRule {
  std::string_view chain;
  NftRule rule;
};

NftRule drop(AddressFamily family, bool source, std::string_view comment) {
  const bool v6 = family == AddressFamily::kIpv6;
  const sys::NftField& field = v6 ? (source ? sys::kNftIpv6Source : sys::kNftIpv6Destination)
                                  : (source ? sys::kNftIpv4Source : sys::kNftIpv4Destination);
  NftRule rule;
  rule.nfproto(v6 ? NFPROTO_IPV6 : NFPROTO_IPV4)
      .in(set_of(family).name, {field})
      .counter()
      .drop()
      .comment(comment);
  return rule;
}

// Loopback passes, so that even a ban with --force leaves the machine talking to itself. What
// containers send to a banned network passes prerouting, where its destination counts.
std::vector<PlannedRule> planned_rules() {
  std::vector<PlannedRule> rules;
  rules.push_back({kIncoming, NftRule{}.input_device("lo").accept().comment("loopback")});
  rules.push_back({kIncoming, drop(AddressFamily::kIpv4, true, "from banned IPv4")});
  rules.push_back({kIncoming, drop(AddressFamily::kIpv6, true, "from banned IPv6")});
  rules.push_back({kIncoming, drop(AddressFamily::kIpv4, false, "forwarded to banned IPv4")});
  rules.push_back({kIncoming, drop(AddressFamily::kIpv6, false, "forwarded to banned IPv6")});
  rules.push_back({kOutgoing, NftRule{}.output_device("lo").accept().comment("loopback")});
  rules.push_back({kOutgoing, drop(AddressFamily::kIpv4, false, "to banned IPv4")});
  rules.push_back({kOutgoing, drop(AddressFamily::kIpv6, false, "to banned IPv6")});
  return rules;
}

std::array<sys::NftChain, 2> planned_chains() {
  const auto chain = [](std::string_view name, uint32_t hook) {
    return sys::NftChain{ban_table_name(), std::string(name),
                         sys::NftHook{hook, kPriority, NF_ACCEPT, {}}};
  };
  return {chain(kIncoming, NF_INET_PRE_ROUTING), chain(kOutgoing, NF_INET_LOCAL_OUT)};
}

NftElement element_of(const StandingBan& ban) {
  NftElement element;
  element.key = {std::string(base::raw_bytes(ban.network.address))};
  element.last = {std::string(base::raw_bytes(last_of(ban.network)))};
  element.timeout = ban.remaining;
  return element;
}

void add_whole_table(NftBatch& batch) {
  batch.add_table(ban_table_name(), sys::NftOwnership::kNone, kComment)
      .add_set(set_of(AddressFamily::kIpv4))
      .add_set(set_of(AddressFamily::kIpv6));
  for (const sys::NftChain& chain : planned_chains()) {
    batch.add_chain(chain);
  }
  for (const PlannedRule& planned : planned_rules()) {
    batch.add_rule(ban_table_name(), planned.chain, planned.rule);
  }
}

void set_bans(NftBatch& batch, const BanTable& table, const std::vector<StandingBan>& bans) {
  for (const AddressFamily family : {AddressFamily::kIpv4, AddressFamily::kIpv6}) {
    std::vector<NftElement> fresh;
    std::vector<NftElement> renewed;
    for (const StandingBan& ban : bans) {
      if (ban.network.address.family == family) {
        (table.bans.count(ban.network) != 0 ? renewed : fresh).push_back(element_of(ban));
      }
    }
    batch.replace_elements(set_of(family), renewed).add_elements(set_of(family), fresh);
  }
}

void lift_bans(NftBatch& batch, const std::vector<Network>& networks) {
  for (const AddressFamily family : {AddressFamily::kIpv4, AddressFamily::kIpv6}) {
    std::vector<NftElement> elements;
    for (const Network& network : networks) {
      if (network.address.family == family) {
        elements.push_back(element_of({network, {}, {}}));
      }
    }
    // One that has expired since it was read must not make the batch fail.
    batch.remove_elements(set_of(family), elements);
  }
}

void blame(BanTable& table, std::string id, std::string en, std::string ja) {
  table.altered.push_back({std::move(id), {std::move(en), std::move(ja)}});
}

// Rules are known by their comments: one that was changed and kept its comment is not seen.
bool rules_stand(const sys::NftTableState& state) {
  const auto planned = planned_rules();
  for (const sys::NftChain& chain : planned_chains()) {
    std::vector<std::string_view> wanted;
    std::vector<std::string_view> there;
    for (const PlannedRule& rule : planned) {
      if (rule.chain == chain.name) {
        wanted.push_back(rule.rule.comment());
      }
    }
    for (const sys::NftRuleInfo& rule : state.rules) {
      if (rule.chain == chain.name) {
        there.push_back(rule.comment);
      }
    }
    if (wanted != there) {
      return false;
    }
  }
  return true;
}

bool chains_stand(const sys::NftTableState& state) {
  for (const sys::NftChain& planned : planned_chains()) {
    const sys::NftChain* there = state.find_chain(planned.name);
    if (there == nullptr || !there->hook || there->hook->number != planned.hook->number ||
        there->hook->priority != kPriority || there->hook->policy != NF_ACCEPT) {
      return false;
    }
  }
  return state.chains.size() == planned_chains().size();
}

bool sets_stand(const sys::NftTableState& state) {
  for (const AddressFamily family : {AddressFamily::kIpv4, AddressFamily::kIpv6}) {
    const sys::NftSetInfo* set = state.find_set(set_of(family).name);
    constexpr uint32_t kNeeded = NFT_SET_INTERVAL | NFT_SET_TIMEOUT;
    if (set == nullptr || (set->flags & kNeeded) != kNeeded ||
        (set->flags & (NFT_SET_CONSTANT | NFT_SET_MAP)) != 0) {
      return false;
    }
  }
  return true;
}

void check_shape(const sys::NftTableState& state, BanTable& table) {
  if (!sets_stand(state) || !chains_stand(state) || !rules_stand(state)) {
    blame(table, "altered",
          "somebody changed the table of bans: not everything below may hold (the next ban makes "
          "it anew)",
          "ban のテーブルが変更されています。以下の ban が効いていない可能性があります（次に ban "
          "すると作り直します）");
  }
  if ((state.table.flags & NFT_TABLE_F_DORMANT) != 0) {
    blame(table, "dormant",
          "somebody switched the table of bans off (dormant): nothing is dropped until the next "
          "ban makes it anew",
          "ban のテーブルが無効化（dormant）されています。次に ban して作り直すまで何も遮断"
          "されません");
  }
}

// None is left of one that expires within this millisecond: it must not become one that stays.
std::optional<std::chrono::milliseconds> remaining_of(const sys::NftElementInfo& element) {
  return element.timeout ? element.remaining.value_or(std::chrono::milliseconds(1))
                         : element.remaining;
}

void read_elements(const sys::NftTableState& state, AddressFamily family, BanTable& table) {
  const sys::NftSetInfo* set = state.find_set(set_of(family).name);
  for (const sys::NftElementInfo& element :
       set == nullptr ? std::vector<sys::NftElementInfo>() : set->elements) {
    const auto first = base::address_from_bytes(element.key);
    const auto last = base::address_from_bytes(element.last);
    if (!first || !last || first->family != family || last->family != family) {
      continue;
    }
    const auto networks = networks_between(*first, *last);
    if (networks.size() > 1) {
      blame(table, "foreign_range",
            fmt::format("somebody else banned the range {} to {}", base::to_text(*first),
                        base::to_text(*last)),
            fmt::format("{}～{} の範囲は genba 以外が ban したものです", base::to_text(*first),
                        base::to_text(*last)));
    }
    for (const Network& network : networks) {
      const auto packets = element.counter ? std::optional(element.counter->packets) : std::nullopt;
      table.bans[network] = {network, remaining_of(element), packets};
    }
  }
}

bool is_ours(const sys::NftTableState& state) {
  return state.table.comment == kComment;
}

}  // namespace

sys::NftTableName ban_table_name() {
  return {NFPROTO_INET, "genba_ban"};
}

Result<BanTable> read_ban_table(sys::NfTables& tables) {
  BanTable table;
  const auto state = sys::read_nft_table(tables, ban_table_name());
  if (!state && state.error().code == ErrorCode::kNotFound) {
    GENBA_TRY(const auto generation, tables.generation());
    table.generation = generation.number;
    return table;
  }
  if (!state) {
    return base::fail(state.error());
  }
  if (!is_ours(*state)) {
    return base::fail(
        ErrorCode::kInvalid,
        fmt::format("the table {} is there, but Genba did not make it (it says '{}'): "
                    "whoever made it must delete it first",
                    sys::to_string(ban_table_name()),
                    base::escape_for_terminal(state->table.comment)));
  }
  table.present = true;
  table.generation = state->generation;
  check_shape(*state, table);
  read_elements(*state, AddressFamily::kIpv4, table);
  read_elements(*state, AddressFamily::kIpv6, table);
  for (const sys::NftRuleInfo& rule : state->rules) {
    if (rule.counter) {
      table.packets = table.packets.value_or(0) + rule.counter->packets;
    }
  }
  return table;
}

NftBatch ban_batch(const BanTable& table, const BanChange& change) {
  NetworkMap<StandingBan> after = table.bans;
  for (const Network& network : change.lift) {
    after.erase(network);
  }
  for (const StandingBan& ban : change.set) {
    after[ban.network] = ban;
  }
  NftBatch batch;
  batch.require_generation(table.generation);
  if (after.empty()) {
    return table.present ? batch.delete_table(ban_table_name()) : batch;
  }
  if (table.present && table.altered.empty()) {
    lift_bans(batch, change.lift);
    set_bans(batch, table, change.set);
    return batch;
  }
  if (table.present) {
    batch.delete_table(ban_table_name());
  }
  add_whole_table(batch);
  std::vector<StandingBan> bans;
  for (const auto& [network, ban] : after) {
    bans.push_back(ban);
  }
  set_bans(batch, BanTable(), bans);
  return batch;
}

}  // namespace genba::act
