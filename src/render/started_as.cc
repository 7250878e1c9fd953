// SPDX-License-Identifier: Apache-2.0
#include "render/started_as.h"

#include <algorithm>

namespace genba::render {

namespace {

constexpr std::string_view kName = "genba";
constexpr std::string_view kVerbs[] = {" triage", " query", " help", " contain", " case"};

// "/usr/bin/genba" and "my-genba" are other words; in Japanese a command follows without a blank.
bool begins_a_word(std::string_view text, size_t at) {
  const std::string_view joined = "/.-_";
  const char before = at == 0 ? ' ' : text[at - 1];
  const bool letter = (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z') ||
                      (before >= '0' && before <= '9');
  return !letter && joined.find(before) == std::string_view::npos;
}

bool has_verb(std::string_view rest) {
  return std::any_of(std::begin(kVerbs), std::end(kVerbs),
                     [&](std::string_view verb) { return rest.starts_with(verb); });
}

}  // namespace

std::string started_as(std::string_view program, std::string_view words) {
  std::string out;
  while (true) {
    const size_t at = words.find(kName);
    if (at == std::string_view::npos) {
      return out.append(words);
    }
    const size_t end = at + kName.size();
    const bool command = begins_a_word(words, at) && has_verb(words.substr(end));
    out.append(words.substr(0, at)).append(command ? program : kName);
    words.remove_prefix(end);
  }
}

}  // namespace genba::render
