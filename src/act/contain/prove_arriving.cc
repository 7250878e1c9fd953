// SPDX-License-Identifier: Apache-2.0
//
// What comes in is sent by others. A tap counts it as it arrives, before any rule; our drop rules
// count what they stop. One counter serves both families, so a family is proven by what the other
// one cannot explain.
#include <algorithm>
#include <array>
#include <ctime>

#include "act/contain/prove_parts.h"
#include "fmt/format.h"
#include "sys/process.h"

namespace genba::act {

using base::AddressFamily;
using model::PathProof;
using model::ProofOutcome;

namespace {

constexpr int64_t kStep = 50'000'000;
// Fewer may have been on their way between the tap and the rules.
constexpr uint64_t kEnoughToFail = 3;

struct Taps {
  std::optional<sys::PacketTap> of[2];  // in the order of kFamilies

  uint64_t count(size_t which) { return of[which] ? of[which]->count().value_or(0) : 0; }
};

Taps open_taps() {
  Taps taps;
  for (size_t i = 0; i < 2; ++i) {
    if (auto tap = sys::PacketTap::open({sys::TapSide::kArriving, kFamilies[i], std::nullopt})) {
      taps.of[i] = std::move(*tap);
    }
  }
  return taps;
}

// One look: the counts of the taps bracket those of the counters.
class Watch {
 public:
  Watch(Taps& taps, DropCounters& counters) : taps_(taps), counters_(counters) {}

  bool begin() {
    const auto reading = counters_.read();
    if (reading) {
      before_ = *reading;
      inside_ = {taps_.count(0), taps_.count(1)};
    }
    return reading.has_value();
  }

  std::optional<Arrivals> look(size_t which) {
    Arrivals arrivals;
    arrivals.surely = taps_.count(which) - inside_[which];
    const auto reading = counters_.read();
    if (!reading) {
      return std::nullopt;
    }
    const CounterReading change = grown(before_, *reading);
    arrivals.dropped = change.dropped_in;
    for (const auto& [comment, packets] : change.allowed) {
      arrivals.allowed += packets;
    }
    // What came before the first reading counts for the other family, too: at most this many.
    arrivals.others = taps_.count(1 - which);
    return arrivals;
  }

 private:
  Taps& taps_;
  DropCounters& counters_;
  CounterReading before_;
  std::array<uint64_t, 2> inside_{};
};

std::string path_of(size_t which) {
  return fmt::format("in_{}", path_suffix(kFamilies[which]));
}

std::vector<PathProof> both(const model::Text& why) {
  return {not_tried(path_of(0), why), not_tried(path_of(1), why)};
}

}  // namespace

PathProof judge_arrivals(std::string path, const Arrivals& arrivals, bool can_fail) {
  PathProof proof{std::move(path), ProofOutcome::kAsserted, {}, {}};
  proof.figures.dropped = static_cast<int64_t>(arrivals.dropped);
  proof.figures.passed = static_cast<int64_t>(arrivals.allowed);
  if (arrivals.dropped > arrivals.others) {
    proof.outcome = ProofOutcome::kProven;
    proof.text = {"Packets from outside came in while we watched, and our drop rules stopped them.",
                  "監視中に外部から届いたパケットを、破棄ルールが止めました。"};
  } else if (arrivals.dropped == 0 && arrivals.allowed == 0 && arrivals.surely >= kEnoughToFail &&
             can_fail) {
    proof.outcome = ProofOutcome::kFailed;
    proof.text = {fmt::format("{} packets from outside came in while we watched, and no rule of "
                              "ours saw them.",
                              arrivals.surely),
                  fmt::format("監視中に外部から{}個のパケットが届きましたが、"
                              "Genbaのルールには一つも該当しませんでした。",
                              arrivals.surely)};
  } else if (arrivals.surely == 0) {
    proof.text = {"Nothing came in while we watched, so it could not be seen to be stopped.",
                  "監視中に届いたパケットがなく、止められることを確認できませんでした。"};
  } else {
    proof.text = {"What came in while we watched does not tell whether it would be stopped.",
                  "監視中に届いたパケットからは、止められるかどうか判別できませんでした。"};
  }
  return proof;
}

std::vector<PathProof> prove_arriving(const ProofMeans& means, DropCounters* counters,
                                      bool uses_ipv6, std::chrono::milliseconds listen) {
  if (counters == nullptr || !means.packet_sockets) {
    return both({"Could not be watched: no counters, or no packet sockets, in this kernel.",
                 "このカーネルには計数またはパケットソケットがなく、監視できません。"});
  }
  Taps taps = open_taps();
  Watch watch(taps, *counters);
  if (!taps.of[0] || !taps.of[1] || !watch.begin()) {
    return both({"Could not be watched: packet sockets or our rules' counters were refused.",
                 "パケットソケットまたはルールの計数を利用できず、監視できませんでした。"});
  }
  const int64_t until =
      sys::clock_nanoseconds(CLOCK_MONOTONIC) + std::chrono::nanoseconds(listen).count();
  std::vector<PathProof> proofs;
  for (bool last = false; !last;) {
    last = sys::clock_nanoseconds(CLOCK_MONOTONIC) >= until;
    proofs.clear();
    for (size_t i = 0; i < 2; ++i) {
      const auto arrivals = watch.look(i);
      if (!arrivals) {
        return both({"Our rules' counters went away while we watched.",
                     "監視中にルールの計数が読めなくなりました。"});
      }
      const bool can_fail = kFamilies[i] == AddressFamily::kIpv4 || uses_ipv6;
      proofs.push_back(judge_arrivals(path_of(i), *arrivals, can_fail));
    }
    const bool known = std::all_of(proofs.begin(), proofs.end(), [](const PathProof& one) {
      return one.outcome == ProofOutcome::kProven;
    });
    last = last || known;
    if (!last) {
      sys::sleep_nanoseconds(kStep);
    }
  }
  return proofs;
}

}  // namespace genba::act
