// SPDX-License-Identifier: Apache-2.0
//
// See incident_contents.h.
#include "judge/incident_contents.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>

#include "base/text.h"
#include "judge/apply_rule.h"
#include "judge/incident_story.h"
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

bool is_log(std::string_view path) {
  return path.substr(0, 9) == "/var/log/" || path.substr(0, 9) == "/run/log/";
}

// What tells one entry from another: two rules may speak of one entry, and one finding of several.
std::string entry_name(std::string_view table, const model::Evidence& evidence) {
  const bool unit = table != "crontab" && table != "startup_items";
  std::string name;
  for (const model::Field& field : evidence.row) {
    const bool names_it =
        unit ? field.key == "id" || field.key == "fragment_path"
             : field.key == "line" || field.key == (table == "crontab" ? "path" : "source");
    if (const auto* text = std::get_if<std::string>(&field.value); names_it && text != nullptr) {
      name += *text + '\n';
    } else if (const auto* number = std::get_if<int64_t>(&field.value); names_it && number) {
      name += std::to_string(*number) + '\n';
    }
  }
  return name;
}

// Start-up entries by their table, each once.
class Entries {
 public:
  void add(const Finding& finding, std::vector<std::string>& files) {
    const std::optional<model::StartUpEntry> entry = model::start_up_entry(finding);
    if (!entry) {
      return;
    }
    for (const model::Evidence& evidence : finding.evidence) {
      const std::string name = entry_name(entry->table, evidence);
      names_[kind_of(entry->table)].insert(name.empty() ? entry->path : name);
    }
    add_unique(files, entry->path);
  }

  void count(IncidentContents& contents) const {
    contents.cron_entries = names_[kCron].size();
    contents.startup_items = names_[kItems].size();
    contents.units = names_[kUnits].size();
  }

 private:
  enum Kind : uint8_t { kCron, kItems, kUnits, kKinds };
  static Kind kind_of(std::string_view table) {
    return table == "crontab" ? kCron : table == "startup_items" ? kItems : kUnits;
  }
  std::array<std::set<std::string>, kKinds> names_;
};

bool has_technique(const Finding& finding, std::string_view technique) {
  return std::any_of(finding.attack.begin(), finding.attack.end(),
                     [&](const std::string& id) { return id.substr(0, 5) == technique; });
}

const model::OwnedValue* value_of(const model::Evidence& evidence, std::string_view key) {
  for (const model::Field& field : evidence.row) {
    if (field.key == key) {
      return &field.value;
    }
  }
  return nullptr;
}

std::string text_in(const model::Evidence& evidence, std::string_view key) {
  const model::OwnedValue* value = value_of(evidence, key);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string() : *text;
}

int64_t number_in(const model::Evidence& evidence, std::string_view key) {
  const model::OwnedValue* value = value_of(evidence, key);
  const auto* number = value == nullptr ? nullptr : std::get_if<int64_t>(value);
  return number == nullptr ? 0 : *number;
}

// A guessed login (ATT&CK T1110) tells who got in, from where, after how many failures.
void add_way_in(const Finding& finding, std::vector<WayIn>& ways) {
  if (!has_technique(finding, "T1110")) {
    return;
  }
  for (const model::Evidence& evidence : finding.evidence) {
    WayIn way;
    way.time = base::Timestamp{number_in(evidence, "time")};
    way.address = text_in(evidence, "address");
    way.username = text_in(evidence, "username");
    way.method = text_in(evidence, "method");
    way.failures = number_in(evidence, "failures");
    const bool known = std::any_of(ways.begin(), ways.end(), [&](const WayIn& each) {
      return each.address == way.address && each.username == way.username;
    });
    if (way.time.nanoseconds != 0 && !way.address.empty() && !way.username.empty() && !known) {
      ways.push_back(std::move(way));
    }
  }
  std::sort(ways.begin(), ways.end(),
            [](const WayIn& left, const WayIn& right) { return left.time < right.time; });
}

// The logs that a finding says were altered, and the accounts that it says were made.
void add_traces(const Finding& finding, IncidentContents& contents) {
  const bool altered = has_technique(finding, "T1070") || has_technique(finding, "T1562") ||
                       has_technique(finding, "T1565");
  for (const Subject& subject : finding.subjects) {
    const std::string path = text_at(subject, "path");
    if (altered && (subject.kind == "log" || subject.kind == "file") && is_log(path)) {
      add_unique(contents.altered_logs, path);
    }
    if (subject.kind == "user" && has_technique(finding, "T1136")) {
      add_unique(contents.new_accounts, text_at(subject, "username"));
    }
  }
}

}  // namespace

std::string text_at(const Subject& subject, std::string_view key) {
  const model::OwnedValue* value = subject.find(key);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string() : *text;
}

IncidentContents contents_of(const std::vector<const Finding*>& all, const LinkFinder& finder,
                             const model::Facts& facts) {
  std::vector<const Finding*> findings;
  std::copy_if(all.begin(), all.end(), std::back_inserter(findings),
               [](const Finding* finding) { return is_core(*finding); });
  IncidentContents contents;
  contents.tree = is_tree(facts);
  Entries entries;
  std::set<std::string> keys;
  std::set<std::string> processes;
  std::set<int64_t> pids;
  std::set<std::string> key_files;
  for (const Finding* finding : findings) {
    entries.add(*finding, contents.persistence);
    add_way_in(*finding, contents.ways_in);
    add_traces(*finding, contents);
    bool about_process = false;
    for (const Subject& subject : finding->subjects) {
      if (subject.kind == "process") {
        about_process = true;
        processes.insert(subject.identity());
        std::string path = text_at(subject, "path");
        if (const model::Process* process = finder.process_of(subject)) {
          pids.insert(process->pid);
          path = path.empty() && process->path ? base::to_valid_utf8(*process->path) : path;
        }
        add_unique(contents.programs, path);
      } else if (subject.kind == "key") {
        keys.insert(subject.identity());
        key_files.insert(text_at(subject, "path"));
      }
    }
    for (const std::string& account : finder.links_of(*finding).accounts) {
      add_unique(contents.accounts, account);
      if (about_process) {
        add_unique(contents.owners, account);
      }
    }
  }
  entries.count(contents);
  contents.keys = keys.size();
  contents.processes = processes.size();
  std::set<std::string> told(contents.programs.begin(), contents.programs.end());
  told.insert(contents.persistence.begin(), contents.persistence.end());
  told.insert(key_files.begin(), key_files.end());
  for (const Finding* finding : findings) {
    for (const Subject& subject : finding->subjects) {
      const std::string path = subject.kind == "file" ? text_at(subject, "path") : "";
      if (!path.empty() && !is_log(path) && told.insert(path).second) {
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
