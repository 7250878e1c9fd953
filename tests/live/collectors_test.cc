// SPDX-License-Identifier: Apache-2.0
//
// The collectors of the running system on the machine that runs the tests: what they say of a
// process, a socket and a descriptor that the test itself owns, and that every source gives
// something. Skips loudly without root.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "collect/collector.h"
#include "gtest/gtest.h"
#include "host/host.h"
#include "model/tables/host_info.h"
#include "model/tables/interfaces.h"
#include "model/tables/listening_ports.h"
#include "model/tables/mounts.h"
#include "model/tables/process_open_sockets.h"
#include "model/tables/processes.h"
#include "support/run_collector.h"
#include "support/stuck_filesystem.h"

namespace genba {
namespace {

const collect::Collector& collector_named(std::string_view name) {
  for (const collect::Collector* collector : collect::all_collectors()) {
    if (collector->name == name) {
      return *collector;
    }
  }
  std::abort();
}

class LiveCollectors : public ::testing::Test {
 protected:
  // Before any thread exists, as the live host asks.
  static void SetUpTestSuite() {
    if (geteuid() == 0) {
      auto host = host::open_live_host({});
      ASSERT_TRUE(host) << host.error().what;
      machine = *std::move(host);
    }
  }
  static void TearDownTestSuite() { machine.reset(); }
  void SetUp() override {
    if (machine == nullptr) {
      GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: live collectors need root";
    }
  }
  model::Facts run(std::string_view name,
                   const collect::Wanted& wanted = collect::Wanted::all()) const {
    return test::run_collector(collector_named(name), *machine, wanted);
  }
  // Sources that gave nothing at all. Single processes may refuse even root (PID 1 of a guest).
  static std::string failures(const model::Facts& facts) {
    std::string out;
    for (const model::Coverage& row : facts.read<model::Coverage>()) {
      if (row.status == "failed") {
        out += row.subject + ": " + row.status + " (" + row.reason.value_or("") + ")\n";
      }
    }
    return out;
  }

  static inline std::unique_ptr<host::Host> machine;
};

// Holds what this process holds: the machine's listings leave Genba's own processes out, and in
// this test that is the test itself.
using test::Child;

TEST_F(LiveCollectors, LeaveTheRunItselfOut) {
  const auto facts = run("processes");
  for (const model::Process& row : facts.read<model::Process>()) {
    EXPECT_NE(row.pid, getpid());
  }
}

TEST_F(LiveCollectors, SeeAProcessWhole) {
  const Child child;
  const auto facts = run("processes");
  EXPECT_EQ(failures(facts), "");
  const model::Process* self = nullptr;
  for (const model::Process& row : facts.read<model::Process>()) {
    if (row.pid == child.pid()) {
      self = &row;
    }
  }
  ASSERT_NE(self, nullptr);
  EXPECT_EQ(self->parent, getpid());
  EXPECT_EQ(self->uid, 0);
  EXPECT_EQ(self->exe_kind, "file");
  EXPECT_EQ(self->on_disk, true);
  EXPECT_TRUE(self->cmdline);
  EXPECT_TRUE(self->cpu_percent);
  EXPECT_TRUE(self->mnt_namespace);
  EXPECT_TRUE(self->resident_size);
}

TEST_F(LiveCollectors, SeeASocketAndWhoHoldsIt) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_GE(fd, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(fd, 1), 0);
  socklen_t length = sizeof address;
  ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length), 0);

  const Child child;
  const auto facts = run("descriptors");
  bool found = false;
  for (const model::ListeningPort& row : facts.read<model::ListeningPort>()) {
    found = found || (row.pid == child.pid() && row.fd == fd &&
                      row.port == ntohs(address.sin_port) && row.address == "127.0.0.1");
  }
  EXPECT_TRUE(found);
  for (const model::ProcessOpenSocket& row : facts.read<model::ProcessOpenSocket>()) {
    EXPECT_NE(row.view, "sock_diag") << row.protocol << " " << row.socket;
  }
  close(fd);
}

TEST_F(LiveCollectors, SeeKernelMountsInterfacesMapsAndVariables) {
  const auto kernel = run("kernel");
  EXPECT_EQ(failures(kernel), "");
  ASSERT_EQ(kernel.read<model::HostInfo>().size(), 1U);
  EXPECT_TRUE(kernel.read<model::HostInfo>()[0].kernel_release);
  EXPECT_TRUE(kernel.read<model::HostInfo>()[0].boot_time);

  const auto mounts = run("mounts");
  EXPECT_EQ(failures(mounts), "");
  EXPECT_FALSE(mounts.read<model::Mount>().empty());

  const auto network = run("network");
  EXPECT_FALSE(network.read<model::Interface>().empty());
  EXPECT_EQ(failures(run("memory_maps")), "");
  EXPECT_EQ(failures(run("environment")), "");
}

}  // namespace
}  // namespace genba
