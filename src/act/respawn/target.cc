// SPDX-License-Identifier: Apache-2.0
#include "act/respawn/target.h"

#include <algorithm>

#include "base/interpreters.h"
#include "base/places.h"
#include "model/tables/hash.h"
#include "parse/shell_words/shell_words.h"

namespace genba::act {

namespace {

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// One file, innocent twins. Under such a name where nobody installs programs it is a program of the
// family's own.
bool is_anybodys(std::string_view path) {
  return base::is_interpreter(path) && !base::lies_in_volatile_directory(path) &&
         !base::is_hidden_in_system_place(path);
}

bool continues_a_path(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
         c == '.' || c == '_' || c == '-' || c == '+' || c == '~';
}

// `word` in `text` with no path going on at either side.
bool stands_in(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !continues_a_path(text[at - 1])) &&
        (end == text.size() || !continues_a_path(text[end]))) {
      return true;
    }
  }
  return false;
}

// "cd /tmp && ./x".
bool stands_relative(std::string_view text, std::string_view path) {
  const std::string_view directory = path.substr(0, path.rfind('/'));
  const std::string local = "./" + std::string(base_name(path));
  return !directory.empty() && stands_in(text, local) &&
         (stands_in(text, directory) || stands_in(text, std::string(directory) + "/"));
}

template <class Value>
void add_once(std::vector<Value>& values, Value value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) {
    values.push_back(std::move(value));
  }
}

void add_process(const model::Process& process, RespawnTarget& family) {
  add_once(family.pids, process.pid);
  if (process.cgroup_path && *process.cgroup_path != "/") {
    add_once(family.cgroups, *process.cgroup_path);
  }
  if (process.path && base::is_interpreter(*process.path)) {
    if (std::string script = script_of(process); !script.empty()) {
      add_once(family.paths, std::move(script));
    }
  }
  if (process.path && is_anybodys(*process.path)) {
    return;
  }
  if (process.path && process.path->starts_with('/')) {
    add_once(family.paths, *process.path);
  }
  if (process.exe_device && process.exe_inode) {
    add_once(family.inodes, std::pair(*process.exe_device, *process.exe_inode));
  }
}

}  // namespace

std::string script_of(const model::Process& process) {
  const auto tokens = parse::split_shell_tokens(process.cmdline.value_or(""));
  for (size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i].text.starts_with('/') && !is_anybodys(tokens[i].text)) {
      return tokens[i].text;
    }
  }
  return {};
}

RespawnTarget respawn_target_of(const model::Facts& facts, const std::vector<int64_t>& pids) {
  RespawnTarget family;
  for (const model::Process& process : facts.read<model::Process>()) {
    if (std::find(pids.begin(), pids.end(), process.pid) != pids.end()) {
      add_process(process, family);
    }
  }
  for (const model::Hash& hash : facts.read<model::Hash>()) {
    if (std::find(family.paths.begin(), family.paths.end(), hash.path) != family.paths.end()) {
      add_once(family.sha256, hash.sha256);
    }
  }
  return family;
}

TargetMatcher::TargetMatcher(const model::Facts& facts, const RespawnTarget& family)
    : paths_(family.paths.begin(), family.paths.end()),
      pids_(family.pids.begin(), family.pids.end()),
      inodes_(family.inodes.begin(), family.inodes.end()) {
  std::erase_if(paths_, [](const std::string& path) {
    return !path.starts_with('/') || path.size() < 2 || is_anybodys(path);
  });
  const std::set<std::string_view> hashes(family.sha256.begin(), family.sha256.end());
  for (const model::Hash& hash : facts.read<model::Hash>()) {
    if (hashes.count(hash.sha256) > 0 && !is_anybodys(hash.path)) {
      paths_.insert(hash.path);
    }
  }
}

bool TargetMatcher::named_in(std::string_view text) const {
  return std::any_of(paths_.begin(), paths_.end(), [text](const std::string& path) {
    return stands_in(text, path) || stands_relative(text, path);
  });
}

bool TargetMatcher::is_file(std::string_view path) const {
  return paths_.find(path) != paths_.end();
}

bool TargetMatcher::runs_same_file(std::string_view path, const std::optional<int64_t>& device,
                                   const std::optional<int64_t>& inode) const {
  return is_file(path) || (device && inode && inodes_.count({*device, *inode}) > 0);
}

}  // namespace genba::act
