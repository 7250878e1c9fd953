// SPDX-License-Identifier: Apache-2.0
//
// Whether a log tells all it should: the kernel numbers its events from 1 at each boot, so a number
// that is missing between two others was lost or taken out. A hole is a fact and not yet a verdict:
// the kernel drops events when auditd is too slow, and auditd writes none while it is stopped or
// its disk is full (look for DAEMON_ records beside the hole). What was never seen before the first
// or after the last serial of a boot is unknown, not a hole. auditd's own records have serials of
// their own and are left out. A call that sleeps long is written late with the time of its start,
// so times are compared only between records of programs, which get time and serial together.
// Source: kernel/audit.c (audit_get_stamp), kernel/auditsc.c (auditsc_get_stamp). Covered by
// audit_order_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace genba::parse {

enum class AuditOrder : uint8_t {
  kHole,      ///< serials first…last were not seen
  kRestart,   ///< from serial `first` back to `last` at a later time: a boot, or a forged serial
  kLate,      ///< serials from `first` to `last` (in log order) far below what came before, with
              ///< older times: files in the wrong order, or lines put back in
  kTimeBack,  ///< serial went up from `first` to `last`, time went back: the clock was set
};

/// Times are milliseconds since 1970: of the neighbour before and the neighbour behind.
struct AuditOrderFact {
  AuditOrder order = AuditOrder::kHole;
  std::string node;
  uint32_t boot = 0;  ///< counts kRestart of its node, from 0
  uint64_t first = 0;
  uint64_t last = 0;
  int64_t time_before = 0;
  int64_t time_after = 0;
  uint64_t count = 1;  ///< of serials (kHole) or of records (kLate)
};

/// Watches the serials of each node as they come.
class AuditOrderWatch {
 public:
  static constexpr size_t kMaxFacts = 1024;
  static constexpr size_t kMaxNodes = 64;
  /// Events may be written this many serials out of order before one counts as missing or late.
  static constexpr size_t kWindow = 1024;

  /// One record; repeats of the same serial and time cost nothing. `type` is its number.
  void see(std::string_view node, uint64_t serial, int64_t milliseconds, int32_t type);
  /// Closes all holes. Nothing may be seen afterwards.
  void finish();

  const std::vector<AuditOrderFact>& facts() const { return facts_; }
  /// Facts past kMaxFacts; records of nodes past kMaxNodes or with a serial past 32 bits.
  uint64_t dropped_facts() const { return dropped_facts_; }
  uint64_t unwatched_records() const { return unwatched_records_; }
  /// Of all holes, also of those whose facts were dropped; stops at the largest number.
  uint64_t missing_serials() const { return missing_serials_; }

 private:
  struct Node {
    std::string name;
    bool started = false;
    uint32_t boot = 0;
    uint64_t base = 0;     ///< the lowest serial of the window
    uint64_t highest = 0;  ///< seen so far in this boot
    int64_t highest_time = 0;
    int64_t passed_time = 0;  ///< of the last seen serial below the window
    uint64_t hole_first = 0;  ///< of a hole that has not ended yet; 0: none
    uint64_t hole_last = 0;
    uint64_t last_program_serial = 0;
    int64_t last_program_time = 0;
    size_t late_run = 0;
    std::array<int64_t, kWindow> times{};  ///< by serial % kWindow; kUnseen
  };

  Node* find_node(std::string_view name);
  void start(Node& node, uint64_t serial, int64_t time);
  void restart(Node& node, uint64_t serial, int64_t time);
  void advance(Node& node, uint64_t new_base);
  void pass(Node& node, uint64_t serial);
  void add_hole(Node& node, uint64_t first, uint64_t last);
  void late(Node& node, uint64_t serial, int64_t time);
  void check_time(Node& node, uint64_t serial, int64_t time);
  void add(AuditOrderFact fact);

  std::vector<Node> nodes_;
  size_t last_node_ = 0;
  uint64_t last_serial_ = 0;
  int64_t last_time_ = 0;
  std::vector<AuditOrderFact> facts_;
  uint64_t dropped_facts_ = 0;
  uint64_t unwatched_records_ = 0;
  uint64_t missing_serials_ = 0;
};

}  // namespace genba::parse
