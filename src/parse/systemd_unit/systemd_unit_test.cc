// SPDX-License-Identifier: Apache-2.0
#include "parse/systemd_unit/systemd_unit.h"

#include <gtest/gtest.h>

namespace genba::parse {
namespace {

using namespace std::string_literals;
using Words = std::vector<std::string>;

TEST(SystemdUnit, SectionsCommentsAndContinuations) {
  const auto file = parse_unit_file(
      "# c\n[Unit]\nDescription = A service \n; c\n[Service]\nExecStart=/bin/a \\\n# between\n"
      "  b \\\n  c\nUser=x\n[Install]\nWantedBy=multi-user.target",
      "u");
  EXPECT_TRUE(file.notes.empty());
  ASSERT_EQ(file.assignments.size(), 4U);
  EXPECT_EQ(file.assignments[0].value, "A service");
  EXPECT_EQ(file.assignments[1].value, "/bin/a  b  c");
  EXPECT_EQ(file.assignments[1].line, 6);
  EXPECT_EQ(file.assignments[2].line, 10);
  EXPECT_TRUE(file.has_section("Install"));
}

TEST(SystemdUnit, CarriageReturnEndsALineAsForSystemd) {
  const auto file =
      parse_unit_file("[Service]\r\nExecStart=/bin/a\rExecStart=/tmp/b\nUser=c\n", "u");
  ASSERT_EQ(file.assignments.size(), 3U);
  EXPECT_EQ(file.assignments[1].value, "/tmp/b");
  EXPECT_EQ(file.assignments[1].line, 2);
  EXPECT_EQ(file.assignments[2].line, 3);
}

TEST(SystemdUnit, NulByteEndsALineAsForSystemd) {
  const auto file = parse_unit_file("[Service]\nExecStart=/bin/a\0User=x\n"s, "u");
  ASSERT_EQ(file.assignments.size(), 2U);
  EXPECT_EQ(file.assignments[0].value, "/bin/a");
}

TEST(SystemdUnit, ContinuationAtTheEndOfTheFile) {
  const auto file = parse_unit_file("[Service]\nExecStart=/bin/a \\", "u");
  ASSERT_EQ(file.assignments.size(), 1U);
  EXPECT_EQ(file.assignments[0].value, "/bin/a");
}

TEST(SystemdUnit, DamagedLinesBecomeNotes) {
  const auto file = parse_unit_file("early=1\n[Service\n[Service]\nword\n=x\nA=\xff\nB=1\n", "u");
  EXPECT_EQ(file.assignments.size(), 1U);
  EXPECT_EQ(file.notes.size(), 5U);
}

TEST(SystemdUnit, EmptyAssignmentDropsWhatStoodBefore) {
  const std::vector<UnitFile> files = {
      parse_unit_file("[Service]\nExecStart=/bin/a\nUser=x\n", "u"),
      parse_unit_file("[Service]\nExecStart=\nExecStart=/tmp/b\nExecStart=/tmp/c\n", "d"),
  };
  const auto values = merged_values(files, "Service", "ExecStart");
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[0].file, 1U);
  EXPECT_EQ(values[0].assignment->value, "/tmp/b");
  EXPECT_EQ(values[0].assignment->line, 3);
  EXPECT_EQ(last_value(files, "Service", "User"), "x");
  EXPECT_FALSE(last_value(files, "Service", "Restart"));
}

TEST(SystemdCommand, PrefixesAndQuotesAreTakenOff) {
  EXPECT_EQ(command_program("-/bin/a b"), "/bin/a");
  EXPECT_EQ(command_program("@!!/bin/a argv0"), "/bin/a");
  EXPECT_EQ(command_program("\"/opt/a b/c\" d"), "/opt/a b/c");
  EXPECT_FALSE(command_program(""));
  EXPECT_FALSE(command_program("-"));
}

TEST(SystemdCommand, EscapesAreDecodedAsSystemdDoes) {
  EXPECT_EQ(command_program("\\x2ftmp\\x2fevil -x"), "/tmp/evil");
  EXPECT_EQ(command_program("-\"/tmp\\057a\\sb\" x"), "/tmp/a b");
  EXPECT_EQ(command_program("/tmp/\\u00e9\\U0001F600"), "/tmp/\u00e9\U0001F600");
  // Unknown, cut off, NUL, and no code point: as they stand.
  for (const char* odd :
       {"/a\\q", "/a\\x2", "/a\\000", "/a\\ud800", "/a\\477", "/a\\x+1", "/a\\"}) {
    EXPECT_EQ(command_program(odd), odd);
  }
  EXPECT_EQ(decode_escapes("/bin/sh -c \"c\\x75rl x \\174 sh\" \\$"),
            "/bin/sh -c \"curl x | sh\" \\$");
  EXPECT_EQ(split_commands("/bin/a \\x3b ; /bin/b"), (Words{"/bin/a \\x3b", "/bin/b"}));
}

TEST(SystemdCommand, LoneSemicolonSeparatesCommands) {
  EXPECT_EQ(split_commands("/bin/a x ; /tmp/b ;"), (Words{"/bin/a x", "/tmp/b"}));
  EXPECT_EQ(split_commands("/bin/sh -c 'a ; b'"), (Words{"/bin/sh -c 'a ; b'"}));
  EXPECT_EQ(split_commands("/bin/a \\; b"), (Words{"/bin/a \\; b"}));
  EXPECT_TRUE(split_commands("  ").empty());
}

TEST(UnitName, TemplatesInstancesAndNonsense) {
  EXPECT_EQ(parse_unit_name("ssh.service")->type, "service");
  EXPECT_FALSE(parse_unit_name("ssh.service")->template_name());
  EXPECT_EQ(parse_unit_name("getty@tty1.service")->template_name(), "getty@.service");
  EXPECT_EQ(parse_unit_name("getty@.service")->instance, "");
  EXPECT_EQ(parse_unit_name("-.mount")->prefix, "-");
  EXPECT_FALSE(parse_unit_name("README"));
  EXPECT_FALSE(parse_unit_name("a b.service"));
  EXPECT_FALSE(parse_unit_name("x.service.d"));
  EXPECT_FALSE(parse_unit_name(".service"));
}

}  // namespace
}  // namespace genba::parse
