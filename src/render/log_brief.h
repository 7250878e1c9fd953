// SPDX-License-Identifier: Apache-2.0
//
// What the logs come to, for `genba logs`: who tried, who got in, what they did then, what is
// missing. Counts and picks; says nothing. Covered by log_brief_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "model/facts.h"
#include "model/tables/log_anomalies.h"
#include "model/tables/logins.h"

namespace genba::render {

/// What a person asks for; all that is given must hold.
struct LogFilter {
  std::optional<std::string> user;
  std::optional<base::Network> network;
  std::optional<base::Timestamp> since;
  std::optional<base::Timestamp> until;

  bool is_empty() const { return !user && !network && !since && !until; }
};

/// Failed attempts of one address, network or name.
struct AttemptGroup {
  std::string name;
  int64_t attempts = 0;
  int64_t others =
      0;  ///< names that an address tried; addresses of a network, or that tried a name
  base::Timestamp first;
  base::Timestamp last;
  int64_t accepted = 0;  ///< logins of that address
};

/// Logins of one account from one address in one way.
struct LoginGroup {
  std::string username;
  std::string address;
  std::string method;
  std::string fingerprint;
  std::string certainty;  ///< of the first
  int64_t count = 0;
  base::Timestamp first;
  base::Timestamp last;
  bool first_of_address = false;  ///< the account had never come from there before
  int64_t failures_before = 0;    ///< of that address, before the first
  int64_t network_failures_before = 0;
};

/// Something that somebody did: a row of auth_events or events.
struct Deed {
  base::Timestamp time;
  std::string certainty;
  std::string action;  ///< sudo, su, account_added, package_command …
  std::string who;
  std::string target;  ///< account, group, package, unit
  std::string what;    ///< command or message
  std::string source;  ///< the log that tells it
  std::string path;
  std::optional<int64_t> line;
  int64_t count = 1;
};

/// Attempts in one piece of the time that the logs span.
struct AttemptsInTime {
  base::Timestamp from;
  int64_t attempts = 0;
  int64_t logins = 0;
};

struct LogBrief {
  LogFilter asked;
  int64_t attempts = 0;
  int64_t addresses = 0;
  int64_t networks = 0;
  int64_t names = 0;
  std::optional<base::Timestamp> first_attempt;
  std::optional<base::Timestamp> last_attempt;
  std::vector<AttemptGroup> by_address;  ///< most attempts first, at most kMostGroups each
  std::vector<AttemptGroup> by_network;
  std::vector<AttemptGroup> by_name;
  std::vector<model::Login> logins;      ///< by time
  std::vector<LoginGroup> login_groups;  ///< after many failures first, then the newest first
  std::vector<Deed> deeds;               ///< by time
  std::vector<Deed> deed_groups;  ///< the same, what was done again counted, by the last time
  std::vector<model::LogAnomaly> anomalies;
  std::vector<AttemptsInTime> over_time;  ///< at most kMostPieces, of equal length
  int64_t files = 0;
  int64_t lines = 0;
  std::optional<base::Timestamp> first_line;
  std::optional<base::Timestamp> last_line;

  static constexpr size_t kMostGroups = 50;
  /// Failures of an address, or of its network, that are worth a word beside a login.
  static constexpr int64_t kManyFailures = 20;
  static constexpr size_t kMostPieces = 72;
};

LogBrief brief_logs(const model::Facts& facts, const LogFilter& filter);

}  // namespace genba::render
