// SPDX-License-Identifier: Apache-2.0
//
// /proc/PID/cgroup: one "hierarchy:controllers:path" a line. Source: cgroups(7), kernel
// kernel/cgroup/cgroup.c proc_cgroup_show. Covered by cgroup_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace genba::parse {

/// The path in the unified hierarchy, else in systemd's own (name=systemd), else in the first one;
/// nothing when there is no line. Octal escapes of the kernel (newline) are undone.
std::optional<std::string> parse_cgroup_path(std::string_view bytes);

/// The path in the v1 hierarchy that has `controller` ("freezer"), or in the unified one when it is
/// empty; nothing when the process is in no such hierarchy.
std::optional<std::string> parse_cgroup_path_in(std::string_view bytes,
                                                std::string_view controller);

}  // namespace genba::parse
