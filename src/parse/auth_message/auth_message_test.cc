// SPDX-License-Identifier: Apache-2.0
#include "parse/auth_message/auth_message.h"

#include <string>

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

AuthMessage read(std::string_view program, std::string_view message) {
  AuthMessage out;
  EXPECT_TRUE(parse_auth_message(program, message, out)) << program << ": " << message;
  return out;
}

bool knows(std::string_view program, std::string_view message) {
  AuthMessage out;
  return parse_auth_message(program, message, out);
}

/// "outcome|user|target|address|port|method|detail" in one text, for the many short lines.
std::string brief(std::string_view program, std::string_view message) {
  const AuthMessage out = read(program, message);
  std::string text(to_string(out.outcome));
  for (const std::string_view field : {out.user, out.target_user, out.address}) {
    text += "|" + std::string(field);
  }
  text += "|" + std::to_string(out.port);
  for (const std::string_view field : {out.method, out.detail}) {
    text += "|" + std::string(field);
  }
  return text;
}

TEST(PamMessage, AuthenticationFailure) {
  const AuthMessage out = read("sshd",
                               "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 "
                               "tty=ssh ruser= rhost=192.0.2.1  user=root");
  EXPECT_EQ(out.outcome, AuthOutcome::kFailed);
  EXPECT_EQ(out.user, "root");
  EXPECT_EQ(out.address, "192.0.2.1");
  EXPECT_EQ(out.tty, "ssh");
  EXPECT_EQ(out.service, "sshd");
  EXPECT_EQ(out.method, "pam");
  EXPECT_EQ(brief("sshd",
                  "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh "
                  "ruser= rhost=192.0.2.1 "),
            "failed|||192.0.2.1|-1|pam|");
  EXPECT_EQ(brief("cockpit-session",
                  "pam_unix(cockpit:auth): authentication failure; logname= uid=0 euid=0 tty= "
                  "ruser= rhost=::ffff:192.0.2.1  user=root"),
            "failed|root||::ffff:192.0.2.1|-1|pam|");
}

TEST(PamMessage, NamesOnEitherSideOfThePeerCannotMoveIt) {
  EXPECT_EQ(brief("sshd",
                  "pam_sss(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh "
                  "ruser= rhost=203.0.113.6 user=x rhost=192.0.2.1 user=y"),
            "failed|x rhost=192.0.2.1 user=y||203.0.113.6|-1|pam|");
  EXPECT_EQ(brief("vsftpd",
                  "pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp "
                  "ruser=x rhost=192.0.2.1 user=y rhost=203.0.113.6"),
            "failed|x rhost=192.0.2.1 user=y||203.0.113.6|-1|pam|");
}

TEST(PamMessage, SuFailureTellsActorAndTarget) {
  const AuthMessage out = read("su",
                               "pam_unix(su:auth): authentication failure; logname=tanaka uid=1000 "
                               "euid=0 tty=/dev/pts/0 ruser=tanaka rhost=  user=root");
  EXPECT_EQ(out.outcome, AuthOutcome::kSuFailed);
  EXPECT_EQ(out.user, "tanaka");
  EXPECT_EQ(out.target_user, "root");
  EXPECT_EQ(out.address, "");
  EXPECT_EQ(out.tty, "/dev/pts/0");
  EXPECT_EQ(brief("sudo",
                  "pam_unix(sudo:auth): authentication failure; logname=a uid=1000 euid=0 "
                  "tty=/dev/pts/0 ruser=a rhost=  user=a"),
            "failed|a|||-1|pam|");
}

TEST(PamMessage, Sessions) {
  const AuthMessage cron =
      read("CRON", "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)");
  EXPECT_EQ(cron.outcome, AuthOutcome::kSessionOpened);
  EXPECT_EQ(cron.service, "cron");
  EXPECT_EQ(cron.user, "root");
  EXPECT_EQ(cron.uid, 0);
  EXPECT_EQ(cron.by, "(uid=0)");
  const AuthMessage sudo = read(
      "sudo", "pam_unix(sudo:session): session opened for user root(uid=0) by tanaka(uid=1000)");
  EXPECT_EQ(sudo.by, "tanaka(uid=1000)");
  const AuthMessage old =
      read("su", "pam_unix(su:session): session opened for user root by tanaka(uid=1000)");
  EXPECT_EQ(old.user, "root");
  EXPECT_EQ(old.uid, -1);
  EXPECT_EQ(old.service, "su");
  EXPECT_EQ(brief("sshd", "pam_unix(sshd:session): session closed for user a b"),
            "session_closed|a b|||-1||");
  EXPECT_EQ(read("(systemd)",
                 "pam_unix(systemd-user:session): session opened for user a(uid=1) by (uid=0)")
                .service,
            "systemd-user");
  EXPECT_EQ(read("su(pam_unix)", "session opened for user cyrus by (uid=0)").service, "su");
}

