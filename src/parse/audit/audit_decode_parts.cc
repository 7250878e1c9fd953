// SPDX-License-Identifier: Apache-2.0
#include "base/address.h"
#include "base/number.h"
#include "parse/audit/audit_decode_detail.h"

namespace genba::parse {
namespace {

/// The number between 'a' and '=' or '[' of an EXECVE field; -1 for argc and a0_len.
int64_t argument_index(std::string_view name) {
  if (name.size() < 2 || name.front() != 'a') {
    return -1;
  }
  name.remove_prefix(1);
  const auto index = base::parse_prefix<int64_t>(name);
  if (!index || *index < 0 || (!name.empty() && name.front() != '[')) {
    return -1;
  }
  return *index;
}

}  // namespace

void decode_audit_execve(const AuditRecord& record, AuditAssembly& assembly) {
  AuditEvent& event = assembly.event;
  if (assembly.last_argument < 0) {
    event.command_line.clear();
  }
  AuditFieldReader reader(record.body);
  AuditField field;
  while (reader.next(field)) {
    const int64_t index = argument_index(field.name);
    if (index < 0) {
      continue;
    }
    if (event.command_line.size() >= kMaxAuditCommand) {
      event.cut = true;
      return;
    }
    if (assembly.last_argument >= 0 && index != assembly.last_argument) {
      event.command_line += ' ';
    }
    assembly.last_argument = index;
    note_audit_cut(
        append_audit_value(field.value, AuditWriter::kKernel, kMaxAuditCommand, event.command_line),
        event);
  }
}

void decode_audit_path(const AuditRecord& record, AuditEvent& event) {
  AuditPath path;
  AuditFieldReader reader(record.body);
  AuditField field;
  while (reader.next(field)) {
    if (field.name == "name") {
      set_first_audit_text(field.value, AuditWriter::kKernel, path.name, event);
    } else if (field.name == "nametype" || field.name == "objtype") {
      path.nametype.assign(field.value.substr(0, 15));
    } else if (field.name == "mode") {
      path.mode = base::parse_number<int64_t>(field.value, base::Radix::kOctal).value_or(-1);
    } else if (field.name == "ouid") {
      path.ouid = parse_audit_id(field.value);
    }
  }
  if (path.name.empty()) {
    return;
  }
  if (event.paths.size() < kMaxAuditPaths) {
    event.paths.push_back(std::move(path));
  } else {
    event.cut = true;
  }
}

/// The sockaddr of a call, in the byte order of the machine that wrote it (its family shows it).
void decode_audit_sockaddr(const AuditRecord& record, AuditEvent& event) {
  constexpr size_t kLargestSockaddr = 128;  // struct sockaddr_storage
  constexpr unsigned kUnix = 1;
  constexpr unsigned kIpv4 = 2;
  constexpr unsigned kIpv6 = 10;
  AuditFieldReader reader(record.body);
  AuditField field;
  while (reader.next(field) && field.name != "saddr") {
  }
  std::string raw;
  if (field.name != "saddr" || !event.address.empty()) {
    return;
  }
  (void)append_audit_value(field.value, AuditWriter::kKernel, kLargestSockaddr, raw);
  if (raw.size() < 4) {
    return;
  }
  const auto byte = [&](size_t at) { return static_cast<unsigned>(static_cast<uint8_t>(raw[at])); };
  const unsigned family = byte(0) != 0 ? byte(0) : byte(1);
  const std::string_view bytes = raw;
  if ((family == kIpv4 && raw.size() >= 8) || (family == kIpv6 && raw.size() >= 24)) {
    const auto address =
        base::address_from_bytes(family == kIpv4 ? bytes.substr(4, 4) : bytes.substr(8, 16));
    event.address = address ? base::to_text(*address) : std::string();
    event.port = static_cast<int32_t>(byte(2) << 8 | byte(3));
  } else if (family == kUnix && event.object.empty()) {
    // An abstract name starts with a NUL, which ss(8) and others show as '@'.
    const bool abstract = raw[2] == '\0';
    std::string_view name = bytes.substr(abstract ? 3 : 2);
    name = name.substr(0, name.find('\0'));
    event.object.assign(abstract ? "@" : "").append(name);
  }
}

}  // namespace genba::parse
