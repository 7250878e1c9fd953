// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/ladder.h"

#include <netinet/in.h>
// After it: the two have the same names, which linux/libc-compat.h sorts out only this way.
#include <linux/netfilter.h>

#include <algorithm>

#include "act/ladder/cgroup_bpf.h"
#include "act/ladder/ladder_notes.h"
#include "act/ladder/routes.h"
#include "sys/policy_routing.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;
using sys::NftBatch;

namespace {

constexpr const char* kProbe = "genba_probe";
constexpr int32_t kBeforeAll = -400;

// The reason in both languages: the kernel's own words are English.
model::Text because(std::string_view en, std::string_view ja, std::string_view reason) {
  const std::string detail = reason.empty() ? "" : " (" + std::string(reason) + ")";
  return {std::string(en) + detail, std::string(ja) + detail};
}

NftBatch inet_batch() {
  const sys::NftTableName table{NFPROTO_INET, kProbe};
  NftBatch batch;
  batch.add_table(table);
  batch.add_chain({table, "out", sys::NftHook{NF_INET_LOCAL_OUT, kBeforeAll, NF_ACCEPT, {}}});
  return batch;
}

NftBatch netdev_batch() {
  const sys::NftTableName table{NFPROTO_NETDEV, kProbe};
  NftBatch batch;
  batch.add_table(table);
  batch.add_chain({table, "out", sys::NftHook{NF_NETDEV_EGRESS, 0, NF_ACCEPT, {"lo"}}});
  return batch;
}

void offer_nf_tables(const sys::NftKernel& kernel, sys::ModuleLoading loading,
                     std::vector<RungOffer>& offers) {
  RungOffer whole;
  whole.rung = Rung::kNftables;
  whole.timer_in_kernel = true;
  RungOffer inet = whole;
  inet.rung = Rung::kNftablesInet;
  inet.not_covered = not_covered_by(Rung::kNftablesInet);
  auto tables = sys::NfTables::open(kernel, loading);
  const auto has_inet = tables ? tables->check(inet_batch()) : Result<void>(fail(tables.error()));
  inet.offered = has_inet.has_value();
  inet.evidence =
      has_inet
          ? because("the kernel took a table of rules, and took it back",
                    "カーネルはルールの表を受け付けました（試行のみで取り消し済み）", {})
          : because("nf_tables cannot be used", "nf_tablesは使えません", has_inet.error().what);
  const auto has_netdev =
      has_inet ? tables->check(netdev_batch()) : Result<void>(fail(has_inet.error()));
  whole.offered = has_netdev.has_value();
  whole.evidence =
      has_netdev
          ? because("the kernel took rules at IP and below it, and took them back",
                    "カーネルはIPとその下の層のルールを受け付けました（試行のみで取り消し済み）",
                    {})
          : because("nf_tables cannot filter below IP (egress hook, Linux 5.16)",
                    "nf_tablesはIPより下の層（egressフック、Linux 5.16）では使えません",
                    has_netdev.error().what);
  offers.push_back(std::move(whole));
  offers.push_back(std::move(inet));
}

RungOffer offer_cgroup_bpf(const host::Host& host) {
  RungOffer offer;
  offer.rung = Rung::kCgroupBpf;
  offer.not_covered = not_covered_by(offer.rung);
  const auto root = open_cgroup_root(host);
  const auto timer = root ? probe_cgroup_bpf(*root) : Result<ProgramTimer>(fail(root.error()));
  offer.offered = timer.has_value();
  offer.timer_in_kernel = timer && *timer == ProgramTimer::kDeadline;
  offer.evidence = timer
                       ? because("the kernel's verifier took a filter program",
                                 "カーネルの検証器はフィルタープログラムを受け付けました", {})
                       : because("filter programs for cgroups cannot be used",
                                 "cgroup用のフィルタープログラムは使えません", timer.error().what);
  return offer;
}

RungOffer offer_routes() {
  RungOffer offer;
  offer.rung = Rung::kRoutes;
  offer.not_covered = not_covered_by(offer.rung);
  const auto rtnetlink = sys::open_rtnetlink();
  const auto rules = rtnetlink ? sys::dump_policy_rules(*rtnetlink)
                               : Result<std::vector<sys::PolicyRule>>(fail(rtnetlink.error()));
  const auto planned =
      rules ? plan_rules(*rules) : Result<std::vector<sys::PlainRule>>(fail(rules.error()));
  // Asking to delete what is not there tells whether we may: ENOENT, or EPERM.
  const auto may =
      planned ? sys::delete_plain_rule(*rtnetlink, {base::AddressFamily::kIpv4, UINT32_MAX - 1,
                                                    kRoutesTable + 1, kContainProtocol})
              : Result<void>(fail(planned.error()));
  offer.offered = may.has_value() || may.error().code == ErrorCode::kNotFound;
  offer.evidence =
      offer.offered
          ? because("the kernel has policy rules, and none stands before ours",
                    "カーネルにポリシールールがあり、先に働くルールはありません", {})
          : because("policy rules cannot be used", "ポリシールールは使えません", may.error().what);
  return offer;
}

}  // namespace

std::string_view to_string(LadderStanding standing) {
  switch (standing) {
    case LadderStanding::kClosed: return "closed";
    case LadderStanding::kPartly: return "partly";
    case LadderStanding::kOpened: return "opened";
    case LadderStanding::kGone: return "gone";
    case LadderStanding::kAfterReboot: return "after_reboot";
  }
  return "gone";
}

Result<std::unique_ptr<LadderRung>> open_rung(Rung rung, const host::Host& host) {
  if (rung == Rung::kCgroupBpf) {
    GENBA_TRY(sys::Fd root, open_cgroup_root(host));
    return std::unique_ptr<LadderRung>(std::make_unique<CgroupBpf>(std::move(root)));
  }
  if (rung == Rung::kRoutes) {
    GENBA_TRY(sys::Fd rtnetlink, sys::open_rtnetlink());
    return std::unique_ptr<LadderRung>(std::make_unique<Routes>(std::move(rtnetlink)));
  }
  return fail(ErrorCode::kUnsupported, "not a rung below nf_tables");
}

bool claims(Rung rung, std::string_view path) {
  if (path.find("link:") != std::string_view::npos) {
    return rung == Rung::kNftables;
  }
  return !(rung == Rung::kRoutes && path.starts_with("in_")) &&
         !(rung == Rung::kCgroupBpf && path.starts_with("forward_"));
}

const RungOffer* RungChoice::chosen() const {
  const auto found = std::find_if(offers.begin(), offers.end(), [&](const RungOffer& offer) {
    return offer.offered && offer.rung == rung;
  });
  return found == offers.end() ? nullptr : &*found;
}

RungChoice choose_rung(const host::Host& host, const sys::NftKernel& nf_tables,
                       sys::ModuleLoading loading) {
  RungChoice choice;
  const auto settle = [&choice] {
    for (const RungOffer& offer : choice.offers) {
      if (offer.offered) {
        choice.rung = offer.rung;
        return true;
      }
    }
    return false;
  };
  offer_nf_tables(nf_tables, loading, choice.offers);
  if (settle()) {
    return choice;
  }
  choice.offers.push_back(offer_cgroup_bpf(host));
  if (settle()) {
    return choice;
  }
  choice.offers.push_back(offer_routes());
  settle();
  return choice;
}

}  // namespace genba::act
