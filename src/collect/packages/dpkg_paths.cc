// SPDX-License-Identifier: Apache-2.0
#include "collect/packages/dpkg_paths.h"

namespace genba::collect::packages {

DirectoryLinks DirectoryLinks::of(const host::Host& host) {
  DirectoryLinks links;
  for (const std::string_view parent : {"/usr", "/var", "/"}) {
    const auto listing = host.list_directory(parent);
    if (!listing) {
      continue;  // not there, or itself a link: then its own entry in / replaces the prefix
    }
    for (const host::ListedFile& file : listing->files) {
      if (file.status.type != host::FileType::kSymlink) {
        continue;
      }
      const std::string path =
          std::string(parent == "/" ? std::string_view() : parent) + "/" + file.name;
      const auto target = host.canonical(path);
      const auto status = host.stat(path);
      if (target && status && status->type == host::FileType::kDirectory && *target != "/") {
        links.links_.emplace_back(path + "/", *target + "/");
      }
    }
  }
  return links;
}

void DirectoryLinks::resolve(std::string_view path, std::string& out) const {
  for (const auto& [from, to] : links_) {
    if (path.starts_with(from)) {
      out.assign(to).append(path.substr(from.size()));
      return;
    }
  }
  out.assign(path);
}

Diversions::Diversions(const std::vector<parse::DpkgDiversion>& entries) {
  for (const parse::DpkgDiversion& entry : entries) {
    by_path_.emplace(entry.from, entry);
  }
}

std::string_view Diversions::resolve(std::string_view path, std::string_view package) const {
  if (by_path_.empty()) {
    return path;
  }
  const auto found = by_path_.find(path);
  return found == by_path_.end() || found->second.package == package ? path : found->second.to;
}

}  // namespace genba::collect::packages
