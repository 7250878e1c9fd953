// SPDX-License-Identifier: Apache-2.0
#include "parse/docker_json_log/docker_json_log.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace genba::parse {
namespace {

// "attrs" is one object of strings; more than this is an attempt to tire us.
constexpr int kMaxDepth = 16;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_value(char c) {
  if (is_digit(c)) {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Four hexadecimal digits at `at`; -1 when they are none.
int32_t hex4(std::string_view text, size_t at) {
  if (text.size() - at < 4) {
    return -1;
  }
  int32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) {
      return -1;
    }
    value = value << 4 | digit;
  }
  return value;
}

// Whether a byte is below 0x20, eight at a time: this walks over each text.
bool has_control(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighBits = 0x80 * kOnes;
  uint64_t found = 0;
  while (text.size() >= sizeof(uint64_t)) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data(), sizeof bytes);
    found |= (bytes - 0x20 * kOnes) & ~bytes & kHighBits;
    text.remove_prefix(sizeof bytes);
  }
  for (const char c : text) {
    found |= static_cast<uint8_t>(c) < 0x20 ? 1 : 0;
  }
  return found != 0;
}

// A strict reader of one JSON text, which says whether what it met keeps to RFC 8259.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  bool at_end() {
    skip_space();
    return at_ == text_.size();
  }

  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) {
      return false;
    }
    ++at_;
    return true;
  }

  // The raw bytes between the quotes, whose escapes are not checked yet.
  bool take_string(std::string_view& raw, bool& escaped) {
    if (!take('"')) {
      return false;
    }
    escaped = false;
    size_t at = at_;
    size_t quote = text_.find('"', at);
    while (quote != std::string_view::npos) {
      const size_t slash = text_.substr(0, quote).find('\\', at);
      if (slash == std::string_view::npos) {
        raw = text_.substr(at_, quote - at_);
        at_ = quote + 1;
        return !has_control(raw);
      }
      escaped = true;
      at = slash + 2;
      if (at > quote) {
        quote = text_.find('"', at);
      }
    }
    return false;
  }

  // A value of any kind, passed over.
  bool skip_value(int depth) {
    skip_space();
    if (at_ == text_.size() || depth > kMaxDepth) {
      return false;
    }
    switch (text_[at_]) {
      case '"': return skip_string();
      case '{': return skip_list('}', depth);
      case '[': return skip_list(']', depth);
      case 't': return skip_word("true");
      case 'f': return skip_word("false");
      case 'n': return skip_word("null");
      default: return skip_number();
    }
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  bool skip_string();

  bool skip_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) {
      return false;
    }
    at_ += word.size();
    return true;
  }

  bool skip_digits() {
    const size_t first = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) {
      ++at_;
    }
    return at_ > first;
  }

  bool skip_number() {
    at_ += text_[at_] == '-' ? 1 : 0;
    const size_t first = at_;
    if (!skip_digits() || (text_[first] == '0' && at_ - first > 1)) {
      return false;
    }
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      if (!skip_digits()) {
        return false;
      }
    }
    if (at_ < text_.size() && (text_[at_] | 0x20) == 'e') {
      ++at_;
      at_ += at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-') ? 1 : 0;
      return skip_digits();
    }
    return true;
  }

  bool skip_list(char closing, int depth) {
    ++at_;
    if (take(closing)) {
      return true;
    }
    do {
      if (closing == '}' && !(skip_string() && take(':'))) {
        return false;
      }
      if (!skip_value(depth + 1)) {
        return false;
      }
    } while (take(','));
    return take(closing);
  }

  std::string_view text_;
  size_t at_ = 0;
};

void append_utf8(uint32_t code, std::string& out) {
  const auto tail = [](uint32_t bits) { return static_cast<char>(0x80 | (bits & 0x3f)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += tail(code);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += tail(code >> 6);
    out += tail(code);
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += tail(code >> 12);
    out += tail(code >> 6);
    out += tail(code);
  }
}

// The character of a \u escape whose digits start at `at`, which moves past them. A surrogate that
// stands alone becomes U+FFFD: Docker writes none.
bool read_unicode(std::string_view raw, size_t& at, uint32_t& code) {
  const int32_t first = hex4(raw, at);
  if (first < 0) {
    return false;
  }
  at += 4;
  code = static_cast<uint32_t>(first);
  if (code < 0xd800 || code > 0xdfff) {
    return true;
  }
  if (code < 0xdc00 && raw.substr(at, 2) == "\\u") {
    const int32_t second = hex4(raw, at + 2);
    if (second >= 0xdc00 && second <= 0xdfff) {
      code = 0x10000 + ((code - 0xd800) << 10) + (static_cast<uint32_t>(second) - 0xdc00);
      at += 6;
      return true;
    }
  }
  code = 0xfffd;
  return true;
}

// The byte that a one-letter escape stands for; NUL when there is no such escape.
char escape_of(char letter) {
  switch (letter) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    case '"':
    case '\\':
    case '/': return letter;
    default: return '\0';
  }
}

