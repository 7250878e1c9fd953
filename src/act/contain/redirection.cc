// SPDX-License-Identifier: Apache-2.0
#include "act/contain/redirection.h"

#include "act/contain/plan_parts.h"
#include "act/words.h"
#include "base/split.h"
#include "host/kernel_part.h"

namespace genba::act {

using sys::ConntrackFlow;
using sys::ConntrackTuple;

namespace {

// There in every network namespace once nf_conntrack is in the kernel (nf_conntrack_standalone.c).
constexpr std::string_view kTracked = "/proc/sys/net/netfilter/nf_conntrack_count";

bool anything_is_tracked(const host::Host& host) {
  const auto count = host.read_file(kTracked, 64);
  if (!count) {
    return count.error().code != base::ErrorCode::kNotFound;
  }
  return base::trim(count->bytes) != "0";
}

ConntrackTuple mirrored(const ConntrackTuple& tuple) {
  return {tuple.destination, tuple.source, tuple.protocol, tuple.destination_port,
          tuple.source_port};
}

void ask_kernel(const ConntrackTuple& reply, Found& found) {
  const auto netfilter = sys::open_conntrack();
  const auto flows = netfilter
                         ? sys::find_conntrack(*netfilter, reply)
                         : base::Result<std::vector<ConntrackFlow>>(base::fail(netfilter.error()));
  if (!flows) {
    found.redirection_unknown = words("connection tracking gave no answer: {}",
                                      "接続追跡を参照できません：{}", flows.error().what);
    return;
  }
  for (const ConntrackFlow& flow : *flows) {
    if (flow.original != mirrored(reply)) {
      found.redirected.push_back(flow.original);
    }
  }
}

}  // namespace

ConntrackTuple reply_of(const SessionCandidate& session) {
  return {session.local, session.remote, kTcp, session.local_port, session.remote_port};
}

void find_redirection(const host::Host& host, Netfilter netfilter, sys::ModuleLoading loading,
                      Found& found) {
  const SessionCandidate* session = found.responder.session();
  if (session == nullptr || session->loopback ||
      session->net_namespace != found.self.net_namespace || !anything_is_tracked(host)) {
    return;
  }
  if (netfilter == Netfilter::kPermitted &&
      (loading == sys::ModuleLoading::kAllowed ||
       host::kernel_has(host, "nf_conntrack_netlink", "ctnetlink_"))) {
    ask_kernel(reply_of(*session), found);
    return;
  }
  // Not "nf_nat_": a hook of that name is in every kernel with netfilter.
  if (!host::kernel_has(host, "nf_nat", "nf_nat_setup_info")) {
    return;
  }
  found.redirection_unknown =
      netfilter == Netfilter::kForbidden
          ? words(
                "a plan may not ask connection tracking; apply looks, and shows it before it asks",
                "plan は接続追跡を参照できません。apply が調べ、確認の前に表示します")
          : words(
                "connection tracking cannot be asked without loading a module "
                "(--allow-module-load)",
                "接続追跡はモジュールを読み込まないと参照できません（--allow-module-load）");
}

}  // namespace genba::act
