// SPDX-License-Identifier: Apache-2.0
#include "app/contain_proof.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <thread>
#include <utility>

#include "act/contain/net_namespace.h"
#include "act/contain/prove.h"
#include "act/contain/responder.h"
#include "act/contain/ruleset.h"
#include "app/output.h"
#include "fmt/format.h"
#include "sys/netlink.h"
#include "sys/nf_tables/nf_tables.h"
#include "sys/nf_tables/nf_tables_state.h"
#include "sys/process.h"

namespace genba::app {

namespace {

using base::Result;

constexpr uint8_t kTcp = 6;          // IPPROTO_TCP
constexpr uint8_t kIpv4Family = 2;   // AF_INET
constexpr uint8_t kIpv6Family = 10;  // AF_INET6

// A socket for one question about TCP; kUnsupported when asking could load a module.
Result<sys::Fd> open_tcp_diag(const host::Host& host, const model::SessionCandidate& session) {
  const uint8_t family = session.family == "ipv6" ? kIpv6Family : kIpv4Family;
  const auto there = host.sock_diag_families();
  if (std::find(there.begin(), there.end(), host::DiagFamily{family, kTcp}) == there.end()) {
    return base::fail(base::ErrorCode::kUnsupported, "tcp_diag is not loaded");
  }
  return sys::open_sock_diag();
}

bool is_of_session(std::string_view comment) {
  return comment == "allow session" || comment == "allow reconnect";
}

std::optional<SessionCount> count_in(sys::NfTables& tables) {
  const auto table = sys::read_nft_table(tables, act::contain_inet());
  if (!table) {
    return std::nullopt;
  }
  SessionCount count;
  bool any = false;
  for (const sys::NftRuleInfo& rule : table->rules) {
    if (rule.counter && is_of_session(rule.comment)) {
      count.in += rule.chain == "lock_in" ? rule.counter->packets : 0;
      count.out += rule.chain == "lock_out" ? rule.counter->packets : 0;
      any = true;
    }
  }
  const auto below = sys::read_nft_table(tables, act::contain_netdev());
  for (size_t i = 0; below && i < below->rules.size(); ++i) {
    const sys::NftRuleInfo& rule = below->rules[i];
    if (rule.counter && rule.chain == "lock_out" &&
        (is_of_session(rule.comment) || rule.comment == "allow transport")) {
      count.out_below = count.out_below.value_or(0) + rule.counter->packets;
    }
  }
  return any ? std::optional(count) : std::nullopt;
}

model::PathProof prove_by_counting(const CountSession& count, const std::function<void()>& say) {
  constexpr int kLooks = 30;
  model::PathProof proof;
  proof.path = "session";
  proof.outcome = model::ProofOutcome::kAsserted;
  proof.text = {"nothing of your session went both ways while we watched",
                "確認中に、セッションの双方向の通信は見られませんでした"};
  const auto before = count();
  if (!before) {
    proof.text = {"the kernel cannot be asked about your session (tcp_diag is not loaded)",
                  "tcp_diag が読み込まれていないため、セッションの状態をカーネルに確認できません"};
    return proof;
  }
  say();
  for (int i = 0; i < kLooks; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const SessionCount now = count().value_or(*before);
    if (now.grew_since(*before)) {
      proof.outcome = model::ProofOutcome::kProven;
      proof.figures.passed = static_cast<int64_t>(now.in - before->in + now.out - before->out);
      proof.text = {
          "packets to and from your address went through the rules for your session while we "
          "watched",
          "確認中に、セッション用のルールを通ってあなたのアドレスとの双方向の通信がありました"};
      break;
    }
  }
  return proof;
}

model::ActionOutcome as_action(model::ProofOutcome outcome) {
  switch (outcome) {
    case model::ProofOutcome::kProven: return model::ActionOutcome::kProven;
    case model::ProofOutcome::kAsserted: return model::ActionOutcome::kAsserted;
    case model::ProofOutcome::kFailed: break;
  }
  return model::ActionOutcome::kFailed;
}

}  // namespace

bool SessionCount::grew_since(const SessionCount& before) const {
  return in > before.in && out > before.out && (!before.out_below || out_below > before.out_below);
}

CountSession count_by_nf_tables(const sys::NftKernel& kernel) {
  return [kernel] {
    auto tables = sys::NfTables::open(kernel);
    return tables ? count_in(*tables) : std::nullopt;
  };
}

model::PathProof prove_own_session(const host::Host& host, const model::SessionCandidate* session,
                                   int index, const CountSession& count,
                                   const render::ContainmentView& view) {
  // Neither a console nor a session over loopback is asked about, so no module is wanted.
  const bool is_asked = session != nullptr && !session->loopback;
  auto diag = is_asked ? open_tcp_diag(host, *session) : sys::open_sock_diag();
  const auto say = [&] {
    const bool japanese = view.style.language == model::Language::kJapanese;
    print(Stream::kErrors, japanese ? "genba: セッションが生きているか確認しています\n"
                                    : "genba: asking whether your session is alive\n");
  };
  if (!diag) {
    return prove_by_counting(count, say);
  }
  act::SessionProofRequest request;
  request.armed = sys::clock_nanoseconds(CLOCK_BOOTTIME);
  request.index = index;
  request.say = say;
  return act::prove_session(*diag, session, request);
}

Result<std::vector<model::PathProof>> prove_paths(
    const host::Host& host, const sys::NftKernel& kernel, act::Rung rung,
    const std::vector<act::ContainedNamespace>& namespaces,
    const std::vector<model::HookedDevice>& devices) {
  GENBA_TRY(const act::OwnNamespace own, act::open_own_namespace());
  std::vector<std::pair<int64_t, sys::Fd>> doors;
  for (act::ContainedNamespace where : namespaces) {
    // One that went meanwhile needs no proof.
    if (auto door = act::open_namespace(host, where)) {
      doors.emplace_back(where.inode, *std::move(door));
    }
  }
  const bool nf_tables = rung == act::Rung::kNftables || rung == act::Rung::kNftablesInet;
  act::ProofRequest request;
  request.enforcer = nf_tables ? act::Enforcer::kNfTables : act::Enforcer::kOther;
  request.devices = devices;
  request.home = &own.fd;
  for (const auto& [inode, door] : doors) {
    request.namespaces.push_back({inode, &door});
  }
  GENBA_TRY(auto paths, act::prove_containment(host, kernel, request));
  std::erase_if(paths, [&](const auto& proof) { return !act::claims(rung, proof.path); });
  return paths;
}

void record_proof(act::Journal& journal, uint64_t action, const std::string& state,
                  model::ContainmentReport& report) {
  std::string paths;
  for (const model::PathProof& proof : report.paths) {
    paths += (paths.empty() ? "" : ", ") + proof.path + " " +
             std::string(model::to_string(proof.outcome));
  }
  if (report.session) {
    paths += (paths.empty() ? "" : ", ") + std::string("session ") +
             std::string(model::to_string(report.session->outcome));
  }
  const auto ended = journal.end(action, {as_action(report.outcome()), state, paths});
  if (!ended) {
    report.failures.push_back({"journal", {ended.error().what, ended.error().what}});
  }
}

}  // namespace genba::app
