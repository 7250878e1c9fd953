// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "model/tables/systemd_unit_commands.h"
#include "model/tables/systemd_units.h"
#include "support/run_collector.h"

namespace genba::collect::systemd {

const Collector& collector();

namespace {

using test::add_account;
using test::coverage_starting_with;
using test::FakeHost;
using test::run_collector;

class SystemdTest : public ::testing::Test {
 protected:
  void run() { run_collector(collector(), host_, facts_); }

  const model::SystemdUnit* unit(std::string_view id, std::string_view scope = "system",
                                 std::string_view username = "") {
    for (const auto& row : facts_.read<model::SystemdUnit>()) {
      if (row.id == id && row.scope == scope && row.username.value_or("") == username) {
        return &row;
      }
    }
    return nullptr;
  }
  std::string commands(std::string_view id) {
    std::string text;
    for (const auto& row : facts_.read<model::SystemdUnitCommand>()) {
      if (row.id == id) {
        text += row.directive + " " + row.executable.value_or("-") + " " + row.path + ":" +
                std::to_string(row.line) + "\n";
      }
    }
    return text;
  }

  FakeHost host_;
  model::Facts facts_;
};

TEST_F(SystemdTest, EnabledServiceWithDropInThatReplacesItsCommand) {
  host_.add_file("/usr/lib/systemd/system/ssh.service",
                 "[Unit]\nDescription=OpenSSH\n[Service]\nExecStartPre=/usr/sbin/sshd -t\n"
                 "ExecStart=-/usr/sbin/sshd -D\nRestart=always\nEnvironment=A=1\n[Install]\n"
                 "WantedBy=multi-user.target\n");
  host_.add_link("/etc/systemd/system/multi-user.target.wants/ssh.service",
                 "/usr/lib/systemd/system/ssh.service");
  host_.add_file("/etc/systemd/system/ssh.service.d/x.conf",
                 "[Service]\nExecStart=\nExecStart=/tmp/evil\nEnvironment=LD_PRELOAD=/tmp/e.so\n");
  run();
  const auto* row = unit("ssh.service");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->kind, "service");
  EXPECT_EQ(row->description, "OpenSSH");
  EXPECT_EQ(row->unit_file_state, "enabled");
  EXPECT_EQ(row->wanted_by, "multi-user.target");
  EXPECT_EQ(row->drop_in_paths, "/etc/systemd/system/ssh.service.d/x.conf");
  EXPECT_EQ(row->exec_start, "/tmp/evil");
  EXPECT_EQ(row->environment, "A=1 LD_PRELOAD=/tmp/e.so");
  EXPECT_EQ(row->restart, "always");
  EXPECT_EQ(row->file_mtime, test::kFakeNow);
  EXPECT_FALSE(row->link_target);
  EXPECT_EQ(commands("ssh.service"),
            "ExecStartPre /usr/sbin/sshd /usr/lib/systemd/system/ssh.service:4\n"
            "ExecStart /tmp/evil /etc/systemd/system/ssh.service.d/x.conf:3\n");
  EXPECT_EQ(coverage_starting_with(facts_, "system units").status, "complete");
}

TEST_F(SystemdTest, EarlierDirectoryWinsAndMergedLibCountsOnce) {
  host_.add_file("/usr/lib/systemd/system/a.service", "[Service]\nExecStart=/bin/vendor\n");
  host_.add_link("/lib", "usr/lib");
  host_.add_file("/etc/systemd/system/a.service", "[Service]\nExecStart=/bin/admin\n");
  run();
  EXPECT_EQ(facts_.read<model::SystemdUnit>().size(), 1U);
  EXPECT_EQ(unit("a.service")->exec_start, "/bin/admin");
  EXPECT_EQ(unit("a.service")->unit_file_state, "static");
}

TEST_F(SystemdTest, MasksAliasesGeneratedAndTransientUnits) {
  host_.add_special("/dev/null", host::FileType::kCharacter);
  host_.add_link("/etc/systemd/system/m.service", "/dev/null");
  host_.add_file("/usr/lib/systemd/system/m.service", "[Service]\nExecStart=/bin/m\n");
  host_.add_file("/etc/systemd/system/empty.service", "");
  host_.add_file("/usr/lib/systemd/system/real.service", "[Service]\nExecStart=/bin/r\n");
  host_.add_link("/etc/systemd/system/alias.service", "/usr/lib/systemd/system/real.service");
  host_.add_file("/run/systemd/generator/g.service", "[Service]\nExecStart=/bin/g\n");
  host_.add_file("/run/systemd/transient/t.service", "[Service]\nExecStart=/bin/t\n");
  host_.add_file("/usr/lib/systemd/system/off.service", "[Install]\nWantedBy=x.target\n");
  host_.add_link("/etc/systemd/system/out.service", "/tmp/out.service");
  host_.add_file("/tmp/out.service", "[Service]\nExecStart=/tmp/out\n");
  run();
  EXPECT_EQ(unit("m.service")->unit_file_state, "masked");
  EXPECT_EQ(commands("m.service"), "");
  EXPECT_EQ(unit("empty.service")->unit_file_state, "masked");
  EXPECT_EQ(unit("alias.service")->link_target, "/usr/lib/systemd/system/real.service");
  EXPECT_EQ(unit("alias.service")->unit_file_state, "alias");
  EXPECT_EQ(unit("real.service")->unit_file_state, "indirect");
  EXPECT_EQ(unit("out.service")->unit_file_state, "linked");
  EXPECT_EQ(commands("alias.service"), "");
  EXPECT_NE(commands("real.service"), "");
  EXPECT_EQ(unit("g.service")->unit_file_state, "generated");
  EXPECT_EQ(unit("t.service")->unit_file_state, "transient");
  EXPECT_EQ(unit("off.service")->unit_file_state, "disabled");
  EXPECT_EQ(unit("out.service")->link_target, "/tmp/out.service");
  EXPECT_EQ(commands("out.service"), "ExecStart /tmp/out /etc/systemd/system/out.service:2\n");
  EXPECT_EQ(coverage_starting_with(facts_, "system units").status, "complete");
}

// What systemctl of release 252 said of the same tree.
TEST_F(SystemdTest, StatesAreThoseOfListUnitFiles) {
  const std::string lib = "/usr/lib/systemd/system/";
  const std::string etc = "/etc/systemd/system/";
  const std::string install = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=x.target\n";
  for (const char* name : {"on", "run", "vendor", "off", "in@"}) {
    host_.add_file(lib + name + ".service", install);
  }
  host_.add_file(lib + "def@.service", install + "DefaultInstance=a\n");
  host_.add_file(lib + "ali.service", install + "Alias=x.service named.service\n");
  host_.add_file(lib + "also.service", "[Install]\nAlso=on.service\n");
  host_.add_file(lib + "wanted.service", "[Service]\nExecStart=/bin/true\n");
  host_.add_file("/opt/lnk.service", install).add_link(etc + "lnk.service", "/opt/lnk.service");
  host_.add_link(etc + "x.target.wants/on.service", lib + "on.service");
  host_.add_link("/run/systemd/system/x.target.wants/run.service", lib + "run.service");
  host_.add_link(lib + "x.target.wants/vendor.service", "../vendor.service");
  host_.add_link(lib + "x.target.wants/in@v.service", "../in@.service");
  host_.add_link(etc + "x.target.wants/in@q.service", lib + "in@.service");
  host_.add_link(etc + "x.target.wants/def@a.service", lib + "def@.service");
  host_.add_link(etc + "x.target.wants/wanted.service", lib + "wanted.service");
  host_.add_link(etc + "named.service", lib + "ali.service");
  host_.add_link("/run/systemd/system/gone.service", "/dev/null");
  run();
  const std::pair<const char*, const char*> expected[] = {
      {"on", "enabled"},     {"run", "enabled-runtime"}, {"vendor", "disabled"},
      {"off", "disabled"},   {"in@", "indirect"},        {"in@q", "enabled"},
      {"in@v", "static"},    {"def@", "enabled"},        {"def@a", "enabled"},
      {"ali", "enabled"},    {"named", "alias"},         {"also", "indirect"},
      {"wanted", "enabled"}, {"lnk", "linked"},          {"gone", "masked-runtime"}};
  for (const auto& [name, state] : expected) {
    const auto* row = unit(std::string(name) + ".service");
    ASSERT_TRUE(row) << name;
    EXPECT_EQ(row->unit_file_state, state) << name;
  }
  EXPECT_EQ(unit("vendor.service")->wanted_by, "x.target");
}

TEST_F(SystemdTest, DropInsOfPrefixTypeAndAliasApplyInOrderOfTheirNames) {
  const std::string dir = "/usr/lib/systemd/system/";
  host_.add_file(dir + "a-b.service", "[Service]\nExecStart=/bin/x\n");
  host_.add_link(dir + "c.service", "a-b.service");
  host_.add_file(dir + "service.d/10.conf", "[Service]\nUser=type\n");
  host_.add_file(dir + "a-.service.d/20.conf", "[Service]\nUser=prefix\n");
  host_.add_file("/etc/systemd/system/c.service.d/30.conf", "[Service]\nUser=alias\n");
  host_.add_file(dir + "a-b.service.d/40.conf", "[Service]\nUser=vendor\n");
  host_.add_file("/etc/systemd/system/a-b.service.d/40.conf", "[Service]\nRestart=no\n");
  host_.add_file(dir + "a-b.service.d/50.conf", "[Service]\nUser=gone\n");
  host_.add_link("/etc/systemd/system/a-b.service.d/50.conf", "/dev/null");
  host_.add_file(dir + "a-b.service.d/60.bak", "[Service]\nUser=bak\n");
  run();
  EXPECT_EQ(unit("a-b.service")->drop_in_paths,
            dir + "service.d/10.conf\n" + dir +
                "a-.service.d/20.conf\n/etc/systemd/system/c.service.d/30.conf\n"
                "/etc/systemd/system/a-b.service.d/40.conf");
  EXPECT_EQ(unit("a-b.service")->user, "alias");
}

TEST_F(SystemdTest, InstancesOfTemplatesHaveRowsOfTheirOwn) {
  host_.add_file("/usr/lib/systemd/system/getty@.service",
                 "[Service]\nExecStart=/sbin/agetty %I\n[Install]\nWantedBy=getty.target\n");
  host_.add_link("/etc/systemd/system/getty.target.wants/getty@tty1.service",
                 "/usr/lib/systemd/system/getty@.service");
  host_.add_file("/etc/systemd/system/getty@tty2.service.d/x.conf",
                 "[Service]\nExecStart=/tmp/x\n");
  run();
  EXPECT_EQ(unit("getty@.service")->unit_file_state, "indirect");
  ASSERT_TRUE(unit("getty@tty1.service"));
  EXPECT_EQ(unit("getty@tty1.service")->wanted_by, "getty.target");
  EXPECT_EQ(unit("getty@tty1.service")->fragment_path, "/usr/lib/systemd/system/getty@.service");
  EXPECT_NE(commands("getty@tty2.service").find("/tmp/x"), std::string::npos);
  EXPECT_EQ(commands("getty@.service").find("/tmp/x"), std::string::npos);
}

TEST_F(SystemdTest, TimersSocketsAndPathsTellWhatTheyStart) {
  const std::string dir = "/etc/systemd/system/";
  host_.add_file(dir + "a.timer", "[Timer]\nOnCalendar=daily\nOnBootSec=5min\n");
  host_.add_file(dir + "a.timer.d/x.conf", "[Timer]\nOnCalendar=\nOnCalendar=*:0/1\n");
  host_.add_file(dir + "b.timer", "[Timer]\nOnBootSec=1\nUnit=evil.service\n");
  host_.add_file(dir + "c.socket", "[Socket]\nAccept=yes\nExecStartPre=/bin/c\n");
  host_.add_file(dir + "d.path", "[Path]\nPathExists=/x\n");
  run();
  EXPECT_EQ(unit("a.timer")->schedule, "OnCalendar=*:0/1");
  EXPECT_EQ(unit("a.timer")->triggers, "a.service");
  EXPECT_EQ(unit("b.timer")->triggers, "evil.service");
  EXPECT_EQ(unit("c.socket")->triggers, "c@.service");
  EXPECT_EQ(commands("c.socket"), "ExecStartPre /bin/c /etc/systemd/system/c.socket:3\n");
  EXPECT_EQ(unit("d.path")->triggers, "d.service");
}

TEST_F(SystemdTest, UnitsOfUsersAndTheirHomes) {
  host_.add_file("/usr/lib/systemd/user/shared.service", "[Service]\nExecStart=/bin/s\n");
  host_.add_file("/usr/lib/systemd/user/other.service", "[Service]\nExecStart=/bin/o\n");
  host_.add_file("/home/a/.config/systemd/user/own.service", "[Service]\nExecStart=/home/a/x\n");
  host_.add_file("/home/a/.config/systemd/user/shared.service.d/x.conf",
                 "[Service]\nExecStartPost=/home/a/y\n");
  host_.add_file("/run/user/1000/systemd/transient/run-1.timer", "[Timer]\nOnActiveSec=1\n");
  add_account(facts_, "a", 1000, "/home/a");
  run();
  EXPECT_TRUE(unit("shared.service", "user"));
  EXPECT_TRUE(unit("own.service", "user", "a"));
  ASSERT_TRUE(unit("shared.service", "user", "a"));
  EXPECT_EQ(unit("shared.service", "user", "a")->drop_in_paths,
            "/home/a/.config/systemd/user/shared.service.d/x.conf");
  EXPECT_FALSE(unit("other.service", "user", "a"));
  EXPECT_EQ(unit("run-1.timer", "user", "a")->unit_file_state, "transient");
  EXPECT_NE(commands("shared.service").find("/home/a/y"), std::string::npos);
}

TEST_F(SystemdTest, HostileFilesBecomeCoverage) {
  const std::string dir = "/etc/systemd/system/";
  host_.add_special(dir + "fifo.service", host::FileType::kFifo);
  host_.add_link(dir + "loop.service", "loop.service");
  host_.add_file(dir + "bad name\x1b.service", "[Service]\nExecStart=/x\n");
  host_.add_file(dir + "denied.service", "[Service]\nExecStart=/x\n").deny(dir + "denied.service");
  host_.add_directory(dir + "dir.service");
  host_.add_link(dir + "dangling.service", "/gone.service");
  host_.add_file("/home/n/.config/systemd/user/x.service", "[Service]\nExecStart=/x\n");
  host_.set_filesystem_type("/home/n", "nfs4");
  add_account(facts_, "n", 1, "/home/n");
  run();
  const auto row = coverage_starting_with(facts_, "system units");
  EXPECT_EQ(row.status, "partial");
  EXPECT_EQ(row.denied, 1);
  EXPECT_GE(row.failed, 2);
  EXPECT_TRUE(unit("dangling.service"));
  EXPECT_FALSE(unit("dir.service"));
  EXPECT_FALSE(unit("x.service", "user", "n"));
  EXPECT_EQ(coverage_starting_with(facts_, "user units in homes").status, "skipped");
}

}  // namespace
}  // namespace genba::collect::systemd
