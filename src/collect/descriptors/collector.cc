// SPDX-License-Identifier: Apache-2.0
//
// Who talks to whom, which doors are open, and what does each process hold? The descriptors of all
// processes are read once and joined by inode with the sockets of every network namespace that a
// process lives in. A namespace that no process lives in is not seen, nor are sockets of families
// without a table (netlink, vsock). Source: proc(5), sock_diag(7), network_namespaces(7). Covered
// by descriptors_test.cc.
#include "collect/collector.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collect/descriptors/open_files.h"
#include "collect/descriptors/socket_tables.h"
#include "collect/proc.h"
#include "fmt/format.h"
#include "model/tables/listening_ports.h"
#include "model/tables/process_open_files.h"
#include "model/tables/process_open_sockets.h"
#include "parse/net_sockets/net_sockets.h"
#include "parse/proc_link/proc_link.h"

namespace genba::collect::descriptors {

namespace {

constexpr std::string_view kArea = "descriptors";
constexpr uint8_t kUnixConnected = 3;  // SS_CONNECTED, include/uapi/linux/net.h
constexpr uint8_t kTcpEstablished = 1;
constexpr size_t kHoldersOfOneSocket = 64;
constexpr size_t kMaxRows = 500'000;  // of a table; some 350 MB at worst

enum class Read : uint8_t { kNothing, kSomething };

std::string_view family_of(const Socket& socket) {
  if (socket.has_address()) {
    return base::to_string(socket.local.family);
  }
  return to_string(socket.protocol);  // unix, packet
}

std::optional<std::string> state_of(const Socket& socket) {
  std::string_view name;
  if (socket.protocol == Protocol::kTcp) {
    name = parse::tcp_state_name(socket.state);
  } else if (socket.protocol == Protocol::kUnix) {
    const uint8_t connected = socket.view == View::kSockDiag ? kTcpEstablished : kUnixConnected;
    name = socket.listening ? "LISTEN" : socket.state == connected ? "ESTABLISHED" : "";
  }
  return name.empty() ? std::nullopt : std::optional(std::string(name));
}

bool is_connected(const Socket& socket) {
  return !socket.remote.is_unspecified() || socket.remote_port != 0;
}

// The columns that do not depend on the holder.
model::ProcessOpenSocket socket_row(const Socket& socket, int64_t net_namespace) {
  model::ProcessOpenSocket row;
  row.socket = static_cast<int64_t>(socket.inode);
  row.family = family_of(socket);
  row.protocol = to_string(socket.protocol);
  row.state = state_of(socket);
  row.net_namespace = net_namespace;
  if (socket.view != View::kUnknown) {
    row.view = to_string(socket.view);
  }
  if (socket.knows_uid) {
    row.uid = socket.uid;
  }
  if (!socket.path.empty()) {
    row.path = socket.path;
  }
  if (socket.has_address()) {
    row.local_address = base::to_text(socket.local);
    row.local_port = socket.local_port;
    if (is_connected(socket)) {
      row.remote_address = base::to_text(socket.remote);
      row.remote_port = socket.remote_port;
      if (const auto scope = base::scope_of(socket.remote)) {
        row.remote_scope = std::string(base::to_string(*scope));
      }
    }
  }
  return row;
}

// TCP that listens; UDP, UDP-Lite and raw that are bound and not connected.
bool is_open_door(const Socket& socket) {
  switch (socket.protocol) {
    case Protocol::kTcp: return socket.listening;
    case Protocol::kUdp:
    case Protocol::kUdplite: return socket.local_port != 0 && !is_connected(socket);
    case Protocol::kRaw: return !is_connected(socket);
    case Protocol::kIcmp:
    case Protocol::kUnix:
    case Protocol::kPacket: break;
  }
  return false;
}

model::ListeningPort port_row(const Socket& socket, int64_t net_namespace) {
  model::ListeningPort row;
  // A raw socket's "port" is the protocol that it receives.
  row.port = socket.protocol == Protocol::kRaw ? 0 : socket.local_port;
  row.protocol = to_string(socket.protocol);
  row.family = family_of(socket);
  row.address = base::to_text(socket.local);
  row.socket = static_cast<int64_t>(socket.inode);
  row.net_namespace = net_namespace;
  return row;
}

// Joins sockets with their holders. Forks inherit sockets, so the product of both is capped.
class Join {
 public:
  Join(Context& context, const SocketHolders& holders)
      : facts_(context.facts),
        holders_(holders),
        wants_sockets_(context.wanted.wants(model::tables::process_open_sockets())),
        wants_ports_(context.wanted.wants(model::tables::listening_ports())) {
    if (wants_sockets_) {
      facts_.open(model::tables::process_open_sockets());
    }
    if (wants_ports_) {
      facts_.open(model::tables::listening_ports());
    }
  }

