// SPDX-License-Identifier: Apache-2.0
//
// Banned networks: what stands in the kernel, what a run did to them and why not, as data that
// act/ban fills and render tells. Covered by act/ban/ban_plan_test.cc and render/bans_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "model/finding.h"

namespace genba::model {

/// "192.0.2.7/32": always with its bits, so that one network has one spelling.
std::string to_cidr(const base::Network& network);

/// How long a ban holds; nothing: until it is lifted, or the machine is started again.
using BanLength = std::optional<std::chrono::seconds>;

/// A network that the kernel drops the packets of.
struct StandingBan {
  base::Network network;
  /// None: it stays.
  std::optional<std::chrono::milliseconds> remaining;
  /// Dropped so far; absent where the kernel does not count them one by one (before 5.7).
  std::optional<uint64_t> packets;
};

/// Something to say, with a stable id.
struct BanNote {
  std::string id;
  Text text;
};

/// What became of one network that was named.
enum class BanFate : uint8_t {
  kBanned,
  kRenewed,    ///< it stood already; its time was set anew
  kCovered,    ///< a larger ban holds it already; nothing was changed
  kRefused,    ///< `notes` say why
  kFailed,     ///< the kernel did not take it, or it was not found there afterwards
  kLifted,     ///< unban
  kNotBanned,  ///< unban: it was not banned, at least not as this network
};
/// Stable names: banned renewed covered refused failed lifted not_banned.
std::string_view to_string(BanFate fate);

struct BanStep {
  std::string asked;  ///< as it was written
  base::Network network;
  bool widened = false;  ///< a single IPv6 address that became its /64
  BanFate fate = BanFate::kBanned;
  BanLength length;
  std::optional<base::Timestamp> until;  ///< by the wall clock of now; absent: until lifted
  /// How often it was banned before without being lifted by hand, as far as the journal knows;
  /// `escalated` when that made this ban longer.
  size_t times_before = 0;
  bool escalated = false;
  std::vector<base::Network> replaces;  ///< smaller bans that went into it
  std::optional<StandingBan> cover;     ///< of kCovered
  bool force_helps = false;             ///< of kRefused: --force would ban it
  /// Why it was refused, or what --force overrode.
  std::vector<BanNote> notes;
};

/// Flows that were going on when the ban came.
struct FlowCut {
  std::optional<uint64_t>
      tracked;  ///< entries of connection tracking deleted; absent: not possible
  std::optional<uint64_t> sockets;  ///< sockets of this machine ended; absent: not possible
  std::vector<Text> not_possible;
};

/// What a run of ban or unban did.
struct BanReport {
  std::vector<BanStep> steps;
  FlowCut cut;
  std::vector<BanNote> warnings;
  /// The change was one batch: all of it or nothing. What the kernel took for it.
  std::chrono::microseconds commit{0};
  size_t standing = 0;         ///< bans afterwards
  bool table_removed = false;  ///< the last one has gone, and the table with it
  std::string journal_chain;
  std::string error;  ///< what went wrong as a whole, one line; empty when nothing did

  bool holds_all() const;  ///< everything that was asked is so now
};

/// One ban as it is listed, with what the journal knows of it.
struct ListedBan {
  StandingBan ban;
  std::optional<uint64_t> action;
  std::optional<base::Timestamp> since;
  std::string why;
};

/// A ban that the journal knows and the kernel does not have, although nobody lifted it.
struct LostBan {
  enum class Cause : uint8_t {
    kOtherBoot,  ///< the machine was started again: the kernel forgot it
    kTakenAway,  ///< its time is not over: somebody else removed it
  };
  base::Network network;
  Cause cause = Cause::kOtherBoot;
  std::optional<base::Timestamp> until;
  std::string why;
  uint64_t action = 0;
};
/// Stable names: other_boot taken_away.
std::string_view to_string(LostBan::Cause cause);

struct BanListing {
  std::vector<ListedBan> bans;
  std::vector<LostBan> lost;
  std::optional<uint64_t> packets_dropped;  ///< by all rules, since the table was made
  std::vector<BanNote> notes;  ///< the table was altered, the journal is not readable …
};

}  // namespace genba::model
