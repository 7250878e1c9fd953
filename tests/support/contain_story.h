// SPDX-License-Identifier: Apache-2.0
//
// A server for the tests of act/contain, told in a few words: sshd (process 50) listens at port 22.
// found_here() puts such a story into the network namespace of the test itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "act/contain/plan.h"
#include "act/contain/responder.h"
#include "sys/rtnetlink.h"

namespace genba::test {

class Story {
 public:
  Story() {
    process(1, 0, "systemd", "/usr/lib/systemd/systemd", 0, std::nullopt);
    process(50, 1, "sshd", "/usr/sbin/sshd", 0, std::nullopt);
    listen(50, 22);
  }

  void process(int64_t pid, int64_t parent, const char* name, const char* path, int64_t uid,
               std::optional<int64_t> loginuid, std::optional<std::string> tty = std::nullopt) {
    model::Process row;
    row.pid = pid;
    row.parent = parent;
    row.name = name;
    row.path = path;
    row.uid = row.euid = uid;
    row.loginuid = loginuid;
    row.tty = std::move(tty);
    processes.push_back(row);
  }

  void socket(int64_t pid, int64_t inode, const char* local, int64_t local_port, const char* remote,
              int64_t remote_port, const char* protocol = "tcp") {
    model::ProcessOpenSocket row;
    row.pid = pid;
    row.socket = inode;
    row.family = std::string(local).find(':') == std::string::npos ? "ipv4" : "ipv6";
    row.protocol = protocol;
    row.local_address = local;
    row.local_port = local_port;
    row.remote_address = remote;
    row.remote_port = remote_port;
    row.state = "ESTABLISHED";
    sockets.push_back(row);
  }

  void listen(int64_t pid, int64_t port) {
    model::ListeningPort row;
    row.pid = pid;
    row.port = port;
    row.protocol = "tcp";
    row.family = "ipv4";
    ports.push_back(row);
  }

  // sshd's privileged part `pid`, the user's part pid + 1 and a shell pid + 2.
  void login(int64_t pid, int64_t user, const char* remote, int64_t port,
             const char* local = "192.0.2.1") {
    process(pid, 50, "sshd", "/usr/sbin/sshd", 0, user);
    process(pid + 1, pid, "sshd", "/usr/sbin/sshd", user, user);
    process(pid + 2, pid + 1, "bash", "/bin/bash", user, user, "pts/" + std::to_string(pid));
    socket(pid, pid * 10, local, 22, remote, port);
    socket(pid + 1, pid * 10, local, 22, remote, port);
  }

  // All of it lives in this network namespace.
  void live_in(int64_t net_namespace) {
    for (auto& row : processes) {
      row.net_namespace = net_namespace;
    }
    for (auto& row : sockets) {
      row.net_namespace = net_namespace;
    }
    for (auto& row : ports) {
      row.net_namespace = net_namespace;
    }
  }

  act::Responder find(int64_t parent, std::optional<int64_t> loginuid, const char* tty) const {
    const act::Self self{parent, std::string(tty), loginuid, 0, 0};
    return act::find_responder(self, {processes, sockets, ports});
  }

  std::vector<model::Process> processes;
  std::vector<model::ProcessOpenSocket> sockets;
  std::vector<model::ListeningPort> ports;
};

/// What a plan finds of the story, whose login 100 is the responder's session, in the network
/// namespace of the calling process, `net_namespace`, with its devices, addresses and routes.
inline act::Found found_here(Story story, int64_t net_namespace) {
  story.live_in(net_namespace);
  act::Found found;
  found.responder = story.find(102, 1000, "pts/100");
  found.self.net_namespace = net_namespace;
  found.processes = story.processes;
  found.sockets = story.sockets;
  found.ports = story.ports;
  const auto rtnetlink = sys::open_rtnetlink();
  found.links = *sys::dump_links(*rtnetlink);
  found.addresses = *sys::dump_addresses(*rtnetlink);
  found.routes = *sys::dump_routes(*rtnetlink);
  if (const act::SessionCandidate* session = found.responder.session()) {
    found.way = *sys::route_to(*rtnetlink, session->remote, session->local);
  }
  return found;
}

}  // namespace genba::test
