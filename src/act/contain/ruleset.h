// SPDX-License-Identifier: Apache-2.0
//
// The rules that make a plan real, as a batch for nf_tables. One table `genba_contain` in family
// inet, and one in netdev for what goes below IP (frames, macvlan, bridged guests). A base chain
// accepts, and has one rule: what is not on a loopback device and whose family is in the set
// `armed` jumps into a lock. The set's elements have the plan's timeout, so that the kernel opens
// the host by itself, whatever becomes of Genba. A lock drops what is blocked, accepts the allowed
// flows, each by a stateless rule, and drops and counts the rest; a drop here is final, an accept
// still leaves the host's own later rules their say. Devices' chains do not look at device names,
// since a bridge's port carries the bridge's packets; the inet chains behind them do. Frames of
// other EtherTypes (ARP, 802.1X, LACP, tagged frames made by hand) are not touched. Sources:
// nft(8), net/netfilter/nf_tables_core.c, include/uapi/linux/netfilter.h. Covered by
// ruleset_test.cc and, on a kernel, apply_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/containment.h"
#include "sys/nf_tables/nf_tables_batch.h"

namespace genba::act {

inline constexpr std::string_view kContainTable = "genba_contain";
/// Our tables, by family: NFPROTO_INET and NFPROTO_NETDEV.
sys::NftTableName contain_inet();
sys::NftTableName contain_netdev();
/// The set of families that are locked, in each table.
sys::NftSet armed_set(const sys::NftTableName& table);

/// How far below IP the kernel lets us hook: netdev since 4.2, its egress since 5.16.
enum class DeviceHooks : uint8_t { kNone, kIngress, kIngressAndEgress };
/// none, ingress, ingress_and_egress.
std::string_view to_string(DeviceHooks hooks);

struct HookedName {
  int index = 0;
  std::string name;
  friend bool operator==(const HookedName&, const HookedName&) = default;
};

/// The rules of one network namespace.
struct Ruleset {
  /// Our own gets the plan's flows. In another one nothing passes but what keeps its addresses and
  /// neighbours alive, so that it works again the moment that it is opened.
  enum class Scope : uint8_t { kOwn, kOther } scope = Scope::kOwn;
  std::vector<model::AllowedFlow> flows;
  std::vector<base::Network> blocked;
  std::vector<HookedName> devices;  ///< each must exist, or the batch is refused
  DeviceHooks hooks = DeviceHooks::kIngressAndEgress;
  sys::NftOwnership ownership = sys::NftOwnership::kNone;
  std::string comment;                               ///< contain_comment()
  std::optional<std::chrono::milliseconds> timeout;  ///< none: it holds
  /// Whether there is a table in netdev at all.
  bool below_ip() const { return hooks != DeviceHooks::kNone && !devices.empty(); }
};

/// Makes it where nothing of it is.
sys::NftBatch make_ruleset(const Ruleset& ruleset);
/// Makes it in place of whatever is left of it, at once; only for tables that nobody owns.
sys::NftBatch remake_ruleset(const Ruleset& ruleset);
/// Hooks one more device into the netdev table, which is made if need be.
sys::NftBatch hook_device(const Ruleset& ruleset, const HookedName& device, bool table_stands);
/// Appends: the timer of one of the tables runs for so long from now, or not at all (none).
void set_timer(sys::NftBatch& batch, const sys::NftTableName& table,
               std::optional<std::chrono::milliseconds> timeout);

/// "genba c-1f0e since 2026-11-29T03:13:44Z, genba 0.1.0": in the tables' userdata.
std::string contain_comment(std::string_view id, base::Timestamp armed, std::string_view version);
struct ContainComment {
  std::string id;
  std::string since;  ///< RFC 3339
  std::string version;
};
/// Nothing when it is not ours.
std::optional<ContainComment> parse_contain_comment(std::string_view comment);

/// 1 to 32 of a-z, 0-9 and '-'.
bool is_contain_id(std::string_view id);

}  // namespace genba::act