TEST(PamMessage, OtherModules) {
  EXPECT_EQ(brief("sshd", "pam_unix(sshd:auth): check pass; user unknown"),
            "invalid_user||||-1|pam|");
  EXPECT_EQ(brief("sshd", "pam_sss(sshd:auth): received for user a: 10 (User not known)"),
            "invalid_user|a|||-1|pam|10 (User not known)");
  EXPECT_FALSE(
      knows("sshd", "pam_sss(sshd:auth): received for user a: 7 (Authentication failure)"));
  EXPECT_EQ(brief("sshd",
                  "pam_faillock(sshd:auth): Consecutive login failures for user root account "
                  "temporarily locked"),
            "failed|root|||-1|pam|temporarily locked");
  EXPECT_EQ(brief("sshd", "pam_tally2(sshd:auth): user root (0) tally 5, deny 3"),
            "failed|root|||-1|pam|tally 5, deny 3");
  EXPECT_EQ(brief("sshd", "pam_access(sshd:account): access denied for user `a' from `192.0.2.1'"),
            "failed|a||192.0.2.1|-1|pam|access denied");
  EXPECT_EQ(brief("sshd", "pam_winbind(sshd:auth): user 'a' denied access (incorrect password)"),
            "failed|a|||-1|pam|denied access (incorrect password)");
  EXPECT_EQ(brief("passwd", "pam_unix(passwd:chauthtok): password changed for a"),
            "password_changed||a||-1||");
  const AuthMessage more = read("sshd",
                                "PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh "
                                "ruser= rhost=192.0.2.1  user=root");
  EXPECT_EQ(more.count, 2);
  EXPECT_EQ(more.user, "root");
  EXPECT_FALSE(knows("pkexec", "pam_systemd(polkit-1:session): Cannot create session"));
  EXPECT_FALSE(knows("sshd", "PAM service(sshd) ignoring max retries; 6 > 3"));
  EXPECT_FALSE(knows("sshd", "pam_unix): ("));
}

TEST(SudoMessage, EveryField) {
  const AuthMessage out =
      read("sudo",
           "  tanaka : TTY=pts/0 ; PWD=/home/tanaka ; USER=root ; GROUP=wheel ; "
           "ENV=A=1 ; TSID=00000A ; COMMAND=/usr/bin/id -u");
  EXPECT_EQ(out.outcome, AuthOutcome::kSudo);
  EXPECT_EQ(out.user, "tanaka");
  EXPECT_EQ(out.target_user, "root");
  EXPECT_EQ(out.tty, "pts/0");
  EXPECT_EQ(out.cwd, "/home/tanaka");
  EXPECT_EQ(out.group, "wheel");
  EXPECT_EQ(out.command, "/usr/bin/id -u");
}

TEST(SudoMessage, FieldsInsideTheCommandAreTheCommand) {
  const AuthMessage out =
      read("sudo",
           "a : TTY=unknown ; PWD=/ ; USER=root ; COMMAND=/bin/echo ; USER=b ; COMMAND=/bin/true");
  EXPECT_EQ(out.target_user, "root");
  EXPECT_EQ(out.command, "/bin/echo ; USER=b ; COMMAND=/bin/true");
}

TEST(SudoMessage, DirectoryThatLooksLikeFieldsHidesNothing) {
  const AuthMessage out = read(
      "sudo", "a : TTY=pts/0 ; PWD=/tmp/x ; USER=b ; COMMAND=/x ; USER=root ; COMMAND=/bin/sh");
  EXPECT_EQ(out.outcome, AuthOutcome::kSudo);
  EXPECT_EQ(out.command, "/x ; USER=root ; COMMAND=/bin/sh");
}

