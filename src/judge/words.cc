// SPDX-License-Identifier: Apache-2.0
//
// See words.h.
#include "judge/words.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/text.h"
#include "base/time.h"
#include "fmt/format.h"

namespace genba::judge {
namespace {

using model::Field;
using model::Language;

/// A value longer than this makes a sentence unreadable; the evidence keeps all of it.
constexpr size_t kMaxValueBytes = 240;

bool is_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
}

/// A piece of a text: words as they are, or the name of a placeholder.
struct Piece {
  std::string text;
  bool is_name = false;
  std::string forms = {};  ///< of a word that goes with a number: "line|lines"
};

base::Result<std::vector<Piece>> split(std::string_view text) {
  std::vector<Piece> pieces(1);
  for (size_t at = 0; at < text.size(); ++at) {
    const char byte = text[at];
    if (byte != '{' && byte != '}') {
      pieces.back().text += byte;
      continue;
    }
    if (at + 1 < text.size() && text[at + 1] == byte) {
      pieces.back().text += byte;
      ++at;
      continue;
    }
    size_t end = at + 1;
    while (end < text.size() && is_name_byte(text[end])) {
      ++end;
    }
    const size_t close = end < text.size() && text[end] == ':' ? text.find('}', end) : end;
    const std::string_view forms =
        close > end && close < text.size() ? text.substr(end + 1, close - end - 1) : "|";
    if (byte == '}' || end == at + 1 || close >= text.size() || text[close] != '}' ||
        std::count(forms.begin(), forms.end(), '|') != 1) {
      return base::fail(base::ErrorCode::kInvalid,
                        "a brace without a column's name: write {column}, {column:one|many}, or {{ "
                        "and }} for braces");
    }
    pieces.push_back({std::string(text.substr(at + 1, end - at - 1)), true,
                      close > end ? std::string(forms) : std::string()});
    pieces.emplace_back();
    at = close;
  }
  return pieces;
}

const Field* find_cell(std::span<const Field> cells, std::string_view name) {
  for (const Field& cell : cells) {
    if (cell.key == name && !std::holds_alternative<std::monostate>(cell.value)) {
      return &cell;
    }
  }
  return nullptr;
}

/// At most kMaxValueBytes of the text, whole code points, with "…" where something was cut.
std::string cut(std::string text) {
  if (text.size() <= kMaxValueBytes) {
    return text;
  }
  size_t end = kMaxValueBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  text.resize(end);
  return text + "…";
}

std::string number_text(double number) {
  // 2^53: up to here every whole number is exact.
  if (std::floor(number) == number && std::fabs(number) < 9007199254740992.0) {
    return fmt::format("{}", static_cast<int64_t>(number));
  }
  return fmt::format("{:.1f}", number);
}

/// A value between the single quotes of an SQL string.
std::string sql_spelling(std::string_view value) {
  std::string out;
  for (const char byte : value) {
    out += byte == '\'' ? std::string("''") : std::string(1, byte);
  }
  return out;
}

/// One word of a command with its cells; nothing when one of them is absent.
std::optional<std::string> fill_word(std::string_view word, std::span<const Field> cells) {
  const auto pieces = split(word);
  if (!pieces) {
    return std::nullopt;
  }
  std::string out;
  bool in_sql_string = false;
  for (const Piece& piece : *pieces) {
    if (!piece.is_name) {
      out += piece.text;
      in_sql_string ^= std::count(piece.text.begin(), piece.text.end(), '\'') % 2 == 1;
      continue;
    }
    const Field* cell = find_cell(cells, piece.text);
    if (cell == nullptr || !piece.forms.empty()) {
      return std::nullopt;
    }
    const auto* number = std::get_if<int64_t>(&cell->value);
    const std::string value = number != nullptr && cell->type == model::ColumnType::kTimestamp
                                  ? base::to_rfc3339(base::Timestamp{*number})
                                  : cell_text(*cell);
    out += in_sql_string ? sql_spelling(value) : value;
  }
  return out;
}

/// $'…', for bytes that must not reach a terminal.
std::string quote_with_escapes(std::string_view value) {
  std::string out = "$'";
  for (const char byte : value) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '\'' || byte == '\\') {
      out += '\\';
      out += byte;
    } else if (code < 0x20 || code >= 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(code));
    } else {
      out += byte;
    }
  }
  return out + "'";
}

}  // namespace

