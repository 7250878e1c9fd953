// SPDX-License-Identifier: Apache-2.0
//
// Is it the program that packages install under this name? A process chooses its name freely, but
// to stand in one of these directories a file must have been put there by root. Covered by
// responder_test.cc and plan_test.cc.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace genba::act {

/// Whether `path` is one of `names` in a directory where packages put programs of the system.
bool is_system_program(const std::optional<std::string>& path,
                       std::span<const std::string_view> names);

/// The servers that start sessions: OpenSSH's and Dropbear.
bool is_ssh_server(const std::optional<std::string>& path);

}  // namespace genba::act
