// SPDX-License-Identifier: Apache-2.0
//
// Who put this file here? From dpkg's info/*.list, with diversions applied and paths made canonical
// on merged-/usr systems (/bin/ls and /usr/bin/ls are one), and the MD5 that the package promised.
// Source: dpkg(1), dpkg-divert(1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// Which package owns which path.
struct PackageFile {
  std::string package;
  std::string path;
  std::optional<std::string> md5;
  bool conffile = false;
};

template <>
struct TableOf<PackageFile> {
  static constexpr ColumnInfo kColumns[] = {
      column<&PackageFile::package>("package",
                                    "Package name (name:arch for foreign architectures)."),
      column<&PackageFile::path>("path", "Canonical path."),
      column<&PackageFile::md5>(
          "md5", "MD5 from info/*.md5sums, or from Conffiles for configuration files."),
      column<&PackageFile::conffile>("conffile",
                                     "Whether the package lists it as a configuration file."),
  };
  static constexpr std::string_view kIndexed[] = {"path", "package"};
  static const TableInfo& info() {
    static const TableInfo kInfo = large_table<PackageFile>(
        "package_files", "Which package owns which path.", TableScope::kFiles, kColumns, kIndexed);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& package_files() {
  return TableOf<PackageFile>::info();
}
}  // namespace tables

}  // namespace genba::model
