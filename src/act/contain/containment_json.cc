// SPDX-License-Identifier: Apache-2.0
//
// The part of containment.h that writes and reads the record.
#include <algorithm>
#include <optional>

#include "act/contain/containment.h"
#include "base/number.h"
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

std::string escape(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c < 0x20 || c > 0x7E || c == '%') {
      text += fmt::format("%{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      text += c;
    }
  }
  return text;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    if (text.front() != '%') {
      bytes += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto value = base::parse_number<uint8_t>(text.substr(1, 2), base::Radix::kHex);
    if (!value || text.size() < 3) {
      return std::nullopt;
    }
    bytes += static_cast<char>(*value);
    text.remove_prefix(3);
  }
  return bytes;
}

json json_of(const std::vector<std::string>& texts) {
  json rows = json::array();
  for (const std::string& text : texts) {
    rows.push_back(escape(text));
  }
  return rows;
}

std::string text_of(const base::Network& network) {
  return fmt::format("{}/{}", base::to_text(network.address), network.bits);
}

json json_of(const model::PortRange& range) {
  return json::array({range.first, range.last});
}

json json_of(const AllowedFlow& flow) {
  json row{{"id", escape(flow.id)},
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
    row["device"] = escape(flow.device);
  }
  return row;
}

json json_of(const RulesetDigest& digest) {
  return {{"sha256", digest.sha256},
          {"tables", digest.tables},
          {"rules", digest.rules},
          {"names", json_of(digest.names)},
          {"generation", digest.generation}};
}

json json_of(const ProcessKey& key) {
  return {{"pid", key.pid}, {"start_ticks", key.start_ticks}};
}

json json_of(const ContainedNamespace& row) {
  json devices = json::array();
  for (const HookedName& device : row.devices) {
    devices.push_back({{"index", device.index}, {"name", escape(device.name)}});
  }
  return {{"inode", row.inode},
          {"own", row.own},
          {"process", json_of(row.process)},
          {"path", escape(row.path)},
          {"before", json_of(row.before)},
          {"contained", row.contained},
          {"gone", row.gone},
          {"owned", row.owned},
          {"hooks", to_string(row.hooks)},
          {"devices", std::move(devices)},
          {"contents", row.contents},
          {"trouble", escape(row.trouble)},
          {"notes", json_of(row.notes)}};
}

// The fields of one object, taken out one after the other; remembers whether all were right.
class Fields {
 public:
  Fields(const json& object, bool& good) : object_(object), good_(good) {
    good_ = good_ && object.is_object();
  }

  std::string text(const char* key) {
    const json* value = find(key);
    auto bytes = value != nullptr && value->is_string()
                     ? unescape(value->get_ref<const std::string&>())
                     : std::nullopt;
    return check(std::move(bytes));
  }
  std::string optional_text(const char* key) { return has(key) ? text(key) : std::string(); }
  bool flag(const char* key) {
    const json* value = find(key);
    return check(value != nullptr && value->is_boolean() ? std::optional(value->get<bool>())
                                                         : std::nullopt);
  }
  /// A whole number from 0 to `most`.
  template <class Number>
  Number number(const char* key, uint64_t most) {
    const json* value = find(key);
    return check(value != nullptr ? number_in<Number>(*value, most) : std::nullopt);
  }
  template <class Number>
  std::optional<Number> optional_number(const char* key, uint64_t most) {
    return has(key) ? std::optional(number<Number>(key, most)) : std::nullopt;
  }
  const json& list(const char* key) {
    static const json kNone = json::array();
    const json* value = find(key);
    good_ = good_ && value != nullptr && value->is_array() && value->size() <= kMostContained;
    return good_ ? *value : kNone;
  }
  const json& object(const char* key) {
    static const json kNone = json::object();
    const json* value = find(key);
    return value == nullptr ? kNone : *value;
  }
  base::Network network(const char* key) { return check(base::parse_network(text(key))); }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> bytes;
    for (const json& item : list(key)) {
      bytes.push_back(
          check(item.is_string() ? unescape(item.get_ref<const std::string&>()) : std::nullopt));
    }
    return bytes;
  }
  model::PortRange ports(const char* key) {
    const json& pair = list(key);
    model::PortRange range;
    good_ = good_ && pair.size() == 2;
    if (good_) {
      range.first = check(number_in<uint16_t>(pair[0], UINT16_MAX));
      range.last = check(number_in<uint16_t>(pair[1], UINT16_MAX));
      good_ = good_ && range.first <= range.last;
    }
    return range;
  }
  template <class Value>
  Value check(std::optional<Value> value) {
    good_ = good_ && value.has_value();
    return value ? *std::move(value) : Value{};
  }
  template <class Number>
  static std::optional<Number> number_in(const json& value, uint64_t most) {
    return value.is_number_unsigned() && value.get<uint64_t>() <= most
               ? std::optional(static_cast<Number>(value.get<uint64_t>()))
               : std::nullopt;
  }

 private:
  bool has(const char* key) const { return object_.is_object() && object_.contains(key); }
  const json* find(const char* key) {
    const auto at = object_.is_object() ? object_.find(key) : object_.end();
    good_ = good_ && at != object_.end();
    return at == object_.end() ? nullptr : &*at;
  }
  const json& object_;
  bool& good_;
};

