// SPDX-License-Identifier: Apache-2.0
//
// Which handlers of sock_diag(7) does the kernel have? Loaded ones stand in /proc/modules, those
// that are part of it are known by their functions in /proc/kallsyms. Source: proc(5),
// kernel/kallsyms.c, net/ipv4/*_diag.c, net/unix/diag.c. Covered by diag_modules_test.cc.
#pragma once

#include <set>
#include <string_view>

namespace genba::parse {

/// Names of modules, each one of inet_diag, tcp_diag, udp_diag, raw_diag and unix_diag; not views
/// of what was parsed.
using DiagModules = std::set<std::string_view>;

/// How many there are.
inline constexpr size_t kDiagModuleCount = 5;

/// Adds those that /proc/modules calls live.
void find_loaded_diag_modules(std::string_view modules, DiagModules& present);

/// Adds those that have functions in whole lines of /proc/kallsyms, unless loaded ones.
void find_builtin_diag_modules(std::string_view symbols, DiagModules& present);

}  // namespace genba::parse
