// SPDX-License-Identifier: Apache-2.0
//
// Which kinds of socket sock_diag can be asked for without the kernel loading a module, which would
// run the host's modprobe. A kernel without loadable modules (no /proc/modules) loads nothing. Else
// the kernel itself must say that the handler is there: the module stands in /proc/modules, or its
// functions stand in /proc/kallsyms as part of the kernel. modules.builtin is no proof, because it
// is a file that an attacker can write. Covered by host/diag_modules_test.cc.
#pragma once

#include <vector>

#include "host/host.h"

namespace genba::host {

/// Every kind that Genba asks for: TCP, UDP and raw over IPv4 and IPv6, and AF_UNIX.
std::vector<DiagFamily> all_diag_families();

/// Those of them that `host` answers without loading anything.
std::vector<DiagFamily> present_diag_families(const Host& host);

}  // namespace genba::host
