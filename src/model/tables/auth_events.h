// SPDX-License-Identifier: Apache-2.0
//
// Who tried to get in, who got in, who became somebody else, whose account was changed? From every
// log that tells it: sshd, sudo, su, PAM and shadow-utils in text logs and the journal, audit,
// btmp, FTP servers, fail2ban. Repeated failures of one address and account are one row with a
// count, so that a year of brute force fits in memory. Forged lines are in here too: `program` is
// what the line claims, `comm` what the kernel told the journal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// Logins, attempts, changes of identity and of accounts, as the logs tell them.
struct AuthEvent {
  base::Timestamp time;
  base::Timestamp last_time;
  std::string certainty;
  std::string outcome;
  std::optional<std::string> username;
  std::optional<std::string> target_user;
  std::optional<std::string> groupname;
  std::optional<std::string> address;
  std::optional<int64_t> port;
  std::optional<std::string> method;
  std::optional<std::string> fingerprint;
  std::optional<std::string> command;
  std::string program;
  std::optional<std::string> comm;
  std::optional<int64_t> pid;
  std::optional<std::string> host;
  std::optional<std::string> tty;
  std::optional<std::string> service;
  std::optional<int64_t> uid;
  int64_t count = 0;
  std::string source;
  std::string path;
  std::optional<int64_t> line;
  int64_t offset = 0;
};

template <>
struct TableOf<AuthEvent> {
  static constexpr ColumnInfo kColumns[] = {
      column<&AuthEvent::time>("time", "When; of repeated failures the first."),
      column<&AuthEvent::last_time>("last_time", "The last of repeated failures; else as time."),
      column<&AuthEvent::certainty>(
          "certainty", "How sure the time is: exact, anchored, assumed_zone, inferred_year."),
      column<&AuthEvent::outcome>(
          "outcome",
          "accepted, failed, invalid_user, disconnected, session_opened, session_closed, sudo, "
          "sudo_refused, su, su_failed, account_added, account_removed, account_changed, "
          "password_changed, key_accepted, probe."),
      column<&AuthEvent::username>(
          "username",
          "Who acted or tried; absent when not told, or when one row counts several names."),
      column<&AuthEvent::target_user>("target_user",
                                      "Whom they became, or whose account was changed."),
      column<&AuthEvent::groupname>("groupname",
                                    "Group that was added, removed, changed or joined."),
      column<&AuthEvent::address>("address",
                                  "Address they came from; a name where the log has only that."),
      column<&AuthEvent::port>("port", "Their port."),
      column<&AuthEvent::method>("method",
                                 "password, publickey, keyboard-interactive/pam, none, ftp …"),
      column<&AuthEvent::fingerprint>("fingerprint", "Fingerprint of the key."),
      column<&AuthEvent::command>("command", "Command of sudo, or what was changed."),
      column<&AuthEvent::program>("program", "Program that the line claims to be of."),
      column<&AuthEvent::comm>(
          "comm", "Program that wrote it, as the kernel told the journal; absent in text logs."),
      column<&AuthEvent::pid>("pid", "Process id in the line."),
      column<&AuthEvent::host>("host", "Host name in the line."),
      column<&AuthEvent::tty>("tty", "Terminal."),
      column<&AuthEvent::service>("service", "PAM service."),
      column<&AuthEvent::uid>("uid", "User id that the line tells."),
      column<&AuthEvent::count>("count", "How many times."),
      column<&AuthEvent::source>(
          "source",
          "The log: a rotated set (/var/log/auth.log), the journal or a database counts as one."),
      column<&AuthEvent::path>("path", "File."),
      column<&AuthEvent::line>(
          "line", "Line, or record; absent when the file was not read from its beginning."),
      column<&AuthEvent::offset>("offset", "Byte where the line begins, after decompression."),
  };
  static constexpr std::string_view kIndexed[] = {"time", "address", "username", "path"};
  static const TableInfo& info() {
    static const TableInfo kInfo = large_table<AuthEvent>(
        "auth_events",
        "Logins, attempts, changes of identity and of accounts, as the logs tell them.",
        TableScope::kFiles, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& auth_events() {
  return TableOf<AuthEvent>::info();
}
}  // namespace tables

}  // namespace genba::model
