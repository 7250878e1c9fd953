// SPDX-License-Identifier: Apache-2.0
//
// What does an incident consist of? Counts the programs, accounts, start-up entries, keys and
// connections behind its findings, for the sentences of incident_words.h.
// Covered by incidents_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "judge/incident_links.h"
#include "model/facts.h"
#include "model/finding.h"

namespace genba::judge {

/// A login that was guessed, as a finding tells it.
struct WayIn {
  base::Timestamp time;
  std::string address;
  std::string username;
  std::string method;
  int64_t failures = 0;  ///< of that address before
};

/// What an incident consists of, counted.
struct IncidentContents {
  bool tree = false;                  ///< read from a mounted tree: nothing runs there
  std::vector<std::string> programs;  ///< paths of processes, most severe first
  std::vector<std::string> files;     ///< other files that findings are about
  std::vector<std::string> accounts;
  std::vector<std::string> owners;        ///< accounts that the processes run as
  std::vector<std::string> persistence;   ///< files that start something
  std::vector<WayIn> ways_in;             ///< earliest first
  std::vector<std::string> new_accounts;  ///< made by the intruder (ATT&CK T1136)
  std::vector<std::string> altered_logs;  ///< cut, wiped, forged or emptied (T1070, T1562, T1565)
  size_t processes = 0;
  size_t cron_entries = 0;
  size_t units = 0;
  size_t startup_items = 0;
  size_t keys = 0;
  size_t connections = 0;  ///< to other machines
  size_t remote_addresses = 0;
  size_t local_connections = 0;  ///< to this host itself
};

/// The subject's text under that key; empty when it has none.
std::string text_at(const model::Subject& subject, std::string_view key);

/// Of the core findings alone (incident_story.h): an open door that joined is no part of the story.
IncidentContents contents_of(const std::vector<const model::Finding*>& findings,
                             const LinkFinder& finder, const model::Facts& facts);

}  // namespace genba::judge
