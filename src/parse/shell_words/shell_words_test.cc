// SPDX-License-Identifier: Apache-2.0
#include "parse/shell_words/shell_words.h"

#include <gtest/gtest.h>

namespace genba::parse {
namespace {

std::string joined(std::string_view command) {
  std::string text;
  for (const auto& token : split_shell_tokens(command)) {
    const char* mark = token.kind == ShellToken::Kind::kWord      ? ""
                       : token.kind == ShellToken::Kind::kControl ? "^"
                                                                  : "~";
    text += mark + token.text + "_";
  }
  return text;
}

std::string program(std::string_view command) {
  return first_absolute_program(command).value_or("-");
}

TEST(ShellTokens, QuotesAreTakenOff) {
  EXPECT_EQ(joined("a 'b c' \"d \\\" e\" f\\ g"), "a_b c_d \" e_f g_");
  EXPECT_EQ(joined("'' x"), "_x_");
}

TEST(ShellTokens, OperatorsAndRedirectionsStandAlone) {
  EXPECT_EQ(joined("a&&b||c;d|e&"), "a_^&&_b_^||_c_^;_d_^|_e_^&_");
  EXPECT_EQ(joined("a >/dev/null 2>&1"), "a_~>_/dev/null_~>&_1_");
  EXPECT_EQ(joined("a &>x '2'>y"), "a_~&>_x_2_~>_y_");
}

TEST(ShellTokens, CommentEndsTheLineOnlyAtAWordStart) {
  EXPECT_EQ(joined("a#b #c"), "a#b_");
}

TEST(ShellTokens, OpenQuoteReachesToTheEnd) {
  EXPECT_EQ(joined("a 'b c"), "a_b c_");
  EXPECT_EQ(joined("a \"b \\"), "a_b \\_");
  EXPECT_EQ(joined("a \\"), "a__");
}

TEST(ShellTokens, EndlessLineIsCapped) {
  EXPECT_EQ(split_shell_tokens(std::string(100'000, ';')).size(), 10'000U);
}

TEST(FirstProgram, PlainAndQuotedPath) {
  EXPECT_EQ(program("/usr/bin/true --x"), "/usr/bin/true");
  EXPECT_EQ(program("'/tmp/a b'"), "/tmp/a b");
  EXPECT_EQ(program("curl x | sh"), "-");
}

TEST(FirstProgram, BehindAssignmentsAndRedirections) {
  EXPECT_EQ(program("A=1 B='x y' >/dev/null /opt/run"), "/opt/run");
}

TEST(FirstProgram, BehindWrappersWithTheirOptions) {
  EXPECT_EQ(program("nice -n 19 ionice -c3 /usr/bin/updatedb"), "/usr/bin/updatedb");
  EXPECT_EQ(program("/usr/bin/env -i PATH=/bin /opt/x"), "/opt/x");
  EXPECT_EQ(program("timeout -k 5 30 /opt/x"), "/opt/x");
  EXPECT_EQ(program("flock -n /run/l /opt/x"), "/opt/x");
  EXPECT_EQ(program("sudo -u www-data /opt/x"), "/opt/x");
}

TEST(FirstProgram, WrapperItselfWhenNothingAbsoluteFollows) {
  EXPECT_EQ(program("/usr/bin/nice backup"), "/usr/bin/nice");
  EXPECT_EQ(program("/bin/bash -c 'curl x | bash'"), "/bin/bash");
}

TEST(FirstProgram, BehindTests) {
  EXPECT_EQ(program("test -x /usr/bin/a && /usr/bin/b"), "/usr/bin/b");
  EXPECT_EQ(program("[ -x /usr/lib/php/x ] && if [ ! -d /run ]; then /usr/lib/php/x; fi"),
            "/usr/lib/php/x");
  EXPECT_EQ(program("test -x /usr/sbin/anacron || { cd / && run-parts /etc/cron.daily; }"), "-");
  EXPECT_EQ(program("command -v debian-sa1 > /dev/null && /usr/lib/sa1 1 1"), "/usr/lib/sa1");
}

TEST(FirstProgram, InsideShellDashC) {
  EXPECT_EQ(program("sh -c '/tmp/.x/run -d'"), "/tmp/.x/run");
  EXPECT_EQ(program("/bin/bash -lc \"sh -c '/tmp/y'\""), "/tmp/y");
  EXPECT_EQ(program("sh /tmp/x.sh"), "/tmp/x.sh");
}

TEST(FirstProgram, NothingToStartGivesNoAnswer) {
  EXPECT_EQ(program(""), "-");
  EXPECT_EQ(program("timeout"), "-");
  EXPECT_EQ(program("sh -c"), "-");
  EXPECT_EQ(program("A=1"), "-");
}

}  // namespace
}  // namespace genba::parse
