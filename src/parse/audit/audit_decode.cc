// SPDX-License-Identifier: Apache-2.0
#include "parse/audit/audit_decode.h"

#include <algorithm>
#include <array>

#include "base/number.h"
#include "parse/audit/audit_decode_detail.h"
#include "parse/text_lines/text_lines.h"

namespace genba::parse {
namespace {

constexpr size_t kMaxDetail = 1024;
// Above this a buffer is not kept for the next event: 1,024 slots with 17 texts may lie about.
constexpr size_t kLargeBuffer = 512;
// Types that are decoded in their own way.
constexpr int32_t kSockaddr = 1306;
constexpr int32_t kExecve = 1309;
constexpr int32_t kPath = 1302;
constexpr int32_t kAvc = 1400;

void empty(std::string& text) {
  if (text.capacity() > kLargeBuffer) {
    std::string().swap(text);
  } else {
    text.clear();
  }
}

void set_id(std::string_view raw, int64_t& out) {
  if (out < 0) {
    out = parse_audit_id(raw);
  }
}

/// The ids of one record: of a name that stands twice, the first counts even when it is unset.
class FirstIds {
 public:
  explicit FirstIds(AuditEvent& event) : event_(event) {}

  bool take(std::string_view name, std::string_view value) {
    // All of kNames end in "id" or "ses"; most fields do not.
    if (name.back() != 'd' && name.back() != 's') {
      return false;
    }
    for (size_t i = 0; i < kNames.size(); ++i) {
      if (name == kNames[i].first) {
        const unsigned bit = 1U << i;
        if ((seen_ & bit) == 0) {
          set_id(value, event_.*kNames[i].second);
        }
        seen_ |= bit;
        return true;
      }
    }
    return false;
  }

 private:
  static constexpr std::array<std::pair<std::string_view, int64_t AuditEvent::*>, 8> kNames = {
      {{"pid", &AuditEvent::pid},
       {"uid", &AuditEvent::uid},
       {"ses", &AuditEvent::ses},
       {"ppid", &AuditEvent::ppid},
       {"euid", &AuditEvent::euid},
       {"auid", &AuditEvent::auid},
       {"new ses", &AuditEvent::ses},
       {"new auid", &AuditEvent::auid}}};

  AuditEvent& event_;
  unsigned seen_ = 0;
};

/// arch= and syscall= of one record.
struct Call {
  uint32_t arch = 0;
  std::string_view number;

