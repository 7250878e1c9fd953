// SPDX-License-Identifier: Apache-2.0
#include "parse/shadow/shadow.h"

#include "parse/text_lines/text_lines.h"

namespace genba::parse {

namespace {

bool is_crypt_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '/';
}

/// The scheme of a crypt(5) hash; nothing when the text is no hash.
std::optional<std::string> scheme_of(std::string_view hash) {
  if (hash.size() > 2 && hash[0] == '$') {
    const size_t end = hash.find('$', 1);
    // "$2b$" is short, "$gost-yescrypt$" not too long; a longer id is no id.
    if (end == std::string_view::npos || end == 1 || end > 24 || end + 1 >= hash.size()) {
      return std::nullopt;
    }
    return std::string(hash.substr(1, end - 1));
  }
  // 13 characters are traditional DES, "_" and 19 the extended form.
  const bool extended = hash.size() == 20 && hash[0] == '_';
  if (hash.size() != 13 && !extended) {
    return std::nullopt;
  }
  for (const char c : hash.substr(extended ? 1 : 0)) {
    if (!is_crypt_character(c)) {
      return std::nullopt;
    }
  }
  return "des";
}

void fill_password(std::string_view field, ShadowEntry& entry) {
  if (field.empty()) {
    entry.password_status = "empty";
    return;
  }
  const bool locked = field[0] == '!' || field[0] == '*';
  // "!" and "!!" in front of a hash lock it and keep it (passwd -l, usermod -L).
  const size_t start = field.find_first_not_of("!*");
  entry.hash_alg = start == std::string_view::npos ? std::nullopt : scheme_of(field.substr(start));
  entry.password_status = locked ? "locked" : (entry.hash_alg ? "active" : "invalid");
}

/// Takes a number that may be absent; false when something else stands there.
bool take_days(std::string_view& rest, std::optional<int64_t>& days) {
  const std::string_view field = trim_back(take_field(rest, ':'));
  if (field.empty()) {
    return true;
  }
  const auto number = parse_decimal(field);
  // -1 is how libc and chage(1) spell "none".
  if (number && *number != -1) {
    days = number;
  }
  return number.has_value();
}

}  // namespace

ShadowFile parse_shadow(std::string_view bytes, std::string_view source) {
  ShadowFile file;
  NoteList notes(source);
  TextLines lines(bytes);
  while (const auto line = lines.next()) {
    std::string_view rest = trim_front(line->text);
    if (rest.empty() || rest[0] == '#') {
      continue;
    }
    if (file.entries.size() >= kMaxEntries) {
      notes.add(*line, "too many entries");
      break;
    }
    ShadowEntry entry;
    entry.line = line->number;
    if (rest.find(':') == std::string_view::npos || rest[0] == ':' || rest[0] == '+') {
      notes.add(*line, rest[0] == '+' ? "a NIS entry: passwords from NIS are not seen"
                                      : "no account and password fields");
      continue;
    }
    entry.username = take_field(rest, ':');
    fill_password(take_field(rest, ':'), entry);
    bool good = take_days(rest, entry.last_change);
    good = take_days(rest, entry.min) && good;
    good = take_days(rest, entry.max) && good;
    good = take_days(rest, entry.warning) && good;
    good = take_days(rest, entry.inactive) && good;
    good = take_days(rest, entry.expire) && good;
    if (!good) {
      notes.add(*line, "a field that should be a number of days is none");
    }
    file.entries.push_back(std::move(entry));
  }
  file.notes = std::move(notes).take();
  return file;
}

}  // namespace genba::parse
