// SPDX-License-Identifier: Apache-2.0
#include "parse/shell_history/open_command.h"

#include <algorithm>

namespace genba::parse {
namespace {

constexpr size_t kMaxHereDocuments = 16;

bool ends_word(char c) {
  switch (c) {
    case ' ':
    case '\t':
    case ';':
    case '&':
    case '|':
    case '(':
    case ')':
    case '<':
    case '>':
    case '"':
    case '\'':
    case '\\': return true;
    default: return false;
  }
}

// How a reserved word changes the number of open compound commands.
int opens(std::string_view word) {
  for (const std::string_view opener : {"if", "for", "while", "until", "case", "select", "{"}) {
    if (word == opener) {
      return 1;
    }
  }
  return 0;
}

int closes(std::string_view word) {
  for (const std::string_view closer : {"fi", "done", "esac", "}"}) {
    if (word == closer) {
      return 1;
    }
  }
  return 0;
}

// Behind these a command begins, so the next word may be reserved as well.
bool keeps_position(std::string_view word) {
  for (const std::string_view reserved :
       {"if", "while", "until", "then", "do", "else", "elif", "{", "!", "time"}) {
    if (word == reserved) {
      return true;
    }
  }
  return word.find('=') != std::string_view::npos;
}

}  // namespace

void OpenCommand::reset() {
  quote_ = '\0';
  continued_ = false;
  command_position_ = true;
  compounds_ = 0;
  here_documents_.clear();
}

bool OpenCommand::is_open() const {
  return quote_ != '\0' || continued_ || compounds_ > 0 || !here_documents_.empty();
}

// Goes to the end of the open quote, or of the line.
size_t OpenCommand::take_quoted(std::string_view line, size_t at) {
  const char closing = quote_ == '$' ? '\'' : quote_;
  for (; at < line.size(); ++at) {
    if (line[at] == closing) {
      quote_ = '\0';
      return at + 1;
    }
    if (line[at] == '\\' && quote_ != '\'') {
      ++at;
    }
  }
  return line.size();
}

// `at` stands behind "<<". A word that is no name is an arithmetic shift.
size_t OpenCommand::take_here_document(std::string_view line, size_t at) {
  at += at < line.size() && line[at] == '-' ? 1 : 0;
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) {
    ++at;
  }
  std::string word;
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '\'' || c == '"' || c == '\\') {
      continue;
    }
    if (ends_word(c)) {
      break;
    }
    word += c;
  }
  const bool is_name = !word.empty() && (word[0] == '_' || (word[0] | 0x20) >= 'a');
  if (is_name && here_documents_.size() < kMaxHereDocuments) {
    here_documents_.push_back(std::move(word));
  }
  return at;
}

size_t OpenCommand::take_word(std::string_view line, size_t at) {
  size_t end = at;
  while (end < line.size() && !ends_word(line[end])) {
    ++end;
  }
  const std::string_view word = line.substr(at, end - at);
  if (command_position_) {
    compounds_ += opens(word);
    compounds_ = std::max<int64_t>(0, compounds_ - closes(word));
  }
  command_position_ = command_position_ && keeps_position(word);
  return end;
}

// Takes what begins at `at`; to the end of the line for a comment.
size_t OpenCommand::take_next(std::string_view line, size_t at) {
  const char c = line[at];
  const char before = at > 0 ? line[at - 1] : ' ';
  if (c == ' ' || c == '\t') {
    return at + 1;
  }
  if (c == '\\') {
    continued_ = at + 1 == line.size();
    command_position_ = false;
    return at + 2;
  }
  if (c == '\'' || c == '"') {
    quote_ = c == '\'' && before == '$' ? '$' : c;
    command_position_ = false;
    return take_quoted(line, at + 1);
  }
  if (c == '#' && (before == ' ' || before == '\t' || before == ';')) {
    return line.size();
  }
  if (line.substr(at, 2) == "<<") {
    return line.substr(at, 3) == "<<<" ? at + 3 : take_here_document(line, at + 2);
  }
  if (ends_word(c)) {
    command_position_ = c != '<' && c != '>';
    return at + 1;
  }
  return take_word(line, at);
}

void OpenCommand::feed(std::string_view line) {
  if (!here_documents_.empty()) {
    // The body's lines; with <<- tabs may stand before the last one.
    const size_t text = line.find_first_not_of('\t');
    if (text != std::string_view::npos && line.substr(text) == here_documents_.front()) {
      here_documents_.erase(here_documents_.begin());
    }
    return;
  }
  command_position_ = command_position_ || (quote_ == '\0' && !continued_);
  continued_ = false;
  size_t at = quote_ == '\0' ? 0 : take_quoted(line, 0);
  while (at < line.size()) {
    at = take_next(line, at);
  }
  // "a |", "a &&", "a ||" at the end go on below.
  const size_t last = line.find_last_not_of(" \t");
  if (quote_ == '\0' && last != std::string_view::npos) {
    const bool pair = last > 0 && line[last - 1] == line[last];
    continued_ = continued_ || line[last] == '|' || (line[last] == '&' && pair);
  }
}

}  // namespace genba::parse
