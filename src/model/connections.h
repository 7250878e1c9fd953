// SPDX-License-Identifier: Apache-2.0
//
// Which sockets are one connection? The table holds a row for each holder of each socket: a family
// of forked processes shows one connection many times, and one over loopback shows both its ends.
// Judge and renderers count and show what is left when these are told once. The idea does not hold
// for two ends in different network namespaces: they stay two. Covered by connections_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "model/tables/process_open_sockets.h"

namespace genba::model {

/// A connection, or a socket without a peer, and who holds it.
struct Connection {
  /// One end: where both are known, the one that does not listen at its local port.
  const ProcessOpenSocket* socket = nullptr;
  std::vector<int64_t> pids;  ///< of both ends, each once, in the table's order
};

/// The sockets grouped, in the order of their first rows. Pointers lead into what was given.
std::vector<Connection> connections_among(const std::vector<const ProcessOpenSocket*>& sockets);

/// What some processes talk to.
struct Traffic {
  std::vector<Connection> outside;  ///< to other machines
  std::vector<Connection> local;    ///< to this host's own loopback addresses
  size_t outside_addresses = 0;     ///< distinct ones
};

/// The connections of these processes, established or being opened.
Traffic traffic_of(const std::vector<ProcessOpenSocket>& sockets, const std::set<int64_t>& pids);

}  // namespace genba::model
