// SPDX-License-Identifier: Apache-2.0
//
// How the fake host finds what a path means, and misbehaves on the way.
#include "support/fake_host_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "fmt/format.h"

namespace genba::test {

using base::Error;
using base::ErrorCode;
using base::fail;
using base::Result;
using host::FileStatus;
using host::FileType;

namespace {

constexpr int kMaxLinks = 40;  // as the live host, and MAXSYMLINKS in the kernel

// As the live host: what is below /proc/PID is gone, not absent, when the process is not there.
bool is_missing_process(std::string_view key, bool is_last) {
  constexpr std::string_view kProc = "/proc/";
  return !is_last && key.size() > kProc.size() && key.substr(0, kProc.size()) == kProc &&
         key.find_first_not_of("0123456789", kProc.size()) == std::string_view::npos;
}

}  // namespace

std::vector<std::string> components(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") {
      parts.emplace_back(part);
    }
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return parts;
}

std::string key_of(std::string_view path) {
  std::string key;
  for (const std::string& part : components(path)) {
    key += '/';
    key += part;
  }
  return key.empty() ? "/" : key;
}

std::string child_of(std::string_view directory, std::string_view name) {
  return directory == "/" ? fmt::format("/{}", name) : fmt::format("{}/{}", directory, name);
}

std::string parent_of(std::string_view key) {
  const size_t slash = key.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : std::string(key.substr(0, slash));
}

bool is_at_or_below(std::string_view key, std::string_view top) {
  return key == top || top == "/" ||
         (key.size() > top.size() && key.substr(0, top.size()) == top && key[top.size()] == '/');
}

Error fake_error(ErrorCode code, std::string_view operation, std::string_view path) {
  return Error{code, 0,
               fmt::format("{} '{}': {} (fake host)", operation, path, base::to_string(code))};
}

Node& FakeHost::State::put(std::string_view path, FileType type, uint32_t mode, const With& with) {
  const std::string key = key_of(path);
  if (key != "/" && nodes.count(parent_of(key)) == 0) {
    put(parent_of(key), FileType::kDirectory, 0755, {});
  }
  Node& node = nodes[key];
  const uint64_t inode = node.status.inode == 0 ? next_inode++ : node.status.inode;
  node = Node();
  FileStatus& status = node.status;
  status.type = type;
  status.mode = with.mode.value_or(mode);
  status.uid = with.uid;
  status.gid = with.gid;
  status.inode = inode;
  status.device = 0x801;  // makedev(8, 1): sda1
  status.hard_links = type == FileType::kDirectory ? 2 : 1;
  status.atime = status.mtime = status.ctime = with.mtime;
  status.btime = with.mtime;
  return node;
}

void FakeHost::State::note(std::string_view operation, std::string_view path) {
  accesses.push_back({std::string(operation), std::string(path)});
  const std::string key = key_of(path);
  for (size_t i = 0; i < hooks.size(); ++i) {
    if (hooks[i].path == key && ++hooks[i].seen == hooks[i].at) {
      const std::function<void(FakeHost&)> change = hooks[i].change;
      change(*self);
    }
  }
}

Result<std::string> FakeHost::State::resolve(std::string_view root, std::string_view path,
                                             bool follow_last) const {
  std::vector<std::string> left = components(path);
  std::reverse(left.begin(), left.end());
  std::string at(root);
  int links = 0;
  while (!left.empty()) {
    const std::string name = left.back();
    left.pop_back();
    if (const auto found = nodes.find(at);
        found == nodes.end() || found->second.status.type != FileType::kDirectory) {
      if (!(found != nodes.end() && found->second.magic && at == root)) {
        return fail(fake_error(ErrorCode::kNotFound, "resolving", path));
      }
    }
    if (denied.count(at) != 0) {
      return fail(fake_error(ErrorCode::kDenied, "resolving", path));
    }
    if (name == "..") {
      at = at == root ? at : parent_of(at);
      continue;
    }
    const std::string next = child_of(at, name);
    if (const auto broken = failing.find(next); broken != failing.end()) {
      return fail(fake_error(broken->second, "resolving", path));
    }
    const auto found = nodes.find(next);
    if (found == nodes.end()) {
      return fail(fake_error(
          is_missing_process(next, left.empty()) ? ErrorCode::kGone : ErrorCode::kNotFound,
          "resolving", path));
    }
    const Node& node = found->second;
    if (node.status.type != FileType::kSymlink || (left.empty() && !follow_last)) {
      at = next;
      continue;
    }
    if (node.magic) {
      return fail(fake_error(ErrorCode::kWrongType, "following a magic link in", path));
    }
    if (++links > kMaxLinks) {
      return fail(fake_error(ErrorCode::kLoop, "resolving", path));
    }
    std::vector<std::string> target = components(node.target);
    left.insert(left.end(), target.rbegin(), target.rend());
    at = node.target.substr(0, 1) == "/" ? std::string(root) : at;
  }
  return at;
}

