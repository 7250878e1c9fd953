// SPDX-License-Identifier: Apache-2.0
//
// The small judgements behind family.h: what vouches for a program, which command lines tell,
// which descriptors make a private channel. Texts in, yes or no out. Covered by family_test.cc.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "model/tables/processes.h"

namespace genba::act {

/// A daemon that distributions install under this name, several of which may run on one machine
/// (mysqld, containerd-shim). Only a name: to be asked where nothing better is known.
bool is_known_daemon(std::string_view path);

/// The first word of a command line that lies in a volatile directory or is hidden in a system
/// place; empty when none does. The words are those of processes.cmdline, divided at spaces. Enough
/// to know a command again, not to say what it runs: that is telling_script().
std::string_view telling_word(std::string_view cmdline);

/// The first argument claims to be another program's path or a kernel thread: "/usr/sbin/httpd" or
/// "[kworker/0:1]" over perl. Programs of many names (busybox) never pretend.
bool pretends(const model::Process& process);

/// Whether a member talks over a pipe to another holder of it, by the descriptors that each has.
/// Not when the other merely captures the member's output or feeds its input, as whoever starts a
/// program does, and not when both inherited the same end.
bool is_private_channel(const std::set<int64_t>& member, const std::set<int64_t>& other);

/// The process runs a file of a volatile or hidden place, or a memory file: nobody runs a service
/// like that. A deleted file alone does not tell: an upgrade may have removed it.
bool runs_from_telling_place(const model::Process& process);

/// A unit's, a session's or a container's group: not the root, a slice or PID 1's own.
bool is_cgroup_of_one_purpose(std::string_view path);

/// Where processes that belong together share memory and locks: /dev/shm, and hidden or volatile
/// places.
bool is_meeting_place(std::string_view path);

}  // namespace genba::act
