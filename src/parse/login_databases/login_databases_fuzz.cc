// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "parse/login_databases/login_databases.h"

GENBA_FUZZ(login_databases) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<genba::base::Note> notes;
  (void)genba::parse::parse_wtmpdb(
      bytes, [](genba::parse::WtmpdbRecord&&) {}, notes);
  (void)genba::parse::parse_lastlog2(
      bytes, [](genba::parse::Lastlog2Record&&) {}, notes);
}
