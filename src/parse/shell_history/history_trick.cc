// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include "parse/shell_history/shell_history.h"
#include "parse/shell_words/shell_words.h"

namespace genba::parse {
namespace {

using Kind = ShellToken::Kind;

// sh -c inside eval inside sh -c is more than any honest line; each level reads its text again.
constexpr int kMaxDepth = 3;
// The longest command that is read; the trick stands early in an honest one.
constexpr size_t kMaxCommand = 64 * 1024;

struct SimpleCommand {
  std::vector<std::string> words;
  std::vector<std::string> overwritten;  ///< targets of > and >|
  bool reads_null = false;               ///< < /dev/null
};

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), word) != names.end();
}

// Whether a word names a history file: by its last part, by the variable, or by a pattern that
// takes it in ("~/.*history", ".bash_h*").
bool is_history_file(std::string_view word) {
  static constexpr std::string_view kNames[] = {
      ".bash_history", ".zsh_history", ".zhistory",    ".histfile",       ".sh_history",
      ".ash_history",  ".ksh_history", "fish_history", ".python_history", ".mysql_history",
      ".psql_history", ".lesshst",     ".viminfo",     ".sqlite_history", ".rediscli_history"};
  if (word == "$HISTFILE" || word == "${HISTFILE}") {
    return true;
  }
  const std::string_view name = base_name(word);
  const size_t star = name.find('*');
  return std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view known) {
    if (star == std::string_view::npos) {
      return name == known;
    }
    const std::string_view front = name.substr(0, star);
    const std::string_view back = name.substr(name.rfind('*') + 1);
    // ".*" takes in too much to mean this file.
    return front.size() + back.size() > 4 && front.size() + back.size() <= known.size() &&
           known.starts_with(front) && known.ends_with(back);
  });
}

bool names_history_file(const std::vector<std::string>& words, size_t first) {
  return std::any_of(words.begin() + static_cast<ptrdiff_t>(std::min(first, words.size())),
                     words.end(), [](const std::string& word) { return is_history_file(word); });
}

bool holds(const std::vector<std::string>& words, size_t first, std::string_view wanted) {
  return std::any_of(words.begin() + static_cast<ptrdiff_t>(std::min(first, words.size())),
                     words.end(), [&](const std::string& word) { return word == wanted; });
}

