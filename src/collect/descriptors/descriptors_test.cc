// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "collect/collector.h"
#include "fmt/format.h"
#include "gtest/gtest.h"
#include "model/tables/listening_ports.h"
#include "model/tables/process_open_files.h"
#include "model/tables/process_open_sockets.h"
#include "support/run_collector.h"

namespace genba::collect::descriptors {

const Collector& collector();

namespace {

using base::ErrorCode;
using test::coverage_of;
using test::FakeHost;
using test::run_collector;
using test::wanting;

constexpr int64_t kNet = 4026531840;

void add_process(FakeHost& host, int64_t pid, int64_t net = kNet) {
  host.add_process({.pid = pid});
  test::add_namespaces(host, pid, 1, net, 2);
}

void add_fd(FakeHost& host, int64_t pid, int fd, const std::string& text) {
  host.add_magic_link(fmt::format("/proc/{}/fd/{}", pid, fd), text, "");
}

// A line of /proc/net/tcp or udp; addresses as the kernel prints them.
std::string line(const std::string& local, const std::string& remote, int state, int inode,
                 int uid = 0) {
  return fmt::format(
      "   0: {} {} {:02X} 00000000:00000000 00:00000000 00000000 {:5}        0 {} 1 0\n", local,
      remote, state, uid, inode);
}

constexpr const char* kHead = "  sl  local_address rem_address   st tx_queue rx_queue\n";
const std::string kListener = line("00000000:0016", "00000000:0000", 10, 500);
const std::string kConnection = line("0A00000A:8000", "097100CB:01BB", 1, 501, 1000);

host::DiagSocket diag(uint8_t protocol, uint64_t inode, uint8_t state, uint16_t port) {
  host::DiagSocket socket;
  socket.family = 2;  // AF_INET
  socket.protocol = protocol;
  socket.inode = inode;
  socket.state = state;
  socket.local_port = port;
  socket.local_address = std::string(4, '\0');
  socket.remote_address = std::string(4, '\0');
  return socket;
}

const model::ProcessOpenSocket* find(const model::Facts& facts, int64_t inode) {
  for (const auto& row : facts.read<model::ProcessOpenSocket>()) {
    if (row.socket == inode) {
      return &row;
    }
  }
  return nullptr;
}

// PID 1 listens on port 22, PID 7 holds a connection; sock_diag is not there.
void add_machine(FakeHost& host) {
  add_process(host, 1);
  add_process(host, 7);
  add_fd(host, 1, 3, "socket:[500]");
  add_fd(host, 7, 4, "socket:[501]");
  host.add_file("/proc/1/net/tcp", kHead + kListener + kConnection);
  host.set_sock_diag(1, ErrorCode::kUnsupported);
}

TEST(Descriptors, SocketsAreJoinedWithTheirHolders) {
  FakeHost host;
  add_machine(host);
  add_fd(host, 7, 5, "socket:[500]");  // inherited
  const auto facts = run_collector(collector(), host);
  const auto& rows = facts.read<model::ProcessOpenSocket>();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].pid, 1);
  EXPECT_EQ(rows[0].fd, 3);
  EXPECT_EQ(rows[0].state, "LISTEN");
  EXPECT_EQ(rows[0].local_address, "0.0.0.0");
  EXPECT_EQ(rows[0].local_port, 22);
  EXPECT_FALSE(rows[0].remote_address);
  EXPECT_FALSE(rows[0].remote_scope);
  EXPECT_EQ(rows[0].view, "procfs");
  EXPECT_EQ(rows[1].pid, 7);
  EXPECT_EQ(rows[1].socket, 500);
  EXPECT_EQ(rows[2].socket, 501);
  EXPECT_EQ(rows[2].local_address, "10.0.0.10");
  EXPECT_EQ(rows[2].remote_address, "203.0.113.9");
  EXPECT_EQ(rows[2].remote_port, 443);
  EXPECT_EQ(rows[2].remote_scope, "public");
  EXPECT_EQ(rows[2].uid, 1000);
  EXPECT_EQ(rows[2].net_namespace, kNet);
  const auto& ports = facts.read<model::ListeningPort>();
  ASSERT_EQ(ports.size(), 2U);
  EXPECT_EQ(ports[0].port, 22);
  EXPECT_EQ(ports[0].protocol, "tcp");
  EXPECT_EQ(ports[0].family, "ipv4");
  EXPECT_EQ(ports[0].pid, 1);
  EXPECT_EQ(coverage_of(facts, "/proc/PID/fd").status, "complete");
  EXPECT_EQ(coverage_of(facts, "/proc/PID/net").status, "complete");
  EXPECT_EQ(coverage_of(facts, "sock_diag").status, "unsupported");
}

