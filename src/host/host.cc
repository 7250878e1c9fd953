// SPDX-License-Identifier: Apache-2.0
#include "host/host.h"

#include "fmt/format.h"

namespace genba::host {

std::string_view to_string(FileType type) {
  switch (type) {
    case FileType::kRegular: return "regular";
    case FileType::kDirectory: return "directory";
    case FileType::kSymlink: return "symlink";
    case FileType::kFifo: return "fifo";
    case FileType::kSocket: return "socket";
    case FileType::kCharacter: return "character";
    case FileType::kBlock: return "block";
    case FileType::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string mode_text(uint32_t mode) {
  return fmt::format("{:04o}", mode & 07777U);
}

std::vector<DiagFamily> Host::sock_diag_families() const {
  return {};
}

}  // namespace genba::host
