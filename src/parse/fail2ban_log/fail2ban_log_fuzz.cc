// SPDX-License-Identifier: Apache-2.0
#include "parse/fail2ban_log/fail2ban_log.h"

#include "base/cursor.h"
#include "fuzz/fuzz.h"

GENBA_FUZZ(fail2ban_log) {
  genba::base::Lines lines({reinterpret_cast<const char*>(data), size});
  genba::parse::Fail2banEvent event;
  while (const auto line = lines.next()) {
    (void)genba::parse::parse_fail2ban_line(line->text, event);
    genba::parse::parse_fail2ban_message(line->text, event);
    (void)genba::parse::to_string(event.kind);
  }
}
