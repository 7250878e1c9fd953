// SPDX-License-Identifier: Apache-2.0
#include "parse/group/group.h"

#include "parse/passwd/passwd.h"
#include "parse/text_lines/text_lines.h"

namespace genba::parse {

namespace {

const char* fill(std::string_view rest, GroupEntry& entry) {
  entry.groupname = take_field(rest, ':');
  take_field(rest, ':');  // the password, which nothing uses
  if (entry.groupname.empty()) {
    return "a group without a name";
  }
  if (entry.groupname[0] == '+' || entry.groupname[0] == '-') {
    return "a NIS entry: groups from NIS are not seen";
  }
  if (!parse_account_id(take_field(rest, ':'), entry.gid)) {
    return "no valid group id";
  }
  entry.members = rest;
  return nullptr;
}

}  // namespace

GroupFile parse_group(std::string_view bytes, std::string_view source) {
  GroupFile file;
  NoteList notes(source);
  TextLines lines(bytes);
  while (const auto line = lines.next()) {
    const std::string_view text = trim_front(line->text);
    if (text.empty() || text[0] == '#') {
      continue;
    }
    if (file.entries.size() >= kMaxEntries) {
      notes.add(*line, "too many entries");
      break;
    }
    GroupEntry entry;
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
