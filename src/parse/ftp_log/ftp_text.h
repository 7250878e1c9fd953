// SPDX-License-Identifier: Apache-2.0
//
// What the readers of FTP servers' logs share. Covered by ftp_log_test.cc.
#pragma once

#include <cstddef>
#include <string_view>

// A namespace of its own: other formats have helpers of the same names.
namespace genba::parse::ftp_text {

/// Takes `prefix` off the front of `text`, when it stands there.
inline bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

/// Takes `suffix` off the end of `text`, when it stands there.
inline bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) {
    return false;
  }
  text.remove_suffix(suffix.size());
  return true;
}

/// Where `mark` stands last; npos when nowhere. The standard's rfind compares at every place.
inline size_t find_last(std::string_view text, std::string_view mark) {
  size_t last = std::string_view::npos;
  for (size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + 1)) {
    last = at;
  }
  return last;
}

}  // namespace genba::parse::ftp_text
