// SPDX-License-Identifier: Apache-2.0
#include "host/diag_modules.h"

#include <string>
#include <string_view>
#include <vector>

#include "parse/diag_modules/diag_modules.h"

namespace genba::host {

namespace {

// include/linux/socket.h and include/uapi/linux/in.h.
constexpr uint8_t kUnix = 1;
constexpr uint8_t kInet = 2;
constexpr uint8_t kInet6 = 10;
constexpr uint8_t kTcp = 6;
constexpr uint8_t kUdp = 17;
constexpr uint8_t kRaw = 255;

// The module that handles a kind; all but unix_diag stand on inet_diag.
std::string_view module_of(const DiagFamily& family) {
  if (family.family == kUnix) {
    return "unix_diag";
  }
  return family.protocol == kTcp ? "tcp_diag" : family.protocol == kUdp ? "udp_diag" : "raw_diag";
}

// kallsyms is about 8 MB, so it is read in pieces, each ending with a whole line.
void find_builtin(const Host& host, parse::DiagModules& present) {
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
      parse::find_builtin_diag_modules(std::string_view(text).substr(0, end + 1), present);
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
  parse::DiagModules present;
  if (modules) {
    parse::find_loaded_diag_modules(modules->bytes, present);
  }
  if (present.size() < parse::kDiagModuleCount) {
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
