// SPDX-License-Identifier: Apache-2.0
//
// `genba contain` from the plan to the undo as a person meets it, on a machine of its own: what it
// says, its exit codes, what stands in the journal, and what a packet can do meanwhile.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "nlohmann/json.hpp"
#include "support/freeze_stage.h"
#include "support/network_building.h"
#include "support/private_machine.h"
#include "support/run_program.h"
#include "support/scratch.h"
#include "sys/packet_probe.h"

namespace genba::test {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

// For before_exec: a kernel without nf_tables and without bpf(2), as far as this program sees.
bool have_only_routes() {
  const auto word = [](size_t offset) { return static_cast<uint32_t>(offset); };
  const uint32_t refused = SECCOMP_RET_ERRNO | EPROTONOSUPPORT;
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, word(offsetof(seccomp_data, nr))),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_bpf, 5, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 5),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, word(offsetof(seccomp_data, args[0]))),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, word(offsetof(seccomp_data, args[2]))),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NETLINK_NETFILTER, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, refused),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{std::size(filter), filter};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

class Contain : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { GENBA_NEEDS(is_root(), "root"); }

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

  ProgramResult contain(Words words) const {
    words.insert(words.begin(), "contain");
    words.insert(words.end(), {"--journal", journal_});
    ProgramOptions options;
    if (lower_) {
      options.before_exec = have_only_routes;
    }
    return run_genba(std::move(words), options);
  }
  ProgramResult apply(Words more = {}) const {
    Words words{"apply", "--yes", "--admin", "203.0.113.0/24", "--timeout", "60"};
    words.insert(words.end(), more.begin(), more.end());
    return contain(std::move(words));
  }

  /// The lines of one type.
  static std::vector<Json> lines(const ProgramResult& told, std::string_view type) {
    std::vector<Json> found;
    for (const std::string& line : lines_of(told.out)) {
      Json object = Json::parse(line, nullptr, false);
      EXPECT_FALSE(object.is_discarded()) << line;
      if (object.value("type", "") == type) {
        found.push_back(std::move(object));
      }
    }
    return found;
  }

  /// Whether the kernel takes a datagram to a machine that nobody has.
  static bool sends() {
    const auto sent = sys::send_datagram(*base::parse_address("192.0.2.1"), sys::kDiscardPort, "x");
    return sent && sent->taken();
  }

  Scratch scratch_;
  std::string journal_ = scratch_.at("actions");
  bool lower_ = false;  ///< on a kernel without nf_tables and BPF
};

TEST_F(Contain, ClosesProvesConfirmsAndOpensAgainAsItWas) {
  on_machine([&] {
    ASSERT_TRUE(sends());
    const ProgramResult applied = apply();
    EXPECT_EQ(applied.status, 0) << applied.out << applied.err;
    EXPECT_NE(applied.out.find("out, IPv4             PROVEN"), std::string::npos) << applied.out;
    EXPECT_FALSE(sends());
    const ProgramResult status = contain({"status"});
    EXPECT_EQ(status.status, 0) << status.out;
    EXPECT_NE(status.out.find("[CLOSED, ON TRIAL]"), std::string::npos) << status.out;
    const ProgramResult again = apply();
    EXPECT_EQ(again.status, 3) << again.out;
    EXPECT_NE(again.err.find("undo"), std::string::npos) << again.err;
    const ProgramResult unsure = contain({"confirm"});
    EXPECT_NE(unsure.status, 0) << unsure.out;
    EXPECT_NE(unsure.err.find("not proven"), std::string::npos) << unsure.err;
    EXPECT_EQ(contain({"extend", "--timeout", "2m"}).status, 0);
    EXPECT_EQ(contain({"confirm", "--force"}).status, 0);
    EXPECT_NE(contain({"status"}).out.find("[CLOSED]"), std::string::npos);
    const ProgramResult undone = contain({"undo"});
    EXPECT_EQ(undone.status, 0) << undone.out << undone.err;
    EXPECT_NE(undone.out.find("other rules as before"), std::string::npos) << undone.out;
    EXPECT_TRUE(sends());
    EXPECT_EQ(contain({"status"}).status, 0);
  });
}

