// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/telling_script.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <vector>

#include "base/interpreters.h"
#include "base/places.h"
#include "base/split.h"
#include "parse/shell_words/shell_words.h"

namespace genba::act {

namespace {

using Words = std::vector<std::string>;

constexpr int kDeepest = 4;  // sh -c "sh -c …"

enum class Operand : uint8_t {
  kScript,   ///< a file to run
  kProgram,  ///< a program's text; files behind it are data
};

// Options by what they take. A short option's value is attached or the next word.
struct Language {
  std::string_view names;  ///< divided and framed by spaces
  std::string_view text;   ///< letters: a text to run
  std::string_view file;   ///< letters: a file to run
  std::string_view value;  ///< letters: something else
  std::string_view rest;   ///< letters: what is attached, if anything
  std::string_view stop;   ///< letters: what follows are arguments of no file
  std::string_view words;  ///< long options with a value of their own, divided by spaces
  Operand operand = Operand::kScript;
};

// From the manual of each.
constexpr Language kLanguages[] = {
    {" sh bash rbash dash ash ksh mksh zsh fish csh tcsh ", "c", "", "oO", "", "s",
     " --rcfile --init-file "},
    {" python pypy ", "c", "", "WXQ", "", "m", " --check-hash-based-pycs "},
    {" perl ", "eE", "", "I", "iFMmxCDdV", "", ""},
    {" ruby ", "e", "", "rICE", "xKWTiF0", "", ""},
    {" php php-cgi ", "rBRE", "fF", "cdzSt", "", "", ""},
    {" node nodejs ", "ep", "", "rC", "", "", " --require --import --loader --env-file "},
    {" lua luajit ", "e", "", "l", "jO", "", ""},
    {" awk gawk mawk ", "", "f", "vF", "", "", "", Operand::kProgram},
    {" Rscript ", "e", "", "g", "", "", ""},
};

constexpr std::string_view kJavaValues =
    " -p --module-path --upgrade-module-path --add-modules --enable-native-access -d "
    "--describe-module --source --add-exports --add-opens --add-reads --limit-modules "
    "--patch-module ";
constexpr std::string_view kLoaderValues =
    " --library-path --preload --argv0 --inhibit-rpath --audit --glibc-hwcaps-prepend "
    "--glibc-hwcaps-mask ";

bool lists(std::string_view list, std::string_view word) {
  const size_t at = list.find(" " + std::string(word) + " ");
  return !word.empty() && at != std::string_view::npos;
}

bool tells(std::string_view path) {
  return base::lies_in_volatile_directory(path) || base::is_hidden_in_system_place(path);
}

std::string if_telling(std::string_view path) {
  return tells(path) ? std::string(path) : "";
}

std::string script_in(std::string_view program, const Words& words, int depth);

// Python, Perl …: any absolute path in the text.
std::string path_in_text(const Words& words, size_t from) {
  constexpr std::string_view kEnds = "'\"`();,|&<>";
  for (size_t i = from; i < words.size(); ++i) {
    std::string_view left = words[i];
    while (!left.empty()) {
      const size_t end = left.find_first_of(kEnds);
      const std::string_view piece = left.substr(0, end);
      if (piece.starts_with('/') && tells(piece)) {
        return std::string(piece);
      }
      left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
    }
  }
  return {};
}

// "cd /tmp/.x && ./run": the directory, when something of it is run afterwards.
std::string directory_of(const Words& command, const std::string& directory) {
  const size_t at = parse::program_position(command);
  return at < command.size() && command[at].starts_with("./") ? directory : "";
}

std::string program_in(const Words& command, int depth) {
  size_t at = parse::program_position(command);
  if (at < command.size() && (command[at] == "." || command[at] == "source")) {
    ++at;
  }
  if (at >= command.size()) {
    return {};
  }
  if (std::string program = if_telling(command[at]); !program.empty()) {
    return program;
  }
  return script_in(command[at],
                   Words(command.begin() + static_cast<std::ptrdiff_t>(at), command.end()),
                   depth + 1);
}

// What a shell's text starts. Arguments and targets of redirections are no programs.
std::string program_in_text(std::string_view text, int depth) {
  Words command;
  std::string directory;
  auto tokens = parse::split_shell_tokens(text);
  tokens.push_back({parse::ShellToken::Kind::kControl, ";"});
  bool is_target = false;
  for (const parse::ShellToken& token : tokens) {
    if (token.kind == parse::ShellToken::Kind::kRedirect) {
      is_target = true;
      continue;
    }
    if (token.kind == parse::ShellToken::Kind::kWord) {
      if (!is_target) {
        command.push_back(token.text);
      }
      is_target = false;
      continue;
    }
    std::string found = program_in(command, depth);
    found = found.empty() && !directory.empty() ? directory_of(command, directory) : found;
    if (!found.empty()) {
      return found;
    }
    if (command.size() == 2 && command[0] == "cd") {
      directory = if_telling(command[1] + "/");
    }
    command.clear();
  }
  return {};
}

std::string text_from(const Language& language, const Words& words, size_t from, int depth) {
  if (!lists(language.names, "sh")) {
    return path_in_text(words, from);
  }
  std::string text;
  for (size_t i = from; i < words.size(); ++i) {
    text += words[i] + " ";
  }
  return program_in_text(text, depth);
}

enum class Takes : uint8_t { kNothing, kText, kFile, kValue, kStop };

// What a cluster of short options asks for; `attached` is where its value begins in the word.
Takes taken_by(const Language& language, std::string_view word, size_t& attached) {
  for (size_t i = 1; i < word.size(); ++i) {
    attached = i + 1;
    const char letter = word[i];
    if (language.text.find(letter) != std::string_view::npos) {
      return Takes::kText;
    }
    if (language.file.find(letter) != std::string_view::npos) {
      return Takes::kFile;
    }
    if (language.value.find(letter) != std::string_view::npos) {
      return Takes::kValue;
    }
    if (language.stop.find(letter) != std::string_view::npos) {
      return Takes::kStop;
    }
    if (language.rest.find(letter) != std::string_view::npos) {
      return Takes::kNothing;
    }
  }
  return Takes::kNothing;
}

std::string word_at(const Words& words, size_t index) {
  return index < words.size() ? words[index] : "";
}

std::string operand_of(const Language& language, const Words& words, size_t index) {
  return language.operand == Operand::kScript ? if_telling(word_at(words, index)) : "";
}

std::string script_of(const Language& language, const Words& words, int depth) {
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      return operand_of(language, words, i + 1);
    }
    if (word == "--eval" || word == "--print" || word == "--run") {
      return text_from(language, words, i + 1, depth);
    }
    if (word.starts_with("--")) {
      i += lists(language.words, word) ? 1 : 0;
      continue;
    }
    if (word.size() < 2 || (word[0] != '-' && word[0] != '+')) {
      return operand_of(language, words, i);
    }
    size_t attached = 0;
    const Takes takes = taken_by(language, word, attached);
    const bool has_value = attached < word.size();
    if (takes == Takes::kText) {
      const std::string found = path_in_text({word.substr(attached)}, 0);
      return found.empty() ? text_from(language, words, i + 1, depth) : found;
    }
    if (takes == Takes::kFile) {
      return if_telling(has_value ? word.substr(attached) : word_at(words, i + 1));
    }
    if (takes == Takes::kStop) {
      return {};
    }
    i += takes == Takes::kValue && !has_value ? 1 : 0;
  }
  return {};
}

