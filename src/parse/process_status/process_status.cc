// SPDX-License-Identifier: Apache-2.0
#include "parse/process_status/process_status.h"

#include "base/number.h"
#include "parse/fields.h"

namespace genba::parse {
namespace {

std::optional<ProcessIds> parse_ids(std::string_view value) {
  const auto real = base::parse_number<int64_t>(next_field(value));
  const auto effective = base::parse_number<int64_t>(next_field(value));
  const auto saved = base::parse_number<int64_t>(next_field(value));
  if (!real || !effective || !saved) {
    return std::nullopt;
  }
  return ProcessIds{*real, *effective, *saved};
}

template <class Integer>
void set_once(std::optional<Integer>& field, std::string_view value,
              base::Radix radix = base::Radix::kDecimal) {
  if (!field) {
    field = base::parse_number<Integer>(next_field(value), radix);
  }
}

void set_kilobytes(std::optional<int64_t>& field, std::string_view value) {
  const auto kilobytes = base::parse_number<int64_t>(next_field(value));
  if (!field && kilobytes && *kilobytes >= 0 && *kilobytes < INT64_MAX / 1024) {
    field = *kilobytes * 1024;
  }
}

int count_fields(std::string_view value) {
  int count = 0;
  while (!next_field(value).empty()) {
    ++count;
  }
  return count;
}

void read_line(std::string_view key, std::string_view value, ProcessStatus& status) {
  if (key == "Tgid") {
    set_once(status.thread_group, value);
  } else if (key == "PPid") {
    set_once(status.parent, value);
  } else if (key == "TracerPid") {
    set_once(status.tracer_pid, value);
  } else if (key == "Threads") {
    set_once(status.threads, value);
  } else if (key == "VmSize") {
    set_kilobytes(status.virtual_size, value);
  } else if (key == "VmRSS") {
    set_kilobytes(status.resident_size, value);
  } else if (key == "CapEff") {
    set_once(status.cap_effective, value, base::Radix::kHex);
  } else if (key == "Seccomp") {
    set_once(status.seccomp, value);
  } else if (key == "NoNewPrivs" && !status.no_new_privs) {
    const auto flag = base::parse_number<int>(next_field(value));
    status.no_new_privs = flag ? std::optional(*flag != 0) : std::nullopt;
  } else if (key == "NSpid") {
    status.namespace_depth = count_fields(value);
  }
}

}  // namespace

base::Result<ProcessStatus> parse_process_status(std::string_view bytes) {
  ProcessStatus status;
  std::optional<ProcessIds> uid;
  std::optional<ProcessIds> gid;
  while (!bytes.empty()) {
    std::string_view value = next_line(bytes);
    const std::string_view key = next_until(value, ':');
    if (key == "Uid" && !uid) {
      uid = parse_ids(value);
    } else if (key == "Gid" && !gid) {
      gid = parse_ids(value);
    } else {
      read_line(key, value, status);
    }
  }
  if (!uid || !gid) {
    return base::fail(base::ErrorCode::kDamaged, "status without its Uid or Gid line");
  }
  status.uid = *uid;
  status.gid = *gid;
  return status;
}

}  // namespace genba::parse
