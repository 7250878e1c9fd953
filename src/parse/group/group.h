// SPDX-License-Identifier: Apache-2.0
//
// Reads /etc/group as the C library does; the same leniency as passwd. Source: group(5), glibc
// grp/fgetgrent_r.c. Covered by group_test.cc, group_fuzz.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// One group; `members` as written, names between commas.
struct GroupEntry {
  std::string groupname;
  int64_t gid = 0;
  std::string members;
  int64_t line = 0;
};

struct GroupFile {
  std::vector<GroupEntry> entries;
  std::vector<base::Note> notes;
};

/// `source` names the file in notes.
GroupFile parse_group(std::string_view bytes, std::string_view source);

}  // namespace genba::parse
