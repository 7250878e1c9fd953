// SPDX-License-Identifier: Apache-2.0
//
// What containment will do, before it does anything: who stays connected and why, on which devices
// and in which namespaces the rest is stopped, what breaks, what is out of reach, and why it may be
// refused. A plan is computed from what was found and from options, and from nothing else: the same
// input gives the same plan, byte for byte. Rules made from it are stateless, so nothing stays
// because it was there before. A session over a tunnel needs the tunnel's packets too; where these
// cannot be told (IPsec, an overlay that talks to many) the plan says so and is refused unless
// --allow or --admin names something. Covered by plan_test.cc, case by case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "act/contain/responder.h"
#include "base/address.h"
#include "base/result.h"
#include "model/containment.h"
#include "model/tables/mounts.h"
#include "sys/conntrack.h"
#include "sys/rtnetlink.h"
#include "sys/wireguard.h"

namespace genba::act {

using model::AllowedFlow;
using model::FlowDirection;
using model::HookedDevice;
using model::OtherNamespace;
using model::PlanNote;
using model::PortRange;
using Plan = model::ContainmentPlan;

/// --allow HOST:PORT; the port of the other machine, over TCP and UDP.
struct AllowedPeer {
  base::Address address;
  uint16_t port = 0;
};

/// "192.0.2.1:443", "[2001:db8::1]:443". Names are not resolved: kInvalid.
base::Result<AllowedPeer> parse_allowed_peer(std::string_view text);

struct ContainOptions {
  std::vector<base::Network> admins;  ///< --admin
  std::vector<AllowedPeer> allowed;   ///< --allow
  bool dns = false;                   ///< --dns: the resolvers of resolv.conf stay
  bool hold = false;                  ///< --hold: no timer, fail closed
  int64_t timeout = 300;              ///< --timeout, in seconds; not used with hold
  bool force_storage = false;         ///< contain although the root is on the network
  bool force_admin = false;           ///< contain although the admin's address is a suspect
  /// --keep: network namespaces that keep their network, by a process in them or their mount.
  std::vector<std::string> kept_namespaces;
};

/// An address that an intruder is known, or suspected, to use.
struct SuspectAddress {
  base::Network network;
  model::Text why;
  bool sure = false;  ///< refuse; else only warn
};

struct WireguardLink {
  int index = 0;
  sys::WireguardDevice device;
};

/// What is there that packet rules do not reach; absent: could not be told.
struct OutOfReach {
  std::string id;  ///< vsock, ipmi, bluetooth, rdma …
  std::optional<bool> present;
};

/// Everything that the plan is computed from. Empty parts were not found; `unread` names the ones
/// that could not be read.
struct Found {
  Self self;
  Responder responder;
  std::vector<sys::Link> links;
  std::vector<sys::LinkAddress> addresses;
  std::vector<sys::Route> routes;
  std::optional<sys::Route> way;  ///< from here to the session's other end
  std::vector<WireguardLink> wireguards;
  std::vector<model::Mount> mounts;
  int64_t mnt_namespace = 0;  ///< ours, where a mount at / is this machine's root
  std::vector<model::Process> processes;
  std::vector<model::ProcessOpenSocket> sockets;
  std::vector<model::ListeningPort> ports;
  std::vector<base::Address> resolvers;
  std::vector<OtherNamespace> namespaces;
  std::vector<SuspectAddress> suspects;
  /// Accounts that logged in from the session's address.
  std::vector<std::string> users_of_address;
  std::vector<OutOfReach> out_of_reach;
  /// The session's packets as they arrive, where NAT of this host brings them to its sshd.
  std::vector<sys::ConntrackTuple> redirected;
  /// Why nobody looked for that, where it can be.
  std::optional<model::Text> redirection_unknown;
  std::vector<model::Text> unread;
};

/// Pure and deterministic. ARP and the loopback device always pass and are not listed.
Plan plan_containment(const Found& found, const ContainOptions& options);

/// One JSON object, keys in a fixed order; text is English and valid UTF-8. What the journal
/// hashes.
std::string to_json(const Plan& plan);

}  // namespace genba::act
