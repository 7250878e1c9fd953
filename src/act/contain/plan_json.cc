// SPDX-License-Identifier: Apache-2.0
#include "act/contain/plan.h"
#include "base/text.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace genba::act {

namespace {

using nlohmann::ordered_json;

std::string text_of(const base::Network& network) {
  return fmt::format("{}/{}", base::to_text(network.address), network.bits);
}

std::string text_of(const PortRange& range) {
  return range.first == range.last ? fmt::format("{}", range.first)
                                   : fmt::format("{}-{}", range.first, range.last);
}

std::string_view text_of(FlowDirection direction) {
  switch (direction) {
    case FlowDirection::kBoth: return "both";
    case FlowDirection::kIn: return "in";
    case FlowDirection::kOut: return "out";
  }
  return "both";
}

ordered_json json_of(const AllowedFlow& flow) {
  ordered_json row{{"id", flow.id},
                   {"reason", base::to_valid_utf8(flow.reason.en)},
                   {"direction", text_of(flow.direction)},
                   {"family", base::to_string(flow.family())},
                   {"protocol", flow.protocol},
                   {"local", text_of(flow.local)},
                   {"local_ports", text_of(flow.local_ports)},
                   {"remote", text_of(flow.remote)},
                   {"remote_ports", text_of(flow.remote_ports)}};
  if (!flow.types.empty()) {
    row["types"] = flow.types;
  }
  if (flow.code) {
    row["code"] = *flow.code;
  }
  if (flow.hop_limit) {
    row["hop_limit"] = *flow.hop_limit;
  }
  if (!flow.device.empty()) {
    row["device"] = base::to_valid_utf8(flow.device);
  }
  return row;
}

ordered_json json_of(const std::vector<PlanNote>& notes) {
  ordered_json rows = ordered_json::array();
  for (const PlanNote& note : notes) {
    rows.push_back({{"id", note.id}, {"text", base::to_valid_utf8(note.text.en)}});
  }
  return rows;
}

ordered_json json_of(const SessionCandidate& session) {
  return {{"confidence", model::to_string(session.confidence)},
          {"why", base::to_valid_utf8(session.why.en)},
          {"local_address", base::to_text(session.local)},
          {"local_port", session.local_port},
          {"remote_address", base::to_text(session.remote)},
          {"remote_port", session.remote_port},
          {"pid", session.pid},
          {"loopback", session.loopback}};
}

}  // namespace

std::string to_json(const Plan& plan) {
  ordered_json out{{"type", "contain_plan"},
                   {"rung", model::to_string(plan.rung)},
                   {"hold", plan.hold},
                   {"timeout", plan.timeout}};
  out["session"] = plan.session ? json_of(*plan.session) : ordered_json();
  for (const char* list : {"allowed", "blocked", "devices", "namespaces"}) {
    out[list] = ordered_json::array();
  }
  for (const AllowedFlow& flow : plan.flows) {
    out["allowed"].push_back(json_of(flow));
  }
  for (const base::Network& network : plan.blocked) {
    out["blocked"].push_back(text_of(network));
  }
  for (const HookedDevice& device : plan.devices) {
    out["devices"].push_back({{"index", device.index},
                              {"name", base::to_valid_utf8(device.name)},
                              {"why", base::to_valid_utf8(device.why.en)}});
  }
  for (const OtherNamespace& other : plan.namespaces) {
    out["namespaces"].push_back({{"inode", other.inode},
                                 {"pid", other.pid},
                                 {"path", base::to_valid_utf8(other.path)},
                                 {"processes", other.processes}});
  }
  out["breaks"] = json_of(plan.breaks);
  out["not_covered"] = json_of(plan.not_covered);
  out["warnings"] = json_of(plan.warnings);
  out["elsewhere"] = json_of(plan.elsewhere);
  out["refusals"] = json_of(plan.refusals);
  return out.dump();
}

}  // namespace genba::act
