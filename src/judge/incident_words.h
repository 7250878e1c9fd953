// SPDX-License-Identifier: Apache-2.0
//
// The words of an incident: what belongs together, since when, and what to do in which order. The
// order of the advice follows the order of volatility (RFC 3227) and the field's experience that a
// process ended before its start-up entry comes back. Names keep their raw bytes: renderers escape.
// Covered by incidents_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "judge/incident_links.h"
#include "judge/rule.h"
#include "model/facts.h"
#include "model/finding.h"

namespace genba::judge {

/// What an incident consists of, counted.
struct IncidentContents {
  bool tree = false;                  ///< read from a mounted tree: nothing runs there
  std::vector<std::string> programs;  ///< paths of processes, most severe first
  std::vector<std::string> files;     ///< other files that findings are about
  std::vector<std::string> accounts;
  std::vector<std::string> persistence;  ///< files that start something
  size_t processes = 0;
  size_t cron_entries = 0;
  size_t units = 0;
  size_t startup_items = 0;
  size_t keys = 0;
  size_t connections = 0;
  size_t remote_addresses = 0;
};

IncidentContents contents_of(const std::vector<const model::Finding*>& findings,
                             const LinkFinder& finder, const model::Facts& facts);

/// Two to four sentences: what, since when, with how many connections.
model::Text words_of(const IncidentContents& contents, const model::Incident& incident);

/// What to do, in order: preserve, isolate, take away what starts it again, change secrets,
/// rebuild; with the rules' own advice in its place, each once.
std::vector<model::Text> advice_of(const IncidentContents& contents,
                                   const model::Incident& incident,
                                   const std::vector<const model::Finding*>& findings,
                                   std::span<const Rule> rules);

/// The moments of a finding: when its program's file appeared, where that was earlier, and when what
/// it says happened. None when its evidence names no time.
std::vector<model::StoryEvent> moments_of(const model::Finding& finding);

}  // namespace genba::judge
