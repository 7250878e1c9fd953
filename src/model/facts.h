// SPDX-License-Identifier: Apache-2.0
//
// The facts of one run: the rows of every table that was asked for, and nothing else. A table that
// is absent was not read; a table with no rows was read and is empty (and `coverage` says how much
// was asked, seen and missed). Covered by facts_test.cc.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/packed_store.h"
#include "model/table.h"

namespace genba::model {

/// All rows of a run, by table. Not thread-safe: collectors that run side by side each fill their
/// own Facts, which share the tables they read and are merged when they end.
class Facts {
 public:
  /// Marks the table as read; returns its store, made empty at the first call.
  RowStore& open(const TableInfo& table);

  /// The rows of a small table, opened for writing.
  template <class Row>
  std::vector<Row>& rows() {
    return static_cast<VectorStore<Row>&>(open(TableOf<Row>::info())).rows();
  }
  /// The rows of a small table; empty when it was not read.
  template <class Row>
  const std::vector<Row>& read() const {
    static const std::vector<Row> kNone;
    const RowStore* store = find(TableOf<Row>::info());
    return store == nullptr ? kNone : static_cast<const VectorStore<Row>*>(store)->rows();
  }
  /// Appends to a large table. False when its packed store is full.
  template <class Row>
  bool append_large(const Row& row) {
    return static_cast<PackedStore&>(open(TableOf<Row>::info())).append_row(&row);
  }

  /// The table's rows, or nullptr when it was not read.
  const RowStore* find(const TableInfo& table) const;
  bool has(const TableInfo& table) const { return find(table) != nullptr; }

  /// Lets this set read a table of `other`, if that has it. Both then refer to the same rows, which
  /// nobody may change until this set has dropped them.
  void share(const TableInfo& table, const Facts& other);
  /// Forgets a table; its rows live on where they are shared.
  void drop(const TableInfo& table);

  /// Moves all rows of `other` behind ours; a table that only `other` has read becomes ours whole.
  void merge(Facts&& other);

  /// The tables read, sorted by name.
  std::vector<const TableInfo*> tables() const;

 private:
  std::map<std::string_view, std::pair<const TableInfo*, std::shared_ptr<RowStore>>> stores_;
};

}  // namespace genba::model