TEST(SudoMessage, DirectoryThatNamesATargetDoesNotHideRoot) {
  const AuthMessage directory =
      read("sudo", "a : TTY=pts/0 ; PWD=/tmp/x ; USER=b ; USER=root ; COMMAND=/bin/sh");
  EXPECT_EQ(directory.target_user, "root");
  EXPECT_EQ(directory.command, "/bin/sh");
  const AuthMessage environment =
      read("sudo", "a : TTY=pts/0 ; PWD=/ ; USER=root ; ENV=A=x ; USER=b ; COMMAND=/bin/sh");
  EXPECT_EQ(environment.target_user, "root");
}

TEST(SudoMessage, Refusals) {
  const AuthMessage tries =
      read("sudo",
           "a : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root "
           "; COMMAND=/bin/su");
  EXPECT_EQ(tries.outcome, AuthOutcome::kSudoRefused);
  EXPECT_EQ(tries.count, 3);
  EXPECT_EQ(tries.command, "/bin/su");
  EXPECT_EQ(
      brief("sudo", "a : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/su"),
      "sudo_refused|a|root||-1||user NOT in sudoers");
  EXPECT_EQ(brief("sudo", "a : command not allowed ; PWD=/ ; USER=root ; COMMAND=/bin/su"),
            "sudo_refused|a|root||-1||command not allowed");
  EXPECT_EQ(brief("sudo", "a : a password is required ; PWD=/ ; USER=root ; COMMAND=/bin/su"),
            "sudo_refused|a|root||-1||a password is required");
  EXPECT_EQ(read("sudo", "a : (command continued) rest ; USER=b").command, "rest ; USER=b");
}

TEST(SudoMessage, EveryRefusalOfItsSourceIsOne) {
  constexpr std::string_view kFields =
      " ; HOST=web1 ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/su";
  for (const std::string_view reason :
       {"user NOT in sudoers", "user NOT authorized on host", "command not allowed",
        "setid command rejected in intercept mode", "a password is required",
        "1 incorrect password attempt", "user not allowed to preserve the environment",
        "user not allowed to change root directory to /srv",
        "sorry, you are not allowed to set the following environment variables: LD_PRELOAD",
        "no tty", "account validation failure, is your account locked?",
        "PAM account management error: Permission denied"}) {
    const std::string line = "a : " + std::string(reason) + std::string(kFields);
    const AuthMessage out = read("sudo", line);
    EXPECT_EQ(out.outcome, AuthOutcome::kSudoRefused) << reason;
    EXPECT_EQ(out.detail, reason);
    EXPECT_EQ(out.count, 1);
  }
}

TEST(SudoMessage, WarningsAndErrorsOfItsOwnAreNoRefusals) {
  constexpr std::string_view kFields = " ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls";
  for (const std::string_view reason :
       {"unable to resolve host web1: Temporary failure in name resolution",
        "problem with defaults entries", "unknown defaults entry \"x\"",
        "/etc/sudoers.d/x: syntax error near line 3", "unable to open /run/sudo/ts/a",
        "unable to get defaults from sssd", "timestamp too far in the future: Nov  8 03:12:09 2026",
        "PAM authentication error: Module is unknown", "unknown user: b", "0 incorrect password",
        "7 items"}) {
    const std::string line = "a : " + std::string(reason) + std::string(kFields);
    EXPECT_FALSE(knows("sudo", line)) << reason;
  }
  EXPECT_FALSE(
      knows("sudo", "a : problem with defaults entries ; TTY=pts/0 ; PWD=/ ; USER=root ;"));
  EXPECT_FALSE(knows("sudo", "unable to resolve host web1"));
  EXPECT_FALSE(knows("sudo", "unable to open /run/x"));
  EXPECT_FALSE(knows("sudo", "a : problem"));
}

TEST(SudoMessage, PamUnderItsNameIsNoRefusal) {
  EXPECT_FALSE(knows("sudo", "pam_unix(sudo:auth): conversation failed"));
  EXPECT_EQ(read("sudo", "pam_unix(sudo:auth): auth could not identify password for [a]").outcome,
            AuthOutcome::kFailed);
}

