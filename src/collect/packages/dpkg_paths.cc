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
        links.links_.emplace(path, *target);
      }
    }
  }
  return links;
}

void DirectoryLinks::resolve(std::string_view path, std::string& out) const {
  // Two components first: below a linked /usr there is nothing to list.
  const size_t first = path.find('/', 1);
  const size_t second = first == std::string_view::npos ? first : path.find('/', first + 1);
  for (const size_t end : {second, first}) {
    const auto link =
        end == std::string_view::npos ? links_.end() : links_.find(path.substr(0, end));
    if (link != links_.end()) {
      out.assign(link->second).append(path.substr(end));
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
