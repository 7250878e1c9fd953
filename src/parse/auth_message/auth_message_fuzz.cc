// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "base/result.h"
#include "fuzz/fuzz.h"
#include "parse/auth_message/auth_message.h"

// "program: message" for each line; views must point into the message or be fixed words.
GENBA_FUZZ(auth_message) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  while (!bytes.empty()) {
    const std::string_view line = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(line.size() == bytes.size() ? line.size() : line.size() + 1);
    const size_t colon = line.find(':');
    const std::string_view program = line.substr(0, colon);
    const std::string_view message =
        colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    genba::parse::AuthMessage out;
    if (genba::parse::parse_auth_message(program, message, out)) {
      GENBA_CHECK(!genba::parse::to_string(out.outcome).empty());
      GENBA_CHECK(out.count >= 1 && out.port >= -1 && out.port <= 65535);
      GENBA_CHECK(out.user.size() <= message.size() && out.command.size() <= message.size());
      GENBA_CHECK(
          out.user.empty() ||
          (out.user.data() >= line.data() && out.user.data() <= line.data() + line.size()) ||
          out.user == "root");
    }
  }
}