// A class path tells when nothing of it lies anywhere else: /tmp may be one entry of a server's.
std::string if_all_tell(std::string_view class_path) {
  std::string first;
  while (!class_path.empty()) {
    const size_t colon = class_path.find(':');
    const std::string_view entry = class_path.substr(0, colon);
    if (!entry.empty() && !tells(entry)) {
      return {};
    }
    first = first.empty() ? std::string(entry) : first;
    class_path.remove_prefix(colon == std::string_view::npos ? class_path.size() : colon + 1);
  }
  return first;
}

std::string java_script(const Words& words) {
  std::string class_path;
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "-jar") {
      return if_telling(word_at(words, i + 1));
    }
    if (word == "-cp" || word == "-classpath" || word == "--class-path") {
      class_path = word_at(words, ++i);
    } else if (word == "-m" || word == "--module") {
      return {};
    } else if (lists(kJavaValues, word)) {
      ++i;
    } else if (!word.starts_with('-') && !word.starts_with('@')) {
      const std::string source = if_telling(word);
      return source.empty() ? if_all_tell(class_path) : source;
    }
  }
  return {};
}

// The first word that is no option, behind the command that says to run it.
std::string plain_script(const Words& words, std::string_view values) {
  for (size_t i = 1; i < words.size(); ++i) {
    if (lists(values, words[i])) {
      ++i;
    } else if (!words[i].starts_with('-') && words[i] != "run" && words[i] != "exec") {
      return if_telling(words[i]);
    }
  }
  return {};
}

// One file, many programs: "busybox sh -c …", or "sh -c …" under the name of a link.
std::string busybox_script(const Words& words, int depth) {
  if (words.empty() || base::name_without_version(words[0]) != "busybox") {
    return words.empty() ? "" : script_in(words[0], words, depth + 1);
  }
  return words.size() < 2 ? ""
                          : script_in(words[1], Words(words.begin() + 1, words.end()), depth + 1);
}

std::string script_in(std::string_view program, const Words& words, int depth) {
  const std::string_view name =
      base::name_without_version(program.starts_with('-') ? program.substr(1) : program);
  if (depth > kDeepest) {
    return {};
  }
  if (name == "busybox") {
    return busybox_script(words, depth);
  }
  if (name == "java") {
    return java_script(words);
  }
  if (name.starts_with("ld-linux") || name.starts_with("ld-musl")) {
    return plain_script(words, kLoaderValues);
  }
  const auto* const language =
      std::find_if(std::begin(kLanguages), std::end(kLanguages),
                   [&](const Language& each) { return lists(each.names, name); });
  if (language != std::end(kLanguages)) {
    return script_of(*language, words, depth);
  }
  return base::runs_scripts(program) ? plain_script(words, "") : "";
}

}  // namespace

std::string telling_script(std::string_view program, std::string_view cmdline) {
  Words words;
  for (const std::string_view word : base::split_words(cmdline)) {
    words.emplace_back(word);
  }
  return script_in(program, words, 0);
}

}  // namespace genba::act
