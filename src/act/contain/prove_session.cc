// SPDX-License-Identifier: Apache-2.0
#include "act/contain/prove_session.h"

#include <algorithm>
#include <ctime>

#include "act/contain/responder.h"
#include "fmt/format.h"
#include "sys/process.h"

namespace genba::act {

using model::PathProof;
using model::ProofOutcome;
using model::Text;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

constexpr uint8_t kEstablished = 1;  // TCP_ESTABLISHED, include/net/tcp_states.h
constexpr milliseconds kClockSteps{20};
constexpr int64_t kSettled = 2 * nanoseconds(kClockSteps).count();
constexpr int64_t kPoll = 20'000'000;

bool more(const std::optional<uint64_t>& before, const std::optional<uint64_t>& now) {
  return before && now && *now > *before;
}

PathProof proof_of(ProofOutcome outcome, Text text) {
  return {"session", outcome, std::move(text), {}};
}

PathProof no_network_session() {
  return proof_of(ProofOutcome::kAsserted,
                  {"No session over the network was found: a console needs none.",
                   "ネットワーク経由のセッションは見つかりませんでした"
                   "（コンソールはネットワークを必要としません）。"});
}

PathProof loopback_session() {
  return proof_of(ProofOutcome::kAsserted,
                  {"Both ends of your session are on this host, so it proves nothing about the "
                   "network.",
                   "セッションの両端がこのホスト上にあるため、ネットワークの確認にはなりません。"});
}

PathProof unreadable(const base::Error& error) {
  if (error.code == base::ErrorCode::kGone) {
    return proof_of(ProofOutcome::kFailed,
                    {"Your session's connection is gone.", "セッションの接続がなくなりました。"});
  }
  return proof_of(ProofOutcome::kAsserted,
                  {fmt::format("The state of your connection cannot be read: {}.", error.what),
                   fmt::format("接続の状態を読み取れません：{}。", error.what)});
}

PathProof judged(SessionSign sign) {
  switch (sign) {
    case SessionSign::kAlive:
      return proof_of(ProofOutcome::kProven,
                      {"Your session is alive: an answer came after the rules were in force.",
                       "セッションは維持されています。"
                       "ルールの適用後に相手からの応答を確認しました。"});
    case SessionSign::kClosing:
      return proof_of(ProofOutcome::kFailed, {"Your session's connection is being closed.",
                                              "セッションの接続は切断処理中です。"});
    case SessionSign::kRepeating:
      return proof_of(ProofOutcome::kFailed,
                      {"What is sent to you has to be sent again and is not answered.",
                       "送信したデータが再送されており、相手からの応答がありません。"});
    case SessionSign::kQuiet: break;
  }
  return proof_of(ProofOutcome::kAsserted,
                  {"Nothing came from your end since the rules are in force: press a key, or print "
                   "a line.",
                   "ルールの適用後、相手からの応答がまだありません。"
                   "キー入力または画面出力で確認してください。"});
}

}  // namespace

SessionSign read_sign(const sys::TcpInfo& now, const sys::TcpInfo& first, milliseconds since) {
  if (now.state != kEstablished) {
    return SessionSign::kClosing;
  }
  const milliseconds data(now.last_data_received);
  const milliseconds ack(now.last_ack_received);
  if (ack + kClockSteps < since || data + kClockSteps < since ||
      more(first.bytes_acked, now.bytes_acked) || more(first.bytes_received, now.bytes_received)) {
    return SessionSign::kAlive;
  }
  const bool again = now.retransmits > 0 &&
                     (now.total_retransmits > first.total_retransmits || first.retransmits > 0);
  return again || now.probes > 0 ? SessionSign::kRepeating : SessionSign::kQuiet;
}

PathProof prove_session(const sys::Fd& diag, const model::SessionCandidate* session,
                        const SessionProofRequest& request) {
  if (session == nullptr) {
    return no_network_session();
  }
  if (session->loopback) {
    return loopback_session();
  }
  const sys::Flow flow = flow_of(*session, request.index);
  const auto boot = [] { return sys::clock_nanoseconds(CLOCK_BOOTTIME); };
  // Never longer, whatever clock `armed` came from.
  sys::sleep_nanoseconds(std::min(request.armed + kSettled - boot(), kSettled));
  const int64_t until = boot() + nanoseconds(request.wait).count();
  std::optional<sys::TcpInfo> first;
  for (;;) {
    // The clock first: a reading that took long must not make its ages look younger.
    const int64_t moment = boot();
    const auto info = sys::read_tcp_info(diag, flow);
    if (!info) {
      return unreadable(info.error());
    }
    if (!first) {
      first = *info;
      if (request.say) {
        request.say();
      }
    }
    const auto since =
        std::chrono::duration_cast<milliseconds>(nanoseconds(moment - request.armed));
    const SessionSign sign = read_sign(*info, *first, since);
    if (sign == SessionSign::kAlive || sign == SessionSign::kClosing || moment >= until) {
      return judged(sign);
    }
    sys::sleep_nanoseconds(kPoll);
  }
}

}  // namespace genba::act