// An option of one dash that holds `letter`, as "-cw" holds c.
bool has_option(const std::vector<std::string>& words, size_t first, char letter) {
  for (size_t i = first; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.size() > 1 && word[0] == '-' && word[1] != '-' &&
        word.find(letter) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// "HISTFILE=/dev/null", wherever a shell takes it for an assignment.
std::string_view assignment_trick(std::string_view word) {
  const size_t equals = word.find('=');
  if (equals == std::string_view::npos) {
    return {};
  }
  const std::string_view name = word.substr(0, equals);
  const std::string_view value = word.substr(equals + 1);
  if (name == "HISTFILE") {
    return value.empty() || value == "/dev/null" ? "histfile_null" : "";
  }
  if (is_one_of(name, {"HISTSIZE", "HISTFILESIZE", "SAVEHIST"})) {
    return value == "0" ? "histsize_zero" : "";
  }
  return name == "HISTIGNORE" && value == "*" ? "histignore_all" : "";
}

std::string_view assignments_trick(const std::vector<std::string>& words, size_t first,
                                   size_t last) {
  for (size_t i = first; i < std::min(last, words.size()); ++i) {
    if (const std::string_view trick = assignment_trick(words[i]); !trick.empty()) {
      return trick;
    }
  }
  return {};
}

// `history` of bash and zsh takes options, that of fish words.
std::string_view history_trick(const std::vector<std::string>& words, size_t first) {
  const std::string_view verb = first < words.size() ? std::string_view(words[first]) : "";
  if (has_option(words, first, 'c') || is_one_of(verb, {"clear", "clear-session"})) {
    return "history_clear";
  }
  return has_option(words, first, 'd') || verb == "delete" ? "history_delete" : "";
}

std::string_view kill_trick(const std::vector<std::string>& words, size_t first) {
  const bool hard = holds(words, first, "-9") || holds(words, first, "-KILL") ||
                    holds(words, first, "-SIGKILL") || holds(words, first, "KILL") ||
                    holds(words, first, "9");
  const bool itself = holds(words, first, "$$") || holds(words, first, "$BASHPID") ||
                      holds(words, first, "${BASHPID}");
  return hard && itself ? "shell_killed" : "";
}

// What programs do to history files that their words name.
std::string_view file_trick(std::string_view program, const SimpleCommand& command, size_t first) {
  const auto& words = command.words;
  if (program == "dd") {
    const bool writes = std::any_of(words.begin(), words.end(), [](const std::string& word) {
      return word.starts_with("of=") && is_history_file(std::string_view(word).substr(3));
    });
    return writes ? "history_truncated" : "";
  }
  if (!names_history_file(words, first)) {
    return {};
  }
  const bool null = holds(words, first, "/dev/null");
  const bool last = is_history_file(words.back());
  if (program == "ln") {
    return null && last ? "history_linked" : "";
  }
  if (is_one_of(program, {"rm", "shred", "unlink", "wipe", "srm"})) {
    return "history_removed";
  }
  if (program == "truncate" || (program == "cp" && null && last) ||
      (program == "tee" && command.reads_null && !has_option(words, first, 'a'))) {
    return "history_truncated";
  }
  if (program == "sed" || program == "perl") {
    return has_option(words, first, 'i') || holds(words, first, "--in-place") ? "history_edited"
                                                                              : "";
  }
  return program == "chattr" && holds(words, first, "+i") ? "history_locked" : "";
}

std::string_view find_trick(std::string_view command, int depth);

// The text that a shell inside the line is given to read; empty when there is none. `first` is
// behind the program, and eval is a wrapper before it.
std::string inner_command(std::string_view program, const std::vector<std::string>& words,
                          size_t first) {
  const auto end = words.begin() + static_cast<ptrdiff_t>(first);
  const auto eval = std::find(words.begin(), end, "eval");
  if (eval != end) {
    std::string inner;
    for (auto word = eval + 1; word != words.end(); ++word) {
      inner += *word + ' ';
    }
    return inner;
  }
  if (is_one_of(program, {"sh", "bash", "dash", "zsh", "ksh", "ash", "fish"})) {
    for (size_t i = first; i + 1 < words.size(); ++i) {
      if (words[i].size() > 1 && words[i][0] == '-' && words[i][1] != '-' &&
          words[i].back() == 'c') {
        return words[i + 1];
      }
    }
  }
  return {};
}

std::string_view command_trick(const SimpleCommand& command, int depth) {
  for (const std::string& target : command.overwritten) {
    if (is_history_file(target)) {
      return "history_truncated";
    }
  }
  const auto& words = command.words;
  const size_t position = program_position(words);
  // Assignments stand before the program, also behind env and the like.
  if (const auto trick = assignments_trick(words, 0, position); !trick.empty()) {
    return trick;
  }
  if (position >= words.size()) {
    return {};
  }
  const std::string_view program = base_name(words[position]);
  const size_t first = position + 1;
  if (is_one_of(program, {"export", "declare", "typeset", "local", "readonly"})) {
    return assignments_trick(words, first, words.size());
  }
  if (program == "unset") {
    return holds(words, first, "HISTFILE") ? "histfile_unset" : "";
  }
  if (program == "set") {
    return holds(words, first, "+o") && holds(words, first, "history") ? "history_off" : "";
  }
  if (program == "history") {
    return history_trick(words, first);
  }
  if (program == "kill") {
    return kill_trick(words, first);
  }
  if (const auto trick = file_trick(program, command, first); !trick.empty()) {
    return trick;
  }
  return depth < kMaxDepth ? find_trick(inner_command(program, words, first), depth + 1) : "";
}

std::string_view find_trick(std::string_view text, int depth) {
  SimpleCommand command;
  const std::vector<ShellToken> tokens = split_shell_tokens(text.substr(0, kMaxCommand));
  for (size_t i = 0; i < tokens.size(); ++i) {
    const ShellToken& token = tokens[i];
    if (token.kind == Kind::kWord) {
      command.words.push_back(token.text);
    } else if (token.kind == Kind::kRedirect) {
      const bool has_target = i + 1 < tokens.size() && tokens[i + 1].kind == Kind::kWord;
      const std::string& target = has_target ? tokens[++i].text : token.text;
      if (has_target && is_one_of(token.text, {">", ">|", "&>"})) {
        command.overwritten.push_back(target);
      }
      command.reads_null = command.reads_null || (token.text == "<" && target == "/dev/null");
    }
    if (token.kind == Kind::kControl || i + 1 >= tokens.size()) {
      if (const auto trick = command_trick(command, depth); !trick.empty()) {
        return trick;
      }
      command = {};
    }
  }
  return {};
}

}  // namespace

std::string_view names_history_trick(std::string_view command) {
  // Nearly all commands name none of these, and are not worth cutting into words.
  const bool candidate = command.find("HIST") != std::string_view::npos ||
                         command.find("hist") != std::string_view::npos ||
                         command.find(".lessh") != std::string_view::npos ||
                         command.find(".viminfo") != std::string_view::npos ||
                         command.find("_h*") != std::string_view::npos ||
                         command.find("kill") != std::string_view::npos;
  return candidate ? find_trick(command, 0) : std::string_view{};
}

}  // namespace genba::parse
