// SPDX-License-Identifier: Apache-2.0
//
// Reads nsswitch.conf: which sources the C library asks for accounts, groups and so on. Actions in
// brackets are passed over. Source: nsswitch.conf(5). Covered by nsswitch_test.cc,
// nsswitch_fuzz.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace genba::parse {

/// One line: "passwd: files sss".
struct NsswitchDatabase {
  std::string name;
  std::vector<std::string> sources;
  int64_t line = 0;
};

std::vector<NsswitchDatabase> parse_nsswitch(std::string_view bytes);

}  // namespace genba::parse
