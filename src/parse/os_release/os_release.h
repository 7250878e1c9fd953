// SPDX-License-Identifier: Apache-2.0
//
// os-release: which distribution is this? Assignments as a shell would read them, never run by
// one: quotes and backslashes are undone, nothing is expanded; the last of two equal keys counts,
// as in a shell. Source: os-release(5). Covered by os_release_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace genba::parse {

struct OsRelease {
  std::optional<std::string> id;
  std::optional<std::string> id_like;
  std::optional<std::string> name;
  std::optional<std::string> pretty_name;
  std::optional<std::string> version_id;
};

OsRelease parse_os_release(std::string_view bytes);

}  // namespace genba::parse
