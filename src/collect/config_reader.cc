// SPDX-License-Identifier: Apache-2.0
#include "collect/config_reader.h"

#include <algorithm>
#include <set>

#include "collect/filesystem/filesystem_kind.h"
#include "fmt/format.h"
#include "model/tables/users.h"
#include "parse/glob/glob.h"

namespace genba::collect {

namespace {

// A pattern of an Include or of ld.so.conf names tens of files; this many is an attack.
constexpr size_t kMaxExpanded = 10'000;

}  // namespace

ConfigReader::ConfigReader(Context& context, std::string_view area, std::string_view subject,
                           PathGate* gate)
    : context_(context), counter_(area, subject), gate_(gate) {}

bool ConfigReader::may_enter(std::string_view path) {
  if (gate_ == nullptr) {
    return true;
  }
  const size_t slash = path.rfind('/');
  const std::string_view directory = slash == 0 ? "/" : path.substr(0, slash);
  const auto type = gate_->refusal(directory);
  if (type) {
    counter_.cut(fmt::format("'{}' lies on {}, which is not entered", directory, *type),
                 "look at it on the machine that holds these files");
  }
  return !type;
}

bool ConfigReader::is_kernel_view(std::string_view path) {
  const auto type = context_.host.filesystem_type(path);
  if (!type || filesystem::filesystem_kind(*type) != filesystem::FilesystemKind::kKernelView) {
    return false;
  }
  counter_.cut(fmt::format("'{}' is {}, a view of the kernel, and not read", path, *type));
  return true;
}

std::optional<std::string> ConfigReader::read(std::string_view path, Absence absence) {
  if (!may_enter(path) || is_kernel_view(path)) {
    return std::nullopt;
  }
  auto content = context_.host.read_file(path);
  if (!content && content.error().code == base::ErrorCode::kNotFound &&
      absence == Absence::kNormal) {
    return std::nullopt;
  }
  counter_.asked();
  if (!content) {
    counter_.failed(content.error());
    return std::nullopt;
  }
  counter_.seen();
  if (content->truncated) {
    counter_.cut(fmt::format("'{}' is larger than {} MiB; the rest was not read", path,
                             host::kReadLimit >> 20));
  }
  return std::move(content->bytes);
}

std::vector<std::string> ConfigReader::list(std::string_view directory) {
  std::vector<std::string> names;
  if (!may_enter(join_path(directory, ".")) || is_kernel_view(directory)) {
    return names;
  }
  const auto entries = context_.host.read_directory(directory);
  if (!entries) {
    if (entries.error().code != base::ErrorCode::kNotFound) {
      counter_.asked();
      counter_.failed(entries.error());
    }
    return names;
  }
  counter_.asked();
  counter_.seen();
  names.reserve(entries->size());
  for (const auto& entry : *entries) {
    names.push_back(entry.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<host::FileStatus> ConfigReader::status(std::string_view path) const {
  auto status = context_.host.stat(path);
  return status ? std::optional(*status) : std::nullopt;
}

std::optional<host::FileStatus> ConfigReader::look(std::string_view path) {
  if (!may_enter(path)) {
    return std::nullopt;
  }
  const auto status = context_.host.stat(path);
  if (!status && status.error().code == base::ErrorCode::kNotFound) {
    return std::nullopt;
  }
  counter_.asked();
  if (!status) {
    counter_.failed(status.error());
    return std::nullopt;
  }
  counter_.seen();
  return *status;
}

std::vector<std::string> ConfigReader::expand(std::string_view pattern) {
  std::vector<std::string> paths = {""};
  size_t start = 0;
  while (start < pattern.size()) {
    const size_t end = std::min(pattern.find('/', start), pattern.size());
    const std::string_view component = pattern.substr(start, end - start);
    start = end + 1;
    if (component.empty()) {
      continue;
    }
    std::vector<std::string> next;
    for (const auto& path : paths) {
      if (!parse::is_glob(component)) {
        next.push_back(fmt::format("{}/{}", path, component));
        continue;
      }
      for (const auto& name : list(path.empty() ? "/" : path)) {
        if (!parse::glob_matches(component, name)) {
          continue;
        }
        if (next.size() >= kMaxExpanded) {
          counter_.cut(fmt::format("'{}' names more than {} paths", pattern, kMaxExpanded));
          break;
        }
        next.push_back(fmt::format("{}/{}", path, name));
      }
    }
    paths = std::move(next);
  }
  return paths;
}

void ConfigReader::notes(const std::vector<base::Note>& notes) {
  for (const auto& note : notes) {
    counter_.note(note);
  }
}

void ConfigReader::finish() {
  counter_.finish(context_.facts);
}

std::vector<Home> homes_of_accounts(const model::Facts& facts) {
  std::vector<Home> homes;
  std::set<std::string, std::less<>> seen;
  for (const auto& user : facts.read<model::User>()) {
    std::string directory = user.directory;
    if (directory.empty() || directory[0] != '/') {
      continue;
    }
    while (directory.size() > 1 && directory.back() == '/') {
      directory.pop_back();
    }
    const bool first = seen.insert(directory).second;
    homes.push_back(Home{std::move(directory), user.username, user.uid, first});
  }
  return homes;
}

std::string join_path(std::string_view directory, std::string_view name) {
  return directory == "/" ? fmt::format("/{}", name) : fmt::format("{}/{}", directory, name);
}

}  // namespace genba::collect
