// SPDX-License-Identifier: Apache-2.0
#include "host/diag_modules.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace genba::host {

namespace {

// include/linux/socket.h and include/uapi/linux/in.h.
constexpr uint8_t kUnix = 1;
constexpr uint8_t kInet = 2;
constexpr uint8_t kInet6 = 10;
constexpr uint8_t kTcp = 6;
constexpr uint8_t kUdp = 17;
constexpr uint8_t kRaw = 255;

constexpr std::array<std::string_view, 5> kModules{"inet_diag", "tcp_diag", "udp_diag", "raw_diag",
                                                   "unix_diag"};

// The module that handles a kind; all but unix_diag stand on inet_diag.
std::string_view module_of(const DiagFamily& family) {
  if (family.family == kUnix) {
    return "unix_diag";
  }
  return family.protocol == kTcp ? "tcp_diag" : family.protocol == kUdp ? "udp_diag" : "raw_diag";
}

using Names = std::set<std::string_view>;

template <class Each>
void for_each_line(std::string_view text, Each each) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    each(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

// "tcp_diag 16384 0 - Live 0xffffffffc0a0e000"
void find_loaded(std::string_view modules, Names& present) {
  for_each_line(modules, [&](std::string_view line) {
    const std::string_view name = line.substr(0, line.find(' '));
    const auto* found = std::find(kModules.begin(), kModules.end(), name);
    if (found != kModules.end() && line.find(" Live ") != std::string_view::npos) {
      present.insert(*found);
    }
  });
}

// "ffffffff82097b20 t tcp_diag_dump"; a loaded module's line ends in "[tcp_diag]".
void find_builtin(std::string_view symbols, Names& present) {
  for (size_t at = symbols.find("_diag_"); at != std::string_view::npos;
       at = symbols.find("_diag_", at + 1)) {
    const size_t space = symbols.rfind(' ', at);
    const size_t end = symbols.find('\n', at);
    if (space == std::string_view::npos || end == std::string_view::npos) {
      continue;
    }
    const std::string_view line = symbols.substr(space + 1, end - space - 1);
    const std::string_view name = line.substr(0, line.find("_diag_") + 5);
    const auto* found = std::find(kModules.begin(), kModules.end(), name);
    if (found != kModules.end() && line.find('[') == std::string_view::npos) {
      present.insert(*found);
    }
  }
}

// kallsyms is about 8 MB, so it is read in pieces, each ending with a whole line.
void find_builtin(const Host& host, Names& present) {
  auto reader = host.open_file("/proc/kallsyms");
  if (!reader) {
    return;
  }
  std::string text;
  std::vector<char> buffer(256U << 10);
  while (true) {
    const auto size = (*reader)->read(buffer);
    if (!size || *size == 0) {
      break;
    }
    text.append(buffer.data(), *size);
    const size_t end = text.rfind('\n');
    if (end != std::string::npos) {
      find_builtin(std::string_view(text).substr(0, end + 1), present);
      text.erase(0, end + 1);
    }
  }
}

}  // namespace

std::vector<DiagFamily> all_diag_families() {
  return {{kInet, kTcp}, {kInet6, kTcp}, {kInet, kUdp}, {kInet6, kUdp},
          {kInet, kRaw}, {kInet6, kRaw}, {kUnix, 0}};
}

std::vector<DiagFamily> present_diag_families(const Host& host) {
  const auto modules = host.read_file("/proc/modules", 64ULL << 20);
  if (!modules && modules.error().code == base::ErrorCode::kNotFound) {
    return all_diag_families();
  }
  Names present;
  if (modules) {
    find_loaded(modules->bytes, present);
  }
  if (present.size() < kModules.size()) {
    find_builtin(host, present);
  }
  std::vector<DiagFamily> families = all_diag_families();
  std::erase_if(families, [&](const DiagFamily& family) {
    return present.count(module_of(family)) == 0 ||
           (family.family != kUnix && present.count("inet_diag") == 0);
  });
  return families;
}

}  // namespace genba::host
