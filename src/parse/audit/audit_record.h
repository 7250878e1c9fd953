// SPDX-License-Identifier: Apache-2.0
//
// One line of auditd's log as its parts: type, time, serial and fields, still as they were written.
// Also lines of the kernel log ("audit: type=1400 audit(…): …") once their syslog head is off. The
// kernel and libaudit quote what is harmless and write the rest as hex, so a blank or a quote
// inside a value cannot forge a field; programs and kernels that do not escape exist all the same.
// So the kernel's part (before msg='…') and the program's part are kept apart: of a name that
// stands twice, kernel_field gives the first, and last_program_field what the logging library wrote
// behind the text a user could choose. journald's own audit messages ("USER_LOGIN pid=…") have no
// serial and are not records. Sources: kernel/audit.c, kernel/auditsc.c, audit-userspace
// lib/audit_logging.c and docs of the audit message format. Covered by audit_record_test.cc and
// audit_fuzz.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace genba::parse {

/// How many fields of a record are kept; the real ones have up to 40.
inline constexpr size_t kMaxAuditFields = 64;

struct AuditField {
  std::string_view name;   ///< of old LOGIN records with its adjective: "old auid", "new ses"
  std::string_view value;  ///< raw, with its quotes; a comma or bracket behind a bare one is cut
};

/// One record. Views point into the line that was parsed.
struct AuditRecord {
  int32_t type = -1;           ///< number; -1 for a name that the table does not know
  std::string_view type_name;  ///< "SYSCALL"; as written when unknown, empty for an unknown number
  std::string_view node;       ///< of node=, else empty
  int64_t seconds = 0;         ///< since 1970, UTC; below the year 10000
  int32_t millisecond = 0;     ///< 0-999
  uint64_t serial = 0;
  std::string_view rest;  ///< everything behind the time and serial
  // What split_audit_fields fills in.
  std::string_view body;      ///< the kernel's part of `rest`
  std::string_view program;   ///< inside msg='…', which any program with CAP_AUDIT_WRITE words
  std::string_view enriched;  ///< behind 0x1d: names that auditd looked up ("UID="root"")
  std::array<AuditField, kMaxAuditFields> fields;
  size_t field_count = 0;
  size_t program_begin = 0;     ///< index of the first field from `program`
  uint32_t dropped_fields = 0;  ///< past kMaxAuditFields

  /// The first such field of the kernel's part.
  std::optional<std::string_view> kernel_field(std::string_view name) const;
  std::optional<std::string_view> first_program_field(std::string_view name) const;
  std::optional<std::string_view> last_program_field(std::string_view name) const;
  /// kernel_field, else first_program_field.
  std::optional<std::string_view> field(std::string_view name) const;
};

/// Takes a line (its line end may be there) up to its serial; false when it is not a record: no
/// type, no time with milliseconds and serial. Of the fields only `rest` is set.
bool parse_audit_head(std::string_view line, AuditRecord& out);
/// Divides `rest` into body, program and enriched without looking for fields.
void split_audit_parts(AuditRecord& out);
/// split_audit_parts, and the fields.
void split_audit_fields(AuditRecord& out);
/// All of the above.
bool parse_audit_record(std::string_view line, AuditRecord& out);

/// Walks name=value fields without a limit on their number; words without '=' are passed over.
class AuditFieldReader {
 public:
  explicit AuditFieldReader(std::string_view text)
      : at_(text.data()), end_(text.data() + text.size()) {}
  bool next(AuditField& out);

 private:
  bool take_name(AuditField& out);
  void take_value(AuditField& out);

  const char* at_;
  const char* end_;
};

/// Who wrote a value. The kernel writes as hex only what needs it, and quotes the rest. Old
/// programs also write bare text, so their hex counts only when what it hides needed hiding.
enum class AuditWriter : uint8_t {
  kKernel,
  kProgram,
  kBare,  ///< never hex: addr=, hostname=, terminal=, tty=, id=, op=, unit=
};

enum class AuditValue : uint8_t {
  kAbsent,  ///< empty, (null), ?, (none); from a program also "?"
  kWhole,
  kCut,  ///< longer than the cap, or its hex breaks off
};

/// Appends the bytes of a quoted, hex or plain value to `out`, as long as `out` is below `cap`
/// bytes.
AuditValue append_audit_value(std::string_view raw, AuditWriter writer, size_t cap,
                              std::string& out);
/// The same into an emptied `out`.
AuditValue decode_audit_value(std::string_view raw, AuditWriter writer, size_t cap,
                              std::string& out);

/// A user, group, login or process id; -1 for unset, 4294967295 and nonsense.
int64_t parse_audit_id(std::string_view raw);

}  // namespace genba::parse
