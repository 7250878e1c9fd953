// SPDX-License-Identifier: Apache-2.0
//
// See incident_contents.h.
#include "judge/incident_contents.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>

#include "base/text.h"
#include "judge/apply_rule.h"
#include "model/tables/process_open_sockets.h"

namespace genba::judge {
namespace {

using model::Finding;
using model::Subject;

void add_unique(std::vector<std::string>& list, const std::string& text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(text);
  }
}

/// The file behind a finding about a start-up entry.
std::string source_of(const Finding& finding) {
  for (const Subject& subject : finding.subjects) {
    if (subject.kind == "file") {
      return text_at(subject, "path");
    }
  }
  constexpr std::string_view kColumns[] = {"source", "fragment_path", "path"};
  for (const std::string_view column : kColumns) {
    for (const model::Field& field : finding.evidence.front().row) {
      const auto* text = std::get_if<std::string>(&field.value);
      if (field.key == column && text != nullptr) {
        return *text;
      }
    }
  }
  return {};
}

void count_entry(const Finding& finding, IncidentContents& contents) {
  if (finding.evidence.empty()) {
    return;
  }
  const std::string& table = finding.evidence.front().table;
  if (table == "authorized_keys") {
    ++contents.keys;
    return;
  }
  if (table == "crontab") {
    ++contents.cron_entries;
  } else if (table == "systemd_units" || table == "systemd_unit_commands") {
    ++contents.units;
  } else if (table == "startup_items") {
    ++contents.startup_items;
  } else {
    return;
  }
  add_unique(contents.persistence, source_of(finding));
}

/// Connections of the incident's processes to other machines.
void count_connections(const std::set<int64_t>& pids, const model::Facts& facts,
                       IncidentContents& contents) {
  std::set<int64_t> sockets;
  std::set<std::string_view> addresses;
  for (const model::ProcessOpenSocket& socket : facts.read<model::ProcessOpenSocket>()) {
    const bool connected =
        !socket.state || *socket.state == "ESTABLISHED" || *socket.state == "SYN_SENT";
    if (!socket.pid || pids.count(*socket.pid) == 0 || !socket.remote_address || !connected ||
        socket.remote_scope == "loopback") {
      continue;
    }
    if (sockets.insert(socket.socket).second || socket.socket == 0) {
      ++contents.connections;
    }
    addresses.insert(*socket.remote_address);
  }
  contents.remote_addresses = addresses.size();
}

}  // namespace

std::string text_at(const Subject& subject, std::string_view key) {
  const model::OwnedValue* value = subject.find(key);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string() : *text;
}

IncidentContents contents_of(const std::vector<const Finding*>& findings, const LinkFinder& finder,
                             const model::Facts& facts) {
  IncidentContents contents;
  contents.tree = is_tree(facts);
  std::set<std::string> processes;
  std::set<int64_t> pids;
  for (const Finding* finding : findings) {
    count_entry(*finding, contents);
    for (const Subject& subject : finding->subjects) {
      if (subject.kind == "process") {
        processes.insert(subject.identity());
        std::string path = text_at(subject, "path");
        if (const model::Process* process = finder.process_of(subject)) {
          pids.insert(process->pid);
          path = path.empty() && process->path ? base::to_valid_utf8(*process->path) : path;
        }
        add_unique(contents.programs, path);
      }
    }
    for (const std::string& account : finder.links_of(*finding).accounts) {
      add_unique(contents.accounts, account);
    }
  }
  contents.processes = processes.size();
  for (const Finding* finding : findings) {
    for (const Subject& subject : finding->subjects) {
      const std::string path = subject.kind == "file" ? text_at(subject, "path") : "";
      const auto& programs = contents.programs;
      const auto& entries = contents.persistence;
      if (std::find(programs.begin(), programs.end(), path) == programs.end() &&
          std::find(entries.begin(), entries.end(), path) == entries.end()) {
        add_unique(contents.files, path);
      }
    }
  }
  count_connections(pids, facts, contents);
  return contents;
}

}  // namespace genba::judge
