// SPDX-License-Identifier: Apache-2.0
//
// The second look at the processes, at least 700 ms after the first: who used the processor
// meanwhile, and who came and went. A process is known again by its id and start time, since ids
// are used anew. What starts and ends between the two looks is seen by neither. Covered by
// processes_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collect/collector.h"
#include "collect/processes/process_reader.h"
#include "model/tables/process_changes.h"

namespace genba::collect::processes {

/// What the first look keeps of a process.
struct Sample {
  int64_t pid = 0;
  uint64_t start_ticks = 0;
  int64_t cpu_milliseconds = 0;
  model::ProcessChange process;  ///< what an "ended" row would say
};

/// The first look.
struct FirstSample {
  int64_t monotonic_nanoseconds = 0;
  std::vector<Sample> processes;  ///< ascending by pid
};

/// Whether a run wants the second look at all.
bool wants_second_sample(const Wanted& wanted);

/// The row that says that this process started or ended.
model::ProcessChange change_of(const model::Process& process);

/// Sets cpu_percent in the rows of `processes` and fills process_changes.
void take_second_sample(Context& context, const FirstSample& first);

}  // namespace genba::collect::processes
