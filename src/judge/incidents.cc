// SPDX-License-Identifier: Apache-2.0
//
// See incidents.h. Findings are joined by a union-find over their keys: one look-up for each key.
#include "judge/incidents.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/digest.h"
#include "judge/incident_links.h"
#include "judge/incident_story.h"
#include "judge/incident_words.h"

namespace genba::judge {
namespace {

using model::Finding;
using model::Incident;

/// An account links what happened within so many days. Root owns most of a server: without this, an
/// agent that was installed a year ago would tell when the intrusion began.
constexpr int64_t kAccountNanoseconds = int64_t{7} * 24 * 3600 * 1'000'000'000;
/// Hex digits of an incident's id, as for findings.
constexpr size_t kIdDigits = 16;

class Groups {
 public:
  explicit Groups(size_t count) : parents_(count) {
    std::iota(parents_.begin(), parents_.end(), size_t{0});
  }
  size_t root(size_t at) {
    while (parents_[at] != at) {
      parents_[at] = parents_[parents_[at]];
      at = parents_[at];
    }
    return at;
  }
  /// The smaller number becomes the group's root: findings come most severe first.
  void join(size_t left, size_t right) {
    const size_t a = root(left);
    const size_t b = root(right);
    parents_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<size_t> parents_;
};

/// Joins findings of one account that lie close in time. One that tells no time joins the most
/// severe, so that it never ties two stories together.
void join_by_account(const std::vector<size_t>& holders, const std::vector<Finding>& findings,
                     Groups& groups) {
  std::vector<size_t> timed;
  std::copy_if(holders.begin(), holders.end(), std::back_inserter(timed),
               [&](size_t each) { return findings[each].from.has_value(); });
  const size_t most_severe = timed.empty() ? holders.front() : timed.front();
  for (const size_t each : holders) {
    if (!findings[each].from) {
      groups.join(most_severe, each);
    }
  }
  std::stable_sort(timed.begin(), timed.end(), [&](size_t left, size_t right) {
    return findings[left].from->nanoseconds < findings[right].from->nanoseconds;
  });
  const auto end_of = [&](size_t each) {
    return findings[each].to.value_or(*findings[each].from).nanoseconds;
  };
  int64_t last = timed.empty() ? 0 : end_of(timed.front());
  for (size_t i = 1; i < timed.size(); ++i) {
    // Against overflow: times may be anything.
    const int64_t from = findings[timed[i]].from->nanoseconds;
    if (from <= last || static_cast<uint64_t>(from) - static_cast<uint64_t>(last) <=
                            static_cast<uint64_t>(kAccountNanoseconds)) {
      groups.join(timed[i - 1], timed[i]);
    }
    last = std::max(last, end_of(timed[i]));
  }
}

/// The findings of each incident, by index; most severe first.
std::vector<std::vector<size_t>> group(const std::vector<Finding>& findings,
                                       const LinkFinder& finder) {
  Groups groups(findings.size());
  std::vector<std::vector<std::string>> others(findings.size());
  std::unordered_map<std::string, size_t> owners;
  std::unordered_map<std::string, std::vector<size_t>> accounts;
  for (size_t i = 0; i < findings.size(); ++i) {
    Links links = finder.links_of(findings[i]);
    if (!is_core(findings[i])) {
      others[i] = std::move(links.things);
      continue;
    }
    const auto join_by = [&](const std::string& key) {
      const auto [known, is_new] = owners.emplace(key, i);
      if (!is_new) {
        groups.join(known->second, i);
      }
    };
    std::for_each(links.things.begin(), links.things.end(), join_by);
    std::for_each(links.kin.begin(), links.kin.end(), join_by);
    for (const std::string& account : links.accounts) {
      accounts[account].push_back(i);
    }
  }
  for (const auto& [account, holders] : accounts) {
    join_by_account(holders, findings, groups);
  }

  std::vector<std::vector<size_t>> members(findings.size());
  for (size_t i = 0; i < findings.size(); ++i) {
    if (is_core(findings[i])) {
      members[groups.root(i)].push_back(i);
      continue;
    }
    // It joins the first story that knows one of its things, and never ties two together.
    for (const std::string& thing : others[i]) {
      if (const auto owner = owners.find(thing); owner != owners.end()) {
        members[groups.root(owner->second)].push_back(i);
        break;
      }
    }
  }
  members.erase(std::remove_if(members.begin(), members.end(),
                               [](const std::vector<size_t>& group) { return group.empty(); }),
                members.end());
  return members;
}

std::string id_of(std::vector<std::string> findings) {
  std::sort(findings.begin(), findings.end());
  base::Sha256 digest;
  for (const std::string& id : findings) {
    digest.add(id);
    digest.add("\n");
  }
  return "i-" + digest.hex().substr(0, kIdDigits);
}

Incident incident_of(const std::vector<const Finding*>& findings, const LinkFinder& finder,
                     const model::Facts& facts) {
  Incident incident;
  for (const Finding* finding : findings) {
    incident.findings.push_back(finding->id);
    // A weakness or an attempt that joined tells neither when it began nor how bad it is.
    if (!is_core(*finding)) {
      continue;
    }
    incident.severity = std::max(incident.severity, finding->severity);
    incident.confidence = std::max(incident.confidence, finding->confidence);
    if (finding->from) {
      incident.from = incident.from ? std::min(*incident.from, *finding->from) : *finding->from;
    }
    if (finding->to) {
      incident.to = incident.to ? std::max(*incident.to, *finding->to) : *finding->to;
    }
  }
  incident.id = id_of(incident.findings);
  incident.story = story_of(findings);
  const IncidentContents contents = contents_of(findings, finder, facts);
  incident.says = words_of(contents, incident);
  incident.advice = advice_of(contents, incident, findings);
  return incident;
}

}  // namespace

std::vector<Incident> find_incidents(const std::vector<Finding>& findings,
                                     const model::Facts& facts) {
  const LinkFinder finder(findings, facts);
  std::vector<Incident> incidents;
  for (const std::vector<size_t>& members : group(findings, finder)) {
    std::vector<const Finding*> told;
    for (const size_t member : members) {
      told.push_back(&findings[member]);
    }
    incidents.push_back(incident_of(told, finder, facts));
  }
  std::stable_sort(incidents.begin(), incidents.end(),
                   [](const Incident& left, const Incident& right) {
                     return std::pair(left.severity, left.confidence) >
                            std::pair(right.severity, right.confidence);
                   });
  return incidents;
}

}  // namespace genba::judge
