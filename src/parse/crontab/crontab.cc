// SPDX-License-Identifier: Apache-2.0
#include "parse/crontab/crontab.h"

#include "parse/text_lines/text_lines.h"

namespace genba::parse {

namespace {

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0]) {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

/// NAME = value, where the name is one word, quoted or not.
std::optional<CronVariable> parse_variable(const TextLine& line) {
  const std::string_view text = trim_back(trim_front(line.text));
  size_t name_end = 0;
  if (!text.empty() && (text[0] == '"' || text[0] == '\'')) {
    name_end = text.find(text[0], 1);
    name_end += name_end == std::string_view::npos ? 0 : 1;
  } else {
    name_end = text.find_first_of(" \t=");
  }
  if (name_end == std::string_view::npos || name_end == 0) {
    return std::nullopt;
  }
  const std::string_view rest = trim_front(text.substr(name_end));
  if (rest.empty() || rest[0] != '=') {
    return std::nullopt;
  }
  return CronVariable{std::string(unquoted(text.substr(0, name_end))),
                      std::string(unquoted(trim_front(rest.substr(1)))), line.number};
}

bool fill_times(std::string_view& rest, CronEntry& entry) {
  if (rest[0] == '@') {
    entry.event = std::string(take_word(rest));
    return true;
  }
  // cronie and SUSE: a dash in front keeps the job out of the log.
  if (rest[0] == '-') {
    rest.remove_prefix(1);
  }
  for (auto* field :
       {&entry.minute, &entry.hour, &entry.day_of_month, &entry.month, &entry.day_of_week}) {
    const std::string_view word = take_word(rest);
    if (word.empty()) {
      return false;
    }
    *field = std::string(word);
  }
  // Prose is no entry: a minute begins with a digit, '*', or '~' (a random one).
  const char first = (*entry.minute)[0];
  return (first >= '0' && first <= '9') || first == '*' || first == '~';
}

const char* fill(std::string_view rest, CronForm form, CronEntry& entry) {
  if (!fill_times(rest, entry)) {
    return "no five time fields";
  }
  if (form == CronForm::kSystem) {
    const std::string_view username = take_word(rest);
    if (username.empty()) {
      return "no account";
    }
    entry.username = std::string(username);
  }
  entry.command = trim_front(rest);
  return trim_back(entry.command).empty() ? "no command" : nullptr;
}

const char* fill(std::string_view rest, AnacronEntry& entry) {
  entry.period = take_word(rest);
  entry.delay = take_word(rest);
  entry.job = take_word(rest);
  entry.command = trim_front(rest);
  if (trim_back(entry.command).empty()) {
    return "no period, delay, name and command";
  }
  if (entry.period[0] != '@' && !parse_decimal(entry.period)) {
    return "no period in days";
  }
  return nullptr;
}

/// What both kinds of table share: the walk, comments, variables, caps and notes.
template <class Entry, class File, class Fill>
File parse_table(std::string_view bytes, std::string_view source, Fill fill_entry) {
  File file;
  NoteList notes(source);
  TextLines lines(bytes);
  while (const auto line = lines.next()) {
    const std::string_view text = trim_front(line->text);
    if (trim_back(text).empty() || text[0] == '#') {
      continue;
    }
    if (file.entries.size() + file.variables.size() >= kMaxEntries) {
      notes.add(*line, "too many entries");
      break;
    }
    if (auto variable = parse_variable(*line)) {
      file.variables.push_back(std::move(*variable));
      continue;
    }
    Entry entry;
    entry.line = line->number;
    entry.control_characters = has_control_characters(line->text);
    if (const char* reason = fill_entry(text, entry)) {
      notes.add(*line, reason);
      continue;
    }
    file.entries.push_back(std::move(entry));
  }
  file.notes = std::move(notes).take();
  return file;
}

}  // namespace

CronFile parse_crontab(std::string_view bytes, CronForm form, std::string_view source) {
  return parse_table<CronEntry, CronFile>(
      bytes, source,
      [form](std::string_view text, CronEntry& entry) { return fill(text, form, entry); });
}

AnacronFile parse_anacrontab(std::string_view bytes, std::string_view source) {
  return parse_table<AnacronEntry, AnacronFile>(
      bytes, source, [](std::string_view text, AnacronEntry& entry) { return fill(text, entry); });
}

std::string shell_part(std::string_view command) {
  std::string shell;
  for (size_t i = 0; i < command.size(); ++i) {
    if (command[i] == '\\' && i + 1 < command.size() && command[i + 1] == '%') {
      ++i;
    } else if (command[i] == '%') {
      break;
    }
    shell += command[i];
  }
  return shell;
}

}  // namespace genba::parse
