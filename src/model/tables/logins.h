// SPDX-License-Identifier: Apache-2.0
//
// Who got in? One row for each accepted login, put together from all logs that tell it, with what
// was known of its address before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Accepted logins, joined over all logs.
struct Login {
  base::Timestamp time;
  std::string certainty;
  std::string username;
  std::optional<std::string> address;
  std::optional<int64_t> port;
  std::optional<std::string> network;
  std::optional<std::string> scope;
  std::optional<std::string> method;
  std::optional<std::string> fingerprint;
  std::string program;
  std::optional<std::string> comm;
  std::optional<int64_t> pid;
  std::optional<base::Timestamp> end_time;
  std::string sources;
  std::optional<bool> in_wtmp;
  bool first_of_address = false;
  int64_t logins_before = 0;
  int64_t failures_before = 0;
  int64_t failures_before_hour = 0;
  int64_t user_failures_before = 0;
  int64_t network_failures_before = 0;
  std::string path;
  std::optional<int64_t> line;
};

template <>
struct TableOf<Login> {
  static constexpr ColumnInfo kColumns[] = {
      column<&Login::time>("time", "When."),
      column<&Login::certainty>(
          "certainty", "How sure the time is: exact, anchored, assumed_zone, inferred_year."),
      column<&Login::username>("username", "Account."),
      column<&Login::address>("address", "Address they came from."),
      column<&Login::port>("port", "Their port."),
      column<&Login::network>("network", "Its network: /24 or /64."),
      column<&Login::scope>("scope", "loopback, private, link_local, public …"),
      column<&Login::method>("method", "password, publickey …"),
      column<&Login::fingerprint>("fingerprint", "Fingerprint of the key."),
      column<&Login::program>("program", "Program that let them in."),
      column<&Login::comm>("comm", "Program that wrote it, as the kernel told the journal."),
      column<&Login::pid>("pid", "Process id of the server."),
      column<&Login::end_time>("end_time", "When the session ended, where that is told."),
      column<&Login::sources>("sources", "Logs that tell it, separated by blanks."),
      column<&Login::in_wtmp>("in_wtmp",
                              "Whether wtmp knows it; absent where no wtmp covers that time."),
      column<&Login::first_of_address>(
          "first_of_address",
          "Whether the account had never come from this address before, in these logs."),
      column<&Login::logins_before>("logins_before",
                                    "Logins of the account before, in these logs."),
      column<&Login::failures_before>("failures_before", "Failed attempts of this address before."),
      column<&Login::failures_before_hour>("failures_before_hour", "Of these, in the hour before."),
      column<&Login::user_failures_before>(
          "user_failures_before", "Failed attempts of this address for this account before."),
      column<&Login::network_failures_before>("network_failures_before",
                                              "Failed attempts of its network before."),
      column<&Login::path>("path", "File of the first log that tells it."),
      column<&Login::line>("line", "Line."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<Login>(
        "logins", "Accepted logins, joined over all logs.", TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& logins() {
  return TableOf<Login>::info();
}
}  // namespace tables

}  // namespace genba::model
