// SPDX-License-Identifier: Apache-2.0
//
// Which Debian packages are installed? From /var/lib/dpkg/status, and *.list times. Source: deb-
// control(5), dpkg(1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Packages of dpkg.
struct DebPackage {
  std::string name;
  std::string version;
  std::optional<std::string> source;
  std::optional<int64_t> size;
  std::string arch;
  std::string status;
  std::optional<std::string> maintainer;
  std::optional<std::string> section;
  std::optional<std::string> priority;
  std::optional<base::Timestamp> installed_at;
};

template <>
struct TableOf<DebPackage> {
  static constexpr ColumnInfo kColumns[] = {
      column<&DebPackage::name>("name", "Package name."),
      column<&DebPackage::version>("version", "Version."),
      column<&DebPackage::source>("source", "Source package."),
      column<&DebPackage::size>("size", "Installed size in bytes."),
      column<&DebPackage::arch>("arch", "Architecture."),
      column<&DebPackage::status>("status", "The Status field (install ok installed …)."),
      column<&DebPackage::maintainer>("maintainer", "Maintainer."),
      column<&DebPackage::section>("section", "Section."),
      column<&DebPackage::priority>("priority", "Priority."),
      column<&DebPackage::installed_at>(
          "installed_at", "When its file list was last written (mtime of info/PACKAGE.list)."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo =
        small_table<DebPackage>("deb_packages", "Packages of dpkg.", TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& deb_packages() {
  return TableOf<DebPackage>::info();
}
}  // namespace tables

}  // namespace genba::model
