// SPDX-License-Identifier: Apache-2.0
//
// dpkg's plain lists: info/*.list (the paths of a package), info/*.md5sums (their promised MD5) and
// diversions. Results borrow from the bytes, since a host has 140,000 of these lines. A line that
// does not fit becomes a note and the rest is kept; a last line without its newline is kept and
// noted, since nobody can tell whether it was cut. Sources: dpkg(1), dpkg-divert(1),
// deb-md5sums(5). Covered by dpkg_lists_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// Collects notes of one source and keeps their number bounded.
class NoteKeeper {
 public:
  /// `notes` must outlive the keeper.
  NoteKeeper(std::vector<base::Note>& notes, std::string_view source)
      : notes_(notes), source_(source) {}
  void add(uint64_t offset, uint64_t bytes, std::string_view reason);
  /// Adds the note that counts those past the limit, if there were any.
  void finish();

 private:
  std::vector<base::Note>& notes_;
  std::string_view source_;
  uint64_t dropped_ = 0;
  uint64_t dropped_bytes_ = 0;
};

/// Whether the text is 32 lower-case hexadecimal digits.
bool is_md5_text(std::string_view text);

/// Paths of one package: absolute, without a trailing slash, each once, "/." left out.
struct DpkgFileList {
  std::vector<std::string_view> paths;
  std::vector<base::Note> notes;
};
DpkgFileList parse_dpkg_list(std::string_view bytes, std::string_view source);

/// One promise: `path` has no leading slash, as the file writes it ("bin/ls").
struct DpkgMd5 {
  std::string_view path;
  std::string_view md5;
};
struct DpkgMd5List {
  std::vector<DpkgMd5> entries;
  std::vector<base::Note> notes;
};
DpkgMd5List parse_dpkg_md5sums(std::string_view bytes, std::string_view source);

/// "Whatever package ships `from` gets it at `to`, except `package` itself"; ":" for a local one,
/// which holds for every package.
struct DpkgDiversion {
  std::string_view from;
  std::string_view to;
  std::string_view package;
};
struct DpkgDiversions {
  std::vector<DpkgDiversion> entries;
  std::vector<base::Note> notes;
};
DpkgDiversions parse_dpkg_diversions(std::string_view bytes, std::string_view source);

}  // namespace genba::parse
