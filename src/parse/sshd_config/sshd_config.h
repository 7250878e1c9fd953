// SPDX-License-Identifier: Apache-2.0
//
// Splits sshd_config into directives: keyword, arguments, line, and the Match block they stand in.
// What a directive means, which Include it names and whether a Match applies is the reader's
// business. Quoting follows OpenSSH 8.7 and later (double and single quotes, backslash before a
// quote, a backslash or a blank); older releases know double quotes only, and differ on nothing but
// odd lines. Source: sshd_config(5), OpenSSH servconf.c and misc.c (argv_split).
// Covered by sshd_config_test.cc, sshd_config_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace genba::parse {

/// One line of the configuration.
struct SshdDirective {
  std::string keyword;  ///< lower case
  std::vector<std::string> arguments;
  int64_t line = 0;
  /// Line of the Match that it stands under; absent outside of blocks and for Match itself.
  std::optional<int64_t> match_line;
};

struct SshdConfig {
  std::vector<SshdDirective> directives;
  std::vector<base::Note> notes;
};

/// `source` names the file in notes.
SshdConfig parse_sshd_config(std::string_view bytes, std::string_view source);

/// What the % tokens of a path stand for.
struct SshdTokens {
  std::string_view home;
  std::string_view username;
  int64_t uid = 0;
};

/// Replaces %h, %u, %U and %%. Nothing when another token stands there: the path is not known.
std::optional<std::string> expand_sshd_tokens(std::string_view pattern, const SshdTokens& tokens);

}  // namespace genba::parse
