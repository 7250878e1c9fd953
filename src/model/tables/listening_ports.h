// SPDX-License-Identifier: Apache-2.0
//
// Which doors are open? osquery's table: TCP sockets that listen, UDP and raw sockets that are
// bound and not connected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/table.h"

namespace genba::model {

/// Sockets that accept connections or datagrams.
struct ListeningPort {
  std::optional<int64_t> pid;
  int64_t port = 0;
  std::string protocol;
  std::string family;
  std::string address;
  std::optional<int64_t> fd;
  int64_t socket = 0;
  int64_t net_namespace = 0;
};

template <>
struct TableOf<ListeningPort> {
  static constexpr ColumnInfo kColumns[] = {
      column<&ListeningPort::pid>(
          "pid", "Process id of a holder; absent when no visible process holds it."),
      column<&ListeningPort::port>("port", "Local port; 0 for raw sockets."),
      column<&ListeningPort::protocol>("protocol",
                                       "tcp, udp, udplite or raw; a number in osquery."),
      column<&ListeningPort::family>("family", "ipv4 or ipv6; a number in osquery."),
      column<&ListeningPort::address>("address", "Local address, in canonical text form."),
      column<&ListeningPort::fd>("fd", "Descriptor number in that process."),
      column<&ListeningPort::socket>("socket", "Inode of the socket."),
      column<&ListeningPort::net_namespace>("net_namespace", "Inode of its network namespace."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<ListeningPort>(
        "listening_ports", "Sockets that accept connections or datagrams.", TableScope::kLiveOnly,
        kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& listening_ports() {
  return TableOf<ListeningPort>::info();
}
}  // namespace tables

}  // namespace genba::model
