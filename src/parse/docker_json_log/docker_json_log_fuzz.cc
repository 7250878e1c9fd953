// SPDX-License-Identifier: Apache-2.0
#include "parse/docker_json_log/docker_json_log.h"

#include <string>

#include "base/cursor.h"
#include "base/result.h"
#include "fuzz/fuzz.h"

GENBA_FUZZ(docker_json_log) {
  genba::base::Lines lines({reinterpret_cast<const char*>(data), size});
  genba::parse::ContainerLine out;
  std::string scratch;
  while (const auto line = lines.next()) {
    if (genba::parse::parse_docker_json_line(line->text, scratch, out).empty()) {
      GENBA_CHECK(out.text.size() <= line->text.size() && out.time.year != 0);
    }
    if (genba::parse::parse_cri_line(line->text, out).empty()) {
      GENBA_CHECK(out.text.size() <= line->text.size());
    }
  }
}
