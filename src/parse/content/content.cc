// SPDX-License-Identifier: Apache-2.0
#include "parse/content/content.h"

namespace genba::parse {

std::string_view content_kind(std::string_view first_bytes) {
  if (first_bytes.substr(0, 4) ==
      "\x7f"
      "ELF") {
    return "elf";
  }
  if (first_bytes.substr(0, 2) == "#!") {
    return "script";
  }
  return "other";
}

}  // namespace genba::parse
