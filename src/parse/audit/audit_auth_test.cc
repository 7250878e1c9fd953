// SPDX-License-Identifier: Apache-2.0
#include "parse/audit/audit_auth.h"

#include <string>

#include "gtest/gtest.h"
#include "parse/audit/audit_test_support.h"

namespace genba::parse {
namespace {

// The fact points into the event, so both live here and do not move.
struct Read {
  explicit Read(AuditEvent read_event) : event(std::move(read_event)), auth(to_auth(event)) {}
  Read(const Read&) = delete;
  Read& operator=(const Read&) = delete;

  AuditEvent event;
  std::optional<AuditAuth> auth;
};

Read read(std::string_view type, std::string_view text, std::string_view enriched = "") {
  const std::string line = "type=" + std::string(type) +
                           " msg=audit(5.000:1): pid=9 uid=0 auid=1000 ses=4 msg='" +
                           std::string(text) + "'" + std::string(enriched);
  return Read(join_audit(line).events.at(0));
}

TEST(AuditAuth, LoginThroughSsh) {
  const Read got = read(
      "USER_LOGIN",
      "op=login acct=\"ann\" exe=\"/x/sshd\" hostname=h addr=192.0.2.1 terminal=ssh res=success");
  ASSERT_TRUE(got.auth);
  EXPECT_EQ(got.auth->outcome, "accepted");
  EXPECT_EQ(got.auth->user, "ann");
  EXPECT_EQ(got.auth->target, "");
  EXPECT_EQ(got.auth->address, "192.0.2.1");
  EXPECT_EQ(got.auth->method, "");
  EXPECT_EQ(got.auth->terminal, "ssh");
  EXPECT_EQ(got.auth->exe, "/x/sshd");
  EXPECT_EQ(got.auth->pid, 9);
  EXPECT_EQ(got.auth->auid, 1000);
}

TEST(AuditAuth, FailuresOfEachKind) {
  for (const char* type : {"USER_LOGIN", "USER_AUTH", "USER_ACCT", "USER_START"}) {
    const Read got =
        read(type, "op=password acct=\"ann\" exe=\"/x/sshd\" hostname=? addr=192.0.2.1 res=failed");
    ASSERT_TRUE(got.auth) << type;
    EXPECT_EQ(got.auth->outcome, "failed") << type;
    EXPECT_EQ(got.auth->method, "password");
    EXPECT_EQ(got.auth->user, "ann");
  }
}

TEST(AuditAuth, InvalidUserInHex) {
  const Read got =
      read("USER_LOGIN",
           "op=login acct=28696E76616C6964207573657229 exe=\"/x/sshd\" hostname=h.example "
           "addr=? terminal=ssh res=failed");
  ASSERT_TRUE(got.auth);
  EXPECT_EQ(got.auth->user, "(invalid user)");
  EXPECT_EQ(got.auth->address, "h.example");
}

TEST(AuditAuth, KeyAcceptedFromAfar) {
  const Read got = read(
      "USER_AUTH", "op=pubkey acct=\"root\" exe=\"/x/sshd\" hostname=? addr=192.0.2.1 res=success");
  ASSERT_TRUE(got.auth);
  EXPECT_EQ(got.auth->outcome, "accepted");
  EXPECT_EQ(got.auth->method, "publickey");
}

TEST(AuditAuth, LocalAuthenticationIsNoLogin) {
  const Read got =
      read("USER_AUTH", "op=PAM:authentication acct=\"ann\" exe=\"/x/sudo\" addr=? res=success");
  EXPECT_FALSE(got.auth);
}

TEST(AuditAuth, SuNamesWhoAndWhom) {
  const Read got = read(
      "USER_START", "op=PAM:session_open acct=\"root\" exe=\"/x/su\" terminal=pts/0 res=success",
      "\x1dUID=\"root\" AUID=\"ann\"");
  ASSERT_TRUE(got.auth);
  EXPECT_EQ(got.auth->outcome, "su");
  EXPECT_EQ(got.auth->user, "ann");
  EXPECT_EQ(got.auth->target, "root");
  EXPECT_EQ(got.auth->method, "su");
}

TEST(AuditAuth, SudoCommands) {
  const Read got =
      read("USER_CMD", "cwd=\"/\" cmd=\"id\" exe=\"/x/sudo\" terminal=pts/0 res=success",
           "\x1dUID=\"ann\" AUID=\"unset\"");
  ASSERT_TRUE(got.auth);
  EXPECT_EQ(got.auth->outcome, "sudo");
  EXPECT_EQ(got.auth->user, "ann");
  EXPECT_EQ(got.auth->command, "id");
  const Read refused = read("USER_CMD", "cwd=\"/\" cmd=\"id\" terminal=pts/0 res=failed");
  ASSERT_TRUE(refused.auth);
  EXPECT_EQ(refused.auth->outcome, "sudo_refused");
  EXPECT_EQ(refused.auth->method, "sudo");
}

TEST(AuditAuth, SuWithAWrongPasswordIsNoFailedLogin) {
  const Read got = read("USER_AUTH",
                        "op=PAM:authentication acct=\"root\" exe=\"/usr/bin/su\" hostname=? "
                        "addr=? terminal=pts/0 res=failed",
                        "\x1dUID=\"ann\" AUID=\"ann\"");
  ASSERT_TRUE(got.auth);
  EXPECT_EQ(got.auth->outcome, "su_failed");
  EXPECT_EQ(got.auth->user, "ann");
  EXPECT_EQ(got.auth->target, "root");
}

TEST(AuditAuth, SessionsOpenAndClose) {
  {
    const Read got =
        read("USER_START", "op=PAM:session_open acct=\"ann\" exe=\"/x/cron\" res=success");
    ASSERT_TRUE(got.auth);
    EXPECT_EQ(got.auth->outcome, "session_opened");
    EXPECT_EQ(got.auth->method, "pam");
  }
  const Read got =
      read("USER_END", "op=PAM:session_close acct=\"ann\" exe=\"/x/cron\" res=success");
  ASSERT_TRUE(got.auth);
  EXPECT_EQ(got.auth->outcome, "session_closed");
}

TEST(AuditAuth, AccountsChange) {
  const struct {
    const char* type;
    const char* text;
    const char* outcome;
  } cases[] = {
      {"ADD_USER", "op=adding user id=1001 res=success", "account_added"},
      {"ADD_USER", "op=add-user acct=\"eve\" res=success", "account_added"},
      {"ADD_USER", "op=adding home directory id=1001 res=success", ""},
      {"ADD_USER", "op=adding user to group acct=\"eve\" res=success", ""},
      {"ADD_USER", "op=add-user acct=\"eve\" res=failed", ""},
      {"DEL_USER", "op=deleting user entries id=1001 res=success", "account_removed"},
      {"USER_CHAUTHTOK", "op=PAM:chauthtok acct=\"eve\" res=success", "password_changed"},
      {"USER_CHAUTHTOK", "op=change password id=1001 res=success", "password_changed"},
      {"USER_CHAUTHTOK", "op=changing home directory id=1001 res=success", ""},
      {"USER_CHAUTHTOK", "op=PAM:chauthtok acct=\"eve\" res=failed", ""},
      {"ADD_GROUP", "op=adding group acct=\"eve\" res=success", ""},
      {"USER_AUTH", "op=PAM:authentication acct=\"eve\" addr=192.0.2.1", ""},
      {"SERVICE_START", "unit=ssh res=success", ""},
  };
  for (const auto& expected : cases) {
    const Read got = read(expected.type, expected.text);
    EXPECT_EQ(got.auth ? got.auth->outcome : "", expected.outcome) << expected.text;
  }
}

}  // namespace
}  // namespace genba::parse