  void name_into(std::string& out) const {
    const auto value = base::parse_number<int64_t>(number);
    const AuditSyscall known = value ? find_audit_syscall(arch, *value) : AuditSyscall{};
    out.assign(known.name.empty() ? number.substr(0, 32) : known.name);
  }
};

void take_key(std::string_view raw, AuditEvent& event) {
  if (event.key.empty()) {
    set_first_audit_text(raw, AuditWriter::kKernel, event.key, event);
    // AUDIT_KEY_SEPARATOR (audit-userspace lib/libaudit.h).
    std::replace(event.key.begin(), event.key.end(), '\x01', ',');
  }
}

/// One field of the kernel's part that is not an id.
void take_kernel_field(const AuditField& field, const AuditRecord& record, Call& call,
                       AuditEvent& event) {
  const std::string_view name = field.name;
  const auto text = [&](AuditWriter writer, std::string& out) {
    set_first_audit_text(field.value, writer, out, event);
  };
  if (is_audit_object_name(name, record)) {
    text(audit_object_writer(record.type), event.object);
  } else if (name == "key") {
    take_key(field.value, event);
  } else if (name == "exe") {
    text(AuditWriter::kKernel, event.exe);
  } else if (name == "comm") {
    text(AuditWriter::kKernel, event.comm);
  } else if (name == "tty") {
    text(AuditWriter::kBare, event.terminal);
  } else if (name == "success") {
    event.success = event.success ? event.success : audit_success_of(field.value);
  } else if (name == "exit") {
    event.exit = event.exit ? event.exit : parse_decimal(field.value);
  } else if (name == "arch") {
    call.arch = base::parse_number<uint32_t>(field.value, base::Radix::kHex).value_or(0);
  } else if (name == "syscall") {
    call.number = field.value;
  } else if (name == "res") {
    set_audit_result(field.value, event);
  } else if (name == "op" || name == "operation") {
    text(AuditWriter::kBare, event.operation);
  } else if (name == "cwd") {
    text(AuditWriter::kKernel, event.cwd);
  } else if (name == "apparmor") {
    text(AuditWriter::kBare, event.result);
  } else if (name == "data" && event.command_line.empty()) {
    note_audit_cut(
        decode_audit_value(field.value, AuditWriter::kKernel, kMaxAuditCommand, event.command_line),
        event);
  }
}

void take_proctitle(std::string_view raw, AuditEvent& event) {
  if (!event.command_line.empty() || event.has(AuditRecordBit::kExecve)) {
    return;
  }
  note_audit_cut(
      decode_audit_value(raw, AuditWriter::kKernel, kMaxAuditCommand, event.command_line), event);
  while (!event.command_line.empty() && event.command_line.back() == '\0') {
    event.command_line.pop_back();
  }
  std::replace(event.command_line.begin(), event.command_line.end(), '\0', ' ');
}

void take_names(std::string_view enriched, AuditEvent& event) {
  AuditFieldReader reader(enriched);
  AuditField field;
  // "unset" is auditd's word for 4294967295.
  const auto set_name = [&](std::string& out) {
    if (out.empty() && field.value != "\"unset\"") {
      set_first_audit_text(field.value, AuditWriter::kProgram, out, event);
    }
  };
  while (reader.next(field)) {
    if (field.name == "UID") {
      set_name(event.uid_name);
    } else if (field.name == "AUID") {
      set_name(event.auid_name);
    } else if (field.name == "SYSCALL" && field.value.size() <= 32 &&
               base::parse_number<int64_t>(event.syscall)) {
      event.syscall.assign(field.value);
    } else if (field.name == "ID" && base::parse_number<int64_t>(event.account)) {
      std::string name;
      if (decode_audit_value(field.value, AuditWriter::kProgram, kMaxAuditText, name) !=
          AuditValue::kAbsent) {
        event.account = std::move(name);
      }
    }
  }
}

void decode_kernel_part(const AuditRecord& record, AuditEvent& event) {
  FirstIds ids(event);
  Call call;
  AuditFieldReader reader(record.body);
  AuditField field;
  while (reader.next(field)) {
    if (!ids.take(field.name, field.value)) {
      if (field.name == "proctitle") {
        take_proctitle(field.value, event);
      } else {
        take_kernel_field(field, record, call, event);
      }
    }
  }
  if (!call.number.empty() && event.syscall.empty()) {
    call.name_into(event.syscall);
  }
  if (record.type == kAvc) {
    take_audit_avc_words(record.body, event);
  }
}

void set_kind(const AuditRecord& record, const AuditType* type, AuditAssembly& assembly) {
  const AuditRank rank = type == nullptr ? AuditRank::kHead : type->rank;
  if (!assembly.event.kind.empty() && rank <= assembly.rank) {
    return;
  }
  assembly.rank = rank;
  assembly.event.type = record.type;
  assembly.event.kind = type == nullptr ? "other" : type->kind;
}

bool has_field_of_its_own(const AuditEvent& event) {
  for (const AuditRecordBit bit :
       {AuditRecordBit::kUserAuth, AuditRecordBit::kUserAcct, AuditRecordBit::kCredentials,
        AuditRecordBit::kUserStart, AuditRecordBit::kUserEnd, AuditRecordBit::kUserLogin,
        AuditRecordBit::kUserLogout, AuditRecordBit::kUserCmd, AuditRecordBit::kServiceStart,
        AuditRecordBit::kServiceStop, AuditRecordBit::kTty}) {
    if (event.has(bit)) {
      return true;
    }
  }
  return false;
}

}  // namespace

void AuditAssembly::reset() {
  AuditEvent fresh;
  for (std::string AuditEvent::*text :
       {&AuditEvent::node, &AuditEvent::uid_name, &AuditEvent::auid_name, &AuditEvent::syscall,
        &AuditEvent::exe, &AuditEvent::comm, &AuditEvent::command_line, &AuditEvent::cwd,
        &AuditEvent::account, &AuditEvent::terminal, &AuditEvent::address, &AuditEvent::hostname,
        &AuditEvent::key, &AuditEvent::result, &AuditEvent::operation, &AuditEvent::object,
        &AuditEvent::detail}) {
    (fresh.*text).swap(event.*text);
    empty(fresh.*text);
  }
  fresh.paths.swap(event.paths);
  fresh.paths.clear();
  event = std::move(fresh);
  rank = AuditRank::kPart;
  last_argument = -1;
}

void begin_audit_event(const AuditRecord& record, uint64_t offset, AuditAssembly& assembly) {
  AuditEvent& event = assembly.event;
  event.seconds = record.seconds;
  event.millisecond = record.millisecond;
  event.serial = record.serial;
  event.node.assign(record.node);
  event.offset = offset;
}

void count_audit_record(const AuditRecord& record, AuditAssembly& assembly) {
  const AuditType* type = find_audit_type(record.type);
  const AuditRecordBit bit = type == nullptr ? AuditRecordBit::kOther : type->bit;
  ++assembly.event.records;
  assembly.event.types |= uint64_t{1} << static_cast<unsigned>(bit);
  set_kind(record, type, assembly);
}

void decode_audit_record(AuditRecord& record, AuditAssembly& assembly) {
  AuditEvent& event = assembly.event;
  split_audit_parts(record);
  switch (record.type) {
    case kExecve: decode_audit_execve(record, assembly); return;
    case kPath: decode_audit_path(record, event); return;
    case kSockaddr: decode_audit_sockaddr(record, event); return;
    default: break;
  }
  decode_kernel_part(record, event);
  if (!record.program.empty()) {
    decode_audit_program(record, event);
  }
  if (!record.enriched.empty()) {
    take_names(record.enriched, event);
  }
  if (assembly.rank == AuditRank::kHead && event.type == record.type && event.detail.empty() &&
      !has_field_of_its_own(event)) {
    event.detail.assign(record.rest.substr(0, std::min(record.rest.find('\x1d'), kMaxDetail)));
  }
}

void finish_audit_event(AuditAssembly& assembly) {
  AuditEvent& event = assembly.event;
  if (assembly.rank == AuditRank::kSyscall) {
    if (event.syscall == "execve" || event.syscall == "execveat") {
      event.kind = "execve";
    } else if (event.syscall == "init_module" || event.syscall == "finit_module") {
      event.kind = "module_load";
    }
  }
  if (event.syscall == "delete_module" &&
      (assembly.rank == AuditRank::kSyscall || event.kind == "module_load")) {
    event.kind = "module_unload";
  }
  if (!event.success && (event.result == "denied" || event.result == "DENIED")) {
    event.success = false;
  }
}

}  // namespace genba::parse
