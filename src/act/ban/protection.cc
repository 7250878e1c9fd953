// SPDX-License-Identifier: Apache-2.0
#include "act/ban/protection.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "act/ban/networks.h"
#include "act/contain/gather.h"
#include "act/contain/system_program.h"
#include "base/text.h"
#include "fmt/format.h"

namespace genba::act {

using base::Network;
using model::BanNote;
using model::Text;
using Strength = Protection::Strength;

namespace {

constexpr uint16_t kSshPort = 22;

class ProtectionFinder {
 public:
  ProtectionFinder(const Found& found, std::span<const Network> mine)
      : found_(found), mine_(mine) {}

  Protections find(const std::vector<model::LoggedInUser>& users) {
    add_responder();
    add_machine();
    add_network();
    add_carriers();
    add_ssh_sessions();
    for (const model::LoggedInUser& user : users) {
      add_user(user);
    }
    return std::move(result_);
  }

 private:
  void add(const Network& network, Strength strength, std::string id, Text what) {
    result_.protections.push_back({normal(network), strength, std::move(id), std::move(what)});
  }
  void add_text(std::string_view network, std::string id, Text what) {
    add(*base::parse_network(network), Strength::kUnlessForced, std::move(id), std::move(what));
  }

  void add_responder() {
    for (const Network& network : mine_) {
      add(network, Strength::kAlways, "admin",
          {"what you named with --admin", "--admin で指定したネットワーク"});
    }
    const Responder& responder = found_.responder;
    if (const SessionCandidate* session = responder.session(); session != nullptr) {
      result_.session = session->remote;
      add(only(session->remote), Strength::kAlways, "session",
          {"the address of your own session", "操作中のセッションの接続元"});
      return;
    }
    for (const SessionCandidate& candidate : responder.candidates) {
      add(only(candidate.remote), mine_.empty() ? Strength::kAlways : Strength::kUnlessForced,
          "session",
          {"the address of a session that may be yours (--admin names yours)",
           "操作中のセッションの可能性がある接続元（ご自身の接続元は --admin で指定）"});
    }
    if (responder.way != SessionWay::kConsole && responder.candidates.empty() && mine_.empty()) {
      result_.warnings.push_back(
          {"no_session",
           {"your own session was not found, so your address is not known: --admin names it",
            "操作中のセッションが見つからず、接続元が分かりません。--admin で指定できます"}});
    }
  }

  void add_machine() {
    for (const sys::LinkAddress& address : found_.addresses) {
      add(only(unmapped(address.address)), Strength::kUnlessForced, "own_address",
          {"an address of this machine", "このマシン自身のアドレス"});
    }
    const Text loopback{"loopback", "ループバック"};
    add_text("127.0.0.0/8", "loopback", loopback);
    add_text("::1", "loopback", loopback);
    const Text unspecified{
        "what a machine without an address sends from (DHCP, neighbour "
        "discovery)",
        "アドレス未設定のマシンの送信元（DHCP、近隣探索）"};
    add_text("0.0.0.0/8", "unspecified", unspecified);
    add_text("::/128", "unspecified", unspecified);
    const Text multicast{"multicast", "マルチキャスト"};
    add_text("224.0.0.0/4", "multicast", multicast);
    add_text("ff00::/8", "multicast", multicast);
    add_text("255.255.255.255", "broadcast", {"broadcast", "ブロードキャスト"});
  }

  void add_network() {
    std::vector<sys::NextHop> hops;
    for (const sys::Route& route : found_.routes) {
      if (route.destination.bits == 0) {
        hops.insert(hops.end(), route.hops.begin(), route.hops.end());
      }
    }
    if (found_.way) {
      hops.insert(hops.end(), found_.way->hops.begin(), found_.way->hops.end());
    }
    for (const sys::NextHop& hop : hops) {
      if (hop.gateway) {
        add(only(unmapped(*hop.gateway)), Strength::kUnlessForced, "gateway",
            {"a gateway of this machine", "このマシンのゲートウェイ"});
      }
    }
    for (const base::Address& resolver : found_.resolvers) {
      add(only(unmapped(resolver)), Strength::kUnlessForced, "resolver",
          {"a name server of this machine", "このマシンが使うネームサーバー"});
    }
  }

