// SPDX-License-Identifier: Apache-2.0
#include "store/case/case_line.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/digest.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "store/sqlite.h"

namespace genba::store {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;
using model::ColumnType;
using nlohmann::json;

constexpr std::string_view kChainKey = ",\"chain\":\"";
constexpr size_t kChainDigits = 64;
constexpr size_t kTailSize = kChainKey.size() + kChainDigits + 2;  // and "}

void append_string(std::string& out, std::string_view raw) {
  std::string respelled;
  if (!is_sql_text(raw)) {
    respelled = sql_text(raw);
    raw = respelled;
  }
  out += '"';
  for (const char c : raw) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string chain_after(std::string_view chain, std::string_view body) {
  base::Sha256 digest;
  digest.add(chain);
  digest.add(body);
  return digest.hex();
}

// The shape is fixed and flat, so a handler of events does: no tree is built, nothing nests.
class LineHandler final : public nlohmann::json_sax<json> {
 public:
  CaseLine line;
  bool has_kind = false;
  bool has_number = false;
  bool has_row = false;

  bool null() override { return put(std::monostate()); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(int64_t value) override { return put(value); }
  bool number_unsigned(uint64_t value) override {
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return false;
    }
    return put(static_cast<int64_t>(value));
  }
  bool number_float(double value, const std::string&) override { return put(value); }
  bool string(std::string& value) override { return put(std::move(value)); }
  bool binary(json::binary_t&) override { return false; }
  bool start_object(size_t) override {
    if (++depth_ == 1) {
      return true;
    }
    has_row = !has_row && depth_ == 2 && key_ == "r";
    return has_row;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool key(std::string& name) override {
    key_ = std::move(name);
    return true;
  }
  bool start_array(size_t) override { return false; }
  bool end_array() override { return false; }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool put(JsonCell cell) {
    if (depth_ == 2) {
      line.row.emplace_back(std::move(key_), std::move(cell));
      return true;
    }
    if (depth_ == 1 && key_ == "t" && !has_kind && std::holds_alternative<std::string>(cell)) {
      line.kind = std::get<std::string>(std::move(cell));
      has_kind = true;
      return true;
    }
    if (depth_ == 1 && key_ == "n" && !has_number && std::holds_alternative<int64_t>(cell)) {
      line.number = static_cast<uint64_t>(std::get<int64_t>(cell));
      has_number = true;
      return true;
    }
    return false;
  }

  int depth_ = 0;
  std::string key_;
};

// What the chain value of a line covers: all before it.
Result<std::string_view> body_of(std::string_view line) {
  if (line.size() < kTailSize || !line.ends_with("\"}") ||
      line.substr(line.size() - kTailSize, kChainKey.size()) != kChainKey) {
    return fail(ErrorCode::kDamaged, "the line does not end in a chain value");
  }
  return line.substr(0, line.size() - kTailSize);
}

// Of a line that has a body.
std::string_view claimed_chain(std::string_view line) {
  return line.substr(line.size() - kChainDigits - 2, kChainDigits);
}

Result<CaseLine> parse_body(std::string_view body) {
  LineHandler handler;
  const std::string whole = std::string(body) + "}";
  if (!json::sax_parse(whole.begin(), whole.end(), &handler) || !handler.has_kind ||
      !handler.has_number || !handler.has_row) {
    return fail(ErrorCode::kDamaged, "the line is not a row of a case");
  }
  return std::move(handler.line);
}

}  // namespace

const std::string kFirstChain(kChainDigits, '0');

const JsonCell* CaseLine::find(std::string_view key) const {
  const auto found = std::find_if(row.begin(), row.end(),
                                  [key](const auto& member) { return member.first == key; });
  return found == row.end() ? nullptr : &found->second;
}

CaseLineBuilder::CaseLineBuilder(std::string_view kind, uint64_t number)
    : line_(fmt::format("{{\"t\":\"{}\",\"n\":{},\"r\":{{", kind, number)) {}

void CaseLineBuilder::add_key(std::string_view key) {
  if (!first_) {
    line_ += ',';
  }
  first_ = false;
  append_string(line_, key);
  line_ += ':';
}

void CaseLineBuilder::add(std::string_view key, std::string_view text) {
  add_key(key);
  append_string(line_, text);
}

void CaseLineBuilder::add(std::string_view key, int64_t number) {
  add_key(key);
  line_ += fmt::to_string(number);
}

void CaseLineBuilder::add_cell(const model::ColumnInfo& column, const model::Value& cell) {
  if (const auto* text = std::get_if<std::string_view>(&cell)) {
    add(column.name, *text);
  } else if (const auto* real = std::get_if<double>(&cell)) {
    if (std::isfinite(*real)) {
      add_key(column.name);
      line_ += fmt::to_string(*real);
    }
  } else if (const auto* number = std::get_if<int64_t>(&cell)) {
    if (column.type == ColumnType::kTimestamp) {
      add(column.name, base::to_rfc3339({*number}));
    } else if (column.type == ColumnType::kBoolean) {
      add_key(column.name);
      line_ += *number != 0 ? "true" : "false";
    } else {
      add(column.name, *number);
    }
  }
}

std::string CaseLineBuilder::finish(std::string& chain) {
  line_ += '}';
  chain = chain_after(chain, line_);
  line_ += kChainKey;
  line_ += chain;
  line_ += "\"}\n";
  return std::move(line_);
}

Result<CaseLine> parse_case_line(std::string_view line, std::string& chain) {
  GENBA_TRY(const std::string_view body, body_of(line));
  std::string next = chain_after(chain, body);
  if (claimed_chain(line) != next) {
    return fail(ErrorCode::kDamaged,
                "the chain is broken: this line, or what stood before it, was altered");
  }
  GENBA_TRY(CaseLine parsed, parse_body(body));
  chain = std::move(next);
  return parsed;
}

Result<CaseLine> parse_unproven_case_line(std::string_view line, std::string& claimed) {
  GENBA_TRY(const std::string_view body, body_of(line));
  GENBA_TRY(CaseLine parsed, parse_body(body));
  claimed = claimed_chain(line);
  return parsed;
}

std::string text_in(const CaseLine& line, std::string_view key) {
  const JsonCell* cell = line.find(key);
  const auto* text = cell == nullptr ? nullptr : std::get_if<std::string>(cell);
  return text == nullptr ? std::string() : *text;
}

int64_t number_in(const CaseLine& line, std::string_view key) {
  const JsonCell* cell = line.find(key);
  const auto* number = cell == nullptr ? nullptr : std::get_if<int64_t>(cell);
  return number == nullptr ? 0 : *number;
}

bool to_value(const JsonCell& cell, ColumnType type, model::Value& value) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    if (type == ColumnType::kText) {
      value = std::string_view(*text);
      return true;
    }
    const auto time = type == ColumnType::kTimestamp ? base::parse_rfc3339(*text) : std::nullopt;
    value = time ? model::Value(time->nanoseconds) : model::Value();
    return time.has_value();
  }
  if (const auto* truth = std::get_if<bool>(&cell)) {
    value = static_cast<int64_t>(*truth);
    return type == ColumnType::kBoolean;
  }
  if (const auto* number = std::get_if<int64_t>(&cell)) {
    value = type == ColumnType::kReal ? model::Value(static_cast<double>(*number))
                                      : model::Value(*number);
    return type == ColumnType::kInteger || type == ColumnType::kReal;
  }
  if (const auto* real = std::get_if<double>(&cell)) {
    value = *real;
    return type == ColumnType::kReal;
  }
  return false;
}

}  // namespace genba::store
