// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "parse/audit/audit_decode_detail.h"
#include "parse/text_lines/text_lines.h"

namespace genba::parse {
namespace {

constexpr int32_t kAvc = 1400;
constexpr int32_t kUserAvc = 1107;

/// Fields of msg='…'.
class ProgramPart {
 public:
  ProgramPart(const AuditRecord& record, AuditEvent& event) : record_(record), event_(event) {}

  void decode() {
    AuditFieldReader reader(record_.program);
    AuditField field;
    const char* free_text = record_.program.data();
    const char* op = nullptr;
    while (reader.next(field)) {
      end_free_text(free_text, field.name.data());
      end_operation(op, field.name.data());
      if (field.name == "op" && event_.operation.empty() && !field.value.empty()) {
        op = field.value.data();
      } else {
        take(field);
      }
    }
    const char* end = record_.program.data() + record_.program.size();
    end_free_text(free_text, end);
    end_operation(op, end);
    if (record_.type == kUserAvc) {
      take_audit_avc_words(record_.program, event_);
    }
  }

 private:
  // RHEL 5 has words in front instead of op=: msg='PAM: authentication acct=…'.
  void end_free_text(const char*& begin, const char* end) {
    if (begin != nullptr && begin != end) {
      const std::string_view text(begin, static_cast<size_t>(end - begin));
      event_.operation.assign(trim_back(trim_front(text.substr(0, 256))));
    }
    begin = nullptr;
  }

  // "op=adding user id=1001": the words up to the next field belong to it.
  void end_operation(const char*& begin, const char* end) {
    if (begin == nullptr) {
      return;
    }
    std::string_view text(begin, static_cast<size_t>(end - begin));
    if (text.front() == '"') {
      text = text.substr(0, text.find('"', 1));
      text.remove_prefix(1);
    }
    event_.operation.assign(trim_back(trim_front(text.substr(0, 256))));
    begin = nullptr;
  }

  void take(const AuditField& field) {
    const std::string_view name = field.name;
    if (name == "exe") {
      set_last(field.value, AuditWriter::kProgram, event_.exe, kExe);
    } else if (name == "hostname") {
      set_last(field.value, AuditWriter::kBare, event_.hostname, kHostname);
    } else if (name == "addr") {
      set_last(field.value, AuditWriter::kBare, event_.address, kAddress);
    } else if (name == "terminal") {
      set_last(field.value, AuditWriter::kBare, event_.terminal, kTerminal);
    } else if (name == "res" || name == "result") {
      count(kResult);
      set_audit_result(field.value, event_);
    } else if (name == "acct") {
      count(kAccount);
      take_account(field.value);
    } else if (name == "id") {
      set_first_audit_text(field.value, AuditWriter::kBare, event_.account, event_);
    } else if (name == "cmd" && event_.command_line.empty()) {
      note_audit_cut(decode_audit_value(field.value, AuditWriter::kProgram, kMaxAuditCommand,
                                        event_.command_line),
                     event_);
    } else if (name == "cwd") {
      set_first_audit_text(field.value, AuditWriter::kProgram, event_.cwd, event_);
    } else if (name == "comm") {
      set_first_audit_text(field.value, AuditWriter::kProgram, event_.comm, event_);
    } else if (is_audit_object_name(name, record_)) {
      set_first_audit_text(field.value, audit_object_writer(record_.type), event_.object, event_);
    }
  }

  // A name, which counts more than the number of an id= before it.
  void take_account(std::string_view raw) {
    std::string name;
    const AuditValue value = append_audit_value(raw, AuditWriter::kProgram, kMaxAuditText, name);
    if (account_is_name_ || value == AuditValue::kAbsent) {
      return;
    }
    account_is_name_ = true;
    event_.account = std::move(name);
    note_audit_cut(value, event_);
  }

  enum Bit : unsigned {
    kExe = 1,
    kHostname = 2,
    kAddress = 4,
    kTerminal = 8,
    kResult = 16,
    kAccount = 32
  };

  void count(Bit bit) {
    event_.repeated = event_.repeated || (seen_ & bit) != 0;
    seen_ |= bit;
  }

  void set_last(std::string_view raw, AuditWriter writer, std::string& out, Bit bit) {
    count(bit);
    note_audit_cut(decode_audit_value(raw, writer, kMaxAuditText, out), event_);
  }

  const AuditRecord& record_;
  AuditEvent& event_;
  bool account_is_name_ = false;
  unsigned seen_ = 0;
};

}  // namespace

void note_audit_cut(AuditValue value, AuditEvent& event) {
  event.cut = event.cut || value == AuditValue::kCut;
}

/// Decodes `raw` into a text that is still empty.
void set_first_audit_text(std::string_view raw, AuditWriter writer, std::string& out,
                          AuditEvent& event) {
  if (out.empty()) {
    note_audit_cut(append_audit_value(raw, writer, kMaxAuditText, out), event);
  }
}

std::optional<bool> audit_success_of(std::string_view word) {
  if (word == "success" || word == "yes" || word == "1") {
    return true;
  }
  if (word == "failed" || word == "no" || word == "0" || word == "fail" || word == "failure") {
    return false;
  }
  return std::nullopt;
}

void set_audit_result(std::string_view raw, AuditEvent& event) {
  event.result.assign(raw.substr(0, 32));
  event.success = audit_success_of(raw);
}

/// What the event is about, under the name its type has for it.
bool is_audit_object_name(std::string_view name, const AuditRecord& record) {
  switch (record.type) {
    case 1330:
    case 1800:
    case 1801: return name == "name";
    case 1325: return name == "table";
    case 1334: return name == "prog-id";
    case 1700: return name == "dev";
    case 1702:
    case 1703: return name == "path";
    case kAvc: return name == "path" || name == "name";
    case 1130:
    case 1131: return name == "unit";
    case 1138: return name == "sw";
    default: return false;
  }
}

/// How that is written.
AuditWriter audit_object_writer(int32_t type) {
  const bool bare = type == 1325 || type == 1334 || type == 1700 || type == 1130 || type == 1131;
  return bare ? AuditWriter::kBare : AuditWriter::kKernel;
}

/// "avc:  denied  { read write } for  pid=…"
void take_audit_avc_words(std::string_view text, AuditEvent& event) {
  const std::string_view head = text.substr(0, 256);
  if (!head.starts_with("avc:")) {
    return;
  }
  const size_t open = head.find('{');
  const size_t close = head.find('}');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return;
  }
  const std::string_view verdict = trim_back(trim_front(head.substr(4, open - 4)));
  event.result.assign(verdict);
  event.operation.assign(trim_back(trim_front(head.substr(open + 1, close - open - 1))));
}

void decode_audit_program(const AuditRecord& record, AuditEvent& event) {
  ProgramPart(record, event).decode();
}

}  // namespace genba::parse
