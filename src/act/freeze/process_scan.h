// SPDX-License-Identifier: Apache-2.0
//
// The quick look at all processes that freezing and watching repeat many times: a listing of /proc
// and one stat file each, nothing that can block. A process is known by its number and its start
// in ticks since boot: numbers come again, and wall-clock times move when somebody sets the clock.
// Sources: proc(5), kernel fs/proc/array.c. Covered by process_scan_test.cc.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "host/host.h"

namespace genba::act {

/// One process for good: a number alone may be another process by now.
struct ProcessKey {
  int64_t pid = 0;
  uint64_t start_ticks = 0;  ///< 10 ms steps since boot

  friend auto operator<=>(const ProcessKey&, const ProcessKey&) = default;
};

/// What /proc/PID/stat says, as far as it is needed here.
struct ScannedProcess {
  ProcessKey key;
  int64_t parent = 0;
  int64_t session = 0;
  int64_t pgroup = 0;
  char state = '?';
  std::string name;  ///< raw bytes, chosen by the process
  bool kernel_thread = false;

  /// Ended, and only waits for its parent. A leader that has ended while other threads of it run is
  /// not a zombie here.
  bool zombie = false;
};

using Scan = std::map<int64_t, ScannedProcess>;

/// The file that a process runs.
struct Executable {
  uint64_t device = 0;  ///< encoded as makedev(3)
  uint64_t inode = 0;
  uint64_t size = 0;     ///< bytes
  std::string path;      ///< as the kernel names it, without " (deleted)"
  bool deleted = false;  ///< no name left, or a memfd

  bool same_file(const Executable& other) const {
    return device == other.device && inode == other.inode;
  }
};

/// kGone when there is no such process (any more).
base::Result<ScannedProcess> scan_process(const host::Host& host, int64_t pid);
/// All processes. Who vanishes in between is left out; fails only when /proc cannot be listed.
base::Result<Scan> scan_processes(const host::Host& host);
/// kNotFound or kGone for kernel threads and zombies.
base::Result<Executable> executable_of(const host::Host& host, int64_t pid);

/// Whether the very process that `key` names still lives: same number, same start, no zombie.
bool is_alive(const host::Host& host, const ProcessKey& key);
/// Ticks since boot, now, as stat files count them.
uint64_t ticks_now(const host::Host& host);

/// The processes that must never be frozen or killed: Genba's own, their ancestors up to PID 1, PID
/// 1 itself, and kernel threads; each with the reason.
std::map<int64_t, std::string> untouchable(const host::Host& host, const Scan& scan);

}  // namespace genba::act
