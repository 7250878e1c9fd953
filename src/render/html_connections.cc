// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_map>

#include "fmt/format.h"
#include "model/connections.h"
#include "model/tables/listening_ports.h"
#include "model/tables/processes.h"
#include "render/actors.h"
#include "render/html_parts.h"

namespace genba::render {

namespace {

using model::Connection;
using model::ListeningPort;
using model::ProcessOpenSocket;

constexpr size_t kBudget = 400'000;

std::string port_text(const std::optional<int64_t>& port) {
  return port ? fmt::format("{}", *port) : std::string();
}

std::optional<model::Severity> mark_of(const Marks& marks, const Connection& connection) {
  std::optional<model::Severity> worst;
  for (const int64_t pid : connection.pids) {
    const auto found = marks.pids.find(pid);
    if (found != marks.pids.end() && (!worst || *worst < found->second)) {
      worst = found->second;
    }
  }
  if (!worst && connection.socket->remote_address) {
    const auto found = marks.addresses.find(*connection.socket->remote_address);
    worst = found == marks.addresses.end() ? std::nullopt : std::optional(found->second);
  }
  return worst;
}

// Names of processes by their ids, looked up once for all rows.
class Holders {
 public:
  explicit Holders(const Report& report) {
    for (const auto& process : report.facts->read<model::Process>()) {
      names_.emplace(process.pid, process.path ? *process.path : process.name);
    }
  }
  std::string of(const Connection& connection, model::Language language) const {
    if (connection.pids.empty()) {
      return std::string(word(Word::kNobodyHolds, language));
    }
    std::vector<std::pair<int64_t, std::string>> holders;
    for (const int64_t pid : connection.pids) {
      const auto found = names_.find(pid);
      holders.emplace_back(pid, found == names_.end() ? std::string() : std::string(found->second));
    }
    std::string text;
    for (const std::string& line : process_lines(holders)) {
      text += (text.empty() ? "" : "; ") + line;
    }
    return text;
  }

 private:
  std::unordered_map<int64_t, std::string_view> names_;
};

void write_sockets(Page& page, const Holders& holders, const Marks& marks, Word caption,
                   const std::vector<Connection>& connections) {
  TableView view;
  view.caption = caption;
  view.headers = {Word::kProcess, Word::kProtocol, Word::kLocal, Word::kRemote, Word::kState};
  view.total = view.rows = connections.size();
  view.mark = [&](size_t i) { return mark_of(marks, connections[i]); };
  view.fold = caption == Word::kConnectionsOfFindings ? Fold::kNever : Fold::kWhenLong;
  view.fill = [&](size_t i, Row& row) {
    const ProcessOpenSocket& socket = *connections[i].socket;
    row.code(holders.of(connections[i], page.language()));
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
    std::vector<const ProcessOpenSocket*> sockets;
    for (const auto& socket : report.facts->read<ProcessOpenSocket>()) {
      sockets.push_back(&socket);
    }
    std::vector<Connection> named;
    std::vector<Connection> others;
    for (Connection& connection : model::connections_among(sockets)) {
      // What listens stands in a table of its own, and is no connection.
      if (ports_read && connection.socket->state == "LISTEN") {
        continue;
      }
      if (mark_of(marks, connection)) {
        named.push_back(std::move(connection));
      } else if (connection.socket->remote_scope == "public") {
        others.push_back(std::move(connection));
      }
    }
    // Towards the outside first; sockets without an address last.
    std::stable_sort(named.begin(), named.end(), [](const Connection& a, const Connection& b) {
      return std::pair(a.socket->remote_scope == "public", a.socket->remote_address.has_value()) >
             std::pair(b.socket->remote_scope == "public", b.socket->remote_address.has_value());
    });
    const Holders holders(report);
    write_sockets(page, holders, marks, Word::kConnectionsOfFindings, named);
    write_sockets(page, holders, marks, Word::kOtherConnections, others);
  }
  if (ports_read) {
    write_ports(page, report, marks);
  }
  page.close_section();
}

}  // namespace genba::render
