// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "fuzz/fuzz.h"
#include "parse/utmp/utmp.h"

GENBA_FUZZ(utmp) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  using genba::parse::ByteOrder;
  using genba::parse::UtmpLayout;
  std::vector<genba::base::Note> notes;
  const auto ignore = [](uint64_t, const genba::parse::UtmpRecord&) {};
  genba::parse::parse_utmp(bytes, genba::parse::detect_utmp_layout(bytes, size), ignore, notes);
  genba::parse::parse_utmp(bytes, UtmpLayout{400, ByteOrder::kBig}, ignore, notes);
}
