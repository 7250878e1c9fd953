// SPDX-License-Identifier: Apache-2.0
//
// Reads /etc/passwd as the C library does, with its leniency: blanks in front of a name are passed
// over, missing fields behind the group id are empty, numbers may carry a sign and leading zeros.
// Whatever login accepts as an account must be one here, or an intruder's line would be invisible.
// NIS lines (+, -) and lines that libc passes over become notes. Source: passwd(5), glibc
// pwd/fgetpwent_r.c and nss/nss_files/files-parse.c. Covered by passwd_test.cc, passwd_fuzz.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// One account. Fields are the raw bytes between colons; the shell is the rest of the line, so it
/// keeps trailing blanks.
struct PasswdEntry {
  std::string username;
  std::string password;
  int64_t uid = 0;
  int64_t gid = 0;
  std::string description;
  std::string directory;
  std::string shell;
  int64_t line = 0;
};

struct PasswdFile {
  std::vector<PasswdEntry> entries;
  std::vector<base::Note> notes;
};

/// `source` names the file in notes.
PasswdFile parse_passwd(std::string_view bytes, std::string_view source);

/// A user or group id as libc reads it: an optional sign, decimal digits, 32 bits; "-1" is
/// 4294967295. False when it is none.
bool parse_account_id(std::string_view text, int64_t& id);

}  // namespace genba::parse
