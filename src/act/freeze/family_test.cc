// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/family.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "act/freeze/family_index.h"
#include "act/freeze/family_rules.h"
#include "model/tables/hash.h"
#include "model/tables/package_files.h"
#include "model/tables/process_memory_map.h"
#include "model/tables/process_open_files.h"
#include "model/tables/process_open_sockets.h"

namespace genba::act {
namespace {

using base::ErrorCode;
using model::Process;

base::Timestamp at(int64_t seconds) {
  return base::Timestamp{seconds * 1'000'000'000};
}

// A server with an administrator on it: cron, sshd with a session, nginx, and room for malware.
class FamilyTest : public testing::Test {
 protected:
  FamilyTest() {
    add(1, 0, "/usr/lib/systemd/systemd", 1).cgroup_path = "/init.scope";
    add(300, 1, "/usr/sbin/cron", 10).cgroup_path = "/system.slice/cron.service";
    add(400, 1, "/usr/sbin/sshd", 10).cgroup_path = "/system.slice/ssh.service";
    add(410, 400, "/usr/sbin/sshd", 500).cgroup_path = kSession;
    add(411, 410, "/usr/bin/bash", 501).cgroup_path = kSession;
    add(500, 1, "/usr/sbin/nginx", 20).cgroup_path = "/system.slice/nginx.service";
    add(501, 500, "/usr/sbin/nginx", 21).cgroup_path = "/system.slice/nginx.service";
    facts_.open(model::tables::process_open_files());
  }

  Process& add(int64_t pid, int64_t parent, const std::string& path, int64_t started) {
    Process process;
    process.pid = pid;
    process.parent = parent;
    process.session = pid;
    process.path = path;
    process.cmdline = path;
    process.argv0 = path;
    process.exe_kind = "file";
    process.exe_device = 1;
    process.exe_inode = static_cast<int64_t>(std::hash<std::string>()(path) >> 8);
    process.deleted = false;
    process.start_time = at(started);
    auto& rows = facts_.rows<Process>();
    rows.push_back(process);
    return rows.back();
  }
  Process& get(int64_t pid) {
    auto& rows = facts_.rows<Process>();
    return *std::find_if(rows.begin(), rows.end(),
                         [&](const Process& process) { return process.pid == pid; });
  }
  void pipe(int64_t pid, int64_t fd, int64_t inode) {
    facts_.append_large(model::ProcessOpenFile{pid, fd, "pipe", "pipe", inode, false});
  }
  void file(int64_t pid, const std::string& path) {
    facts_.append_large(model::ProcessOpenFile{pid, 9, path, "file", std::nullopt, false});
  }
  void socket(int64_t pid, int64_t fd, int64_t inode, const std::string& path = "") {
    model::ProcessOpenSocket row;
    if (!path.empty()) {
      row.family = "unix";
      row.path = path;
    }
    row.pid = pid;
    row.fd = fd;
    row.socket = inode;
    facts_.rows<model::ProcessOpenSocket>().push_back(row);
  }
  void map(int64_t pid, const std::string& path) {
    model::ProcessMemoryMap row;
    row.pid = pid;
    row.device = "08:01";
    row.inode = 77;
    row.path = path;
    facts_.append_large(row);
  }

  Family find(int64_t pid) {
    auto family = find_family(facts_, pid, get(pid).start_time, options_);
    EXPECT_TRUE(family) << family.error().what;
    return family ? *std::move(family) : Family{};
  }
  std::vector<int64_t> members(int64_t pid) {
    std::vector<int64_t> pids;
    for (const FamilyMember& member : find(pid).members) {
      pids.push_back(member.pid);
    }
    return pids;
  }
  std::optional<Tie> tie_of(int64_t root, int64_t pid) {
    for (const FamilyMember& member : find(root).members) {
      if (member.pid == pid) {
        return member.ties.front().tie;
      }
    }
    return std::nullopt;
  }
  std::string why_left_out(int64_t root, int64_t pid) {
    for (const LeftOut& one : find(root).left_out) {
      if (one.pid == pid) {
        return one.why;
      }
    }
    return "not mentioned";
  }
  ErrorCode refusal(int64_t pid) {
    const auto family = find_family(facts_, pid, get(pid).start_time, options_);
    return family ? ErrorCode::kIo : family.error().code;
  }

  static constexpr const char* kSession = "/user.slice/user-1000.slice/session-3.scope";
  using Pids = std::vector<int64_t>;

  model::Facts facts_;
  FamilyOptions options_;
};

TEST_F(FamilyTest, DescendantsBelongWhateverTheyRunAndWhoeverStartedTheFamilyDoesNot) {
  add(900, 300, "/usr/bin/bash", 600).cgroup_path = "/system.slice/cron.service";
  add(901, 900, "/tmp/.x/miner", 601).cgroup_path = "/system.slice/cron.service";
  add(902, 901, "/usr/bin/sleep", 602).cgroup_path = "/system.slice/cron.service";
  EXPECT_EQ(members(901), (Pids{901, 902}));
  EXPECT_EQ(tie_of(901, 902), Tie::kDescendant);
}

TEST_F(FamilyTest, EveryProcessOfAFileThatNothingVouchesForBelongs) {
  add(900, 1, "/tmp/.x/miner", 600);
  add(901, 1, "/tmp/.x/miner", 601);
  EXPECT_EQ(members(900), (Pids{900, 901}));
  EXPECT_EQ(tie_of(900, 901), Tie::kExecutable);
  EXPECT_EQ(find(900).executable_pids, (Pids{900, 901}));
}

TEST_F(FamilyTest, OtherProcessesOfAProgramOfTheSystemStayOut) {
  add(900, 1, "/usr/bin/bash", 600);
  EXPECT_EQ(members(900), Pids{900});
  EXPECT_TRUE(find(900).executable_pids.empty());
  // A worker of a web server that was misused: its master and its siblings serve on.
  EXPECT_EQ(members(501), Pids{501});
}

TEST_F(FamilyTest, AFileInASystemDirectoryThatNoPackageBroughtIsNotVouchedFor) {
  add(900, 1, "/usr/bin/qwhzpkdlsa", 600);
  add(901, 1, "/usr/bin/qwhzpkdlsa", 601);
  facts_.append_large(model::PackageFile{"bash", "/usr/bin/bash", std::nullopt, false});
  EXPECT_EQ(members(900), (Pids{900, 901}));
  add(910, 1, "/usr/bin/bash", 600);
  EXPECT_EQ(members(910), Pids{910});
}

// No database of packages: a container, or a distribution whose database is not read.
TEST_F(FamilyTest, WherePackagesAreNotKnownTheNamedFileIsItsOwnUnlessItServesOthersToo) {
  add(900, 1, "/usr/bin/qwhzpkdlsa", 600);
  add(901, 1, "/usr/bin/qwhzpkdlsa", 601);
  EXPECT_EQ(members(900), (Pids{900, 901}));
  EXPECT_EQ(find(900).executable_pids, (Pids{900, 901}));
  // A tool that somebody else runs as well, a daemon that is known, an interpreter.
  add(910, 1, "/usr/bin/curl", 600);
  add(911, 411, "/usr/bin/curl", 601);
  add(920, 1, "/usr/bin/mysqld", 600);
  add(921, 1, "/usr/bin/mysqld", 601);
  add(930, 1, "/usr/bin/python3", 600);
  add(931, 1, "/usr/bin/python3", 601);
  for (const int64_t pid : {910, 920, 930}) {
    EXPECT_EQ(members(pid), Pids{pid});
  }
  // Only the one that is named.
  add(940, 1, "/tmp/.x/a", 600);
  add(941, 940, "/usr/bin/other", 601);
  add(942, 1, "/usr/bin/other", 601);
  EXPECT_EQ(members(940), (Pids{940, 941}));
}

TEST_F(FamilyTest, AVoucherByThePlaceAloneIsToldAsSuch) {
  add(900, 1, "/tmp/.x/a", 600).tracer_pid = 901;
  add(901, 1, "/usr/bin/guard", 500);
  EXPECT_NE(why_left_out(900, 901).find("packages are not known here"), std::string::npos);
  facts_.append_large(model::PackageFile{"guard", "/usr/bin/guard", std::nullopt, false});
  EXPECT_EQ(why_left_out(900, 901), "runs /usr/bin/guard, a program of the system");
}

TEST_F(FamilyTest, TablesThatWereNotReadAreTold) {
  const auto told = [&](std::string_view words) {
    const auto unread = unread_for_family(facts_);
    return std::any_of(unread.begin(), unread.end(), [&](const model::Text& each) {
      return each.en.find(words) != std::string::npos && !each.ja.empty();
    });
  };
  for (const char* words : {"packages", "open files", "sockets", "mapped", "hashes"}) {
    EXPECT_TRUE(told(words)) << words;
  }
  facts_.append_large(model::PackageFile{"bash", "/usr/bin/bash", std::nullopt, false});
  pipe(411, 5, 1);
  socket(411, 6, 2);
  map(411, "/usr/lib/x.so");
  facts_.rows<model::Hash>().push_back({});
  EXPECT_TRUE(unread_for_family(facts_).empty());
}

TEST_F(FamilyTest, AnotherDeletedCopyOfTheSameContentBelongs) {
  for (const int64_t pid : {900, 901, 902}) {
    Process& process = add(pid, 1, pid == 902 ? "/root/other" : "/root/.cache/w", 600 + pid);
    process.deleted = true;
    process.exe_kind = "deleted";
    process.exe_inode = pid;
    model::Hash hash;
    hash.pid = pid;
    hash.sha256 = "aa";
    facts_.rows<model::Hash>().push_back(hash);
  }
  EXPECT_EQ(members(900), (Pids{900, 901}));
}

TEST_F(FamilyTest, ScriptsInVolatilePlacesBelongByTheirCommandLine) {
  for (const int64_t pid : {900, 901, 902}) {
    add(pid, 1, "/usr/bin/python3", 600).cmdline =
        pid == 902 ? "python3 /opt/backup.py" : "python3 /dev/shm/w.py";
  }
  EXPECT_EQ(members(900), (Pids{900, 901}));
  EXPECT_EQ(members(902), Pids{902});
}

TEST_F(FamilyTest, AParentFromAVolatilePlaceBelongsAndAnAppServerDoesNot) {
  add(900, 1, "/tmp/.x/watch", 600);
  add(901, 900, "/tmp/.x/miner", 601);
  add(902, 900, "/tmp/.x/other", 602);
  EXPECT_EQ(members(901), (Pids{900, 901, 902}));
  EXPECT_EQ(tie_of(901, 900), Tie::kLauncher);
  add(910, 1, "/bin/sh", 600).cmdline = "sh -c /tmp/.y/run";
  add(911, 910, "/home/u/miner", 601);
  EXPECT_EQ(members(911), (Pids{910, 911}));
  add(920, 1, "/opt/app/server", 20);
  add(921, 920, "/tmp/.z/miner", 601);
  EXPECT_EQ(members(921), Pids{921});
}

// An exploited server: its temporary files, sockets and logs lie in /tmp, it does not come from
// there.
TEST_F(FamilyTest, AServerThatKeepsFilesInVolatilePlacesStaysOutWithItsWorkers) {
  const auto server = [&](int64_t pid, const char* program, const char* cmdline) {
    for (const int64_t one : {pid, pid + 1}) {
      Process& process = add(one, one == pid ? 1 : pid, program, 20);
      process.cmdline = cmdline;
      process.cgroup_path = "/system.slice/app.service";
      process.cgroup_path = "/system.slice/app.service";
    }
    add(pid + 2, pid + 1, "/tmp/.x/" + std::to_string(pid), 600).cgroup_path =
        "/system.slice/app.service";
    EXPECT_EQ(members(pid + 2), Pids{pid + 2}) << cmdline;
    // The worker that was misused is named: the others serve on.
    EXPECT_EQ(members(pid + 1), (Pids{pid + 1, pid + 2})) << cmdline;
  };
  server(910, "/usr/bin/java", "java -Djava.io.tmpdir=/tmp/e -jar /usr/share/x.jar");
  server(920, "/usr/lib/jvm/bin/java",
         "java -Xloggc:/tmp/gc.log -cp /opt/a.jar:/tmp/e Main /tmp/d");
  server(930, "/usr/bin/python3.11",
         "/usr/bin/python3 /usr/bin/gunicorn --bind unix:/tmp/app.sock --worker-tmp-dir /dev/shm");
  server(940, "/usr/bin/node", "node --max-old-space-size=100 /srv/a.js /tmp/upload");
}

TEST_F(FamilyTest, AUnitThatWasStartedForTheFamilyBelongsWhole) {
  for (const int64_t pid : {900, 901}) {
    Process& process = add(pid, 1, pid == 900 ? "/var/lib/bot" : "/usr/bin/sleep", 600 + pid);
    process.cgroup_path = "/system.slice/bot.service";
    process.session = 900;
  }
  EXPECT_EQ(members(900), (Pids{900, 901}));
  EXPECT_EQ(tie_of(900, 901), Tie::kCgroup);
}

// KillMode=process: a restart of cron leaves what cron had started, which is now the oldest there.
TEST_F(FamilyTest, AServiceThatWasRestartedBesideTheMalwareStaysOut) {
  add(200, 1, "/tmp/.x/miner", 5).cgroup_path = "/system.slice/cron.service";
  EXPECT_EQ(members(200), Pids{200});
  EXPECT_NE(why_left_out(200, 300).find("programs of the system"), std::string::npos);
}

TEST_F(FamilyTest, AGroupOfManyPurposesTiesNobody) {
  for (const char* group :
       {"/", "/user.slice", "/user.slice/user-0.slice/user@0.service/init.scope"}) {
    EXPECT_FALSE(is_cgroup_of_one_purpose(group)) << group;
  }
  EXPECT_TRUE(is_cgroup_of_one_purpose("/system.slice/docker-abc.scope"));
}

TEST_F(FamilyTest, TwoEndsOfAPipeBelongTogether) {
  add(900, 1, "/tmp/.x/a", 600);
  add(901, 1, "/home/u/b", 500);
  pipe(900, 5, 4711);
  pipe(901, 6, 4711);
  EXPECT_EQ(members(900), (Pids{900, 901}));
  EXPECT_EQ(tie_of(900, 901), Tie::kPipe);
}

TEST_F(FamilyTest, WhoOnlyCapturesTheOutputOrFeedsTheInputStaysOut) {
  add(899, 1, "/opt/app/worker", 30);  // started it, and it became a daemon
  add(900, 1, "/tmp/.x/a", 600);
  pipe(900, 0, 10);
  pipe(899, 7, 10);
  pipe(900, 1, 11);
  pipe(900, 2, 11);
  pipe(899, 8, 11);
  add(898, 1, "/opt/app/other", 31);  // logs through the same pipe
  pipe(898, 1, 11);
  EXPECT_EQ(members(900), Pids{900});
}

TEST_F(FamilyTest, APipelineBelongsTogether) {
  EXPECT_TRUE(is_private_channel({1}, {0}));
  EXPECT_TRUE(is_private_channel({0}, {1, 2}));
  EXPECT_TRUE(is_private_channel({5}, {0}));
  EXPECT_FALSE(is_private_channel({0}, {5}));
  EXPECT_FALSE(is_private_channel({1, 2}, {1}));
  EXPECT_FALSE(is_private_channel({0}, {0}));
}

// journald's socket is everybody's standard output; rsyslogd reads what they all write.
TEST_F(FamilyTest, SharedSocketsOfTheSystemTieNobody) {
  add(350, 1, "/usr/lib/systemd/systemd-journald", 5);
  add(900, 1, "/tmp/.x/a", 600);
  add(901, 1, "/opt/app/innocent", 601);
  socket(350, 20, 7000);
  socket(900, 1, 7001);
  socket(350, 21, 7003);
  socket(901, 1, 7002);
  options_.socket_peers = {{7001, 7000}, {7002, 7003}};
  EXPECT_EQ(members(900), Pids{900});
  EXPECT_NE(why_left_out(900, 350).find("programs of the system"), std::string::npos);
}

TEST_F(FamilyTest, APairOfSocketsBelongsTogether) {
  add(900, 1, "/tmp/.x/a", 600);
  add(901, 1, "/home/u/b", 500);
  socket(900, 5, 7000);
  socket(901, 6, 7001);
  options_.socket_peers = {{7000, 7001}};
  EXPECT_EQ(members(900), (Pids{900, 901}));
  EXPECT_EQ(tie_of(900, 901), Tie::kSocket);
}

// Malware that starts containers through a daemon that no package brought.
TEST_F(FamilyTest, AServiceThatTheMalwareIsConnectedToStaysOut) {
  add(800, 1, "/opt/docker/dockerd", 20);
  add(801, 800, "/opt/docker/containerd", 21);
  add(900, 1, "/tmp/.x/a", 600);
  add(902, 1, "/tmp/.x/b", 600);
  add(903, 1, "/home/u/c", 600);
  socket(900, 5, 7000);
  socket(800, 9, 7001, "/var/run/docker.sock");
  options_.socket_peers = {{7000, 7001}};
  EXPECT_EQ(members(900), Pids{900});
  EXPECT_NE(why_left_out(900, 800).find("as a service"), std::string::npos);
  // A name that only the malware would choose ties, and so does a program of its places.
  socket(902, 5, 7010);
  socket(903, 6, 7011, "/tmp/.x/sock");
  socket(902, 7, 7012, "@x");
  socket(900, 8, 7013);
  options_.socket_peers = {{7000, 7001}, {7010, 7011}, {7012, 7013}};
  EXPECT_EQ(members(902), (Pids{900, 902, 903}));
}

// The shell that a web server's worker was made to start holds the server's listening socket.
TEST_F(FamilyTest, AServerWhoseSocketTheMalwareInheritedStaysOut) {
  add(700, 1, "/opt/httpd/httpd", 20);
  add(701, 700, "/opt/httpd/httpd", 21);
  add(900, 1, "/tmp/.x/shell", 600);
  for (const int64_t pid : {700, 701, 900}) {
    socket(pid, 4, 8080);
  }
  EXPECT_EQ(members(900), Pids{900});
  EXPECT_NE(why_left_out(900, 700).find("passed the socket on"), std::string::npos);
  // Still a child of the worker.
  get(900).parent = 701;
  EXPECT_EQ(members(900), Pids{900});
}

TEST_F(FamilyTest, SharedMemoryAndLocksInVolatilePlacesBelong) {
  add(900, 1, "/tmp/.x/a", 600);
  add(901, 1, "/home/u/b", 500);
  add(902, 1, "/home/u/c", 500);
  file(900, "/dev/shm/.lock");
  file(901, "/dev/shm/.lock");
  file(900, "/var/log/app.log");
  file(902, "/var/log/app.log");
  EXPECT_EQ(members(900), (Pids{900, 901}));
  EXPECT_EQ(tie_of(900, 901), Tie::kSharedFile);
}

TEST_F(FamilyTest, CodeOfAVolatilePlaceTiesUnlessItIsInjectedEverywhere) {
  add(900, 1, "/home/u/a", 600);
  add(901, 1, "/home/u/b", 500);
  map(900, "/tmp/.x/core.so");
  map(901, "/tmp/.x/core.so");
  EXPECT_EQ(members(900), (Pids{900, 901}));
  map(411, "/tmp/.x/core.so");
  EXPECT_EQ(members(900), Pids{900});
}

TEST_F(FamilyTest, ATracerBelongsAndADebuggerDoesNot) {
  add(900, 1, "/tmp/.x/a", 600).tracer_pid = 901;
  add(901, 1, "/home/u/guard", 500);
  EXPECT_EQ(members(900), (Pids{900, 901}));
  EXPECT_EQ(members(901), (Pids{900, 901}));
  add(902, 1, "/tmp/.x/b", 600).tracer_pid = 903;
  add(903, 411, "/usr/bin/gdb", 700);
  EXPECT_EQ(members(902), Pids{902});
}

TEST_F(FamilyTest, WhatMustNotBeTouchedIsRefused) {
  add(2, 0, "", 1).kernel_thread = true;
  get(2).path.reset();
  options_.session = {411};
  EXPECT_EQ(refusal(1), ErrorCode::kInvalid);
  EXPECT_EQ(refusal(2), ErrorCode::kInvalid);
  for (const int64_t ours : {411, 410, 400}) {
    EXPECT_EQ(refusal(ours), ErrorCode::kInvalid) << ours;
  }
  options_.spared[300] = "the filesystem that the case is written to";
  EXPECT_EQ(refusal(300), ErrorCode::kInvalid);
}

TEST_F(FamilyTest, WhoIsSparedIsNotDrawnInAndTheReasonIsTold) {
  add(900, 1, "/tmp/.x/a", 600);
  add(901, 900, "/usr/bin/sshfs", 601);
  add(902, 901, "/usr/bin/sleep", 602);
  options_.spared[901] = "the filesystem that the case is written to";
  EXPECT_EQ(members(900), Pids{900});
  EXPECT_EQ(why_left_out(900, 901), "the filesystem that the case is written to");
}

TEST_F(FamilyTest, ADaemonOfAFilesystemInUserSpaceIsKnownByItsDevice) {
  file(500, "/dev/fuse");
  EXPECT_EQ(find_fuse_daemons(facts_), Pids{500});
}

TEST_F(FamilyTest, AnotherStartIsAnotherProcess) {
  EXPECT_EQ(find_family(facts_, 501, at(22), options_).error().code, ErrorCode::kGone);
  EXPECT_EQ(find_family(model::Facts(), 501, at(21), options_).error().code,
            ErrorCode::kUnsupported);
}

TEST_F(FamilyTest, ThousandsOfProcessesThatShareEverythingAreTiedInTime) {
  for (int64_t pid = 10'000; pid < 13'000; ++pid) {
    add(pid, pid == 10'000 ? 1 : 10'000, "/tmp/.x/swarm", 600);
    pipe(pid, 5, 1);
    pipe(pid, 6, 2);
    file(pid, "/dev/shm/x");
  }
  EXPECT_EQ(members(10'000).size(), 3000U);
}

TEST(FamilyRules, ACommandLineTellsByItsPlace) {
  EXPECT_EQ(telling_word("sh -c /tmp/a;sleep"), "/tmp/a;sleep");
  EXPECT_EQ(telling_word("java -jar --x=/dev/shm/y.jar"), "/dev/shm/y.jar");
  EXPECT_EQ(telling_word("vim /etc/passwd"), "");
}

TEST(FamilyRules, AnArgumentThatNamesAnotherProgramPretends) {
  Process process;
  process.path = "/usr/bin/perl";
  process.argv0 = "/usr/sbin/httpd";
  EXPECT_TRUE(pretends(process));
  process.argv0 = "[kworker/0:1]";
  EXPECT_TRUE(pretends(process));
  process.argv0 = "/usr/bin/perl5.36";
  EXPECT_FALSE(pretends(process));
  process.argv0 = "nginx: worker";
  EXPECT_FALSE(pretends(process));
}

TEST(FamilyRules, OnlyTheSystemsOwnPlacesVouch) {
  const auto vouched = [](const char* path, bool deleted, bool replaced) {
    Process process;
    process.path = path;
    process.exe_kind = deleted ? "deleted" : "file";
    process.deleted = deleted;
    if (replaced) {
      process.replaced_by = path;
    }
    return is_vouched_by_place(process);
  };
  EXPECT_TRUE(vouched("/usr/sbin/cron", false, false));
  EXPECT_TRUE(vouched("/usr/sbin/cron", true, true));
  EXPECT_FALSE(vouched("/usr/sbin/cron", true, false));
  EXPECT_FALSE(vouched("/usr/local/bin/x", false, false));
  EXPECT_FALSE(vouched("/usr/lib/.x/y", false, false));
  EXPECT_FALSE(vouched("/opt/a", false, false));
}

}  // namespace
}  // namespace genba::act
