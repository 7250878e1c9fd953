// SPDX-License-Identifier: Apache-2.0
#include "parse/ftp_log/ftp_log.h"

#include "base/cursor.h"
#include "fuzz/fuzz.h"

GENBA_FUZZ(ftp_log) {
  namespace parse = genba::parse;
  genba::base::Lines lines({reinterpret_cast<const char*>(data), size});
  size_t length = 0;
  while (const auto line = lines.next()) {
    for (const auto read :
         {parse::parse_vsftpd_line, parse::parse_vsftpd_message, parse::parse_xferlog_line,
          parse::parse_proftpd_line, parse::parse_proftpd_message, parse::parse_pureftpd_message}) {
      parse::FtpEvent event;
      if (read(line->text, event)) {
        length += event.user.size() + event.address.size() + event.path.size() +
                  parse::to_string(event.kind).size();
      }
    }
  }
  (void)length;
}
