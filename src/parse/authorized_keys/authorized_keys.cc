// SPDX-License-Identifier: Apache-2.0
#include "parse/authorized_keys/authorized_keys.h"

#include "base/cursor.h"
#include "base/digest.h"
#include "parse/authorized_keys/base64.h"
#include "parse/text_lines/text_lines.h"

namespace genba::parse {

namespace {

/// A string of SSH's wire format: a length and its bytes.
std::optional<std::string_view> take_string(base::Cursor& cursor) {
  const auto length = cursor.u32_be();
  return length ? cursor.take(*length) : std::nullopt;
}

/// Bits of the modulus in an ssh-rsa blob whose name has been read: exponent, then modulus.
std::optional<int64_t> modulus_bits(base::Cursor cursor) {
  take_string(cursor);
  auto modulus = take_string(cursor);
  if (!modulus) {
    return std::nullopt;
  }
  while (!modulus->empty() && modulus->front() == '\0') {
    modulus->remove_prefix(1);
  }
  if (modulus->empty()) {
    return std::nullopt;
  }
  int64_t bits = static_cast<int64_t>(modulus->size()) * 8;
  for (auto top = static_cast<uint8_t>(modulus->front()); (top & 0x80) == 0;
       top = static_cast<uint8_t>(top << 1)) {
    --bits;
  }
  return bits;
}

/// Reads "type base64 comment" when the base64 holds a key of that type.
bool fill_key(std::string_view text, AuthorizedKeyEntry& entry) {
  const std::string_view type = take_word(text);
  const std::string_view encoded = take_word(text);
  const auto blob = decode_base64(encoded);
  if (!blob || type.empty()) {
    return false;
  }
  base::Cursor cursor(*blob);
  if (take_string(cursor) != type) {
    return false;
  }
  entry.algorithm = type;
  entry.key = encoded;
  base::Sha256 digest;
  digest.add(*blob);
  entry.fingerprint = "SHA256:" + encode_base64_unpadded(digest.finish());
  if (type == "ssh-rsa") {
    entry.bits = modulus_bits(cursor);
  }
  if (const auto comment = trim_front(text); !comment.empty()) {
    entry.comment = std::string(comment);
  }
  return true;
}

/// Length of the options in front: up to the first blank outside quotes, as sshd skips them.
size_t options_length(std::string_view text) {
  bool quoted = false;
  size_t i = 0;
  for (; i < text.size() && (quoted || !is_blank(text[i])); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    }
  }
  return i;
}

}  // namespace

AuthorizedKeysFile parse_authorized_keys(std::string_view bytes, std::string_view source) {
  AuthorizedKeysFile file;
  NoteList notes(source);
  TextLines lines(bytes);
  while (const auto line = lines.next()) {
    // For sshd a string ends at a NUL byte: a key before one works, whatever stands behind.
    const size_t nul = line->text.find('\0');
    if (nul != std::string_view::npos) {
      notes.add(*line, "a NUL byte hides the rest of the line");
    }
    const std::string_view text = trim_back(trim_front(line->text.substr(0, nul)));
    if (text.empty() || text[0] == '#') {
      continue;
    }
    if (file.entries.size() >= kMaxEntries) {
      notes.add(*line, "too many entries");
      break;
    }
    AuthorizedKeyEntry entry;
    entry.line = line->number;
    if (!fill_key(text, entry)) {
      const size_t length = options_length(text);
      entry.options = std::string(text.substr(0, length));
      if (!fill_key(trim_front(text.substr(length)), entry)) {
        notes.add(*line, "no key that holds together");
        continue;
      }
    }
    file.entries.push_back(std::move(entry));
  }
  file.notes = std::move(notes).take();
  return file;
}

std::vector<KeyOption> parse_key_options(std::string_view options) {
  std::vector<KeyOption> result;
  size_t i = 0;
  while (i < options.size()) {
    KeyOption option;
    for (; i < options.size() && options[i] != ',' && options[i] != '='; ++i) {
      const char c = options[i];
      option.name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (i < options.size() && options[i] == '=') {
      option.value.emplace();
      bool quoted = false;
      for (++i; i < options.size() && (quoted || options[i] != ','); ++i) {
        if (options[i] == '\\' && i + 1 < options.size() && options[i + 1] == '"') {
          *option.value += options[++i];
        } else if (options[i] == '"') {
          quoted = !quoted;
        } else {
          *option.value += options[i];
        }
      }
    }
    ++i;
    result.push_back(std::move(option));
  }
  return result;
}

}  // namespace genba::parse
