// SPDX-License-Identifier: Apache-2.0
//
// The part of containment.h that writes and reads the record.
#include <algorithm>
#include <optional>

#include "act/contain/containment.h"
#include "act/journal/state_fields.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;
using model::AllowedFlow;
using nlohmann::json;

namespace {

constexpr int64_t kFormat = 1;
constexpr int64_t kMostPid = 1 << 22;  // PID_MAX_LIMIT, include/linux/threads.h

std::string text_of(const base::Network& network) {
  return fmt::format("{}/{}", base::to_text(network.address), network.bits);
}

json json_of(const model::PortRange& range) {
  return json::array({range.first, range.last});
}

json json_of(const AllowedFlow& flow) {
  json row{{"id", escape_state_text(flow.id)},
           {"direction", static_cast<int>(flow.direction)},
           {"protocol", flow.protocol},
           {"local", text_of(flow.local)},
           {"local_ports", json_of(flow.local_ports)},
           {"remote", text_of(flow.remote)},
           {"remote_ports", json_of(flow.remote_ports)},
           {"types", flow.types}};
  if (flow.code) {
    row["code"] = *flow.code;
  }
  if (flow.hop_limit) {
    row["hop_limit"] = *flow.hop_limit;
  }
  if (!flow.device.empty()) {
    row["device"] = escape_state_text(flow.device);
  }
  return row;
}

json json_of(const RulesetDigest& digest) {
  return {{"sha256", digest.sha256},
          {"tables", digest.tables},
          {"rules", digest.rules},
          {"names", state_texts(digest.names)},
          {"generation", digest.generation}};
}

json json_of(const ProcessKey& key) {
  return {{"pid", key.pid}, {"start_ticks", key.start_ticks}};
}

json json_of(const ContainedNamespace& row) {
  json devices = json::array();
  for (const HookedName& device : row.devices) {
    devices.push_back({{"index", device.index}, {"name", escape_state_text(device.name)}});
  }
  return {{"inode", row.inode},
          {"own", row.own},
          {"process", json_of(row.process)},
          {"path", escape_state_text(row.path)},
          {"before", json_of(row.before)},
          {"contained", row.contained},
          {"gone", row.gone},
          {"owned", row.owned},
          {"hooks", to_string(row.hooks)},
          {"devices", std::move(devices)},
          {"contents", row.contents},
          {"trouble", escape_state_text(row.trouble)},
          {"notes", state_texts(row.notes)}};
}

model::PortRange ports_in(StateFields& fields, const char* key) {
  const json& pair = fields.list(key, 2);
  model::PortRange range;
  if (pair.size() == 2) {
    range.first = fields.check(StateFields::number_in<uint16_t>(pair[0], UINT16_MAX));
    range.last = fields.check(StateFields::number_in<uint16_t>(pair[1], UINT16_MAX));
  }
  (void)fields.check(pair.size() == 2 && range.first <= range.last ? std::optional(true)
                                                                   : std::nullopt);
  return range;
}

constexpr uint64_t kLargest = INT64_MAX;
// So that sums of times do not overflow: a timer of two years, a clock in the year 2200.
constexpr uint64_t kLongestTimeout = 2 * 365 * 24 * 3600;
constexpr uint64_t kLatest = 7'258'118'400'000'000'000;

ProcessKey process_in(const json& object, bool& good) {
  StateFields fields(object, good);
  ProcessKey key;
  key.pid = fields.number<int64_t>("pid", kMostPid);
  key.start_ticks = fields.number<uint64_t>("start_ticks", kLargest);
  good = good && key.pid != 1;  // never the guard, and nothing to enter by
  return key;
}

AllowedFlow flow_in(const json& object, bool& good) {
  StateFields fields(object, good);
  AllowedFlow flow;
  flow.id = fields.text("id");
  flow.direction = static_cast<model::FlowDirection>(fields.number<uint8_t>("direction", 2));
  flow.protocol = fields.number<uint8_t>("protocol", UINT8_MAX);
  flow.local = fields.network("local");
  flow.local_ports = ports_in(fields, "local_ports");
  flow.remote = fields.network("remote");
  flow.remote_ports = ports_in(fields, "remote_ports");
  for (const json& type : fields.list("types", kMostContained)) {
    flow.types.push_back(fields.check(StateFields::number_in<uint8_t>(type, UINT8_MAX)));
  }
  flow.code = fields.optional_number<uint8_t>("code", UINT8_MAX);
  flow.hop_limit = fields.optional_number<uint8_t>("hop_limit", UINT8_MAX);
  flow.device = fields.optional_text("device");
  good = good && flow.local.address.family == flow.remote.address.family;
  return flow;
}

RulesetDigest digest_in(const json& object, bool& good) {
  StateFields fields(object, good);
  RulesetDigest digest;
  digest.sha256 = fields.text("sha256");
  digest.tables = fields.number<uint64_t>("tables", kLargest);
  digest.rules = fields.number<uint64_t>("rules", kLargest);
  digest.names = fields.texts("names", kMostContained);
  digest.generation = fields.number<uint32_t>("generation", UINT32_MAX);
  return digest;
}

DeviceHooks hooks_in(std::string_view name, bool& good) {
  for (const DeviceHooks hooks :
       {DeviceHooks::kNone, DeviceHooks::kIngress, DeviceHooks::kIngressAndEgress}) {
    if (to_string(hooks) == name) {
      return hooks;
    }
  }
  good = false;
  return DeviceHooks::kNone;
}

ContainedNamespace namespace_in(const json& object, bool& good) {
  StateFields fields(object, good);
  ContainedNamespace row;
  row.inode = fields.number<int64_t>("inode", kLargest);
  row.own = fields.flag("own");
  row.process = process_in(fields.object("process"), good);
  row.path = fields.text("path");
  row.before = digest_in(fields.object("before"), good);
  row.contained = fields.flag("contained");
  row.gone = fields.flag("gone");
  row.owned = fields.flag("owned");
  row.hooks = hooks_in(fields.text("hooks"), good);
  for (const json& item : fields.list("devices", kMostContained)) {
    StateFields device(item, good);
    row.devices.push_back({device.number<int>("index", INT32_MAX), device.text("name")});
  }
  row.contents = fields.text("contents");
  row.trouble = fields.text("trouble");
  row.notes = fields.texts("notes", kMostContained);
  return row;
}

Containment containment_in(const json& document, bool& good) {
  StateFields fields(document, good);
  Containment state;
  good = good && fields.number<int64_t>("format", kLargest) == kFormat;
  state.id = fields.text("id");
  state.version = fields.text("version");
  state.rung = fields.text("rung");
  state.boot_id = fields.text("boot_id");
  state.hold = fields.flag("hold");
  state.timeout = fields.number<int64_t>("timeout", kLongestTimeout);
  state.armed_utc = fields.number<int64_t>("armed_utc", kLatest);
  state.armed_since_boot = fields.number<int64_t>("armed_since_boot", kLargest);
  state.confirmed = fields.flag("confirmed");
  state.guard = process_in(fields.object("guard"), good);
  state.session_namespace = fields.number<int64_t>("session_namespace", kLargest);
  for (const json& item : fields.list("flows", kMostContained)) {
    state.flows.push_back(flow_in(item, good));
  }
  for (const json& item : fields.list("blocked", kMostContained)) {
    state.blocked.push_back(fields.check(
        item.is_string() ? base::parse_network(item.get_ref<const std::string&>()) : std::nullopt));
  }
  for (const json& item : fields.list("kept", kMostContained)) {
    good = good && item.is_number_integer();
    state.kept.push_back(item.is_number_integer() ? item.get<int64_t>() : 0);
  }
  for (const json& item : fields.list("namespaces", kMostContained)) {
    state.namespaces.push_back(namespace_in(item, good));
  }
  return state;
}

}  // namespace