// Whoever altered a byte of the journal must not keep the machine closed.
TEST_F(Contain, OpensAgainThoughNothingCanBeRecorded) {
  on_machine([&] {
    ASSERT_EQ(apply({"--why", "a test"}).status, 0);
    std::fstream file(journal_ + "/actions.jsonl", std::ios::in | std::ios::out);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    file.clear();
    file.seekp(static_cast<std::streamoff>(text.find("a test")));
    file << 'A';
    file.close();
    EXPECT_FALSE(sends());
    EXPECT_NE(contain({"extend", "--timeout", "2m"}).status, 0);
    const ProgramResult undone = contain({"undo"});
    EXPECT_EQ(undone.status, 0) << undone.out << undone.err;
    EXPECT_NE(undone.err.find("not recorded"), std::string::npos) << undone.err;
    EXPECT_NE(undone.err.find("contain undo"), std::string::npos) << undone.err;
    EXPECT_TRUE(sends());
  });
}

// `genba contain apply --yes | true` must not look as if it had been done.
TEST_F(Contain, PlanThatNobodyReadsIsNotCarriedOutAndSaysSo) {
  GENBA_NEEDS(::access(FreezeStage::fixture().c_str(), X_OK) == 0, "the fixture 'respawner'");
  on_machine([&] {
    ProgramOptions unread;
    unread.where = Where::kClosed;
    const ProgramResult applied =
        run_genba({"contain", "apply", "--yes", "--admin", "203.0.113.0/24", "--timeout", "60",
                   "--journal", journal_},
                  unread);
    EXPECT_EQ(applied.status, 4) << applied.err;
    EXPECT_NE(applied.err.find("nothing was done"), std::string::npos) << applied.err;
    EXPECT_TRUE(sends());

    std::filesystem::copy_file(FreezeStage::fixture(), scratch_.at("malware"));
    FreezeStage stage;
    const auto one = stage.start({"sleep"}, "", nullptr, scratch_.at("malware"));
    ::signal(SIGCHLD, SIG_DFL);  // the stage has its children reaped; this one is asked
    const ProgramResult frozen = run_genba(
        {"contain", "freeze", std::to_string(one.pid), "--yes", "--journal", journal_}, unread);
    EXPECT_EQ(frozen.status, 4) << frozen.err;
    EXPECT_NE(frozen.err.find("nothing was done"), std::string::npos) << frozen.err;
    EXPECT_FALSE(std::filesystem::exists(journal_));
  });
}

// A no is not a yes that was carried out.
TEST_F(Contain, ANoIsNoSuccess) {
  const int person = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  GENBA_NEEDS(person >= 0 && ::grantpt(person) == 0 && ::unlockpt(person) == 0, "a terminal");
  const int terminal = ::open(::ptsname(person), O_RDWR | O_NOCTTY | O_CLOEXEC);
  GENBA_NEEDS(terminal >= 0 && ::write(person, "no\n", 3) == 3, "a terminal");
  on_machine([&] {
    ProgramOptions asked;
    asked.before_exec = [&] { return ::dup2(terminal, STDIN_FILENO) == STDIN_FILENO; };
    const ProgramResult applied =
        run_genba({"contain", "apply", "--admin", "203.0.113.0/24", "--journal", journal_}, asked);
    EXPECT_EQ(applied.status, 4) << applied.out << applied.err;
    EXPECT_NE(applied.err.find("[yes/no]"), std::string::npos) << applied.err;
    EXPECT_TRUE(sends());
  });
  ::close(terminal);
  ::close(person);
}

