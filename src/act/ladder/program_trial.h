// SPDX-License-Identifier: Apache-2.0
//
// Tries the filter programs on made-up packets before they are attached: the responder's session
// must pass in both directions, and a packet that nobody allowed must not. A mistake of ours, or a
// kernel that reads our instructions otherwise, then costs nobody the connection. Kernels that
// cannot try programs on a device (before Linux 5.10) are believed. Covered by
// program_trial_test.cc.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "model/containment.h"
#include "sys/bpf/bpf.h"
#include "sys/fd.h"

namespace genba::act {

enum class ProgramTrial : uint8_t {
  kPassed,
  kNotTried,  ///< no session over the network, no device, or a kernel that cannot
};

/// `device` is the index of a device other than loopback; 0 for none. The programs' counters move.
/// kIo, in words for the responder, when a program says something else than the plan.
base::Result<ProgramTrial> try_contain_programs(const model::ContainmentPlan& plan,
                                                const sys::Fd& ingress, const sys::Fd& egress,
                                                uint32_t device);

}  // namespace genba::act
