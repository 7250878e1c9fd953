// SPDX-License-Identifier: Apache-2.0
#include "base/cursor.h"
#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/audit/audit_auth.h"
#include "parse/audit/audit_joiner.h"

namespace {

void join(std::string_view bytes, genba::parse::AuditDetail detail) {
  uint64_t records = 0;
  genba::parse::AuditJoiner joiner(
      [&](const genba::parse::AuditEvent& event) {
        GENBA_CHECK(!event.kind.empty() && event.records > 0);
        GENBA_CHECK(event.command_line.size() <= genba::parse::kMaxAuditCommand + 1);
        records += event.records;
        (void)genba::parse::to_auth(event);
      },
      detail);
  genba::base::Lines lines(bytes);
  while (const auto line = lines.next()) {
    joiner.add(line->text, line->offset);
  }
  joiner.finish();
  if (detail == genba::parse::AuditDetail::kEverything) {
    GENBA_CHECK(records + joiner.totals().late_ends == joiner.totals().records);
  }
}

}  // namespace

GENBA_FUZZ(audit) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  genba::parse::AuditRecord record;
  (void)genba::parse::parse_audit_record(bytes, record);
  join(bytes, genba::parse::AuditDetail::kEverything);
  join(bytes, genba::parse::AuditDetail::kSkipNoise);
}
