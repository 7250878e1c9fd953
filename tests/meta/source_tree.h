// SPDX-License-Identifier: Apache-2.0
//
// The project's own C++ sources as the meta tests read them: text, the same text with comments and
// string contents blanked, string literals, #includes, identifiers. A scanner of characters, not a
// compiler: macros are not expanded, so a call hidden behind one is not seen here; tests/meta/
// trust_test.sh looks at the objects for that.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace genba::meta {

struct Literal {
  size_t offset;
  std::string text;  // without quotes; escapes as written
};

struct Include {
  size_t line;
  bool quoted;  // "x", not <x>
  std::string path;
};

struct Identifier {
  size_t offset;
  std::string_view name;
  bool called;                 // followed by "(", and not declared: "Reader system(…)"
  bool member;                 // behind "." or "->"
  std::string_view qualifier;  // the name before "::", if any
};

struct Source {
  std::string path;  // from the source directory, such as "src/base/result.h"
  std::string text;
  std::string code;  // as long as text, so that offsets agree
  std::vector<Literal> literals;

  size_t line_of(size_t offset) const;
  std::vector<Include> includes() const;
  /// The views point into this source.
  std::vector<Identifier> identifiers() const;
  /// The folder below src/, or "" elsewhere.
  std::string_view layer() const;
  /// Tests, their test_support.h, fuzz targets and benchmarks, which never become part of the
  /// binary.
  bool is_test_code() const;
};

/// Where the source tree is: GENBA_SOURCE_DIR, or the working directory.
std::string source_directory();

/// Scans `text` as the file `path`.
Source scan(std::string path, std::string text);

/// Every .cc and .h file below the given folders of the source directory, sorted by path.
std::vector<Source> read_sources(const std::vector<std::string>& folders);

/// The whole of one file of the source directory.
std::string read_text(const std::string& path);

}  // namespace genba::meta
