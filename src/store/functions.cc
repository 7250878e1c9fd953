// SPDX-License-Identifier: Apache-2.0
#include "store/functions.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>

#include "base/places.h"
#include "base/split.h"
#include "base/text.h"
#include "base/time.h"
#include "parse/authorized_keys/authorized_keys.h"
#include "parse/command_trick/command_trick.h"
#include "store/sqlite.h"

namespace genba::store {

namespace {

using Arguments = sqlite3_value**;

std::optional<std::string_view> text_of(sqlite3_value* value) {
  if (sqlite3_value_type(value) == SQLITE_NULL) {
    return std::nullopt;
  }
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) {
    return std::nullopt;  // out of memory
  }
  return std::string_view(text, static_cast<size_t>(sqlite3_value_bytes(value)));
}

void answer(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

std::string_view without_trailing_slashes(std::string_view path) {
  const size_t last = path.find_last_not_of('/');
  return path.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string_view directory_of(std::string_view path) {
  const std::string_view bare = without_trailing_slashes(path);
  if (bare.empty()) {
    return path.empty() ? "." : "/";
  }
  const size_t slash = bare.rfind('/');
  if (slash == std::string_view::npos) {
    return ".";
  }
  const std::string_view directory = without_trailing_slashes(bare.substr(0, slash));
  return directory.empty() ? "/" : directory;
}

std::string_view name_of(std::string_view path) {
  const std::string_view bare = without_trailing_slashes(path);
  if (bare.empty()) {
    return path.substr(0, std::min<size_t>(path.size(), 1));
  }
  return bare.substr(bare.rfind('/') + 1);
}

bool has_hidden(std::string_view path) {
  const auto names = base::split(path, '/');
  return std::any_of(names.begin(), names.end(), [](std::string_view name) {
    return name.starts_with('.') && name != "." && name != "..";
  });
}

// Control characters, and characters that take no room or change the direction of writing.
bool is_unseen(uint32_t code_point) {
  return code_point < 0x20 || code_point == 0x7F ||
         (code_point >= 0x200B && code_point <= 0x200F) ||
         (code_point >= 0x202A && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069);
}

bool is_deceptive_name(std::string_view name) {
  if (name.empty()) {
    return false;
  }
  if (name.back() == ' ' || name.find_first_not_of(". ") == std::string_view::npos) {
    return true;
  }
  for (size_t offset = 0; offset < name.size();) {
    if (is_unseen(base::next_code_point(name, offset))) {
      return true;
    }
  }
  return false;
}

// Built-ins of the shell, which never are compiled programs, and tools that the base system brings.
constexpr std::string_view kCorePrograms[] = {
    "alias",  "bash",  "bg",      "cat",  "cd",    "command", "cron",    "crond",   "dash",
    "df",     "du",    "export",  "fg",   "find",  "getopts", "grep",    "hash",    "id",
    "ip",     "jobs",  "kill",    "last", "login", "ls",      "lsof",    "netstat", "ps",
    "read",   "sh",    "ss",      "sshd", "su",    "sudo",    "systemd", "top",     "type",
    "ulimit", "umask", "unalias", "w",    "wait",  "who"};

bool is_core_program(std::string_view name) {
  return std::binary_search(std::begin(kCorePrograms), std::end(kCorePrograms), name);
}

// The value of a variable, or options: a list of paths, or paths among words.
bool names_hiding_place(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" \t:;,=\"'"), text.size());
    const std::string_view word = text.substr(0, end);
    if (base::lies_in_volatile_directory(word) || base::is_hidden_in_system_place(word)) {
      return true;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

template <std::string_view (*kFunction)(std::string_view)>
void text_function(sqlite3_context* context, int, Arguments arguments) {
  if (const auto text = text_of(arguments[0])) {
    answer(context, kFunction(*text));
  }
}

template <bool (*kFunction)(std::string_view)>
void test_function(sqlite3_context* context, int, Arguments arguments) {
  if (const auto text = text_of(arguments[0])) {
    sqlite3_result_int(context, kFunction(*text) ? 1 : 0);
  }
}

template <bool (*kFunction)(std::string_view, std::string_view)>
void compare_function(sqlite3_context* context, int, Arguments arguments) {
  const auto first = text_of(arguments[0]);
  const auto second = text_of(arguments[1]);
  if (first && second) {
    sqlite3_result_int(context, kFunction(*first, *second) ? 1 : 0);
  }
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix);
}

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix);
}

void iso(sqlite3_context* context, int, Arguments arguments) {
  if (sqlite3_value_type(arguments[0]) == SQLITE_INTEGER) {
    answer(context, base::to_rfc3339({sqlite3_value_int64(arguments[0])}));
  }
}

void command_trick(sqlite3_context* context, int, Arguments arguments) {
  if (const auto command = text_of(arguments[0])) {
    if (const auto trick = parse::find_command_trick(*command)) {
      answer(context, parse::to_string(*trick));
    }
  }
}

void key_option(sqlite3_context* context, int, Arguments arguments) {
  const auto options = text_of(arguments[0]);
  const auto name = text_of(arguments[1]);
  if (!options || !name) {
    return;
  }
  for (const parse::KeyOption& option : parse::parse_key_options(*options)) {
    if (option.name == *name && option.value) {
      return answer(context, *option.value);
    }
  }
}

struct OwnFunction {
  const char* name;
  int arguments;
  void (*function)(sqlite3_context*, int, Arguments);
};

constexpr OwnFunction kFunctions[] = {
    {"dirname", 1, text_function<directory_of>},
    {"basename", 1, text_function<name_of>},
    {"iso", 1, iso},
    {"starts_with", 2, compare_function<starts_with>},
    {"ends_with", 2, compare_function<ends_with>},
    {"in_directory", 2, compare_function<base::lies_in>},
    {"has_hidden_component", 1, test_function<has_hidden>},
    {"is_deceptive_name", 1, test_function<is_deceptive_name>},
    {"is_core_program", 1, test_function<is_core_program>},
    {"in_volatile_directory", 1, test_function<base::lies_in_volatile_directory>},
    {"hidden_in_system_place", 1, test_function<base::is_hidden_in_system_place>},
    {"names_hiding_place", 1, test_function<names_hiding_place>},
    {"command_trick", 1, command_trick},
    {"key_option", 2, key_option},
};

}  // namespace

base::Result<void> add_functions(sqlite3* handle) {
  for (const OwnFunction& each : kFunctions) {
    const int status = sqlite3_create_function_v2(
        handle, each.name, each.arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
        nullptr, each.function, nullptr, nullptr, nullptr);
    if (status != SQLITE_OK) {
      return base::fail(sqlite_error(handle, "adding functions"));
    }
  }
  return {};
}

bool is_own_function(std::string_view name) {
  return std::any_of(std::begin(kFunctions), std::end(kFunctions),
                     [name](const OwnFunction& each) { return name == each.name; });
}

}  // namespace genba::store