  // What containment keeps open for the session's tunnel and for network storage.
  void add_carriers() {
    const Plan plan = plan_containment(found_, {});
    for (const AllowedFlow& flow : plan.flows) {
      if (flow.remote.bits == 0) {
        continue;
      }
      if (flow.id == "transport") {
        add(flow.remote, Strength::kAlways, "transport",
            {"the other end of the tunnel that carries your session",
             "操作中のセッションが通るトンネルの相手"});
      } else if (flow.id == "storage") {
        add(flow.remote, Strength::kUnlessForced, "storage",
            {"network storage that this machine uses", "このマシンが使うネットワークストレージ"});
      }
    }
  }

  std::set<int64_t> ssh_ports() const {
    std::set<int64_t> ports{kSshPort};
    for (const model::ListeningPort& port : found_.ports) {
      const auto holder =
          std::find_if(found_.processes.begin(), found_.processes.end(),
                       [&](const model::Process& process) { return process.pid == port.pid; });
      if (holder != found_.processes.end() && port.protocol == "tcp" && holder->euid == 0 &&
          is_ssh_server(holder->path)) {
        ports.insert(port.port);
      }
    }
    return ports;
  }

  void add_ssh_sessions() {
    const std::set<int64_t> ports = ssh_ports();
    std::set<base::Address> seen;
    for (const model::ProcessOpenSocket& socket : found_.sockets) {
      const auto remote = base::parse_address(socket.remote_address.value_or(""));
      if (!remote || socket.protocol != "tcp" || socket.state != "ESTABLISHED" ||
          ports.count(socket.local_port.value_or(0)) == 0 || !seen.insert(*remote).second) {
        continue;
      }
      const int64_t port = *socket.local_port;
      add(only(unmapped(*remote)), Strength::kUnlessForced, "ssh_session",
          {fmt::format("the other end of an established ssh connection (port {})", port),
           fmt::format("確立中の SSH 接続（ポート {}）の相手", port)});
    }
  }

  // "203.0.113.9", "203.0.113.9 via mosh [812]", or a name, which is not resolved.
  void add_user(const model::LoggedInUser& user) {
    const std::string host = user.host.value_or("");
    if (host.empty() || !user.process_alive.value_or(true)) {
      return;
    }
    const std::string name = base::escape_for_terminal(user.user.value_or("?"));
    const auto address = base::parse_address(std::string_view(host).substr(0, host.find(' ')));
    if (address) {
      add(only(unmapped(*address)), Strength::kUnlessForced, "logged_in",
          {fmt::format("where {} is logged in from", name),
           fmt::format("ログイン中の {} の接続元", name)});
    } else if (host.find('.') != std::string::npos) {
      const std::string shown = base::escape_for_terminal(host);
      result_.warnings.push_back(
          {"logged_in_by_name",
           {fmt::format("{} is logged in from '{}'; names are not resolved, so that address is "
                        "not protected",
                        name, shown),
            fmt::format("{} は「{}」からログイン中ですが、名前は解決しないため、そのアドレスは保護"
                        "されません",
                        name, shown)}});
    }
  }

  const Found& found_;
  std::span<const Network> mine_;
  Protections result_;
};

BanNote not_read(std::string_view what_en, std::string_view what_ja) {
  return {"unread",
          {fmt::format("{} could not be read, so it is not known whom this ban would hit; run as "
                       "root, or use --force",
                       what_en),
           fmt::format("{}を読めなかったため、誰に影響するか分かりません。root で実行するか、"
                       "--force を指定してください",
                       what_ja)}};
}

}  // namespace

std::vector<const model::TableInfo*> ban_tables() {
  return {&model::TableOf<model::Process>::info(),
          &model::TableOf<model::ProcessOpenSocket>::info(),
          &model::TableOf<model::ListeningPort>::info(), &model::TableOf<model::Mount>::info(),
          &model::tables::logged_in_users()};
}

Protections find_protections(const Found& found, const std::vector<model::LoggedInUser>& users,
                             std::span<const Network> mine) {
  return ProtectionFinder(found, mine).find(users);
}

Protections gather_protections(const host::Host& host, const model::Facts& facts, int64_t pid,
                               std::span<const Network> mine) {
  const Found found = gather_found(host, facts, pid, {});
  Protections protections = find_protections(found, facts.read<model::LoggedInUser>(), mine);
  if (!facts.has(model::TableOf<model::Process>::info())) {
    protections.unread.push_back(not_read("the list of processes", "プロセスの一覧"));
  }
  if (!facts.has(model::TableOf<model::ProcessOpenSocket>::info())) {
    protections.unread.push_back(not_read("the list of connections", "接続の一覧"));
  }
  if (found.addresses.empty()) {
    protections.unread.push_back(not_read("the addresses of this machine", "このマシンのアドレス"));
  }
  return protections;
}

}  // namespace genba::act
