// SPDX-License-Identifier: Apache-2.0
#include "act/respawn/restart_policy.h"

#include <algorithm>
#include <iterator>

#include "nlohmann/json.hpp"

namespace genba::act {

namespace {

using nlohmann::json;

constexpr std::string_view kPolicies[] = {"no", "always", "unless-stopped", "on-failure"};
constexpr int kDeepest = 32;  // the daemon's own files are four levels deep

}  // namespace

std::optional<std::string> docker_restart_policy(std::string_view text) {
  bool too_deep = false;
  const json document = json::parse(
      text,
      [&](int depth, json::parse_event_t /*event*/, json& /*value*/) {
        too_deep = too_deep || depth > kDeepest;
        return !too_deep;
      },
      false);
  if (too_deep || !document.is_object() || !document.contains("RestartPolicy")) {
    return std::nullopt;
  }
  const json& policy = document["RestartPolicy"];
  if (!policy.is_object() || !policy.contains("Name") || !policy["Name"].is_string()) {
    return std::nullopt;
  }
  const auto& name = policy["Name"].get_ref<const std::string&>();
  if (name.empty()) {
    return "no";
  }
  const bool known =
      std::find(std::begin(kPolicies), std::end(kPolicies), name) != std::end(kPolicies);
  return known ? std::optional(name) : std::nullopt;
}

}  // namespace genba::act