constexpr uint64_t kLargest = INT64_MAX;
// So that sums of times do not overflow: a timer of two years, a clock in the year 2200.
constexpr uint64_t kLongestTimeout = 2 * 365 * 24 * 3600;
constexpr uint64_t kLatest = 7'258'118'400'000'000'000;

ProcessKey process_in(const json& object, bool& good) {
  Fields fields(object, good);
  ProcessKey key;
  key.pid = fields.number<int64_t>("pid", kMostPid);
  key.start_ticks = fields.number<uint64_t>("start_ticks", kLargest);
  good = good && key.pid != 1;  // never the guard, and nothing to enter by
  return key;
}

AllowedFlow flow_in(const json& object, bool& good) {
  Fields fields(object, good);
  AllowedFlow flow;
  flow.id = fields.text("id");
  flow.direction = static_cast<model::FlowDirection>(fields.number<uint8_t>("direction", 2));
  flow.protocol = fields.number<uint8_t>("protocol", UINT8_MAX);
  flow.local = fields.network("local");
  flow.local_ports = fields.ports("local_ports");
  flow.remote = fields.network("remote");
  flow.remote_ports = fields.ports("remote_ports");
  for (const json& type : fields.list("types")) {
    flow.types.push_back(fields.check(Fields::number_in<uint8_t>(type, UINT8_MAX)));
  }
  flow.code = fields.optional_number<uint8_t>("code", UINT8_MAX);
  flow.hop_limit = fields.optional_number<uint8_t>("hop_limit", UINT8_MAX);
  flow.device = fields.optional_text("device");
  good = good && flow.local.address.family == flow.remote.address.family;
  return flow;
}

RulesetDigest digest_in(const json& object, bool& good) {
  Fields fields(object, good);
  RulesetDigest digest;
  digest.sha256 = fields.text("sha256");
  digest.tables = fields.number<uint64_t>("tables", kLargest);
  digest.rules = fields.number<uint64_t>("rules", kLargest);
  digest.names = fields.texts("names");
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
  Fields fields(object, good);
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
  for (const json& item : fields.list("devices")) {
    Fields device(item, good);
    row.devices.push_back({device.number<int>("index", INT32_MAX), device.text("name")});
  }
  row.contents = fields.text("contents");
  row.trouble = fields.text("trouble");
  row.notes = fields.texts("notes");
  return row;
}

Containment containment_in(const json& document, bool& good) {
  Fields fields(document, good);
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
  for (const json& item : fields.list("flows")) {
    state.flows.push_back(flow_in(item, good));
  }
  for (const json& item : fields.list("blocked")) {
    state.blocked.push_back(fields.check(
        item.is_string() ? base::parse_network(item.get_ref<const std::string&>()) : std::nullopt));
  }
  for (const json& item : fields.list("kept")) {
    good = good && item.is_number_integer();
    state.kept.push_back(item.is_number_integer() ? item.get<int64_t>() : 0);
  }
  for (const json& item : fields.list("namespaces")) {
    state.namespaces.push_back(namespace_in(item, good));
  }
  return state;
}

}  // namespace

std::string to_json(const Containment& state) {
  json out = {{"format", kFormat},
              {"id", escape(state.id)},
              {"version", escape(state.version)},
              {"rung", escape(state.rung)},
              {"boot_id", escape(state.boot_id)},
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
  return out.dump(-1, ' ', true, json::error_handler_t::replace);
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
