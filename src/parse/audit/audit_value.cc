// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/number.h"
#include "parse/audit/audit_record.h"

namespace genba::parse {
namespace {

int hex_digit(char c) {
  // The kernel and libaudit write upper case only.
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_hex(std::string_view text) {
  return text.size() >= 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0; });
}

char hex_byte(std::string_view hex, size_t pair) {
  return static_cast<char>(hex_digit(hex[2 * pair]) << 4 | hex_digit(hex[2 * pair + 1]));
}

// Whether an encoder would have had a reason (kernel: audit_string_contains_control).
bool hides_something(std::string_view hex) {
  for (size_t pair = 0; pair < hex.size() / 2; ++pair) {
    const auto byte = static_cast<uint8_t>(hex_byte(hex, pair));
    if (byte < 0x21 || byte > 0x7e || byte == '"') {
      return true;
    }
  }
  return false;
}

AuditValue append_hex(std::string_view hex, size_t cap, std::string& out) {
  const size_t room = out.size() < cap ? cap - out.size() : 0;
  const size_t count = std::min(hex.size() / 2, room);
  const size_t begin = out.size();
  out.resize(begin + count);
  for (size_t pair = 0; pair < count; ++pair) {
    out[begin + pair] = hex_byte(hex, pair);
  }
  return count * 2 == hex.size() ? AuditValue::kWhole : AuditValue::kCut;
}

AuditValue append_plain(std::string_view text, size_t cap, std::string& out) {
  const size_t room = out.size() < cap ? cap - out.size() : 0;
  out.append(text.substr(0, room));
  return text.size() <= room ? AuditValue::kWhole : AuditValue::kCut;
}

}  // namespace

AuditValue append_audit_value(std::string_view raw, AuditWriter writer, size_t cap,
                              std::string& out) {
  if (raw.empty() || raw == "(null)" || raw == "?" || raw == "(none)") {
    return AuditValue::kAbsent;
  }
  if (raw.front() == '"') {
    raw.remove_prefix(1);
    const bool closed = !raw.empty() && raw.back() == '"';
    if (closed) {
      raw.remove_suffix(1);
    }
    if (writer != AuditWriter::kKernel && raw == "?") {
      return AuditValue::kAbsent;
    }
    const AuditValue value = append_plain(raw, cap, out);
    return closed ? value : AuditValue::kCut;
  }
  if (writer != AuditWriter::kBare && is_hex(raw) &&
      (writer == AuditWriter::kKernel || hides_something(raw))) {
    return append_hex(raw, cap, out);
  }
  return append_plain(raw, cap, out);
}

AuditValue decode_audit_value(std::string_view raw, AuditWriter writer, size_t cap,
                              std::string& out) {
  out.clear();
  return append_audit_value(raw, writer, cap, out);
}

int64_t parse_audit_id(std::string_view raw) {
  constexpr uint32_t kUnset = 4294967295U;  // (uid_t)-1, linux/audit.h AUDIT_UID_UNSET
  const auto number = base::parse_number<int64_t>(raw);
  return !number || *number < 0 || *number == kUnset ? -1 : *number;
}

}  // namespace genba::parse
