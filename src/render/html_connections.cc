// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "fmt/format.h"
#include "model/tables/listening_ports.h"
#include "model/tables/process_open_sockets.h"
#include "render/html_parts.h"

namespace genba::render {

namespace {

using model::ListeningPort;
using model::ProcessOpenSocket;

constexpr size_t kBudget = 400'000;

std::string port_text(const std::optional<int64_t>& port) {
  return port ? fmt::format("{}", *port) : std::string();
}

std::optional<model::Severity> mark_of(const Marks& marks, const ProcessOpenSocket& socket) {
  if (socket.pid) {
    const auto pid = marks.pids.find(*socket.pid);
    if (pid != marks.pids.end()) {
      return pid->second;
    }
  }
  if (socket.remote_address) {
    const auto address = marks.addresses.find(*socket.remote_address);
    if (address != marks.addresses.end()) {
      return address->second;
    }
  }
  return std::nullopt;
}

void write_sockets(Page& page, const Report& report, const Marks& marks, Word caption,
                   const std::vector<const ProcessOpenSocket*>& sockets) {
  TableView view;
  view.caption = caption;
  view.headers = {Word::kProcess, Word::kProtocol, Word::kLocal, Word::kRemote, Word::kState};
  view.total = view.rows = sockets.size();
  view.mark = [&](size_t i) { return mark_of(marks, *sockets[i]); };
  view.fill = [&](size_t i, Row& row) {
    const ProcessOpenSocket& socket = *sockets[i];
    row.code(process_label(report, socket.pid, page.language()));
    row.words(socket.protocol);
    row.code(socket.path.value_or(
        endpoint(socket.local_address.value_or(""), port_text(socket.local_port))));
    row.code(endpoint(socket.remote_address.value_or(""), port_text(socket.remote_port)));
    row.words(socket.state.value_or(""));
  };
  page.table(view);
}

void write_ports(Page& page, const Report& report, const Marks& marks) {
  const auto& all = report.facts->read<ListeningPort>();
  std::vector<const ListeningPort*> ports;
  for (const auto& port : all) {
    ports.push_back(&port);
  }
  const auto mark = [&](const ListeningPort& port) -> std::optional<model::Severity> {
    const auto found = port.pid ? marks.pids.find(*port.pid) : marks.pids.end();
    return found == marks.pids.end() ? std::nullopt : std::optional(found->second);
  };
  // Those of findings first, then those that nobody seems to hold.
  std::stable_sort(ports.begin(), ports.end(), [&](const auto* a, const auto* b) {
    return std::pair(mark(*a).has_value(), !a->pid) > std::pair(mark(*b).has_value(), !b->pid);
  });
  TableView view;
  view.caption = Word::kListeningPorts;
  view.headers = {Word::kLocal, Word::kProtocol, Word::kProcess};
  view.total = view.rows = ports.size();
  view.mark = [&](size_t i) { return mark(*ports[i]); };
  view.fill = [&](size_t i, Row& row) {
    const ListeningPort& port = *ports[i];
    row.code(endpoint(port.address, fmt::format("{}", port.port)));
    row.words(port.protocol);
    row.code(process_label(report, port.pid, page.language()));
  };
  page.table(view);
}

}  // namespace

void write_connections(Page& page, const Report& report, const Marks& marks) {
  page.open_section("connections", Word::kConnections, kBudget);
  const bool sockets_read = report.facts->has(model::TableOf<ProcessOpenSocket>::info());
  const bool ports_read = report.facts->has(model::TableOf<ListeningPort>::info());
  if (!sockets_read && !ports_read) {
    page.note(page.say(Word::kNotReadHere));
  }
  if (sockets_read) {
    std::vector<const ProcessOpenSocket*> named;
    std::vector<const ProcessOpenSocket*> others;
    for (const auto& socket : report.facts->read<ProcessOpenSocket>()) {
      if (mark_of(marks, socket)) {
        named.push_back(&socket);
      } else if (socket.remote_scope == "public") {
        others.push_back(&socket);
      }
    }
    // Towards the outside first; sockets without an address last.
    std::stable_sort(named.begin(), named.end(), [](const auto* a, const auto* b) {
      return std::pair(a->remote_scope == "public", a->remote_address.has_value()) >
             std::pair(b->remote_scope == "public", b->remote_address.has_value());
    });
    write_sockets(page, report, marks, Word::kConnectionsOfFindings, named);
    write_sockets(page, report, marks, Word::kOtherConnections, others);
  }
  if (ports_read) {
    write_ports(page, report, marks);
  }
  page.close_section();
}

}  // namespace genba::render
