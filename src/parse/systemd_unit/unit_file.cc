// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "parse/systemd_unit/systemd_unit.h"
#include "parse/text_lines/text_lines.h"

namespace genba::parse {

namespace {

/// Lines as systemd's read_line_full ends them: at \n, \r or \0, where different ones in a row
/// ("\r\n", "\n\r") are one end.
class UnitLines {
 public:
  explicit UnitLines(std::string_view bytes) : bytes_(bytes) {}

  std::optional<TextLine> next() {
    if (position_ >= bytes_.size()) {
      return std::nullopt;
    }
    const size_t start = position_;
    const size_t end = std::min(bytes_.find_first_of(kEnds, start), bytes_.size());
    position_ = end;
    std::string_view seen = bytes_.substr(end, 0);
    while (position_ < bytes_.size() && kEnds.find(bytes_[position_]) != std::string_view::npos &&
           seen.find(bytes_[position_]) == std::string_view::npos) {
      seen = bytes_.substr(end, ++position_ - end);
    }
    // People and editors count newlines.
    const TextLine line{bytes_.substr(start, end - start), start, number_};
    number_ += std::count(seen.begin(), seen.end(), '\n');
    return line;
  }

 private:
  static constexpr std::string_view kEnds{"\n\r\0", 3};
  std::string_view bytes_;
  size_t position_ = 0;
  int64_t number_ = 1;
};

class UnitParser {
 public:
  explicit UnitParser(std::string_view source) : notes_(source) {}

  UnitFile run(std::string_view bytes) && {
    if (bytes.substr(0, 3) == "\xef\xbb\xbf") {
      bytes.remove_prefix(3);
    }
    UnitLines lines(bytes);
    while (const auto line = lines.next()) {
      if (file_.assignments.size() >= kMaxEntries) {
        notes_.add(*line, "too many settings");
        break;
      }
      take_line(*line);
    }
    if (continued_) {
      take_logical(first_, joined_);
    }
    file_.notes = std::move(notes_).take();
    return std::move(file_);
  }

 private:
  void take_line(const TextLine& line) {
    std::string_view text = trim_front(line.text);
    if (!text.empty() && (text[0] == '#' || text[0] == ';')) {
      return;  // also between continuation lines
    }
    if (!continued_) {
      first_ = line;
      joined_.clear();
    }
    // An even number of backslashes at the end are escaped ones.
    const size_t last = text.find_last_not_of('\\');
    const size_t slashes = text.size() - (last == std::string_view::npos ? 0 : last + 1);
    continued_ = slashes % 2 == 1;
    joined_ += continued_ ? text.substr(0, text.size() - 1) : text;
    if (continued_) {
      joined_ += ' ';
    } else {
      take_logical(first_, joined_);
    }
  }

  void take_logical(const TextLine& line, std::string_view text) {
    text = trim_back(trim_front(text));
    if (text.empty()) {
      return;
    }
    if (!base::is_valid_utf8(text)) {
      notes_.add(line, "not UTF-8, which systemd ignores");
      return;
    }
    if (text[0] == '[') {
      if (text.back() == ']') {
        section_ = text.substr(1, text.size() - 2);
      } else {
        notes_.add(line, "a section header without its bracket");
      }
      return;
    }
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      notes_.add(line, "no setting");
      return;
    }
    if (section_.empty()) {
      notes_.add(line, "a setting before any section, which systemd ignores");
      return;
    }
    file_.assignments.push_back(
        UnitAssignment{section_, std::string(trim_back(text.substr(0, equals))),
                       std::string(trim_front(text.substr(equals + 1))), line.number});
  }

  NoteList notes_;
  UnitFile file_;
  std::string section_;
  std::string joined_;
  TextLine first_;
  bool continued_ = false;
};

}  // namespace

bool UnitFile::has_section(std::string_view section) const {
  return std::any_of(assignments.begin(), assignments.end(),
                     [&](const UnitAssignment& one) { return one.section == section; });
}

UnitFile parse_unit_file(std::string_view bytes, std::string_view source) {
  return UnitParser(source).run(bytes);
}

std::vector<UnitValue> merged_values(std::span<const UnitFile> files, std::string_view section,
                                     std::string_view key) {
  std::vector<UnitValue> values;
  for (size_t i = 0; i < files.size(); ++i) {
    for (const auto& assignment : files[i].assignments) {
      if (assignment.section != section || assignment.key != key) {
        continue;
      }
      if (assignment.value.empty()) {
        values.clear();
      } else {
        values.push_back({i, &assignment});
      }
    }
  }
  return values;
}

std::optional<std::string> last_value(std::span<const UnitFile> files, std::string_view section,
                                      std::string_view key) {
  const auto values = merged_values(files, section, key);
  return values.empty() ? std::nullopt : std::optional(values.back().assignment->value);
}

}  // namespace genba::parse
