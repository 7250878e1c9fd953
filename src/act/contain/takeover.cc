// SPDX-License-Identifier: Apache-2.0
#include "act/contain/takeover.h"

#include <algorithm>

#include "act/journal/self.h"
#include "fmt/format.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

// As the tables' comment says; empty for one that is not ours.
std::string id_of(const OurTables& ours) {
  const auto& table = ours.inet ? ours.inet : ours.netdev;
  const auto comment = table ? parse_contain_comment(table->table.comment) : std::nullopt;
  return comment ? comment->id : std::string();
}

class Looker {
 public:
  Looker(const host::Host& host, const KernelAccess& access) : host_(host), access_(access) {}

  Result<Situation> run(std::optional<Containment> recorded) {
    situation_.rebooted = recorded && recorded->boot_id != act::read_boot_id();
    situation_.recorded = std::move(recorded);
    GENBA_TRY(own_, open_own_namespace());
    GENBA_TRY(Contact own, contact_own(own_, access_));
    if (const ContainedNamespace* known = known_namespace(own_.inode)) {
      own.where = *known;
    }
    own.where.own = true;
    GENBA_TRY_VOID(add(std::move(own)));
    std::vector<ContainedNamespace> others;
    if (situation_.recorded && !situation_.rebooted) {
      others = situation_.recorded->namespaces;
    }
    for (const model::OtherNamespace& found : list_other_namespaces(host_, own_.inode)) {
      note_found(found, others);
    }
    for (const ContainedNamespace& other : others) {
      if (other.inode != own_.inode) {
        look_at(other);
      }
    }
    return std::move(situation_);
  }

 private:
  const ContainedNamespace* known_namespace(int64_t inode) {
    return situation_.recorded && !situation_.rebooted ? situation_.recorded->find(inode) : nullptr;
  }

  void note_found(const model::OtherNamespace& found, std::vector<ContainedNamespace>& others) {
    auto known = std::find_if(others.begin(), others.end(), [&](const ContainedNamespace& other) {
      return other.inode == found.inode;
    });
    if (known == others.end()) {
      known = others.insert(others.end(), ContainedNamespace{});
      known->inode = found.inode;
    }
    known->process.pid = found.pid > 1 ? found.pid : known->process.pid;
    known->path = found.path.empty() ? known->path : found.path;
  }

  void look_at(const ContainedNamespace& other) {
    auto contact = contact_other(host_, own_, other, access_);
    auto added = contact ? add(*std::move(contact)) : fail(contact.error());
    if (!added) {
      situation_.unreached.push_back(other);
      if (added.error().code != ErrorCode::kGone) {
        auto& list = other.contained ? situation_.trouble : situation_.notes;
        list.push_back(note_about(other, "namespace_unreached", untranslated(added.error().what)));
      }
    }
  }

  Result<void> add(Contact contact) {
    GENBA_TRY(OurTables ours, read_our_tables(contact.tables));
    const bool unrecorded = known_namespace(contact.where.inode) == nullptr;
    const std::string id = id_of(ours);
    if (contact.where.own) {
      id_ = ours.any() ? id : situation_.recorded ? situation_.recorded->id : "";
    } else if (ours.any() && id != id_) {
      situation_.of_others.push_back(contact.where.inode);
      return {};
    }
    situation_.namespaces.push_back({std::move(contact), std::move(ours), unrecorded});
    return {};
  }

  const host::Host& host_;
  const KernelAccess& access_;
  OwnNamespace own_;
  std::string id_;  // of the containment that this is about
  Situation situation_;
};

// The one that is recorded, that which owns a table, and that which watches without owning.
std::vector<ProcessKey> guards_of(const host::Host& host, const Situation& situation) {
  std::vector<ProcessKey> guards;
  if (situation.recorded && !situation.rebooted && is_guard(host, situation.recorded->guard)) {
    guards.push_back(situation.recorded->guard);
  }
  const auto add = [&](const Result<ProcessKey>& found) {
    if (found && std::find(guards.begin(), guards.end(), *found) == guards.end()) {
      guards.push_back(*found);
    }
  };
  for (const Standing& standing : situation.namespaces) {
    if (const auto owner = standing.ours.owner(); owner && guards.empty()) {
      add(find_guard(host, owner));
    }
  }
  if (guards.empty() && situation.anything_stands()) {
    add(find_guard(host, std::nullopt));
  }
  return guards;
}

}  // namespace

bool Situation::anything_stands() const {
  return std::any_of(namespaces.begin(), namespaces.end(),
                     [](const Standing& standing) { return standing.ours.any(); });
}

Result<Situation> look_around(const host::Host& host, const model::ActionLog& log,
                              std::string_view journal_directory, const KernelAccess& access) {
  auto recorded = find_containment(log, journal_directory);
  auto situation = Looker(host, access).run(recorded ? std::optional(*recorded) : std::nullopt);
  if (situation && !recorded && recorded.error().code != ErrorCode::kNotFound) {
    situation->journal_trouble = recorded.error().what;
  }
  return situation;
}

Result<void> take_place_of_guard(const host::Host& host, const Situation& situation) {
  for (const ProcessKey& guard : guards_of(host, situation)) {
    const auto ended = end_guard(host, guard);
    if (!ended && ended.error().code != ErrorCode::kGone) {
      return ended;
    }
  }
  return {};
}

}  // namespace genba::act
