// SPDX-License-Identifier: Apache-2.0
//
// Does looking leave access times as they were? Files, directories and links with an access time
// older than their last change are put where Genba reads, on a filesystem where any ordinary reader
// would move it. The test reads one of them itself afterwards, to show that it would.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "support/private_mounts.h"
#include "support/run_program.h"
#include "support/scratch.h"

namespace genba::test {
namespace {

constexpr int64_t kLongAgo = 1'000'000'000;  // 2001; the files' ctime is now

class AccessTime : public ::testing::Test {
 protected:
  void fill() {
    if (!mount_strict_times(scratch_.path().c_str())) {
      cannot_be_made_here();
    }
    for (const char* top : {"", "live/"}) {
      const std::string at = top;
      scratch_.file(at + "etc/passwd",
                    "root:x:0:0:root:/root:/bin/bash\nmarker:x:7:7::/:/bin/sh\n");
      scratch_.file(at + "etc/cron.d/job", "* * * * * root /usr/bin/marker-job\n");
      scratch_.link(at + "etc/cron.d/link", "job");
      scratch_.file(at + "etc/ssh/sshd_config", "PermitRootLogin no\n");
      scratch_.link(at + "etc/mtab", "../proc/self/mounts");
      scratch_.file(at + "home/marker/.ssh/authorized_keys", "ssh-ed25519 AAAA marker\n");
      scratch_.link(at + "bin", "usr/bin");
      scratch_.file(at + "usr/bin/tool", "#!/bin/sh\n");
    }
    names_ = everything();
    age_everything();
  }
  void age_everything() {
    for (const std::string& name : everything()) {
      scratch_.times(name, kLongAgo);
    }
  }
  std::vector<std::string> everything() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_.path())) {
      names.push_back(entry.path().string().substr(scratch_.path().size() + 1));
    }
    return names;
  }
  void expect_unmoved() const {
    // Listing the names moves the times of directories, so all times are taken by name, links and
    // files first.
    for (const std::string& name : names_) {
      EXPECT_EQ(scratch_.access_time(name), kLongAgo) << name;
    }
  }
  void expect_that_others_would_move_them(const std::string& name) const {
    std::ifstream(scratch_.at(name)).get();
    EXPECT_NE(scratch_.access_time(name), kLongAgo)
        << "this filesystem moves no access times: the test shows nothing";
  }

  Scratch scratch_;
  std::vector<std::string> names_;
};

TEST_F(AccessTime, ATreeIsLeftAsItWas) {
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  in_private_mounts([&] {
    fill();
    const ProgramResult triage =
        run_program({binary, "triage", "--json", "--root", scratch_.path()});
    EXPECT_LT(triage.status, 2) << triage.err;
    const ProgramResult users =
        run_program({binary, "query", "SELECT username FROM users", "--root", scratch_.path()});
    EXPECT_NE(users.out.find("marker"), std::string::npos) << users.out << users.err;
    expect_unmoved();
    expect_that_others_would_move_them("etc/passwd");
  });
}

// Lays the aged directories over those of the machine, for this process and what it runs.
bool lie_over_the_machine(const Scratch& scratch) {
  const std::array<std::array<std::string, 2>, 3> binds{{
      {scratch.at("live/etc/cron.d"), "/etc/cron.d"},
      {scratch.at("live/etc/passwd"), "/etc/passwd"},
      {scratch.at("live/usr/bin"), "/usr/local/bin"},
  }};
  return std::all_of(binds.begin(), binds.end(), [](const auto& bind) {
    return !std::filesystem::exists(bind[1]) ||
           ::mount(bind[0].c_str(), bind[1].c_str(), nullptr, MS_BIND, nullptr) == 0;
  });
}

TEST_F(AccessTime, ALiveMachineIsLeftAsItWas) {
  const std::string binary = genba_binary();
  GENBA_NEEDS(!binary.empty(), "the built binary in GENBA_BINARY");
  in_private_mounts([&] {
    fill();
    if (!lie_over_the_machine(scratch_)) {
      cannot_be_made_here();
    }
    const ProgramResult triage = run_program({binary, "triage", "--json"});
    EXPECT_LT(triage.status, 2) << triage.err;
    const ProgramResult users = run_program({binary, "query", "SELECT username FROM users"});
    EXPECT_NE(users.out.find("marker"), std::string::npos) << users.out << users.err;
    expect_unmoved();
    expect_that_others_would_move_them("live/etc/passwd");
  });
}

}  // namespace
}  // namespace genba::test
