// SPDX-License-Identifier: Apache-2.0
//
// What containment will do, what it did and how far that is proven, as data: packets that pass and
// why, where the rest is stopped, what breaks, what is out of reach. Computed by act/contain, told
// by render/containment.h. Texts of a plan are for people and in both languages; ids and keys are
// stable. Covered by act/contain/plan_test.cc and render/containment_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "model/finding.h"

namespace genba::model {

/// A connection that may carry the responder's session, as this host sees it. IPv4 in IPv6 sockets
/// is told as IPv4, as it is on the wire.
struct SessionCandidate {
  Confidence confidence = Confidence::kHint;
  Text why;  ///< how it was found, one line
  base::Address local;
  uint16_t local_port = 0;
  base::Address remote;
  uint16_t remote_port = 0;
  int64_t socket = 0;  ///< inode
  int64_t pid = 0;     ///< the sshd that holds it
  std::optional<int64_t> loginuid;
  std::string family;     ///< of the socket: ipv4 or ipv6, for TCP_INFO
  bool loopback = false;  ///< both ends are this host: nothing on the network carries it
  int64_t net_namespace = 0;
};

/// A network namespace other than our own.
struct OtherNamespace {
  int64_t inode = 0;
  int64_t pid = 0;   ///< a process that lives there, to enter by; 0 for none
  std::string path;  ///< where it is mounted, for one without processes (/run/netns/…)
  int64_t processes = 0;
};

struct PortRange {
  uint16_t first = 0;
  uint16_t last = 65535;
};

enum class FlowDirection : uint8_t { kBoth, kIn, kOut };

/// Packets that pass. In: from `remote` to `local`; out: the other way round.
struct AllowedFlow {
  std::string id;  ///< session, reconnect, admin, allow, dns, transport, storage, dhcp …
  Text reason;     ///< one line
  FlowDirection direction = FlowDirection::kBoth;
  uint8_t protocol = 0;  ///< IPPROTO_…
  base::Network local;   ///< 0 bits: any
  PortRange local_ports;
  base::Network remote;
  PortRange remote_ports;
  std::vector<uint8_t> types;  ///< of ICMP messages; empty: not ICMP
  std::optional<uint8_t> code;
  std::optional<uint8_t> hop_limit;  ///< must be this: 255 proves that no router passed it on
  std::string device;                ///< only there; empty: anywhere

  base::AddressFamily family() const { return local.address.family; }
};

/// Whether packets of the protocol (IPPROTO_…) begin with source and destination port.
bool has_ports(uint8_t protocol);

/// A device that gets hooks below IP.
struct HookedDevice {
  int index = 0;
  std::string name;
  Text why;
};

/// What a plan has to say, each with a stable id.
struct PlanNote {
  std::string id;
  Text text;
};

/// What the containment stands on, best first.
enum class ContainmentRung : uint8_t {
  kNftables,      ///< nf_tables, also below IP (netdev hooks)
  kNftablesInet,  ///< nf_tables above IP only
  kCgroupBpf,
  kRoutes,
  kNone
};
/// nf_tables, nf_tables_inet, cgroup_bpf, routes or none.
std::string_view to_string(ContainmentRung rung);

struct ContainmentPlan {
  ContainmentRung rung = ContainmentRung::kNftables;  ///< what it will stand on
  bool kernel_timer = true;  ///< the kernel opens it; false: only a guard process does
  std::vector<AllowedFlow> flows;
  /// TCP to these is dropped before anything is allowed: cloud metadata gives out credentials.
  std::vector<base::Network> blocked;
  std::vector<HookedDevice> devices;
  std::vector<OtherNamespace> namespaces;
  std::vector<int64_t> kept;  ///< inodes of namespaces that keep their network, because of --keep
  std::vector<PlanNote> breaks;
  std::vector<PlanNote> not_covered;
  std::vector<PlanNote> warnings;
  std::vector<PlanNote> elsewhere;  ///< what only the provider, or a reboot, does
  std::vector<PlanNote> refusals;   ///< not empty: it must not be applied
  bool hold = false;
  int64_t timeout = 0;  ///< seconds; 0 with hold
  std::optional<SessionCandidate> session;
};

/// How far something was shown. Proven: tried by packets, and it holds. Asserted: the kernel took
/// the rules, but it could not be tried. Failed: tried, and it does not hold.
enum class ProofOutcome : uint8_t { kProven, kAsserted, kFailed };
/// proven, asserted or failed.
std::string_view to_string(ProofOutcome outcome);

/// What was counted while a path was tried, in packets.
struct ProofFigures {
  int64_t sent = 0;     ///< probes of ours
  int64_t refused = 0;  ///< of these, refused by the kernel (EPERM)
  int64_t dropped = 0;  ///< how much the counters of our drop rules grew
  int64_t passed = 0;   ///< how much those of our allow rules grew
};

/// One way in, out or through, and what trying it brought.
struct PathProof {
  /// out_v4, out_v6, in_v4, in_v6, forward_v4, forward_v6, raw_v4, raw_v6, link:DEVICE,
  /// namespace:INODE:out_v4 …; session for the responder's own connection.
  std::string path;
  ProofOutcome outcome = ProofOutcome::kAsserted;
  Text text;  ///< how it was tried, or why it could not be
  ProofFigures figures;
};

/// One network namespace, after an apply, an undo or a look.
struct NamespaceReport {
  int64_t inode = 0;
  bool own = false;   ///< the one that Genba runs in
  int64_t pid = 0;    ///< a process that lives there; 0 for none
  std::string path;   ///< where it is mounted; empty: nowhere known
  bool gone = false;  ///< it does not exist any more, and no packet leaves it
  Text error;         ///< why it could not be done there; empty: it was
  bool locked = false;
  bool owned = false;               ///< others cannot delete the table (OWNER|PERSIST)
  bool egress = false;              ///< frames that leave are stopped too (kernel 5.16)
  std::vector<std::string> hooked;  ///< names of devices with hooks below IP
  /// Digests of everybody else's rules, SHA-256 in hex; equal when we touched none.
  std::string digest_before;
  std::string digest_after;
};

/// The small process that keeps the tables.
struct GuardReport {
  int64_t pid = 0;  ///< 0: there is none
  bool alive = false;
};

/// What `contain apply` did. Its failures are told, never silent.
struct ContainmentReport {
  std::string id;
  ContainmentRung rung = ContainmentRung::kNone;
  base::Timestamp armed_at;
  bool hold = false;
  int64_t timeout = 0;                      ///< seconds; 0 with hold
  std::optional<base::Timestamp> opens_at;  ///< unless confirmed; absent with hold
  std::vector<NamespaceReport> namespaces;  ///< our own first
  std::vector<PathProof> paths;
  std::optional<PathProof> session;  ///< absent: no session is on the network
  GuardReport guard;
  std::vector<PlanNote> notes;     ///< what this rung and this kernel do not cover
  std::vector<PlanNote> failures;  ///< what did not work; not empty: the whole failed
  int64_t took = 0;                ///< nanoseconds from the first rule to the last
  std::string plan_sha256;
  std::string journal;  ///< directory

