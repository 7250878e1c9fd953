// SPDX-License-Identifier: Apache-2.0
#include "parse/proc_link/proc_link.h"

#include "base/number.h"
#include "parse/fields.h"

namespace genba::parse {
namespace {

constexpr std::string_view kDeleted = " (deleted)";

// The number in "name:[123]".
std::optional<uint64_t> bracketed_inode(std::string_view text) {
  const size_t open = text.find(":[");
  if (open == std::string_view::npos || !text.ends_with(']')) {
    return std::nullopt;
  }
  return base::parse_number<uint64_t>(text.substr(open + 2, text.size() - open - 3));
}

// Directories under /dev that hold ordinary files.
bool is_device_path(std::string_view path) {
  return path.starts_with("/dev/") && !path.starts_with("/dev/shm/") &&
         !path.starts_with("/dev/mqueue/") && !path.starts_with("/dev/hugepages/");
}

LinkKind kind_of_nameless(std::string_view text, std::optional<uint64_t> inode) {
  if (!inode) {
    return LinkKind::kAnonymous;
  }
  if (text.starts_with("socket:")) {
    return LinkKind::kSocket;
  }
  if (text.starts_with("pipe:")) {
    return LinkKind::kPipe;
  }
  return text.starts_with("anon_inode:") ? LinkKind::kAnonymous : LinkKind::kNamespace;
}

}  // namespace

ProcLink parse_proc_link(std::string_view text) {
  ProcLink link;
  link.path = text;
  // d_path's mark for a path outside the reader's root; still the path of a file.
  const bool unreachable = text.starts_with("(unreachable)/");
  if (!text.starts_with('/') && !unreachable) {
    link.inode = bracketed_inode(text);
    link.kind = kind_of_nameless(text, link.inode);
    return link;
  }
  if (text.ends_with(kDeleted) && text.size() > kDeleted.size()) {
    link.deleted = true;
    link.path.remove_suffix(kDeleted.size());
  }
  if (link.path.starts_with("/memfd:")) {
    link.kind = LinkKind::kMemfd;
  } else if (is_device_path(link.path)) {
    link.kind = LinkKind::kDevice;
  }
  return link;
}

}  // namespace genba::parse
