// SPDX-License-Identifier: Apache-2.0
//
// What kind of content does a file hold, as far as its first bytes tell? Only what the kernel's
// own loaders look at: the ELF magic and "#!". A web page, an archive or a script without its first
// line is "other". Source: elf(5), execve(2). Covered by content_test.cc.
#pragma once

#include <cstddef>
#include <string_view>

namespace genba::parse {

/// How many first bytes content_kind looks at.
inline constexpr size_t kContentBytes = 4;

/// "elf", "script" or "other".
std::string_view content_kind(std::string_view first_bytes);

}  // namespace genba::parse
