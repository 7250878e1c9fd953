// SPDX-License-Identifier: Apache-2.0
//
// Reads unit files and drop-ins as systemd does, and folds a fragment and its drop-ins into what
// counts. Specifiers (%i, %n …) stay as written. Lines end where systemd ends them: at newline,
// carriage return or NUL. Sections and keys are not checked against a list, so units of later
// releases are read too. Source: systemd.unit(5), systemd.syntax(7), systemd.service(5) COMMAND
// LINES; systemd conf-parser.c, fileio.c (read_line_full).
// Covered by systemd_unit_test.cc, systemd_unit_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// One "Key=value". The value has its continuation lines joined by blanks and is trimmed.
struct UnitAssignment {
  std::string section;
  std::string key;
  std::string value;
  int64_t line = 0;  ///< of the key
};

struct UnitFile {
  std::vector<UnitAssignment> assignments;
  std::vector<base::Note> notes;

  bool has_section(std::string_view section) const;
};

/// `source` names the file in notes.
UnitFile parse_unit_file(std::string_view bytes, std::string_view source);

/// An assignment that counts, and which of the files it stands in.
struct UnitValue {
  size_t file = 0;
  const UnitAssignment* assignment = nullptr;
};

/// All assignments of a list setting over a fragment and its drop-ins, in order; an empty one drops
/// those before it. The pointers lead into `files`.
std::vector<UnitValue> merged_values(std::span<const UnitFile> files, std::string_view section,
                                     std::string_view key);

/// A setting that holds one value: the last one that was assigned; nothing when it is empty.
std::optional<std::string> last_value(std::span<const UnitFile> files, std::string_view section,
                                      std::string_view key);

/// The commands of one Exec…= value: more than one when a lone ";" stands between them.
std::vector<std::string> split_commands(std::string_view value);

/// The command with its escapes decoded (systemd.service(5), table 4: \x2f is a slash) and its
/// quotes left in place, so that what it does can be read.
std::string decode_escapes(std::string_view command);

/// The program of a command without prefixes (- @ : + ! |), quotes and escapes; nothing when empty.
std::optional<std::string> command_program(std::string_view command);

/// "getty" and "tty1" of "getty@tty1.service"; the instance is empty for a template.
struct UnitName {
  std::string_view prefix;
  std::optional<std::string_view> instance;
  std::string_view type;  ///< "service"

  /// "getty@.service" for a template or an instance of one.
  std::optional<std::string> template_name() const;
};

/// Nothing when the name is none that systemd would load: no known type, or a bad character.
std::optional<UnitName> parse_unit_name(std::string_view name);

}  // namespace genba::parse
