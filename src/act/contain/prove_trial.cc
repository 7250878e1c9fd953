// SPDX-License-Identifier: Apache-2.0
//
// One trial: packets are sent, and counters and taps say what became of them.
#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include "act/contain/prove_parts.h"
#include "fmt/format.h"
#include "sys/process.h"

namespace genba::act {

using base::AddressFamily;
using model::PathProof;
using model::ProofOutcome;
using model::Text;

namespace {

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kLongestWait = 200 * kMillisecond;
constexpr int64_t kStep = 10 * kMillisecond;
constexpr int64_t kShortestQuiet = 20 * kMillisecond;
// Packets for each round: more, when the first were hidden among others'.
constexpr std::array kRounds{4, 32, 256};

int64_t now() {
  return sys::clock_nanoseconds(CLOCK_MONOTONIC);
}

void count_outcome(const base::Result<sys::SendOutcome>& sent, Trial& trial) {
  if (!sent) {
    trial.error = sent.error().what;
  } else if (sent->taken()) {
    ++trial.taken;
  } else if (sent->sys_errno == EPERM) {
    ++trial.refused;
  } else if (sent->sys_errno == ENOBUFS) {
    ++trial.lost;
  } else {
    ++trial.no_way;
    trial.sys_errno = sent->sys_errno;
  }
}

std::optional<CounterReading> change_since(const Witnesses& witnesses,
                                           const std::optional<CounterReading>& before) {
  const auto after = witnesses.read();
  return before && after ? std::optional(grown(*before, *after)) : std::nullopt;
}

int64_t dropped_of(const CounterReading& change, StoppedBy stopped_by) {
  return static_cast<int64_t>(stopped_by == StoppedBy::kDeviceRule ? change.dropped_at_device
                                                                   : change.dropped);
}

void read_change(const CounterReading& change, StoppedBy stopped_by, Trial& trial) {
  trial.dropped = dropped_of(change, stopped_by);
  trial.let_by.clear();
  for (const auto& [comment, packets] : change.allowed) {
    if (trial.taken > 0 && packets >= static_cast<uint64_t>(trial.taken)) {
      trial.let_by.push_back(comment);
    }
  }
}

// Others' packets are dropped, too: how many in as long a time, and in 20 ms at least?
void measure_noise(const Witnesses& witnesses, StoppedBy stopped_by, int64_t elapsed,
                   Trial& trial) {
  const auto before = witnesses.read();
  sys::sleep_nanoseconds(std::max(elapsed, kShortestQuiet));
  if (const auto change = change_since(witnesses, before)) {
    trial.noise = dropped_of(*change, stopped_by);
  }
}

int64_t dropped_of_taken(const Trial& trial) {
  return trial.dropped.value_or(0) - trial.refused - trial.lost;
}

// Whether the counters grew by enough, but others' packets alone could have done it.
bool is_hidden(const Trial& trial) {
  return trial.taken > 0 && trial.seen == 0 && dropped_of_taken(trial) >= trial.taken &&
         2 * trial.noise >= trial.taken;
}

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

Text failed_words(const Trial& trial) {
  if (trial.seen > 0) {
    return {fmt::format("{} of {} probe packets to {} came through: nothing stopped them.",
                        trial.seen, trial.sent(), trial.target),
            fmt::format("{}宛ての試験パケット{}個のうち{}個が通過しました。止められていません。",
                        trial.target, trial.sent(), trial.seen)};
  }
  if (!trial.let_by.empty()) {
    return {fmt::format("{} probe packets to {} were sent and no drop rule counted them; these "
                        "rules may have let them pass: {}.",
                        trial.taken, trial.target, joined(trial.let_by)),
            fmt::format("{}宛ての試験パケット{}個が送信され、破棄ルールに該当しませんでした。"
                        "通過させた可能性のあるルール：{}。",
                        trial.target, trial.taken, joined(trial.let_by))};
  }
  return {fmt::format("{} probe packets to {} were sent, and nothing stopped them.", trial.taken,
                      trial.target),
          fmt::format("{}宛ての試験パケット{}個が送信され、どこでも止められませんでした。",
                      trial.target, trial.taken)};
}

// Nothing of ours left by its own account; do our rules say that they did it?
PathProof judge_stopped(PathProof proof, const Trial& trial, Enforcer enforcer) {
  const int64_t stopped = trial.refused + trial.lost;
  if (enforcer == Enforcer::kOther ? trial.refused > 0 : trial.dropped >= stopped) {
    proof.outcome = ProofOutcome::kProven;
    proof.text = {
        fmt::format("All {} probe packets to {} were stopped.", stopped, trial.target),
        fmt::format("{}宛ての試験パケット{}個はすべて止められました。", trial.target, stopped)};
  } else if (enforcer == Enforcer::kNfTables && !trial.dropped) {
    proof.text = {"The probe packets were stopped, but not by us: our rules are not there.",
                  "試験パケットは止められましたが、Genbaのルールが存在しないため、"
                  "封じ込めによるものではありません。"};
  } else {
    proof.text = {
        "The probe packets were stopped, but our rules did not count them: another "
        "firewall, or a full queue, was first.",
        "試験パケットは止められましたが、Genbaのルールでは計数されていません。"
        "別のファイアウォール、または送信待ち行列の溢れによるものです。"};
  }
  return proof;
}

PathProof judge_taken(PathProof proof, const Trial& trial, Enforcer enforcer) {
  const bool counted = enforcer == Enforcer::kNfTables && dropped_of_taken(trial) >= trial.taken;
  if (counted && !is_hidden(trial)) {
    proof.outcome = ProofOutcome::kProven;
    proof.text = {fmt::format("{} probe packets to {} were sent, and our drop rules counted them.",
                              trial.taken, trial.target),
                  fmt::format("{}宛ての試験パケット{}個は、送信後に破棄ルールで止められました。",
                              trial.target, trial.taken)};
  } else if (counted) {
    proof.text = {"Too many other packets are being dropped to tell whether ours were among them.",
                  "ほかのパケットが大量に破棄されており、試験パケットが含まれるか判別できません。"};
  } else {
    proof.outcome = ProofOutcome::kFailed;
    proof.text = failed_words(trial);
  }
  return proof;
}

PathProof judge_no_way(PathProof proof, const Trial& trial, Enforcer enforcer) {
  // What a blackhole route answers (net/ipv4/fib_semantics.c, fib_props).
  if (enforcer == Enforcer::kOther && trial.sys_errno == EINVAL) {
    proof.outcome = ProofOutcome::kProven;
    proof.text = {fmt::format("The route to {} swallows what is sent.", trial.target),
                  fmt::format("{}への経路は、送信されたものをすべて破棄します。", trial.target)};
    return proof;
  }
  const std::string why = base::error_from_errno(trial.sys_errno, "send").what;
  proof.text = {fmt::format("There is no way to {} that could be tried ({}).", trial.target, why),
                fmt::format("{}への経路がなく、試験できません（{}）。", trial.target, why)};
  return proof;
}

// One round of `packets`.
Trial try_round(Witnesses& witnesses, const SendProbe& send, StoppedBy stopped_by, int packets) {
  Trial trial;
  const auto before = witnesses.read();
  const uint64_t seen_before = witnesses.seen();
  const int64_t began = now();
  for (int i = 0; i < packets && trial.error.empty(); ++i) {
    count_outcome(send(), trial);
  }
  for (;;) {
    trial.seen = static_cast<int64_t>(witnesses.seen() - seen_before);
    if (const auto change = change_since(witnesses, before)) {
      read_change(*change, stopped_by, trial);
    }
    const bool known = trial.taken == 0 || trial.seen > 0 || dropped_of_taken(trial) >= trial.taken;
    if (known || now() - began >= kLongestWait) {
      break;
    }
    sys::sleep_nanoseconds(kStep);
  }
  if (trial.taken > 0 && trial.seen == 0 && dropped_of_taken(trial) >= trial.taken) {
    measure_noise(witnesses, stopped_by, now() - began, trial);
  }
  return trial;
}

}  // namespace

Trial try_packets(Witnesses& witnesses, const SendProbe& send, StoppedBy stopped_by) {
  Trial trial;
  for (const int packets : kRounds) {
    trial = try_round(witnesses, send, stopped_by, packets);
    if (!is_hidden(trial)) {
      break;
    }
  }
  return trial;
}

PathProof not_tried(std::string path, Text why) {
  return {std::move(path), ProofOutcome::kAsserted, std::move(why), {}};
}

PathProof judge_trial(std::string path, const Trial& trial, Enforcer enforcer) {
  if (!trial.error.empty()) {
    return not_tried(std::move(path), {fmt::format("Could not be tried: {}.", trial.error),
                                       fmt::format("試験できませんでした：{}。", trial.error)});
  }
  PathProof proof{std::move(path), ProofOutcome::kAsserted, {}, {}};
  proof.figures = {trial.sent(), trial.refused + trial.lost, trial.dropped.value_or(0), trial.seen};
  if (trial.seen > 0) {
    proof.outcome = ProofOutcome::kFailed;
    proof.text = failed_words(trial);
    return proof;
  }
  if (trial.taken > 0) {
    return judge_taken(std::move(proof), trial, enforcer);
  }
  if (trial.refused + trial.lost > 0) {
    return judge_stopped(std::move(proof), trial, enforcer);
  }
  return judge_no_way(std::move(proof), trial, enforcer);
}

PathProof join_proofs(std::string path, const std::vector<PathProof>& proofs) {
  const PathProof* telling = nullptr;
  for (const ProofOutcome outcome :
       {ProofOutcome::kFailed, ProofOutcome::kAsserted, ProofOutcome::kProven}) {
    for (const PathProof& one : proofs) {
      if (telling == nullptr && one.outcome == outcome) {
        telling = &one;
      }
    }
  }
  PathProof joined = telling == nullptr ? PathProof{} : *telling;
  joined.path = std::move(path);
  joined.figures = {};
  for (const PathProof& one : proofs) {
    joined.figures.sent += one.figures.sent;
    joined.figures.refused += one.figures.refused;
    joined.figures.dropped += one.figures.dropped;
    joined.figures.passed += one.figures.passed;
  }
  return joined;
}

base::Address probe_target(AddressFamily family) {
  // RFC 5737 and RFC 3849.
  return *base::parse_address(family == AddressFamily::kIpv4 ? "192.0.2.1" : "2001:db8::1");
}

std::string_view path_suffix(AddressFamily family) {
  return family == AddressFamily::kIpv4 ? "v4" : "v6";
}

std::string frame_packet(const ProofMeans& means, const base::Address& to, uint16_t port) {
  const char* from = to.family == AddressFamily::kIpv4 ? "192.0.2.2" : "2001:db8::2";
  return sys::probe_packet(*base::parse_address(from), to, port, means.payload);
}

}  // namespace genba::act
