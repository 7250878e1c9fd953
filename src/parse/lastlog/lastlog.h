// SPDX-License-Identifier: Apache-2.0
//
// /var/log/lastlog: when, from which terminal and host did each user log in last? A table of fixed
// records at uid * size, sparse, 292 bytes each (32-bit time: x86, x86-64, arm, ppc, riscv) or 296
// (64-bit time: aarch64, s390x), in the writer's byte order. The file does not say which, so the
// layout is the one under which most records make sense. A uid of 4294967294 makes the file 1.2 TB
// long, so the bytes come extent by extent and the caller skips the holes. The table holds no
// names and forgets the login before the last; lastlog2's database is another format. Source:
// lastlog(8), glibc bits/utmp.h. Covered by lastlog_test.cc, also with real files of seven
// machines, and lastlog_fuzz.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "parse/utmp/utmp.h"

namespace genba::parse {

struct LastlogLayout {
  size_t record_size = 292;  ///< 292 or 296
  ByteOrder order = ByteOrder::kLittle;

  friend bool operator==(const LastlogLayout&, const LastlogLayout&) = default;
};

/// One user's last login; texts are views into the bytes that were parsed, up to their first NUL.
/// What stands behind it is not looked at: old login programs left their memory there.
struct LastlogRecord {
  uint32_t uid = 0;
  base::Timestamp time;  ///< 1970 when the writer left it zero
  std::string_view line;
  std::string_view host;
};

/// The layout under which `bytes`, which stand at `first_offset` of the file, make most sense; 292
/// bytes little-endian when they make none. `file_size` breaks ties and may be 0 when unknown.
LastlogLayout detect_lastlog_layout(std::string_view bytes, uint64_t first_offset,
                                    uint64_t file_size);

/// Calls `found` with each record of `bytes` that is not all zero. Any other record than 292 or 296
/// bytes is read as 292. A record that is in `bytes` only in part, or makes no sense, or belongs
/// to no 32-bit uid, becomes a note unless it is all zero (at most 64 notes; the last one counts
/// the bytes of the rest): round extents outwards to `layout.record_size` before calling. Offsets
/// of notes count from the file's start.
void parse_lastlog(std::string_view bytes, uint64_t first_offset, LastlogLayout layout,
                   const std::function<void(const LastlogRecord&)>& found,
                   std::vector<base::Note>& notes);

}  // namespace genba::parse
