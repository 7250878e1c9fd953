// SPDX-License-Identifier: Apache-2.0
#include "cli/parse.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/text.h"
#include "fmt/format.h"

namespace genba::cli {

namespace {

// Optimal string alignment distance (Damerau): a typo is one edit.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const size_t replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

std::string option_hint(std::string_view word, const Command& command) {
  std::vector<std::string> names;
  for (const auto options : {command.options, global_options()}) {
    for (const Option& option : options) {
      names.push_back(fmt::format("--{}", option.name));
    }
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view near = nearest(word.substr(0, word.find('=')), views);
  if (near.empty()) {
    return fmt::format("'genba help {}' lists them", command.verb);
  }
  return fmt::format("did you mean '{}'?", near);
}

base::Error usage_error(std::string what) {
  return base::Error{base::ErrorCode::kInvalid, 0, std::move(what)};
}

base::Error unknown_verb(std::string_view word) {
  std::vector<std::string_view> verbs;
  for (const Command* command : all_commands()) {
    verbs.push_back(command->verb);
  }
  const std::string_view near = nearest(word, verbs);
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

Invocation special(std::string_view verb, std::vector<std::string> arguments = {}) {
  Invocation invocation;
  invocation.verb = verb;
  invocation.arguments = std::move(arguments);
  return invocation;
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr size_t kLongestWord = 64;
  if (word.size() > kLongestWord) {
    return {};
  }
  std::string_view best;
  size_t best_distance = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

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
  return invocation;
}

}  // namespace genba::cli
