// SPDX-License-Identifier: Apache-2.0
#include "act/contain/plan.h"

#include <net/if.h>

#include <algorithm>
#include <set>

#include "act/contain/plan_parts.h"
#include "act/contain/system_program.h"
#include "act/words.h"
#include "base/number.h"
#include "fmt/format.h"

namespace genba::act {

using base::AddressFamily;
using base::ErrorCode;

namespace {

constexpr uint16_t kEthernet = 1;  // ARPHRD_ETHER, linux/if_arp.h
// An --admin wider than this lets in half the world.
constexpr int kWidestAdmin4 = 8;
constexpr int kWidestAdmin6 = 24;

// Where clouds answer with credentials: AWS, Azure, GCP, OpenStack; AWS containers; Alibaba; and
// over IPv6 AWS and GCP.
constexpr std::string_view kMetadata[] = {"169.254.169.254", "169.254.170.2", "100.100.100.200",
                                          "fd00:ec2::254", "fd20:ce::254"};

bool overlap(const base::Network& a, const base::Network& b) {
  return a.bits <= b.bits ? a.contains(b.address) : b.contains(a.address);
}

AllowedFlow tcp_flow(std::string id, model::Text reason, const base::Address& local, uint16_t port,
                     const base::Network& remote) {
  AllowedFlow flow;
  flow.id = std::move(id);
  flow.reason = std::move(reason);
  flow.protocol = kTcp;
  flow.local = one(local);
  flow.local_ports = {port, port};
  flow.remote = remote;
  return flow;
}

// The device that holds a link-local session: its address says nothing about where it is.
std::string device_of(const Found& found, const base::Address& local) {
  if (base::scope_of(local) != base::AddressScope::kLinkLocal) {
    return {};
  }
  std::string name;
  for (const sys::LinkAddress& address : found.addresses) {
    if (address.address == local) {
      name = device_name(found, address.index);
    }
  }
  return name;
}

// The same session, and the same way back in, as the rules see it: they stand before NAT.
void plan_redirected(const Found& found, const SessionCandidate& session, Plan& plan) {
  for (const sys::ConntrackTuple& dialled : found.redirected) {
    const std::string device = device_of(found, dialled.destination);
    auto exact = tcp_flow("session",
                          words("the same, before NAT of this host redirects it to {} port {}",
                                "このホストのNATが {} のポート {} に転送する前の、同じセッション",
                                base::to_text(session.local), session.local_port),
                          dialled.destination, dialled.destination_port, one(dialled.source));
    exact.remote_ports = {dialled.source_port, dialled.source_port};
    exact.device = device;
    plan.flows.push_back(exact);
    auto again = tcp_flow("reconnect",
                          words("the same, before NAT of this host redirects it",
                                "このホストのNATが転送する前の、同じ再接続"),
                          dialled.destination, dialled.destination_port, one(dialled.source));
    again.device = device;
    plan.flows.push_back(again);
  }
}

void plan_session(const Found& found, Plan& plan) {
  const SessionCandidate* session = found.responder.session();
  if (session == nullptr) {
    return;
  }
  plan.session = *session;
  if (session->loopback) {
    return;  // lo always passes
  }
  const std::string device = device_of(found, session->local);
  auto exact = tcp_flow(
      "session", words("{}: {}", "{}：{}", confidence_words(session->confidence), session->why),
      session->local, session->local_port, one(session->remote));
  exact.remote_ports = {session->remote_port, session->remote_port};
  exact.device = device;
  plan.flows.push_back(exact);
  auto again = tcp_flow("reconnect",
                        words("new connections from your address, should this one break",
                              "切断されたときに、同じアドレスから接続し直すため"),
                        session->local, session->local_port, one(session->remote));
  again.device = device;
  plan.flows.push_back(again);
  plan_redirected(found, *session, plan);
}

// Ports at which an admin may come in: that of the session, also as it was dialled, and sshd's.
std::set<uint16_t> admin_ports(const Found& found) {
  std::set<uint16_t> ports;
  if (const SessionCandidate* session = found.responder.session(); session != nullptr) {
    ports.insert(session->local_port);
  }
  for (const sys::ConntrackTuple& dialled : found.redirected) {
    ports.insert(dialled.destination_port);
  }
  for (const model::ListeningPort& port : found.ports) {
    const auto holder =
        std::find_if(found.processes.begin(), found.processes.end(),
                     [&](const model::Process& process) { return process.pid == port.pid; });
    if (holder != found.processes.end() && port.protocol == "tcp" && holder->euid == 0 &&
        is_ssh_server(holder->path) && port.net_namespace == found.self.net_namespace) {
      ports.insert(static_cast<uint16_t>(port.port));
    }
  }
  if (ports.empty()) {
    ports.insert(22);
  }
  return ports;
}

void plan_admins(const Found& found, const ContainOptions& options, Plan& plan) {
  for (const base::Network& admin : options.admins) {
    const bool v6 = admin.address.family == AddressFamily::kIpv6;
    if (admin.bits < (v6 ? kWidestAdmin6 : kWidestAdmin4)) {
      plan.refusals.push_back(
          {"admin_too_wide",
           words("--admin {}/{} lets nearly everybody in: name a smaller network",
                 "--admin {}/{} はほぼ全員を許可します。もっと狭いネットワークを指定してください",
                 base::to_text(admin.address), admin.bits)});
    }
    for (const uint16_t port : admin_ports(found)) {
      AllowedFlow flow;
      flow.id = "admin";
      flow.reason = words("you named {}/{} (--admin)", "--admin で {}/{} を指定",
                          base::to_text(admin.address), admin.bits);
      flow.protocol = kTcp;
      flow.local = any_of(admin.address.family);
      flow.local_ports = {port, port};
      flow.remote = admin;
      plan.flows.push_back(flow);
    }
  }
  for (const AllowedPeer& peer : options.allowed) {
    for (const uint8_t protocol : {kTcp, kUdp}) {
      AllowedFlow flow;
      flow.id = "allow";
      flow.reason = words("you named {} port {} (--allow)", "--allow で {} のポート {} を指定",
                          base::to_text(peer.address), peer.port);
      flow.protocol = protocol;
      flow.local = any_of(peer.address.family);
      flow.remote = one(peer.address);
      flow.remote_ports = {peer.port, peer.port};
      plan.flows.push_back(flow);
    }
  }
}

void plan_blocked(const ContainOptions& options, Plan& plan) {
  for (const std::string_view text : kMetadata) {
    const base::Network network = *base::parse_network(text);
    plan.blocked.push_back(network);
    for (const AllowedPeer& peer : options.allowed) {
      if (network.contains(peer.address)) {
        plan.refusals.push_back(
            {"allow_is_metadata",
             words("--allow {}: this address gives out the machine's cloud credentials and stays "
                   "blocked; leave it out",
                   "--allow {}：クラウドの認証情報を配るアドレスのため、常に遮断します。指定から"
                   "外してください",
                   text)});
      }
    }
  }
}

// Hardware, and whatever carries a default route or the session: in a guest network the way out
// may be a veth.
void plan_devices(const Found& found, Plan& plan) {
  std::set<int> ways_out;
  for (const sys::Route& route : found.routes) {
    for (const sys::NextHop& hop : route.hops) {
      if (route.destination.bits == 0) {
        ways_out.insert(hop.index);
      }
    }
  }
  if (found.way && !found.way->hops.empty()) {
    ways_out.insert(found.way->hops.front().index);
  }
  for (const sys::Link& link : found.links) {
    if ((link.flags & IFF_LOOPBACK) != 0) {
      continue;
    }
    if (link.kind.empty() && link.type == kEthernet) {
      plan.devices.push_back({link.index, link.name, words("hardware", "物理デバイス")});
    } else if (ways_out.count(link.index) != 0) {
      plan.devices.push_back({link.index, link.name, words("a way out", "外への経路")});
    } else if (link.kind.empty()) {
      plan.devices.push_back(
          {link.index, link.name, words("not made by software", "物理デバイス（Ethernet 以外）")});
    }
  }
  std::sort(plan.devices.begin(), plan.devices.end(),
            [](const auto& a, const auto& b) { return a.index < b.index; });
}

void refuse_suspects(const Found& found, const ContainOptions& options, Plan& plan) {
  std::vector<std::pair<model::Text, base::Network>> admins;
  if (const SessionCandidate* session = found.responder.session(); session != nullptr) {
    admins.emplace_back(words("your address", "あなたのアドレス"), one(session->remote));
    for (const sys::ConntrackTuple& dialled : found.redirected) {
      if (dialled.source != session->remote) {
        admins.emplace_back(words("your address before NAT", "NAT前のあなたのアドレス"),
                            one(dialled.source));
      }
    }
  }
  for (const base::Network& admin : options.admins) {
    admins.emplace_back(words("--admin", "--admin"), admin);
  }
  for (const AllowedPeer& peer : options.allowed) {
    admins.emplace_back(words("--allow", "--allow"), one(peer.address));
  }
  for (const auto& [whose, network] : admins) {
    for (const SuspectAddress& suspect : found.suspects) {
      if (!overlap(network, suspect.network)) {
        continue;
      }
      const bool refuse = suspect.sure && !options.force_admin;
      PlanNote note{"admin_is_suspect",
                    words("{} ({}/{}) is also that of a suspect: {}{}",
                          "{}（{}/{}）は、不審なアドレスでもあります：{}{}", whose,
                          base::to_text(network.address), network.bits, suspect.why,
                          refuse ? words("; connect from another address, or insist with "
                                         "--force-admin",
                                         "。別のアドレスから接続するか、承知の上なら --force-admin "
                                         "を指定してください")
                                 : model::Text())};
      (refuse ? plan.refusals : plan.warnings).push_back(std::move(note));
    }
  }
}

void refuse_stranding(const Found& found, const ContainOptions& options, Plan& plan) {
  const Responder& responder = found.responder;
  if (responder.way == SessionWay::kConsole || responder.session() != nullptr ||
      !options.admins.empty()) {
    return;
  }
  plan.refusals.push_back(
      {"no_session",
       responder.candidates.empty()
           ? words("your own session was not found: name your address with --admin CIDR",
                   "あなた自身のセッションが見つかりません。--admin CIDR "
                   "でアドレスを指定してください")
           : words("it is not sure which session is yours: name your address with --admin CIDR",
                   "どのセッションがあなたのものか確定できません。--admin CIDR でアドレスを指定して"
                   "ください")});
}

// The one that is named: by its mount, or by a process that lives there.
std::optional<int64_t> namespace_named(const Found& found, std::string_view name) {
  for (const OtherNamespace& other : found.namespaces) {
    if (other.path == name) {
      return other.inode;
    }
  }
  const auto pid = base::parse_number<int64_t>(name);
  for (const model::Process& process : found.processes) {
    if (pid == process.pid) {
      return process.net_namespace;
    }
  }
  return std::nullopt;
}

void keep_namespaces(const Found& found, const ContainOptions& options, Plan& plan) {
  for (const std::string& name : options.kept_namespaces) {
    const auto inode = namespace_named(found, name);
    const size_t before = plan.namespaces.size();
    std::erase_if(plan.namespaces, [&](const auto& other) { return other.inode == inode; });
    if (plan.namespaces.size() == before) {
      plan.refusals.push_back(
          {"keep_unknown",
           words(
               "--keep {}: no other network namespace is that: name a process in it, or where it "
               "is mounted (/run/netns/…)",
               "--keep {}：該当する別のネットワーク名前空間がありません。中のプロセスか、マウント先"
               "（/run/netns/…）を指定してください",
               name)});
    } else {
      plan.kept.push_back(*inode);
      plan.not_covered.push_back(
          {"kept_namespace",
           words("the network namespace of {}, because of --keep: what runs there is not stopped",
                 "{} のネットワーク名前空間（--keep "
                 "の指定により、そこで動くものの通信は止まりません）",
                 name)});
    }
  }
}

}  // namespace

model::Text confidence_words(model::Confidence confidence) {
  switch (confidence) {
    case model::Confidence::kProven: return words("proven", "確証");
    case model::Confidence::kLikely: return words("likely", "濃厚");
    case model::Confidence::kHint: return words("a hint", "手がかり");
  }
  return {};
}

base::Network one(const base::Address& address) {
  return {address, address.family == AddressFamily::kIpv6 ? 128 : 32};
}

base::Network any_of(AddressFamily family) {
  base::Network network;
  network.address.family = family;
  return network;
}

const sys::Link* link_at(const Found& found, int index) {
  const auto link = std::find_if(found.links.begin(), found.links.end(),
                                 [&](const sys::Link& row) { return row.index == index; });
  return link == found.links.end() ? nullptr : &*link;
}

std::string device_name(const Found& found, int index) {
  const sys::Link* link = link_at(found, index);
  return link != nullptr ? link->name : fmt::format("#{}", index);
}

bool uses(const Found& found, AddressFamily family) {
  return std::any_of(found.addresses.begin(), found.addresses.end(),
                     [&](const sys::LinkAddress& address) {
                       return address.address.family == family &&
                              base::scope_of(address.address) != base::AddressScope::kLoopback;
                     });
}

base::Result<AllowedPeer> parse_allowed_peer(std::string_view text) {
  const size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (brackets) {
    host = host.substr(1, host.size() - 2);
  }
  const auto address = base::parse_address(host);
  const auto port = colon == std::string_view::npos
                        ? std::nullopt
                        : base::parse_number<uint16_t>(text.substr(colon + 1));
  const bool v6 = address && address->family == AddressFamily::kIpv6;
  if (!address || !port || *port == 0 || v6 != brackets) {
    return base::fail(ErrorCode::kInvalid,
                      fmt::format("'{}' is no ADDRESS:PORT: write 192.0.2.1:443 or "
                                  "[2001:db8::1]:443 (names are not resolved)",
                                  text));
  }
  return AllowedPeer{unmapped(*address), *port};
}

Plan plan_containment(const Found& found, const ContainOptions& options) {
  Plan plan;
  plan.hold = options.hold;
  plan.timeout = options.hold ? 0 : options.timeout;
  plan.namespaces = found.namespaces;
  keep_namespaces(found, options, plan);
  std::sort(plan.namespaces.begin(), plan.namespaces.end(),
            [](const auto& a, const auto& b) { return a.inode < b.inode; });
  refuse_stranding(found, options, plan);
  plan_session(found, plan);
  plan_admins(found, options, plan);
  plan_blocked(options, plan);
  refuse_suspects(found, options, plan);
  plan_transport(found, options, plan);
  plan_storage(found, options, plan);
  plan_plumbing(found, options, plan);
  plan_devices(found, plan);
  plan_notes(found, options, plan);
  return plan;
}

}  // namespace genba::act
