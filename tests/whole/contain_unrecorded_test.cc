// SPDX-License-Identifier: Apache-2.0
//
// `genba contain freeze`, `thaw` and `kill` where the journal takes nothing any more (a read-only
// disk, an altered byte), and what the case holds of unix sockets: on a machine of its own, where
// nobody is but the fixture that this test started.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "host/host.h"
#include "nlohmann/json.hpp"
#include "store/case/case_reader.h"
#include "support/freeze_stage.h"
#include "support/private_machine.h"
#include "support/private_network.h"
#include "support/run_program.h"
#include "support/scratch.h"

namespace genba::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Words = std::vector<std::string>;

enum class Trouble : uint8_t { kReadOnly, kAltered };

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A family of three of the fixture, and Genba's freeze of it.
class Frozen {
 public:
  Frozen() {
    // Of its own, so that it alone becomes read-only.
    fs::create_directory(journal_);
    EXPECT_EQ(::mount("genba-test", journal_.c_str(), "tmpfs", 0, "mode=0700"), 0);
    fs::copy_file(FreezeStage::fixture(), scratch_.at("malware"));
    root = stage.start({"tree"}, "", nullptr, scratch_.at("malware"));
    ::signal(SIGCHLD, SIG_DFL);  // the stage has its children reaped; genba is waited for
    while (stage.alive().size() < 3) {
      ::usleep(5000);
    }
  }
  // A test that failed must not leave anybody frozen.
  ~Frozen() {
    if (!id.empty() && is_frozen()) {
      contain({"thaw", "--id", id});
    }
  }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;

