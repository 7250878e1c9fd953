// SPDX-License-Identifier: Apache-2.0
//
// Which rows of package_files speak of this path? A small hash table of row numbers beside the
// packed rows; unlike the store's own index it may be asked by several threads at once, as a walk
// does for every executable it meets. Covered by package_index_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/facts.h"

namespace genba::collect {

/// One row of package_files; text is valid as long as the facts do not change.
struct PackagedFile {
  std::string_view package;
  std::string_view path;
  std::optional<std::string_view> md5;
  bool conffile = false;
};

/// Paths of package_files. The facts must outlive it, and their package_files must not change.
class PackageIndex {
 public:
  explicit PackageIndex(const model::Facts& facts);

  /// False when package_files was not read: then nothing can be said of any path.
  bool known() const { return store_ != nullptr; }
  bool owns(std::string_view path) const;
  /// All rows of the path, in no particular order.
  std::vector<PackagedFile> find(std::string_view path) const;

  size_t size() const { return store_ == nullptr ? 0 : store_->size(); }
  PackagedFile row(size_t number) const;

 private:
  std::string_view path_of(size_t row) const;
  size_t slot_of(std::string_view path) const;

  const model::RowStore* store_;
  size_t path_column_ = 0;
  size_t package_column_ = 0;
  size_t md5_column_ = 0;
  size_t conffile_column_ = 0;
  /// Row + 1 of a path's last row, or 0; open addressing, size a power of two.
  std::vector<uint32_t> slots_;
  /// By row: the row + 1 of the same path before it, or 0. Every package lists "/usr".
  std::vector<uint32_t> next_;
};

}  // namespace genba::collect
