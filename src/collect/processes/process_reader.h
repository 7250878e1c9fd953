// SPDX-License-Identifier: Apache-2.0
//
// Reads one process out of /proc/PID, taking only the sources that a run wants. The order is that
// of least risk: what cannot block first; cmdline, which can, is left to the collector's batch.
// Whether the running file is deleted is asked of the file itself (its link count), never of the
// link's text, which a file named "x (deleted)" would fool. Covered by processes_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "collect/collector.h"
#include "model/tables/processes.h"

namespace genba::collect::processes {

/// Where the columns come from.
enum class Source : uint8_t {
  kStat,
  kStatus,
  kCmdline,
  kExe,   ///< the link, and through it the running file
  kPath,  ///< what now stands at the running file's path
  kCwd,
  kRoot,
  kNamespaces,
  kCgroup,
  kLoginuid,
  kCount
};
inline constexpr size_t kSources = static_cast<size_t>(Source::kCount);

/// The source's name in coverage: "/proc/PID/stat".
std::string_view subject_of(Source source);

/// Which sources a run reads.
class Sources {
 public:
  /// What the wanted columns of processes and process_changes need.
  static Sources wanted_by(const Wanted& wanted);

  bool has(Source source) const { return chosen_[static_cast<size_t>(source)]; }
  void add(Source source) { chosen_[static_cast<size_t>(source)] = true; }

 private:
  std::array<bool, kSources> chosen_{};
};

/// What all processes of a run are read against.
struct Surroundings {
  base::Timestamp boot_time;         ///< by the clocks where they agree with /proc/stat, to 10 ms
  int64_t boottime_nanoseconds = 0;  ///< now, since boot
  std::optional<int64_t> own_mnt_namespace;  ///< in which plain paths are looked up
  std::optional<host::FileStatus> own_root;  ///< of Genba's own /
};

Surroundings read_surroundings(const host::Host& host, const Sources& sources);

/// One process. Without a row it ended, or could not be read, before its stat and status were read.
struct Reading {
  std::optional<model::Process> row;
  uint64_t start_ticks = 0;
  std::array<bool, kSources> asked{};
  std::array<std::optional<base::Error>, kSources> errors{};
};

Reading read_process(const host::Host& host, int64_t pid, const Sources& sources,
                     const Surroundings& surroundings);

}  // namespace genba::collect::processes
