// SPDX-License-Identifier: Apache-2.0
#include "parse/sshd_config/sshd_config.h"

#include <gtest/gtest.h>

namespace genba::parse {
namespace {

using namespace std::string_literals;
using Words = std::vector<std::string>;

TEST(SshdConfig, KeywordsQuotesEqualsAndComments) {
  const auto config = parse_sshd_config(
      "# c\nPort 22\n  AuthorizedKeysFile=.ssh/a \"b c\" 'd' e\\ f # tail\r\n"
      "Subsystem\tsftp = /x\nUsePAM = yes\n",
      "/etc/ssh/sshd_config");
  EXPECT_TRUE(config.notes.empty());
  ASSERT_EQ(config.directives.size(), 4U);
  EXPECT_EQ(config.directives[0].keyword, "port");
  EXPECT_EQ(config.directives[1].keyword, "authorizedkeysfile");
  EXPECT_EQ(config.directives[1].arguments, (Words{".ssh/a", "b c", "d", "e f"}));
  EXPECT_EQ(config.directives[1].line, 3);
  EXPECT_EQ(config.directives[2].arguments, (Words{"sftp", "=", "/x"}));
  EXPECT_EQ(config.directives[3].arguments, (Words{"yes"}));
}

TEST(SshdConfig, DirectivesKnowTheirMatchBlock) {
  const auto config = parse_sshd_config(
      "PermitRootLogin no\nMatch User eve\n  PermitRootLogin yes\nMatch all\n  X y\n", "s");
  ASSERT_EQ(config.directives.size(), 5U);
  EXPECT_FALSE(config.directives[0].match_line);
  EXPECT_FALSE(config.directives[1].match_line);
  EXPECT_EQ(config.directives[2].match_line, 2);
  EXPECT_EQ(config.directives[4].match_line, 4);
}

TEST(SshdConfig, NulByteJoinsALineWithTheNextAsForSshd) {
  const auto config = parse_sshd_config(
      "AuthorizedKeysFile \0# no\n  /tmp/keys\nPort 2\0x\n2\nUsePAM yes\0x"s, "s");
  ASSERT_EQ(config.directives.size(), 3U);
  EXPECT_EQ(config.directives[0].arguments, (Words{"/tmp/keys"}));
  EXPECT_EQ(config.directives[0].line, 1);
  EXPECT_EQ(config.directives[1].arguments, (Words{"22"}));
  EXPECT_EQ(config.directives[1].line, 3);
  EXPECT_EQ(config.directives[2].arguments, (Words{"yes"}));
  EXPECT_EQ(config.notes.size(), 3U);
}

TEST(SshdConfig, DamagedLinesBecomeNotes) {
  const auto config = parse_sshd_config("Port\nX \"open\n= 1\nPort 1\n", "s");
  EXPECT_EQ(config.directives.size(), 1U);
  EXPECT_EQ(config.notes.size(), 3U);
}

TEST(SshdTokens, KnownTokensAreReplacedUnknownOnesGiveNothing) {
  const SshdTokens tokens{"/home/a", "a", 1000};
  EXPECT_EQ(expand_sshd_tokens("%h/.k", tokens), "/home/a/.k");
  EXPECT_EQ(expand_sshd_tokens("/k/%u-%U%%", tokens), "/k/a-1000%");
  EXPECT_FALSE(expand_sshd_tokens("/k/%x", tokens));
  EXPECT_FALSE(expand_sshd_tokens("/k/%", tokens));
}

}  // namespace
}  // namespace genba::parse
