// SPDX-License-Identifier: Apache-2.0
//
// Is a part of the kernel there without loading a module, which would run the host's modprobe?
// As for sock_diag (diag_modules.h): a kernel without loadable modules (no /proc/modules) loads
// nothing; else the module is live in /proc/modules, or its functions stand in /proc/kallsyms as
// part of the kernel. Covered by host/kernel_part_test.cc.
#pragma once

#include <string_view>

#include "host/host.h"

namespace genba::host {

/// `module` as /proc/modules spells it ("nf_conntrack_netlink"); `function` is the beginning of
/// names that only this part has ("ctnetlink_"). False also where neither file can be read.
bool kernel_has(const Host& host, std::string_view module, std::string_view function);

}  // namespace genba::host
