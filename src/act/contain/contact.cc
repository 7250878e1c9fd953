// SPDX-License-Identifier: Apache-2.0
#include "act/contain/contact.h"

#include <linux/netfilter/nf_tables.h>
#include <net/if.h>

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "sys/nf_tables/nf_tables_dump.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr size_t kArmedFamilies = 2;  // as set_timer() arms them

constexpr uint8_t kInet = 1;  // NFPROTO_INET, linux/netfilter.h

Result<Contact> open_here(ContainedNamespace where, const KernelAccess& access) {
  GENBA_TRY(sys::NftWatch watch, sys::NftWatch::open(access.kernel, access.loading));
  GENBA_TRY(sys::NfTables tables, sys::NfTables::open(access.kernel, access.loading));
  GENBA_TRY(sys::Fd rtnetlink, sys::open_rtnetlink());
  GENBA_TRY(sys::Fd link_watch, sys::open_link_watch());
  return Contact{std::move(where), std::move(tables), std::move(watch), std::move(rtnetlink),
                 std::move(link_watch)};
}

Result<std::optional<sys::NftTableState>> read_table(sys::NfTables& tables,
                                                     const sys::NftTableName& name) {
  auto state = sys::read_nft_table(tables, name);
  if (!state && state.error().code == ErrorCode::kNotFound) {
    return std::optional<sys::NftTableState>();
  }
  if (!state) {
    return fail(std::move(state).error());
  }
  return std::optional(*std::move(state));
}

// The chains of devices come and go with the devices; what they jump to stays.
bool belongs_to_contents(const sys::NftMessage& message) {
  if (message.family == kInet || message.operation == NFT_MSG_NEWSET) {
    return true;
  }
  const uint16_t name =
      message.operation == NFT_MSG_NEWRULE ? uint16_t{NFTA_RULE_CHAIN} : uint16_t{NFTA_CHAIN_NAME};
  return sys::find_nft_text(message.attributes, name).starts_with("lock_");
}

}  // namespace

Result<Contact> contact_own(const OwnNamespace& own, const KernelAccess& access) {
  ContainedNamespace where;
  where.inode = own.inode;
  where.own = true;
  return open_here(std::move(where), access);
}

Result<Contact> contact_other(const host::Host& host, const OwnNamespace& own,
                              ContainedNamespace where, const KernelAccess& access) {
  GENBA_TRY(const sys::Fd other, open_namespace(host, where));
  std::optional<Contact> contact;
  GENBA_TRY_VOID(inside_namespace(own, other, [&]() -> Result<void> {
    GENBA_TRY(contact, open_here(std::move(where), access));
    return {};
  }));
  return *std::move(contact);
}

std::optional<uint32_t> OurTables::owner() const {
  if (inet && inet->table.owner) {
    return inet->table.owner;
  }
  return netdev ? netdev->table.owner : std::nullopt;
}

bool OurTables::persistent() const {
  return (inet && (inet->table.flags & sys::kNftTablePersist) != 0) ||
         (netdev && (netdev->table.flags & sys::kNftTablePersist) != 0);
}

Result<OurTables> read_our_tables(sys::NfTables& tables) {
  OurTables ours;
  GENBA_TRY(ours.inet, read_table(tables, contain_inet()));
  GENBA_TRY(ours.netdev, read_table(tables, contain_netdev()));
  return ours;
}

Timer timer_of(const sys::NftTableState& table) {
  Timer timer;
  const sys::NftSetInfo* armed = table.find_set("armed");
  for (size_t i = 0; armed != nullptr && i < armed->elements.size(); ++i) {
    const sys::NftElementInfo& element = armed->elements[i];
    // Of two families the one that opens first counts.
    if (element.remaining && (!timer.remaining || *element.remaining < *timer.remaining)) {
      timer.remaining = element.remaining;
    }
    timer.armed = true;
  }
  timer.whole = armed != nullptr && armed->elements.size() == kArmedFamilies;
  return timer;
}

Result<RulesetDigest> read_foreign_rules(sys::NfTables& tables) {
  // Bans are ours, too, and come and go beside a containment.
  const std::array ours{contain_inet(), contain_netdev(), sys::NftTableName{kInet, "genba_ban"}};
  GENBA_TRY(const sys::NftRuleset ruleset, sys::read_nft_ruleset(tables, ours));
  RulesetDigest digest;
  digest.sha256 = base::sha256_of(ruleset.settled);
  digest.tables = ruleset.tables;
  digest.rules = ruleset.rules;
  digest.generation = ruleset.generation;
  GENBA_TRY_VOID(tables.dump(NFT_MSG_GETTABLE, 0, {}, [&](const sys::NftMessage& message) {
    const sys::NftTableName name = sys::parse_nft_table(message).name;
    if (std::find(ours.begin(), ours.end(), name) == ours.end() &&
        digest.names.size() < kMostTableNames) {
      digest.names.push_back(sys::to_string(name));
    }
  }));
  return digest;
}

Result<std::string> read_our_contents(sys::NfTables& tables) {
  std::string bytes;
  std::optional<base::Error> wrong;
  const auto read = [&]() -> Result<sys::NfTables::Consistency> {
    bytes.clear();
    auto whole = sys::NfTables::Consistency::kWhole;
    for (const uint8_t kind : {NFT_MSG_GETCHAIN, NFT_MSG_GETRULE, NFT_MSG_GETSET}) {
      GENBA_TRY(
          const auto consistency, tables.dump(kind, 0, {}, [&](const sys::NftMessage& message) {
            // Whatever a message is about, its first attribute names the table.
            if (sys::find_nft_text(message.attributes, NFTA_TABLE_NAME) != kContainTable ||
                !belongs_to_contents(message)) {
              return;
            }
            const auto kept = sys::canonical_nft_message(message.operation, message.attributes);
            if (!kept) {
              wrong = kept.error();
              return;
            }
            bytes += std::string{static_cast<char>(message.operation),
                                 static_cast<char>(message.family)};
            bytes += sys::nft_u32_bytes(static_cast<uint32_t>(kept->size())) + *kept;
          }));
      whole = consistency == sys::NfTables::Consistency::kWhole ? whole : consistency;
    }
    return whole;
  };
  GENBA_TRY_VOID(tables.read_consistently(read));
  if (wrong) {
    return fail(std::move(*wrong));
  }
  return base::sha256_of(bytes);
}

bool is_way_out(const sys::Link& link, const std::vector<HookedName>& planned) {
  const bool was_planned = std::any_of(
      planned.begin(), planned.end(), [&](const HookedName& one) { return one.name == link.name; });
  return (link.flags & IFF_LOOPBACK) == 0 && (link.kind.empty() || was_planned);
}

Result<std::vector<HookedName>> devices_to_hook(const sys::Fd& rtnetlink,
                                                const std::vector<HookedName>& planned, bool all) {
  GENBA_TRY(const std::vector<sys::Link> links, sys::dump_links(rtnetlink));
  std::vector<HookedName> devices;
  for (const sys::Link& link : links) {
    const bool loopback = (link.flags & IFF_LOOPBACK) != 0;
    const bool wanted = all ? !loopback
                            : std::any_of(planned.begin(), planned.end(),
                                          [&](const auto& one) { return one.name == link.name; });
    if (wanted && devices.size() < kMostContained) {
      devices.push_back({link.index, link.name});
    }
  }
  return devices;
}

}  // namespace genba::act
