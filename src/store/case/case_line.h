// SPDX-License-Identifier: Apache-2.0
//
// One line of a case's log.jsonl:
//
//   {"t":"processes","n":12,"r":{"pid":7,"path":"/bin/sh"},"chain":"<64 hex digits>"}
//
// `t` is a table, or one of the log's own kinds (genba.case, genba.table, genba.object,
// genba.seal); `n` counts lines from 0; `r` holds one flat row, absent cells left out, timestamps
// as RFC 3339. `chain` is SHA-256 over the chain value before it (64 hex digits; of the first line
// zeroes) and the line up to ,"chain": so nothing can be changed, dropped or put in between without
// making every later line wrong. Parsing believes nothing. Covered by case_line_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/facts.h"

namespace genba::store {

/// A cell as JSON has it.
using JsonCell = std::variant<std::monostate, bool, int64_t, double, std::string>;

struct CaseLine {
  std::string kind;
  uint64_t number = 0;
  std::vector<std::pair<std::string, JsonCell>> row;
  /// The cell of that key, or nullptr.
  const JsonCell* find(std::string_view key) const;
};

/// The chain value before the first line.
extern const std::string kFirstChain;

/// Puts a line together, member by member.
class CaseLineBuilder {
 public:
  CaseLineBuilder(std::string_view kind, uint64_t number);

  void add(std::string_view key, std::string_view text);
  void add(std::string_view key, int64_t number);
  /// A cell of a table; nothing is added when it is absent (or a real that JSON cannot hold).
  void add_cell(const model::ColumnInfo& column, const model::Value& cell);
  /// The line with its newline; `chain` is the value before it and becomes the value behind it.
  std::string finish(std::string& chain);

 private:
  void add_key(std::string_view key);

  std::string line_;
  bool first_ = true;
};

/// Parses a line (without its newline) and checks it against `chain`, which moves on. kDamaged when
/// it is no such line or does not follow what was before it.
base::Result<CaseLine> parse_case_line(std::string_view line, std::string& chain);

/// Parses a line without believing it: `claimed` becomes the chain value that it gives itself.
/// kDamaged when it is no such line. For what stands behind a break, which is shown, not trusted.
base::Result<CaseLine> parse_unproven_case_line(std::string_view line, std::string& claimed);

/// A member's text or number; empty or 0 when it is absent or of another type.
std::string text_in(const CaseLine& line, std::string_view key);
int64_t number_in(const CaseLine& line, std::string_view key);

/// The model's value of a JSON cell for a column; false when the type does not fit. `value` may
/// point into `cell`.
bool to_value(const JsonCell& cell, model::ColumnType type, model::Value& value);

}  // namespace genba::store
