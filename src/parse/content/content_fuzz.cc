// SPDX-License-Identifier: Apache-2.0
#include "parse/content/content.h"

#include "fuzz/fuzz.h"

GENBA_FUZZ(content) {
  (void)genba::parse::content_kind({reinterpret_cast<const char*>(data), size});
}
