// SPDX-License-Identifier: Apache-2.0
#include "act/ban/cut_flows.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <vector>

#include "act/ban/networks.h"
#include "act/contain/responder.h"
#include "fmt/format.h"
#include "host/diag_modules.h"
#include "host/kernel_part.h"
#include "sys/conntrack.h"
#include "sys/netlink.h"
#include "sys/socket_diag.h"

namespace genba::act {

using base::ErrorCode;
using base::Result;
using model::FlowCut;
using model::Text;

namespace {

class FlowCutter {
 public:
  explicit FlowCutter(std::span<const base::Network> networks) {
    for (const base::Network& network : networks) {
      banned_[normal(network)] = true;
    }
  }

  void cut_tracked() {
    const auto netfilter = sys::open_conntrack();
    const auto flows = netfilter
                           ? sys::dump_conntrack(*netfilter)
                           : Result<std::vector<sys::ConntrackFlow>>(base::fail(netfilter.error()));
    if (!flows) {
      not_possible("entries of connection tracking were not deleted", "接続追跡のエントリは未削除",
                   flows.error());
      return;
    }
    cut_.tracked = 0;
    for (const sys::ConntrackFlow& flow : *flows) {
      if (!touches(flow.original) && !touches(flow.reply)) {
        continue;
      }
      const auto deleted = sys::delete_conntrack(*netfilter, flow);
      if (deleted) {
        ++*cut_.tracked;
      } else if (deleted.error().code != ErrorCode::kGone) {
        not_possible("an entry of connection tracking was not deleted",
                     "接続追跡のエントリの削除に失敗", deleted.error());
        return;
      }
    }
  }

  void cut_sockets(uint8_t protocol) {
    const auto diag = sys::open_sock_diag();
    std::vector<sys::DiagEntry> entries;
    for (const uint8_t family : {uint8_t{AF_INET}, uint8_t{AF_INET6}}) {
      const auto dumped =
          diag ? sys::dump_sockets(*diag, family, protocol, entries) : base::fail(diag.error());
      if (!dumped) {
        not_possible("sockets were not listed", "ソケットの一覧を取得できず", dumped.error());
        return;
      }
    }
    cut_.sockets = cut_.sockets.value_or(0);
    for (const sys::DiagEntry& entry : entries) {
      if (!destroy(*diag, protocol, entry)) {
        return;
      }
    }
  }

  FlowCut finish() { return std::move(cut_); }
  void say(Text text) { cut_.not_possible.push_back(std::move(text)); }

 private:
  bool is_banned(const base::Address& address) const {
    return find_cover(banned_, only(unmapped(address))) != banned_.end();
  }

  bool touches(const sys::ConntrackTuple& tuple) const {
    return is_banned(tuple.source) || is_banned(tuple.destination);
  }

  // False when there is no use in going on.
  bool destroy(const sys::Fd& diag, uint8_t protocol, const sys::DiagEntry& entry) {
    const auto local = base::address_from_bytes(entry.local_address);
    const auto remote = base::address_from_bytes(entry.remote_address);
    const bool over =
        protocol == IPPROTO_TCP &&
        (entry.state == TCP_TIME_WAIT || entry.state == TCP_CLOSE || entry.state == TCP_LISTEN);
    if (!local || !remote || entry.remote_port == 0 || over || !is_banned(*remote)) {
      return true;
    }
    const auto destroyed = sys::destroy_socket(
        diag, {protocol, *local, entry.local_port, *remote, entry.remote_port, 0});
    if (destroyed) {
      ++*cut_.sockets;
      return true;
    }
    if (destroyed.error().code == ErrorCode::kGone) {
      return true;
    }
    not_possible("sockets were not ended", "ソケットを切断できず", destroyed.error());
    return destroyed.error().code != ErrorCode::kUnsupported &&
           destroyed.error().code != ErrorCode::kDenied;
  }

  void not_possible(std::string_view en, std::string_view ja, const base::Error& error) {
    say({fmt::format("{}: {}", en, error.what), fmt::format("{}：{}", ja, error.what)});
  }

  NetworkMap<bool> banned_;
  FlowCut cut_;
};

}  // namespace

CutMeans cut_means(const host::Host& host) {
  CutMeans means;
  means.conntrack = host::kernel_has(host, "nf_conntrack_netlink", "ctnetlink_");
  for (const host::DiagFamily& family : host::present_diag_families(host)) {
    means.tcp = means.tcp || family.protocol == IPPROTO_TCP;
    means.udp = means.udp || family.protocol == IPPROTO_UDP;
  }
  return means;
}

FlowCut cut_flows(const CutMeans& means, std::span<const base::Network> networks) {
  FlowCutter cutter(networks);
  if (means.conntrack) {
    cutter.cut_tracked();
  } else {
    cutter.say(
        {"connection tracking cannot be asked without loading a module: its entries stay "
         "until they time out; packets are dropped all the same",
         "接続追跡はモジュールを読み込まないと参照できません。エントリはタイムアウトまで残り"
         "ますが、パケットは遮断されます"});
  }
  if (means.tcp) {
    cutter.cut_sockets(IPPROTO_TCP);
  } else {
    cutter.say(
        {"TCP sockets cannot be listed without loading a module: they stay until they time "
         "out",
         "TCP ソケットはモジュールを読み込まないと一覧できません。タイムアウトまで残ります"});
  }
  if (means.udp) {
    cutter.cut_sockets(IPPROTO_UDP);
  }
  return cutter.finish();
}

}  // namespace genba::act
