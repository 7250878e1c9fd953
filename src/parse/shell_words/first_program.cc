// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <span>

#include "parse/shell_words/shell_words.h"

namespace genba::parse {

namespace {

// sh -c "sh -c '…'" deeper than this is a game, not a job.
constexpr int kMaxDepth = 8;

// Programs that start their operands: which of their short options take a word of their own, and
// how many operands stand before the command.
struct Wrapper {
  std::string_view name;
  std::string_view options_with_word;
  size_t operands;
};
constexpr Wrapper kWrappers[] = {
    {"builtin", "", 0},       {"busybox", "", 0},
    {"chronic", "", 0},       {"chroot", "", 1},
    {"chrt", "TPD", 1},       {"command", "", 0},
    {"cronic", "", 0},        {"doas", "Cu", 0},
    {"env", "uCS", 0},        {"eval", "", 0},
    {"exec", "a", 0},         {"flock", "wE", 1},
    {"ionice", "cnp", 0},     {"nice", "n", 0},
    {"nohup", "", 0},         {"runuser", "ugGs", 0},
    {"setpriv", "", 0},       {"setsid", "", 0},
    {"stdbuf", "ioe", 0},     {"sudo", "ugCDhprRtT", 0},
    {"systemd-cat", "tp", 0}, {"systemd-inhibit", "", 0},
    {"taskset", "", 1},       {"time", "fo", 0},
    {"timeout", "ks", 1},     {"toybox", "", 0},
    {"unshare", "", 0},
};

constexpr std::string_view kShells[] = {"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"};

// Commands that only prepare or test; the line is there for what follows them.
constexpr std::string_view kPreparations[] = {
    "[[",     "cd",    ":",      "true",  "false", ".",     "source", "set",
    "export", "umask", "ulimit", "unset", "type",  "which", "sleep",  "trap"};

// Reserved words of the shell that stand before a command.
constexpr std::string_view kReserved[] = {"!",    "{",  "}",     "if",    "then", "else",
                                          "elif", "fi", "while", "until", "do",   "done"};

bool contains(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_absolute(std::string_view word) {
  return word.size() > 1 && word[0] == '/';
}

const Wrapper* wrapper_named(std::string_view name) {
  const auto* found = std::find_if(std::begin(kWrappers), std::end(kWrappers),
                                   [&](const Wrapper& known) { return known.name == name; });
  return found == std::end(kWrappers) ? nullptr : found;
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

/// NAME=value, where NAME is a name of the shell.
bool is_assignment(std::string_view word) {
  const size_t equals = word.find('=');
  if (equals == std::string_view::npos || equals == 0 || (word[0] >= '0' && word[0] <= '9')) {
    return false;
  }
  const std::string_view name = word.substr(0, equals);
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// Passes over options from `position` on; those in `with_word` take the next word too.
size_t skip_options(std::span<const std::string> words, size_t position,
                    std::string_view with_word) {
  while (position < words.size() && words[position].size() > 1 && words[position][0] == '-') {
    const std::string& option = words[position++];
    if (option == "--") {
      break;
    }
    if (option.size() == 2 && with_word.find(option[1]) != std::string_view::npos) {
      ++position;
    }
  }
  return std::min(position, words.size());
}

class Finder {
 public:
  /// The first wrapper with an absolute path.
  std::optional<std::string> fallback;

  std::optional<std::string> find(std::string_view command, int depth) {
    if (depth > kMaxDepth) {
      return std::nullopt;
    }
    auto tokens = split_shell_tokens(command);
    tokens.push_back({ShellToken::Kind::kControl, ";"});
    std::vector<std::string> words;
    bool target_follows = false;
    for (auto& token : tokens) {
      if (token.kind == ShellToken::Kind::kWord) {
        if (!target_follows) {
          words.push_back(std::move(token.text));
        }
        target_follows = false;
        continue;
      }
      target_follows = token.kind == ShellToken::Kind::kRedirect;
      if (target_follows) {
        continue;
      }
      bool decided = false;
      auto program = of_simple_command(words, depth, decided);
      if (decided) {
        return program;
      }
      words.clear();
    }
    return std::nullopt;
  }

 private:
  /// `decided` is set when this command is the one that the line is there for.
  std::optional<std::string> of_simple_command(std::span<const std::string> words, int depth,
                                               bool& decided) {
    size_t position = 0;
    while (position < words.size()) {
      const std::string& word = words[position];
      if (is_assignment(word) || contains(kReserved, word)) {
        ++position;
        continue;
      }
      const std::string_view name = base_name(word);
      const bool asks = name == "command" && position + 1 < words.size() &&
                        (words[position + 1] == "-v" || words[position + 1] == "-V");
      const bool tests = name == "test" || name == "[";
      if (asks || tests || contains(kPreparations, word)) {
        return std::nullopt;
      }
      const Wrapper* wrapper = wrapper_named(name);
      const bool shell = contains(kShells, name);
      decided = shell || wrapper == nullptr;
      if (decided && !shell) {
        return is_absolute(word) ? std::optional(word) : std::nullopt;
      }
      if (is_absolute(word) && !fallback) {
        fallback = word;
      }
      if (shell) {
        return of_shell(words.subspan(position + 1), depth);
      }
      position = skip_options(words, position + 1, wrapper->options_with_word) + wrapper->operands;
    }
    return std::nullopt;
  }

  /// Behind sh: the text of -c, or the script.
  std::optional<std::string> of_shell(std::span<const std::string> words, int depth) {
    for (size_t i = 0; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (word.size() < 2 || word[0] != '-') {
        return is_absolute(word) ? std::optional(word) : std::nullopt;
      }
      if (word[1] != '-' && word.find('c') != std::string::npos) {
        return i + 1 < words.size() ? find(words[i + 1], depth + 1) : std::nullopt;
      }
    }
    return std::nullopt;
  }
};

}  // namespace

size_t program_position(std::span<const std::string> words) {
  size_t position = 0;
  while (position < words.size()) {
    if (is_assignment(words[position]) || contains(kReserved, words[position])) {
      ++position;
      continue;
    }
    const Wrapper* wrapper = wrapper_named(base_name(words[position]));
    if (wrapper == nullptr) {
      break;
    }
    position = skip_options(words, position + 1, wrapper->options_with_word) + wrapper->operands;
  }
  return std::min(position, words.size());
}

std::optional<std::string> first_absolute_program(std::string_view command) {
  Finder finder;
  auto program = finder.find(command, 0);
  return program ? program : finder.fallback;
}

}  // namespace genba::parse
