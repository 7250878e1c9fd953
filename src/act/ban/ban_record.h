// SPDX-License-Identifier: Apache-2.0
//
// Bans as the journal keeps them, and what it remembers of earlier ones: how often a network was
// banned, for how long, why, and whether somebody lifted it. JSON that is not ours is not believed:
// the action it stands in is passed over, and counted. Pure but for `read_object`. Covered by
// ban_record_test.cc and ban_record_fuzz.cc.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "act/ban/networks.h"
#include "base/result.h"
#include "model/action.h"
#include "model/ban.h"

namespace genba::act {

inline constexpr std::string_view kBanVerb = "contain ban";
inline constexpr std::string_view kUnbanVerb = "contain unban";

/// "ban 192.0.2.0/24": what a ban is lifted by.
std::string ban_subject(const base::Network& network);

struct BanRecord {
  base::Network network;
  model::BanLength length;
  std::optional<base::Timestamp> until;  ///< as the wall clock was; absent: until lifted
  std::string why;
  bool renewed = false;  ///< it stood when it was set

  friend bool operator==(const BanRecord&, const BanRecord&);
};

/// What an action keeps of the state before it (what stood of these networks, and what is planned
/// for them) and after it (what stands of them).
struct BanState {
  std::vector<BanRecord> bans;
  std::vector<BanRecord> planned;
  friend bool operator==(const BanState&, const BanState&) = default;
};

std::string to_json(const BanState& state);
/// kDamaged for what to_json does not write; at most a million records.
base::Result<BanState> ban_state_from_json(std::string_view text);

/// What the journal remembers of one network.
struct BanHistory {
  BanRecord last;
  size_t times = 0;         ///< without renewals; forgotten when it is lifted by hand
  bool lifted = false;      ///< by hand
  bool intended = false;    ///< no outcome: Genba was ended in the middle
  uint64_t action = 0;      ///< of `last`
  model::ActionTime began;  ///< of `last`
};

struct BanMemory {
  NetworkMap<BanHistory> networks;
  size_t unreadable = 0;  ///< actions whose state could not be read
};

/// Gives an object of the journal by its SHA-256.
using ReadObject = std::function<base::Result<std::string>(std::string_view sha256)>;

/// What the journal says of bans, in its order.
BanMemory remember_bans(const model::ActionLog& log, const ReadObject& read_object);

/// How long a ban is without being told: an hour the first time; banned before, the next longer of
/// ten minutes, an hour, a day, a week.
model::BanLength next_length(const BanHistory* history);

}  // namespace genba::act
