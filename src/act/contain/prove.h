// SPDX-License-Identifier: Apache-2.0
//
// Is the host contained? Told by packets, never by listing rules: a kernel that lies to netlink, or
// a rule that does not mean what its writer thought, shows here. For each path probes are sent that
// must not pass. A path is *proven* when the kernel refused them or our drop rules counted them;
// *failed* when they were taken and nothing stopped them, or when a tap behind all rules saw them
// leave; *asserted* when they could not be tried (no route, no IPv6, no such device) or the trial
// says nothing (another firewall refused them first).
//
// The probes are harmless: UDP to port 9 (discard) of the documentation addresses 192.0.2.1 and
// 2001:db8::1 (RFC 5737, RFC 3849), which nobody has. With no rule in force they go to the default
// gateway, which drops them. Frames go to the hardware address 02:00:5e:10:00:01, which is locally
// administered and nobody's. No third party gets anything, and nothing is made on the host: a new
// device would run udev's programs.
//
// What comes in cannot be sent from here. It is proven by other people's packets, which a tap saw
// arrive and our drop rules counted, and by frames sent from network namespaces that a veth joins
// to ours. Where it does not hold: a kernel rootkit that passes its own packets only; XDP, AF_XDP
// and kernel bypass, which no tap sees. Covered by prove_test.cc and tests/live/
// contain_matrix_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "host/host.h"
#include "model/containment.h"
#include "sys/fd.h"
#include "sys/nf_tables/nf_tables_present.h"

namespace genba::act {

/// The table whose counters are the witness, in the families inet and netdev: rules with a comment
/// that begins with "drop" stop packets, those with "allow" let them pass, and each has a counter.
inline constexpr const char* kProofTable = "genba_contain";

/// What holds the packets back.
enum class Enforcer : uint8_t {
  kNfTables,
  kOther,  ///< something without counters (cgroup programs, routes): only send and the taps tell
};

/// A network namespace other than ours, held open.
struct ProofNamespace {
  int64_t inode = 0;
  const sys::Fd* door = nullptr;  ///< borrowed; /proc/PID/ns/net, or where it is mounted
};

struct ProofRequest {
  Enforcer enforcer = Enforcer::kNfTables;
  std::vector<model::HookedDevice> devices;  ///< of the plan: each becomes a path link:<name>
  std::vector<ProofNamespace> namespaces;
  const sys::Fd* home = nullptr;  ///< borrowed; our own namespace, to come back to
  /// How long other people's packets are waited for. It ends early when they came.
  std::chrono::milliseconds listen{1000};
};

/// Tries all paths, in a fixed order. Needs CAP_NET_RAW, CAP_NET_ADMIN and, for other namespaces,
/// CAP_SYS_ADMIN and a process with one thread. No module is loaded: a family that is not there is
/// not asked for. The Result fails only when the way back from another namespace failed: then this
/// process is in the wrong one, and must not go on. kInvalid: namespaces without `home`.
base::Result<std::vector<model::PathProof>> prove_containment(const host::Host& host,
                                                              const sys::NftKernel& kernel,
                                                              const ProofRequest& request);

}  // namespace genba::act
