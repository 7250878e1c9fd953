// SPDX-License-Identifier: Apache-2.0
//
// Who talks to whom? One row for each socket and holder (process and descriptor); a socket that no
// visible process holds has no pid. From /proc/PID/net/* of one process a namespace, and from
// sock_diag (sock_diag(7)) where it is there; view says which of them saw it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/table.h"

namespace genba::model {

/// Sockets and who holds them, in every network namespace that a process lives in.
struct ProcessOpenSocket {
  std::optional<int64_t> pid;
  std::optional<int64_t> fd;
  int64_t socket = 0;
  std::string family;
  std::string protocol;
  std::optional<std::string> local_address;
  std::optional<int64_t> local_port;
  std::optional<std::string> remote_address;
  std::optional<int64_t> remote_port;
  std::optional<std::string> state;
  std::optional<std::string> path;
  std::optional<int64_t> uid;
  int64_t net_namespace = 0;
  std::optional<std::string> remote_scope;
  std::optional<std::string> view;
};

template <>
struct TableOf<ProcessOpenSocket> {
  static constexpr ColumnInfo kColumns[] = {
      column<&ProcessOpenSocket::pid>(
          "pid", "Process id of a holder; absent when no visible process holds it."),
      column<&ProcessOpenSocket::fd>("fd", "Descriptor number in that process."),
      column<&ProcessOpenSocket::socket>("socket",
                                         "Inode of the socket; 0 when it has none (TIME_WAIT)."),
      column<&ProcessOpenSocket::family>("family",
                                         "ipv4, ipv6, unix or packet; a number in osquery."),
      column<&ProcessOpenSocket::protocol>(
          "protocol", "tcp, udp, udplite, raw, icmp, unix or packet; a number in osquery."),
      column<&ProcessOpenSocket::local_address>("local_address",
                                                "Local address, in canonical text form."),
      column<&ProcessOpenSocket::local_port>("local_port", "Local port."),
      column<&ProcessOpenSocket::remote_address>("remote_address",
                                                 "Remote address; absent when not connected."),
      column<&ProcessOpenSocket::remote_port>("remote_port",
                                              "Remote port; absent when not connected."),
      column<&ProcessOpenSocket::state>(
          "state", "LISTEN, ESTABLISHED, SYN_SENT …; absent where it has no meaning."),
      column<&ProcessOpenSocket::path>("path", "Path of a unix socket."),
      column<&ProcessOpenSocket::uid>("uid", "Owner of the socket."),
      column<&ProcessOpenSocket::net_namespace>("net_namespace", "Inode of its network namespace."),
      column<&ProcessOpenSocket::remote_scope>(
          "remote_scope",
          "Where the remote address lies: loopback, private, link_local, multicast, public."),
      column<&ProcessOpenSocket::view>(
          "view",
          "Who shows it: procfs (also where sock_diag does not answer), sock_diag, or both; absent "
          "when the view that lacks it could not be read whole."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<ProcessOpenSocket>(
        "process_open_sockets",
        "Sockets and who holds them, in every network namespace that a process lives in.",
        TableScope::kLiveOnly, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& process_open_sockets() {
  return TableOf<ProcessOpenSocket>::info();
}
}  // namespace tables

}  // namespace genba::model