TEST(SuMessage, BothFamilies) {
  const AuthMessage out = read("su", "(to root) tanaka on pts/0");
  EXPECT_EQ(out.outcome, AuthOutcome::kSu);
  EXPECT_EQ(out.user, "tanaka");
  EXPECT_EQ(out.target_user, "root");
  EXPECT_EQ(out.tty, "pts/0");
  EXPECT_EQ(brief("su", "FAILED SU (to root) tanaka on pts/0"), "su_failed|tanaka|root||-1||");
  EXPECT_EQ(brief("su", "Successful su for root by tanaka"), "su|tanaka|root||-1||");
  EXPECT_EQ(brief("su", "FAILED su for root by tanaka"), "su_failed|tanaka|root||-1||");
  EXPECT_EQ(brief("su", "+ /dev/pts/0 tanaka:root"), "su|tanaka|root||-1||");
  EXPECT_EQ(brief("su", "- /dev/pts/0 tanaka:root"), "su_failed|tanaka|root||-1||");
  EXPECT_FALSE(knows("su", "(to root tanaka"));
}

TEST(DoasMessage, CommandMayHoldItsOwnWords) {
  const AuthMessage out =
      read("doas", "tanaka ran command echo as root from /x as root from /home/tanaka");
  EXPECT_EQ(out.outcome, AuthOutcome::kSudo);
  EXPECT_EQ(out.user, "tanaka");
  EXPECT_EQ(out.command, "echo as root from /x");
  EXPECT_EQ(out.target_user, "root");
  EXPECT_EQ(out.cwd, "/home/tanaka");
  EXPECT_EQ(brief("doas", "command not permitted for a: /bin/sh"),
            "sudo_refused|a|||-1|doas|command not permitted");
  EXPECT_EQ(brief("doas", "failed auth for a"), "sudo_refused|a|||-1|doas|failed auth");
}

TEST(PolkitMessage, PkexecAndTheDaemon) {
  const AuthMessage out =
      read("pkexec",
           "a: Executing command [USER=root] [TTY=/dev/pts/1] [CWD=/tmp/[x]] [COMMAND=/bin/sh -c "
           "[CWD=y]]");
  EXPECT_EQ(out.outcome, AuthOutcome::kSudo);
  EXPECT_EQ(out.method, "pkexec");
  EXPECT_EQ(out.user, "a");
  EXPECT_EQ(out.target_user, "root");
  EXPECT_EQ(out.tty, "/dev/pts/1");
  EXPECT_EQ(out.cwd, "/tmp/[x]");
  EXPECT_EQ(out.command, "/bin/sh -c [CWD=y]");
  EXPECT_EQ(brief("pkexec",
                  "a: Error executing command as another user: Not authorized [USER=root] "
                  "[TTY=/dev/pts/0] [CWD=/tmp] [COMMAND=/usr/bin/id]"),
            "sudo_refused|a|root||-1|pkexec|Not authorized");
  EXPECT_FALSE(knows("pkexec",
                     "a: The value for the SHELL variable was not found the /etc/shells file "
                     "[USER=root] [TTY=x] [CWD=/] [COMMAND=y]"));
  const AuthMessage done = read(
      "polkitd",
      "Operator of unix-session:1 successfully authenticated as unix-user:root to gain "
      "ONE-SHOT authorization for action org.x.exec for unix-process:1:2 [/bin/sh a] (owned by "
      "unix-user:b)");
  EXPECT_EQ(done.outcome, AuthOutcome::kAccepted);
  EXPECT_EQ(done.user, "root");
  EXPECT_EQ(done.by, "b");
  EXPECT_EQ(done.command, "/bin/sh a");
  EXPECT_EQ(done.detail, "org.x.exec");
  EXPECT_EQ(brief("polkitd(authority=local)",
                  "Operator of unix-session:2 FAILED to authenticate to gain authorization for "
                  "action org.y for unix-process:1:2 [z] (owned by unix-user:c)"),
            "failed|c|||-1|polkit|org.y");
}

TEST(AccountMessage, NewUser) {
  const AuthMessage out = read("useradd",
                               "new user: name=toor, UID=0, GID=0, home=/root, shell=/bin/bash, "
                               "from=/dev/pts/0");
  EXPECT_EQ(out.outcome, AuthOutcome::kAccountAdded);
  EXPECT_EQ(out.target_user, "toor");
  EXPECT_EQ(out.user, "");
  EXPECT_EQ(out.uid, 0);
  EXPECT_EQ(out.detail, "home=/root, shell=/bin/bash, from=/dev/pts/0");
  EXPECT_EQ(out.tty, "/dev/pts/0");
  EXPECT_EQ(read("useradd", "new user: name=a, uid=500, gid=500, home=/home/a, shell=/bin/sh").uid,
            500);
  EXPECT_EQ(read("useradd",
                 "new account added - account=a, uid=1001, gid=100, home=/home/a, shell=/bin/sh, "
                 "by=0")
                .by,
            "0");
  EXPECT_EQ(brief("systemd-sysusers", "Creating user 'a' (A a) with UID 998 and GID 997."),
            "account_added||a||-1||");
}

