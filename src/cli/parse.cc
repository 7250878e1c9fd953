// SPDX-License-Identifier: Apache-2.0
#include "cli/parse.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/nearest.h"
#include "base/text.h"
#include "fmt/format.h"

namespace genba::cli {

namespace {

std::string option_hint(std::string_view word, const Command& command) {
  std::vector<std::string> names;
  for (const auto options : {command.options, global_options()}) {
    for (const Option& option : options) {
      names.push_back(fmt::format("--{}", option.name));
    }
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view near = base::nearest(word.substr(0, word.find('=')), views);
  if (near.empty()) {
    return fmt::format("'genba help {}' lists them", command.verb);
  }
  return fmt::format("did you mean '{}'?", near);
}

base::Error usage_error(std::string what) {
  return base::Error{base::ErrorCode::kInvalid, 0, std::move(what)};
}

base::Error missing_value(std::string_view word, const Command& command) {
  for (const auto options : {command.options, global_options()}) {
    for (const Option& option : options) {
      if (word == fmt::format("--{}", option.name)) {
        return usage_error(fmt::format("{} needs a value: {} {}", word, word, option.value));
      }
    }
  }
  return usage_error(fmt::format("{} needs a value", base::escape_for_terminal(word)));
}

base::Error unknown_verb(std::string_view word) {
  std::vector<std::string_view> verbs;
  for (const Command* command : all_commands()) {
    verbs.push_back(command->verb);
  }
  const std::string_view near = base::nearest(word, verbs);
  const std::string hint = near.empty() ? std::string("'genba help' lists the verbs")
                                        : fmt::format("did you mean 'genba {}'?", near);
  return usage_error(fmt::format("unknown verb '{}'; {}", base::escape_for_terminal(word), hint));
}

// What CLI11 filled for one option of the table.
struct Slot {
  const Option* option;
  std::vector<std::string> values;
  int64_t times = 0;
};

base::Result<Invocation> parse_verb(const Command& command, std::vector<std::string> words) {
  CLI::App app;
  app.set_help_flag("");
  app.allow_extras();
  std::deque<Slot> slots;
  for (const auto options : {command.options, global_options()}) {
    for (const Option& option : options) {
      Slot& slot = slots.emplace_back(Slot{&option, {}, 0});
      const std::string name = fmt::format("--{}", option.name);
      if (option.value.empty()) {
        app.add_flag(name, slot.times);
      } else {
        app.add_option(name, slot.values)
            ->expected(1)
            ->allow_extra_args(false)
            ->take_all()
            ->type_name(std::string(option.value));
      }
    }
  }
  std::reverse(words.begin(), words.end());  // CLI11 takes its words from the back
  try {
    app.parse(words);
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();  // "--root: 1 required DIR missing"
    return base::fail(missing_value(what.substr(0, what.find(':')), command));
  } catch (const CLI::ParseError& error) {
    return base::fail(
        usage_error(fmt::format("{}; 'genba help {}' shows examples",
                                base::escape_for_terminal(error.what()), command.verb)));
  }
  Invocation invocation;
  invocation.verb = command.verb;
  for (const Slot& slot : slots) {
    const std::string name(slot.option->name);
    if (slot.times > 0) {
      invocation.options.emplace_back(name, "");
    }
    if (slot.values.size() > 1 && !slot.option->repeatable) {
      return base::fail(usage_error(fmt::format("'--{}' is given more than once", name)));
    }
    for (const std::string& value : slot.values) {
      if (value.empty()) {
        return base::fail(missing_value(fmt::format("--{}", name), command));
      }
      invocation.options.emplace_back(name, value);
    }
  }
  for (const std::string& word : app.remaining()) {
    if (word.size() > 1 && word[0] == '-') {
      return base::fail(usage_error(fmt::format("unknown option '{}' for 'genba {}'; {}",
                                                base::escape_for_terminal(word), command.verb,
                                                option_hint(word, command))));
    }
    invocation.arguments.push_back(word);
  }
  return invocation;
}

base::Result<void> check_arguments(const Command& command, const Invocation& invocation) {
  const auto required = static_cast<size_t>(
      std::count_if(command.arguments.begin(), command.arguments.end(),
                    [](const Argument& argument) { return argument.required; }));
  if (invocation.arguments.size() < required) {
    return base::fail(usage_error(
        fmt::format("'genba {}' needs {}; 'genba help {}' shows examples", command.verb,
                    command.arguments[invocation.arguments.size()].name, command.verb)));
  }
  if (invocation.arguments.size() > command.arguments.size()) {
    return base::fail(usage_error(fmt::format(
        "'genba {}' does not know what to do with '{}'; 'genba help {}' shows examples",
        command.verb, base::escape_for_terminal(invocation.arguments[command.arguments.size()]),
        command.verb)));
  }
  return {};
}

// A word where only some are taken.
base::Result<void> check_choices(const Command& command, const Invocation& invocation) {
  for (size_t i = 0; i < invocation.arguments.size(); ++i) {
    const std::string& word = invocation.arguments[i];
    const auto choices = choices_of(command.arguments[i].name);
    if (choices.empty() || std::find(choices.begin(), choices.end(), word) != choices.end()) {
      continue;
    }
    const std::string_view near = base::nearest(word, choices);
    return base::fail(usage_error(
        fmt::format("'genba {}' takes one of {}, not '{}'; {}", command.verb,
                    fmt::join(choices, ", "), base::escape_for_terminal(word),
                    near.empty() ? fmt::format("'genba help {}' shows examples", command.verb)
                                 : fmt::format("did you mean '{}'?", near))));
  }
  return {};
}

Invocation special(std::string_view verb, std::vector<std::string> arguments = {}) {
  Invocation invocation;
  invocation.verb = verb;
  invocation.arguments = std::move(arguments);
  return invocation;
}

}  // namespace

const Command* find_command(std::string_view verb) {
  for (const Command* command : all_commands()) {
    if (command->verb == verb) {
      return command;
    }
  }
  return nullptr;
}

base::Result<Invocation> parse(std::span<const std::string> words) {
  if (words.empty()) {
    return special("help");
  }
  if (words[0] == "--version" || words[0] == "-V") {
    return special("version");
  }
  if (words[0] == "--help" || words[0] == "-h") {
    return special("help");
  }
  const Command* command = find_command(words[0]);
  if (command == nullptr) {
    if (words[0].starts_with("-")) {
      return base::fail(usage_error(
          fmt::format("the verb comes before options such as '{}'; try 'genba triage {}'",
                      base::escape_for_terminal(words[0]), base::escape_for_terminal(words[0]))));
    }
    return base::fail(unknown_verb(words[0]));
  }
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  const auto stop = std::find(rest.begin(), rest.end(), "--");
  const bool asks_help = std::any_of(
      rest.begin(), stop, [](const std::string& word) { return word == "--help" || word == "-h"; });
  if (asks_help) {
    return special("help", {words[0]});
  }
  GENBA_TRY(Invocation invocation, parse_verb(*command, rest));
  GENBA_TRY_VOID(check_arguments(*command, invocation));
  GENBA_TRY_VOID(check_choices(*command, invocation));
  return invocation;
}

}  // namespace genba::cli
