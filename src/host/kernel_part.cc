// SPDX-License-Identifier: Apache-2.0
#include "host/kernel_part.h"

#include <string>
#include <vector>

#include "base/cursor.h"
#include "base/split.h"

namespace genba::host {

namespace {

// "nf_conntrack_netlink 57344 0 - Live 0x0000000000000000"
bool is_live(std::string_view modules, std::string_view module) {
  base::Lines lines(modules);
  while (const auto line = lines.next()) {
    const auto words = base::split_words(line->text);
    if (words.size() >= 5 && words[0] == module && words[4] == "Live") {
      return true;
    }
  }
  return false;
}

// "ffffffff81000000 t ctnetlink_dump_table", and "[module]" behind what is loaded.
bool has_builtin(std::string_view symbols, std::string_view function) {
  base::Lines lines(symbols);
  while (const auto line = lines.next()) {
    const auto words = base::split_words(line->text);
    if (words.size() == 3 && words[2].starts_with(function)) {
      return true;
    }
  }
  return false;
}

// kallsyms is about 8 MB, so it is read in pieces, each ending with a whole line.
bool find_builtin(const Host& host, std::string_view function) {
  const auto reader = host.open_file("/proc/kallsyms");
  std::string text;
  std::vector<char> buffer(256U << 10);
  while (reader) {
    const auto size = (*reader)->read(buffer);
    if (!size || *size == 0) {
      break;
    }
    text.append(buffer.data(), *size);
    const size_t end = text.rfind('\n') + 1;
    if (has_builtin(std::string_view(text).substr(0, end), function)) {
      return true;
    }
    text.erase(0, end);
  }
  return false;
}

}  // namespace

bool kernel_has(const Host& host, std::string_view module, std::string_view function) {
  const auto modules = host.read_file("/proc/modules", 64ULL << 20);
  if (!modules && modules.error().code == base::ErrorCode::kNotFound) {
    return true;
  }
  return (modules && is_live(modules->bytes, module)) || find_builtin(host, function);
}

}  // namespace genba::host
