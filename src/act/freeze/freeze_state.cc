// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/freeze_state.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/number.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;
using nlohmann::json;

namespace {

constexpr int64_t kFormat = 1;
constexpr std::array kMethods{FreezeMethod::kCgroup2, FreezeMethod::kCgroup1, FreezeMethod::kStop};

std::string escape(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c < 0x21 || c > 0x7E || c == '%') {
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

// The fields of one object, taken out one after the other; remembers whether all were right.
class Fields {
 public:
  explicit Fields(const json& object) : object_(object), good_(object.is_object()) {}

  bool good() const { return good_; }
  std::string text(const char* key) {
    const json* value = find(key, json::value_t::string);
    auto bytes = value == nullptr ? std::nullopt : unescape(value->get_ref<const std::string&>());
    good_ = good_ && bytes.has_value();
    return bytes.value_or("");
  }
  bool flag(const char* key) {
    const json* value = find(key, json::value_t::boolean);
    return value != nullptr && value->get<bool>();
  }
  uint64_t number(const char* key) {
    const json* value = find(key, json::value_t::number_unsigned);
    return value == nullptr ? 0 : value->get<uint64_t>();
  }
  FreezeMethod method(const char* key) {
    const std::string name = text(key);
    const auto* found = std::find_if(kMethods.begin(), kMethods.end(), [&](FreezeMethod method) {
      return to_string(method) == name;
    });
    good_ = good_ && found != kMethods.end();
    return found == kMethods.end() ? FreezeMethod::kCgroup2 : *found;
  }
  const json& list(const char* key) {
    static const json kNone = json::array();
    const json* value = find(key, json::value_t::array);
    good_ = good_ && value != nullptr && value->size() <= kMostFrozen;
    return good_ ? *value : kNone;
  }

 private:
  const json* find(const char* key, json::value_t type) {
    const auto at = object_.is_object() ? object_.find(key) : object_.end();
    if (at == object_.end() || at->type() != type) {
      good_ = false;
      return nullptr;
    }
    return &*at;
  }
  const json& object_;
  bool good_;
};

FrozenCgroup to_cgroup(Fields fields, bool& good) {
  FrozenCgroup cgroup;
  cgroup.hierarchy = fields.method("hierarchy");
  cgroup.path = fields.text("path");
  cgroup.made = fields.flag("made");
  cgroup.was_frozen = fields.flag("was_frozen");
  good = good && fields.good() && cgroup.hierarchy != FreezeMethod::kStop;
  return cgroup;
}

FrozenProcess to_process(Fields fields, bool& good) {
  FrozenProcess process;
  const uint64_t pid = fields.number("pid");
  process.key.pid = static_cast<int64_t>(pid);
  process.key.start_ticks = fields.number("start_ticks");
  process.method = fields.method("method");
  process.former_cgroup = fields.text("former_cgroup");
  process.cgroup = fields.text("cgroup");
  process.was_stopped = fields.flag("was_stopped");
  process.why = fields.text("why");
  // PID_MAX_LIMIT, include/linux/threads.h; and never PID 1.
  good = good && fields.good() && pid > 1 && pid <= (1U << 22);
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
  json out = {{"format", kFormat}, {"id", escape(state.id)}, {"boot_id", escape(state.boot_id)}};
  json& cgroups = out["cgroups"] = json::array();
  for (const FrozenCgroup& cgroup : state.cgroups) {
    cgroups.push_back({{"hierarchy", to_string(cgroup.hierarchy)},
                       {"path", escape(cgroup.path)},
                       {"made", cgroup.made},
                       {"was_frozen", cgroup.was_frozen}});
  }
  json& processes = out["processes"] = json::array();
  for (const FrozenProcess& process : state.processes) {
    processes.push_back({{"pid", static_cast<uint64_t>(process.key.pid)},
                         {"start_ticks", process.key.start_ticks},
                         {"method", to_string(process.method)},
                         {"former_cgroup", escape(process.former_cgroup)},
                         {"cgroup", escape(process.cgroup)},
                         {"was_stopped", process.was_stopped},
                         {"why", escape(process.why)}});
  }
  return out.dump(-1, ' ', true, json::error_handler_t::replace);
}

Result<FreezeState> freeze_state_from_json(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  Fields fields(document);
  FreezeState state;
  bool good = fields.number("format") == kFormat;
  state.id = fields.text("id");
  state.boot_id = fields.text("boot_id");
  for (const json& item : fields.list("cgroups")) {
    state.cgroups.push_back(to_cgroup(Fields(item), good));
  }
  for (const json& item : fields.list("processes")) {
    state.processes.push_back(to_process(Fields(item), good));
  }
  if (!good || !fields.good() || !is_freeze_id(state.id)) {
    return fail(ErrorCode::kDamaged, "not the record of a freeze that this version writes");
  }
  return state;
}

}  // namespace genba::act