  void freeze() {
    const ProgramResult told = contain(
        {"freeze", std::to_string(root.pid), "--why", "a test", "--save", scratch_.at("case")});
    ASSERT_EQ(told.status, 0) << told.out << told.err;
    for (const std::string& line : lines_of(told.out)) {
      const Json object = Json::parse(line, nullptr, false);
      id = object.value("type", "") == "freeze" ? object.value("id", "") : id;
    }
    ASSERT_FALSE(id.empty()) << told.out;
    knows_peers = told.out.find("which unix sockets are connected") == std::string::npos;
  }
  void spoil(Trouble trouble) {
    if (trouble == Trouble::kReadOnly) {
      ASSERT_EQ(::mount("none", journal_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
    } else {
      std::fstream file(log(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(content(log()).find("a test")));
      file << 'A';
    }
    before_ = content(log());
  }
  ProgramResult contain(Words words) const {
    words.insert(words.begin(), "contain");
    words.insert(words.end(), {"--yes", "--json", "--journal", journal_});
    return run_genba(std::move(words));
  }
  // The entry stands on standard error instead of in the journal.
  void expect_told(const ProgramResult& run, std::string_view verb, Trouble trouble) const {
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    EXPECT_NE(run.err.find("not recorded"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find(verb), std::string::npos) << run.err;
    EXPECT_EQ(run.out.find("the journal was altered") != std::string::npos,
              trouble == Trouble::kAltered)
        << run.out;
    EXPECT_EQ(content(log()), before_);
  }
  bool is_frozen() const {
    const std::string group = content("/proc/" + std::to_string(root.pid) + "/cgroup");
    const std::string status = content("/proc/" + std::to_string(root.pid) + "/status");
    return group.find("genba-" + id) != std::string::npos ||
           status.find("State:\tT") != std::string::npos;
  }
  std::string at(std::string_view name) const { return scratch_.at(name); }

 private:
  std::string log() const { return journal_ + "/actions.jsonl"; }

  Scratch scratch_;
  std::string journal_ = scratch_.at("journal");
  std::string before_;

 public:
  FreezeStage stage;
  act::ProcessKey root;
  std::string id;
  bool knows_peers = false;
};

class ContainUnrecorded : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    GENBA_NEEDS(is_root(), "root");
    GENBA_NEEDS(given("GENBA_SANITIZE").empty(), "a build without sanitizers: they trace as well");
    GENBA_NEEDS(::access(FreezeStage::fixture().c_str(), X_OK) == 0, "the fixture 'respawner'");
  }
  static void each_trouble(const std::function<void(Frozen&, Trouble)>& body) {
    for (const Trouble trouble : {Trouble::kReadOnly, Trouble::kAltered}) {
      on_private_machine([&] {
        Frozen frozen;
        ASSERT_NO_FATAL_FAILURE(frozen.freeze());
        ASSERT_TRUE(frozen.is_frozen());
        ASSERT_NO_FATAL_FAILURE(frozen.spoil(trouble));
        body(frozen, trouble);
      });
    }
  }
};

TEST_F(ContainUnrecorded, WhatIsFrozenIsFoundAndThawed) {
  each_trouble([](Frozen& frozen, Trouble trouble) {
    const ProgramResult thawed = frozen.contain({"thaw", "--id", frozen.id});
    frozen.expect_told(thawed, "contain thaw", trouble);
    EXPECT_FALSE(frozen.is_frozen());
    EXPECT_EQ(frozen.stage.alive().size(), 3U);
  });
}

TEST_F(ContainUnrecorded, WhatIsFrozenIsFoundAndKilled) {
  each_trouble([](Frozen& frozen, Trouble trouble) {
    // Evidence has nowhere to go either: only who asks for that goes on without.
    const Words kill{"kill", "--id", frozen.id, "--watch", "0", "--save", "/proc/genba-test"};
    EXPECT_NE(frozen.contain(kill).status, 0);
    EXPECT_TRUE(frozen.is_frozen());
    Words insisting = kill;
    insisting.emplace_back("--without-evidence");
    const ProgramResult killed = frozen.contain(insisting);
    frozen.expect_told(killed, "contain kill", trouble);
    EXPECT_NE(killed.err.find("not kept"), std::string::npos) << killed.err;
    EXPECT_TRUE(frozen.stage.alive().empty());
  });
}

// What is not in the journal could not be found again.
TEST_F(ContainUnrecorded, NobodyIsFrozenAnew) {
  on_private_machine([] {
    Frozen family;
    ASSERT_NO_FATAL_FAILURE(family.spoil(Trouble::kReadOnly));
    const std::string pid = std::to_string(family.root.pid);
    const ProgramResult frozen = family.contain({"freeze", pid, "--save", family.at("one")});
    EXPECT_NE(frozen.status, 0);
    EXPECT_NE(frozen.err.find("nothing was done"), std::string::npos) << frozen.err;
    const ProgramResult killed =
        family.contain({"kill", pid, "--without-evidence", "--save", family.at("two")});
    EXPECT_EQ(killed.status, 3) << killed.err;
    EXPECT_NE(killed.err.find("--id"), std::string::npos) << killed.err;
    EXPECT_FALSE(family.is_frozen());
    EXPECT_EQ(family.stage.alive().size(), 3U);
  });
}

// What an object of the case says; of several, the first.
std::string object_of(const std::string& directory, std::string_view source) {
  const auto tree = host::open_tree_host(directory);
  const auto contents = tree ? store::read_case(**tree) : base::fail(tree.error());
  for (const auto& object : contents ? contents->objects : std::vector<store::CaseObject>()) {
    if (object.source == source) {
      return content(directory + "/objects/" + object.sha256);
    }
  }
  return "";
}

// A pair of ours stands for the malware's: the case holds those of the whole machine.
TEST_F(ContainUnrecorded, TheCaseTellsWhoTalksToWhomOverUnixSockets) {
  on_private_machine([] {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    struct stat one {};
    struct stat other {};
    ASSERT_TRUE(::fstat(ends[0], &one) == 0 && ::fstat(ends[1], &other) == 0);
    Frozen frozen;
    ASSERT_NO_FATAL_FAILURE(frozen.freeze());
    if (!frozen.knows_peers) {
      network_cannot_be_made_here();  // a kernel without unix_diag
    }
    bool found = false;
    const std::string peers = object_of(frozen.at("case"), "(unix peers)");
    for (const std::string& line : lines_of(peers)) {
      const Json pair = Json::parse(line, nullptr, false);
      if (pair["end"].value("socket", ino_t{0}) == one.st_ino) {
        found = pair["peer"].value("socket", ino_t{0}) == other.st_ino;
        EXPECT_NE(pair["end"]["pids"].dump().find(std::to_string(::getpid())), std::string::npos);
      }
    }
    EXPECT_TRUE(found) << peers;
  });
}

}  // namespace
}  // namespace genba::test