  /// Failed when anything failed or a namespace stayed open; proven when our own namespace has a
  /// proven path and nothing but proven ones, the session, if there is one, is proven, and the rung
  /// leaves nothing out.
  ProofOutcome outcome() const;
};

/// What is in force, as the kernel and the journal tell it.
enum class ContainmentState : uint8_t {
  kNone,       ///< nothing is in force, and nothing should be
  kTrial,      ///< closed, and opens by itself unless confirmed
  kConfirmed,  ///< closed until it is taken back
  kHold,       ///< closed from the start without a timer
  kOpened,     ///< the timer has run out: the host is open
  kRebooted,   ///< a reboot has opened the host
  kGone        ///< somebody else removed it: the host is open
};
/// none trial confirmed hold opened rebooted gone.
std::string_view to_string(ContainmentState state);

struct FlowCounter {
  std::string id;  ///< "session", "drop in" …
  int64_t packets = 0;
  std::optional<int64_t> bytes;  ///< absent where only packets are counted
};

/// Of our tables in all namespaces together, at one moment.
struct ContainmentStatus {
  std::string id;
  ContainmentState state = ContainmentState::kNone;
  ContainmentRung rung = ContainmentRung::kNone;
  std::optional<base::Timestamp> armed_at;
  std::optional<int64_t> remaining;  ///< seconds until it opens by itself
  std::vector<NamespaceReport> namespaces;
  GuardReport guard;
  std::vector<PlanNote> tampering;  ///< what is not as we left it
  std::vector<FlowCounter> dropped;
  std::vector<FlowCounter> allowed;
  std::vector<std::string> new_devices;  ///< came since, without hooks below IP
  std::vector<PlanNote> notes;
};

/// What confirm, extend or undo did.
enum class ContainmentChangeKind : uint8_t { kConfirm, kExtend, kUndo };
/// confirm, extend or undo.
std::string_view to_string(ContainmentChangeKind kind);

struct ContainmentChange {
  ContainmentChangeKind kind = ContainmentChangeKind::kConfirm;
  std::string id;
  std::optional<PathProof> session;         ///< of confirm
  std::optional<int64_t> remaining;         ///< of extend: seconds from now
  std::vector<NamespaceReport> namespaces;  ///< of undo: equal digests say that all is as before
  GuardReport guard;
  std::vector<PlanNote> notes;
  std::vector<PlanNote> failures;
  std::string journal;

  bool failed() const;
};

}  // namespace genba::model
