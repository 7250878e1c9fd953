// SPDX-License-Identifier: Apache-2.0
//
// Is this file what its package shipped? Only what matters first: what runs, what is on PATH, PAM
// modules; what was not reached is coverage. The promise is dpkg's own MD5 list, which root can
// edit: a match is no proof, a mismatch is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/table.h"

namespace genba::model {

/// Files compared with what their package promised.
struct PackageVerify {
  std::string path;
  std::string package;
  std::string status;
  std::string expected_md5;
  std::optional<std::string> actual_md5;
  std::optional<std::string> sha256;
  std::string reason;
  std::optional<std::string> content;
  std::optional<int64_t> size;
  std::optional<base::Timestamp> mtime;
  std::optional<base::Timestamp> ctime;
  std::optional<base::Timestamp> package_changed_at;
};

template <>
struct TableOf<PackageVerify> {
  static constexpr ColumnInfo kColumns[] = {
      column<&PackageVerify::path>("path", "Canonical path."),
      column<&PackageVerify::package>("package", "Package that owns it."),
      column<&PackageVerify::status>("status", "match, mismatch, missing or unreadable."),
      column<&PackageVerify::expected_md5>("expected_md5", "What the package promised."),
      column<&PackageVerify::actual_md5>("actual_md5", "What the file has."),
      column<&PackageVerify::sha256>("sha256", "SHA-256 of the file when it does not match."),
      column<&PackageVerify::reason>("reason",
                                     "Why it was checked: running, path, pam or library."),
      column<&PackageVerify::content>("content", "For a mismatch: elf, script or other."),
      column<&PackageVerify::size>("size", "Size in bytes."),
      column<&PackageVerify::mtime>("mtime", "Modification time."),
      column<&PackageVerify::ctime>("ctime", "Change time."),
      column<&PackageVerify::package_changed_at>("package_changed_at",
                                                 "When the package's file list was last written."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<PackageVerify>(
        "package_verify", "Files compared with what their package promised.", TableScope::kFiles,
        kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& package_verify() {
  return TableOf<PackageVerify>::info();
}
}  // namespace tables

}  // namespace genba::model
