// SPDX-License-Identifier: Apache-2.0
#include "base/moment.h"

#include <array>
#include <string>

#include "base/number.h"

namespace genba::base {

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMostSeconds = int64_t{100} * 366 * 86'400;

struct Unit {
  char letter;
  int64_t seconds;
};
constexpr std::array<Unit, 5> kUnits = {
    {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}, {'w', 7 * 86'400}}};

}  // namespace

std::optional<int64_t> parse_duration(std::string_view text) {
  const auto number = parse_prefix<int64_t>(text);
  if (!number || *number < 0 || text.size() != 1) {
    return std::nullopt;
  }
  for (const Unit& unit : kUnits) {
    if (unit.letter == text[0] && *number <= kMostSeconds / unit.seconds) {
      return *number * unit.seconds * kSecond;
    }
  }
  return std::nullopt;
}

std::optional<Timestamp> parse_moment(std::string_view text, Timestamp now) {
  if (text == "now") {
    return now;
  }
  if (const auto span = parse_duration(text)) {
    return Timestamp{now.nanoseconds - *span};
  }
  std::string whole(text);
  if (whole.size() > 10 && whole[10] == ' ') {
    whole[10] = 'T';
  }
  if (whole.size() == 10) {
    whole += "T00:00:00Z";
  } else if (whole.size() == 16) {
    whole += ":00Z";
  }
  if (const auto time = parse_rfc3339(whole)) {
    return time;
  }
  return parse_rfc3339(whole + "Z");
}

}  // namespace genba::base
