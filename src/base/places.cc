// SPDX-License-Identifier: Apache-2.0
#include "base/places.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "base/split.h"

namespace genba::base {

namespace {

constexpr std::string_view kVolatile[] = {"/tmp", "/var/tmp", "/dev/shm", "/run/user",
                                          "/dev/mqueue"};

// The system's own: hidden at any depth tells.
constexpr std::string_view kSystem[] = {
    "/usr",       "/bin",     "/sbin",      "/lib",      "/lib32",  "/lib64",
    "/libx32",    "/etc",     "/boot",      "/dev",      "/run",    "/tmp",
    "/var/cache", "/var/log", "/var/spool", "/var/mail", "/var/tmp"};
// Parts of these that people fill: local software, container images' work directories, memory
// sticks.
constexpr std::string_view kForPeople[] = {"/usr/local", "/usr/src", "/run/media"};

// Where only a name directly below tells.
constexpr std::string_view kShallow[] = {"", "/var", "/var/lib"};

// What package managers of JavaScript make below node_modules.
constexpr std::string_view kOfNode[] = {".bin", ".pnpm", ".cache"};

bool is_hidden(std::string_view name) {
  return name.starts_with('.') && name != "." && name != "..";
}

template <size_t kCount>
bool lies_in_any(std::string_view path, const std::string_view (&directories)[kCount]) {
  return std::any_of(std::begin(directories), std::end(directories),
                     [&](std::string_view directory) { return lies_in(path, directory); });
}

bool has_hidden_name(std::string_view path) {
  std::string_view parent;
  for (const std::string_view name : split(path, '/')) {
    const bool of_node =
        parent == "node_modules" &&
        std::find(std::begin(kOfNode), std::end(kOfNode), name) != std::end(kOfNode);
    if (is_hidden(name) && !of_node) {
      return true;
    }
    parent = name;
  }
  return false;
}

}  // namespace

bool lies_in(std::string_view path, std::string_view directory) {
  const size_t last = directory.find_last_not_of('/');
  const std::string_view bare = directory.substr(0, last == std::string_view::npos ? 0 : last + 1);
  if (directory.empty()) {
    return false;
  }
  return path.starts_with(bare) && path.substr(bare.size()).starts_with('/') &&
         path.find_first_not_of('/', bare.size()) != std::string_view::npos;
}

bool lies_in_volatile_directory(std::string_view path) {
  return lies_in_any(path, kVolatile);
}

bool is_hidden_in_system_place(std::string_view path) {
  if (lies_in_any(path, kSystem) && !lies_in_any(path, kForPeople)) {
    return has_hidden_name(path);
  }
  return std::any_of(std::begin(kShallow), std::end(kShallow), [&](std::string_view directory) {
    if (!path.starts_with(directory) || !path.substr(directory.size()).starts_with('/')) {
      return false;
    }
    const std::string_view below = path.substr(directory.size() + 1);
    return is_hidden(below.substr(0, below.find('/')));
  });
}

}  // namespace genba::base
