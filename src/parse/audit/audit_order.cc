// SPDX-License-Identifier: Apache-2.0
#include "parse/audit/audit_order.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "parse/audit/audit_types.h"

namespace genba::parse {
namespace {

constexpr uint64_t kHighestSerial = 0xffffffff;  // audit_serial() is an unsigned int
constexpr int64_t kUnseen = std::numeric_limits<int64_t>::min();
// Stamps come from a coarse clock and adjtime slews it; a second is beyond both.
constexpr int64_t kClockSlack = 1000;
// So many late records in a row are no stragglers: the serials began anew with an older clock.
constexpr size_t kLateRunOfABoot = 64;

bool has_kernel_stamp_at_once(int32_t type) {
  return (type >= 1100 && type < 1200) || (type >= 2100 && type < 3000);
}

}  // namespace

AuditOrderWatch::Node* AuditOrderWatch::find_node(std::string_view name) {
  if (last_node_ < nodes_.size() && nodes_[last_node_].name == name) {
    return &nodes_[last_node_];
  }
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].name == name) {
      last_node_ = i;
      return &nodes_[i];
    }
  }
  if (nodes_.size() == kMaxNodes) {
    return nullptr;
  }
  last_node_ = nodes_.size();
  nodes_.emplace_back().name = name;
  return &nodes_.back();
}

void AuditOrderWatch::see(std::string_view node_name, uint64_t serial, int64_t milliseconds,
                          int32_t type) {
  // The kernel counts from 1 in 32 bits; auditd's records count for themselves.
  if (serial == 0 || is_daemon_type(type)) {
    return;
  }
  const size_t before = last_node_;
  Node* node = serial <= kHighestSerial ? find_node(node_name) : nullptr;
  if (node == nullptr) {
    ++unwatched_records_;
    return;
  }
  if (before == last_node_ && node->started && serial == last_serial_ &&
      milliseconds == last_time_) {
    return;
  }
  last_serial_ = serial;
  last_time_ = milliseconds;
  if (!node->started) {
    start(*node, serial, milliseconds);
  } else if (serial > node->highest) {
    node->late_run = 0;
    if (serial - node->base >= kWindow) {
      advance(*node, serial - kWindow + 1);
    }
    node->times[serial % kWindow] = milliseconds;
    node->highest = serial;
    node->highest_time = milliseconds;
  } else if (serial >= node->base && node->times[serial % kWindow] == kUnseen) {
    node->times[serial % kWindow] = milliseconds;
  } else if (serial >= node->base && node->times[serial % kWindow] == milliseconds) {
    // More of an event that was interrupted by others.
  } else if (milliseconds > node->highest_time + kClockSlack) {
    restart(*node, serial, milliseconds);
  } else {
    late(*node, serial, milliseconds);
  }
  if (has_kernel_stamp_at_once(type)) {
    check_time(*node, serial, milliseconds);
  }
}

void AuditOrderWatch::start(Node& node, uint64_t serial, int64_t time) {
  node.started = true;
  node.base = serial;
  node.highest = serial;
  node.highest_time = time;
  node.passed_time = time;
  node.hole_first = 0;
  node.last_program_serial = 0;
  node.late_run = 0;
  node.times.fill(kUnseen);
  node.times[serial % kWindow] = time;
}

void AuditOrderWatch::restart(Node& node, uint64_t serial, int64_t time) {
  advance(node, node.highest + 1);
  AuditOrderFact fact;
  fact.order = AuditOrder::kRestart;
  fact.node = node.name;
  fact.boot = node.boot;
  fact.first = node.highest;
  fact.last = serial;
  fact.time_before = node.highest_time;
  fact.time_after = time;
  add(std::move(fact));
  ++node.boot;
  start(node, serial, time);
}

// Moves the window up; what leaves it unseen is missing.
void AuditOrderWatch::advance(Node& node, uint64_t new_base) {
  const uint64_t known_end = std::min(new_base, node.highest + 1);
  for (uint64_t serial = node.base; serial < known_end; ++serial) {
    pass(node, serial);
  }
  if (new_base > node.highest + 1) {
    add_hole(node, node.highest + 1, new_base - 1);
  }
  node.base = new_base;
}

void AuditOrderWatch::pass(Node& node, uint64_t serial) {
  int64_t& time = node.times[serial % kWindow];
  if (time == kUnseen) {
    add_hole(node, serial, serial);
    return;
  }
  if (node.hole_first != 0) {
    AuditOrderFact fact;
    fact.node = node.name;
    fact.boot = node.boot;
    fact.first = node.hole_first;
    fact.last = node.hole_last;
    fact.time_before = node.passed_time;
    fact.time_after = time;
    fact.count = node.hole_last - node.hole_first + 1;
    add(std::move(fact));
    node.hole_first = 0;
  }
  node.passed_time = time;
  time = kUnseen;
}

void AuditOrderWatch::add_hole(Node& node, uint64_t first, uint64_t last) {
  const uint64_t count = last - first + 1;
  missing_serials_ += std::min(count, std::numeric_limits<uint64_t>::max() - missing_serials_);
  if (node.hole_first == 0) {
    node.hole_first = first;
  }
  node.hole_last = last;
}

void AuditOrderWatch::late(Node& node, uint64_t serial, int64_t time) {
  if (++node.late_run >= kLateRunOfABoot) {
    restart(node, serial, time);
    return;
  }
  if (!facts_.empty() && node.late_run > 1 && facts_.back().order == AuditOrder::kLate &&
      facts_.back().node == node.name) {
    facts_.back().last = serial;
    facts_.back().time_after = time;
    ++facts_.back().count;
    return;
  }
  AuditOrderFact fact;
  fact.order = AuditOrder::kLate;
  fact.node = node.name;
  fact.boot = node.boot;
  fact.first = serial;
  fact.last = serial;
  fact.time_before = node.highest_time;
  fact.time_after = time;
  add(std::move(fact));
}

void AuditOrderWatch::check_time(Node& node, uint64_t serial, int64_t time) {
  if (node.last_program_serial != 0 && serial > node.last_program_serial &&
      time + kClockSlack < node.last_program_time) {
    AuditOrderFact fact;
    fact.order = AuditOrder::kTimeBack;
    fact.node = node.name;
    fact.boot = node.boot;
    fact.first = node.last_program_serial;
    fact.last = serial;
    fact.time_before = node.last_program_time;
    fact.time_after = time;
    add(std::move(fact));
  }
  if (serial > node.last_program_serial) {
    node.last_program_serial = serial;
    node.last_program_time = time;
  }
}

void AuditOrderWatch::add(AuditOrderFact fact) {
  if (facts_.size() < kMaxFacts) {
    facts_.push_back(std::move(fact));
  } else {
    ++dropped_facts_;
  }
}

void AuditOrderWatch::finish() {
  for (Node& node : nodes_) {
    if (node.started) {
      advance(node, node.highest + 1);
      node.started = false;
    }
  }
}

}  // namespace genba::parse
