// SPDX-License-Identifier: Apache-2.0
//
// Whom a ban must not hit: this machine, its gateways, resolvers and network storage, people who
// are logged in, and above all the responder. What stands here may be an intruder's too (an
// intruder who is logged in over ssh looks like an admin): then --force bans it, but the
// responder's own address stays out of reach even then, unless a console needs none. Pure but for
// gather_protections. Covered by protection_test.cc.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "act/contain/plan.h"
#include "host/host.h"
#include "model/ban.h"
#include "model/facts.h"
#include "model/table.h"
#include "model/tables/logged_in_users.h"

namespace genba::act {

struct Protection {
  /// Whether --force bans it all the same.
  enum class Strength : uint8_t { kUnlessForced, kAlways };
  base::Network network;
  Strength strength = Strength::kUnlessForced;
  std::string id;    ///< own_address, gateway, resolver, session, ssh_session, logged_in …
  model::Text what;  ///< "a gateway of this machine"
};

struct Protections {
  std::vector<Protection> protections;
  /// What could not be read: then nobody knows whom a ban would hit, and it takes --force.
  std::vector<model::BanNote> unread;
  std::vector<model::BanNote> warnings;
  std::optional<base::Address> session;  ///< the other end of the responder's own
};

/// The tables that gather_protections reads.
std::vector<const model::TableInfo*> ban_tables();

/// From what was found. `mine`: networks that the responder named as their own; then sessions that
/// could be theirs, but are not sure to be, count as those of others.
Protections find_protections(const Found& found, const std::vector<model::LoggedInUser>& users,
                             std::span<const base::Network> mine);

/// The same from this run's facts, host and network namespace; `pid` is this process.
Protections gather_protections(const host::Host& host, const model::Facts& facts, int64_t pid,
                               std::span<const base::Network> mine);

}  // namespace genba::act
