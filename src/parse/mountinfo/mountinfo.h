// SPDX-License-Identifier: Apache-2.0
//
// /proc/PID/mountinfo: what is mounted where. Space, tab, newline, backslash and '#' in names are
// octal escapes (\040), so a line is always one mount; any number of optional fields ends at "-".
// Source: proc(5), kernel Documentation/filesystems/proc.rst 3.5, fs/proc_namespace.c. Covered by
// mountinfo_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// One mount; names are unescaped raw bytes.
struct MountEntry {
  int64_t mount_id = 0;
  int64_t parent_id = 0;
  std::string device_number;  ///< MAJOR:MINOR
  std::string root;           ///< the directory of the filesystem that is mounted
  std::string path;           ///< the mount point
  std::string flags;
  std::string type;
  std::string source;
  std::string super_options;
  bool unbindable = false;  ///< among the optional fields: a clone of the tree lacks this mount
};

/// All mounts, in the kernel's order. Lines that are no mount become notes (at most 16).
std::vector<MountEntry> parse_mountinfo(std::string_view bytes, std::vector<base::Note>& notes);

/// Text with its \NNN octal escapes undone; anything else stays as it is.
std::string unescape_octal(std::string_view text);

}  // namespace genba::parse
