// SPDX-License-Identifier: Apache-2.0
#include "whole/trace_acting.h"

#include <algorithm>
#include <array>

#include "base/number.h"

namespace genba::test {

namespace {

constexpr std::string_view kGroups = "/sys/fs/cgroup/";
constexpr std::string_view kOwnGroup = "genba-";

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}
std::string_view directory_of(std::string_view path) {
  return path.substr(0, path.rfind('/'));
}

}  // namespace

const char* reason_against_ending(const TracedCall& call, const std::set<int64_t>& own,
                                  const TraceRules& rules) {
  if (call.name == "kill" && has(call.arguments, ", 0)")) {
    return nullptr;
  }
  if (call.name != "pidfd_send_signal" || !has(call.arguments, ", SIGKILL,")) {
    return "sends a signal";
  }
  // "5<pid:77>"; what has ended already has no number, and no harm can come to it.
  const std::string_view target = descriptor_target(call.arguments);
  const auto pid =
      target.starts_with("pid:") ? base::parse_number<int64_t>(target.substr(4)) : std::nullopt;
  if (!pid) {
    return has(call.arguments, "ESRCH") ? nullptr : "ends a process that cannot be told";
  }
  return own.count(*pid) != 0 || rules.may_end.count(*pid) != 0
             ? nullptr
             : "ends a process that nobody named";
}

const char* reason_against_socket(const TracedCall& call, Deeds deeds) {
  if (call.arguments.starts_with("AF_NETLINK,")) {
    return nullptr;
  }
  constexpr std::array<std::string_view, 3> kOfProofs{"AF_INET,", "AF_INET6,", "AF_PACKET,"};
  const bool of_proof = std::any_of(kOfProofs.begin(), kOfProofs.end(), [&](auto family) {
    return call.arguments.starts_with(family);
  });
  const bool without_connection =
      has(call.arguments, " SOCK_DGRAM|") || has(call.arguments, " SOCK_RAW|");
  return deeds == Deeds::kProve && of_proof && without_connection
             ? nullptr
             : "opens a socket that could send";
}

const char* reason_against_sending(const TracedCall& call, Deeds deeds) {
  const bool to_address = has(call.arguments, "sin_addr") || has(call.arguments, "sin6_addr");
  if (has(call.arguments, "sun_path") || (to_address && deeds != Deeds::kProve)) {
    return "sends to an address";
  }
  // Raw sockets have no port: the kernel wants 0.
  const bool to_nobody =
      has(call.arguments, "_port=htons(9)") || has(call.arguments, "_port=htons(0)");
  return !to_address || to_nobody ? nullptr : "sends to a port where somebody may listen";
}

bool is_freezer_file(std::string_view path) {
  constexpr std::array<std::string_view, 3> kInOwnGroups{"cgroup.freeze", "cgroup.kill",
                                                         "freezer.state"};
  if (!path.starts_with(kGroups)) {
    return false;
  }
  return name_of(path) == "cgroup.procs" || (std::find(kInOwnGroups.begin(), kInOwnGroups.end(),
                                                       name_of(path)) != kInOwnGroups.end() &&
                                             is_own_group(directory_of(path)));
}

bool is_own_group(std::string_view path) {
  return path.starts_with(kGroups) && name_of(path).starts_with(kOwnGroup);
}

bool is_opened_to_act(std::string_view path, std::string_view arguments) {
  constexpr std::array<std::string_view, 4> kOfTheKernel{
      "/proc/self/loginuid", "/proc/self/stat", "/proc/modules", "/proc/thread-self/ns/net"};
  return std::find(kOfTheKernel.begin(), kOfTheKernel.end(), path) != kOfTheKernel.end() ||
         // What was opened by O_PATH and found to be a namespace.
         path.starts_with("/proc/thread-self/fd/") ||
         (path.starts_with(kGroups) && has(arguments, "O_DIRECTORY"));
}

bool leads_to_any(std::string_view path, const std::vector<std::string>& outputs) {
  return std::any_of(outputs.begin(), outputs.end(), [&](const std::string& output) {
    return output.starts_with(std::string(path) + "/");
  });
}

}  // namespace genba::test