Result<void> FakeHost::State::check_gone(const std::string& key, std::string_view operation) {
  bool gone = false;
  for (auto& [path, vanish] : vanishing) {
    if (is_at_or_below(key, path)) {
      gone = ++vanish.seen >= vanish.at || gone;
    }
  }
  if (gone) {
    return fail(fake_error(ErrorCode::kGone, operation, key));
  }
  return {};
}

Result<std::string> FakeHost::State::locate(std::string_view operation, std::string_view path,
                                            bool follow_last) {
  note(operation, path);
  GENBA_TRY(std::string key, resolve("/", path, follow_last));
  if (auto present = check_gone(key, operation); !present) {
    return fail(present.error());
  }
  return key;
}

Result<std::string> FakeHost::State::locate_magic(std::string_view operation,
                                                  std::string_view path) {
  note(operation, path);
  if (kind != host::HostKind::kLive) {
    return fail(fake_error(ErrorCode::kUnsupported, operation, path));
  }
  const std::string whole = key_of(path);
  std::string key = whole;
  for (std::string top = "/"; const std::string& part : components(path)) {
    top = child_of(top, part);
    const auto found = nodes.find(top);
    if (found == nodes.end() || !found->second.magic) {
      continue;
    }
    if (top != whole) {
      const auto below = nodes.lower_bound(top + "/");
      const bool own = below != nodes.end() && is_at_or_below(below->first, top);
      GENBA_TRY(key,
                resolve(own ? top : key_of(found->second.target), whole.substr(top.size()), true));
    }
    if (auto present = check_gone(top, operation); !present) {
      return fail(present.error());
    }
    if (denied.count(top) != 0) {
      return fail(fake_error(ErrorCode::kDenied, operation, path));
    }
    return key;
  }
  return resolve("/", path, true);
}

Result<std::string> FakeHost::State::content(const std::string& key, std::string_view operation,
                                             std::string_view path, bool& cut) {
  Node& node = nodes.at(key);
  if (denied.count(key) != 0) {
    return fail(fake_error(ErrorCode::kDenied, operation, path));
  }
  if (node.status.type != FileType::kRegular) {
    return fail(fake_error(ErrorCode::kWrongType, operation, path));
  }
  if (hanging.count(key) != 0) {
    ADD_FAILURE() << operation << " of '" << path << "' would hang: use read_risky";
    return fail(fake_error(ErrorCode::kTimedOut, operation, path));
  }
  ++footprint.files_opened;
  std::string bytes = node.versions[std::min(node.opened, node.versions.size() - 1)];
  ++node.opened;
  const auto found = cuts.find(key);
  cut = found != cuts.end() && found->second < bytes.size();
  if (cut) {
    bytes.resize(found->second);
  }
  return bytes;
}

Result<host::FileBytes> FakeHost::State::read_whole(std::string_view operation,
                                                    std::string_view path, uint64_t limit) {
  GENBA_TRY(const std::string key, locate(operation, path, true));
  host::FileBytes result;
  GENBA_TRY(result.bytes, content(key, operation, path, result.truncated));
  if (result.bytes.size() > limit) {
    result.bytes.resize(limit);
    result.truncated = true;
  }
  footprint.bytes_read += result.bytes.size();
  return result;
}

}  // namespace genba::test
