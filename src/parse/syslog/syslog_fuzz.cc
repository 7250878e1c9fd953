// SPDX-License-Identifier: Apache-2.0
#include "parse/syslog/syslog.h"

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/fields.h"

GENBA_FUZZ(syslog) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const std::string_view line = genba::parse::next_line(rest);
    genba::parse::SyslogLine out;
    if (!genba::parse::parse_syslog_line(line, out)) {
      continue;
    }
    for (const std::string_view part :
         {out.host, out.program, out.message, out.level, out.message_id, out.structured_data}) {
      GENBA_CHECK(part.empty() || (part.data() >= line.data() &&
                                   part.data() + part.size() <= line.data() + line.size()));
    }
    GENBA_CHECK(out.pid >= -1 && out.repeats >= 1 && out.uptime_nanoseconds >= -1);
    GENBA_CHECK(out.priority >= -1 && out.priority <= 191);
  }
}
