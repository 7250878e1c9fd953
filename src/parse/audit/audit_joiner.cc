// SPDX-License-Identifier: Apache-2.0
#include "parse/audit/audit_joiner.h"

#include <algorithm>
#include <utility>

#include "base/number.h"
#include "parse/audit/audit_types.h"

namespace genba::parse {
namespace {

constexpr int32_t kSyscall = 1300;
constexpr int32_t kEoe = 1320;
constexpr int32_t kProctitle = 1327;
constexpr size_t kKeptLine = 4096;

uint64_t mix(uint64_t value) {
  // splitmix64's finisher: equal keys are compared in full nowhere else, so all bits must count.
  value ^= value >> 30;
  value *= 0xbf58476d1ce4e5b9U;
  value ^= value >> 27;
  value *= 0x94d049bb133111ebU;
  return value ^ value >> 31;
}

uint64_t hash_text(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : text) {
    hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3U;
  }
  return hash;
}

bool same_event(const AuditRecord& record, const AuditEvent& event) {
  return record.serial == event.serial && record.seconds == event.seconds &&
         record.millisecond == event.millisecond && record.node == event.node;
}

bool is_part(int32_t type) {
  const AuditType* known = find_audit_type(type);
  return known != nullptr && known->rank == AuditRank::kPart;
}

std::string_view value_after(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) {
    return {};
  }
  text.remove_prefix(name.size());
  return text.substr(0, text.find(' '));
}

}  // namespace

AuditJoiner::AuditJoiner(Deliver deliver, AuditDetail detail)
    : deliver_(std::move(deliver)), detail_(detail) {}

bool AuditJoiner::add(std::string_view line, uint64_t offset) {
  if (!parse_audit_head(line, record_)) {
    note(line, offset);
    return false;
  }
  ++totals_.records;
  const uint64_t node_hash = record_.node.empty() ? 0 : hash_text(record_.node);
  const uint64_t hash =
      mix(node_hash ^ mix(record_.serial ^ mix(static_cast<uint64_t>(record_.seconds) * 1000 +
                                               static_cast<uint64_t>(record_.millisecond))));
  size_t place = find_open(hash);
  if (record_.type == kEoe && place == kNone) {
    ++totals_.late_ends;
    return true;
  }
  if (place == kNone) {
    order_.see(record_.node, record_.serial, record_.seconds * 1000 + record_.millisecond,
               record_.type);
    deliver_older(node_hash, record_.seconds);
    place = open(hash, node_hash, offset);
  }
  Slot& slot = slots_[open_[place].slot];
  slot.bytes += line.size();
  open_bytes_ += line.size();
  put(line, slot);
  const bool ended = record_.type == kProctitle || record_.type == kEoe;
  if (ended || is_program_type(record_.type)) {
    slot.assembly.event.closed = true;
    deliver(place);
  }
  while (open_bytes_ > kMaxOpenBytes) {
    ++totals_.forced;
    deliver(0);
  }
  return true;
}

void AuditJoiner::finish() {
  while (!open_.empty()) {
    deliver(0);
  }
  order_.finish();
}

size_t AuditJoiner::find_open(uint64_t hash) const {
  // The newest first: records of one event mostly stand together.
  for (size_t place = open_.size(); place > 0; --place) {
    if (open_[place - 1].hash == hash &&
        same_event(record_, slots_[open_[place - 1].slot].assembly.event)) {
      return place - 1;
    }
  }
  return kNone;
}

size_t AuditJoiner::open(uint64_t hash, uint64_t node_hash, uint64_t offset) {
  if (open_.size() == kMaxOpen) {
    ++totals_.forced;
    deliver(0);
  }
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const uint32_t index = free_slots_.back();
  free_slots_.pop_back();
  begin_audit_event(record_, offset, slots_[index].assembly);
  slots_[index].bytes = 0;
  slots_[index].noise = false;
  open_.push_back({hash, node_hash, record_.seconds, index});
  return open_.size() - 1;
}

void AuditJoiner::deliver_older(uint64_t node_hash, int64_t seconds) {
  if (seconds == last_seconds_ && node_hash == last_node_hash_) {
    return;
  }
  last_seconds_ = seconds;
  last_node_hash_ = node_hash;
  for (size_t place = 0; place < open_.size();) {
    if (open_[place].node_hash == node_hash && open_[place].seconds + kOpenSeconds <= seconds) {
      deliver(place);
    } else {
      ++place;
    }
  }
}

void AuditJoiner::deliver(size_t place) {
  const uint32_t index = open_[place].slot;
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(place));
  Slot& slot = slots_[index];
  open_bytes_ -= slot.bytes;
  if (slot.noise) {
    ++totals_.noise_events;
  } else {
    ++totals_.events;
    finish_audit_event(slot.assembly);
    deliver_(slot.assembly.event);
  }
  // Now and not at the next use: a thousand slots of long command lines would stay in memory.
  slot.assembly.reset();
  if (slot.held_line.capacity() > kKeptLine) {
    std::string().swap(slot.held_line);
  }
  free_slots_.push_back(index);
}

void AuditJoiner::put(std::string_view line, Slot& slot) {
  if (slot.noise && !is_part(record_.type)) {
    // It is about more than a call without a key: what was passed over of the call is wanted.
    slot.noise = false;
    AuditRecord call;
    if (parse_audit_head(slot.held_line, call)) {
      decode_audit_record(call, slot.assembly);
    }
  }
  count_audit_record(record_, slot.assembly);
  if (slot.noise || record_.type == kEoe) {
    return;
  }
  if (detail_ == AuditDetail::kSkipNoise && slot.assembly.event.records == 1 && is_noise()) {
    slot.noise = true;
    slot.held_line.assign(line);
    return;
  }
  decode_audit_record(record_, slot.assembly);
}

// "arch=c000003e syscall=257 … key=(null)", judged without splitting it.
bool AuditJoiner::is_noise() const {
  if (record_.type != kSyscall) {
    return false;
  }
  std::string_view text = record_.rest;
  text = text.substr(0, text.find('\x1d'));
  if (!text.ends_with(" key=(null)")) {
    return false;
  }
  const std::string_view arch = value_after(text, "arch=");
  const auto machine = base::parse_number<uint32_t>(arch, base::Radix::kHex);
  text.remove_prefix(std::min(text.size(), arch.size() + 6));  // "arch=" and a blank
  const auto number = base::parse_number<int64_t>(value_after(text, "syscall="));
  if (!machine || !number) {
    return false;
  }
  const AuditSyscall call = find_audit_syscall(*machine, *number);
  return !call.name.empty() && call.weight == AuditWeight::kPlain;
}

void AuditJoiner::note(std::string_view line, uint64_t offset) {
  constexpr std::string_view kReason = "not an audit record";
  if (line.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return;
  }
  ++totals_.not_records;
  if (notes_.size() < kMaxNotes) {
    notes_.push_back({"audit", offset, line.size(), std::string(kReason)});
  } else {
    notes_.back().bytes += line.size();
  }
}

}  // namespace genba::parse
