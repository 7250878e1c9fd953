// SPDX-License-Identifier: Apache-2.0
//
// The readers behind parse_auth_message, one for each family of programs. Each gets a message
// without blanks around it and an AuthMessage as new, and returns whether it knows the line. They
// are for auth_message.cc alone. Covered by auth_message_test.cc and sshd_test.cc.
#pragma once

#include <string_view>

#include "parse/auth_message/auth_message.h"

namespace genba::parse::auth {

/// sshd, sshd-session, sshd-auth.
bool read_sshd(std::string_view message, AuthMessage& out);
/// sshd's "Accepted …", "Failed …", "Postponed …", "Partial …", "Invalid user …": lines in which a
/// user and the peer stand as "U from A port N".
bool read_sshd_attempt(std::string_view message, AuthMessage& out);
/// "A port N", "A", or "[invalid |authenticating ]user U A port N", whole, as sshd names a peer
/// elsewhere. The user's kind goes to `out.detail`.
bool read_sshd_remote(std::string_view text, AuthMessage& out);
/// "U from A[ port N]" whole; the last " from " counts, because only the user's side of the line is
/// the attacker's.
bool read_user_from(std::string_view text, AuthMessage& out);
/// "A" or "A port N" off the front of `text`.
bool take_peer(std::string_view& text, AuthMessage& out);

/// "pam_unix(sshd:auth): …" and "PAM 2 more …" of any program.
bool read_pam(std::string_view message, AuthMessage& out);
/// The text of a PAM module behind its "pam_unix(service:type): ", with `out.service` set.
bool read_pam_text(std::string_view text, AuthMessage& out);

bool read_sudo(std::string_view message, AuthMessage& out);
bool read_su(std::string_view message, AuthMessage& out);
bool read_doas(std::string_view message, AuthMessage& out);
bool read_pkexec(std::string_view message, AuthMessage& out);
bool read_polkitd(std::string_view message, AuthMessage& out);

/// useradd, usermod, groupadd, passwd, chage, gpasswd …: the tools of shadow-utils.
bool read_account_tool(std::string_view message, AuthMessage& out);
bool read_accounts_daemon(std::string_view message, AuthMessage& out);

bool read_login(std::string_view message, AuthMessage& out);
bool read_logind(std::string_view message, AuthMessage& out);
bool read_dropbear(std::string_view message, AuthMessage& out);
bool read_vsftpd(std::string_view message, AuthMessage& out);
bool read_dovecot(std::string_view message, AuthMessage& out);

}  // namespace genba::parse::auth
