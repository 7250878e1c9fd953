// SPDX-License-Identifier: Apache-2.0
#include "act/ban/ban_record.h"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "base/text.h"
#include "nlohmann/json.hpp"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;
using nlohmann::json;

namespace {

constexpr int64_t kFormat = 1;
constexpr size_t kMostRecords = 1'000'000;
constexpr std::chrono::seconds kFirstLength = std::chrono::hours(1);
constexpr std::chrono::seconds kLadder[] = {std::chrono::minutes(10), std::chrono::hours(1),
                                            std::chrono::hours(24), std::chrono::hours(24 * 7)};

const json* member(const json& object, const char* key, json::value_t type) {
  const auto at = object.is_object() ? object.find(key) : object.end();
  return at == object.end() || at->type() != type ? nullptr : &*at;
}

std::optional<BanRecord> record_from(const json& item) {
  const json* text = member(item, "network", json::value_t::string);
  const auto network =
      text == nullptr ? std::nullopt : base::parse_network(text->get_ref<const std::string&>());
  const json* why = member(item, "why", json::value_t::string);
  const json* renewed = member(item, "renewed", json::value_t::boolean);
  if (!network || why == nullptr || renewed == nullptr) {
    return std::nullopt;
  }
  BanRecord record{normal(*network), {}, {}, why->get<std::string>(), renewed->get<bool>()};
  if (const json* length = member(item, "seconds", json::value_t::number_unsigned)) {
    const auto seconds = length->get<uint64_t>();
    if (seconds == 0 || seconds > static_cast<uint64_t>(INT64_MAX / 1'000'000'000)) {
      return std::nullopt;
    }
    record.length = std::chrono::seconds(static_cast<int64_t>(seconds));
  }
  if (const json* until = member(item, "until", json::value_t::string)) {
    record.until = base::parse_rfc3339(until->get_ref<const std::string&>());
  }
  return record;
}

bool add_records(const json& list, std::vector<BanRecord>& records) {
  if (list.size() > kMostRecords) {
    return false;
  }
  for (const json& item : list) {
    auto record = record_from(item);
    if (!record) {
      return false;
    }
    records.push_back(*std::move(record));
  }
  return true;
}

json list_of(const std::vector<BanRecord>& records) {
  json list = json::array();
  for (const BanRecord& record : records) {
    json item = {{"network", model::to_cidr(record.network)},
                 {"why", base::to_valid_utf8(record.why)},
                 {"renewed", record.renewed}};
    if (record.length) {
      item["seconds"] = static_cast<uint64_t>(record.length->count());
    }
    if (record.until) {
      item["until"] = base::to_rfc3339(*record.until);
    }
    list.push_back(std::move(item));
  }
  return list;
}

class Rememberer {
 public:
  explicit Rememberer(const ReadObject& read_object) : read_object_(read_object) {}

  void take(const model::Action& action) {
    const bool bans = action.verb == kBanVerb;
    if ((!bans && action.verb != kUnbanVerb) || action.outcome == model::ActionOutcome::kFailed ||
        action.effect == model::ActionEffect::kNone) {
      return;
    }
    // An intention alone says what was to be; of what it was to lift nothing is known.
    const bool intended = action.outcome == model::ActionOutcome::kIntended;
    const bool lifts = action.effect == model::ActionEffect::kLifts;
    if (intended && lifts) {
      return;
    }
    const auto text = state_text(intended || lifts ? action.before : action.after);
    const auto state = text ? ban_state_from_json(*text) : fail(text.error());
    if (!state) {
      ++memory_.unreadable;
      return;
    }
    for (const BanRecord& record : intended ? state->planned : state->bans) {
      lifts ? lift(record, bans) : set(record, action, intended);
    }
  }

  BanMemory finish() { return std::move(memory_); }

 private:
  Result<std::string> state_text(const model::ActionState& state) const {
    return state.sha256.empty() ? state.text : read_object_(state.sha256);
  }

  void set(const BanRecord& record, const model::Action& action, bool intended) {
    BanHistory& history = memory_.networks[record.network];
    history.last = record;
    history.times += record.renewed ? 0 : 1;
    history.lifted = false;
    history.intended = intended;
    history.action = action.id;
    history.began = action.began;
  }

  // One that went into a larger ban was no mistake; one that was lifted by hand was.
  void lift(const BanRecord& record, bool replaced) {
    const auto found = memory_.networks.find(record.network);
    if (found != memory_.networks.end()) {
      found->second.lifted = true;
      found->second.times = replaced ? found->second.times : 0;
    }
  }

  const ReadObject& read_object_;
  BanMemory memory_;
};

}  // namespace

bool operator==(const BanRecord& one, const BanRecord& other) {
  return std::tie(one.network.address, one.network.bits, one.length, one.until, one.why,
                  one.renewed) == std::tie(other.network.address, other.network.bits, other.length,
                                           other.until, other.why, other.renewed);
}

std::string ban_subject(const base::Network& network) {
  return "ban " + model::to_cidr(network);
}

std::string to_json(const BanState& state) {
  json out = {{"format", kFormat}, {"bans", list_of(state.bans)}};
  if (!state.planned.empty()) {
    out["planned"] = list_of(state.planned);
  }
  return out.dump(-1, ' ', true, json::error_handler_t::replace);
}

Result<BanState> ban_state_from_json(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  const json* format = member(document, "format", json::value_t::number_unsigned);
  const json* bans = member(document, "bans", json::value_t::array);
  const json* planned = member(document, "planned", json::value_t::array);
  BanState state;
  if (format == nullptr || *format != kFormat || bans == nullptr ||
      !add_records(*bans, state.bans) ||
      (planned != nullptr && !add_records(*planned, state.planned))) {
    return fail(ErrorCode::kDamaged, "not a record of bans that this version writes");
  }
  return state;
}

BanMemory remember_bans(const model::ActionLog& log, const ReadObject& read_object) {
  Rememberer rememberer(read_object);
  for (const model::Action& action : log.actions) {
    rememberer.take(action);
  }
  return rememberer.finish();
}

model::BanLength next_length(const BanHistory* history) {
  if (history == nullptr || history->times == 0) {
    return kFirstLength;
  }
  for (const std::chrono::seconds step : kLadder) {
    if (history->last.length && step > *history->last.length) {
      return step;
    }
  }
  return *std::prev(std::end(kLadder));
}

}  // namespace genba::act