std::string cell_text(const Field& cell) {
  if (const auto* number = std::get_if<int64_t>(&cell.value)) {
    return cell.type == model::ColumnType::kTimestamp ? base::to_display(base::Timestamp{*number})
                                                      : fmt::format("{}", *number);
  }
  if (const auto* real = std::get_if<double>(&cell.value)) {
    return number_text(*real);
  }
  const auto* text = std::get_if<std::string>(&cell.value);
  return text == nullptr ? std::string() : *text;
}

base::Result<std::vector<std::string>> placeholders_of(std::string_view text) {
  GENBA_TRY(const std::vector<Piece> pieces, split(text));
  std::vector<std::string> names;
  for (const Piece& piece : pieces) {
    if (piece.is_name) {
      names.push_back(piece.text);
    }
  }
  return names;
}

std::string fill_text(std::string_view text, std::span<const Field> cells, Language language) {
  const auto pieces = split(text);
  if (!pieces) {
    return std::string(text);
  }
  std::string out;
  for (const Piece& piece : *pieces) {
    const Field* const cell = piece.is_name ? find_cell(cells, piece.text) : nullptr;
    if (!piece.is_name) {
      out += piece.text;
    } else if (!piece.forms.empty()) {
      const size_t bar = piece.forms.find('|');
      const bool is_one = cell != nullptr && cell_text(*cell) == "1";
      out += is_one ? piece.forms.substr(0, bar) : piece.forms.substr(bar + 1);
    } else if (cell != nullptr) {
      out += cut(cell_text(*cell));
    } else {
      out += language == Language::kJapanese ? "不明" : "unknown";
    }
  }
  return out;
}

bool has_cells(std::string_view text, std::span<const Field> cells) {
  const auto names = placeholders_of(text);
  return names && std::all_of(names->begin(), names->end(), [&](const std::string& name) {
           return find_cell(cells, name) != nullptr;
         });
}

base::Result<std::vector<std::string>> split_command(std::string_view text) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (const char byte : text) {
    if (quote == 0 && byte == ' ') {
      in_word = false;
      continue;
    }
    if (!in_word) {
      words.emplace_back();
      in_word = true;
    }
    if (quote == 0 && (byte == '\'' || byte == '"')) {
      quote = byte;
    } else if (quote != 0 && byte == quote) {
      quote = 0;
    } else {
      words.back() += byte;
    }
  }
  if (quote != 0) {
    return base::fail(base::ErrorCode::kInvalid, "a quote stays open; close it");
  }
  return words;
}

std::optional<std::string> fill_command(std::string_view text, std::span<const Field> cells) {
  const auto words = split_command(text);
  if (!words) {
    return std::nullopt;
  }
  std::string out;
  for (const std::string& word : *words) {
    const auto filled = fill_word(word, cells);
    if (!filled) {
      return std::nullopt;
    }
    out += (out.empty() ? "" : " ") + quote_for_shell(*filled);
  }
  return out;
}

std::string quote_for_shell(std::string_view value) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@%+,=-";
  if (!value.empty() && value.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(value);
  }
  if (base::escape_for_terminal(value) != value) {
    return quote_with_escapes(value);
  }
  if (value.find('\'') == std::string_view::npos) {
    return fmt::format("'{}'", value);
  }
  if (value.find_first_of("$`\"\\!") == std::string_view::npos) {
    return fmt::format("\"{}\"", value);
  }
  std::string out = "'";
  for (const char byte : value) {
    out += byte == '\'' ? std::string("'\\''") : std::string(1, byte);
  }
  return out + "'";
}

}  // namespace genba::judge