TEST(AccountMessage, Groups) {
  const AuthMessage out = read("groupadd", "group added to /etc/group: name=sneaky, GID=1001");
  EXPECT_EQ(out.outcome, AuthOutcome::kAccountAdded);
  EXPECT_EQ(out.group, "sneaky");
  EXPECT_EQ(out.detail, "/etc/group");
  EXPECT_EQ(read("groupadd", "new group: name=sneaky, GID=1001").group, "sneaky");
  const AuthMessage member = read("usermod", "add 'toor' to shadow group 'sudo'");
  EXPECT_EQ(member.outcome, AuthOutcome::kAccountChanged);
  EXPECT_EQ(member.target_user, "toor");
  EXPECT_EQ(member.group, "sudo");
  const AuthMessage added = read("gpasswd", "user toor added by root to group docker");
  EXPECT_EQ(added.by, "root");
  EXPECT_EQ(added.group, "docker");
  EXPECT_EQ(added.target_user, "toor");
  const AuthMessage set = read("gpasswd", "members of group wheel set by root to a,b");
  EXPECT_EQ(set.group, "wheel");
  EXPECT_EQ(set.by, "root");
  EXPECT_EQ(read("groupdel", "group 'x' removed from /etc/group").outcome,
            AuthOutcome::kAccountRemoved);
  EXPECT_EQ(read("groupmod", "group changed in /etc/group (group x/1001, new name: y)").group, "x");
}

TEST(AccountMessage, Changes) {
  EXPECT_EQ(brief("usermod", "change user 'a' shell from '/bin/false' to '/bin/bash'"),
            "account_changed||a||-1||shell from '/bin/false' to '/bin/bash'");
  EXPECT_EQ(read("usermod", "change user 'a' UID from '1000' to '0'").uid, 0);
  EXPECT_EQ(brief("usermod", "change user `a' password"), "password_changed||a||-1||");
  EXPECT_EQ(brief("usermod", "change user name 'a' to 'b'"),
            "account_changed||b||-1||user name 'a' to 'b'");
  EXPECT_EQ(brief("usermod", "unlock user 'a' password"),
            "account_changed||a||-1||unlock user 'a' password");
  EXPECT_EQ(brief("userdel", "delete user 'a'"), "account_removed||a||-1||delete user 'a'");
  EXPECT_EQ(read("userdel", "removed group 'a' owned by 'a'").group, "a");
  EXPECT_EQ(read("userdel", "delete 'a' from group 'sudo'").outcome, AuthOutcome::kAccountChanged);
  EXPECT_EQ(read("passwd", "password for 'a' changed by 'root'").by, "root");
  EXPECT_EQ(brief("chage", "changed password expiry for a"),
            "account_changed||a||-1||password expiry");
  EXPECT_EQ(brief("chsh", "changed user 'a' shell to '/bin/bash'"),
            "account_changed||a||-1||shell to '/bin/bash'");
  EXPECT_EQ(brief("vipw", "file /etc/passwd edited"), "account_changed||||-1||/etc/passwd");
  EXPECT_EQ(brief("accounts-daemon",
                  "request by system-bus-name::1.2 [x pid:1 uid:0]: create user "
                  "'a'"),
            "account_added||a||-1||");
  EXPECT_EQ(read("accounts-daemon", "request by x::1.2 [x pid:1]: set password of user 'a' (1)").by,
            "x::1.2 [x pid:1]");
  EXPECT_FALSE(knows("useradd", "failed adding user 'a', data deleted"));
}

