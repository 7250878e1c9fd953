// SPDX-License-Identifier: Apache-2.0
//
// Reads the configuration files that make up one row of coverage, so that each collector treats
// them alike: what is not there was not asked for; what is there and cannot be read (denied, a FIFO
// in its place, a loop, a file server) is counted with its reason. A path in a configuration may
// lead into /proc or /sys, where reading can block or do something: those are not read. Covered by
// config_reader_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collector.h"
#include "collect/path_gate.h"

namespace genba::collect {

/// Whether a file that does not exist counts as a failure.
enum class Absence : uint8_t { kNormal, kFailure };

/// One source of coverage. finish() must be called at the end.
class ConfigReader {
 public:
  /// `gate` may be nullptr when the files cannot lie on another machine; it must outlive this.
  ConfigReader(Context& context, std::string_view area, std::string_view subject,
               PathGate* gate = nullptr);

  /// The content of a regular file.
  std::optional<std::string> read(std::string_view path, Absence absence = Absence::kNormal);
  /// Names in a directory, sorted. A missing directory has none.
  std::vector<std::string> list(std::string_view directory);
  /// Status of what the path leads to; nothing, and nothing counted, when there is none.
  std::optional<host::FileStatus> status(std::string_view path) const;
  /// The status of a file that is itself the fact: counted like a file that is read.
  std::optional<host::FileStatus> look(std::string_view path);
  /// Paths that a glob(7) pattern names, sorted; a path without pattern characters as it is.
  std::vector<std::string> expand(std::string_view pattern);

  /// Whether the directory that holds `path` may be entered; a refusal is recorded.
  bool may_enter(std::string_view path);

  CoverageCounter& counter() { return counter_; }
  void notes(const std::vector<base::Note>& notes);
  void finish();

 private:
  bool is_kernel_view(std::string_view path);

  Context& context_;
  CoverageCounter counter_;
  PathGate* gate_;
};

/// An account's home directory.
struct Home {
  std::string directory;  ///< absolute, without slashes at the end (except "/")
  std::string username;
  int64_t uid = 0;
  bool first = true;  ///< no earlier account has the same directory
};

/// Homes of all accounts in the context's `users` rows, in their order; accounts without an
/// absolute home are left out.
std::vector<Home> homes_of_accounts(const model::Facts& facts);

/// "/a" + "b" and "/" + "b" as one path.
std::string join_path(std::string_view directory, std::string_view name);

}  // namespace genba::collect