// How many bytes at the front of `text` stand for themselves in a JSON string: eight at a time up
// to the first quote, backslash or byte below 0x20.
size_t plain_length(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighBits = 0x80 * kOnes;
  size_t at = 0;
  for (; text.size() - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    const uint64_t quotes = bytes ^ '"' * kOnes;
    const uint64_t slashes = bytes ^ '\\' * kOnes;
    const uint64_t special = ((bytes - 0x20 * kOnes) & ~bytes) | ((quotes - kOnes) & ~quotes) |
                             ((slashes - kOnes) & ~slashes);
    if ((special & kHighBits) != 0) {
      break;
    }
  }
  while (at < text.size() && text[at] != '"' && text[at] != '\\' &&
         static_cast<uint8_t>(text[at]) >= 0x20) {
    ++at;
  }
  return at;
}

// Writes `raw`, of which the first `plain` bytes stand for themselves, with its escapes decoded;
// false when one of them is none, or a byte stands there that must not.
bool decode(std::string_view raw, size_t plain, std::string& out) {
  out.assign(raw.data(), plain);
  for (size_t at = plain; at < raw.size();) {
    if (raw[at] != '\\' || at + 1 == raw.size()) {
      return false;
    }
    const char letter = raw[at + 1];
    at += 2;
    if (letter == 'u') {
      uint32_t code = 0;
      if (!read_unicode(raw, at, code)) {
        return false;
      }
      append_utf8(code, out);
    } else if (const char byte = escape_of(letter); byte != '\0') {
      out += byte;
    } else {
      return false;
    }
    const size_t length = plain_length(raw.substr(at));
    out.append(raw.data() + at, length);
    at += length;
  }
  return true;
}

// Whether each escape in `raw` is one.
bool has_good_escapes(std::string_view raw) {
  for (size_t slash = raw.find('\\'); slash != std::string_view::npos;) {
    if (slash + 1 == raw.size()) {
      return false;
    }
    const char letter = raw[slash + 1];
    if (letter == 'u' ? hex4(raw, slash + 2) < 0 : escape_of(letter) == '\0') {
      return false;
    }
    slash = raw.find('\\', slash + 2);
  }
  return true;
}

bool JsonReader::skip_string() {
  std::string_view raw;
  bool escaped = false;
  return take_string(raw, escaped) && (!escaped || has_good_escapes(raw));
}

ContainerStream stream_named(std::string_view name) {
  return name == "stdout"   ? ContainerStream::kStdout
         : name == "stderr" ? ContainerStream::kStderr
                            : ContainerStream::kUnknown;
}

struct Fields {
  std::string_view log;
  std::array<bool, 3> seen{};  ///< log, stream, time
  ContainerLine line;
};

// One member of the object, whose key was read.
std::string_view read_member(JsonReader& reader, std::string_view key, Fields& fields) {
  const size_t which = key == "log" ? 0 : key == "stream" ? 1 : key == "time" ? 2 : 3;
  if (which == 3) {
    return reader.skip_value(0) ? "" : "a value is broken";
  }
  if (fields.seen[which]) {
    return "a key comes twice";
  }
  fields.seen[which] = true;
  std::string_view value;
  bool escaped = false;
  if (!reader.take_string(value, escaped)) {
    return "a string is broken";
  }
  if (which == 0) {
    fields.log = value;
  } else if (which == 1) {
    fields.line.stream = stream_named(value);
  } else if (!take_iso_time(value, fields.line.time) || !value.empty()) {
    return "the time is broken";
  }
  return "";
}

