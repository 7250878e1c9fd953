// SPDX-License-Identifier: Apache-2.0
//
// Which packaged files was dpkg told to leave out? Reads the path-exclude and path-include lines of
// dpkg.cfg and dpkg.cfg.d/*: container images drop documentation that way, and such a file is not
// missing. Patterns are fnmatch(3) without flags: '*' and '?' match '/' too; character classes by
// name ([:alpha:]) are not known and match nothing. Sources: dpkg(1), dpkg's src/main/filters.c.
// Covered by dpkg_config_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace genba::parse {

/// The filters of all configuration files, in the order in which dpkg reads them.
class DpkgPathFilters {
 public:
  /// Adds the filters of one file.
  void add_file(std::string_view bytes);
  /// Whether dpkg left the path out: the last filter that matches decides.
  bool excludes(std::string_view path) const;
  bool empty() const { return filters_.empty(); }

 private:
  struct Filter {
    enum class Kind { kExclude, kInclude } kind;
    std::string pattern;
  };
  std::vector<Filter> filters_;
};

/// Whether the whole text matches a glob: '*', '?', '[a-z]', '[!a]', '\x'. Time is at most
/// proportional to pattern times text.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace genba::parse
