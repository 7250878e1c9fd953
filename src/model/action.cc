// SPDX-License-Identifier: Apache-2.0
#include "model/action.h"

#include <algorithm>
#include <array>
#include <utility>

namespace genba::model {

namespace {

constexpr std::array<std::pair<ActionOutcome, std::string_view>, 5> kOutcomes = {
    {{ActionOutcome::kIntended, "intended"},
     {ActionOutcome::kDone, "done"},
     {ActionOutcome::kFailed, "failed"},
     {ActionOutcome::kProven, "proven"},
     {ActionOutcome::kAsserted, "asserted"}}};

constexpr std::array<std::pair<ActionEffect, std::string_view>, 3> kEffects = {
    {{ActionEffect::kNone, "none"},
     {ActionEffect::kEstablishes, "establishes"},
     {ActionEffect::kLifts, "lifts"}}};

template <class Value, size_t kCount>
std::string_view name_of(const std::array<std::pair<Value, std::string_view>, kCount>& names,
                         Value value) {
  const auto* found = std::find_if(names.begin(), names.end(),
                                   [value](const auto& each) { return each.first == value; });
  return found == names.end() ? std::string_view() : found->second;
}

template <class Value, size_t kCount>
std::optional<Value> value_of(const std::array<std::pair<Value, std::string_view>, kCount>& names,
                              std::string_view name) {
  const auto* found = std::find_if(names.begin(), names.end(),
                                   [name](const auto& each) { return each.second == name; });
  return found == names.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace

std::string_view to_string(ActionOutcome outcome) {
  return name_of(kOutcomes, outcome);
}

std::string_view to_string(ActionEffect effect) {
  return name_of(kEffects, effect);
}

std::optional<ActionOutcome> parse_action_outcome(std::string_view name) {
  return value_of(kOutcomes, name);
}

std::optional<ActionEffect> parse_action_effect(std::string_view name) {
  return value_of(kEffects, name);
}

const Action* ActionLog::find(uint64_t id) const {
  const auto found =
      std::lower_bound(actions.begin(), actions.end(), id,
                       [](const Action& action, uint64_t wanted) { return action.id < wanted; });
  return found == actions.end() || found->id != id ? nullptr : &*found;
}

}  // namespace genba::model
