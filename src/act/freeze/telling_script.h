// SPDX-License-Identifier: Apache-2.0
//
// Does an interpreter run something from a place where nobody installs programs? Only what it was
// told to run counts: the script behind its options, the file behind -jar or -f, the commands in
// the text of -c. A temporary directory, a socket or a log below /tmp in the arguments of a server
// (-Djava.io.tmpdir=/tmp/e, --bind unix:/tmp/app.sock) says nothing about the server. Facts have
// command lines joined by spaces, so an argument with spaces is read as several words: texts reach
// to the end of the line. Relative scripts are not judged: a process may have changed its directory
// since. Covered by telling_script_test.cc.
#pragma once

#include <string>
#include <string_view>

namespace genba::act {

/// What the interpreter at `program` was told to run, when that lies in a volatile or hidden
/// place; else, and for programs that are no interpreters, empty. `cmdline` as in processes.
std::string telling_script(std::string_view program, std::string_view cmdline);

}  // namespace genba::act
