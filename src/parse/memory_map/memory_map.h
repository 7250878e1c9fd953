// SPDX-License-Identifier: Apache-2.0
//
// The mappings in /proc/PID/maps, all or the executable ones. The kernel escapes only newlines in
// paths ("\012"), not the backslash, so a file whose name really holds the four characters \012
// reads as one with a newline; nothing else is ambiguous. Source: proc(5), kernel
// fs/proc/task_mmu.c show_map_vma. Covered by memory_map_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// One mapping; the texts are views into the bytes that were parsed.
struct MemoryMapping {
  uint64_t start = 0;
  uint64_t end = 0;
  std::string_view permissions;  ///< "r-xp"
  uint64_t offset = 0;
  std::string_view device;  ///< MAJOR:MINOR in hexadecimal
  uint64_t inode = 0;
  std::string_view raw_path;  ///< as written; empty when anonymous
};

/// The mappings with the x bit. Lines that are no mapping become notes (at most 16).
std::vector<MemoryMapping> parse_executable_mappings(std::string_view bytes,
                                                     std::vector<base::Note>& notes);

/// All mappings, with the same notes.
std::vector<MemoryMapping> parse_mappings(std::string_view bytes, std::vector<base::Note>& notes);

/// A mapping's path as tables show it.
struct MappedPath {
  std::string path;  ///< unescaped, without the " (deleted)" ending
  bool pseudo = false;
  bool deleted = false;
};

MappedPath mapped_path(const MemoryMapping& mapping);

}  // namespace genba::parse
