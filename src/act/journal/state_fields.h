// SPDX-License-Identifier: Apache-2.0
//
// The fields of a state that the journal keeps as a JSON object, written and read. The journal may
// have been edited by an intruder: each field is checked for its kind and its bounds, and one that
// is wrong makes the whole record wrong. Names of devices, paths and the like are bytes; what is
// not printable ASCII, and '%', stands as %NN. Covered by the tests and fuzz targets of the states:
// act/contain/containment_test.cc, act/freeze/freeze_state_test.cc,
// act/ladder/ladder_state_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "nlohmann/json.hpp"

namespace genba::act {

std::string escape_state_text(std::string_view bytes);
/// Nothing for what escape_state_text does not write.
std::optional<std::string> unescape_state_text(std::string_view text);
/// An array of escaped texts.
nlohmann::json state_texts(const std::vector<std::string>& texts);
/// One line of ASCII.
std::string dump_state(const nlohmann::json& object);

/// Of one object, taken out one after the other. `good` becomes false with the first that is
/// missing or not right; what is returned then is a default.
class StateFields {
 public:
  /// Both are borrowed.
  StateFields(const nlohmann::json& object, bool& good);

  std::string text(const char* key);
  std::string optional_text(const char* key) { return has(key) ? text(key) : std::string(); }
  /// So many lower-case hex digits.
  std::string hex(const char* key, size_t digits);
  bool flag(const char* key);
  /// A whole number from 0 to `most`.
  template <class Number>
  Number number(const char* key, uint64_t most) {
    const nlohmann::json* value = find(key);
    return check(value != nullptr ? number_in<Number>(*value, most) : std::nullopt);
  }
  template <class Number>
  std::optional<Number> optional_number(const char* key, uint64_t most) {
    return has(key) ? std::optional(number<Number>(key, most)) : std::nullopt;
  }
  /// An empty one when it is missing, no array, or longer than `most`.
  const nlohmann::json& list(const char* key, size_t most);
  /// Whatever stands there; an empty object when nothing does.
  const nlohmann::json& object(const char* key);
  std::vector<std::string> texts(const char* key, size_t most);
  base::Network network(const char* key) { return check(base::parse_network(text(key))); }

  bool has(const char* key) const { return object_.is_object() && object_.contains(key); }
  template <class Value>
  Value check(std::optional<Value> value) {
    good_ = good_ && value.has_value();
    return value ? *std::move(value) : Value{};
  }
  template <class Number>
  static std::optional<Number> number_in(const nlohmann::json& value, uint64_t most) {
    return value.is_number_unsigned() && value.get<uint64_t>() <= most
               ? std::optional(static_cast<Number>(value.get<uint64_t>()))
               : std::nullopt;
  }

 private:
  const nlohmann::json* find(const char* key);

  const nlohmann::json& object_;
  bool& good_;
};

}  // namespace genba::act
