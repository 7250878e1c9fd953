// SPDX-License-Identifier: Apache-2.0
//
// The verbs' work as a whole, in private networks and with a journal of their own. Each run is a
// child of its own, because it ends in the sandbox.
#include "app/contain_ban.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>

#include "nlohmann/json.hpp"
#include "support/network_building.h"
#include "support/nf_tables_lab.h"
#include "support/private_network.h"
#include "support/scratch.h"

namespace genba::app {
namespace {

using test::in_private_network;

// What a run printed, and how it ended: 0 holds, 4 does not, 10 + the error's code.
struct Ended {
  int code = -1;
  std::string output;
  std::vector<nlohmann::json> lines() const {
    std::vector<nlohmann::json> all;
    size_t begin = 0;
    while (begin < output.size()) {
      const size_t end = output.find('\n', begin);
      all.push_back(nlohmann::json::parse(output.substr(begin, end - begin), nullptr, false));
      EXPECT_FALSE(all.back().is_discarded()) << output.substr(begin, end - begin);
      begin = end + 1;
    }
    return all;
  }
};

class Verbs {
 public:
  Ended ban(std::vector<std::string> networks, const std::function<void(BanOptions&)>& with = {}) {
    return run(std::move(networks), with, [](const BanOptions& options) {
      Progress progress(ProgressMode::kSilent, model::Language::kEnglish);
      return run_ban(options, progress);
    });
  }
  Ended unban(std::vector<std::string> networks) { return run(std::move(networks), {}, run_unban); }
  Ended list() { return run({}, {}, run_bans); }

  std::string journal() const { return place_.at("actions"); }
  bool has_journal() const { return ::access(journal().c_str(), F_OK) == 0; }

 private:
  using Work = std::function<base::Result<BanOutcome>(const BanOptions&)>;

  Ended run(std::vector<std::string> networks, const std::function<void(BanOptions&)>& with,
            const Work& work) {
    BanOptions options;
    options.networks = std::move(networks);
    options.act.journal_directory = journal();
    options.json = true;
    options.act.why = "a test";
    options.force = true;  // the machine that tests may be any
    if (with) {
      with(options);
    }
    std::fflush(nullptr);  // else the child prints what this process had still to print
    const int printed = ::memfd_create("printed", MFD_CLOEXEC);
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(printed, STDOUT_FILENO);
      const auto outcome = work(options);
      if (!outcome) {
        print(Stream::kOutput, outcome.error().what);
      }
      ::_exit(!outcome                         ? 10 + static_cast<int>(outcome.error().code)
              : *outcome == BanOutcome::kHolds ? 0
                                               : 4);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    Ended ended;
    ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    char bytes[4096];
    ssize_t size = 0;
    while ((size = ::pread(printed, bytes, sizeof bytes, static_cast<off_t>(ended.output.size()))) >
           0) {
      ended.output.append(bytes, static_cast<size_t>(size));
    }
    ::close(printed);
    return ended;
  }