TEST_F(Contain, TellsProgramsAndTheJournalEachStep) {
  on_machine([&] {
    const ProgramResult applied = apply({"--json"});
    EXPECT_EQ(applied.status, 0) << applied.out << applied.err;
    EXPECT_EQ(lines(applied, "plan").size(), 1U);
    const auto report = lines(applied, "report");
    ASSERT_EQ(report.size(), 1U) << applied.out;
    EXPECT_EQ(report[0].value("rung", ""), "nf_tables");
    bool out_proven = false;
    for (const Json& path : lines(applied, "path")) {
      EXPECT_NE(path.value("outcome", ""), "failed") << path;
      out_proven |= path.value("path", "") == "out_v4" && path.value("outcome", "") == "proven";
    }
    EXPECT_TRUE(out_proven) << applied.out;
    EXPECT_EQ(contain({"undo", "--why", "a test"}).status, 0);
    const ProgramResult log = run_genba({"case", "log", journal_});
    EXPECT_EQ(log.status, 0) << log.err;
    EXPECT_NE(log.out.find("contain apply"), std::string::npos) << log.out;
    EXPECT_NE(log.out.find("a test"), std::string::npos) << log.out;
    EXPECT_EQ(run_genba({"case", "verify", journal_}).status, 0);
  });
}

TEST_F(Contain, ChangesNothingWhenItCannotAsk) {
  on_machine([&] {
    const ProgramResult asked =
        run_genba({"contain", "apply", "--admin", "203.0.113.0/24", "--journal", journal_});
    EXPECT_EQ(asked.status, 3);
    EXPECT_NE(asked.err.find("--yes"), std::string::npos) << asked.err;
    EXPECT_TRUE(sends());
  });
}

TEST_F(Contain, ARefusedPlanChangesNothing) {
  on_machine([&] {
    const ProgramResult refused = contain({"apply", "--yes"});
    EXPECT_EQ(refused.status, 4) << refused.err;
    EXPECT_NE(refused.out.find("--admin"), std::string::npos) << refused.out;
    EXPECT_TRUE(sends());
  });
}

TEST_F(Contain, BansAnAddressAndLiftsTheBan) {
  on_machine([&] {
    ASSERT_TRUE(sends());
    const ProgramResult banned = contain({"ban", "192.0.2.1", "--for", "10m", "--force"});
    EXPECT_EQ(banned.status, 0) << banned.out << banned.err;
    EXPECT_FALSE(sends());
    EXPECT_NE(contain({"bans"}).out.find("192.0.2.1"), std::string::npos);
    const ProgramResult lifted = contain({"unban", "192.0.2.1"});
    EXPECT_EQ(lifted.status, 0) << lifted.out << lifted.err;
    EXPECT_TRUE(sends());
  });
}

TEST_F(Contain, WithoutNfTablesItStepsDownAndSaysSo) {
  on_machine([&] {
    lower_ = true;
    const ProgramResult applied = apply();
    EXPECT_EQ(applied.status, 0) << applied.out << applied.err;
    EXPECT_NE(applied.out.find("policy routes, which leave more open"), std::string::npos)
        << applied.out;
    EXPECT_NE(applied.out.find("routes that lead nowhere"), std::string::npos) << applied.out;
    EXPECT_NE(applied.out.find("out, IPv4             PROVEN"), std::string::npos) << applied.out;
    EXPECT_EQ(applied.out.find("in, IPv4"), std::string::npos) << "not claimed: " << applied.out;
    EXPECT_FALSE(sends());
    EXPECT_NE(contain({"status"}).out.find("[CLOSED, ON TRIAL]"), std::string::npos);
    EXPECT_EQ(apply().status, 3) << "it stands already";
    EXPECT_EQ(contain({"extend", "--timeout", "2m"}).status, 0);
    EXPECT_EQ(contain({"confirm", "--force"}).status, 0);
    const ProgramResult undone = contain({"undo"});
    EXPECT_EQ(undone.status, 0) << undone.out << undone.err;
    EXPECT_NE(undone.out.find("all is as it was before"), std::string::npos) << undone.out;
    EXPECT_TRUE(sends());
    const ProgramResult status = contain({"status"});
    EXPECT_EQ(status.status, 0) << status.out << status.err;
    EXPECT_EQ(run_genba({"case", "verify", journal_}).status, 0);
  });
}

TEST_F(Contain, AnOptionOfAnotherWordIsAMistake) {
  const ProgramResult told = contain({"status", "--hold"});
  EXPECT_EQ(told.status, 3);
  EXPECT_NE(told.err.find("'genba contain status' does not take --hold"), std::string::npos)
      << told.err;
}

}  // namespace
}  // namespace genba::test
