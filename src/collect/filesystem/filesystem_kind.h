// SPDX-License-Identifier: Apache-2.0
//
// May a walk go on where another filesystem begins? Only into those whose reads this machine
// answers by itself and that hold files of this machine: disks and memory. Network, FUSE and
// automount filesystems can hang or start something, kernel views hold no files, and an overlay
// below /run or /var is the root of a container. A type that has no name is not entered.
// Covered by filesystem_test.cc.
#pragma once

#include <string_view>

namespace genba::collect::filesystem {

enum class FilesystemKind { kLocal, kRemote, kKernelView, kContainer, kUnknown };

/// The kind of a type as host::Host::filesystem_type spells it.
FilesystemKind filesystem_kind(std::string_view type);

/// Words for the coverage: why this kind is not entered.
std::string_view why_not_entered(FilesystemKind kind);

}  // namespace genba::collect::filesystem
