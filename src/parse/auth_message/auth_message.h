// SPDX-License-Identifier: Apache-2.0
//
// Tells what one message of sshd, PAM, sudo, su, login, dropbear and the account tools means: who
// tried what, from where, with which outcome. It gets the program's name and the text behind
// "program[pid]: ", so text logs and the journal are read alike. User names, methods and client
// texts in such a line are chosen by the attacker: every reader says from which end it cuts and
// why. Where it does not hold: any local user can write any line under any program name (logger -t
// sshd), so a row is what a line claims, not what happened; and in a certificate's own ID, or in
// the client user of hostbased authentication, a whole second peer can be forged: then neither is
// given. Sources: the format strings of OpenSSH 5.0 to 10.0, Linux-PAM, sudo 1.7 to 1.9,
// util-linux, shadow-utils, opendoas, polkit, dropbear, vsftpd, dovecot 2. Covered by
// auth_message_test.cc, sshd_test.cc, auth_real_test.cc (crowdsec, plaso) and
// auth_message_fuzz.cc.
#pragma once

#include <cstdint>
#include <string_view>

namespace genba::parse {

/// What a line says happened. One attempt writes several lines (Invalid user, PAM failure, Failed
/// password, Disconnected): count sshd's attempts by kFailed with a method that is neither "pam"
/// nor empty (empty: "User U not allowed because …", which comes before the attempt).
enum class AuthOutcome : uint8_t {
  kAccepted,         ///< a login, with `method`
  kFailed,           ///< a refused attempt; detail "invalid user" when the account does not exist
  kInvalidUser,      ///< the account does not exist; no attempt of its own
  kDisconnected,     ///< a connection ended; detail says in which state or why
  kSessionOpened,    ///< for `user`, by `by`
  kSessionClosed,    ///< of `user`, or of the logind session in `detail`
  kSudo,             ///< sudo, doas or pkexec ran `command` as `target_user`
  kSudoRefused,      ///< they did not; detail is the reason as written
  kSu,               ///< `user` became `target_user`
  kSuFailed,         ///< and here did not
  kAccountAdded,     ///< account `target_user`, or `group` when that is empty
  kAccountRemoved,   ///< likewise
  kAccountChanged,   ///< likewise; detail is what changed
  kPasswordChanged,  ///< of `target_user`
  kKeyAccepted,      ///< a key that would do, or one of several factors: not yet a login
  kProbe,            ///< scanners, protocol nonsense, too many tries; detail is the text
};

/// "accepted", "failed", "invalid_user", "disconnected", "session_opened" …
std::string_view to_string(AuthOutcome outcome);

/// One message. Views point into the message, the program's name or fixed words; empty: not told.
/// Bytes are raw: they may be anything but are as the program wrote them.
struct AuthMessage {
  AuthOutcome outcome = AuthOutcome::kProbe;
  std::string_view user;         ///< who acted or tried
  std::string_view target_user;  ///< whom sudo and su become; the account that a tool worked on
  std::string_view address;      ///< the peer as written: IPv4, "::ffff:" form, or a host name
  int32_t port = -1;             ///< the peer's, -1 when not told
  /// password, publickey, keyboard-interactive/pam, none, hostbased, gssapi-with-mic as sshd says;
  /// pam for PAM's own lines; pkexec, doas, polkit; console and dialup for login; ftp; dovecot's.
  std::string_view method;
  std::string_view fingerprint;  ///< "SHA256:…" or MD5 hex as written
  std::string_view key_type;     ///< ED25519, RSA, RSA-CERT …
  std::string_view service;      ///< PAM service (sshd, cron, su, sudo, systemd-user …); logind
  std::string_view tty;
  std::string_view cwd;
  std::string_view command;
  std::string_view group;
  int64_t uid = -1;     ///< of the account: useradd's UID=, "root(uid=0)", the new UID of usermod
  std::string_view by;  ///< the actor's text: "(uid=0)", "tanaka(uid=1000)", "root"
  int32_t count = 1;    ///< how many such events: PAM's "2 more", sudo's 3, "repeated 5 times"
  std::string_view detail;  ///< what does not fit above: a reason, what changed, home and shell
};

/// Reads one message of `program` (a path before its name is passed over). True when it is one of
/// the above; false otherwise, and `out` is then of no use. Never allocates; linear in the
/// message's length.
bool parse_auth_message(std::string_view program, std::string_view message, AuthMessage& out);

}  // namespace genba::parse
