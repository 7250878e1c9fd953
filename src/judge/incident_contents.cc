// SPDX-License-Identifier: Apache-2.0
//
// See incident_contents.h.
#include "judge/incident_contents.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

#include "base/text.h"
#include "judge/apply_rule.h"
#include "model/connections.h"

namespace genba::judge {
namespace {

using model::Finding;
using model::Subject;

void add_unique(std::vector<std::string>& list, const std::string& text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(text);
  }
}

void count_entry(const Finding& finding, IncidentContents& contents) {
  if (!finding.evidence.empty() && finding.evidence.front().table == "authorized_keys") {
    ++contents.keys;
    return;
  }
  const std::optional<model::StartUpEntry> entry = model::start_up_entry(finding);
  if (!entry) {
    return;
  }
  if (entry->table == "crontab") {
    ++contents.cron_entries;
  } else if (entry->table == "startup_items") {
    ++contents.startup_items;
  } else {
    ++contents.units;
  }
  add_unique(contents.persistence, entry->path);
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
  std::set<std::string> key_files;
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
      } else if (subject.kind == "key") {
        key_files.insert(text_at(subject, "path"));
      }
    }
    for (const std::string& account : finder.links_of(*finding).accounts) {
      add_unique(contents.accounts, account);
    }
  }
  contents.processes = processes.size();
  std::set<std::string> told(contents.programs.begin(), contents.programs.end());
  told.insert(contents.persistence.begin(), contents.persistence.end());
  told.insert(key_files.begin(), key_files.end());
  for (const Finding* finding : findings) {
    for (const Subject& subject : finding->subjects) {
      const std::string path = subject.kind == "file" ? text_at(subject, "path") : "";
      if (!path.empty() && told.insert(path).second) {
        contents.files.push_back(path);
      }
    }
  }
  const model::Traffic traffic = traffic_of(facts.read<model::ProcessOpenSocket>(), pids);
  contents.connections = traffic.outside.size();
  contents.remote_addresses = traffic.outside_addresses;
  contents.local_connections = traffic.local.size();
  return contents;
}

}  // namespace genba::judge
