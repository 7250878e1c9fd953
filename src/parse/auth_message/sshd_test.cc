// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "gtest/gtest.h"
#include "parse/auth_message/auth_message.h"

namespace genba::parse {
namespace {

constexpr AuthOutcome kAccepted = AuthOutcome::kAccepted;
constexpr AuthOutcome kFailed = AuthOutcome::kFailed;
constexpr AuthOutcome kProbe = AuthOutcome::kProbe;

AuthMessage read(std::string_view message, std::string_view program = "sshd") {
  AuthMessage out;
  EXPECT_TRUE(parse_auth_message(program, message, out)) << message;
  return out;
}

bool knows(std::string_view message, std::string_view program = "sshd") {
  AuthMessage out;
  return parse_auth_message(program, message, out);
}

/// "outcome user address port detail" in one text, for the many short lines.
std::string brief(std::string_view message, std::string_view program = "sshd") {
  const AuthMessage out = read(message, program);
  return std::string(to_string(out.outcome)) + "|" + std::string(out.user) + "|" +
         std::string(out.address) + "|" + std::to_string(out.port) + "|" + std::string(out.detail);
}

TEST(SshdMessage, FailedPasswordGivesEveryField) {
  const AuthMessage out = read("Failed password for root from 192.0.2.7 port 51182 ssh2");
  EXPECT_EQ(out.outcome, kFailed);
  EXPECT_EQ(out.user, "root");
  EXPECT_EQ(out.address, "192.0.2.7");
  EXPECT_EQ(out.port, 51182);
  EXPECT_EQ(out.method, "password");
  EXPECT_EQ(out.detail, "");
  EXPECT_EQ(out.count, 1);
}

TEST(SshdMessage, AcceptedKeyGivesTypeAndFingerprint) {
  const AuthMessage out = read(
      "Accepted publickey for tanaka from 2001:db8::5 port 40022 ssh2: ED25519 SHA256:q1w2/e3+r4",
      "sshd-session");
  EXPECT_EQ(out.outcome, kAccepted);
  EXPECT_EQ(out.user, "tanaka");
  EXPECT_EQ(out.address, "2001:db8::5");
  EXPECT_EQ(out.port, 40022);
  EXPECT_EQ(out.method, "publickey");
  EXPECT_EQ(out.key_type, "ED25519");
  EXPECT_EQ(out.fingerprint, "SHA256:q1w2/e3+r4");
  const AuthMessage old =
      read("Accepted publickey for a from 192.0.2.7 port 1 ssh2: RSA 00:aa:bb:cc", "sshd");
  EXPECT_EQ(old.fingerprint, "00:aa:bb:cc");
}

TEST(SshdMessage, CertificateAndHostbasedTails) {
  const AuthMessage certificate = read(
      "Accepted publickey for a from 192.0.2.7 port 1 ssh2: ED25519-CERT SHA256:aa ID host key "
      "(serial 7) CA RSA SHA256:bb",
      "sshd-auth");
  EXPECT_EQ(certificate.key_type, "ED25519-CERT");
  EXPECT_EQ(certificate.fingerprint, "SHA256:aa");
  EXPECT_EQ(certificate.detail, "ID host key (serial 7) CA RSA SHA256:bb");
  const AuthMessage old = read(
      "Accepted publickey for a from 192.0.2.7 port 1 ssh2: RSA-CERT ID k (serial 0) CA RSA aa:bb");
  EXPECT_EQ(old.key_type, "RSA-CERT");
  EXPECT_EQ(old.fingerprint, "");
  const AuthMessage host = read(
      "Failed hostbased for a from 192.0.2.7 port 1 ssh2: RSA SHA256:aa, client user \"b\", client "
      "host \"c\"");
  EXPECT_EQ(host.method, "hostbased");
  EXPECT_EQ(host.fingerprint, "SHA256:aa");
  EXPECT_EQ(host.detail, "client user \"b\", client host \"c\"");
  EXPECT_EQ(read("Accepted gssapi-with-mic for a from 192.0.2.7 port 1 ssh2: a@EXAMPLE").detail,
            "a@EXAMPLE");
}

TEST(SshdMessage, LastAddressOfAForgedNameCounts) {
  const AuthMessage out = read(
      "Failed password for invalid user x from 192.0.2.1 port 22 ssh2 from 203.0.113.6 port 5 "
      "ssh2");
  EXPECT_EQ(out.outcome, kFailed);
  EXPECT_EQ(out.user, "x from 192.0.2.1 port 22 ssh2");
  EXPECT_EQ(out.address, "203.0.113.6");
  EXPECT_EQ(out.port, 5);
  EXPECT_EQ(out.detail, "invalid user");
  EXPECT_EQ(brief("Invalid user x from 192.0.2.1 port 22 from 203.0.113.6 port 5"),
            "invalid_user|x from 192.0.2.1 port 22|203.0.113.6|5|");
  EXPECT_EQ(brief("Invalid user x from 192.0.2.1 port 22 from 203.0.113.6"),
            "invalid_user|x from 192.0.2.1 port 22|203.0.113.6|-1|");
  EXPECT_EQ(brief("Failed password for x from 192.0.2.1 port 1 ssh2: RSA a from from 203.0.113.6 "
                  "port 5 ssh2: RSA SHA256:b"),
            "failed|x from 192.0.2.1 port 1 ssh2: RSA a from|203.0.113.6|5|");
}

TEST(SshdMessage, PeerInAForgedCertificateNameIsNotBelieved) {
  // The certificate's ID is the attacker's and stands behind the true peer.
  EXPECT_EQ(
      brief("Failed publickey for root from 203.0.113.6 port 5 ssh2: RSA-CERT SHA256:a ID x "
            "from 192.0.2.1 port 22 ssh2 (serial 0) CA RSA SHA256:b"),
      "failed|root|203.0.113.6|5|ID x from 192.0.2.1 port 22 ssh2 (serial 0) CA RSA SHA256:b");
  // Written with more care, nobody can tell which of the two is true.
  const AuthMessage out = read(
      "Failed publickey for root from 203.0.113.6 port 5 ssh2: RSA-CERT SHA256:a ID x from "
      "192.0.2.1 port 22 ssh2: RSA-CERT SHA256:c ID y (serial 0) CA RSA SHA256:b");
  EXPECT_EQ(out.outcome, kFailed);
  EXPECT_EQ(out.address, "");
  EXPECT_EQ(out.port, -1);
  EXPECT_EQ(out.user, "");
  EXPECT_EQ(out.fingerprint, "");
  EXPECT_EQ(out.detail, "more than one peer can be read");
}

TEST(SshdMessage, AcceptedInsideANameIsNoLogin) {
  EXPECT_EQ(brief("Failed password for invalid user Accepted password for root from 192.0.2.1 port "
                  "2 ssh2 from 203.0.113.6 port 5 ssh2"),
            "failed|Accepted password for root from 192.0.2.1 port 2 ssh2|203.0.113.6|5|invalid "
            "user");
  EXPECT_EQ(brief("Invalid user Accepted password for root from 203.0.113.6 port 5"),
            "invalid_user|Accepted password for root|203.0.113.6|5|");
  EXPECT_EQ(brief("Connection closed by invalid user Accepted password for root from 192.0.2.1 "
                  "port 2 203.0.113.6 port 5 [preauth]"),
            "disconnected|Accepted password for root from 192.0.2.1 port 2|203.0.113.6|5|invalid "
            "user");
  EXPECT_FALSE(knows("x Accepted password for root from 192.0.2.1 port 2 ssh2"));
}

TEST(SshdMessage, NamesWithSpacesEmptyNamesAndInvalidUserAsAName) {
  EXPECT_EQ(brief("Failed password for invalid user  from 192.0.2.1 port 2 ssh2"),
            "failed||192.0.2.1|2|invalid user");
  EXPECT_EQ(brief("Failed none for  from 192.0.2.1 port 2 ssh2"), "failed||192.0.2.1|2|");
  EXPECT_EQ(brief("Failed password for invalid user a  b from 192.0.2.1 port 2 ssh2"),
            "failed|a  b|192.0.2.1|2|invalid user");
  EXPECT_EQ(brief("Failed password for invalid user invalid user from 192.0.2.1 port 2 ssh2"),
            "failed|invalid user|192.0.2.1|2|invalid user");
  EXPECT_EQ(brief("Invalid user  from 192.0.2.1 port 2"), "invalid_user||192.0.2.1|2|");
  EXPECT_EQ(brief("Invalid user  from 192.0.2.1"), "invalid_user||192.0.2.1|-1|");
  EXPECT_EQ(brief("Disconnected from invalid user  192.0.2.1 port 2 [preauth]"),
            "disconnected||192.0.2.1|2|invalid user");
  using namespace std::string_view_literals;
  EXPECT_EQ(read("Failed password for invalid user \xff\0z from 192.0.2.1 port 2 ssh2"sv).user,
            "\xff\0z"sv);
}

TEST(SshdMessage, MethodsAndSubmethods) {
  EXPECT_EQ(read("Failed keyboard-interactive/pam for a from 192.0.2.1 port 2 ssh2").method,
            "keyboard-interactive/pam");
  EXPECT_EQ(read("Failed none for a from 192.0.2.1 port 2 ssh2 [preauth]").method, "none");
  EXPECT_EQ(brief("Failed publickey for plaso from 2001:db8::1 port 8759"),
            "failed|plaso|2001:db8::1|8759|");
  EXPECT_EQ(brief("Accepted password for plaso from 2001:db8::1 port 42532  ssh2"),
            "accepted|plaso|2001:db8::1|42532|");
  EXPECT_EQ(brief("Postponed publickey for a from 192.0.2.1 port 2 ssh2 [preauth]"),
            "key_accepted|a|192.0.2.1|2|");
  EXPECT_FALSE(knows("Postponed keyboard-interactive for a from 192.0.2.1 port 2 ssh2 [preauth]"));
  EXPECT_EQ(brief("Partial publickey for a from 192.0.2.1 port 2 ssh2: RSA SHA256:a"),
            "key_accepted|a|192.0.2.1|2|");
  const AuthMessage key =
      read("Accepted key ED25519 SHA256:abc found at /root/.ssh/authorized_keys:1");
  EXPECT_EQ(key.outcome, AuthOutcome::kKeyAccepted);
  EXPECT_EQ(key.fingerprint, "SHA256:abc");
  EXPECT_EQ(key.detail, "/root/.ssh/authorized_keys:1");
}

TEST(SshdMessage, RepeatsAreCounted) {
  const AuthMessage out =
      read("message repeated 5 times: [ Failed password for root from 192.0.2.1 port 2 ssh2]");
  EXPECT_EQ(out.user, "root");
  EXPECT_EQ(out.count, 5);
  EXPECT_EQ(read("message repeated 2147483647 times: [ PAM 3 more authentication failures; "
                 "logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1]")
                .count,
            2147483647);
  EXPECT_FALSE(knows("message repeated 0 times: [ Failed password for a from 192.0.2.1 port 2]"));
  EXPECT_FALSE(knows("message repeated 99999999999 times: [ Failed password for a from x port 2]"));
}

TEST(SshdMessage, EndsOfConnections) {
  EXPECT_EQ(brief("Connection closed by 192.0.2.1 port 2 [preauth]"), "probe||192.0.2.1|2|");
  EXPECT_EQ(brief("Connection closed by 192.0.2.1"), "disconnected||192.0.2.1|-1|");
  EXPECT_EQ(brief("Connection reset by 192.0.2.1 port 2 [preauth]"), "probe||192.0.2.1|2|");
  EXPECT_EQ(brief("Connection reset by authenticating user root 192.0.2.1 port 2 [preauth]"),
            "disconnected|root|192.0.2.1|2|authenticating user");
  EXPECT_EQ(brief("Connection closed by invalid user a b 192.0.2.1 port 2 [preauth]"),
            "disconnected|a b|192.0.2.1|2|invalid user");
  EXPECT_EQ(brief("Disconnected from user tanaka 192.0.2.1 port 2"),
            "disconnected|tanaka|192.0.2.1|2|");
  EXPECT_EQ(brief("Disconnected from 192.0.2.1 port 2"), "disconnected||192.0.2.1|2|");
  EXPECT_EQ(brief("Received disconnect from 192.0.2.1 port 2:11: Bye Bye [preauth]"),
            "disconnected||192.0.2.1|2|11: Bye Bye");
  EXPECT_EQ(brief("Received disconnect from 192.0.2.1: 11: from 203.0.113.1 port 3"),
            "disconnected||192.0.2.1|-1|11: from 203.0.113.1 port 3");
  EXPECT_EQ(brief("error: Received disconnect from 2001:db8:: port 2:3: Auth fail [preauth]"),
            "disconnected||2001:db8::|2|3: Auth fail");
  EXPECT_EQ(brief("Connection from user tanaka 192.0.2.1 port 2 timed out"),
            "disconnected|tanaka|192.0.2.1|2|");
  EXPECT_EQ(brief("Connection closed by UNKNOWN port 65535 [preauth]"), "probe|||-1|");
  EXPECT_FALSE(knows("Disconnected from totobad user ftp 192.0.2.1 port 2 [preauth]"));
  EXPECT_FALSE(knows("Connection from 192.0.2.1 port 2 on 192.0.2.2 port 22"));
}

TEST(SshdMessage, ServerEndsTheConnection) {
  EXPECT_EQ(brief("Disconnecting: Too many authentication failures [preauth]"),
            "disconnected|||-1|Too many authentication failures");
  EXPECT_EQ(brief("Disconnecting invalid user a: b 192.0.2.1 port 2: Too many authentication "
                  "failures [preauth]"),
            "probe|a: b|192.0.2.1|2|Too many authentication failures");
  EXPECT_EQ(brief("Disconnecting authenticating user root 192.0.2.1 port 2: Change of username or "
                  "service not allowed: (root,ssh-connection) -> (x 203.0.113.1 port 3: y) "
                  "[preauth]"),
            "disconnected|root|192.0.2.1|2|Change of username or service not allowed: "
            "(root,ssh-connection) -> (x 203.0.113.1 port 3: y)");
  // Which of the two is the server's cannot be told: no peer.
  EXPECT_EQ(
      brief("Disconnecting invalid user a 203.0.113.1 port 1: Change of username or service "
            "not allowed: z 192.0.2.1 port 2: Change of username or service not allowed: "
            "(a,s) -> (b,s) [preauth]"),
      "disconnected|||-1|invalid user a 203.0.113.1 port 1: Change of username or service not "
      "allowed: z 192.0.2.1 port 2: Change of username or service not allowed: (a,s) -> "
      "(b,s)");
  EXPECT_EQ(brief("Disconnecting 192.0.2.1 port 2: Protocol error: expected 5, got 6 [preauth]"),
            "disconnected||192.0.2.1|2|Protocol error: expected 5, got 6");
  EXPECT_EQ(brief("error: maximum authentication attempts exceeded for invalid user a from x from "
                  "192.0.2.1 port 2 ssh2 [preauth]"),
            "probe|a from x|192.0.2.1|2|maximum authentication attempts exceeded");
}

TEST(SshdMessage, Refusals) {
  EXPECT_EQ(brief("User root from 192.0.2.1 not allowed because not listed in AllowUsers"),
            "failed|root|192.0.2.1|-1|not listed in AllowUsers");
  EXPECT_EQ(brief("User a not allowed because account is locked"),
            "failed|a||-1|account is locked");
  EXPECT_EQ(brief("ROOT LOGIN REFUSED FROM 192.0.2.1 port 2 [preauth]"),
            "failed|root|192.0.2.1|2|root login refused");
  EXPECT_EQ(brief("fatal: Access denied for user a by PAM account configuration [preauth]"),
            "failed|a||-1|denied by PAM account configuration");
  EXPECT_EQ(brief("error: PAM: Authentication failure for illegal user a b from 192.0.2.1"),
            "failed|a b|192.0.2.1|-1|invalid user");
  EXPECT_EQ(brief("error: PAM: Authentication failure for root from host.example"),
            "failed|root|host.example|-1|Authentication failure");
  EXPECT_EQ(brief("input_userauth_request: invalid user a [preauth] [preauth]"),
            "invalid_user|a [preauth]||-1|");
}

TEST(SshdMessage, ScannersAndNonsense) {
  EXPECT_EQ(brief("Did not receive identification string from 192.0.2.1 port 2"),
            "probe||192.0.2.1|2|Did not receive identification string");
  EXPECT_EQ(brief("Bad protocol version identification 'x' from 203.0.113.1 port 3' from 192.0.2.1 "
                  "port 2"),
            "probe||192.0.2.1|2|Bad protocol version identification 'x' from 203.0.113.1 port 3'");
  EXPECT_EQ(brief("banner exchange: Connection from 192.0.2.1 port 2: invalid format"),
            "probe||192.0.2.1|2|invalid format");
  EXPECT_EQ(brief("error: kex_exchange_identification: banner line too long"),
            "probe|||-1|kex_exchange_identification: banner line too long");
  EXPECT_EQ(brief("Unable to negotiate with 192.0.2.1 port 2: no matching MAC found. Their offer: "
                  "x 203.0.113.1 port 3: y [preauth]"),
            "probe||192.0.2.1|2|no matching MAC found. Their offer: x 203.0.113.1 port 3: y");
  EXPECT_EQ(brief("fatal: Timeout before authentication for 192.0.2.1 port 2"),
            "probe||192.0.2.1|2|timeout before authentication");
  EXPECT_EQ(brief("Timeout before authentication for connection from 192.0.2.1 to 192.0.2.2, pid = "
                  "7"),
            "probe||192.0.2.1|-1|timeout before authentication");
  EXPECT_EQ(brief("ssh_dispatch_run_fatal: Connection from invalid user a: 203.0.113.1 port 3: b "
                  "192.0.2.1 port 2: message authentication code incorrect [preauth]"),
            "probe|a: 203.0.113.1 port 3: b|192.0.2.1|2|message authentication code incorrect");
  EXPECT_EQ(brief("Corrupted MAC on input. [preauth]"), "probe|||-1|Corrupted MAC on input.");
  EXPECT_EQ(brief("drop connection #10 from [192.0.2.1]:2 on [192.0.2.2]:22 past MaxStartups"),
            "probe||192.0.2.1|2|drop connection #10 from [192.0.2.1]:2 on [192.0.2.2]:22 past "
            "MaxStartups");
  EXPECT_EQ(brief("refused connect from a@b (::ffff:192.0.2.1)"),
            "probe||::ffff:192.0.2.1|-1|refused connect");
  EXPECT_EQ(brief("Protocol major versions differ for 192.0.2.1: SSH-2.0-x vs. SSH-1.5-y"),
            "probe||192.0.2.1|-1|Protocol major versions differ for 192.0.2.1: SSH-2.0-x vs. "
            "SSH-1.5-y");
  EXPECT_EQ(read("error: Hm, kex protocol error: type 30 seq 1 [preauth]").outcome, kProbe);
  EXPECT_EQ(read("fatal: Read from socket failed: Connection reset by peer [preauth]").outcome,
            kProbe);
}

TEST(SshdMessage, Sessions) {
  const AuthMessage shell =
      read("Starting session: shell on pts/0 for tanaka from 192.0.2.1 port 2 id 0");
  EXPECT_EQ(shell.outcome, AuthOutcome::kSessionOpened);
  EXPECT_EQ(shell.user, "tanaka");
  EXPECT_EQ(shell.tty, "pts/0");
  EXPECT_EQ(shell.detail, "shell");
  EXPECT_EQ(shell.port, 2);
  EXPECT_EQ(brief("Starting session: subsystem 'sftp' for tanaka from 192.0.2.1 port 2 id 0"),
            "session_opened|tanaka|192.0.2.1|2|subsystem 'sftp'");
  EXPECT_EQ(brief("Close session: user tanaka from 192.0.2.1 port 2 id 0"),
            "session_closed|tanaka|192.0.2.1|2|");
  EXPECT_EQ(brief("subsystem request for sftp by user tanaka"), "session_opened|tanaka||-1|sftp");
}

TEST(SshdMessage, OtherLinesAndOtherProgramsAreNotSshd) {
  EXPECT_FALSE(knows("Server listening on 0.0.0.0 port 22."));
  EXPECT_FALSE(knows(""));
  EXPECT_FALSE(knows("error: "));
  EXPECT_FALSE(knows("Failed password for root from 192.0.2.1 port 2 ssh2", "myapp"));
  EXPECT_FALSE(knows("Failed password for root from 192.0.2.1 port 2 ssh2", "sshd-evil"));
  EXPECT_FALSE(knows("Failed password for root from 192.0.2.1 port 66000 ssh2"));
  EXPECT_FALSE(knows("Failed password for root"));
  EXPECT_TRUE(knows("Failed password for root from 192.0.2.1 port 2 ssh2", "/usr/sbin/sshd"));
}

TEST(SshdMessage, LongHostileNameTakesLinearTime) {
  std::string message = "Failed password for invalid user";
  for (int i = 0; i < 200'000; ++i) {
    message += " from 192.0.2.1 port 2 ssh2: a ID";
  }
  EXPECT_FALSE(read(message + " from 203.0.113.6 port 5 ssh2").address != "203.0.113.6");
  std::string blanks = "Connection closed by invalid user ";
  blanks.append(1'000'000, ' ');
  EXPECT_FALSE(knows(blanks + "x"));
}

}  // namespace
}  // namespace genba::parse