// The text of "log", without the newline at its end that makes it whole.
bool read_text(std::string_view raw, std::string& scratch, ContainerLine& line) {
  const size_t plain = plain_length(raw);
  if (plain == raw.size()) {
    line.text = raw;
    line.partial = true;
    return true;
  }
  if (plain + 2 == raw.size() && raw.ends_with("\\n")) {
    line.text = raw.substr(0, plain);  // most lines: one escape, the newline
    line.partial = false;
    return true;
  }
  if (!decode(raw, plain, scratch)) {
    return false;
  }
  line.text = scratch;
  line.partial = !line.text.ends_with('\n');
  line.text.remove_suffix(line.partial ? 0 : 1);
  return true;
}

// The one spelling that Docker writes, read from both ends. Whatever else the line may be, false:
// then the strict reader says what.
bool read_usual_line(std::string_view line, std::string& scratch, ContainerLine& out) {
  constexpr std::string_view kFront = R"({"log":")";
  constexpr std::string_view kTime = R"(","time":")";
  constexpr std::string_view kStream = R"(","stream":")";
  constexpr size_t kStreamName = 6;
  if (!line.starts_with(kFront) || !line.ends_with("\"}")) {
    return false;
  }
  line = line.substr(kFront.size(), line.size() - kFront.size() - 2);
  const size_t quote = line.rfind('"');
  constexpr size_t kBeforeTime = kStream.size() + kStreamName + kTime.size() - 1;
  if (quote == std::string_view::npos || quote < kBeforeTime) {
    return false;
  }
  std::string_view time = line.substr(quote + 1);
  const size_t text_end = quote - kBeforeTime;
  ContainerLine result;
  result.stream = stream_named(line.substr(text_end + kStream.size(), kStreamName));
  if (line.substr(quote + 1 - kTime.size(), kTime.size()) != kTime ||
      line.substr(text_end, kStream.size()) != kStream ||
      result.stream == ContainerStream::kUnknown || !take_iso_time(time, result.time) ||
      !time.empty() || !read_text(line.substr(0, text_end), scratch, result)) {
    return false;
  }
  result.text = result.text.substr(0, kMaxContainerText);
  out = result;
  return true;
}

}  // namespace

std::string_view to_string(ContainerStream stream) {
  switch (stream) {
    case ContainerStream::kUnknown: return "unknown";
    case ContainerStream::kStdout: return "stdout";
    case ContainerStream::kStderr: return "stderr";
  }
  return "unknown";
}

std::string_view parse_docker_json_line(std::string_view line, std::string& scratch,
                                        ContainerLine& out) {
  if (read_usual_line(line, scratch, out)) {
    return "";
  }
  JsonReader reader(line);
  Fields fields;
  if (!reader.take('{')) {
    return "not a JSON object";
  }
  do {
    std::string_view key;
    bool escaped = false;
    if (!reader.take_string(key, escaped) || escaped || !reader.take(':')) {
      return "a key is broken";
    }
    if (const std::string_view reason = read_member(reader, key, fields); !reason.empty()) {
      return reason;
    }
  } while (reader.take(','));
  if (!reader.take('}')) {
    return "the object does not end";
  }
  if (!reader.at_end()) {
    return "something follows the object";
  }
  if (!fields.seen[0] || !fields.seen[2]) {
    return fields.seen[0] ? "no time" : "no log text";
  }
  if (!read_text(fields.log, scratch, fields.line)) {
    return "an escape is broken";
  }
  fields.line.text = fields.line.text.substr(0, kMaxContainerText);
  out = fields.line;
  return "";
}

std::string_view parse_cri_line(std::string_view line, ContainerLine& out) {
  ContainerLine result;
  if (line.size() < 20 || line[10] != 'T' || !take_iso_time(line, result.time) ||
      result.time.offset == LogTime::kNoOffset) {
    return "no time";
  }
  const size_t stream_end = line.find(' ');
  result.stream = stream_named(line.substr(0, stream_end));
  if (result.stream == ContainerStream::kUnknown || stream_end == std::string_view::npos) {
    return "no stream";
  }
  line.remove_prefix(stream_end + 1);
  // Tags are parted by colons; the first says whether the line is full.
  const std::string_view tags = line.substr(0, line.find(' '));
  if (tags.empty() || (tags[0] != 'F' && tags[0] != 'P') || (tags.size() > 1 && tags[1] != ':')) {
    return "no tag";
  }
  result.partial = tags[0] == 'P';
  result.text = line.substr(std::min(tags.size() + 1, line.size())).substr(0, kMaxContainerText);
  out = result;
  return "";
}

}  // namespace genba::parse
