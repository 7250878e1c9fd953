// SPDX-License-Identifier: Apache-2.0
//
// The trust promise of the verbs that change the machine, each traced on a machine of its own whose
// configuration is hostile. A guard that stays behind is traced until a later verb ends it.
#include "whole/trace_acting.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "act/contain/guard.h"
#include "act/freeze/hierarchy.h"
#include "base/number.h"
#include "support/freeze_stage.h"
#include "support/network_building.h"
#include "support/private_machine.h"
#include "support/run_program.h"
#include "support/scratch.h"
#include "whole/hostile_machine.h"
#include "whole/trace.h"

namespace genba::test {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

// Within the time that a private machine has.
constexpr std::chrono::seconds kLongest{40};

/// A verb that was traced, to be judged when its tracer has written all of it.
struct TracedRun {
  std::string name;
  std::string file;
  TraceRules rules;
  std::string sign;  ///< stands in the trace of a run that did what it is for
};

class TracedActing : public ::testing::Test {
 protected:
  void SetUp() override {
    binary_ = genba_binary();
    GENBA_NEEDS(!binary_.empty(), "the built binary in GENBA_BINARY");
    GENBA_NEEDS(is_root(), "root");
    GENBA_NEEDS(fs::exists("/usr/bin/strace"), "strace");
    GENBA_NEEDS(given("GENBA_SANITIZE").empty(), "a build without sanitizers: they trace as well");
    scratch_.file("evil.so", "not even an ELF file");
  }

  /// A machine with one device and a default route.
  void on_machine(const std::function<void()>& body) {
    on_private_machine([&] {
      const int device = add_veth("eth0", "far");
      ASSERT_NE(device, 0);
      ASSERT_TRUE(add_address(device, "192.0.2.10/24"));
      ASSERT_TRUE(add_address(device, "2001:db8::10/64"));
      ASSERT_TRUE(add_neighbour(device, "192.0.2.1"));
      ASSERT_TRUE(add_neighbour(device, "2001:db8::1"));
      ASSERT_TRUE(add_route("0.0.0.0/0", "192.0.2.1", device));
      body();
    });
  }

  /// Runs `genba contain WORDS` traced. It must succeed, and show `sign`.
  void contain(Words words, Deeds deeds, std::set<int64_t> may_end, std::string sign) {
    TracedRun run{words.front(), scratch_.at("trace-" + words.front()), {}, std::move(sign)};
    run.rules.deeds = deeds;
    run.rules.may_end = std::move(may_end);
    run.rules.is_static = is_static(binary_);
    run.rules.outputs = {scratch_.at("actions"), scratch_.at("case")};
    Words command = traced_binary(scratch_, binary_, run.file);
    // The tracer is not the parent: it lives on with a guard.
    command.insert(command.begin() + 1, "-D");
    command.emplace_back("contain");
    command.insert(command.end(), words.begin(), words.end());
    command.insert(command.end(), {"--journal", scratch_.at("actions")});
    ProgramOptions options;
    options.environment.clear();
    options.deadline = kLongest;
    const std::string output = scratch_.at("output-" + words.front());
    // The tracer keeps standard output: a pipe would not end with the program.
    options.before_exec = [&] {
      const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      return make_hostile_root(scratch_) && ::dup2(file, 1) == 1 && ::dup2(file, 2) == 2;
    };
    const ProgramResult result = run_program(command, options);
    EXPECT_EQ(result.status, 0) << run.name << ": " << read_whole(output);
    runs_.push_back(std::move(run));
  }

  /// The processes on this machine of that name.
  static std::set<int64_t> processes_named(const std::string& name) {
    std::set<int64_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const auto pid = base::parse_number<int64_t>(entry.path().filename().string());
      std::string comm;
      std::getline(std::ifstream(entry.path() / "comm"), comm);
      if (pid && comm == name) {
        found.insert(*pid);
      }
    }
    return found;
  }
  static std::set<int64_t> guards() { return processes_named(act::kGuardName); }

  /// The tracers are orphans, and so children of the first process of this machine: this one.
  static bool all_have_ended() {
    const auto deadline = std::chrono::steady_clock::now() + kLongest;
    while (std::chrono::steady_clock::now() < deadline) {
      const pid_t ended = ::waitpid(-1, nullptr, WNOHANG);
      if (ended < 0) {
        return true;
      }
      if (ended == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
    return false;
  }

  void judge() {
    ASSERT_TRUE(all_have_ended());
    for (const TracedRun& run : runs_) {
      const std::string trace = read_whole(run.file);
      EXPECT_TRUE(has(trace, run.sign)) << run.name << " did not do what it is for";
      const auto violations = find_violations(trace, run.rules);
      EXPECT_TRUE(violations.empty())
          << run.name << ": " << violations.size() << " broken promises";
      for (size_t i = 0; i < violations.size() && i < 20; ++i) {
        ADD_FAILURE() << run.name << ": " << violations[i];
      }
    }
  }

  std::string binary_;
  Scratch scratch_;
  std::vector<TracedRun> runs_;
};

TEST_F(TracedActing, ContainingAMachineKeepsEveryPromise) {
  on_machine([&] {
    const std::string netfilter = "NETLINK_NETFILTER";
    contain({"apply", "--yes", "--admin", "203.0.113.0/24", "--dns"}, Deeds::kProve, {},
            "NFT_MSG_NEWTABLE");
    contain({"status"}, Deeds::kAct, {}, netfilter);
    contain({"extend", "--timeout", "2m"}, Deeds::kAct, guards(), netfilter);
    contain({"confirm", "--force"}, Deeds::kProve, guards(), netfilter);
    contain({"undo"}, Deeds::kAct, guards(), "NFT_MSG_DELTABLE");
    judge();
  });
}

TEST_F(TracedActing, BanningAnAddressKeepsEveryPromise) {
  on_machine([&] {
    contain({"ban", "198.51.100.7", "--for", "10m", "--force"}, Deeds::kAct, {},
            "NFT_MSG_NEWSETELEM");
    contain({"bans"}, Deeds::kAct, {}, "NETLINK_NETFILTER");
    contain({"unban", "198.51.100.7"}, Deeds::kAct, {}, "NFT_MSG_DELTABLE");
    judge();
  });
}

TEST_F(TracedActing, StoppingAFamilyKeepsEveryPromise) {
  {
    const FreezeStage stage;
    GENBA_NEEDS(stage.possible(), "the fixture respawner");
    GENBA_NEEDS(act::Hierarchy::open(stage.host(), act::FreezeMethod::kCgroup2) ||
                    act::Hierarchy::open(stage.host(), act::FreezeMethod::kCgroup1),
                "a cgroup hierarchy that freezes");
  }
  on_machine([&] {
    {
      FreezeStage stage;
      fs::copy_file(FreezeStage::fixture(), scratch_.at("malware"));
      const auto key = stage.start({"tree"}, "", nullptr, scratch_.at("malware"));
      const std::string pid = std::to_string(key.pid);
      contain({"freeze", pid, "--yes", "--memory", "--save", scratch_.at("case-freeze")},
              Deeds::kAct, {}, "/genba-" + pid);
      contain({"thaw", pid, "--yes"}, Deeds::kAct, {}, "/genba-" + pid);
      contain({"kill", pid, "--yes", "--watch", "1", "--save", scratch_.at("case-kill")},
              Deeds::kAct, processes_named("malware"), "/genba-" + pid);
      EXPECT_TRUE(stage.alive().empty());
    }
    judge();
  });
}

}  // namespace
}  // namespace genba::test
