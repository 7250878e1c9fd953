// SPDX-License-Identifier: Apache-2.0
#include "parse/audit/audit_record.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/number.h"
#include "parse/audit/audit_types.h"

namespace genba::parse {
namespace {

constexpr char kEnrichedMark = '\x1d';  // audit-userspace lib/libaudit.h: AUDIT_INTERP_SEPARATOR
constexpr int64_t kYear10000 = 253'402'300'800;
constexpr size_t kLongestTypeName = 64;

std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' ')) {
    line.remove_suffix(1);
  }
  return line;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

template <class Integer>
bool take_digits(std::string_view& text, Integer& out) {
  if (text.empty() || text.front() < '0' || text.front() > '9') {
    return false;
  }
  const auto number = base::parse_prefix<Integer>(text);
  out = number.value_or(0);
  return number.has_value();
}

// "UNKNOWN[1323]", "1400" or a name.
void set_type(std::string_view word, AuditRecord& out) {
  // The five types that fill a log need no search.
  static constexpr std::array<std::pair<std::string_view, int32_t>, 5> kCommon = {
      {{"PATH", 1302}, {"SYSCALL", 1300}, {"CWD", 1307}, {"EXECVE", 1309}, {"PROCTITLE", 1327}}};
  for (const auto& [name, number] : kCommon) {
    if (word == name) {
      out.type = number;
      out.type_name = name;
      return;
    }
  }
  std::string_view digits = word;
  if (take(digits, "UNKNOWN[") && !digits.empty() && digits.back() == ']') {
    digits.remove_suffix(1);
  }
  const AuditType* type = nullptr;
  if (const auto number = base::parse_number<int32_t>(digits); number && *number >= 0) {
    out.type = *number;
    out.type_name = {};
    type = find_audit_type(*number);
  } else {
    out.type = -1;
    out.type_name = word;
    type = find_audit_type(word);
  }
  if (type != nullptr) {
    out.type = type->number;
    out.type_name = type->name;
  }
}

bool take_word_after(std::string_view& text, std::string_view prefix, size_t longest,
                     std::string_view& word) {
  if (!take(text, prefix)) {
    return false;
  }
  const size_t end = text.substr(0, longest + 1).find(' ');
  if (end == std::string_view::npos || end == 0) {
    return false;
  }
  word = text.substr(0, end);
  text.remove_prefix(end + 1);
  return true;
}

bool take_stamp(std::string_view& text, AuditRecord& out) {
  take(text, "msg=");
  if (!take(text, "audit(") || !take_digits(text, out.seconds) || !take(text, ".")) {
    return false;
  }
  const size_t before = text.size();
  if (!take_digits(text, out.millisecond) || before - text.size() > 3) {
    return false;
  }
  return take(text, ":") && take_digits(text, out.serial) && take(text, "):") &&
         out.seconds < kYear10000;
}

std::optional<std::string_view> find_field(const AuditField* begin, const AuditField* end,
                                           std::string_view name) {
  for (const AuditField* field = begin; field != end; ++field) {
    if (field->name == name) {
      return field->value;
    }
  }
  return std::nullopt;
}

// Where `mark` stands outside of quotes. The kernel writes a text that holds a quote as hex, so an
// odd number of them before it means that someone called his process "UID=".
size_t find_unquoted(std::string_view text, std::string_view mark) {
  size_t counted = 0;
  bool is_quoted = false;
  for (size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + 1)) {
    for (; counted < at; ++counted) {
      is_quoted = is_quoted != (text[counted] == '"');
    }
    if (!is_quoted) {
      return at;
    }
  }
  return std::string_view::npos;
}

// A log that went through a terminal has lost its marks: key="exec"ARCH=x86_64 SYSCALL=…
// UID="root". The kernel writes no upper-case field of its own.
void take_glued_names(AuditRecord& out) {
  const std::string_view text = out.rest;
  if (text.empty() || text.back() != '"') {
    return;
  }
  size_t at = find_unquoted(text, "UID=\"");
  if (at == std::string_view::npos) {
    return;
  }
  at = std::min(at, find_unquoted(text, "ARCH="));
  while (at > 0 && (text[at - 1] == 'A' || text[at - 1] == 'O')) {  // AUID, OUID
    --at;
  }
  if (at > 0 && text[at - 1] != ' ') {
    out.body = text.substr(0, at);
    out.enriched = text.substr(at);
  }
}

// Splits off what auditd's enriched format adds. Only a program's text can hold the mark itself;
// auditd's part never ends in the apostrophe that closes such a text.
void take_enriched(AuditRecord& out) {
  const std::string_view text = out.rest;
  if (text.empty()) {
    return;
  }
  const auto* first =
      static_cast<const char*>(std::memchr(text.data(), kEnrichedMark, text.size()));
  if (first == nullptr) {
    if (!is_program_type(out.type)) {
      take_glued_names(out);
    }
    return;
  }
  size_t at = static_cast<size_t>(first - text.data());
  if (out.type < 0 || is_program_type(out.type)) {
    if (text.back() == '\'') {
      return;
    }
    at = text.rfind(kEnrichedMark);
  }
  out.body = text.substr(0, at);
  out.enriched = text.substr(at + 1);
}

