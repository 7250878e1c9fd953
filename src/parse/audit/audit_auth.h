// SPDX-License-Identifier: Apache-2.0
//
// Which audit events are authentication facts, in the words that other login logs use too. One
// login makes several: sshd alone writes USER_AUTH for PAM and for the key, then USER_LOGIN, then
// USER_START; who counts attempts must count one kind, or join by `pid`. Without an address,
// USER_AUTH success is no fact (sudo and su authenticate so, and their USER_CMD and USER_START tell
// more). Failed changes of accounts are none either. Source: the callers of libaudit in OpenSSH
// (audit-linux.c), Linux-PAM (pam_audit.c), sudo, util-linux login, and shadow-utils.
// Covered by audit_auth_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "parse/audit/audit_event.h"

namespace genba::parse {

/// Texts point into the event, or are constants.
struct AuditAuth {
  std::string_view outcome;  ///< "accepted", "failed", "session_opened", "session_closed", "sudo",
                             ///< "sudo_refused", "su", "su_failed", "account_added",
                             ///< "account_removed", "password_changed"
  std::string_view user;     ///< who acted: the account of a login; for sudo, su and changes the
                             ///< name of the login uid or uid, when the log is enriched
  std::string_view target;   ///< the account that su went to, or that was changed
  std::string_view address;  ///< addr=, else hostname=; empty for local
  std::string_view method;  ///< "password", "publickey", "pam", …; "sudo" or "su"; else op= itself
  std::string_view terminal;
  std::string_view exe;
  std::string_view command;  ///< of sudo
  int64_t pid = -1;
  int64_t uid = -1;
  int64_t auid = -1;
};

/// Nothing when the event is none.
std::optional<AuditAuth> to_auth(const AuditEvent& event);

}  // namespace genba::parse
