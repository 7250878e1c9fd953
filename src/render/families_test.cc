// SPDX-License-Identifier: Apache-2.0
#include "render/families.h"

#include <gtest/gtest.h>

#include "fmt/format.h"

namespace genba::render {
namespace {

using model::Finding;
using model::Language;

Finding about(int64_t pid, std::string path, model::Severity severity = model::Severity::kHigh) {
  Finding finding;
  finding.id = fmt::format("f-{}", pid);
  finding.rule = "memory_file_executable";
  finding.area = "process";
  finding.severity = severity;
  finding.title = {"A process runs from memory", "メモリ上で動くプロセス"};
  finding.says = {fmt::format("Process {} runs.", pid), fmt::format("プロセス{}。", pid)};
  finding.subjects = {{"process",
                       {{"pid", model::OwnedValue(pid), model::ColumnType::kInteger},
                        {"path", model::OwnedValue(std::move(path)), model::ColumnType::kText}}}};
  return finding;
}

std::vector<const Finding*> pointers(const std::vector<Finding>& findings) {
  std::vector<const Finding*> out;
  for (const auto& finding : findings) {
    out.push_back(&finding);
  }
  return out;
}

TEST(Families, ProcessesOfOneProgramAreToldOnce) {
  const std::vector<Finding> findings = {about(1, "/memfd:x"), about(2, "/tmp/y"),
                                         about(3, "/memfd:x")};
  const auto families = families_of(pointers(findings));
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(processes_line(families[0], Language::kEnglish), "2 processes: pids 1, 3");
  EXPECT_EQ(processes_line(families[0], Language::kJapanese), "プロセス2件：PID 1、3");
  EXPECT_EQ(processes_line(families[1], Language::kEnglish), "");
}

TEST(Families, AnotherSeverityOrRuleOrNoPathStaysApart) {
  std::vector<Finding> findings = {about(1, "/tmp/y"), about(2, "/tmp/y", model::Severity::kLow),
                                   about(3, "/tmp/y"), about(4, ""), about(5, "")};
  findings[2].rule = "other";
  EXPECT_EQ(families_of(pointers(findings)).size(), 5U);
}

TEST(Families, OfManyProcessesTenAreNamed) {
  std::vector<Finding> findings;
  for (int64_t pid = 1; pid <= 12; ++pid) {
    findings.push_back(about(pid, "/memfd:x"));
  }
  EXPECT_EQ(processes_line(families_of(pointers(findings)).front(), Language::kEnglish),
            "12 processes: pids 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, +2 more");
}

}  // namespace
}  // namespace genba::render
