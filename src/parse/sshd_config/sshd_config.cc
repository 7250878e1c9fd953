// SPDX-License-Identifier: Apache-2.0
#include "parse/sshd_config/sshd_config.h"

#include "fmt/format.h"
#include "parse/text_lines/text_lines.h"

namespace genba::parse {

namespace {

/// Takes one argument off `text`, which does not start with a blank. False at an open quote.
bool take_argument(std::string_view& text, std::string& argument) {
  char quote = '\0';
  size_t i = 0;
  for (; i < text.size() && (quote != '\0' || !is_blank(text[i])); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '\\' &&
        (next == '"' || next == '\'' || next == '\\' || (quote == '\0' && next == ' '))) {
      argument += next;
      ++i;
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != '\0' && c == quote) {
      quote = '\0';
    } else {
      argument += c;
    }
  }
  text = text.substr(i);
  return quote == '\0';
}

/// The keyword, lower case; between it and its arguments stand blanks and at most one '='.
std::string take_keyword(std::string_view& text) {
  std::string keyword;
  size_t i = 0;
  for (; i < text.size() && !is_blank(text[i]) && text[i] != '='; ++i) {
    const char c = text[i];
    keyword += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  text = trim_front(text.substr(i));
  if (!text.empty() && text[0] == '=') {
    text = trim_front(text.substr(1));
  }
  return keyword;
}

/// Lines as sshd puts them together (servconf.c, load_server_config): a NUL byte takes the rest of
/// its line away, the newline too, so that the next line follows at once.
class ConfigLines {
 public:
  ConfigLines(std::string_view bytes, NoteList& notes) : lines_(bytes), notes_(notes) {}

  std::optional<TextLine> next() {
    auto line = lines_.next();
    if (!line || line->text.find('\0') == std::string_view::npos) {
      return line;
    }
    TextLine whole = *line;
    joined_.clear();
    while (line) {
      const size_t nul = line->text.find('\0');
      joined_ += trim_front(line->text.substr(0, nul));
      if (nul == std::string_view::npos) {
        break;
      }
      notes_.add(*line, "a NUL byte hides the rest of the line");
      line = lines_.next();
    }
    whole.text = joined_;
    return whole;
  }

 private:
  TextLines lines_;
  NoteList& notes_;
  std::string joined_;
};

}  // namespace

SshdConfig parse_sshd_config(std::string_view bytes, std::string_view source) {
  SshdConfig config;
  NoteList notes(source);
  ConfigLines lines(bytes, notes);
  std::optional<int64_t> match_line;
  while (const auto line = lines.next()) {
    std::string_view text = trim_back(trim_front(line->text));
    // sshd also takes a form feed behind a line for nothing.
    while (!text.empty() && text.back() == '\f') {
      text = trim_back(text.substr(0, text.size() - 1));
    }
    if (text.empty() || text[0] == '#') {
      continue;
    }
    if (config.directives.size() >= kMaxEntries) {
      notes.add(*line, "too many directives");
      break;
    }
    SshdDirective directive;
    directive.line = line->number;
    directive.keyword = take_keyword(text);
    bool good = !directive.keyword.empty();
    while (good && !text.empty() && text[0] != '#') {
      good = take_argument(text, directive.arguments.emplace_back());
      text = trim_front(text);
    }
    if (!good || directive.arguments.empty()) {
      notes.add(*line, "no keyword with arguments, or an open quote");
      continue;
    }
    if (directive.keyword == "match") {
      match_line = line->number;
    } else {
      directive.match_line = match_line;
    }
    config.directives.push_back(std::move(directive));
  }
  config.notes = std::move(notes).take();
  return config;
}

std::optional<std::string> expand_sshd_tokens(std::string_view pattern, const SshdTokens& tokens) {
  std::string path;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      path += pattern[i];
      continue;
    }
    const char token = i + 1 < pattern.size() ? pattern[++i] : '\0';
    switch (token) {
      case '%': path += '%'; break;
      case 'h': path += tokens.home; break;
      case 'u': path += tokens.username; break;
      case 'U': path += fmt::format("{}", tokens.uid); break;
      default: return std::nullopt;
    }
  }
  return path;
}

}  // namespace genba::parse
