// SPDX-License-Identifier: Apache-2.0
#include "judge/incident_story.h"

#include <gtest/gtest.h>

#include "base/time.h"

namespace genba::judge {
namespace {

using model::ColumnType;
using model::Field;
using model::Finding;
using model::Subject;

// 2026-11-21T00:00:00Z plus some milliseconds.
base::Timestamp at(int64_t milliseconds) {
  return {base::parse_rfc3339("2026-11-21T00:00:00Z")->nanoseconds + milliseconds * 1'000'000};
}

Field time(std::string key, int64_t milliseconds) {
  return {std::move(key), at(milliseconds).nanoseconds, ColumnType::kTimestamp};
}
Subject file(std::string path) {
  return {"file", {{"path", std::move(path), ColumnType::kText}}};
}
Subject process(int64_t pid, std::string path, int64_t started) {
  return {"process",
          {{"pid", pid, ColumnType::kInteger},
           time("start_time", started),
           {"path", std::move(path), ColumnType::kText}}};
}

Finding finding(const std::string& rule, std::vector<Subject> subjects, std::string table,
                std::vector<Field> row) {
  Finding out;
  out.rule = rule;
  out.id = "f-" + rule;
  out.says = {"The judgement of " + rule + ".", "判断。"};
  out.severity = model::Severity::kHigh;
  out.subjects = std::move(subjects);
  out.from = at(0);
  out.to = at(100'000'000);
  out.evidence.push_back({std::move(table), "", std::move(row)});
  return out;
}

std::vector<std::string> told(const std::vector<Finding>& findings) {
  std::vector<const Finding*> pointers;
  for (const Finding& each : findings) {
    pointers.push_back(&each);
  }
  std::vector<std::string> lines;
  for (const model::StoryEvent& event : story_of(pointers)) {
    lines.push_back(event.says.en);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Story, FileStandsBeforeTheProcessOfTheSameSecond) {
  EXPECT_EQ(told({finding("runs", {process(17, "/usr/bin/cd", 5'200)}, "processes",
                          {time("start_time", 5'200), time("exe_ctime", 5'700)})}),
            (Lines{"The file /usr/bin/cd appeared or was last changed.",
                   "Process 17 (/usr/bin/cd) started."}));
}

TEST(Story, ManyRulesAboutOneThingTellItOnce) {
  EXPECT_EQ(told({finding("cpu", {process(17, "/usr/bin/cd", 5'000)}, "processes", {}),
                  finding("network", {process(17, "/usr/bin/cd", 5'000)}, "processes", {}),
                  finding("unowned", {file("/usr/bin/cd")}, "file",
                          {time("btime", 1'000), time("ctime", 1'500)}),
                  finding("cron", {file("/etc/cron.d/x"), file("/usr/bin/cd")}, "crontab",
                          {time("file_ctime", 2'000),
                           time("executable_ctime", 1'500),
                           {"executable", std::string("/usr/bin/cd"), ColumnType::kText}})}),
            (Lines{"The file /usr/bin/cd appeared.",
                   "The cron file /etc/cron.d/x appeared or was last changed.",
                   "Process 17 (/usr/bin/cd) started."}));
}

TEST(Story, FamilyThatStartedWithinASecondIsOneLine) {
  EXPECT_EQ(told({finding("family", {process(17, "/usr/bin/cd", 5'000)}, "processes", {}),
                  finding("family", {process(18, "/usr/bin/cd", 5'900)}, "processes", {}),
                  finding("family", {process(19, "/usr/bin/cd", 6'000)}, "processes", {})}),
            (Lines{"2 processes of /usr/bin/cd started (pids 17, 18).",
                   "Process 19 (/usr/bin/cd) started."}));
}

TEST(Story, JudgementIsNoEvent) {
  EXPECT_EQ(told({finding("looks_bad", {file("/etc/x")}, "file", {})}), Lines{});
}

TEST(Story, RowOfAnEventIsToldInTheFindingsWords) {
  EXPECT_EQ(told({finding("login", {}, "auth_events", {time("time", 0)})}),
            Lines{"The judgement of login."});
}

TEST(Story, LaterChangeOfAnOldFileIsToldApart) {
  EXPECT_EQ(told({finding("unowned", {file("/x")}, "file",
                          {time("btime", 1'000), time("ctime", 3'600'000)})}),
            (Lines{"The file /x appeared.", "The file /x was last changed."}));
}

TEST(Story, TimeThatDoesNotCountForTheFindingIsNotTold) {
  Finding forged = finding("unowned", {file("/x")}, "file", {time("ctime", 50)});
  forged.from = at(60);
  EXPECT_EQ(told({forged}), Lines{});
}

TEST(Story, WhatOnlyJoinedTellsNothing) {
  Finding joined = finding("weak", {file("/x")}, "file", {time("ctime", 50)});
  joined.severity = model::Severity::kLow;
  EXPECT_EQ(told({joined}), Lines{});
}

}  // namespace
}  // namespace genba::judge
