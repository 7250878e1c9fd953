// SPDX-License-Identifier: Apache-2.0
//
// Which packages does dpkg say are installed? Reads /var/lib/dpkg/status: paragraphs of fields
// (deb822), one for each package. The file may be damaged by a crash or by an intruder: a line that
// is no field, a paragraph without a name and an end in the middle of a line become notes, and the
// paragraphs around them are kept. Nothing here is proof: root can edit the file.
// Sources: deb822(5), deb-control(5), dpkg's lib/dpkg/parse.c. Covered by dpkg_status_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// One line of a Conffiles field.
struct DpkgConffile {
  std::string path;
  std::string md5;        ///< 32 lower-case digits; empty when dpkg wrote "newconffile"
  bool obsolete = false;  ///< no longer shipped by the package, still on disk
};

/// One paragraph of the status file. Absent fields stay empty or absent.
struct DpkgPackage {
  std::string name;
  std::string version;
  std::string architecture;
  std::string status;  ///< as written: "install ok installed"
  std::optional<std::string> source;
  std::optional<std::string> maintainer;
  std::optional<std::string> section;
  std::optional<std::string> priority;
  std::optional<int64_t> installed_bytes;
  std::vector<DpkgConffile> conffiles;

  /// Whether the last word of the status is "installed": all its files should be there.
  bool is_installed() const;
};

struct DpkgStatus {
  std::vector<DpkgPackage> packages;  ///< in the file's order
  std::vector<base::Note> notes;      ///< bounded; the last one counts what it leaves out
};

/// Parses the status file. `source` is the path that notes name.
DpkgStatus parse_dpkg_status(std::string_view bytes, std::string_view source);

/// The architecture that package names need not spell: that of the package dpkg itself, else the
/// most frequent one that is not "all"; empty when there is none.
std::string native_architecture(const DpkgStatus& status);

}  // namespace genba::parse
