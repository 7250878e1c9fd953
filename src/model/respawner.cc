// SPDX-License-Identifier: Apache-2.0
#include "model/respawner.h"

namespace genba::model {

std::string_view to_string(RespawnKind kind) {
  switch (kind) {
    case RespawnKind::kCron: return "cron";
    case RespawnKind::kSystemdUnit: return "systemd_unit";
    case RespawnKind::kSystemdTrigger: return "systemd_trigger";
    case RespawnKind::kService: return "service";
    case RespawnKind::kBoot: return "boot";
    case RespawnKind::kProfile: return "profile";
    case RespawnKind::kPreload: return "preload";
    case RespawnKind::kContainer: return "container";
    case RespawnKind::kWatchdog: return "watchdog";
    case RespawnKind::kKernelHelper: return "kernel_helper";
  }
  return "";
}

}  // namespace genba::model
