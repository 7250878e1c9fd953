// SPDX-License-Identifier: Apache-2.0
//
// Twins of the bpf(2) commands with which containment filters packets by cgroup: a map, a program,
// its place at a cgroup, and how to find all of it again after the process that made it is gone (an
// attached program lives as long as its cgroup, a map as long as a program uses it). None of these
// commands makes the kernel load a module. Names, map ids and the list of what is attached came
// with Linux 4.15; an older kernel answers kUnsupported or kInvalid. Sources: bpf(2),
// include/uapi/linux/bpf.h, kernel/bpf/{syscall,cgroup}.c. Covered by sys/bpf/bpf_test.cc.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

namespace genba::sys {

using base::Result;

/// Before Linux 5.11 maps and programs count as locked memory, and the limit binds root too: lifts
/// it for this process. Harmless where it is refused.
void lift_locked_memory_limit();

/// An array of `entries` values of 64 bits, all 0. `name` has at most 15 bytes.
Result<Fd> create_bpf_array(const char* name, uint32_t entries);
Result<void> write_bpf_array(const Fd& map, uint32_t index, uint64_t value);
/// kNotFound beyond the end.
Result<uint64_t> read_bpf_array(const Fd& map, uint32_t index);

/// Loads a program of type BPF_PROG_TYPE_CGROUP_SKB. `license` decides which helpers it may call.
/// When the verifier refuses it, the error has the end of its log.
Result<Fd> load_cgroup_program(const char* name, std::span<const bpf_insn> instructions,
                               const char* license);

/// Which packets of the group's sockets a program sees.
enum class CgroupHook : uint8_t { kIngress, kEgress };

/// Adds the program to those of the cgroup (BPF_F_ALLOW_MULTI): it also sees the packets of all
/// groups below, and all programs must let a packet pass. kDenied also where somebody has attached
/// one that tolerates no other.
Result<void> attach_cgroup_program(const Fd& cgroup, CgroupHook hook, const Fd& program);
/// Takes off this program and no other. kNotFound when it is not there.
Result<void> detach_cgroup_program(const Fd& cgroup, CgroupHook hook, const Fd& program);
/// The ids of the programs of this very cgroup, in their order. kInvalid on a kernel without
/// programs at cgroups; at most kMostCgroupPrograms, which is the kernel's own limit.
Result<std::vector<uint32_t>> cgroup_programs(const Fd& cgroup, CgroupHook hook);
inline constexpr uint32_t kMostCgroupPrograms = 64;  // BPF_CGROUP_MAX_PROGS, kernel/bpf/cgroup.c

struct BpfProgramInfo {
  uint32_t id = 0;
  uint32_t type = 0;  ///< BPF_PROG_TYPE_…
  std::string name;
  std::string tag;  ///< 16 hex digits: the kernel's hash of the instructions
  std::vector<uint32_t> maps;
};
struct BpfMapInfo {
  uint32_t id = 0;
  uint32_t type = 0;  ///< BPF_MAP_TYPE_…
  uint32_t value_size = 0;
  uint32_t entries = 0;
  std::string name;
};

/// kNotFound when there is none with that id any more. Both need CAP_SYS_ADMIN.
Result<Fd> open_bpf_program(uint32_t id);
Result<Fd> open_bpf_map(uint32_t id);
Result<BpfProgramInfo> bpf_program_info(const Fd& program);
Result<BpfMapInfo> bpf_map_info(const Fd& map);

/// What the program says of a packet: a frame with its Ethernet header, on the device `index` of
/// this network namespace (0: loopback; others need Linux 5.10).
Result<uint32_t> try_cgroup_program(const Fd& program, std::string_view frame, uint32_t index = 0);

/// The end of a verifier's log, on one line.
std::string end_of_verifier_log(std::string_view log);

}  // namespace genba::sys
