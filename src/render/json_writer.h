// SPDX-License-Identifier: Apache-2.0
//
// Writes one JSON value after the other into a string, with keys in the order in which they are
// given. Strings may hold any bytes: they become valid UTF-8, and every control, bidi or invisible
// character is written as \u00XX, so that a terminal that shows the JSON is safe too. (A general
// JSON library would throw on bytes that are not UTF-8 and would print bidi controls as they are.)
// Source: RFC 8259. Covered by json_writer_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/time.h"
#include "model/value.h"

namespace genba::render {

/// Appends to `out` what its calls say. The caller balances begin and end, and gives a key before
/// each member of an object.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);

  void string(std::string_view bytes);
  void integer(int64_t number);
  void integer(uint64_t number);
  /// null when the number is not finite.
  void real(double number);
  void boolean(bool value);
  void null();
  void time(base::Timestamp time);
  /// A cell by its column's type: timestamps as RFC 3339, booleans as true and false.
  void cell(const model::Value& value, model::ColumnType type);
  void cell(const model::OwnedValue& value, model::ColumnType type);

  void member(std::string_view name, std::string_view text);
  /// Left out when the text is empty.
  void optional_member(std::string_view name, std::string_view text);
  template <class Number>
  void integer_member(std::string_view name, Number number) {
    key(name);
    if constexpr (std::is_signed_v<Number>) {
      integer(static_cast<int64_t>(number));
    } else {
      integer(static_cast<uint64_t>(number));
    }
  }
  void boolean_member(std::string_view name, bool value);

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();

  std::string& out_;
  bool needs_comma_ = false;
};

/// JSON lines: an object of that type on a line of its own, which `fill` fills.
template <class Fill>
void add_json_line(std::string& out, std::string_view type, Fill fill) {
  JsonWriter json(out);
  json.begin_object();
  json.member("type", type);
  fill(json);
  json.end_object();
  out += '\n';
}

}  // namespace genba::render
