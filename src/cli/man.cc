// SPDX-License-Identifier: Apache-2.0
//
// genba(1) and the shell completions, from the command table. Sources: man(7), bash(1) Programmable
// Completion, zshcompsys(1), fish complete(1).
#include <algorithm>
#include <vector>

#include "cli/help.h"
#include "fmt/format.h"

namespace genba::cli {

namespace {

// man(7) text: a backslash is an escape, a leading dot or quote a request, "-" a hyphen.
std::string roff(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool line_start = i == 0 || text[i - 1] == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (line_start && (c == '.' || c == '\'')) {
      out += "\\&";
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string roff_options(std::span<const Option> options) {
  std::string text;
  for (const Option& option : options) {
    text += option.value.empty()
                ? fmt::format(".TP\n\\fB{}\\fR\n", roff(fmt::format("--{}", option.name)))
                : fmt::format(".TP\n\\fB{}\\fR \\fI{}\\fR\n",
                              roff(fmt::format("--{}", option.name)), roff(option.value));
    text += fmt::format("{}\n", roff(option.meaning.en));
  }
  return text;
}

std::string option_words(std::span<const Option> options) {
  std::string words;
  for (const Option& option : options) {
    words += fmt::format("{}--{}", words.empty() ? "" : " ", option.name);
  }
  return words;
}

std::string verb_words() {
  std::string words;
  for (const Command* command : all_commands()) {
    words += fmt::format("{}{}", words.empty() ? "" : " ", command->verb);
  }
  return words;
}

// The words that an option takes ("en|ja"), with blanks between them; empty for any value.
std::string choice_words(const Option& option) {
  return fmt::format("{}", fmt::join(choices_of(option.value), " "));
}

// The words that can stand right behind a verb: the verbs themselves (help), a verb's own verbs, or
// none that are known.
std::string first_words(const Command& command) {
  if (command.arguments.empty()) {
    return {};
  }
  const std::string_view name = command.arguments[0].name;
  return name == "VERB" ? verb_words() : fmt::format("{}", fmt::join(choices_of(name), " "));
}

// Each option of any verb that takes a value, once.
std::vector<const Option*> valued_options() {
  std::vector<const Option*> found;
  const auto add = [&found](std::span<const Option> options) {
    for (const Option& option : options) {
      const bool known = std::any_of(found.begin(), found.end(),
                                     [&](const Option* each) { return each->name == option.name; });
      if (!option.value.empty() && !known) {
        found.push_back(&option);
      }
    }
  };
  add(global_options());
  for (const Command* command : all_commands()) {
    add(command->options);
  }
  return found;
}

std::string bash_values() {
  std::string text;
  for (const Option* option : valued_options()) {
    const std::string choices = choice_words(*option);
    const std::string how = !choices.empty()          ? fmt::format("-W '{}'", choices)
                            : option->value == "DIR"  ? "-d"
                            : option->value == "FILE" ? "-f"
                                                      : "-W ''";
    text += fmt::format("    --{}) COMPREPLY=($(compgen {} -- \"$cur\")); return ;;\n",
                        option->name, how);
  }
  return text;
}

std::string bash_completion() {
  std::string text =
      "_genba() {\n  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
      "  case $prev in\n" +
      bash_values() + "  esac\n";
  text += fmt::format(
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    words='{}'\n  else\n    case ${{COMP_WORDS[1]}} "
      "in\n",
      verb_words());
  for (const Command* command : all_commands()) {
    const std::string first = first_words(*command);
    text += fmt::format("      {}) words='{}{}{}{}' ;;\n", command->verb,
                        first.empty() ? "" : first + " ", option_words(command->options),
                        command->options.empty() ? "" : " ", option_words(global_options()));
  }
  return text +
         "    esac\n  fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
         "complete -o default -F _genba genba\n";
}

std::string zsh_quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (c == ':' || c == '[' || c == ']') {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

// What zsh offers behind an option: ":value:(en ja)".
std::string zsh_value(const Option& option) {
  if (option.value.empty()) {
    return {};
  }
  if (const std::string choices = choice_words(option); !choices.empty()) {
    return fmt::format(":value:({})", choices);
  }
  return option.value == "DIR"    ? ":directory:_files -/"
         : option.value == "FILE" ? ":file:_files"
                                  : ":value:";
}

std::string zsh_completion() {
  std::string text = "#compdef genba\n_genba() {\n  local -a verbs\n  verbs=(\n";
  for (const Command* command : all_commands()) {
    text += fmt::format("    '{}:{}'\n", command->verb, zsh_quoted(command->summary.en));
  }
  text +=
      "  )\n  if (( CURRENT == 2 )); then _describe verb verbs; return; fi\n  case $words[2] in\n";
  for (const Command* command : all_commands()) {
    text += fmt::format("    {}) _arguments", command->verb);
    for (const auto options : {command->options, global_options()}) {
      for (const Option& option : options) {
        text += fmt::format(" '--{}[{}]{}'", option.name, zsh_quoted(option.meaning.en),
                            zsh_value(option));
      }
    }
    const std::string first = first_words(*command);
    text += first.empty() ? "" : fmt::format(" '2:verb:({})'", first);
    text += " ;;\n";
  }
  return text + "  esac\n}\n_genba \"$@\"\n";
}

std::string fish_quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out;
}

std::string fish_options(std::string_view condition, std::span<const Option> options) {
  std::string text;
  for (const Option& option : options) {
    const std::string choices = choice_words(option);
    const std::string value = !choices.empty()       ? fmt::format(" -x -a '{}'", choices)
                              : option.value.empty() ? " -f"
                                                     : " -r";
    text += fmt::format("complete -c genba -n '{}' -l {} -d '{}'{}\n", condition, option.name,
                        fish_quoted(option.meaning.en), value);
  }
  return text;
}

std::string fish_completion() {
  std::string text;
  for (const Command* command : all_commands()) {
    text += fmt::format("complete -c genba -f -n __fish_use_subcommand -a {} -d '{}'\n",
                        command->verb, fish_quoted(command->summary.en));
    const std::string seen = fmt::format("__fish_seen_subcommand_from {}", command->verb);
    const std::string first = first_words(*command);
    text += first.empty() ? "" : fmt::format("complete -c genba -f -n '{}' -a '{}'\n", seen, first);
    text += fish_options(seen, command->options);
  }
  return text + fish_options("not __fish_use_subcommand", global_options());
}

}  // namespace

std::string man_page() {
  std::string text =
      ".TH GENBA 1\n.SH NAME\ngenba \\- look at a Linux server that may be compromised\n"
      ".SH SYNOPSIS\n\\fBgenba\\fR \\fIVERB\\fR [\\fIoptions\\fR]\n.SH DESCRIPTION\n"
      "Genba reads a machine without trusting it, judges what it saw by rules that anyone can "
      "read, "
      "and says what is wrong, since when, and what to do next. It runs no program of the host, "
      "loads none of its libraries or configuration, and changes nothing but by \\fBgenba "
      "contain\\fR, which records each change before it makes it.\n.SH VERBS\n";
  for (const Command* command : all_commands()) {
    text += fmt::format(".SS genba {}\n{}\n", roff(command->verb), roff(command->summary.en));
    text += roff_options(command->options);
    for (const Example& example : command->examples) {
      text += fmt::format(".PP\n\\fB{}\\fR\n.RS\n{}\n.RE\n", roff(example.command),
                          roff(example.meaning.en));
    }
  }
  text += ".SH OPTIONS OF EVERY VERB\n" + roff_options(global_options());
  return text +
         ".SH EXIT STATUS\n.TP\n0\nnothing found\n.TP\n1\nfindings of medium or above\n.TP\n2\n"
         "could not look: nothing useful was read\n.TP\n3\nusage\n.TP\n4\nan action failed, "
         "could not be proven, or was not begun (refused, declined, or nobody reads its plan)\n";
}

std::string completions(std::string_view shell) {
  if (shell == "bash") {
    return bash_completion();
  }
  if (shell == "zsh") {
    return zsh_completion();
  }
  if (shell == "fish") {
    return fish_completion();
  }
  return {};
}

}  // namespace genba::cli
