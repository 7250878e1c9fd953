// SPDX-License-Identifier: Apache-2.0
//
// Who asked a web server for what, and what came back: one line of an access log. Read are Apache's
// and nginx's common and combined formats, with a virtual host in front (vhost_combined, nginx's
// $host) and more fields behind, and the two formats of nginx-proxy-manager. What an attacker may
// write (user name, request, referrer, agent) is fenced by quotes that the server escapes (Apache
// \", nginx \x22), so the time is the one that a plain quote follows, and a field ends at its first
// plain quote. The idea does not hold for a server told not to escape (escape=none); there, the
// request ends at the first quote that a status follows. Not read: JSON, W3C and any format that
// does not write the request whole and in quotes. Sources: Apache mod_log_config and
// ap_escape_logitem, ngx_http_log_module, nginx-proxy-manager's log.conf. Covered by
// web_access_test.cc (also with crowdsec's and plaso's known answers) and web_access_fuzz.cc.
#pragma once

#include <cstdint>
#include <string_view>

#include "parse/log_time/log_time.h"

namespace genba::parse {

/// One request. Texts are views into the line, as written: escapes are not undone.
struct WebRequest {
  LogTime time;
  std::string_view client;        ///< address or name; a list when the format logs X-Forwarded-For
  std::string_view virtual_host;  ///< with its port, when the line begins with one
  std::string_view user;          ///< authenticated; empty for "-". May hold blanks
  std::string_view method;        ///< empty when the request line does not begin with one
  std::string_view target;        ///< path and query; without a method, the whole request line
  std::string_view protocol;      ///< "HTTP/1.1"; empty when the request had none
  std::string_view referrer;      ///< empty for "-"
  std::string_view agent;         ///< empty for "-"
  int32_t status = -1;            ///< -1: not told
  int64_t bytes = -1;             ///< of the answer; -1: not told, "-" (none were sent) included
  std::string_view rest;          ///< what a longer format has behind, without the blank in front
};

/// Reads one line without its newline. False, and `out` alone, when it is no access line: client,
/// time and the quote that opens the request must be there. A line cut off behind that gives what
/// it has. A line that syslog carried must come without syslog's head.
bool parse_web_access_line(std::string_view line, WebRequest& out);

}  // namespace genba::parse
