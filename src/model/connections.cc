// SPDX-License-Identifier: Apache-2.0
#include "model/connections.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace genba::model {

namespace {

using End = std::pair<std::string_view, int64_t>;  // address and port
// Namespace, protocol, the two ends in order; the inode only where there is no peer.
using Key = std::tuple<int64_t, std::string_view, End, End, int64_t>;
using Place = std::tuple<int64_t, std::string_view, int64_t>;  // namespace, protocol, port

Key key_of(const ProcessOpenSocket& socket) {
  const End local{socket.local_address ? *socket.local_address : std::string_view(),
                  socket.local_port.value_or(0)};
  if (!socket.remote_address) {
    return {socket.net_namespace, socket.protocol, local, {}, socket.socket};
  }
  const End remote{*socket.remote_address, socket.remote_port.value_or(0)};
  return {socket.net_namespace, socket.protocol, std::min(local, remote), std::max(local, remote),
          0};
}

bool is_connected(const ProcessOpenSocket& socket) {
  return socket.remote_address &&
         (!socket.state || *socket.state == "ESTABLISHED" || *socket.state == "SYN_SENT");
}

}  // namespace

std::vector<Connection> connections_among(const std::vector<const ProcessOpenSocket*>& sockets) {
  std::set<Place> listening;
  for (const ProcessOpenSocket* socket : sockets) {
    if (socket->state == "LISTEN") {
      listening.emplace(socket->net_namespace, socket->protocol, socket->local_port.value_or(0));
    }
  }
  const auto answers = [&](const ProcessOpenSocket& socket) {
    return socket.state != "LISTEN" && listening.count({socket.net_namespace, socket.protocol,
                                                        socket.local_port.value_or(0)}) > 0;
  };
  std::vector<Connection> connections;
  std::map<Key, size_t> known;
  std::set<std::pair<size_t, int64_t>> holders;  // connection and process
  for (const ProcessOpenSocket* socket : sockets) {
    const size_t at = known.try_emplace(key_of(*socket), connections.size()).first->second;
    if (at == connections.size()) {
      connections.push_back({socket, {}});
    }
    Connection& connection = connections[at];
    if (answers(*connection.socket) && !answers(*socket)) {
      connection.socket = socket;
    }
    if (socket->pid && holders.emplace(at, *socket->pid).second) {
      connection.pids.push_back(*socket->pid);
    }
  }
  return connections;
}

Traffic traffic_of(const std::vector<ProcessOpenSocket>& sockets, const std::set<int64_t>& pids) {
  std::vector<const ProcessOpenSocket*> held;
  for (const ProcessOpenSocket& socket : sockets) {
    if (socket.pid && pids.count(*socket.pid) > 0) {
      held.push_back(&socket);
    }
  }
  Traffic traffic;
  std::set<std::string_view> addresses;
  for (Connection& connection : connections_among(held)) {
    if (!is_connected(*connection.socket)) {
      continue;
    }
    if (connection.socket->remote_scope == "loopback") {
      traffic.local.push_back(std::move(connection));
    } else {
      addresses.insert(*connection.socket->remote_address);
      traffic.outside.push_back(std::move(connection));
    }
  }
  traffic.outside_addresses = addresses.size();
  return traffic;
}

}  // namespace genba::model
