// SPDX-License-Identifier: Apache-2.0
//
// Which programs run what others wrote? Their own file then says nothing about what they do, and
// every one of them is an innocent twin of the one that runs malware. Judged by the file's name
// alone: who cares where it lies asks places.h. Covered by interpreters_test.cc.
#pragma once

#include <span>
#include <string_view>

namespace genba::base {

/// Every name that is_interpreter() knows, without versions.
std::span<const std::string_view> interpreters();

/// A shell or a language's interpreter, whose command line tells what it runs: "/bin/sh",
/// "python3.11". Versions behind the name are ignored.
bool is_interpreter(std::string_view path);

/// An interpreter, or a server that runs scripts which no command line tells (php-fpm8.2).
bool runs_scripts(std::string_view path);

/// The file's name without the version behind it: "python3.11" is "python".
std::string_view name_without_version(std::string_view path);

}  // namespace genba::base
