// SPDX-License-Identifier: Apache-2.0
//
// What a web server complained of: one line of the error log of Apache 2.2 and 2.4, nginx, php-fpm
// or PHP itself, and the lines without any head that a shell or a download tool started by the
// server leaves in it: a web shell's stderr, evidence of a command that ran. What a visitor sent
// (paths, referrers, users) stands inside these texts and can imitate any mark, so kinds are told
// by how a message begins, and of two `client:` marks of nginx the likelier is taken and the line
// marked. The idea does not hold for servers told another ErrorLogFormat. Several lines of one PHP
// error (stack traces) are not joined. Sources: Apache core (ErrorLogFormat) and its AH codes,
// ngx_log_error_core and ngx_http_log_error, php-fpm's zlog.c, PHP main.c, GNU wget and curl.
// Covered by web_error_test.cc (also with crowdsec's known answers) and web_error_fuzz.cc.
#pragma once

#include <cstdint>
#include <string_view>

#include "parse/log_time/log_time.h"

namespace genba::parse {

enum class WebErrorKind : uint8_t {
  kMessage,      ///< none of the others
  kPhp,          ///< PHP's warning, error or notice, whoever logged it
  kShell,        ///< a shell or tool speaks: `tool` says which
  kStart,        ///< the server starts, or reads its configuration again
  kStop,         ///< the server stops
  kCrash,        ///< a child died of a signal other than KILL and TERM, which come from outside
  kDenied,       ///< a rule or a missing right refused the request
  kLimited,      ///< refused for coming too often
  kLoginFailed,  ///< unknown user or wrong password
  kMissing,      ///< the file or script is not there
  kBadRequest,   ///< not HTTP, or a forbidden URI (CVE-2021-41773 leaves AH00126 here)
};

/// The kind's stable lower-case name ("php", "login_failed" …).
std::string_view to_string(WebErrorKind kind);

/// One line. Texts are views into it, as written: escapes are not undone.
struct WebErrorLine {
  LogTime time;
  bool has_time = false;
  /// A second `client:` mark stands in the line: somebody wrote one into a path or a referrer.
  /// `client` and `request` may then be the imitation.
  bool repeated_marks = false;
  WebErrorKind kind = WebErrorKind::kMessage;
  std::string_view zone;    ///< as PHP names it ("UTC", "Asia/Tokyo"); `time` has UTC's offset only
  std::string_view level;   ///< "error", "notice", "WARNING" …
  std::string_view module;  ///< Apache's module, php-fpm's pool
  std::string_view client;  ///< address, with the port when written
  std::string_view message;  ///< Apache's with its AH code; nginx's up to its marks
  std::string_view request;  ///< the request line, when told
  std::string_view script;   ///< path of the PHP or CGI file, when told
  std::string_view tool;     ///< sh, bash, wget, curl … without its path
  int64_t pid = -1;          ///< of the writer; for php-fpm, of the child it speaks of
};

/// Reads one line without its newline. False, and `out` alone, when the line has neither a head nor
/// the shape of a tool's words: stack traces, continued messages, anything else.
bool parse_web_error_line(std::string_view line, WebErrorLine& out);

}  // namespace genba::parse
