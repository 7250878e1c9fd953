// SPDX-License-Identifier: Apache-2.0
//
// Puts records into an event, one after the other. Only AuditJoiner uses it. Fields of the kernel's
// part count when they come first; a program's acct=, op= and cmd= count when they come first, and
// what libaudit writes behind them (exe, hostname, addr, terminal, res) when it comes last, so text
// that a user chose cannot stand in for it. Covered by audit_joiner_test.cc.
#pragma once

#include <cstdint>
#include <string>

#include "parse/audit/audit_event.h"
#include "parse/audit/audit_record.h"

namespace genba::parse {

/// An event in the making.
struct AuditAssembly {
  AuditEvent event;
  AuditRank rank = AuditRank::kPart;
  int64_t last_argument = -1;  ///< index of the EXECVE argument that is at the end of command_line

  /// Empties it for the next event; buffers stay, large ones go.
  void reset();
};

/// Takes the time, serial, node and first offset of `record` for a new event. The assembly must be
/// new or reset.
void begin_audit_event(const AuditRecord& record, uint64_t offset, AuditAssembly& assembly);
/// Counts `record` in types and kind without looking at its fields.
void count_audit_record(const AuditRecord& record, AuditAssembly& assembly);
/// Adds the fields of a record of which only the head has been parsed. Splits it.
void decode_audit_record(AuditRecord& record, AuditAssembly& assembly);
/// What can only be said with all records there.
void finish_audit_event(AuditAssembly& assembly);

}  // namespace genba::parse
