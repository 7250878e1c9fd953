// SPDX-License-Identifier: Apache-2.0
//
// What the magic links of /proc/PID/{exe,cwd,root,fd/N,ns/x} say: a path, perhaps with
// " (deleted)" behind it, or a name of something without a path ("socket:[123]"). The text alone
// cannot tell a deleted file from one really named "x (deleted)": ask the file's link count.
// Source: proc(5), kernel fs/d_path.c, fs/pipe.c, net/socket.c, fs/anon_inodes.c, mm/memfd.c.
// Covered by proc_link_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace genba::parse {

enum class LinkKind : uint8_t { kFile, kDevice, kMemfd, kSocket, kPipe, kNamespace, kAnonymous };

/// A link's text, divided. `path` is without the " (deleted)" ending and is a view into the text.
struct ProcLink {
  LinkKind kind = LinkKind::kFile;
  std::string_view path;
  std::optional<uint64_t> inode;  ///< of sockets, pipes and namespaces
  bool deleted = false;           ///< the text ends in " (deleted)"
};

ProcLink parse_proc_link(std::string_view text);

}  // namespace genba::parse
