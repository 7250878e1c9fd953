// SPDX-License-Identifier: Apache-2.0
//
// Blocks of NUL-terminated strings: /proc/PID/cmdline and /proc/PID/environ. The process owns this
// memory and may have written anything there (setproctitle leaves one string and many NULs).
// Source: proc(5), kernel fs/proc/base.c get_mm_cmdline. Covered by nul_blocks_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genba::parse {

/// A command line as tables show it.
struct CommandLine {
  std::string joined;  ///< arguments joined by single spaces
  std::string argv0;   ///< the first argument as given
};

/// Nothing when the block holds no argument at all (kernel threads, zombies).
std::optional<CommandLine> parse_command_line(std::string_view block);

/// The first '=' divides a variable; strings without one are passed over.
std::vector<std::pair<std::string_view, std::string_view>> parse_environment(
    std::string_view block);

}  // namespace genba::parse
