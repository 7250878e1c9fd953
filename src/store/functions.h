// SPDX-License-Identifier: Apache-2.0
//
// SQL functions that rules need and SQLite lacks. All are pure; NULL in gives NULL out.
//   dirname(path), basename(path)    as dirname(1), basename(1): '/a/b/' has '/a' and 'b'
//   iso(nanoseconds)                 RFC 3339, as timestamps are shown elsewhere
//   starts_with(text, prefix), ends_with(text, suffix)    by byte; LIKE ignores case
//   in_directory(path, directory)    below it, at any depth; '/tmpx/a' is not in '/tmp', '/tmp'
//                                    neither; '..' is a name like any other
//   has_hidden_component(path)       a name in it starts with a dot ('.' and '..' do not count)
//   is_deceptive_name(name)          only dots and blanks, a blank at its end, or a character that
//                                    is not seen (control, no width, direction of writing)
//   is_core_program(name)            the name of a shell built-in (cd) or of a tool that every base
//                                    system brings (ls, sshd)
//   in_volatile_directory(path)      below /tmp, /var/tmp, /dev/shm, /dev/mqueue or /run/user
//   hidden_in_system_place(path)     a name in it starts with a dot where only the system and its
//                                    packages install; tools of people in homes do not count
//   names_hiding_place(text)         one of the paths in a list or among words is of these two
//   command_trick(command)           'network', 'download', 'decode' or 'volatile': by which trick
//                                    it runs code from elsewhere (parse/command_trick); else NULL
//   key_option(options, name)        value of the first such option before an SSH key
// Covered by functions_test.cc.
#pragma once

#include <string_view>

#include "base/result.h"
#include "sqlite3.h"

namespace genba::store {

/// Makes the functions known to a connection.
base::Result<void> add_functions(sqlite3* handle);

/// Whether the lower-case name is one of them.
bool is_own_function(std::string_view name);

}  // namespace genba::store
