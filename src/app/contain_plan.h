// SPDX-License-Identifier: Apache-2.0
//
// `genba contain plan`: looks at this machine and tells what containing it would do. Changes
// nothing. The parts from which the plan is made are also what `contain apply` begins with.
// Covered by tests/whole/contain_plan_test.cc.
#pragma once

#include <string>

#include "act/contain/plan.h"
#include "app/observe.h"
#include "app/query.h"
#include "render/containment.h"

namespace genba::app {

enum class ReadLogs : uint8_t { kNo, kYes };

struct ContainPlanOptions {
  ObserveOptions observe;  ///< of this machine: neither a tree nor a case
  act::ContainOptions contain;
  ReadLogs logs = ReadLogs::kNo;  ///< who guessed passwords, and who else came from that address
  Format format = Format::kTable;
  render::ContainmentView view;
};

enum class ContainPlanOutcome : uint8_t { kCanBeApplied, kRefused, kReaderGone };

/// The tables that a plan needs, without the columns that it does not read and that take long.
collect::Wanted contain_wanted(ReadLogs logs);

/// What a plan is made from: what was gathered, and what the kernel says of the network right now.
/// kDenied without root: then neither the own session nor other namespaces can be seen.
base::Result<act::Found> find_for_plan(const host::Host& host, const model::Facts& facts);

base::Result<ContainPlanOutcome> run_contain_plan(const ContainPlanOptions& options,
                                                  Progress& progress);

}  // namespace genba::app
