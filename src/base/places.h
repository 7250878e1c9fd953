// SPDX-License-Identifier: Apache-2.0
//
// What does the place of a file say about it? Judged by the path's names alone: canonical paths in,
// nothing is resolved. Covered by places_test.cc.
#pragma once

#include <string_view>

namespace genba::base {

/// Below the directory, at any depth. "/tmpx/a" is not in "/tmp", "/tmp" itself neither.
bool lies_in(std::string_view path, std::string_view directory);

/// Below a directory where anybody may write and which is emptied at boot or by age.
bool lies_in_volatile_directory(std::string_view path);

/// A name in the path starts with a dot, in a place that only the system and its packages fill:
/// nobody installs a tool there for themselves, as they do in homes, /opt, /srv and below /var/lib.
bool is_hidden_in_system_place(std::string_view path);

}  // namespace genba::base
