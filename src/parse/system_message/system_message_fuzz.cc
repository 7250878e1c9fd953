// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/system_message/system_message.h"

// "program: message" for each line.
GENBA_FUZZ(system_message) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  while (!bytes.empty()) {
    const std::string_view line = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(line.size() == bytes.size() ? line.size() : line.size() + 1);
    const size_t colon = line.find(':');
    const std::string_view message =
        colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    genba::parse::SystemMessage out;
    if (genba::parse::parse_system_message(line.substr(0, colon), message, out)) {
      GENBA_CHECK(!genba::parse::to_string(out.kind).empty());
      GENBA_CHECK(out.subject.size() <= line.size() && out.user.size() <= message.size());
    }
  }
}
