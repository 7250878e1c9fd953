// SPDX-License-Identifier: Apache-2.0
//
// Where does a path that a package lists really lie on this host? Two things stand between them:
// diversions (another package, or the administrator, has moved the file aside) and merged /usr (a
// package lists /bin/ls, /bin is a link to usr/bin). The first follows dpkg and compares paths as
// written; for the second the host itself is asked which entries of /, /usr and /var are links to
// directories. Links deeper down are not resolved. Covered by packages_test.cc.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/host.h"
#include "parse/dpkg_lists/dpkg_lists.h"

namespace genba::collect::packages {

/// Links to directories at the top of a host, as prefixes to replace.
class DirectoryLinks {
 public:
  /// Looks at /, /usr and /var of the host.
  static DirectoryLinks of(const host::Host& host);
  /// `path` with a leading linked directory replaced; written into `out`.
  void resolve(std::string_view path, std::string& out) const;

 private:
  using Links = std::map<std::string, std::string, std::less<>>;

  Links links_;  ///< "/bin" → "/usr/bin"; one or two components
};

/// Diversions by the path they move away. Borrows from the parsed file's bytes.
class Diversions {
 public:
  explicit Diversions(const std::vector<parse::DpkgDiversion>& entries);
  /// Where `package`'s `path` really lies.
  std::string_view resolve(std::string_view path, std::string_view package) const;
  bool empty() const { return by_path_.empty(); }

 private:
  std::unordered_map<std::string_view, parse::DpkgDiversion> by_path_;
};

}  // namespace genba::collect::packages
