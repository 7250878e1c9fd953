// SPDX-License-Identifier: Apache-2.0
//
// A log in the lines and chain of case_line.h that many runs add to (the journal of actions), where
// a case's log is written once and sealed. Reading loses nothing: a line that does not follow what
// stands before it is told and shown unproven, and the chain is taken up again behind it, so that
// what an action left behind is found even in a log that was tampered with. Writing does not go on
// behind a break, because a log that continues looks whole; half a line at the end, which a full
// disk or a pulled plug leaves, is kept as an object and the log goes on before it.
// That whole lines are missing at the end, or that all of it was written anew (there is no key),
// cannot be seen here: compare with a chain value that was noted elsewhere.
// Covered by chained_log_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/case/case_line.h"
#include "sys/append_file.h"
#include "sys/file_writer.h"

namespace genba::store {

/// A line and what can be said of it.
struct LoggedLine {
  CaseLine line;
  uint64_t offset = 0;
  /// Whether every line up to this one follows the one before it.
  bool proven = true;
  std::string chain;  ///< the value behind this line, as it gives it
};

struct ChainedLogContents {
  std::vector<LoggedLine> lines;
  std::string chain = kFirstChain;  ///< behind the last whole line
  uint64_t whole_bytes = 0;         ///< of the lines that end; what follows is half a line
  std::string half_line;
  bool altered = false;
  std::vector<base::Note> notes;
};

/// Reads all lines of `bytes`; never fails. `name` is the notes' source.
ChainedLogContents read_chained_log(std::string_view name, std::string_view bytes);

/// The largest log that is read or continued; a few hundred thousand actions.
inline constexpr uint64_t kLargestChainedLog = 128U << 20;

/// What a log is continued as.
struct ChainedLogName {
  std::string_view file;  ///< "actions.jsonl"; its lock is beside it, as "actions.lock"
  std::string_view lock;
  std::string_view first;  ///< the kind of its first line
};

/// A log that this process alone adds to, until it ends. Moves, never copies. Not thread-safe.
class ChainedLog {
 public:
  /// Opens the log in the directory, or makes it with `header` as its first line. `holder` says to
  /// others who writes ("pid 812, uid 0, since …"). kTimedOut when another process writes it: says
  /// who, and to wait or to end that one. kDamaged when it was altered; kTooLarge.
  static base::Result<ChainedLog> open(const sys::DirectoryWriter& directory,
                                       const ChainedLogName& name, std::string_view holder,
                                       CaseLineBuilder header);

  /// What stood in it when it was opened.
  const ChainedLogContents& contents() const { return contents_; }

  /// Number and chain of the next line.
  uint64_t next_number() const { return next_number_; }
  const std::string& chain() const { return chain_; }

  /// Adds a line, made with next_number(), and returns when it is on the disk. After an error
  /// nothing was added. kDamaged when somebody else has changed the file's size meanwhile.
  base::Result<void> append(CaseLineBuilder line);

  /// Keeps a content under its SHA-256, which is returned, and a line that says where it came
  /// from. Both are on the disk then.
  base::Result<std::string> add_object(std::string_view source, std::string_view bytes);

 private:
  ChainedLog() = default;
  base::Result<void> take_up(CaseLineBuilder header);
  base::Result<void> keep_half_line();

  sys::DirectoryWriter objects_;
  sys::AppendFile lock_;
  sys::AppendFile file_;
  std::string name_;
  ChainedLogContents contents_;
  std::string chain_ = kFirstChain;
  uint64_t next_number_ = 0;
  uint64_t size_ = 0;
};

}  // namespace genba::store
