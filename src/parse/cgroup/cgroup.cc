// SPDX-License-Identifier: Apache-2.0
#include "parse/cgroup/cgroup.h"

#include <algorithm>

#include "base/number.h"
#include "base/split.h"
#include "parse/fields.h"
#include "parse/mountinfo/mountinfo.h"

namespace genba::parse {

std::optional<std::string> parse_cgroup_path(std::string_view bytes) {
  std::optional<std::string_view> first;
  std::optional<std::string_view> systemd;
  while (!bytes.empty()) {
    std::string_view rest = next_line(bytes);
    const std::string_view hierarchy = next_until(rest, ':');
    const std::string_view controllers = next_until(rest, ':');
    if (!base::parse_number<int>(hierarchy) || !rest.starts_with('/')) {
      continue;
    }
    if (hierarchy == "0" && controllers.empty()) {
      return unescape_octal(rest);
    }
    if (controllers == "name=systemd") {
      systemd = rest;
    }
    if (!first) {
      first = rest;
    }
  }
  const auto& chosen = systemd ? systemd : first;
  return chosen ? std::optional(unescape_octal(*chosen)) : std::nullopt;
}

std::optional<std::string> parse_cgroup_path_in(std::string_view bytes,
                                                std::string_view controller) {
  while (!bytes.empty()) {
    std::string_view rest = next_line(bytes);
    const std::string_view hierarchy = next_until(rest, ':');
    const std::vector<std::string_view> controllers = base::split(next_until(rest, ':'), ',');
    const bool unified = hierarchy == "0" && controllers == std::vector<std::string_view>{""};
    const bool named =
        std::find(controllers.begin(), controllers.end(), controller) != controllers.end();
    if (base::parse_number<int>(hierarchy) && rest.starts_with('/') &&
        (controller.empty() ? unified : named)) {
      return unescape_octal(rest);
    }
  }
  return std::nullopt;
}

}  // namespace genba::parse
