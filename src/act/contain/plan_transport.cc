// SPDX-License-Identifier: Apache-2.0
//
// A session whose way leads over a tunnel dies with the tunnel. Its packets are told by the kernel
// (WireGuard's peers, the other end of GRE, IPIP, VXLAN, Geneve), or by the sockets of the daemon
// behind a tun device.
#include <algorithm>
#include <array>

#include "act/contain/plan_parts.h"
#include "act/contain/system_program.h"
#include "act/words.h"

namespace genba::act {

namespace {

// IPPROTO_… of tunnels without ports, and the UDP ports that IANA gave to the others.
constexpr uint8_t kIpInIp = 4;
constexpr uint8_t kIp6InIp = 41;
constexpr uint8_t kGre = 47;
constexpr uint16_t kVxlanPort = 4789;
constexpr uint16_t kGenevePort = 6081;

constexpr std::array<std::string_view, 8> kTunnelDaemons{"openvpn",   "tailscaled",  "wireguard-go",
                                                         "boringtun", "openconnect", "tincd",
                                                         "nebula",    "zerotier-one"};

AllowedFlow transport(uint8_t protocol, const base::Address& remote, model::Text reason) {
  AllowedFlow flow;
  flow.id = "transport";
  flow.reason = std::move(reason);
  flow.protocol = protocol;
  flow.local = any_of(remote.family);
  flow.remote = one(remote);
  return flow;
}

void unknown_transport(const std::string& device, std::string_view kind, Plan& plan,
                       const ContainOptions& options) {
  PlanNote note{
      "transport_unknown",
      words("your session comes over {} ({}), whose own packets cannot be told: name "
            "its other end with --allow, or the session dies",
            "あなたのセッションは {}（{}）を通りますが、その外側のパケットを特定できません。"
            "対向を --allow で指定しないと、セッションが切れます",
            device, kind)};
  (options.allowed.empty() ? plan.refusals : plan.warnings).push_back(std::move(note));
}

// The peer behind which an address lies: the longest of the networks that hold it.
const sys::WireguardPeer* peer_behind(const sys::WireguardDevice& device,
                                      const base::Address& address) {
  const sys::WireguardPeer* best = nullptr;
  int bits = -1;
  for (const sys::WireguardPeer& peer : device.peers) {
    for (const base::Network& network : peer.allowed) {
      if (network.contains(address) && network.bits > bits) {
        best = &peer;
        bits = network.bits;
      }
    }
  }
  return best;
}

bool plan_wireguard(const Found& found, const sys::Link& link, const base::Address& remote,
                    Plan& plan) {
  for (const WireguardLink& known : found.wireguards) {
    const sys::WireguardPeer* peer =
        known.index == link.index ? peer_behind(known.device, remote) : nullptr;
    if (peer != nullptr && peer->endpoint) {
      auto flow = transport(kUdp, unmapped(*peer->endpoint),
                            words("WireGuard ({}) carries your session",
                                  "WireGuard（{}）があなたのセッションを運ぶため", link.name));
      flow.local_ports = {known.device.listen_port, known.device.listen_port};
      flow.remote_ports = {peer->port, peer->port};
      plan.flows.push_back(flow);
      plan.warnings.push_back(
          {"transport_may_roam",
           words("should your end of {} change its address, the session is lost: only {} stays",
                 "{} の手元側のアドレスが変わると、セッションは失われます（許可するのは {} "
                 "だけです）",
                 link.name, base::to_text(*peer->endpoint))});
      return true;
    }
  }
  return false;
}

bool plan_kernel_tunnel(const sys::Link& link, Plan& plan) {
  if (!link.tunnel_remote) {
    return false;
  }
  const model::Text reason = words("{} ({}) carries your session",
                                   "{}（{}）があなたのセッションを運ぶため", link.name, link.kind);
  const bool v6 = link.tunnel_remote->family == base::AddressFamily::kIpv6;
  if (link.kind == "vxlan" || link.kind == "geneve") {
    const uint16_t port = link.kind == "vxlan" ? kVxlanPort : kGenevePort;
    // Source ports are hashes of what is inside; both ends send to the same port.
    auto out = transport(kUdp, *link.tunnel_remote, reason);
    out.direction = FlowDirection::kOut;
    out.remote_ports = {port, port};
    plan.flows.push_back(out);
    auto in = transport(kUdp, *link.tunnel_remote, reason);
    in.direction = FlowDirection::kIn;
    in.local_ports = {port, port};
    plan.flows.push_back(in);
    return true;
  }
  const bool gre =
      link.kind.find("gre") != std::string::npos || link.kind.find("erspan") != std::string::npos;
  if (gre || link.kind == "ipip" || link.kind == "sit" || link.kind == "ip6tnl") {
    for (const uint8_t protocol : {kGre, kIpInIp, kIp6InIp}) {
      const bool fits = gre ? protocol == kGre
                            : (link.kind == "ipip"  ? protocol == kIpInIp
                               : link.kind == "sit" ? protocol == kIp6InIp
                                                    : v6 && protocol != kGre);
      if (fits) {
        plan.flows.push_back(transport(protocol, *link.tunnel_remote, reason));
      }
    }
    return true;
  }
  return false;  // vti and others: IPsec below
}

// The connections of the daemons that serve tun devices, known by their program: a name is
// anybody's choice.
bool plan_daemon(const Found& found, const sys::Link& link, Plan& plan) {
  bool any = false;
  for (const model::Process& process : found.processes) {
    if (!is_system_program(process.path, kTunnelDaemons) || process.in_container.value_or(false)) {
      continue;
    }
    for (const model::ProcessOpenSocket& socket : found.sockets) {
      const auto remote = base::parse_address(socket.remote_address.value_or(""));
      const bool tcp = socket.protocol == "tcp";
      if (socket.pid != process.pid || !remote || remote->is_unspecified() ||
          base::scope_of(*remote) == base::AddressScope::kLoopback ||
          (!tcp && socket.protocol != "udp") || (tcp && socket.state != "ESTABLISHED")) {
        continue;
      }
      auto flow = transport(tcp ? kTcp : kUdp, unmapped(*remote),
                            words("{} (process {}) may carry your session over {}",
                                  "{}（プロセス {}）が {} であなたのセッションを運んでいる可能性",
                                  process.name, process.pid, link.name));
      const auto local_port = static_cast<uint16_t>(socket.local_port.value_or(0));
      const auto remote_port = static_cast<uint16_t>(socket.remote_port.value_or(0));
      flow.local_ports = {local_port, local_port};
      flow.remote_ports = {remote_port, remote_port};
      plan.flows.push_back(flow);
      any = true;
    }
  }
  return any;
}

bool is_tunnel(std::string_view kind) {
  constexpr std::array<std::string_view, 17> kTunnels{
      "wireguard", "tun",   "ipip",   "sit", "ip6tnl", "gre",  "gretap", "ip6gre",   "ip6gretap",
      "erspan",    "vxlan", "geneve", "vti", "vti6",   "xfrm", "ppp",    "ip6erspan"};
  return std::find(kTunnels.begin(), kTunnels.end(), kind) != kTunnels.end();
}

}  // namespace

void plan_transport(const Found& found, const ContainOptions& options, Plan& plan) {
  const SessionCandidate* session = found.responder.session();
  if (session == nullptr || session->loopback || !found.way || found.way->hops.empty()) {
    return;
  }
  const sys::Link* link = link_at(found, found.way->hops.front().index);
  if (link == nullptr || !is_tunnel(link->kind)) {
    return;
  }
  const bool told = link->kind == "wireguard"
                        ? plan_wireguard(found, *link, session->remote, plan)
                        : plan_kernel_tunnel(*link, plan) ||
                              (link->kind == "tun" && plan_daemon(found, *link, plan));
  if (!told) {
    unknown_transport(link->name, link->kind, plan, options);
  }
}

}  // namespace genba::act
