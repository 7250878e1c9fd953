// SPDX-License-Identifier: Apache-2.0
//
// One cell of a fact, as tables, SQL and JSON see it. Absent is absent (std::monostate, SQL NULL,
// JSON null or a missing key), never an invented value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"

namespace genba::model {

/// The types a column can have. kTimestamp is an integer (UTC nanoseconds) in SQL and RFC 3339 in
/// JSON and on screens; kBoolean is 0 or 1 in SQL.
enum class ColumnType : uint8_t { kText, kInteger, kReal, kBoolean, kTimestamp };

/// A borrowed cell; text points into the row it was taken from.
using Value = std::variant<std::monostate, int64_t, double, std::string_view>;

/// A cell that owns its text.
using OwnedValue = std::variant<std::monostate, int64_t, double, std::string>;

/// The cell of an owned value, borrowed.
inline Value borrow(const OwnedValue& value) {
  return std::visit([](const auto& cell) { return Value(cell); }, value);
}

/// The type as people read it: text, integer, real, boolean, time.
constexpr std::string_view to_string(ColumnType type) {
  switch (type) {
    case ColumnType::kText: return "text";
    case ColumnType::kInteger: return "integer";
    case ColumnType::kReal: return "real";
    case ColumnType::kBoolean: return "boolean";
    case ColumnType::kTimestamp: return "time";
  }
  return "text";
}

namespace detail {

template <class T>
struct Cell;

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <>
struct Cell<std::string> {
  static constexpr ColumnType kType = ColumnType::kText;
  static Value get(const std::string& field) { return std::string_view(field); }
  static bool set(std::string& field, const Value& value) {
    const auto* text = std::get_if<std::string_view>(&value);
    if (text == nullptr) {
      return false;
    }
    field.assign(text->data(), text->size());
    return true;
  }
};

template <class Integer, ColumnType kColumnType>
struct IntegerCell {
  static constexpr ColumnType kType = kColumnType;
  static Value get(Integer field) { return static_cast<int64_t>(field); }
  static bool set(Integer& field, const Value& value) {
    const auto* number = std::get_if<int64_t>(&value);
    if (number == nullptr) {
      return false;
    }
    field = static_cast<Integer>(*number);
    return true;
  }
};

template <>
struct Cell<int64_t> : IntegerCell<int64_t, ColumnType::kInteger> {};
template <>
struct Cell<uint64_t> : IntegerCell<uint64_t, ColumnType::kInteger> {};
template <>
struct Cell<int32_t> : IntegerCell<int32_t, ColumnType::kInteger> {};
template <>
struct Cell<uint32_t> : IntegerCell<uint32_t, ColumnType::kInteger> {};
template <>
struct Cell<bool> : IntegerCell<bool, ColumnType::kBoolean> {};

template <>
struct Cell<double> {
  static constexpr ColumnType kType = ColumnType::kReal;
  static Value get(double field) { return field; }
  static bool set(double& field, const Value& value) {
    if (const auto* real = std::get_if<double>(&value)) {
      field = *real;
      return true;
    }
    if (const auto* number = std::get_if<int64_t>(&value)) {
      field = static_cast<double>(*number);
      return true;
    }
    return false;
  }
};

template <>
struct Cell<base::Timestamp> {
  static constexpr ColumnType kType = ColumnType::kTimestamp;
  static Value get(base::Timestamp field) { return field.nanoseconds; }
  static bool set(base::Timestamp& field, const Value& value) {
    return Cell<int64_t>::set(field.nanoseconds, value);
  }
};

template <class T>
struct Cell<std::optional<T>> {
  static constexpr ColumnType kType = Cell<T>::kType;
  static Value get(const std::optional<T>& field) { return field ? Cell<T>::get(*field) : Value{}; }
  static bool set(std::optional<T>& field, const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) {
      field.reset();
      return true;
    }
    return Cell<T>::set(field.emplace(), value);
  }
};

}  // namespace detail

}  // namespace genba::model