TEST(Descriptors, SocketWithoutVisibleHolderHasNoPid) {
  FakeHost host;
  add_machine(host);
  host.remove("/proc/7");
  const auto facts = run_collector(collector(), host);
  ASSERT_NE(find(facts, 501), nullptr);
  EXPECT_FALSE(find(facts, 501)->pid);
  EXPECT_FALSE(find(facts, 501)->fd);
}

TEST(Descriptors, BothViewsOfASocketAreSaid) {
  FakeHost host;
  add_machine(host);
  host.set_sock_diag(1, {diag(6, 500, 10, 22), diag(6, 501, 1, 32768)});
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(find(facts, 500)->view, "both");
  EXPECT_EQ(find(facts, 501)->view, "both");
  EXPECT_EQ(coverage_of(facts, "sock_diag").status, "complete");
  EXPECT_EQ(host.access_count("/proc/1/net/tcp"), 3);  // opened and read to its end, once
}

TEST(Descriptors, SocketHiddenFromProcfsIsSeenBySockDiagAlone) {
  FakeHost host;
  add_machine(host);
  host.set_sock_diag(1, {diag(6, 500, 10, 22), diag(6, 501, 1, 32768), diag(6, 666, 10, 31337)});
  add_fd(host, 7, 9, "socket:[666]");
  const auto facts = run_collector(collector(), host);
  ASSERT_NE(find(facts, 666), nullptr);
  EXPECT_EQ(find(facts, 666)->view, "sock_diag");
  EXPECT_EQ(find(facts, 666)->pid, 7);
  EXPECT_EQ(find(facts, 666)->state, "LISTEN");
  const auto& ports = facts.read<model::ListeningPort>();
  ASSERT_EQ(ports.size(), 2U);
  EXPECT_EQ(ports[1].port, 31337);
}

TEST(Descriptors, SocketHiddenFromSockDiagIsSeenByProcfsAlone) {
  FakeHost host;
  add_machine(host);
  host.set_sock_diag(1, {diag(6, 500, 10, 22)});
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(find(facts, 500)->view, "both");
  EXPECT_EQ(find(facts, 501)->view, "procfs");
}

TEST(Descriptors, SocketThatAppearsBetweenTheReadingsIsNotCalledHidden) {
  FakeHost host;
  add_machine(host);
  host.set_sock_diag(1, {diag(6, 500, 10, 22), diag(6, 501, 1, 32768), diag(6, 502, 1, 40000)});
  host.then_bytes("/proc/1/net/tcp",
                  kHead + kListener + kConnection + line("0A00000A:9C40", "097100CB:01BB", 1, 502));
  const auto facts = run_collector(collector(), host);
  ASSERT_NE(find(facts, 502), nullptr);
  EXPECT_EQ(find(facts, 502)->view, "both");
}

TEST(Descriptors, SocketThatVanishesBetweenTheReadingsIsCountedNotAccused) {
  FakeHost host;
  add_machine(host);
  host.set_sock_diag(1, {diag(6, 500, 10, 22)});
  host.then_bytes("/proc/1/net/tcp", kHead + kListener);
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(find(facts, 501), nullptr);
  EXPECT_EQ(coverage_of(facts, "/proc/PID/net").gone, 1);
  EXPECT_EQ(coverage_of(facts, "/proc/PID/net").status, "complete");
}

TEST(Descriptors, ProtocolThatSockDiagDoesNotAnswerIsNotAccused) {
  FakeHost host;
  add_machine(host);
  host.add_file("/proc/1/net/udp", kHead + line("00000000:0035", "00000000:0000", 7, 600));
  host.set_sock_diag(1, {diag(6, 500, 10, 22), diag(6, 501, 1, 32768)});
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(find(facts, 600)->view, "procfs");
  EXPECT_FALSE(find(facts, 600)->state);
  EXPECT_EQ(host.access_count("/proc/1/net/udp"), 3);  // no second look was needed
}

