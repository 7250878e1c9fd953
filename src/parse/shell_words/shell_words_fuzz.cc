// SPDX-License-Identifier: Apache-2.0
#include "fuzz/fuzz.h"
#include "parse/shell_words/shell_words.h"

GENBA_FUZZ(shell_words) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)genba::parse::first_absolute_program(bytes);
}