TEST(LoginMessage, Consoles) {
  const AuthMessage root = read("login", "ROOT LOGIN ON tty1 FROM host.example");
  EXPECT_EQ(root.outcome, AuthOutcome::kAccepted);
  EXPECT_EQ(root.user, "root");
  EXPECT_EQ(root.tty, "tty1");
  EXPECT_EQ(root.address, "host.example");
  EXPECT_EQ(read("login", "ROOT LOGIN  on '/dev/tty1'").tty, "/dev/tty1");
  EXPECT_EQ(brief("login", "LOGIN ON tty1 BY a FROM 192.0.2.1"),
            "accepted|a||192.0.2.1|-1|console|");
  const AuthMessage failed =
      read("login", "FAILED LOGIN (1) on '/dev/tty1' FOR 'x, y', Authentication failure");
  EXPECT_EQ(failed.outcome, AuthOutcome::kFailed);
  EXPECT_EQ(failed.user, "x, y");
  EXPECT_EQ(failed.tty, "/dev/tty1");
  EXPECT_EQ(failed.detail, "Authentication failure");
  EXPECT_EQ(read("login", "FAILED LOGIN 1 FROM tty1 FOR root, Authentication failure").tty, "tty1");
  EXPECT_EQ(brief("login", "FAILED LOGIN SESSION FROM 192.0.2.1 FOR (unknown), User not known"),
            "failed|||192.0.2.1|-1|console|User not known");
  EXPECT_EQ(brief("login", "FAILED LOGIN 1 FROM 192.0.2.1 FOR x FROM 203.0.113.1 FOR y, z"),
            "failed|x FROM 203.0.113.1 FOR y||192.0.2.1|-1|console|z");
}

TEST(LogindMessage, Sessions) {
  EXPECT_EQ(brief("systemd-logind", "New session 5 of user root."), "session_opened|root|||-1||5");
  EXPECT_EQ(
      brief("systemd-logind", "New session '5' of user 'root' with class 'user' and type 'tty'."),
      "session_opened|root|||-1||5");
  EXPECT_EQ(brief("systemd-logind", "Session 5 logged out. Waiting for processes to exit."),
            "disconnected||||-1||5");
  EXPECT_EQ(brief("systemd-logind", "Removed session c1."), "session_closed||||-1||c1");
  EXPECT_FALSE(knows("systemd-logind", "New seat seat0."));
}

TEST(DropbearMessage, Attempts) {
  EXPECT_EQ(brief("dropbear", "Bad password attempt for 'x' from 192.0.2.1:9' from 203.0.113.6:5"),
            "failed|x' from 192.0.2.1:9||203.0.113.6|5|password|");
  EXPECT_EQ(brief("dropbear", "Password auth succeeded for 'root' from 2001:db8::1:54321"),
            "accepted|root||2001:db8::1|54321|password|");
  const AuthMessage key = read(
      "dropbear", "Pubkey auth succeeded for 'x' with ssh-ed25519 key SHA256:ab from 192.0.2.1:5");
  EXPECT_EQ(key.user, "x");
  EXPECT_EQ(key.key_type, "ssh-ed25519");
  EXPECT_EQ(key.fingerprint, "SHA256:ab");
  EXPECT_EQ(key.method, "publickey");
  EXPECT_EQ(read("dropbear", "Pubkey auth succeeded for 'x' with key sha1!! aa:bb from 192.0.2.1:5")
                .fingerprint,
            "sha1!! aa:bb");
  EXPECT_EQ(brief("dropbear", "Login attempt for nonexistent user from 192.0.2.1:5"),
            "invalid_user|||192.0.2.1|5||");
  EXPECT_EQ(brief("dropbear", "Exit (root) from <192.0.2.1:5>: Disconnect received"),
            "disconnected|root||192.0.2.1|5||Disconnect received");
  EXPECT_EQ(brief("dropbear", "Exit before auth from <192.0.2.1:5>: Exited normally"),
            "probe|||192.0.2.1|5||Exited normally");
  EXPECT_FALSE(knows("dropbear", "Child connection from 192.0.2.1:5"));
}

TEST(FtpMessage, NamesAndAnonymousPasswordsDoNotForge) {
  EXPECT_EQ(brief("vsftpd", "[a] OK LOGIN: Client \"::ffff:192.0.2.1\""),
            "accepted|a||::ffff:192.0.2.1|-1|ftp|");
  EXPECT_EQ(brief("vsftpd",
                  "[pid 7] [x] OK LOGIN: Client \"192.0.2.1\"] FAIL LOGIN: Client "
                  "\"203.0.113.6\""),
            "failed|x] OK LOGIN: Client \"192.0.2.1\"||203.0.113.6|-1|ftp|");
  EXPECT_EQ(brief("vsftpd",
                  "[ftp] OK LOGIN: Client \"203.0.113.6\", anon password \"] FAIL LOGIN: Client "
                  "\"192.0.2.1\""),
            "accepted|ftp||203.0.113.6|-1|ftp|");
  EXPECT_FALSE(knows("vsftpd", "CONNECT: Client \"192.0.2.1\""));
}

