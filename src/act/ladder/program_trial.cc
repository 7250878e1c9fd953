// SPDX-License-Identifier: Apache-2.0
#include "act/ladder/program_trial.h"

#include <netinet/in.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace genba::act {

using base::AddressFamily;
using base::ErrorCode;
using base::fail;
using base::Result;
using sys::CgroupHook;

namespace {

// RFC 3692: for experiments; nothing real uses it.
constexpr uint8_t kExperiment = 253;
constexpr size_t kTcpHeader = 20;

void put16(std::string& bytes, unsigned value) {
  bytes += static_cast<char>(value >> 8);
  bytes += static_cast<char>(value);
}

std::string ip_header(const model::SessionCandidate& session, CgroupHook hook, uint8_t protocol) {
  const bool in = hook == CgroupHook::kIngress;
  std::string bytes;
  if (session.local.family == AddressFamily::kIpv6) {
    bytes.append("\x60\0\0\0", 4);
    put16(bytes, kTcpHeader);
    bytes += static_cast<char>(protocol);
    bytes += '\x40';  // hop limit
  } else {
    bytes.append("\x45\0", 2);
    put16(bytes, 20 + kTcpHeader);
    bytes.append("\0\0\x40\0\x40", 5);  // no id, not to be fragmented, time to live
    bytes += static_cast<char>(protocol);
    put16(bytes, 0);
  }
  bytes += base::raw_bytes(in ? session.remote : session.local);
  bytes += base::raw_bytes(in ? session.local : session.remote);
  return bytes;
}

// A frame of the session, or one that is alike but for the protocol.
std::string frame_of(const model::SessionCandidate& session, CgroupHook hook, uint8_t protocol) {
  const bool in = hook == CgroupHook::kIngress;
  std::string frame(12, '\x02');
  put16(frame, session.local.family == AddressFamily::kIpv6 ? 0x86DD : 0x0800);
  frame += ip_header(session, hook, protocol);
  put16(frame, in ? session.remote_port : session.local_port);
  put16(frame, in ? session.local_port : session.remote_port);
  frame.resize(frame.size() + kTcpHeader - 4, '\0');
  return frame;
}

}  // namespace

Result<ProgramTrial> try_contain_programs(const model::ContainmentPlan& plan,
                                          const sys::Fd& ingress, const sys::Fd& egress,
                                          uint32_t device) {
  if (!plan.session || plan.session->loopback || device == 0) {
    return ProgramTrial::kNotTried;
  }
  const bool experiments =
      std::any_of(plan.flows.begin(), plan.flows.end(),
                  [](const model::AllowedFlow& flow) { return flow.protocol == kExperiment; });
  for (const CgroupHook hook : {CgroupHook::kIngress, CgroupHook::kEgress}) {
    const sys::Fd& program = hook == CgroupHook::kIngress ? ingress : egress;
    const auto session =
        sys::try_cgroup_program(program, frame_of(*plan.session, hook, IPPROTO_TCP), device);
    const auto other =
        sys::try_cgroup_program(program, frame_of(*plan.session, hook, kExperiment), device);
    if (!session || !other) {
      return ProgramTrial::kNotTried;
    }
    if (*session != 1) {
      return fail(ErrorCode::kIo,
                  "the filter would drop your own session, so it was not applied; please report "
                  "this");
    }
    if (*other != 0 && !experiments) {
      return fail(ErrorCode::kIo,
                  "the filter would let pass what nobody allowed, so it was not applied; please "
                  "report this");
    }
  }
  return ProgramTrial::kPassed;
}

}  // namespace genba::act
