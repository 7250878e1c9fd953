// SPDX-License-Identifier: Apache-2.0
//
// What the readers of package managers' logs share. Covered by package_log_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "parse/package_log/package_log.h"

namespace genba::parse {

/// "bash:amd64" as package and architecture, for both Debian logs.
void set_debian_package(std::string_view text, PackageEvent& event);

/// "[1:]bash-[1:]5.1-6.el9.x86_64", or a bare name, as package, version and architecture.
void set_rpm_package(std::string_view text, PackageEvent& event);

/// `command` as an event keeps it.
std::string kept_command(std::string_view command);

using PendingPackages = std::unordered_map<std::string, PackageEvent>;

/// "name:architecture", under which an action waits.
std::string package_key(const PackageEvent& event);

/// Gives what waits, in the order of its lines, and forgets it.
void give_pending(PendingPackages& pending, const PackageSink& sink);

}  // namespace genba::parse
