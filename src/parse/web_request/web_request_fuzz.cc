// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/web_request/web_request.h"

GENBA_FUZZ(web_request) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  char buffer[512];  // small, so that inputs pass its end
  const auto decoded = genba::parse::decode_target(bytes, buffer);
  GENBA_CHECK(decoded.text.size() <= sizeof(buffer) && decoded.path_size <= decoded.text.size());
  GENBA_CHECK(decoded.rounds >= 0 && decoded.rounds <= genba::parse::kMaxDecodingRounds);
  (void)genba::parse::find_web_traits(decoded);
  (void)genba::parse::find_header_traits(bytes, buffer);
  (void)genba::parse::scanner_agent(bytes);
}
