// SPDX-License-Identifier: Apache-2.0
//
// What would bring a family of processes back after it is killed, as data: found by
// act/respawn/respawn.h, told by render. Covered by act/respawn/respawn_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.h"

namespace genba::model {

enum class RespawnKind : uint8_t {
  kCron,
  kSystemdUnit,     ///< its commands name the family
  kSystemdTrigger,  ///< a timer, path or socket that starts such a unit
  kService,         ///< the family runs in this unit's cgroup, whose commands do not name it
  kBoot,            ///< rc.local, init.d, generators, autostart
  kProfile,         ///< runs at a login
  kPreload,         ///< ld.so.preload: in every program that starts
  kContainer,       ///< a container engine's restart policy
  kWatchdog,        ///< a process outside the family
  kKernelHelper,    ///< started by the kernel itself
};

/// Stable lower-case names: cron systemd_unit systemd_trigger service boot profile preload
/// container watchdog kernel_helper.
std::string_view to_string(RespawnKind kind);

/// One thing that would start the family again.
struct Respawner {
  RespawnKind kind = RespawnKind::kCron;
  /// proven: it was seen to do so; likely: it names the family; hint: it could.
  Confidence confidence = Confidence::kHint;
  std::string source;           ///< a file, a unit, or "pid N"
  std::optional<int64_t> line;  ///< in that file
  std::string what;             ///< its words: the command, the schedule
  Text says;
  Text counter;  ///< how to take it away so that it can be put back
};

struct RespawnReport {
  std::vector<Respawner> found;  ///< surest first
  std::vector<Text> unread;      ///< places where a respawner may be that were not looked at
};

}  // namespace genba::model
