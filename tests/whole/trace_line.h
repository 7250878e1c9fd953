// SPDX-License-Identifier: Apache-2.0
//
// Reads the lines of a trace (strace -f -y). What cannot be told from one line (which call was
// resumed) is not tried: the arguments that matter stand before the cut. Covered by
// whole/trace_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genba::test {

/// "1234 openat(AT_FDCWD</work>, \"/proc\", O_RDONLY) = 3</proc>", also when it is cut by
/// "<unfinished ...>".
struct TracedCall {
  std::string_view name;
  std::string_view arguments;  ///< what follows the opening parenthesis
};

/// Nothing for lines of strace itself ("+++ exited", "--- SIGCHLD", "<... resumed>").
std::optional<TracedCall> parse_traced_call(std::string_view line);

/// The new process or thread, when the line tells the result of clone(2), cut or whole.
std::optional<int64_t> cloned_process(std::string_view line);

bool has(std::string_view text, std::string_view part);
bool starts_with_any(std::string_view path, const std::vector<std::string>& beginnings);

/// What -y shows of the descriptor that is the first argument: "5</tmp/x>" gives "/tmp/x".
std::string_view descriptor_target(std::string_view arguments);

/// A path beside a descriptor: "7</out/case>, \"log.jsonl\"" is /out/case/log.jsonl.
std::string full_path(std::string_view arguments);

}  // namespace genba::test
