// SPDX-License-Identifier: Apache-2.0
//
// Reads a stored case back into facts (`--case DIR`). The chain is checked line by line; where it
// breaks, reading ends: what stands before is given, what stands behind cannot be believed, and a
// Note says at which byte and how many are lost. A log without a seal was cut, which is a Note too.
// A case of another version may hold tables and columns that this one does not know, or types that
// differ: each is noted once and left out. Covered by case_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "host/host.h"
#include "model/facts.h"
#include "store/case/case_writer.h"

namespace genba::store {

/// A content that the log names.
struct CaseObject {
  std::string sha256;
  int64_t bytes = 0;
  std::string source;
};

/// How a log ends.
enum class CaseEnd : uint8_t {
  kSealed,
  kCut,      ///< no seal, or half a line at the end: the run did not finish, or the end is missing
  kAltered,  ///< a line that does not follow what stands before it
};

struct CaseContents {
  CaseHeader header;
  model::Facts facts;
  std::vector<CaseObject> objects;
  CaseEnd end = CaseEnd::kCut;
  std::string chain;  ///< the last value that held; compare it with the one noted at sealing
  uint64_t lines = 0;
  std::vector<base::Note> notes;
};

/// Reads `/log.jsonl` of a case directory opened as a tree (host::open_tree_host). An error only
/// when there is no log that begins like one.
base::Result<CaseContents> read_case(const host::Host& directory);

/// Checks that every content which the log names is there and has its digest; notes those that do
/// not.
std::vector<base::Note> verify_objects(const host::Host& directory,
                                       const std::vector<CaseObject>& objects);

}  // namespace genba::store
