// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/fields.h"
#include "parse/web_access/web_access.h"

GENBA_FUZZ(web_access) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    genba::parse::WebRequest request;
    if (genba::parse::parse_web_access_line(genba::parse::next_line(rest), request)) {
      GENBA_CHECK(!request.client.empty());
      GENBA_CHECK(request.status >= -1 && request.status <= 999 && request.bytes >= -1);
    }
  }
}
