// SPDX-License-Identifier: Apache-2.0
#include "act/journal/state_fields.h"

#include <algorithm>

#include "base/number.h"
#include "fmt/format.h"

namespace genba::act {

using nlohmann::json;

namespace {

bool is_hex(std::string_view text, size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::optional<std::string> text_in(const json& value) {
  return value.is_string() ? unescape_state_text(value.get_ref<const std::string&>())
                           : std::nullopt;
}

}  // namespace

std::string escape_state_text(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c < 0x20 || c > 0x7E || c == '%') {
      text += fmt::format("%{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      text += c;
    }
  }
  return text;
}

std::optional<std::string> unescape_state_text(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    if (text.front() != '%') {
      bytes += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto value = base::parse_number<uint8_t>(text.substr(1, 2), base::Radix::kHex);
    if (!value || text.size() < 3) {
      return std::nullopt;
    }
    bytes += static_cast<char>(*value);
    text.remove_prefix(3);
  }
  return bytes;
}

json state_texts(const std::vector<std::string>& texts) {
  json rows = json::array();
  for (const std::string& text : texts) {
    rows.push_back(escape_state_text(text));
  }
  return rows;
}

std::string dump_state(const json& object) {
  return object.dump(-1, ' ', true, json::error_handler_t::replace);
}

StateFields::StateFields(const json& object, bool& good) : object_(object), good_(good) {
  good_ = good_ && object.is_object();
}

std::string StateFields::text(const char* key) {
  const json* value = find(key);
  return check(value != nullptr ? text_in(*value) : std::nullopt);
}

std::string StateFields::hex(const char* key, size_t digits) {
  std::string value = text(key);
  good_ = good_ && is_hex(value, digits);
  return good_ ? value : std::string();
}

bool StateFields::flag(const char* key) {
  const json* value = find(key);
  return check(value != nullptr && value->is_boolean() ? std::optional(value->get<bool>())
                                                       : std::nullopt);
}

const json& StateFields::list(const char* key, size_t most) {
  static const json kNone = json::array();
  const json* value = find(key);
  good_ = good_ && value != nullptr && value->is_array() && value->size() <= most;
  return good_ ? *value : kNone;
}

const json& StateFields::object(const char* key) {
  static const json kNone = json::object();
  const json* value = find(key);
  return value == nullptr ? kNone : *value;
}

std::vector<std::string> StateFields::texts(const char* key, size_t most) {
  std::vector<std::string> bytes;
  for (const json& item : list(key, most)) {
    bytes.push_back(check(text_in(item)));
  }
  return bytes;
}

const json* StateFields::find(const char* key) {
  const auto at = object_.is_object() ? object_.find(key) : object_.end();
  good_ = good_ && object_.is_object() && at != object_.end();
  return !object_.is_object() || at == object_.end() ? nullptr : &*at;
}

}  // namespace genba::act
