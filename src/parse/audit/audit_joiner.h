// SPDX-License-Identifier: Apache-2.0
//
// Joins the records of an audit log to events. Records of one time, serial and node belong
// together; those of other events may stand between them. An event is complete at EOE, at PROCTITLE
// (auditd does not write EOE to its file), at once for a program's record, when a record of its
// node is two seconds younger, when too much is open, or at the end. What comes after that for the
// same serial makes a second event. With kSkipNoise, system calls without a key that are neither an
// execve nor notable (audit_types) are counted and not decoded, unless a record of another kind
// joins them. Source: audit-userspace auparse/auparse.c and lib/audit_logging.c for the rules of
// completion. Covered by audit_joiner_test.cc, audit_noise_test.cc, audit_data_test.cc
// and audit_fuzz.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "parse/audit/audit_decode.h"
#include "parse/audit/audit_event.h"
#include "parse/audit/audit_order.h"
#include "parse/audit/audit_record.h"

namespace genba::parse {

enum class AuditDetail : uint8_t { kEverything, kSkipNoise };

struct AuditTotals {
  uint64_t records = 0;
  uint64_t not_records = 0;   ///< lines that are neither empty nor a record
  uint64_t events = 0;        ///< delivered
  uint64_t noise_events = 0;  ///< counted, not delivered
  uint64_t late_ends = 0;     ///< EOE records whose event had been delivered
  uint64_t forced = 0;        ///< events delivered only because too much was open
};

class AuditJoiner {
 public:
  static constexpr size_t kMaxOpen = 1024;
  static constexpr size_t kMaxOpenBytes = size_t{32} * 1024 * 1024;  ///< of lines, over all events
  static constexpr size_t kMaxNotes = 64;
  static constexpr int64_t kOpenSeconds = 2;  ///< auparse: eoe_timeout

  /// The event is gone after the call.
  using Deliver = std::function<void(const AuditEvent& event)>;

  explicit AuditJoiner(Deliver deliver, AuditDetail detail = AuditDetail::kEverything);

  /// One line in the order of the log; `offset` is where it stands. False when it is no record.
  bool add(std::string_view line, uint64_t offset = 0);
  /// Delivers what is open, the oldest first. Nothing may be added afterwards.
  void finish();

  const AuditTotals& totals() const { return totals_; }
  const AuditOrderWatch& order() const { return order_; }
  /// Lines that are no records; past kMaxNotes the last note counts the bytes of the rest.
  const std::vector<base::Note>& notes() const { return notes_; }

 private:
  struct Slot {
    AuditAssembly assembly;
    size_t bytes = 0;
    bool noise = false;
    std::string held_line;  ///< the SYSCALL line of a noise event, should it turn out not to be one
  };
  /// An open event, small so that many can be looked through.
  struct Open {
    uint64_t hash = 0;
    uint64_t node_hash = 0;
    int64_t seconds = 0;
    uint32_t slot = 0;
  };
  static constexpr size_t kNone = static_cast<size_t>(-1);

  size_t find_open(uint64_t hash) const;
  size_t open(uint64_t hash, uint64_t node_hash, uint64_t offset);
  void deliver_older(uint64_t node_hash, int64_t seconds);
  void deliver(size_t place);
  void put(std::string_view line, Slot& slot);
  bool is_noise() const;
  void note(std::string_view line, uint64_t offset);

  Deliver deliver_;
  AuditDetail detail_;
  AuditRecord record_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_slots_;
  std::vector<Open> open_;  ///< the oldest first
  size_t open_bytes_ = 0;
  int64_t last_seconds_ = 0;
  uint64_t last_node_hash_ = 0;
  AuditTotals totals_;
  AuditOrderWatch order_;
  std::vector<base::Note> notes_;
};

}  // namespace genba::parse