  void add(const std::vector<Socket>& sockets, int64_t net_namespace) {
    for (const Socket& socket : sockets) {
      const auto held_by =
          socket.inode == 0 ? std::span<const SocketHolder>() : holders_.of(socket.inode);
      if (wants_sockets_) {
        add_rows(socket_row(socket, net_namespace), held_by,
                 facts_.rows<model::ProcessOpenSocket>());
      }
      if (wants_ports_ && is_open_door(socket)) {
        add_rows(port_row(socket, net_namespace), held_by, facts_.rows<model::ListeningPort>());
      }
    }
  }

  void finish(Read read) {
    if (coverage_) {
      coverage_->finish(facts_);
    }
    if (read == Read::kNothing) {
      facts_.drop(model::tables::process_open_sockets());
      facts_.drop(model::tables::listening_ports());
    }
  }

 private:
  // One row a holder, or one without a holder.
  template <class Row>
  void add_rows(Row row, std::span<const SocketHolder> holders, std::vector<Row>& rows) {
    if (rows.size() >= kMaxRows) {
      cut(fmt::format("there are more than {} rows of sockets and holders", kMaxRows));
      return;
    }
    if (holders.size() > kHoldersOfOneSocket) {
      cut(fmt::format("the socket {} has {} holders; {} of each are listed", row.socket,
                      holders.size(), kHoldersOfOneSocket));
    }
    for (const SocketHolder& holder :
         holders.first(std::min(holders.size(), kHoldersOfOneSocket))) {
      row.pid = holder.pid;
      row.fd = holder.fd;
      rows.push_back(row);
    }
    if (holders.empty()) {
      rows.push_back(std::move(row));
    }
  }

  void cut(const std::string& reason) {
    if (!coverage_) {
      coverage_.emplace(kArea, "holders of sockets");
      coverage_->seen();
      coverage_->cut(reason);
    }
    coverage_->asked();
  }

  model::Facts& facts_;
  const SocketHolders& holders_;
  bool wants_sockets_;
  bool wants_ports_;
  std::optional<CoverageCounter> coverage_;  ///< there when something was cut
};

// The namespaces of all processes, and our own: of that we may ask whoever we are.
std::vector<NamespaceMembers> namespaces_of(Context& context, const std::vector<int64_t>& pids) {
  CoverageCounter coverage(kArea, "/proc/PID/ns/net");
  auto groups = group_by_namespace(context.host, pids, "net", context.jobs, coverage);
  coverage.finish(context.facts);
  const auto link = context.host.read_link("/proc/self/ns/net");
  const auto own = link ? parse::parse_proc_link(*link).inode : std::nullopt;
  if (!own) {
    return groups;
  }
  const auto inode = static_cast<int64_t>(*own);
  const auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const auto& one) { return one.inode == inode; });
  if (group == groups.end()) {
    groups.push_back({inode, {kSelf}});
  } else {
    group->pids.push_back(kSelf);  // should all of the others end meanwhile
  }
  return groups;
}

void collect_live(Context& context) {
  const auto pids = list_processes(context.host);
  if (!pids) {
    CoverageCounter coverage(kArea, "/proc");
    coverage.asked();
    coverage.failed(pids.error());
    coverage.finish(context.facts);
    return;
  }
  const SocketHolders holders = read_descriptors(context, *pids);
  if (!context.wanted.wants(model::tables::process_open_sockets()) &&
      !context.wanted.wants(model::tables::listening_ports())) {
    return;
  }
  const auto groups = namespaces_of(context, *pids);
  SocketCoverage coverage;
  Join join(context, holders);
  for (const NamespaceMembers& group : groups) {
    join.add(read_sockets(context, group, coverage), group.inode);
  }
  coverage.finish(context.facts);
  const bool nothing = groups.empty() ? saw_nothing(context.facts, kArea, "/proc/PID/ns/net")
                                      : saw_nothing(context.facts, kArea, "/proc/PID/net") &&
                                            !coverage.diag_answered;
  join.finish(nothing ? Read::kNothing : Read::kSomething);
}

void collect(Context& context) {
  if (!not_live(context, kArea, "/proc/PID/fd")) {
    collect_live(context);
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::process_open_files(),
                                                      &model::tables::process_open_sockets(),
                                                      &model::tables::listening_ports()};
  static const Collector kCollector{kArea, kProvides, {}, collect, nullptr};
  return kCollector;
}

}  // namespace genba::collect::descriptors