void take_program_text(AuditRecord& out) {
  constexpr std::string_view kOpening = "msg='";
  size_t at = out.body.find(kOpening);
  while (at != std::string_view::npos && at > 0 && out.body[at - 1] != ' ') {
    at = out.body.find(kOpening, at + 1);
  }
  if (at == std::string_view::npos) {
    return;
  }
  out.program = out.body.substr(at + kOpening.size());
  // The last apostrophe closes: libaudit does not escape those inside (acct="o'neill").
  const size_t close = out.program.rfind('\'');
  if (close != std::string_view::npos) {
    out.enriched = out.enriched.empty() ? out.program.substr(close + 1) : out.enriched;
    out.program = out.program.substr(0, close);
  }
  out.body = out.body.substr(0, at);
}

void add_fields(std::string_view text, AuditRecord& out) {
  AuditFieldReader reader(text);
  AuditField field;
  while (reader.next(field)) {
    if (out.field_count < kMaxAuditFields) {
      out.fields[out.field_count++] = field;
    } else {
      ++out.dropped_fields;
    }
  }
}

}  // namespace

std::optional<std::string_view> AuditRecord::kernel_field(std::string_view name) const {
  return find_field(fields.data(), fields.data() + program_begin, name);
}

std::optional<std::string_view> AuditRecord::first_program_field(std::string_view name) const {
  return find_field(fields.data() + program_begin, fields.data() + field_count, name);
}

std::optional<std::string_view> AuditRecord::last_program_field(std::string_view name) const {
  for (size_t i = field_count; i > program_begin; --i) {
    if (fields[i - 1].name == name) {
      return fields[i - 1].value;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> AuditRecord::field(std::string_view name) const {
  const auto found = kernel_field(name);
  return found ? found : first_program_field(name);
}

bool parse_audit_head(std::string_view line, AuditRecord& out) {
  constexpr size_t kLongestNode = 256;  // HOST_NAME_MAX is 64, DNS allows 255
  out.node = {};
  out.field_count = 0;
  out.program_begin = 0;
  out.dropped_fields = 0;
  line = without_line_end(line);
  take(line, "audit: ");
  if (line.starts_with("node=") && !take_word_after(line, "node=", kLongestNode, out.node)) {
    return false;
  }
  std::string_view word;
  if (!take_word_after(line, "type=", kLongestTypeName, word)) {
    return false;
  }
  if (!take_stamp(line, out)) {
    return false;
  }
  set_type(word, out);
  take(line, " ");
  out.rest = line;
  out.body = line;
  out.program = {};
  out.enriched = {};
  return true;
}

void split_audit_parts(AuditRecord& out) {
  out.body = out.rest;
  out.program = {};
  out.enriched = {};
  take_enriched(out);
  if (out.type < 0 || is_program_type(out.type)) {
    take_program_text(out);
  }
}

void split_audit_fields(AuditRecord& out) {
  split_audit_parts(out);
  out.field_count = 0;
  out.dropped_fields = 0;
  add_fields(out.body, out);
  out.program_begin = out.field_count;
  add_fields(out.program, out);
}

bool parse_audit_record(std::string_view line, AuditRecord& out) {
  if (!parse_audit_head(line, out)) {
    return false;
  }
  split_audit_fields(out);
  return true;
}

bool AuditFieldReader::take_name(AuditField& out) {
  const char* adjective = nullptr;
  while (at_ != end_) {
    if (*at_ == ' ' || *at_ == ',' || *at_ == '(') {
      ++at_;
      continue;
    }
    const char* begin = at_;
    while (at_ != end_ && *at_ != '=' && *at_ != ' ') {
      ++at_;
    }
    if (at_ == end_) {
      return false;
    }
    const std::string_view word(begin, static_cast<size_t>(at_ - begin));
    if (*at_ == '=' && !word.empty()) {
      begin = adjective != nullptr && adjective + 4 == begin ? adjective : begin;
      out.name = std::string_view(begin, static_cast<size_t>(at_ - begin));
      ++at_;
      return true;
    }
    // Old LOGIN records: "old auid=4294967295 new auid=0".
    adjective = word == "old" || word == "new" ? begin : nullptr;
    ++at_;
  }
  return false;
}

void AuditFieldReader::take_value(AuditField& out) {
  const char* begin = at_;
  if (at_ != end_ && *at_ == '"') {
    const auto* close =
        static_cast<const char*>(std::memchr(at_ + 1, '"', static_cast<size_t>(end_ - at_ - 1)));
    at_ = close == nullptr ? end_ : close + 1;
    out.value = std::string_view(begin, static_cast<size_t>(at_ - begin));
    return;
  }
  while (at_ != end_ && *at_ != ' ') {
    ++at_;
  }
  out.value = std::string_view(begin, static_cast<size_t>(at_ - begin));
  // RHEL 5: (hostname=?, addr=?, terminal=pts/0 res=success)
  while (!out.value.empty() &&
         (out.value.back() == ',' || (out.value.back() == ')' && out.value.front() != '('))) {
    out.value.remove_suffix(1);
  }
}

bool AuditFieldReader::next(AuditField& out) {
  if (!take_name(out)) {
    return false;
  }
  take_value(out);
  return true;
}

}  // namespace genba::parse
