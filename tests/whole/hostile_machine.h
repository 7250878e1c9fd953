// SPDX-License-Identifier: Apache-2.0
//
// A machine whose configuration and environment want every program to load something: what a
// trusting one would open shows in its trace.
#pragma once

#include <string>
#include <vector>

#include "support/scratch.h"

namespace genba::test {

/// For ProgramOptions::before_exec: /etc of a mount namespace of its own. False when this machine
/// cannot make that.
bool make_hostile_root(const Scratch& scratch);

/// strace with the options of such a trace into `trace`, the hostile environment for the binary
/// alone, and the binary; its arguments are to follow.
std::vector<std::string> traced_binary(const Scratch& scratch, const std::string& binary,
                                       const std::string& trace);

/// A whole file, such as a trace.
std::string read_whole(const std::string& path);

}  // namespace genba::test
