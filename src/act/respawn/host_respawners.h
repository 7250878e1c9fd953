// SPDX-License-Identifier: Apache-2.0
//
// Respawners that no table holds, read from the host itself: programs that the kernel starts
// (core_pattern, modprobe, uevent_helper, binfmt_misc), rules of udev, at jobs, and Docker's
// restart policies of the containers that the family runs in. Only what names the family by its
// path is found: a helper script that starts it in turn is not followed. Sources: core(5), udev(7),
// at(1), kernel Documentation/admin-guide/binfmt-misc.rst. Covered by host_respawners_test.cc.
#pragma once

#include "act/respawn/respawn.h"
#include "host/host.h"
#include "model/facts.h"

namespace genba::act {

/// What was found, and in `unread` what is there and could not be read. What is not there is no
/// gap. A container's policy that is known replaces find_respawners' hint at it: both have the
/// cgroup as their source.
RespawnReport find_host_respawners(const host::Host& host, const model::Facts& facts,
                                   const RespawnTarget& family);

}  // namespace genba::act
