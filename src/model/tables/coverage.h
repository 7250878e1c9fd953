// SPDX-License-Identifier: Apache-2.0
//
// How far can the rest be believed? One row for each source of facts: an empty result is never a
// failed read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/table.h"

namespace genba::model {

/// What was looked at, and what could not be.
struct Coverage {
  std::string area;
  std::string subject;
  std::string status;
  int64_t asked = 0;
  int64_t seen = 0;
  int64_t denied = 0;
  int64_t gone = 0;
  int64_t failed = 0;
  std::optional<std::string> reason;
  std::optional<std::string> remedy;
};

template <>
struct TableOf<Coverage> {
  static constexpr ColumnInfo kColumns[] = {
      column<&Coverage::area>("area", "Who looked: the collector."),
      column<&Coverage::subject>("subject", "What was looked at: a path, a table, a view."),
      column<&Coverage::status>("status",
                                "complete, partial, failed, unsupported, not_applicable, skipped."),
      column<&Coverage::asked>("asked", "How many things were asked for."),
      column<&Coverage::seen>("seen", "How many were read."),
      column<&Coverage::denied>("denied", "How many were refused."),
      column<&Coverage::gone>("gone", "How many vanished meanwhile; normal on a live host."),
      column<&Coverage::failed>("failed", "How many failed otherwise, deadlines included."),
      column<&Coverage::reason>("reason",
                                "Why something is missing, for a person; absent when complete."),
      column<&Coverage::remedy>(
          "remedy",
          "What the responder can do about it (run as root, --deep …); absent when nothing."),
  };
  static const TableInfo& info() {
    static const TableInfo kInfo = small_table<Coverage>(
        "coverage",
        "What was looked at, and what could not be. Asked alone, everything is looked at for it.",
        TableScope::kFiles, kColumns);
    return kInfo;
  }
};

namespace tables {
inline const TableInfo& coverage() {
  return TableOf<Coverage>::info();
}
}  // namespace tables

}  // namespace genba::model
