// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/ladder_state.h"

#include <algorithm>
#include <array>
#include <limits>

#include "act/contain/containment.h"
#include "act/journal/standing_state.h"
#include "act/journal/state_fields.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;
using nlohmann::json;

namespace {

constexpr uint64_t kFormat = 1;
constexpr size_t kMostRules = 16;
// So that sums of times do not overflow.
constexpr uint64_t kLatest = 7'258'118'400'000'000'000;
constexpr size_t kIdDigits = 8;
constexpr size_t kTagDigits = 16;
constexpr size_t kDigestDigits = 64;

// Those of this ladder.
constexpr std::array kRungs{Rung::kCgroupBpf, Rung::kRoutes};

std::optional<Rung> parse_rung(std::string_view name) {
  for (const Rung rung : kRungs) {
    if (model::to_string(rung) == name) {
      return rung;
    }
  }
  return std::nullopt;
}

bool is_id(std::string_view text) {
  return text.size() == 2 + kIdDigits && text.starts_with("c-") &&
         text.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

bool is_boot_id(std::string_view text) {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
         });
}

json program_json(const CgroupProgramState& program) {
  return {{"id", program.id}, {"tag", program.tag}};
}

CgroupProgramState to_program(const json& object, bool& good) {
  StateFields fields(object, good);
  CgroupProgramState program;
  program.id = fields.number<uint32_t>("id", UINT32_MAX);
  program.tag = fields.hex("tag", kTagDigits);
  return program;
}

CgroupState to_cgroup(const json& object, bool& good) {
  StateFields fields(object, good);
  CgroupState cgroup;
  cgroup.ingress = to_program(fields.object("ingress"), good);
  cgroup.egress = to_program(fields.object("egress"), good);
  cgroup.map = fields.number<uint32_t>("map", UINT32_MAX);
  cgroup.has_timer = fields.flag("has_timer");
  return cgroup;
}

RuleState to_rule(const json& object, bool& good) {
  StateFields fields(object, good);
  RuleState rule;
  const std::string family = fields.text("family");
  good = good && (family == "ipv4" || family == "ipv6");
  rule.family = family == "ipv6" ? base::AddressFamily::kIpv6 : base::AddressFamily::kIpv4;
  rule.table = fields.number<uint32_t>("table", UINT32_MAX);
  return rule;
}

RoutesState to_routes(const json& object, bool& good) {
  StateFields fields(object, good);
  RoutesState routes;
  routes.net_namespace = fields.number<int64_t>("net_namespace", INT64_MAX);
  for (const json& rule : fields.list("rules", kMostRules)) {
    routes.rules.push_back(to_rule(rule, good));
  }
  routes.routes = fields.number<uint32_t>("routes", UINT32_MAX);
  routes.rules_before = fields.hex("rules_before", kDigestDigits);
  routes.routes_before = fields.hex("routes_before", kDigestDigits);
  routes.table = fields.hex("table", kDigestDigits);
  return routes;
}

json routes_json(const RoutesState& routes) {
  json rules = json::array();
  for (const RuleState& rule : routes.rules) {
    rules.push_back({{"family", base::to_string(rule.family)}, {"table", rule.table}});
  }
  return {{"net_namespace", static_cast<uint64_t>(routes.net_namespace)},
          {"rules", std::move(rules)},
          {"routes", routes.routes},
          {"rules_before", routes.rules_before},
          {"routes_before", routes.routes_before},
          {"table", routes.table}};
}

// What belongs together is there together.
bool is_sound(const LadderState& state) {
  const bool timed = !state.hold && !state.confirmed;
  return is_id(state.id) && is_boot_id(state.boot_id) && timed == (state.deadline > 0) &&
         (!state.cgroup || state.rung == Rung::kCgroupBpf) &&
         (!state.routes || state.rung == Rung::kRoutes);
}

}  // namespace

std::string to_json(const LadderState& state) {
  json out = {{"format", kFormat},
              {"rung", model::to_string(state.rung)},
              {"id", state.id},
              {"armed_utc", static_cast<uint64_t>(state.armed_utc)},
              {"boot_id", state.boot_id},
              {"hold", state.hold},
              {"confirmed", state.confirmed},
              {"deadline", static_cast<uint64_t>(state.deadline)},
              {"guard",
               {{"pid", static_cast<uint64_t>(state.guard.pid)},
                {"start_ticks", state.guard.start_ticks}}}};
  if (state.cgroup) {
    out["cgroup"] = {{"ingress", program_json(state.cgroup->ingress)},
                     {"egress", program_json(state.cgroup->egress)},
                     {"map", state.cgroup->map},
                     {"has_timer", state.cgroup->has_timer}};
  }
  if (state.routes) {
    out["routes"] = routes_json(*state.routes);
  }
  return dump_state(out);
}

Result<LadderState> ladder_state_from_json(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  bool good = true;
  StateFields fields(document, good);
  LadderState state;
  good = good && fields.number<uint64_t>("format", UINT64_MAX) == kFormat;
  const auto rung = parse_rung(fields.text("rung"));
  good = good && rung.has_value();
  state.rung = rung.value_or(Rung::kNone);
  state.id = fields.text("id");
  state.armed_utc = fields.number<int64_t>("armed_utc", kLatest);
  state.boot_id = fields.text("boot_id");
  state.hold = fields.flag("hold");
  state.confirmed = fields.flag("confirmed");
  state.deadline = fields.number<int64_t>("deadline", kLatest);
  StateFields guard(fields.object("guard"), good);
  state.guard.pid = guard.number<int64_t>("pid", INT64_MAX);
  state.guard.start_ticks = guard.number<uint64_t>("start_ticks", UINT64_MAX);
  if (fields.has("cgroup")) {
    state.cgroup = to_cgroup(fields.object("cgroup"), good);
  }
  if (fields.has("routes")) {
    state.routes = to_routes(fields.object("routes"), good);
  }
  if (!good || !is_sound(state)) {
    return fail(ErrorCode::kDamaged, "not the record of a containment that this version writes");
  }
  return state;
}

Result<LadderState> find_ladder(const model::ActionLog& log, std::string_view directory) {
  GENBA_TRY(const std::string text, find_standing_state(log, kContainSubject, directory));
  if (!parse_rung(recorded_rung(text))) {
    return fail(ErrorCode::kNotFound, "the journal tells of no containment on a lower rung");
  }
  return ladder_state_from_json(text);
}

}  // namespace genba::act