TEST(Descriptors, OpenDoorsAreBoundAndNotConnected) {
  FakeHost host;
  add_machine(host);
  host.add_file("/proc/1/net/udp", kHead + line("00000000:0035", "00000000:0000", 7, 600) +
                                       line("0A00000A:8001", "097100CB:0035", 1, 601));
  host.add_file("/proc/1/net/raw6", kHead + line("00000000000000000000000000000000:003A",
                                                 "00000000000000000000000000000000:0000", 7, 602));
  host.add_file("/proc/1/net/icmp", kHead + line("00000000:0001", "00000000:0000", 7, 603));
  const auto facts = run_collector(collector(), host);
  std::string doors;
  for (const auto& row : facts.read<model::ListeningPort>()) {
    doors += fmt::format("{} {} {} {};", row.protocol, row.family, row.address, row.port);
  }
  EXPECT_EQ(doors, "tcp ipv4 0.0.0.0 22;udp ipv4 0.0.0.0 53;raw ipv6 :: 0;");
  EXPECT_EQ(find(facts, 601)->remote_port, 53);
  EXPECT_EQ(find(facts, 603)->protocol, "icmp");
}

TEST(Descriptors, UnixAndPacketSocketsAreSeen) {
  FakeHost host;
  add_machine(host);
  host.add_file("/proc/1/net/unix",
                "Num       RefCount Protocol Flags    Type St Inode Path\n"
                "0000000000000000: 00000002 00000000 00010000 0001 01 700 /run/x\x1b\ny\n"
                "0000000000000000: 00000003 00000000 00000000 0001 03 701\n");
  host.add_file("/proc/1/net/packet",
                "sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n"
                "0000000000000000 3      3    0003   2     1 0      0      800 \n");
  add_fd(host, 7, 6, "socket:[800]");
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(find(facts, 700)->path, "/run/x\x1b\ny");
  EXPECT_EQ(find(facts, 700)->state, "LISTEN");
  EXPECT_EQ(find(facts, 700)->family, "unix");
  EXPECT_FALSE(find(facts, 700)->local_address);
  EXPECT_EQ(find(facts, 701)->state, "ESTABLISHED");
  EXPECT_EQ(find(facts, 800)->family, "packet");
  EXPECT_EQ(find(facts, 800)->pid, 7);
}

TEST(Descriptors, EachNamespaceIsReadOnceThroughALivingProcess) {
  FakeHost host;
  add_machine(host);
  add_process(host, 20, 555);
  add_process(host, 21, 555);
  host.add_file("/proc/20/net/tcp", kHead + kListener);
  host.add_file("/proc/21/net/tcp", kHead + line("00000000:0050", "00000000:0000", 10, 900));
  host.set_sock_diag(20, ErrorCode::kUnsupported).set_sock_diag(21, ErrorCode::kUnsupported);
  host.vanish("/proc/20/net", 1);
  const auto facts = run_collector(collector(), host, wanting("listening_ports"));
  ASSERT_EQ(facts.read<model::ListeningPort>().size(), 2U);
  EXPECT_EQ(facts.read<model::ListeningPort>()[1].port, 80);
  EXPECT_EQ(facts.read<model::ListeningPort>()[1].net_namespace, 555);
  EXPECT_FALSE(facts.has(model::tables::process_open_sockets()));
  EXPECT_FALSE(facts.has(model::tables::process_open_files()));
}

TEST(Descriptors, OpenFilesTellTheirKind) {
  FakeHost host;
  add_process(host, 7);
  add_fd(host, 7, 0, "/dev/null");
  add_fd(host, 7, 1, "pipe:[77]");
  add_fd(host, 7, 2, "anon_inode:[eventpoll]");
  add_fd(host, 7, 3, "/tmp/a\nb\xff (deleted)");
  add_fd(host, 7, 4, "/memfd:p (deleted)");
  add_fd(host, 7, 5, "socket:[500]");
  add_fd(host, 7, 6, "net:[4026531840]");
  const auto facts = run_collector(collector(), host, wanting("process_open_files"));
  const model::RowStore* store = facts.find(model::tables::process_open_files());
  ASSERT_NE(store, nullptr);
  ASSERT_EQ(store->size(), 6U);
  const auto text = [&](size_t row, std::string_view column) {
    const int index = model::tables::process_open_files().column_index(column);
    const auto value = store->cell(row, static_cast<size_t>(index));
    const auto* words = std::get_if<std::string_view>(&value);
    const auto* number = std::get_if<int64_t>(&value);
    return words != nullptr    ? std::string(*words)
           : number != nullptr ? std::to_string(*number)
                               : std::string("NULL");
  };
  EXPECT_EQ(text(0, "kind"), "device");
  EXPECT_EQ(text(1, "kind"), "pipe");
  EXPECT_EQ(text(1, "inode"), "77");
  EXPECT_EQ(text(2, "kind"), "anon");
  EXPECT_EQ(text(3, "kind"), "file");
  EXPECT_EQ(text(3, "path"), "/tmp/a\nb\xff");
  EXPECT_EQ(text(3, "deleted"), "1");
  EXPECT_EQ(text(4, "kind"), "memfd");
  EXPECT_EQ(text(4, "path"), "/memfd:p");
  EXPECT_EQ(text(5, "kind"), "anon");
  EXPECT_EQ(text(5, "inode"), "NULL");
  EXPECT_FALSE(host.touched("/proc/7/net"));
}

