// SPDX-License-Identifier: Apache-2.0
//
// /proc/PID/status: one "Key:\tvalue" a line. Keys that a kernel does not have stay absent. The
// Name line is escaped by the kernel, so a hostile command name cannot add lines; the first of two
// equal keys counts all the same. Source: proc(5), kernel fs/proc/array.c proc_pid_status. Covered
// by process_status_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace genba::parse {

/// Real, effective and saved ids, as in the Uid: and Gid: lines.
struct ProcessIds {
  int64_t real = 0;
  int64_t effective = 0;
  int64_t saved = 0;
};

struct ProcessStatus {
  ProcessIds uid;
  ProcessIds gid;
  std::optional<int64_t> thread_group;  ///< Tgid
  std::optional<int64_t> parent;        ///< PPid
  std::optional<int64_t> tracer_pid;    ///< 0 when nobody traces
  std::optional<int64_t> threads;
  std::optional<int64_t> virtual_size;   ///< bytes
  std::optional<int64_t> resident_size;  ///< bytes
  std::optional<uint64_t> cap_effective;
  std::optional<bool> no_new_privs;
  std::optional<int64_t> seccomp;
  int namespace_depth = 0;  ///< how many ids NSpid lists; 0 when the kernel does not tell
};

/// kDamaged when the Uid: or Gid: line is missing.
base::Result<ProcessStatus> parse_process_status(std::string_view bytes);

}  // namespace genba::parse
