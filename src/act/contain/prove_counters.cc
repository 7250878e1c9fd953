// SPDX-License-Identifier: Apache-2.0
//
// What our own rules counted.
#include <netinet/in.h>
// After it: the two have the same names, which linux/libc-compat.h sorts out only this way.
#include <linux/netfilter.h>

#include "act/contain/prove_parts.h"
#include "sys/nf_tables/nf_tables_state.h"

namespace genba::act {

using base::ErrorCode;
using base::Result;

namespace {

void add_rules(const sys::NftTableState& state, CounterReading& reading) {
  for (const sys::NftRuleInfo& rule : state.rules) {
    if (!rule.counter) {
      continue;
    }
    const uint64_t packets = rule.counter->packets;
    const std::string_view comment = rule.comment;
    if (comment.starts_with("allow")) {
      reading.allowed[rule.comment] += packets;
    } else if (comment.starts_with("drop")) {
      reading.dropped += packets;
      reading.dropped_at_device += state.table.name.family == NFPROTO_NETDEV ? packets : 0;
      reading.dropped_in += comment.starts_with("drop in") ? packets : 0;
      reading.dropped_forward += comment.starts_with("drop forward") ? packets : 0;
    }
  }
}

uint64_t growth(uint64_t before, uint64_t after) {
  return after >= before ? after - before : after;
}

}  // namespace

CounterReading grown(const CounterReading& before, const CounterReading& after) {
  CounterReading change;
  change.dropped = growth(before.dropped, after.dropped);
  change.dropped_at_device = growth(before.dropped_at_device, after.dropped_at_device);
  change.dropped_in = growth(before.dropped_in, after.dropped_in);
  change.dropped_forward = growth(before.dropped_forward, after.dropped_forward);
  for (const auto& [comment, packets] : after.allowed) {
    const auto old = before.allowed.find(comment);
    change.allowed[comment] = growth(old == before.allowed.end() ? 0 : old->second, packets);
  }
  return change;
}

CounterReading& operator+=(CounterReading& sum, const CounterReading& one) {
  sum.dropped += one.dropped;
  sum.dropped_at_device += one.dropped_at_device;
  sum.dropped_in += one.dropped_in;
  sum.dropped_forward += one.dropped_forward;
  for (const auto& [comment, packets] : one.allowed) {
    sum.allowed[comment] += packets;
  }
  return sum;
}

Result<DropCounters> DropCounters::open(const sys::NftKernel& kernel) {
  GENBA_TRY(sys::NfTables tables, sys::NfTables::open(kernel));
  return DropCounters(std::move(tables));
}

Result<CounterReading> DropCounters::read() {
  CounterReading reading;
  bool found = false;
  for (const uint8_t family : {uint8_t{NFPROTO_INET}, uint8_t{NFPROTO_NETDEV}}) {
    const auto state = sys::read_nft_table(tables_, {family, kProofTable});
    if (state) {
      found = true;
      add_rules(*state, reading);
    } else if (state.error().code != ErrorCode::kNotFound &&
               state.error().code != ErrorCode::kUnsupported) {
      return base::fail(state.error().with_context("reading the counters of our rules"));
    }
  }
  if (!found) {
    return base::fail(ErrorCode::kNotFound, "there is no table genba_contain here");
  }
  return reading;
}

std::optional<CounterReading> Witnesses::read() const {
  std::optional<CounterReading> sum;
  for (DropCounters* const one : counters) {
    if (const auto reading = one->read()) {
      sum = sum ? * sum += *reading : *reading;
    }
  }
  return sum;
}

uint64_t Witnesses::seen() {
  uint64_t sum = 0;
  for (sys::PacketTap* const tap : taps) {
    sum += tap->count().value_or(0);
  }
  // It counts anew each time.
  received_ += receiver == nullptr ? 0 : static_cast<uint64_t>(receiver->received(payload));
  return sum + received_;
}

}  // namespace genba::act
