// SPDX-License-Identifier: Apache-2.0
//
// What is said of units of systemd that would bring a family back. Covered by respawn_test.cc.
#pragma once

#include <string_view>

#include "model/respawner.h"
#include "model/tables/systemd_unit_commands.h"
#include "model/tables/systemd_units.h"

namespace genba::act {

/// A unit whose command names the family; `unit` is null where only the command is known.
model::Respawner naming_unit(const model::SystemdUnitCommand& command,
                             const model::SystemdUnit* unit);

/// A service that the family runs in, whose commands do not name it.
model::Respawner innocent_service(std::string_view unit, std::string_view cgroup);

/// A service that the family runs in, of which no unit file was found. systemd goes by what it
/// read before, so that deleting the file alone changes nothing.
model::Respawner service_without_file(std::string_view unit, std::string_view cgroup);

}  // namespace genba::act
