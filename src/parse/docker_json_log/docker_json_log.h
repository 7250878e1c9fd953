// SPDX-License-Identifier: Apache-2.0
//
// What did a container write, on which stream and when? One line at a time of the two files that
// container runtimes keep: Docker's json-file driver ({"log":"text\n","stream":"stdout","time":
// "…Z"}) and the CRI format of containerd and CRI-O ("…Z stdout F text"). The text is whatever the
// program inside wrote; the frame is the runtime's, so a line that does not keep to it was cut or
// written by something else. JSON is read strictly (RFC 8259); keys may come in any order, others
// than these are passed over. Sources: moby daemon/logger/jsonfilelog, Kubernetes' CRI logging
// design. Covered by docker_json_log_test.cc, docker_json_log_fuzz.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "parse/log_time/log_time.h"

namespace genba::parse {

enum class ContainerStream : uint8_t { kUnknown, kStdout, kStderr };

/// "unknown", "stdout" or "stderr".
std::string_view to_string(ContainerStream stream);

/// One line that a container wrote, or a part of one.
struct ContainerLine {
  std::string_view text;  ///< without its newline; in the line, or in the scratch when unescaped
  LogTime time;           ///< with its offset, as the runtimes write UTC
  ContainerStream stream = ContainerStream::kUnknown;
  bool partial = false;  ///< the runtime split the program's line; the next one goes on with it
};

/// The longest text that is given; what is longer is cut there. Docker splits at 16 KiB.
inline constexpr size_t kMaxContainerText = 64 * 1024;

/// Reads a line of Docker's json-file log. Returns nothing (an empty text) when it was read, else
/// the reason why not, and `out` stays as it was. `scratch` holds the text when it had escapes in
/// its middle: it is written anew at each call and keeps its memory.
std::string_view parse_docker_json_line(std::string_view line, std::string& scratch,
                                        ContainerLine& out);

/// Reads a line of a CRI log, in the same way; its text needs no scratch.
std::string_view parse_cri_line(std::string_view line, ContainerLine& out);

}  // namespace genba::parse
