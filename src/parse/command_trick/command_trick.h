// SPDX-License-Identifier: Apache-2.0
//
// By which trick does a command line run code that is not installed here? It reads the line as a
// shell would, pipe by pipe, through groups, substitutions and sh -c '…', and asks of each program
// what it is fed: a shell behind curl, an operand below /tmp, a stream that is the network. Words
// in the arguments of other programs ("grep -v flush") say nothing. It does not follow variables,
// functions or files. Covered by command_trick_test.cc, command_trick_fuzz.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace genba::parse {

/// The stronger tell more and stand later.
enum class CommandTrick : uint8_t {
  kVolatile,  ///< runs a file from where anybody may write, or hidden among the system's
  kDecode,    ///< runs text that was encoded
  kDownload,  ///< runs what it fetched
  kNetwork,   ///< gives a shell to the network
};

std::string_view to_string(CommandTrick trick);

/// The strongest trick in a command line of a shell, cron or systemd; nothing when there is none.
std::optional<CommandTrick> find_command_trick(std::string_view command);

}  // namespace genba::parse
