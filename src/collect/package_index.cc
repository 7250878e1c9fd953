// SPDX-License-Identifier: Apache-2.0
#include "collect/package_index.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <variant>

#include "model/tables/package_files.h"

namespace genba::collect {

namespace {

size_t hash_of(std::string_view path) {
  return std::hash<std::string_view>{}(path);
}

std::string_view text(const model::Value& value) {
  const auto* view = std::get_if<std::string_view>(&value);
  return view == nullptr ? std::string_view() : *view;
}

size_t column(std::string_view name) {
  const int index = model::tables::package_files().column_index(name);
  GENBA_CHECK(index >= 0);
  return static_cast<size_t>(index);
}

}  // namespace

PackageIndex::PackageIndex(const model::Facts& facts)
    : store_(facts.find(model::tables::package_files())),
      path_column_(column("path")),
      package_column_(column("package")),
      md5_column_(column("md5")),
      conffile_column_(column("conffile")) {
  const size_t rows = std::min<size_t>(size(), UINT32_MAX - 1);
  slots_.resize(std::bit_ceil(std::max<size_t>(rows * 2, 16)));
  next_.resize(rows);
  for (size_t row = 0; row < rows; ++row) {
    uint32_t& first = slots_[slot_of(path_of(row))];
    next_[row] = first;
    first = static_cast<uint32_t>(row + 1);
  }
}

size_t PackageIndex::slot_of(std::string_view path) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = hash_of(path) & mask;
  while (slots_[slot] != 0 && path_of(slots_[slot] - 1) != path) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

std::string_view PackageIndex::path_of(size_t row) const {
  return text(store_->cell(row, path_column_));
}

bool PackageIndex::owns(std::string_view path) const {
  return slots_[slot_of(path)] != 0;
}

std::vector<PackagedFile> PackageIndex::find(std::string_view path) const {
  std::vector<PackagedFile> rows;
  for (uint32_t link = slots_[slot_of(path)]; link != 0; link = next_[link - 1]) {
    rows.push_back(row(link - 1));
  }
  return rows;
}

PackagedFile PackageIndex::row(size_t number) const {
  PackagedFile file;
  file.package = text(store_->cell(number, package_column_));
  file.path = path_of(number);
  const model::Value md5 = store_->cell(number, md5_column_);
  if (std::holds_alternative<std::string_view>(md5)) {
    file.md5 = text(md5);
  }
  const model::Value conffile = store_->cell(number, conffile_column_);
  const auto* flag = std::get_if<int64_t>(&conffile);
  file.conffile = flag != nullptr && *flag != 0;
  return file;
}

}  // namespace genba::collect
