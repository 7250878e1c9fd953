// SPDX-License-Identifier: Apache-2.0
//
// Keeps a run as a case (`--save DIR`): log.jsonl, one chained line a row (case_line.h), is the
// truth; objects/ holds contents under their SHA-256; facts.sqlite is there for other tools and can
// be made again from the log. The log is only ever appended to, and ends in a seal with its counts:
// a log without one was cut. Covered by case_test.cc.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "model/facts.h"
#include "store/case/case_line.h"
#include "sys/file_writer.h"

namespace genba::store {

/// What the first line of a log says.
struct CaseHeader {
  int64_t format = 1;   ///< of the log itself
  std::string version;  ///< of the Genba that wrote it
  std::string host;
  base::Timestamp started;
};

/// A case that is being written. Not thread-safe.
class CaseWriter {
 public:
  /// Makes the directory, which must be new or empty, and writes the header.
  static base::Result<CaseWriter> create(std::string_view directory, const CaseHeader& header);

  /// Appends a table and all its rows.
  base::Result<void> add_table(const model::TableInfo& table, const model::RowStore& rows);
  /// Appends all tables that were read.
  base::Result<void> add_facts(const model::Facts& facts);

  /// Keeps a content, and a line that says where it came from. Returns its SHA-256. A content that
  /// is kept already is not written again.
  base::Result<std::string> add_object(std::string_view source, std::string_view bytes);

  /// For a content that comes in pieces: begin, append until its end, finish.
  class Object {
   public:
    base::Result<void> append(std::string_view bytes);

   private:
    friend class CaseWriter;
    sys::FileWriter file_;
    base::Sha256 digest_;
    int64_t size_ = 0;
  };
  base::Result<Object> begin_object();
  base::Result<std::string> finish_object(std::string_view source, Object object);

  /// Writes a file beside the log that can be made again from it (facts.sqlite).
  base::Result<void> add_derived_file(std::string_view name, std::string_view bytes);

  /// Writes the seal, waits until everything is on the disk; the log takes nothing after that.
  /// Returns the last chain value, which is worth writing down elsewhere.
  base::Result<std::string> seal(base::Timestamp now);

 private:
  CaseWriter() = default;
  base::Result<void> append(CaseLineBuilder line);

  sys::DirectoryWriter directory_;
  sys::DirectoryWriter objects_;
  sys::FileWriter log_;
  std::string chain_ = kFirstChain;
  uint64_t lines_ = 0;
  std::map<std::string, int64_t, std::less<>> counts_;
};

}  // namespace genba::store
