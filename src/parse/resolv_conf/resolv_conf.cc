// SPDX-License-Identifier: Apache-2.0
#include "parse/resolv_conf/resolv_conf.h"

#include "base/cursor.h"
#include "base/split.h"

namespace genba::parse {

std::vector<base::Address> parse_resolv_conf(std::string_view bytes) {
  std::vector<base::Address> servers;
  base::Lines lines(bytes);
  while (const auto line = lines.next()) {
    const auto words = base::split_words(line->text);
    if (words.size() < 2 || words[0] != "nameserver") {
      continue;
    }
    if (const auto address = base::parse_address(words[1].substr(0, words[1].find('%')))) {
      servers.push_back(*address);
    }
  }
  return servers;
}

}  // namespace genba::parse