  test::Scratch place_;
};

int code_of(base::ErrorCode code) {
  return 10 + static_cast<int>(code);
}

void need_nf_tables() {
  (void)test::open_tables();
}

TEST(ContainBan, LiftsThoughNothingCanBeRecordedButBansNobody) {
  in_private_network([] {
    need_nf_tables();
    Verbs verbs;
    ASSERT_EQ(verbs.ban({"192.0.2.7"}).code, 0);
    std::fstream file(verbs.journal() + "/actions.jsonl", std::ios::in | std::ios::out);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    file.clear();
    file.seekp(static_cast<std::streamoff>(text.find("a test")));
    file << 'A';
    file.close();
    EXPECT_EQ(verbs.ban({"192.0.2.8"}).code, code_of(base::ErrorCode::kDamaged));
    const Ended lifted = verbs.unban({"192.0.2.7"});
    EXPECT_EQ(lifted.code, 0) << lifted.output;
    const Ended again = verbs.unban({"192.0.2.7"});
    EXPECT_NE(again.output.find("not_banned"), std::string::npos) << again.output;
  });
}

TEST(ContainBan, BansListsAndLifts) {
  in_private_network([] {
    need_nf_tables();
    Verbs verbs;
    const auto began = std::chrono::steady_clock::now();
    const Ended ban = verbs.ban({"192.0.2.7", "2001:db8::7"});
    std::printf("[ measured ] a ban with its look at the machine: %ld ms\n",
                long{std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::steady_clock::now() - began)
                         .count()});
    ASSERT_EQ(ban.code, 0) << ban.output;
    EXPECT_EQ(ban.lines().at(0)["fate"], "banned") << ban.output;
    EXPECT_EQ(ban.lines().at(1)["network"], "2001:db8::/64");
    EXPECT_EQ(ban.lines().back()["type"], "summary");
    const Ended list = verbs.list();
    EXPECT_EQ(list.code, 0) << list.output;
    ASSERT_EQ(list.lines().size(), 3U) << list.output;
    EXPECT_EQ(list.lines()[0]["why"], "a test");
    EXPECT_EQ(verbs.unban({"192.0.2.7", "2001:db8::7"}).code, 0);
    EXPECT_EQ(verbs.list().lines().size(), 1U) << "the summary alone";
  });
}

TEST(ContainBan, OurOwnAddressAndGatewayNeedForce) {
  in_private_network([] {
    need_nf_tables();
    const int index = test::add_veth("up0", "far");
    if (index == 0 || !test::add_address(index, "192.0.2.1/24") ||
        !test::add_route("0.0.0.0/0", "192.0.2.254", index)) {
      test::network_cannot_be_made_here();
    }
    Verbs verbs;
    const auto careful = [](BanOptions& options) { options.force = false; };
    const Ended refused = verbs.ban({"192.0.2.1", "192.0.2.254", "198.51.100.7"}, careful);
    EXPECT_EQ(refused.code, 4) << refused.output;
    EXPECT_EQ(refused.lines().at(0)["notes"][0]["id"], "own_address") << refused.output;
    EXPECT_EQ(refused.lines().at(1)["notes"][0]["id"], "gateway") << refused.output;
    EXPECT_EQ(refused.lines().at(2)["fate"], "banned") << refused.output;
    EXPECT_EQ(verbs.ban({"192.0.2.254"}).code, 0) << "by force";
  });
}

TEST(ContainBan, WhatTheResponderNamedAsTheirsIsNotBannedEvenByForce) {
  in_private_network([] {
    need_nf_tables();
    Verbs verbs;
    const Ended refused = verbs.ban({"203.0.113.0/24"}, [](BanOptions& options) {
      options.admins = {*base::parse_network("203.0.113.9")};
    });
    EXPECT_EQ(refused.code, 4);
    EXPECT_EQ(refused.lines().at(0)["force_helps"], false) << refused.output;
  });
}

TEST(ContainBan, MistakesAreUsageAndChangeNothing) {
  in_private_network([] {
    Verbs verbs;
    EXPECT_EQ(verbs.ban({}).code, code_of(base::ErrorCode::kInvalid));
    EXPECT_EQ(verbs.ban({"192.0.2.7", "evil.example"}).code, code_of(base::ErrorCode::kInvalid));
    const auto forever = [](BanOptions& options) { options.time = "for ever"; };
    EXPECT_EQ(verbs.ban({"192.0.2.7"}, forever).code, code_of(base::ErrorCode::kInvalid));
    EXPECT_EQ(verbs.unban({"x"}).code, code_of(base::ErrorCode::kInvalid));
    EXPECT_FALSE(verbs.has_journal());
  });
}

TEST(ContainBan, WithoutTheRightNothingIsDoneAndItIsSaid) {
  in_private_network([] {
    need_nf_tables();
    Verbs verbs;
    if (::seteuid(65534) != 0) {
      test::network_cannot_be_made_here();
    }
    for (const Ended& ended :
         {verbs.ban({"192.0.2.7"}), verbs.unban({"192.0.2.7"}), verbs.list()}) {
      EXPECT_EQ(ended.code, code_of(base::ErrorCode::kDenied)) << ended.output;
      EXPECT_NE(ended.output.find("CAP_NET_ADMIN"), std::string::npos) << ended.output;
    }
    ASSERT_EQ(::seteuid(0), 0);
    EXPECT_FALSE(verbs.has_journal());
  });
}

TEST(ContainBan, WhereNfTablesIsNotKnownToBeNothingIsAskedAndItIsSaid) {
  in_private_network([] {
    Verbs verbs;
    // Without a procfs nobody can tell whether asking would make the kernel run modprobe.
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", "/proc", "tmpfs", 0, nullptr) != 0) {
      test::network_cannot_be_made_here();
    }
    for (const Ended& ended : {verbs.unban({"192.0.2.7"}), verbs.list()}) {
      EXPECT_EQ(ended.code, code_of(base::ErrorCode::kUnsupported)) << ended.output;
      EXPECT_NE(ended.output.find("--allow-module-load"), std::string::npos) << ended.output;
    }
    EXPECT_FALSE(verbs.has_journal());
  });
}

TEST(ContainBan, WithoutAJournalNothingIsBannedUnlessToldSo) {
  in_private_network([] {
    need_nf_tables();
    Verbs verbs;
    const auto nowhere = [](BanOptions& options) {
      options.act.journal_directory = "/proc/genba/actions";
    };
    const Ended refused = verbs.ban({"192.0.2.7"}, nowhere);
    EXPECT_GE(refused.code, 10) << refused.output;
    EXPECT_NE(refused.output.find("nothing was done"), std::string::npos) << refused.output;
    EXPECT_EQ(verbs.list().lines().back()["bans"], 0);
    const Ended allowed = verbs.ban({"192.0.2.7"}, [&](BanOptions& options) {
      nowhere(options);
      options.act.unrecorded = act::Unrecorded::kAllowed;
    });
    EXPECT_EQ(allowed.code, 0) << allowed.output;
    EXPECT_EQ(verbs.list().lines().back()["bans"], 1);
  });
}

TEST(ContainBan, TheSandboxLetsTrackedConnectionsBeCut) {
  in_private_network([] {
    need_nf_tables();
    Verbs verbs;
    const Ended ban = verbs.ban({"192.0.2.7"});
    ASSERT_EQ(ban.code, 0) << ban.output;
    const nlohmann::json cut = ban.lines().at(1);
    ASSERT_EQ(cut["type"], "cut") << ban.output;
    for (const auto& why : cut["not_possible"]) {
      // A module that is not there is the machine's affair; a refusal would be ours.
      EXPECT_NE(why.get<std::string>().find("without loading a module"), std::string::npos) << why;
    }
  });
}

TEST(ContainBan, ABanThatSomebodyTookAwayIsAFailureOfTheList) {
  in_private_network([] {
    sys::NfTables tables = test::open_tables();
    Verbs verbs;
    ASSERT_EQ(verbs.ban({"192.0.2.7"}).code, 0);
    test::expect_done(tables.commit(test::flush_ruleset()));
    const Ended list = verbs.list();
    EXPECT_EQ(list.code, 4) << list.output;
    EXPECT_EQ(list.lines().at(0)["cause"], "taken_away") << list.output;
  });
}

}  // namespace
}  // namespace genba::app
