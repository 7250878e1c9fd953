// SPDX-License-Identifier: Apache-2.0
#include "parse/dpkg_config/dpkg_config.h"

#include "fuzz/fuzz.h"

GENBA_FUZZ(dpkg_config) {
  // The worst glob takes pattern times text: a few thousand bytes keep the fuzzer quick.
  const std::string_view bytes(reinterpret_cast<const char*>(data), size < 8192 ? size : 8192);
  genba::parse::DpkgPathFilters filters;
  filters.add_file(bytes);
  (void)filters.excludes("/usr/share/doc/aaaaaaaaaaaaaaaaaaaa/copyright");
}
