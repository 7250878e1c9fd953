// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "act/contain/plan_parts.h"
#include "act/words.h"
#include "fmt/format.h"

namespace genba::act {

namespace {

constexpr std::array<std::string_view, 7> kIdentityServices{"sssd",   "nslcd",   "winbindd", "nscd",
                                                            "ypbind", "krb5kdc", "sssd_be"};

bool is_covered(const Plan& plan, const base::Address& remote, uint16_t remote_port,
                uint16_t local_port, uint8_t protocol) {
  return std::any_of(plan.flows.begin(), plan.flows.end(), [&](const AllowedFlow& flow) {
    const auto in = [](const PortRange& range, uint16_t port) {
      return port >= range.first && port <= range.last;
    };
    return flow.protocol == protocol && flow.remote.contains(remote) &&
           in(flow.remote_ports, remote_port) && in(flow.local_ports, local_port);
  });
}

struct Cut {
  int64_t connections = 0;
  std::set<std::string> peers;
};

// The empty name is that of connections which no process that we see holds.
model::Text cut_words(const std::string& name, const Cut& cut) {
  const model::Text program =
      name.empty() ? words("no visible process", "プロセス不明") : words("{}", "{}", name);
  if (cut.peers.size() == 1) {
    return words("{}: {}", "{}：{}", program,
                 cut.connections == 1
                     ? words("1 connection to {}", "{} との接続 1件", *cut.peers.begin())
                     : words("{0} connections to {1}", "{1} との接続 {0}件", cut.connections,
                             *cut.peers.begin()));
  }
  return words("{}: {} connections to {} addresses, such as {}",
               "{}：接続 {}件（{}アドレス、{} など）", program, cut.connections, cut.peers.size(),
               *cut.peers.begin());
}

// Connections that end, by program; the program with the most first.
void note_connections(const Found& found, Plan& plan) {
  std::map<int64_t, std::string> names;
  for (const model::Process& process : found.processes) {
    names[process.pid] = process.name;
  }
  std::map<std::string, Cut> cuts;
  std::set<std::pair<int64_t, int64_t>> seen;
  for (const model::ProcessOpenSocket& socket : found.sockets) {
    const auto remote = base::parse_address(socket.remote_address.value_or(""));
    const bool tcp = socket.protocol == "tcp";
    if (!remote || remote->is_unspecified() || (tcp && socket.state != "ESTABLISHED") ||
        (!tcp && socket.protocol != "udp") ||
        base::scope_of(*remote) == base::AddressScope::kLoopback ||
        is_covered(plan, unmapped(*remote), static_cast<uint16_t>(socket.remote_port.value_or(0)),
                   static_cast<uint16_t>(socket.local_port.value_or(0)), tcp ? kTcp : kUdp) ||
        !seen.emplace(socket.net_namespace, socket.socket).second) {
      continue;
    }
    const auto name = names.find(socket.pid.value_or(0));
    Cut& cut = cuts[name == names.end() ? std::string() : name->second];
    ++cut.connections;
    cut.peers.insert(base::to_text(unmapped(*remote)));
  }
  std::vector<std::pair<std::string, Cut>> most(cuts.begin(), cuts.end());
  std::stable_sort(most.begin(), most.end(), [](const auto& a, const auto& b) {
    return a.second.connections > b.second.connections;
  });
  for (const auto& [name, cut] : most) {
    plan.breaks.push_back({"connections", cut_words(name, cut)});
  }
}

void note_services(const Found& found, Plan& plan) {
  std::set<std::pair<int64_t, std::string>> services;
  for (const model::ListeningPort& port : found.ports) {
    const auto address = base::parse_address(port.address);
    if (address && base::scope_of(*address) != base::AddressScope::kLoopback &&
        (port.protocol == "tcp" || port.protocol == "udp")) {
      services.emplace(port.port, port.protocol);
    }
  }
  if (services.empty()) {
    return;
  }
  std::string list;
  for (const auto& [port, protocol] : services) {
    list += fmt::format("{}{}/{}", list.empty() ? "" : " ", port, protocol);
  }
  plan.breaks.push_back(
      {"services", words("only those who stay allowed still reach these ports: {}",
                         "これらのポートへは、許可した相手以外は届きません：{}", list)});
}

void note_names(const Found& found, const ContainOptions& options, Plan& plan) {
  if (!options.dns) {
    plan.breaks.push_back({"dns", words("names are not resolved any more (--dns keeps it)",
                                        "名前解決ができなくなります（--dns で維持）")});
  }
  plan.breaks.push_back({"time", words("the clock is not set over the network any more",
                                       "ネットワーク経由の時刻同期が止まります")});
  std::set<std::string> identity;
  for (const model::Process& process : found.processes) {
    if (std::find(kIdentityServices.begin(), kIdentityServices.end(), process.name) !=
        kIdentityServices.end()) {
      identity.insert(process.name);
    }
  }
  for (const std::string& name : identity) {
    plan.warnings.push_back(
        {"identity",
         words("{} asks a directory over the network: new logins may hang; stay logged in, or "
               "check that a local account works",
               "{} はネットワーク上のディレクトリに問い合わせます。新しいログインが止まる可能性が"
               "あるため、ログインしたままにするか、ローカルアカウントが使えるか確認してください",
               name)});
  }
}

void note_session(const Found& found, Plan& plan) {
  for (const model::Text& doubt : found.responder.doubts) {
    plan.warnings.push_back({"session_doubt", doubt});
  }
  if (found.users_of_address.size() > 1) {
    const auto list = [&](std::string_view comma) {
      return fmt::format("{}", fmt::join(found.users_of_address, comma));
    };
    plan.warnings.push_back(
        {"shared_address",
         words("{} accounts logged in from your address ({}): behind a jump host or shared address "
               "an intruder may sit too",
               "あなたのアドレスから {} "
               "個のアカウントがログインしています（{}）。踏み台や共有アドレス"
               "の場合、侵入者も同じ場所にいる可能性があります",
               found.users_of_address.size(), model::Text{list(", "), list("、")})});
  }
  for (const model::Text& unread : found.unread) {
    plan.warnings.push_back({"unread", unread});
  }
  const bool cut_off = found.responder.way == SessionWay::kConsole || found.responder.session();
  if (cut_off && plan.flows.empty()) {
    plan.warnings.push_back({"nothing_allowed", words("nothing at all stays connected",
                                                      "許可される通信は一つもありません")});
  }
  if (plan.hold) {
    plan.warnings.push_back({"hold", words("--hold: nothing opens this machine again by itself",
                                           "--hold：このマシンは自動では開放されません")});
  }
}

}  // namespace

void plan_notes(const Found& found, const ContainOptions& options, Plan& plan) {
  note_connections(found, plan);
  note_services(found, plan);
  note_names(found, options, plan);
  note_session(found, plan);
  plan_elsewhere(found, plan);
}

}  // namespace genba::act
