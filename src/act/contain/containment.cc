// SPDX-License-Identifier: Apache-2.0
#include "act/contain/containment.h"

#include <algorithm>

#include "act/journal/standing_state.h"
#include "base/digest.h"
#include "fmt/format.h"
#include "sys/process.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

const ContainedNamespace* Containment::own() const {
  const auto found = std::find_if(namespaces.begin(), namespaces.end(),
                                  [](const ContainedNamespace& row) { return row.own; });
  return found == namespaces.end() ? nullptr : &*found;
}

bool Containment::keeps(int64_t inode) const {
  return std::find(kept.begin(), kept.end(), inode) != kept.end();
}

ContainedNamespace* Containment::find(int64_t inode) {
  const auto found =
      std::find_if(namespaces.begin(), namespaces.end(),
                   [&](const ContainedNamespace& row) { return row.inode == inode; });
  return found == namespaces.end() ? nullptr : &*found;
}

model::Text name_of(const ContainedNamespace& where) {
  if (where.own) {
    return {"our network namespace", "Genbaのネットワーク名前空間"};
  }
  return {fmt::format("network namespace {}", where.inode),
          fmt::format("ネットワーク名前空間{}", where.inode)};
}

ContainNote note_about(const ContainedNamespace& where, std::string id, const model::Text& words) {
  const model::Text name = name_of(where);
  return {std::move(id), {name.en + ": " + words.en, name.ja + "：" + words.ja}};
}

model::Text untranslated(const std::string& words) {
  return {words, words};
}

std::string new_containment_id(const model::ActionTime& now) {
  const std::string moment = fmt::format("{} {} {}", now.boot_id, now.since_boot, sys::getpid());
  return "c-" + base::sha256_of(moment).substr(0, 8);
}

bool was_ended_by_timer(const model::ActionLog& log) {
  const auto last =
      std::find_if(log.actions.rbegin(), log.actions.rend(), [](const model::Action& action) {
        return action.subject == kContainSubject && action.effect != model::ActionEffect::kNone &&
               action.outcome != model::ActionOutcome::kFailed &&
               action.outcome != model::ActionOutcome::kIntended;
      });
  return last != log.actions.rend() && last->verb == kTimerVerb;
}

Result<Containment> find_containment(const model::ActionLog& log, std::string_view directory) {
  GENBA_TRY(const std::string text, find_standing_state(log, kContainSubject, directory));
  const Containment plain;
  if (const std::string rung = recorded_rung(text); !rung.empty() && rung != plain.rung) {
    return fail(ErrorCode::kNotFound, "the containment in the journal stands on another rung");
  }
  return containment_from_json(text);
}

}  // namespace genba::act
