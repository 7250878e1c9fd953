// SPDX-License-Identifier: Apache-2.0
//
// An empty result is never a failed read: every collector runs over hosts that refuse it, and no
// table may then look as if it had been read and were empty.
#include <functional>
#include <string>
#include <vector>

#include "collect/collector.h"
#include "gtest/gtest.h"
#include "model/tables/host_info.h"
#include "support/run_collector.h"

namespace genba::collect {
namespace {

using test::FakeHost;

void add_machine(FakeHost& host) {
  host.add_process({.pid = 1, .arguments = {"/sbin/init"}, .executable = "/sbin/init"});
  test::add_namespaces(host, 1, 1, 2, 3);
  test::add_namespaces(host, 7, 1, 2, 3);
  host.add_process({.pid = 7, .arguments = {"sh"}, .executable = "/bin/sh"});
  host.add_file("/proc/1/net/tcp", "").add_file("/proc/net/dev", "").add_file("/run/utmp", "");
  for (const char* file : {"/etc/passwd",
                           "/etc/group",
                           "/etc/shadow",
                           "/etc/nsswitch.conf",
                           "/etc/crontab",
                           "/etc/anacrontab",
                           "/etc/cron.d/x",
                           "/var/spool/cron/crontabs/root",
                           "/etc/rc.local",
                           "/etc/ld.so.preload",
                           "/etc/profile",
                           "/etc/systemd/system/x.service",
                           "/etc/ssh/sshd_config",
                           "/root/.ssh/authorized_keys",
                           "/var/lib/dpkg/status",
                           "/var/lib/dpkg/info/x.list",
                           "/bin/sh",
                           "/sbin/init",
                           "/tmp/x",
                           "/usr/bin/x"}) {
    host.add_file(file, "x");
  }
}

/// Runs all collectors, each over what those before it have read.
model::Facts collect_everything(const host::Host& host) {
  const Wanted wanted = Wanted::all();
  model::Facts facts;
  for (const Collector* collector : all_collectors()) {
    std::shared_ptr<void> state;
    Context context{host, facts, wanted};
    context.state = &state;
    collector->collect(context);
    if (collector->finish != nullptr) {
      collector->finish(context);
    }
  }
  return facts;
}

/// Tables that are open, without those that tell of this run itself.
std::string open_tables(const model::Facts& facts) {
  std::string names;
  for (const model::TableInfo* table : facts.tables()) {
    if (table != &model::tables::coverage() && table != &model::tables::host_info()) {
      names += std::string(table->name) + " ";
    }
  }
  return names;
}

TEST(DeniedHost, LeavesEveryTableUnread) {
  FakeHost host;
  add_machine(host);
  host.set_euid(65534);
  host.deny("/");
  EXPECT_EQ(open_tables(collect_everything(host)), "");
}

TEST(DeniedHost, ThatListsItsProcessesLeavesEveryTableUnread) {
  FakeHost host;
  add_machine(host);
  host.set_euid(65534);
  for (const char* path : {"/proc/1", "/proc/7", "/proc/net", "/proc/self", "/etc", "/var", "/root",
                           "/bin", "/sbin", "/tmp", "/usr", "/run"}) {
    host.deny(path);
  }
  // The names in / could be read.
  EXPECT_EQ(open_tables(collect_everything(host)), "file ");
}

TEST(DeniedHost, WithoutShadowHasUnreadPasswordsAndWithoutCronHasNone) {
  FakeHost host;
  host.add_file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n").add_file("/etc/group", "");
  const auto facts = collect_everything(host);
  const auto has = [&](const char* table) { return facts.has(*model::find_table(table)); };
  EXPECT_TRUE(has("users"));
  EXPECT_TRUE(has("groups"));
  EXPECT_FALSE(has("shadow"));
  for (const char* table : {"crontab", "systemd_units", "startup_items", "authorized_keys"}) {
    EXPECT_TRUE(has(table)) << table;
  }
}

}  // namespace
}  // namespace genba::collect
