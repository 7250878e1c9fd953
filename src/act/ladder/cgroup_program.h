// SPDX-License-Identifier: Apache-2.0
//
// The packet filter of containment as a BPF program for cgroups: what the plan allows, as a list of
// comparisons without loops, maps of addresses or tail calls, so that it loads on kernels since
// 4.15 and nothing that it needs can be taken from it (the kernel empties a program array when its
// maker ends). One program for each direction. It opens by itself: the first thing it does is to
// look at the deadline in its map, by the monotonic clock. Flows mean what they mean in the rules
// (plan.h): stateless, exact. A fragment that is not the first has no ports and is dropped (a
// socket gets packets whole and sends them whole; only raw sockets make fragments). Covered by
// cgroup_program_test.cc, which compares it with a plain evaluation over random packets.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/containment.h"
#include "sys/bpf/bpf.h"

namespace genba::act {

/// The elements of the map that both programs share.
enum class ContainSlot : uint32_t {
  /// CLOCK_MONOTONIC nanoseconds from which on every packet passes; 0: never.
  kDeadline,
  kDroppedIn,
  kDroppedOut,
  kPassedIn,  ///< by a flow; loopback does not count
  kPassedOut,
  kSessionIn,  ///< by the flows session and reconnect; not in the two before
  kSessionOut,
};
inline constexpr uint32_t kContainSlots = 7;

/// Whether the program looks at the deadline: the clock's helper is GPL-only before Linux 5.8, and
/// our programs are not.
enum class ProgramTimer : uint8_t { kDeadline, kNone };

/// Of a program before Linux 5.2 (BPF_MAXINSNS).
inline constexpr size_t kOldProgramLimit = 4096;

/// The index of a device by its name; nothing when there is none.
using DeviceIndex = std::function<std::optional<uint32_t>(std::string_view name)>;

/// The program for one direction. A flow on a device that does not exist matches nothing. `map` is
/// the descriptor of an array of kContainSlots. kTooLarge for more flows than jumps can pass.
base::Result<std::vector<bpf_insn>> make_contain_program(const model::ContainmentPlan& plan,
                                                         sys::CgroupHook hook, int map,
                                                         ProgramTimer timer,
                                                         const DeviceIndex& device);

/// So many IPv6 extension headers are walked; a packet with more is dropped.
inline constexpr int kMostExtensions = 4;

}  // namespace genba::act
