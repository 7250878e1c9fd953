// SPDX-License-Identifier: Apache-2.0
#include "parse/package_log/package_log.h"

#include "base/cursor.h"
#include "base/result.h"
#include "fuzz/fuzz.h"

namespace {

template <class Log>
void read_as(std::string_view bytes) {
  Log log;
  uint64_t number = 0;
  const auto check = [&](const genba::parse::PackageEvent& event) {
    GENBA_CHECK(event.line >= 1 && event.line <= number);
    GENBA_CHECK(event.command.size() <= 4096);
  };
  genba::base::Lines lines(bytes);
  while (const auto line = lines.next()) {
    log.feed(line->text, ++number, check);
  }
  log.end(check);
}

}  // namespace

GENBA_FUZZ(package_log) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_as<genba::parse::DpkgLog>(bytes);
  read_as<genba::parse::AptHistory>(bytes);
  read_as<genba::parse::YumLog>(bytes);
  read_as<genba::parse::DnfLog>(bytes);
  read_as<genba::parse::ZyppHistory>(bytes);
  read_as<genba::parse::PacmanLog>(bytes);
}
