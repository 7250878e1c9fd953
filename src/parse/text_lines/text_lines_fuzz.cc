// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "fuzz/fuzz.h"
#include "parse/text_lines/text_lines.h"

GENBA_FUZZ(text_lines) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::trim_front(bytes);
  (void)genba::parse::trim_back(bytes);
  (void)genba::parse::parse_decimal(bytes);
  (void)genba::parse::has_control_characters(bytes);
  std::string_view words = bytes;
  while (!words.empty()) {
    (void)genba::parse::take_word(words);
  }
  while (!bytes.empty()) {
    (void)genba::parse::take_field(bytes, ':');
  }
}