TEST(DovecotMessage, LoginsAndWorkers) {
  const AuthMessage failed = read("dovecot",
                                  "imap-login: Disconnected (auth failed, 2 attempts in 6 secs): "
                                  "user=<x>, rip=192.0.2.1>, method=PLAIN, rip=203.0.113.6, "
                                  "lip=192.0.2.2, TLS, session=<y>");
  EXPECT_EQ(failed.outcome, AuthOutcome::kFailed);
  EXPECT_EQ(failed.user, "x>, rip=192.0.2.1");
  EXPECT_EQ(failed.address, "203.0.113.6");
  EXPECT_EQ(failed.count, 2);
  EXPECT_EQ(failed.method, "PLAIN");
  EXPECT_EQ(brief("dovecot",
                  "auth-worker(7): conn unix:a (pid=1,uid=2): auth-worker<6>: "
                  "sql(a,b,192.0.2.1,<s>): unknown user"),
            "invalid_user|a,b||192.0.2.1|-1|sql|");
  EXPECT_FALSE(knows("dovecot", "auth: Error: (x"));
}

TEST(DovecotMessage, LoginOfVersion24) {
  for (const char* words : {"imap-login: Login: ", "imap-login: Logged in: ",
                            "pop3-login: Info: Login: ", "pop3-login: Info: Logged in: "}) {
    EXPECT_EQ(brief("dovecot", std::string(words) +
                                   "user=<erin>, method=PLAIN, rip=203.0.113.6, lip=192.0.2.2, "
                                   "mpid=7, TLS, session=<y>"),
              "accepted|erin||203.0.113.6|-1|PLAIN|");
  }
  EXPECT_EQ(brief("dovecot",
                  "imap-login: Login aborted: Logged out (auth failed, 3 attempts in 16 secs) "
                  "(auth_failed): user=<erin>, method=PLAIN, rip=203.0.113.6, lip=192.0.2.2, TLS"),
            "failed|erin||203.0.113.6|-1|PLAIN|");
}

TEST(AuthMessageNames, EveryOutcomeHasOne) {
  EXPECT_EQ(to_string(AuthOutcome::kSudoRefused), "sudo_refused");
  for (int i = 0; i <= static_cast<int>(AuthOutcome::kProbe); ++i) {
    EXPECT_FALSE(to_string(static_cast<AuthOutcome>(i)).empty());
  }
}

TEST(AuthMessageDamage, EveryPrefixOfEveryShapeIsSafe) {
  constexpr std::string_view kLines[][2] = {
      {"sshd", "Failed publickey for a from 192.0.2.1 port 2 ssh2: A B ID c (serial 0) CA D E"},
      {"sshd", "Disconnecting invalid user a 192.0.2.1 port 2: Too many [preauth]"},
      {"sshd",
       "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
       "rhost=192.0.2.1  user=root"},
      {"sudo", "a : 1 incorrect password attempt ; TTY=p ; PWD=/ ; USER=r ; COMMAND=/x"},
      {"pkexec",
       "a: Error executing command as another user: N [USER=r] [TTY=t] [CWD=/] [COMMAND=x]"},
      {"polkitd",
       "Operator of s FAILED to authenticate to gain authorization for action a for p [c] "
       "(owned by unix-user:u)"},
      {"useradd", "new user: name=a, UID=0, GID=0, home=/root, shell=/bin/bash, from=/dev/pts/0"},
      {"login", "FAILED LOGIN (1) on '/dev/tty1' from 'h' FOR 'x', Authentication failure"},
      {"dropbear", "Pubkey auth succeeded for 'x' with a key b from 192.0.2.1:5"},
      {"dovecot", "auth-worker(7): pam(a,192.0.2.1,<s>): pam_authenticate() failed: x"},
      {"vsftpd", "[pid 7] [x] FAIL LOGIN: Client \"192.0.2.1\""},
  };
  for (const auto& [program, line] : kLines) {
    EXPECT_TRUE(knows(program, line)) << line;
    for (size_t size = 0; size < line.size(); ++size) {
      const std::string cut(line.substr(0, size));  // its own memory, so that an overread shows
      AuthMessage out;
      if (parse_auth_message(program, cut, out)) {
        EXPECT_LE(out.user.size(), size);
      }
    }
  }
}

}  // namespace
}  // namespace genba::parse
