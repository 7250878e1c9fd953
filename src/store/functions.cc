// SPDX-License-Identifier: Apache-2.0
#include "store/functions.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>

#include "base/split.h"
#include "base/text.h"
#include "base/time.h"
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

bool lies_in(std::string_view path, std::string_view directory) {
  const std::string_view bare = without_trailing_slashes(directory);
  if (bare.empty() && directory.empty()) {
    return false;
  }
  return path.starts_with(bare) && path.substr(bare.size()).starts_with('/') &&
         path.find_first_not_of('/', bare.size()) != std::string_view::npos;
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
    {"in_directory", 2, compare_function<lies_in>},
    {"has_hidden_component", 1, test_function<has_hidden>},
    {"is_deceptive_name", 1, test_function<is_deceptive_name>},
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
