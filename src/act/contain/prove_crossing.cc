// SPDX-License-Identifier: Apache-2.0
//
// A frame sent inside a namespace, past the rules that lock it, comes to us through the veth that
// joins it, and wants to be received or to be passed on.
#include <linux/if.h>

#include "act/contain/prove_parts.h"

namespace genba::act {

using model::PathProof;
using model::ProofOutcome;

namespace {

const sys::Link* at(const std::vector<sys::Link>& links, int index) {
  for (const sys::Link& link : links) {
    if (link.index == index) {
      return &link;
    }
  }
  return nullptr;
}

bool is_pair(const sys::Link& one, const sys::Link& other) {
  return one.kind == "veth" && other.kind == "veth" && one.lower_elsewhere &&
         other.lower_elsewhere && one.lower == other.index && other.lower == one.index &&
         (one.flags & IFF_UP) != 0 && (other.flags & IFF_UP) != 0;
}

// The device behind which our IP layer receives what comes by `link`; none for an end that feeds
// something else (a bond, a switch in user space).
const sys::Link* receiver_of(const std::vector<sys::Link>& home, const sys::Link& link) {
  if (link.master == 0) {
    return &link;
  }
  const sys::Link* master = at(home, link.master);
  return master != nullptr && master->kind == "bridge" ? master : nullptr;
}

}  // namespace

std::vector<Joint> find_joints(const std::vector<sys::Link>& home,
                               const std::vector<sys::Link>& inside) {
  std::vector<Joint> joints;
  for (const sys::Link& inner : inside) {
    for (const sys::Link& outer : home) {
      const sys::Link* receiver = is_pair(inner, outer) ? receiver_of(home, outer) : nullptr;
      if (receiver != nullptr) {
        joints.push_back({inner.index, receiver->index, receiver->hardware_address});
      }
    }
  }
  return joints;
}

PathProof judge_crossing(std::string path, const Trial& trial, Enforcer enforcer) {
  PathProof proof = judge_trial(std::move(path), trial, enforcer);
  if (proof.outcome == ProofOutcome::kAsserted && trial.taken == 0 && trial.lost > 0) {
    proof.text = {
        "Packets were stopped in the other network namespace already, so that none came "
        "this far.",
        "パケットは別のネットワーク名前空間の中で止められ、ここまで届きませんでした。"};
  }
  // Not every frame that leaves there is received here: a bridge that filters, IPv6 turned off.
  if (proof.outcome == ProofOutcome::kFailed && trial.seen == 0) {
    proof.outcome = ProofOutcome::kAsserted;
    proof.text = {
        "Packets were sent from another network namespace; neither a drop rule nor "
        "anybody else saw them here.",
        "別のネットワーク名前空間から送信したパケットは、破棄ルールにも該当せず、"
        "こちら側への到達も確認できませんでした。"};
  }
  return proof;
}

}  // namespace genba::act
