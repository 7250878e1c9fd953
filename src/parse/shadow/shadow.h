// SPDX-License-Identifier: Apache-2.0
//
// Reads /etc/shadow and keeps only the state of each password and the scheme of its hash: the hash
// itself never leaves this function. Days stay days. A number that is none is absent and noted.
// Source: shadow(5), crypt(5), glibc shadow/sgetspent_r.c. Covered by shadow_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// One account's password state.
struct ShadowEntry {
  std::string username;
  std::string password_status;          ///< empty, locked, active, invalid
  std::optional<std::string> hash_alg;  ///< y, 6, 5, 1, 2b …, or des
  std::optional<int64_t> last_change;   ///< days since 1970
  std::optional<int64_t> min;           ///< days
  std::optional<int64_t> max;
  std::optional<int64_t> warning;
  std::optional<int64_t> inactive;
  std::optional<int64_t> expire;  ///< days since 1970
  int64_t line = 0;
};

struct ShadowFile {
  std::vector<ShadowEntry> entries;
  std::vector<base::Note> notes;
};

/// `source` names the file in notes, which never quote the line.
ShadowFile parse_shadow(std::string_view bytes, std::string_view source);

}  // namespace genba::parse
