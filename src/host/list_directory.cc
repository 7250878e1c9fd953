// SPDX-License-Identifier: Apache-2.0
//
// Host::list_directory for hosts that have no faster way: read_directory and one lstat a name.
#include <utility>

#include "fmt/format.h"
#include "host/host.h"

namespace genba::host {

namespace {

// The name's status and link text; nothing, counted in `listing`, when it could not be had.
std::optional<ListedFile> look_at(const Host& host, std::string_view path, std::string name,
                                  DirectoryListing& listing) {
  const auto count = [&](const base::Error& error) {
    const bool gone =
        error.code == base::ErrorCode::kGone || error.code == base::ErrorCode::kNotFound;
    ++(gone ? listing.gone : listing.failed);
  };
  auto status = host.lstat(path);
  if (!status) {
    count(status.error());
    return std::nullopt;
  }
  ListedFile file{std::move(name), *status, std::nullopt};
  if (status->type == FileType::kSymlink) {
    auto target = host.read_link(path);
    if (target) {
      file.link_target = *std::move(target);
    } else {
      count(target.error());
    }
  }
  return file;
}

}  // namespace

Result<DirectoryListing> Host::list_directory(std::string_view path, uint64_t limit) const {
  DirectoryListing listing;
  GENBA_TRY(listing.status, lstat(path));
  if (listing.status.type == FileType::kSymlink) {
    return base::fail(base::ErrorCode::kLoop,
                      fmt::format("listing '{}': it is a symbolic link", path));
  }
  GENBA_TRY(auto entries, read_directory(path));
  std::string full;
  for (DirectoryEntry& entry : entries) {
    if (listing.files.size() >= limit) {
      listing.truncated = true;
      break;
    }
    full.assign(path == "/" ? std::string_view() : path).append("/").append(entry.name);
    if (auto file = look_at(*this, full, std::move(entry.name), listing)) {
      listing.files.push_back(*std::move(file));
    }
  }
  return listing;
}

}  // namespace genba::host
