// SPDX-License-Identifier: Apache-2.0
#include "base/interpreters.h"

#include <algorithm>

namespace genba::base {

namespace {

constexpr std::string_view kInterpreters[] = {
    "sh",    "bash",    "rbash", "dash",    "ash",    "ksh",     "mksh",   "zsh",
    "fish",  "csh",     "tcsh",  "busybox", "python", "pypy",    "perl",   "ruby",
    "php",   "php-cgi", "node",  "nodejs",  "deno",   "bun",     "lua",    "luajit",
    "tclsh", "awk",     "gawk",  "mawk",    "java",   "Rscript", "dotnet", "mono"};

// Named by its service and its own file: whoever starts it again starts what runs in it.
constexpr std::string_view kServers[] = {"php-fpm"};

bool is_any(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::span<const std::string_view> interpreters() {
  return kInterpreters;
}

bool is_interpreter(std::string_view path) {
  return is_any(name_without_version(path), kInterpreters);
}

bool runs_scripts(std::string_view path) {
  return is_interpreter(path) || is_any(name_without_version(path), kServers);
}

std::string_view name_without_version(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.find_last_not_of("0123456789.-") + 1);
}

}  // namespace genba::base
