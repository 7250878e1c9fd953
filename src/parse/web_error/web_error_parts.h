// SPDX-License-Identifier: Apache-2.0
//
// The steps of reading an error line: its head (web_error.cc), its kind (web_error_kind.cc), the
// words of tools (web_error_tool.cc). Part of web_error and of nobody else. Covered by
// web_error_test.cc.
#pragma once

#include <string_view>

#include "parse/web_error/web_error.h"

namespace genba::parse {

/// Tells the kind of a line whose head and message are known, and what the message names.
void judge_apache_message(WebErrorLine& line);
void judge_nginx_message(WebErrorLine& line);
void judge_fpm_message(WebErrorLine& line);

/// When the text is one of PHP's messages ("PHP Warning:  … in /x.php on line 3"), fills in kind
/// and script.
bool judge_php_text(std::string_view text, WebErrorLine& line);

/// When the text is what a shell or a known tool writes to stderr, fills in kind and tool, and the
/// time where wget tells it.
bool judge_tool_text(std::string_view text, WebErrorLine& line);

/// Moves over the mark at the front of `text`; false, and `text` alone, when it is not there.
inline bool skip_mark(std::string_view& text, std::string_view mark) {
  if (!text.starts_with(mark)) {
    return false;
  }
  text.remove_prefix(mark.size());
  return true;
}

}  // namespace genba::parse
