// SPDX-License-Identifier: Apache-2.0
//
// Who got in, and what had their address done before? The same login stands in auth.log, in the
// journal, in audit and in wtmp; put together it is one row, and where the logs differ by a whole
// zone the difference tells the zone that a text log was written in. What only one of them knows
// is visible in `sources`. Two logins of one account from one address within kSameLogin seconds
// without a port become one. Who writes the logs chooses all of these texts and times, so no step
// here compares each with each. Covered by join_logins_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "collect/logs/attempts.h"
#include "model/tables/auth_events.h"
#include "model/tables/events.h"
#include "model/tables/last.h"
#include "model/tables/login_attempts.h"
#include "model/tables/logins.h"

namespace genba::collect::logs {

/// What all logs together know.
struct LogEvidence {
  const std::vector<model::AuthEvent>& auth;
  const std::vector<model::Last>& last;
  const std::vector<model::Event>& events;
  const Attempts& attempts;
  const std::vector<std::string>& sources;  ///< names of sets, by Episode::source
};

/// "203.0.113.0/24", "2001:db8:0:1::/64"; empty for what is no address.
std::string network_of(std::string_view address);

/// Episodes by address and by network. The attempts must outlive it, and stay as they are.
class AttemptIndex {
 public:
  explicit AttemptIndex(const Attempts& attempts);

  const Attempts& attempts() const { return attempts_; }
  /// Addresses that have episodes, each with its episodes by number.
  void for_each_address(const std::function<void(std::string_view address,
                                                 std::span<const uint32_t> episodes)>& found) const;
  /// The episodes of an address in its plain form, or of a network, by number, the earliest first.
  std::span<const uint32_t> of_address(std::string_view address) const;
  std::span<const uint32_t> of_network(std::string_view network) const;

 private:
  // Places by number: what belongs to number n lies in [starts[n], starts[n + 1]) of places.
  struct Groups {
    std::vector<uint32_t> starts;
    std::vector<uint32_t> places;
    std::span<const uint32_t> of(uint32_t number) const;
  };
  static Groups group(const std::vector<uint32_t>& numbers, size_t most);

  const Attempts& attempts_;
  TextPool names_;                    ///< addresses in their plain form, networks
  std::vector<uint32_t> address_of_;  ///< by the attempts' number of an address: number in names_
  Groups by_address_;
  Groups by_network_;
};

/// One row for each login, by time.
std::vector<model::Login> join_logins(const LogEvidence& evidence, const AttemptIndex& index);

/// Calls `found` with one row for each address that failed.
void count_attempts(const LogEvidence& evidence, const AttemptIndex& index,
                    const std::vector<model::Login>& logins,
                    const std::function<void(const model::LoginAttempts&)>& found);

/// How far text logs are from the logs that keep UTC: seconds to add to the times of each source,
/// measured by logins that both know. Only whole quarters of an hour count (a zone), only when most
/// of at least two logins agree and no other zone has more than two thirds of their number (logins
/// at regular times agree with every zone). Sources that agree, or share no login, are left out.
std::map<std::string, int64_t> measure_offsets(const std::vector<model::AuthEvent>& auth,
                                               const std::vector<model::Last>& last);

}  // namespace genba::collect::logs
