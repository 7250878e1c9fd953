// SPDX-License-Identifier: Apache-2.0
#include "render/actors.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "fmt/format.h"
#include "model/connections.h"
#include "render/brief.h"

namespace genba::render {

namespace {

using model::Finding;
using model::Subject;

std::string text_of(const Subject& subject, std::string_view key) {
  const model::OwnedValue* value = subject.find(key);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string() : *text;
}

class Cast {
 public:
  void add(const Finding& finding) {
    const auto entry = model::start_up_entry(finding);
    for (const Subject& subject : finding.subjects) {
      add(subject, entry ? entry->path : std::string());
    }
  }

  Actors take(const model::Facts& facts, model::Language language) {
    erase_files_told_elsewhere();
    things_[Word::kProcesses] = process_lines(processes_);
    add_traffic(facts, language);
    constexpr std::array kOrder = {Word::kProcesses, Word::kFiles,   Word::kConnections,
                                   Word::kAccounts,  Word::kSshKeys, Word::kStartup,
                                   Word::kOther};
    Actors actors;
    for (const Word kind : kOrder) {
      if (!things_[kind].empty()) {
        actors.push_back({kind, kind == Word::kConnections ? traffic_ : std::string(),
                          std::move(things_[kind])});
      }
    }
    return actors;
  }

 private:
  void add(const Subject& subject, const std::string& start_up) {
    if (subject.kind == "process") {
      add_process(subject);
    } else if (subject.kind == "file") {
      const std::string path = text_of(subject, "path");
      add_thing(path == start_up ? Word::kStartup : Word::kFiles, path);
    } else if (subject.kind == "user") {
      add_account(subject);
    } else if (subject.kind == "key") {
      key_files_.insert(text_of(subject, "path"));
      add_thing(Word::kSshKeys, subject_line(subject));
    } else if (subject.kind == "socket" || subject.kind == "address") {
      add_peer(subject);
    } else {
      add_thing(Word::kOther, subject_line(subject));
    }
  }

  void add_thing(Word kind, std::string thing) {
    if (!thing.empty() && told_.emplace(kind, thing).second) {
      things_[kind].push_back(std::move(thing));
    }
  }

  void add_process(const Subject& subject) {
    const model::OwnedValue* value = subject.find("pid");
    const auto* pid = value == nullptr ? nullptr : std::get_if<int64_t>(value);
    if (pid != nullptr && pids_.insert(*pid).second) {
      processes_.emplace_back(*pid, text_of(subject, "path"));
    }
  }

  // Some rules know the number of an account and some do not: it is one account.
  void add_account(const Subject& subject) {
    std::vector<std::string>& accounts = things_[Word::kAccounts];
    const std::string line = subject_line(subject);
    const auto [known, is_new] =
        accounts_.try_emplace(text_of(subject, "username"), accounts.size());
    if (is_new) {
      accounts.push_back(line);
    } else if (line.size() > accounts[known->second].size()) {
      accounts[known->second] = line;
    }
  }

  void add_peer(const Subject& subject) {
    const std::string address = text_of(subject, "remote_address");
    if (address.empty()) {
      peers_.emplace_back(text_of(subject, "ip"), subject_line(subject));
    } else {
      peers_.emplace_back(address, subject_line(subject));
    }
  }

  // The connections that the processes hold; then what findings name beside them.
  void add_traffic(const model::Facts& facts, model::Language language) {
    const model::Traffic traffic = model::traffic_of(facts.read<model::ProcessOpenSocket>(), pids_);
    std::set<std::string> told;
    for (const auto* connections : {&traffic.outside, &traffic.local}) {
      for (const model::Connection& connection : *connections) {
        const model::ProcessOpenSocket& socket = *connection.socket;
        const std::string port =
            socket.remote_port ? fmt::format("{}", *socket.remote_port) : std::string();
        told.insert(*socket.remote_address);
        add_thing(Word::kConnections, endpoint(*socket.remote_address, port));
      }
    }
    for (const auto& [address, line] : peers_) {
      if (told.count(address) == 0) {
        add_thing(Word::kConnections, line);
      }
    }
    const size_t local = traffic.local.size();
    const size_t all = local + traffic.outside.size();
    if (local == all && all > 0) {
      traffic_ = fill(Word::kOnlyLocal, language, {with_commas(all)});
    } else if (local > 0) {
      traffic_ = fill(Word::kPartlyLocal, language, {with_commas(all), with_commas(local)});
    } else if (all > 1) {
      traffic_ = fill(Word::kNoneLocal, language,
                      {with_commas(all), with_commas(traffic.outside_addresses)});
    }
  }

  void erase_files_told_elsewhere() {
    std::set<std::string> told = key_files_;
    for (const auto& process : processes_) {
      told.insert(process.second);
    }
    const auto& entries = things_[Word::kStartup];
    told.insert(entries.begin(), entries.end());
    auto& files = things_[Word::kFiles];
    files.erase(std::remove_if(files.begin(), files.end(),
                               [&](const std::string& path) { return told.count(path) > 0; }),
                files.end());
  }

  std::map<Word, std::vector<std::string>> things_;
  std::set<std::pair<Word, std::string>> told_;
  std::vector<std::pair<int64_t, std::string>> processes_;
  std::set<int64_t> pids_;
  std::map<std::string, size_t> accounts_;
  std::set<std::string> key_files_;
  std::vector<std::pair<std::string, std::string>> peers_;  // address and line
  std::string traffic_;
};

}  // namespace

std::vector<std::string> process_lines(
    const std::vector<std::pair<int64_t, std::string>>& processes) {
  constexpr size_t kMaxPids = 30;                           // characters
  std::vector<std::pair<std::string, std::string>> groups;  // path and pids
  std::map<std::string_view, size_t> known;
  for (const auto& [pid, path] : processes) {
    const auto [at, is_new] = known.try_emplace(path, groups.size());
    if (is_new) {
      groups.emplace_back(path, fmt::format("{}", pid));
      continue;
    }
    std::string& pids = groups[at->second].second;
    if (pids.size() < kMaxPids) {
      pids += fmt::format(", {}", pid);
    } else if (pids.back() != '.') {
      pids += ", ...";
    }
  }
  std::vector<std::string> lines;
  for (const auto& [path, pids] : groups) {
    lines.push_back(path.empty() ? pids : fmt::format("{} {}", pids, path));
  }
  return lines;
}

Actors actors_of(const std::vector<const Finding*>& findings, const model::Facts& facts,
                 model::Language language) {
  Cast cast;
  for (const Finding* finding : findings) {
    cast.add(*finding);
  }
  return cast.take(facts, language);
}

}  // namespace genba::render
