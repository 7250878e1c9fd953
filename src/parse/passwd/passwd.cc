// SPDX-License-Identifier: Apache-2.0
#include "parse/passwd/passwd.h"

#include <limits>

#include "parse/text_lines/text_lines.h"

namespace genba::parse {

namespace {

constexpr int64_t kIdRange = int64_t{1} << 32;

/// Fills `entry` from a line that is not blank and no comment; the reason when libc refuses it.
const char* fill(std::string_view rest, PasswdEntry& entry) {
  entry.username = take_field(rest, ':');
  entry.password = take_field(rest, ':');
  if (entry.username.empty()) {
    return "an account without a name";
  }
  if (entry.username[0] == '+' || entry.username[0] == '-') {
    return "a NIS entry: accounts from NIS are not seen";
  }
  if (!parse_account_id(take_field(rest, ':'), entry.uid)) {
    return "no valid user id";
  }
  if (!parse_account_id(take_field(rest, ':'), entry.gid)) {
    return "no valid group id";
  }
  entry.description = take_field(rest, ':');
  entry.directory = take_field(rest, ':');
  entry.shell = rest;
  return nullptr;
}

}  // namespace

bool parse_account_id(std::string_view text, int64_t& id) {
  const auto number = parse_decimal(trim_front(text));
  if (!number || *number <= -kIdRange) {
    return false;
  }
  // libc saturates: a larger number is the largest id.
  constexpr int64_t kLargest = std::numeric_limits<uint32_t>::max();
  id = *number < 0 ? *number + kIdRange : (*number > kLargest ? kLargest : *number);
  return true;
}

PasswdFile parse_passwd(std::string_view bytes, std::string_view source) {
  PasswdFile file;
  NoteList notes(source);
  TextLines lines(bytes);
  while (const auto line = lines.next()) {
    std::string_view text = trim_front(line->text);
    if (text.empty() || text[0] == '#') {
      continue;
    }
    if (const size_t zero = text.find('\0'); zero != std::string_view::npos) {
      notes.add(*line, "a NUL byte hides the rest of the line from the C library");
      text = text.substr(0, zero);
    }
    if (file.entries.size() >= kMaxEntries) {
      notes.add(*line, "too many entries");
      break;
    }
    PasswdEntry entry;
    entry.line = line->number;
    if (const char* reason = fill(text, entry)) {
      notes.add(*line, reason);
      continue;
    }
    file.entries.push_back(std::move(entry));
  }
  file.notes = std::move(notes).take();
  return file;
}

}  // namespace genba::parse
