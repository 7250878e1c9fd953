// SPDX-License-Identifier: Apache-2.0
//
// The parts of prove.cc: counters, one trial and its judgement, and what comes in. Covered by
// prove_test.cc and prove_trial_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "act/contain/prove.h"
#include "base/address.h"
#include "sys/nf_tables/nf_tables.h"
#include "sys/packet_probe.h"
#include "sys/packet_tap.h"
#include "sys/rtnetlink.h"

namespace genba::act {

/// What our rules counted, in packets, summed over a namespace or over several.
struct CounterReading {
  uint64_t dropped = 0;                                  ///< all drop rules
  uint64_t dropped_at_device = 0;                        ///< those of the netdev table
  uint64_t dropped_in = 0;                               ///< "drop in…"
  uint64_t dropped_forward = 0;                          ///< "drop forward…"
  std::map<std::string, uint64_t, std::less<>> allowed;  ///< by comment
};

/// What was added between two readings. A counter that fell was made anew and counts from nothing.
CounterReading grown(const CounterReading& before, const CounterReading& after);
CounterReading& operator+=(CounterReading& sum, const CounterReading& one);

/// Our rules' counters in the network namespace where it was opened.
class DropCounters {
 public:
  static base::Result<DropCounters> open(const sys::NftKernel& kernel);
  /// kNotFound when our table stands in neither family.
  base::Result<CounterReading> read();

 private:
  explicit DropCounters(sys::NfTables tables) : tables_(std::move(tables)) {}
  sys::NfTables tables_;
};

/// What the kernel has without loading anything, and what this run knows its probes by.
struct ProofMeans {
  const sys::NftKernel& kernel;
  Enforcer enforcer = Enforcer::kNfTables;
  bool packet_sockets = false;  ///< AF_PACKET
  bool ipv6 = false;
  uint32_t mark = 0;
  std::string payload;

  bool has(base::AddressFamily family) const {
    return ipv6 || family == base::AddressFamily::kIpv4;
  }
};

/// Who watches a trial: counters (those that could be opened) and taps, wherever they were opened.
class Witnesses {
 public:
  std::vector<DropCounters*> counters;
  std::vector<sys::PacketTap*> taps;
  const sys::ProbeReceiver* receiver = nullptr;
  std::string payload;  ///< what the receiver waits for

  /// Nothing when our table stands nowhere, or there are no counters.
  std::optional<CounterReading> read() const;
  /// How many probes came through, since the taps were opened.
  uint64_t seen();

 private:
  uint64_t received_ = 0;
};

/// Which counters stop the packets of a trial.
enum class StoppedBy : uint8_t { kAnyRule, kDeviceRule };

/// What came of the packets for one path.
struct Trial {
  std::string target;               ///< where they went, for words: "192.0.2.1"
  std::string error;                ///< why there was no trial; empty when there was one
  int64_t taken = 0;                ///< the kernel took them
  int64_t refused = 0;              ///< EPERM
  int64_t lost = 0;                 ///< ENOBUFS: dropped at the device
  int64_t no_way = 0;               ///< any other errno: nothing was sent
  int sys_errno = 0;                ///< the last of those
  int64_t seen = 0;                 ///< by taps behind all rules, or by the receiver
  std::optional<int64_t> dropped;   ///< by our rules; nothing: our table is not there
  int64_t noise = 0;                ///< what they dropped in as long a time without probes
  std::vector<std::string> let_by;  ///< allow rules that counted at least as many

  int64_t sent() const { return taken + refused + lost; }
};

using SendProbe = std::function<base::Result<sys::SendOutcome>()>;
/// Sends 4 packets, and waits at most 200 ms for what becomes of those that were taken. When
/// others' packets that are dropped hide them, again with more, up to 256.
Trial try_packets(Witnesses& witnesses, const SendProbe& send, StoppedBy stopped_by);

/// Pure.
model::PathProof judge_trial(std::string path, const Trial& trial, Enforcer enforcer);
/// Several proofs of one path as one: failed when one failed, else asserted when one is, and the
/// words of the first of these.
model::PathProof join_proofs(std::string path, const std::vector<model::PathProof>& proofs);
model::PathProof not_tried(std::string path, model::Text why);

/// A documentation address of the family, where probes go.
base::Address probe_target(base::AddressFamily family);
/// "v4" or "v6", as paths end.
std::string_view path_suffix(base::AddressFamily family);
inline constexpr base::AddressFamily kFamilies[] = {base::AddressFamily::kIpv4,
                                                    base::AddressFamily::kIpv6};

/// What a frame carries: a packet of that family to its probe target, or to another address.
std::string frame_packet(const ProofMeans& means, const base::Address& to, uint16_t port);

// --- what comes in (prove_arriving.cc) ---

/// Waits for other people's packets: in_v4 and in_v6, in this order.
std::vector<model::PathProof> prove_arriving(const ProofMeans& means, DropCounters* counters,
                                             bool uses_ipv6, std::chrono::milliseconds listen);
/// What packets that came in while a tap watched prove. `others` is how many of the other family
/// came in at most. Pure.
struct Arrivals {
  uint64_t surely = 0;   ///< of this family, well within the two readings
  uint64_t others = 0;   ///< of the other family, at most
  uint64_t dropped = 0;  ///< by drop rules for what comes in, of both families
  uint64_t allowed = 0;  ///< by allow rules, in any direction
};
model::PathProof judge_arrivals(std::string path, const Arrivals& arrivals, bool can_fail);

// --- what comes from a namespace that a veth joins to ours (prove_crossing.cc) ---

/// A veth pair between another namespace and ours.
struct Joint {
  int inner = 0;                 ///< index of the end in the other namespace
  int outer = 0;                 ///< of the end in ours, or of the bridge that it is a port of
  std::string hardware_address;  ///< where a frame must go to be received by us
};
std::vector<Joint> find_joints(const std::vector<sys::Link>& home,
                               const std::vector<sys::Link>& inside);
/// As judge_trial, but what nobody saw is not held to have passed. Pure.
model::PathProof judge_crossing(std::string path, const Trial& trial, Enforcer enforcer);

}  // namespace genba::act
