// SPDX-License-Identifier: Apache-2.0
#include "act/respawn/host_respawners.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/tables/processes.h"
#include "support/fake_host.h"

namespace genba::act {
namespace {

using model::RespawnKind;

class HostRespawnersTest : public testing::Test {
 protected:
  RespawnReport find() {
    RespawnTarget family;
    family.paths = {"/tmp/.x/run"};
    family.cgroups = {"/system.slice/docker-" + id_ + ".scope"};
    return find_host_respawners(host_, facts_, family);
  }
  const model::Respawner* from(const RespawnReport& report, std::string_view source) {
    const auto at = std::find_if(report.found.begin(), report.found.end(),
                                 [&](const auto& each) { return each.source == source; });
    return at == report.found.end() ? nullptr : &*at;
  }

  test::FakeHost host_;
  model::Facts facts_;
  const std::string id_ = std::string(64, 'a');
};

TEST_F(HostRespawnersTest, WhatTheKernelStartsIsFound) {
  host_.add_file("/proc/sys/kernel/core_pattern", "|/tmp/.x/run %p\n");
  host_.add_file("/proc/sys/kernel/modprobe", "/sbin/modprobe\n");
  host_.add_file("/sys/kernel/uevent_helper", "/tmp/.x/run\n");
  host_.add_file("/proc/sys/fs/binfmt_misc/odd", "enabled\ninterpreter /tmp/.x/run\nflags: \n");
  const auto report = find();
  ASSERT_EQ(report.found.size(), 3U);
  EXPECT_EQ(from(report, "/proc/sys/kernel/core_pattern")->what, "|/tmp/.x/run %p");
  EXPECT_EQ(from(report, "/proc/sys/fs/binfmt_misc/odd")->kind, RespawnKind::kKernelHelper);
  EXPECT_EQ(from(report, "/proc/sys/kernel/modprobe"), nullptr);
  EXPECT_TRUE(report.unread.empty());
}

TEST_F(HostRespawnersTest, RulesOfUdevThatStartItAreFoundWithTheirLine) {
  host_.add_file("/etc/udev/rules.d/99-x.rules",
                 "# RUN+=\"/tmp/.x/run\"\n"
                 "SUBSYSTEM==\"net\", \\\n  RUN+=\"/bin/sh -c '/tmp/.x/run &'\"\n"
                 "ENV{X}=\"/tmp/.x/run\"\n");
  host_.add_file("/usr/lib/udev/rules.d/50-y.rules", "RUN+=\"/tmp/.x/runner\"\n");
  host_.add_file("/etc/udev/rules.d/README", "RUN+=\"/tmp/.x/run\"\n");
  const auto report = find();
  ASSERT_EQ(report.found.size(), 1U);
  EXPECT_EQ(report.found[0].source, "/etc/udev/rules.d/99-x.rules");
  EXPECT_EQ(report.found[0].line, 2);
}

TEST_F(HostRespawnersTest, AtJobsAreRead) {
  host_.add_file("/var/spool/cron/atjobs/a0000101c5f2e4",
                 "#!/bin/sh\ncd /tmp/.x || exit 1\n./run\n");
  host_.add_file("/var/spool/cron/atjobs/a0000201c5f2e4", "#!/bin/sh\n/usr/bin/backup\n");
  host_.add_file("/var/spool/cron/atjobs/.SEQ", "/tmp/.x/run");
  const auto report = find();
  ASSERT_EQ(report.found.size(), 1U);
  EXPECT_EQ(report.found[0].kind, RespawnKind::kCron);
  EXPECT_EQ(report.found[0].source, "/var/spool/cron/atjobs/a0000101c5f2e4");
}

TEST_F(HostRespawnersTest, TheRestartPolicyOfTheFamilysContainerIsTold) {
  const std::string path = "/var/lib/docker/containers/" + id_ + "/hostconfig.json";
  EXPECT_TRUE(find().found.empty());
  host_.add_file(path, R"({"RestartPolicy":{"Name":"no"}})");
  EXPECT_TRUE(find().found.empty());
  host_.remove(path);
  host_.add_file(path, R"({"RestartPolicy":{"Name":"always"}})");
  const auto report = find();
  ASSERT_EQ(report.found.size(), 1U);
  EXPECT_EQ(report.found[0].kind, RespawnKind::kContainer);
  EXPECT_EQ(report.found[0].what, "restart policy always");
}

TEST_F(HostRespawnersTest, WhatIsThereAndCannotBeReadIsTold) {
  host_.add_file("/etc/udev/rules.d/99-x.rules", "x");
  host_.deny("/etc/udev/rules.d/99-x.rules");
  host_.add_file("/var/lib/docker/containers/" + id_ + "/hostconfig.json", "{");
  const auto report = find();
  EXPECT_TRUE(report.found.empty());
  EXPECT_EQ(report.unread.size(), 2U);
}

}  // namespace
}  // namespace genba::act
