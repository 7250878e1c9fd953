// SPDX-License-Identifier: Apache-2.0
#include "parse/web_access/web_fields.h"

#include "base/number.h"

namespace genba::parse {

namespace {

constexpr size_t kNone = std::string_view::npos;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_hex_letter(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// How long a method stands at the front: letters, with "-" and "_" among them ("M-SEARCH").
size_t method_length(std::string_view text) {
  constexpr size_t kLongestMethod = 32;  // the longest in the IANA registry has 17 letters
  size_t length = 0;
  while (length < text.size() && length <= kLongestMethod &&
         (is_letter(text[length]) || text[length] == '-' || text[length] == '_')) {
    ++length;
  }
  return length > 0 && length <= kLongestMethod && is_letter(text[0]) ? length : 0;
}

std::string_view take_word(std::string_view& line) {
  const size_t end = line.find(' ');
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end == kNone ? line.size() : end + 1);
  return word;
}

/// Takes "[name value]" off the front, with the blank behind it.
bool take_labelled(std::string_view& line, std::string_view name, std::string_view& value) {
  const size_t end = line.find(']');
  if (end == kNone || line[0] != '[' || line.substr(1, name.size()) != name ||
      end <= name.size() + 1 || line[name.size() + 1] != ' ') {
    return false;
  }
  value = line.substr(name.size() + 2, end - name.size() - 2);
  line.remove_prefix(end + 1);
  line.remove_prefix(line.starts_with(' ') ? 1 : 0);
  return true;
}

/// "HIT 200 200 - " or "200 - ": the status is the number in front of the dash. There may be
/// several of other servers before it ("502, 200").
bool take_proxy_status(std::string_view& line, int32_t& status) {
  constexpr int kMostWords = 8;
  std::string_view last;
  for (int i = 0; i < kMostWords && !line.empty(); ++i) {
    const std::string_view word = take_word(line);
    if (word == "-" && last.size() == 3 && is_digit(last[0]) && method_length(line) != 0) {
      status = read_status(last);
      return true;
    }
    last = word;
  }
  return false;
}

}  // namespace

size_t find_quote(std::string_view text, size_t from) {
  for (size_t at = text.find('"', from); at != kNone; at = text.find('"', at + 1)) {
    size_t slashes = 0;
    while (at > from + slashes && text[at - slashes - 1] == '\\') {
      ++slashes;
    }
    if (slashes % 2 == 0) {
      return at;
    }
  }
  return kNone;
}

bool take_quoted(std::string_view& line, std::string_view& out) {
  std::string_view text = line.substr(line.starts_with(' ') ? 1 : 0);
  if (!text.starts_with('"')) {
    return false;
  }
  text.remove_prefix(1);
  const size_t end = find_quote(text, 0);
  out = without_dash(text.substr(0, end));
  text.remove_prefix(end == kNone ? text.size() : end + 1);
  text.remove_prefix(text.starts_with(' ') ? 1 : 0);
  line = text;
  return true;
}

bool is_status(std::string_view text) {
  if (text.size() >= 4 && text[0] == ' ' && is_digit(text[1]) && is_digit(text[2]) &&
      is_digit(text[3])) {
    return text.size() == 4 || text[4] == ' ';
  }
  return text.starts_with(" - ") || text == " -";
}

int32_t read_status(std::string_view text) {
  if (text.size() < 3 || !is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[2])) {
    return -1;
  }
  return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

bool read_bytes(std::string_view word, int64_t& out) {
  const auto number = base::parse_number<int64_t>(word);
  if (!number || *number < 0) {
    return false;
  }
  out = *number;
  return true;
}

std::string_view without_dash(std::string_view text) {
  return text == "-" || text == "\"\"" ? std::string_view() : text;
}

bool is_address_text(std::string_view word) {
  constexpr size_t kLongest = 64;  // 45 of an address, brackets, a zone's name
  if (word.empty() || word.size() > kLongest) {
    return false;
  }
  size_t dots = 0;
  size_t colons = 0;
  bool letters = false;
  for (const char c : word) {
    if (c == '%' && colons >= 2) {
      break;  // a zone's name
    }
    dots += c == '.' ? 1 : 0;
    colons += c == ':' ? 1 : 0;
    letters = letters || is_hex_letter(c);
    if (!is_digit(c) && !is_hex_letter(c) && c != '.' && c != ':' && c != '[' && c != ']' &&
        c != ',' && c != ' ') {
      return false;
    }
  }
  return colons >= 2 || (dots >= 3 && !letters);
}

bool has_port(std::string_view word) {
  const size_t colon = word.rfind(':');
  if (colon == kNone || colon == 0 || colon + 1 == word.size() || word.size() - colon > 6) {
    return false;
  }
  return word.find_first_not_of("0123456789", colon + 1) == kNone;
}

void split_request(std::string_view text, WebRequest& request) {
  const size_t length = method_length(text);
  if (length == 0 || length == text.size() || text[length] != ' ') {
    request.target = without_dash(text);
    return;
  }
  request.method = text.substr(0, length);
  text.remove_prefix(length + 1);
  const size_t blank = text.rfind(' ');
  if (blank != kNone && text.substr(blank + 1).starts_with("HTTP/")) {
    request.protocol = text.substr(blank + 1);
    text = text.substr(0, blank);
  }
  request.target = text;
}

bool parse_proxy_manager_line(std::string_view line, WebRequest& out) {
  WebRequest request;
  if (!take_bracket_time(line, request.time) || !take_proxy_status(line, request.status)) {
    return false;
  }
  request.method = take_word(line);
  take_word(line);  // the scheme
  request.virtual_host = take_word(line);
  std::string_view length;
  if (!take_quoted(line, request.target) || !take_labelled(line, "Client", request.client) ||
      request.client.empty() || !take_labelled(line, "Length", length)) {
    return false;
  }
  read_bytes(length, request.bytes);
  request.rest = line;
  const size_t quote = line.find('"');  // what stands between comes from the configuration
  if (quote != kNone) {
    request.rest = line.substr(0, quote);
    line.remove_prefix(quote);
    take_quoted(line, request.agent);
    take_quoted(line, request.referrer);
  }
  while (request.rest.ends_with(' ')) {
    request.rest.remove_suffix(1);
  }
  out = request;
  return true;
}

}  // namespace genba::parse
