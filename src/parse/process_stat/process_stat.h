// SPDX-License-Identifier: Apache-2.0
//
// One line of /proc/PID/stat. The command name stands raw between parentheses and may itself hold
// spaces, parentheses and newlines, so it ends at the last ')' of the file. Source: proc(5),
// kernel fs/proc/array.c do_task_stat. Covered by process_stat_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace genba::parse {

/// The kernel marks its own threads with this bit of `flags` (PF_KTHREAD, include/linux/sched.h).
inline constexpr uint64_t kKernelThreadFlag = 0x00200000;

/// What one stat line says. Times are in ticks of 10 ms (USER_HZ is 100 on every architecture that
/// Genba runs on), start_ticks since boot.
struct ProcessStat {
  int64_t pid = 0;
  std::string name;  ///< raw bytes
  char state = '?';
  int64_t parent = 0;
  int64_t pgroup = 0;
  int64_t session = 0;
  int64_t tty_number = 0;  ///< as the kernel encodes a device number; 0 is none
  uint64_t flags = 0;
  uint64_t user_ticks = 0;
  uint64_t system_ticks = 0;
  int64_t nice = 0;
  int64_t threads = 0;
  uint64_t start_ticks = 0;
  uint64_t virtual_size = 0;  ///< bytes
};

/// kDamaged when the line breaks off or a field is no number.
base::Result<ProcessStat> parse_process_stat(std::string_view bytes);

/// The terminal's name under /dev for a tty_nr: "pts/3", "tty1", "ttyS0", "console"; the numbers
/// "MAJOR:MINOR" for a device without a fixed name; empty for 0.
std::string tty_name(int64_t tty_number);

}  // namespace genba::parse
