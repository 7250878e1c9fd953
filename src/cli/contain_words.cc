// SPDX-License-Identifier: Apache-2.0
#include "cli/contain_words.h"

#include <algorithm>
#include <array>
#include <string>

#include "app/output.h"
#include "base/split.h"
#include "base/text.h"
#include "cli/common.h"
#include "fmt/format.h"
#include "sys/file.h"
#include "sys/terminal.h"

namespace genba::cli {

namespace {

constexpr int kStandardInput = 0;
constexpr size_t kLongestAnswer = 64;

bool is_global(std::string_view name) {
  const auto options = global_options();
  return std::any_of(options.begin(), options.end(),
                     [&](const Option& option) { return option.name == name; });
}

std::string read_answer() {
  std::string answer;
  std::array<char, 1> byte{};
  while (answer.size() < kLongestAnswer) {
    const auto size = sys::read(kStandardInput, byte);
    if (!size || *size == 0 || byte[0] == '\n') {
      break;
    }
    answer += byte[0];
  }
  return std::string(base::trim(answer));
}

}  // namespace

base::Result<void> check_word(const ContainWord& word, const Invocation& invocation) {
  for (const auto& [name, value] : invocation.options) {
    if (!is_global(name) &&
        std::find(word.options.begin(), word.options.end(), name) == word.options.end()) {
      return base::fail(base::ErrorCode::kInvalid,
                        fmt::format("'genba contain {}' does not take --{}", word.name, name));
    }
  }
  if (word.argument.empty() && invocation.arguments.size() > 1) {
    return base::fail(base::ErrorCode::kInvalid,
                      fmt::format("'genba contain {}' does not take '{}'", word.name,
                                  base::escape_for_terminal(invocation.arguments[1])));
  }
  return {};
}

base::Result<void> check_can_ask(const Invocation& invocation) {
  if (invocation.has("yes") || sys::is_terminal(kStandardInput)) {
    return {};
  }
  return base::fail(base::ErrorCode::kInvalid,
                    "this changes the machine and nobody can be asked: give --yes, or run it on a "
                    "terminal");
}

Exit nobody_read_plan(model::Language language) {
  return complain({base::ErrorCode::kOutput, 0,
                   "nobody reads the plan (standard output is closed): nothing was done"},
                  language);
}

bool ask(const Invocation& invocation, Words question, model::Language language) {
  if (invocation.has("yes")) {
    return true;
  }
  const bool japanese = language == model::Language::kJapanese;
  app::print(app::Stream::kErrors,
             fmt::format("{} [yes/no] ", japanese ? question.ja : question.en));
  std::string answer = read_answer();
  for (char& c : answer) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return answer == "yes" || answer == "y" || answer == "はい";
}

}  // namespace genba::cli
