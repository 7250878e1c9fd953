// SPDX-License-Identifier: Apache-2.0
#include "collect/path_gate.h"

#include <vector>

#include "base/number.h"
#include "host/filesystem_names.h"
#include "model/tables/mounts.h"

namespace genba::collect {

namespace {

constexpr int kMaxLinks = 40;  // as path_resolution(7)

/// Inode of our own mount namespace: "mnt:[4026531841]".
std::optional<int64_t> own_namespace(const host::Host& host) {
  const auto text = host.read_link("/proc/self/ns/mnt");
  if (!text || text->size() < 7 || text->back() != ']') {
    return std::nullopt;
  }
  return base::parse_number<int64_t>(std::string_view(*text).substr(5, text->size() - 6));
}

/// Puts the components of `path` on the stack, the first one on top.
void push_components(std::vector<std::string>& stack, std::string_view path) {
  size_t end = path.size();
  while (end > 0) {
    const size_t slash = path.rfind('/', end - 1);
    const size_t start = slash == std::string_view::npos ? 0 : slash + 1;
    if (end > start && path.substr(start, end - start) != ".") {
      stack.emplace_back(path.substr(start, end - start));
    }
    end = slash == std::string_view::npos ? 0 : slash;
  }
}

}  // namespace

PathGate::PathGate(const Context& context) : host_(context.host) {
  root_type_ = host_.filesystem_type("/").value_or("");
  const auto& mounts = context.facts.read<model::Mount>();
  const auto own = mounts.empty() ? std::nullopt : own_namespace(host_);
  for (const auto& mount : mounts) {
    if (own && mount.mnt_namespace != *own) {
      continue;
    }
    if (host::is_remote_filesystem(mount.type) && mount.path != "/") {
      mounted_[mount.path] = mount.type;
    }
  }
}

std::optional<std::string> PathGate::refusal(std::string_view directory) {
  const auto found = known_.find(directory);
  if (found != known_.end()) {
    return found->second;
  }
  return known_.emplace(std::string(directory), look_up(directory)).first->second;
}

std::optional<std::string> PathGate::look_up(std::string_view directory) const {
  std::vector<std::string> pending;
  push_components(pending, directory);
  std::string current;
  for (int links = 0; !pending.empty();) {
    const std::string name = std::move(pending.back());
    pending.pop_back();
    if (name == "..") {
      current.resize(current.empty() ? 0 : current.rfind('/'));
      continue;
    }
    const std::string next = current + "/" + name;
    if (const auto mount = mounted_.find(next); mount != mounted_.end()) {
      return mount->second;
    }
    const auto status = host_.lstat(next);
    if (!status) {
      return std::nullopt;
    }
    if (status->type != host::FileType::kSymlink) {
      current = next;
      continue;
    }
    const auto target = host_.read_link(next);
    if (!target || ++links > kMaxLinks) {
      return std::nullopt;
    }
    if (!target->empty() && target->front() == '/') {
      current.clear();
    }
    push_components(pending, *target);
  }
  const auto type = host_.filesystem_type(current.empty() ? "/" : current);
  if (type && *type != root_type_ && host::is_remote_filesystem(*type)) {
    return *type;
  }
  return std::nullopt;
}

}  // namespace genba::collect