TEST(Descriptors, OwnNamespaceIsReadThoughEveryProcessRefuses) {
  FakeHost host;
  host.set_euid(65534);
  add_machine(host);
  host.add_magic_link("/proc/self/ns/net", "net:[4026531840]");
  host.add_file("/proc/self/net/tcp", kHead + kListener);
  host.set_sock_diag(0, {diag(6, 500, 10, 22)});
  host.deny("/proc/1").deny("/proc/7");
  const auto facts = run_collector(collector(), host);
  ASSERT_NE(find(facts, 500), nullptr);
  EXPECT_EQ(find(facts, 500)->view, "both");
  EXPECT_EQ(find(facts, 500)->net_namespace, kNet);
  EXPECT_FALSE(find(facts, 500)->pid);
  EXPECT_FALSE(facts.has(model::tables::process_open_files()));
}

TEST(Descriptors, SocketsThatAProcfsTableDidNotGiveAreNotCalledHidden) {
  FakeHost refused;
  add_machine(refused);
  refused.set_sock_diag(1, {diag(6, 500, 10, 22), diag(6, 501, 1, 32768), diag(17, 600, 7, 53)});
  refused.add_file("/proc/1/net/udp", "").deny("/proc/1/net/udp");
  const auto facts = run_collector(collector(), refused);
  EXPECT_EQ(find(facts, 500)->view, "both");
  ASSERT_NE(find(facts, 600), nullptr);
  EXPECT_FALSE(find(facts, 600)->view);
  FakeHost all_refused;
  add_machine(all_refused);
  all_refused.set_sock_diag(1, {diag(6, 500, 10, 22)});
  all_refused.deny("/proc/1/net");
  EXPECT_FALSE(find(run_collector(collector(), all_refused), 500)->view);
}

TEST(Descriptors, SocketThatHundredForksHoldHasSixtyFourRows) {
  FakeHost host;
  add_machine(host);
  for (int pid = 100; pid < 200; ++pid) {
    add_process(host, pid);
    add_fd(host, pid, 3, "socket:[500]");
  }
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(facts.read<model::ProcessOpenSocket>().size(), 65U);
  EXPECT_EQ(facts.read<model::ListeningPort>().size(), 64U);
  EXPECT_EQ(coverage_of(facts, "holders of sockets").status, "partial");
}

TEST(Descriptors, RefusedDescriptorsAreCountedWithTheirRemedy) {
  FakeHost host;
  host.set_euid(1000);
  add_machine(host);
  host.deny("/proc/7/fd");
  const auto facts = run_collector(collector(), host);
  const model::Coverage coverage = coverage_of(facts, "/proc/PID/fd");
  EXPECT_EQ(coverage.asked, 2);
  EXPECT_EQ(coverage.denied, 1);
  EXPECT_EQ(coverage.status, "partial");
  EXPECT_EQ(coverage.remedy, "run as root");
  EXPECT_FALSE(find(facts, 501)->pid);
}

TEST(Descriptors, ProcessThatVanishesIsCountedGone) {
  FakeHost host;
  add_machine(host);
  host.vanish("/proc/7/fd", 1);
  const auto facts = run_collector(collector(), host);
  EXPECT_EQ(coverage_of(facts, "/proc/PID/fd").gone, 1);
  EXPECT_EQ(coverage_of(facts, "/proc/PID/fd").status, "complete");
}

TEST(Descriptors, HundredThousandSocketsAreAllJoined) {
  FakeHost host;
  add_machine(host);
  std::string table = kHead;
  for (int i = 0; i < 100'000; ++i) {
    table += line("00000000:0016", fmt::format("{:08X}:0050", i + 0x01000000), 1, 10'000 + i);
  }
  host.add_file("/proc/1/net/tcp", table);
  const auto facts = run_collector(collector(), host, wanting("process_open_sockets"));
  EXPECT_EQ(facts.read<model::ProcessOpenSocket>().size(), 100'000U);
}

TEST(Descriptors, TreeHasNone) {
  FakeHost host(host::HostKind::kTree);
  const auto facts = run_collector(collector(), host);
  EXPECT_FALSE(facts.has(model::tables::listening_ports()));
  EXPECT_EQ(coverage_of(facts, "/proc/PID/fd").status, "not_applicable");
}

}  // namespace
}  // namespace genba::collect::descriptors
