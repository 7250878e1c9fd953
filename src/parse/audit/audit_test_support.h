// SPDX-License-Identifier: Apache-2.0
//
// Joins the lines of a test's log and keeps what was delivered.
#pragma once

#include <string_view>
#include <vector>

#include "base/cursor.h"
#include "parse/audit/audit_joiner.h"

namespace genba::parse {

struct JoinedAudit {
  std::vector<AuditEvent> events;
  std::vector<AuditOrderFact> order;
  std::vector<base::Note> notes;
  AuditTotals totals;
};

inline JoinedAudit join_audit(std::string_view log, AuditDetail detail = AuditDetail::kEverything) {
  JoinedAudit joined;
  AuditJoiner joiner([&](const AuditEvent& event) { joined.events.push_back(event); }, detail);
  base::Lines lines(log);
  while (const auto line = lines.next()) {
    joiner.add(line->text, line->offset);
  }
  joiner.finish();
  joined.order = joiner.order().facts();
  joined.notes = joiner.notes();
  joined.totals = joiner.totals();
  return joined;
}

}  // namespace genba::parse
