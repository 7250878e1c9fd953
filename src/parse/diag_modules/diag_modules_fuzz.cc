// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "fuzz/fuzz.h"
#include "parse/diag_modules/diag_modules.h"

GENBA_FUZZ(diag_modules) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  genba::parse::DiagModules present;
  genba::parse::find_loaded_diag_modules(bytes, present);
  genba::parse::find_builtin_diag_modules(bytes, present);
}
