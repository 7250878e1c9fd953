// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/freeze_state.h"

#include <algorithm>
#include <array>
#include <optional>

#include "act/journal/state_fields.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;
using nlohmann::json;

namespace {

constexpr int64_t kFormat = 1;
constexpr uint64_t kMostPid = 1U << 22;  // PID_MAX_LIMIT, include/linux/threads.h
constexpr std::array kMethods{FreezeMethod::kCgroup2, FreezeMethod::kCgroup1, FreezeMethod::kStop};

FreezeMethod method_in(StateFields& fields, const char* key) {
  const std::string name = fields.text(key);
  const auto* found = std::find_if(kMethods.begin(), kMethods.end(),
                                   [&](FreezeMethod method) { return to_string(method) == name; });
  return fields.check(found == kMethods.end() ? std::nullopt : std::optional(*found));
}

FrozenCgroup to_cgroup(const json& item, bool& good) {
  StateFields fields(item, good);
  FrozenCgroup cgroup;
  cgroup.hierarchy = method_in(fields, "hierarchy");
  cgroup.path = fields.text("path");
  cgroup.made = fields.flag("made");
  cgroup.was_frozen = fields.flag("was_frozen");
  good = good && cgroup.hierarchy != FreezeMethod::kStop;
  return cgroup;
}

FrozenProcess to_process(const json& item, bool& good) {
  StateFields fields(item, good);
  FrozenProcess process;
  process.key.pid = fields.number<int64_t>("pid", kMostPid);
  process.key.start_ticks = fields.number<uint64_t>("start_ticks", UINT64_MAX);
  process.method = method_in(fields, "method");
  process.former_cgroup = fields.text("former_cgroup");
  process.cgroup = fields.text("cgroup");
  process.was_stopped = fields.flag("was_stopped");
  process.why = fields.text("why");
  good = good && process.key.pid > 1;  // never PID 1
  return process;
}

}  // namespace

std::string_view to_string(FreezeMethod method) {
  switch (method) {
    case FreezeMethod::kCgroup2: return "cgroup2";
    case FreezeMethod::kCgroup1: return "cgroup1";
    case FreezeMethod::kStop: return "stop";
  }
  return "stop";
}

bool is_freeze_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string to_json(const FreezeState& state) {
  json out = {{"format", kFormat},
              {"id", escape_state_text(state.id)},
              {"boot_id", escape_state_text(state.boot_id)}};
  json& cgroups = out["cgroups"] = json::array();
  for (const FrozenCgroup& cgroup : state.cgroups) {
    cgroups.push_back({{"hierarchy", to_string(cgroup.hierarchy)},
                       {"path", escape_state_text(cgroup.path)},
                       {"made", cgroup.made},
                       {"was_frozen", cgroup.was_frozen}});
  }
  json& processes = out["processes"] = json::array();
  for (const FrozenProcess& process : state.processes) {
    processes.push_back({{"pid", static_cast<uint64_t>(process.key.pid)},
                         {"start_ticks", process.key.start_ticks},
                         {"method", to_string(process.method)},
                         {"former_cgroup", escape_state_text(process.former_cgroup)},
                         {"cgroup", escape_state_text(process.cgroup)},
                         {"was_stopped", process.was_stopped},
                         {"why", escape_state_text(process.why)}});
  }
  return dump_state(out);
}

Result<FreezeState> freeze_state_from_json(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  bool good = true;
  StateFields fields(document, good);
  FreezeState state;
  good = good && fields.number<int64_t>("format", INT64_MAX) == kFormat;
  state.id = fields.text("id");
  state.boot_id = fields.text("boot_id");
  for (const json& item : fields.list("cgroups", kMostFrozen)) {
    state.cgroups.push_back(to_cgroup(item, good));
  }
  for (const json& item : fields.list("processes", kMostFrozen)) {
    state.processes.push_back(to_process(item, good));
  }
  if (!good || !is_freeze_id(state.id)) {
    return fail(ErrorCode::kDamaged, "not the record of a freeze that this version writes");
  }
  return state;
}

}  // namespace genba::act
