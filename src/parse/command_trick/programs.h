// SPDX-License-Identifier: Apache-2.0
//
// What a simple command does with its arguments, program by program, as far as command_trick asks.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genba::parse {

using Words = std::span<const std::string>;

/// The last name of a path, without the prefixes of systemd (- @ : + !).
std::string_view program_name(std::string_view word);

bool is_shell(std::string_view name);
/// A program that runs a script of another language (python3.11, perl, node …).
bool is_interpreter(std::string_view name);
/// A program that writes what it fetched.
bool is_fetcher(std::string_view name);
/// nc and its like, which tie streams to the network.
bool is_connector(std::string_view name, Words arguments);
/// base64 -d and its like.
bool is_decoder(std::string_view name, Words arguments);
/// nc -e /bin/sh and its like.
bool connects_a_shell(std::string_view name, Words arguments);

/// Files that a fetcher writes.
std::vector<std::string> fetched_files(std::string_view name, Words arguments);

/// What a shell or interpreter is told to run.
struct Script {
  std::optional<std::string> text;  ///< behind -c, -e …
  std::optional<size_t> operand;    ///< which argument is the script's file
  bool from_input = false;          ///< neither: it reads its standard input
};
Script script_of(std::string_view name, Words arguments);

}  // namespace genba::parse
