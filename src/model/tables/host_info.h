// SPDX-License-Identifier: Apache-2.0
//
// Which machine is this, which kernel runs it, and what do its clocks say? One row. Sources: os-
// release(5), uname(2), proc(5), /proc/sys/kernel/tainted and /sys/kernel/security/lockdown (kernel
// Documentation/admin-guide).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// The machine, its kernel and its clocks, as they answered once at the start.
struct HostInfo {
  std::optional<std::string> hostname;
  std::optional<std::string> os_id;
  std::optional<std::string> os_name;
  std::optional<std::string> os_version;
  std::optional<std::string> machine_id;
  std::optional<std::string> kernel_release;
  std::optional<std::string> kernel_version;
  std::optional<std::string> architecture;
  std::optional<std::string> kernel_arguments;
  std::optional<std::string> boot_id;
  std::optional<base::Timestamp> boot_time;
  std::optional<base::Timestamp> clock_realtime;
  std::optional<int64_t> clock_boottime;
  std::optional<std::string> lockdown;
  std::optional<int64_t> tainted;
  std::optional<bool> modules_loadable;
  std::optional<int64_t> pid_max;
  std::optional<int64_t> euid;
  std::optional<bool> is_container;
};

template <>
struct TableOf<HostInfo> {
  static constexpr ColumnInfo kColumns[] = {
      column<&HostInfo::hostname>("hostname", "Host name: uname -n live, /etc/hostname in a tree."),
      column<&HostInfo::os_id>("os_id",
                               "The distribution's id from os-release (debian, rhel, alpine)."),
      column<&HostInfo::os_name>("os_name", "The pretty name from os-release."),
      column<&HostInfo::os_version>("os_version", "VERSION_ID from os-release."),
      column<&HostInfo::machine_id>("machine_id", "/etc/machine-id."),
      column<&HostInfo::kernel_release>("kernel_release", "uname -r; absent in a tree."),
      column<&HostInfo::kernel_version>("kernel_version", "uname -v; absent in a tree."),
      column<&HostInfo::architecture>("architecture", "uname -m; absent in a tree."),
      column<&HostInfo::kernel_arguments>("kernel_arguments", "/proc/cmdline."),
      column<&HostInfo::boot_id>("boot_id",
                                 "/proc/sys/kernel/random/boot_id: changes with every boot."),
      column<&HostInfo::boot_time>(
          "boot_time", "When the kernel booted, by the clock it has now (btime of /proc/stat)."),
      column<&HostInfo::clock_realtime>("clock_realtime", "CLOCK_REALTIME when the run began."),
      column<&HostInfo::clock_boottime>(
          "clock_boottime", "CLOCK_BOOTTIME when the run began, in nanoseconds since boot."),
      column<&HostInfo::lockdown>("lockdown",
                                  "Kernel lockdown mode: none, integrity, confidentiality; absent "
                                  "when the kernel does not say."),
      column<&HostInfo::tainted>("tainted", "Kernel taint bits (/proc/sys/kernel/tainted)."),
      column<&HostInfo::modules_loadable>(
          "modules_loadable",
          "Whether this kernel can load modules at all (/proc/modules exists)."),
      column<&HostInfo::pid_max>("pid_max", "/proc/sys/kernel/pid_max."),
      column<&HostInfo::euid>("euid", "The effective user id Genba ran with."),
      column<&HostInfo::is_container>("is_container",
                                      "Whether Genba itself sees only a container (its root or PID "
                                      "namespace is not the first one)."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<HostInfo>(
        "host_info", "The machine, its kernel and its clocks, as they answered once at the start.",
        TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& host_info() {
  return TableOf<HostInfo>::info();
}
}  // namespace tables

}  // namespace genba::model
