// SPDX-License-Identifier: Apache-2.0
//
// Who tried? One row for each address, over all logs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// Addresses that tried to log in and failed, counted.
struct LoginAttempts {
  std::string address;
  std::optional<std::string> network;
  int64_t attempts = 0;
  int64_t users = 0;
  base::Timestamp first_time;
  base::Timestamp last_time;
  int64_t accepted = 0;
  int64_t bans = 0;
  std::string source;
};

template <>
struct TableOf<LoginAttempts> {
  static constexpr ColumnInfo kColumns[] = {
      column<&LoginAttempts::address>("address", "Address."),
      column<&LoginAttempts::network>("network", "Its network: /24 or /64."),
      column<&LoginAttempts::attempts>("attempts", "Failed attempts, of the log that tells most."),
      column<&LoginAttempts::users>("users", "Distinct account names tried, counted up to 255."),
      column<&LoginAttempts::first_time>("first_time", "First attempt."),
      column<&LoginAttempts::last_time>("last_time", "Last attempt."),
      column<&LoginAttempts::accepted>("accepted", "Accepted logins of this address."),
      column<&LoginAttempts::bans>("bans", "How often fail2ban banned it."),
      column<&LoginAttempts::source>("source", "The log that tells most."),
  };
  static constexpr std::string_view kIndexed[] = {"address", "network"};
  static const TableInfo& info() {
    static const TableInfo kInfo = large_table<LoginAttempts>(
        "login_attempts", "Addresses that tried to log in and failed, counted.", TableScope::kFiles,
        kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& login_attempts() {
  return TableOf<LoginAttempts>::info();
}
}  // namespace tables

}  // namespace genba::model