std::string to_json(const Containment& state) {
  json out = {{"format", kFormat},
              {"id", escape_state_text(state.id)},
              {"version", escape_state_text(state.version)},
              {"rung", escape_state_text(state.rung)},
              {"boot_id", escape_state_text(state.boot_id)},
              {"hold", state.hold},
              {"timeout", state.timeout},
              {"armed_utc", state.armed_utc},
              {"armed_since_boot", state.armed_since_boot},
              {"confirmed", state.confirmed},
              {"guard", json_of(state.guard)},
              {"session_namespace", state.session_namespace},
              {"kept", state.kept}};
  json& flows = out["flows"] = json::array();
  for (const AllowedFlow& flow : state.flows) {
    flows.push_back(json_of(flow));
  }
  json& blocked = out["blocked"] = json::array();
  for (const base::Network& network : state.blocked) {
    blocked.push_back(text_of(network));
  }
  json& namespaces = out["namespaces"] = json::array();
  for (const ContainedNamespace& row : state.namespaces) {
    namespaces.push_back(json_of(row));
  }
  return dump_state(out);
}

Result<Containment> containment_from_json(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  bool good = true;
  Containment state = containment_in(document, good);
  if (!good || !is_contain_id(state.id)) {
    return fail(ErrorCode::kDamaged, "not the record of a containment that this version writes");
  }
  return state;
}

std::string recorded_rung(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  const auto rung = document.is_object() ? document.find("rung") : document.end();
  const bool told = document.is_object() && rung != document.end() && rung->is_string();
  return told ? rung->get<std::string>() : std::string();
}

}  // namespace genba::act
