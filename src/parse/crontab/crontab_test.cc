// SPDX-License-Identifier: Apache-2.0
#include "parse/crontab/crontab.h"

#include <gtest/gtest.h>

namespace genba::parse {
namespace {

TEST(Crontab, SystemTableOfDebian) {
  const auto file = parse_crontab(
      "# /etc/crontab\nSHELL=/bin/sh\nPATH = \"/sbin:/bin\"\n\n"
      "17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n",
      CronForm::kSystem, "/etc/crontab");
  EXPECT_TRUE(file.notes.empty());
  ASSERT_EQ(file.entries.size(), 1U);
  const auto& entry = file.entries[0];
  EXPECT_EQ(entry.minute, "17");
  EXPECT_EQ(entry.hour, "*");
  EXPECT_EQ(entry.day_of_week, "*");
  EXPECT_EQ(entry.username, "root");
  EXPECT_EQ(entry.command, "cd / && run-parts --report /etc/cron.hourly");
  EXPECT_EQ(entry.line, 5);
  ASSERT_EQ(file.variables.size(), 2U);
  EXPECT_EQ(file.variables[1].name, "PATH");
  EXPECT_EQ(file.variables[1].value, "/sbin:/bin");
}

TEST(Crontab, UserTableHasNoAccount) {
  const auto file = parse_crontab("*/5 * * * * /tmp/x A=1\n@reboot /tmp/y\n", CronForm::kUser, "c");
  ASSERT_EQ(file.entries.size(), 2U);
  EXPECT_FALSE(file.entries[0].username);
  EXPECT_EQ(file.entries[0].command, "/tmp/x A=1");
  EXPECT_EQ(file.entries[1].event, "@reboot");
  EXPECT_FALSE(file.entries[1].minute);
  EXPECT_EQ(file.entries[1].command, "/tmp/y");
}

TEST(Crontab, CarriageReturnAndEscapeThatHideAnEntryAreFlagged) {
  const auto file = parse_crontab("* * * * * /tmp/x;\rno crontab for root\x1b[K\n* * * * * /ok\r\n",
                                  CronForm::kUser, "c");
  ASSERT_EQ(file.entries.size(), 2U);
  EXPECT_TRUE(file.entries[0].control_characters);
  EXPECT_FALSE(file.entries[1].control_characters);
}

TEST(Crontab, DashInFrontKeepsTheJobOutOfTheLog) {
  const auto file = parse_crontab("-*/15 * * * * root /x\n", CronForm::kSystem, "c");
  EXPECT_EQ(file.entries.at(0).minute, "*/15");
}

TEST(Crontab, DamagedLinesBecomeNotesAndTheRestIsRead) {
  const auto file = parse_crontab(
      "hello there\n* * * * *\n* * * * * root\n@daily\n0 0 * * * u /x\n", CronForm::kSystem, "c");
  EXPECT_EQ(file.entries.size(), 1U);
  EXPECT_EQ(file.notes.size(), 4U);
}

TEST(Crontab, PercentEndsTheShellPart) {
  EXPECT_EQ(shell_part("date +\\%F %in%put"), "date +%F ");
  EXPECT_EQ(shell_part("x"), "x");
}

TEST(Anacrontab, JobsAndVariables) {
  const auto file = parse_anacrontab(
      "START_HOURS_RANGE=3-22\n1\t5\tcron.daily\tnice run-parts /etc/cron.daily\n"
      "@monthly 45 cron.monthly /x\nbad line\n",
      "/etc/anacrontab");
  ASSERT_EQ(file.entries.size(), 2U);
  EXPECT_EQ(file.entries[0].period, "1");
  EXPECT_EQ(file.entries[0].job, "cron.daily");
  EXPECT_EQ(file.entries[0].command, "nice run-parts /etc/cron.daily");
  EXPECT_EQ(file.entries[1].period, "@monthly");
  EXPECT_EQ(file.variables.size(), 1U);
  EXPECT_EQ(file.notes.size(), 1U);
}

}  // namespace
}  // namespace genba::parse
