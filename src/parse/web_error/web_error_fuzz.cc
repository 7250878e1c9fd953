// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/fields.h"
#include "parse/web_error/web_error.h"

GENBA_FUZZ(web_error) {
  using genba::parse::WebErrorKind;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    genba::parse::WebErrorLine line;
    if (genba::parse::parse_web_error_line(genba::parse::next_line(rest), line)) {
      GENBA_CHECK((line.kind == WebErrorKind::kShell) == !line.tool.empty());
    }
  }
}
