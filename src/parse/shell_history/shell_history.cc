// SPDX-License-Identifier: Apache-2.0
#include "parse/shell_history/shell_history.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>

#include "base/cursor.h"
#include "base/number.h"
#include "parse/shell_history/open_command.h"

namespace genba::parse {
namespace {

// With fewer or more digits (before 1973, after 33658) it is a comment, not a time.
constexpr size_t kMinTimeDigits = 9;
constexpr size_t kMaxTimeDigits = 12;
// zsh Src/zsh.h: the byte behind it has its bit 5 flipped.
constexpr char kZshMeta = '\x83';

std::string_view without_nul_ends(std::string_view text) {
  while (!text.empty() && text.front() == '\0') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == '\0') {
    text.remove_suffix(1);
  }
  return text;
}

// "#1700000000".
std::optional<int64_t> bash_time(std::string_view line) {
  if (!line.starts_with('#') || line.size() <= kMinTimeDigits || line.size() > kMaxTimeDigits + 1) {
    return std::nullopt;
  }
  const auto time = base::parse_number<int64_t>(line.substr(1));
  return time && *time >= 0 ? time : std::nullopt;
}

class Reader {
 public:
  Reader(std::string_view bytes, const std::function<void(const HistoryEntry&)>& found)
      : bytes_(bytes), lines_(bytes), found_(found) {}

  HistoryFacts read(HistoryFormat format) {
    switch (format) {
      case HistoryFormat::kLines: read_lines(); break;
      case HistoryFormat::kBash: read_bash(); break;
      case HistoryFormat::kZsh: read_zsh(); break;
      case HistoryFormat::kFish: read_fish(); break;
      case HistoryFormat::kLess: read_less(); break;
    }
    if (!bytes_.empty() && bytes_.back() != '\n') {
      tell(HistoryFactKind::kCut, 0);
    }
    return std::move(facts_);
  }

 private:
  // The next line; its text without NULs at its ends, which are told.
  bool next() {
    const auto line = lines_.next();
    if (!line) {
      return false;
    }
    ++number_;
    offset_ = line->offset;
    line_ = line->text;
    if (std::memchr(line_.data(), '\0', line_.size()) != nullptr) {
      tell_nuls();
      line_ = without_nul_ends(line_);
    }
    return true;
  }

  void tell_nuls() {
    for (size_t at = line_.find('\0'); at != std::string_view::npos;) {
      const size_t end = std::min(line_.find_first_not_of('\0', at), line_.size());
      add({HistoryFactKind::kNulBytes, number_, offset_ + at, static_cast<int64_t>(end - at)});
      at = line_.find('\0', end);
    }
  }

  void add(const HistoryFact& fact) {
    size_t& count = counts_[static_cast<size_t>(fact.kind)];
    if (count < kMaxHistoryFactsOfKind) {
      ++count;
      facts_.list.push_back(fact);
    } else {
      ++facts_.dropped;
    }
  }

  void tell(HistoryFactKind kind, int64_t amount) { add({kind, number_, offset_, amount}); }

  // One command; `line` and `offset` are where it begins.
  void give(std::string_view command, int64_t time, uint64_t line, uint64_t offset) {
    if (time >= 0) {
      if (time < last_time_) {
        add({HistoryFactKind::kTimeWentBack, line, offset, last_time_ - time});
      }
      last_time_ = time;
      timed_ = true;
    } else if (timed_) {
      add({HistoryFactKind::kTimesStop, line, offset, 0});
      timed_ = false;
    }
    found_({command, time, line});
  }

  void give_line() {
    if (!line_.empty()) {
      give(line_, -1, number_, offset_);
    }
  }

  void read_lines();
  void read_bash();
  void read_bash_command(int64_t time);
  void read_zsh();
  void read_fish();
  void read_less();
  std::string_view without_zsh_meta(std::string_view text);
  std::string_view without_fish_escapes(std::string_view text);
  std::string_view without_libedit_escapes(std::string_view text);

  std::string_view bytes_;
  base::Lines lines_;
  const std::function<void(const HistoryEntry&)>& found_;
  HistoryFacts facts_;
  std::array<size_t, 5> counts_{};
  std::string_view line_;
  uint64_t number_ = 0;
  uint64_t offset_ = 0;
  int64_t last_time_ = -1;
  bool timed_ = false;         ///< the last command had a time
  bool pending_line_ = false;  ///< line_ was read ahead
  OpenCommand open_;
  std::string scratch_;
};

void Reader::read_lines() {
  bool libedit = false;
  while (next()) {
    if (number_ == 1 && line_ == "_HiStOrY_V2_") {
      libedit = true;
    } else if (libedit) {
      line_ = without_libedit_escapes(line_);
      give_line();
    } else {
      give_line();
    }
  }
}

// The command behind a time line, which may go on over several lines.
void Reader::read_bash_command(int64_t time) {
  const uint64_t line = number_;
  const uint64_t offset = offset_;
  open_.reset();
  const char* begin = nullptr;
  const char* end = nullptr;
  while ((pending_line_ = next())) {
    // Not even an open quote reaches over a time: bash reads it as one, too.
    if (bash_time(line_)) {
      break;
    }
    if (begin != nullptr && !open_.is_open()) {
      break;
    }
    if (line_.empty() && begin == nullptr) {
      continue;
    }
    begin = begin == nullptr ? line_.data() : begin;
    end = line_.data() + line_.size();
    open_.feed(line_);
  }
  if (begin == nullptr) {
    add({HistoryFactKind::kTimeWithoutCommand, line, offset, 0});
    return;
  }
  give({begin, static_cast<size_t>(end - begin)}, time, line, offset);
}

void Reader::read_bash() {
  while (pending_line_ || next()) {
    pending_line_ = false;
    if (const auto time = bash_time(line_)) {
      read_bash_command(*time);
    } else {
      give_line();
    }
  }
}

std::string_view Reader::without_zsh_meta(std::string_view text) {
  if (text.find(kZshMeta) == std::string_view::npos) {
    return text;
  }
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == kZshMeta && at + 1 < text.size()) {
      decoded += static_cast<char>(text[++at] ^ 0x20);
    } else {
      decoded += text[at];
    }
  }
  scratch_ = std::move(decoded);
  return scratch_;
}

// ": 1700000000:12;command"; what is not so is a command without a time.
bool take_zsh_time(std::string_view& text, int64_t& time) {
  std::string_view rest = text;
  if (!rest.starts_with(": ")) {
    return false;
  }
  rest.remove_prefix(2);
  while (rest.starts_with(' ')) {
    rest.remove_prefix(1);  // zsh pads the number to ten columns
  }
  const auto begin = base::parse_prefix<int64_t>(rest);
  if (!begin || *begin < 0 || !rest.starts_with(':')) {
    return false;
  }
  rest.remove_prefix(1);
  if (!base::parse_prefix<int64_t>(rest) || !rest.starts_with(';')) {
    return false;
  }
  text = rest.substr(1);
  time = *begin;
  return true;
}

void Reader::read_zsh() {
  std::string joined;
  while (next()) {
    const uint64_t line = number_;
    const uint64_t offset = offset_;
    std::string_view text = line_;
    if (text.ends_with('\\')) {
      joined.clear();
      bool more = true;
      // A backslash before the newline stands for the newline itself.
      while (more && line_.ends_with('\\')) {
        joined.append(line_.substr(0, line_.size() - 1)).append("\n");
        more = next();
      }
      if (more) {
        joined.append(line_);
      } else {
        add({HistoryFactKind::kCut, line, offset, 0});
      }
      text = joined;
    }
    // A command that ends in a backslash is written with a blank behind it.
    if (text.ends_with("\\ ")) {
      text.remove_suffix(1);
    }
    int64_t time = -1;
    take_zsh_time(text, time);
    if (!text.empty()) {
      give(without_zsh_meta(text), time, line, offset);
    }
  }
}

std::string_view Reader::without_fish_escapes(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) {
    return text;
  }
  scratch_.clear();
  for (size_t at = 0; at < text.size(); ++at) {
    const char after = text[at] == '\\' && at + 1 < text.size() ? text[at + 1] : '\0';
    if (after == 'n' || after == '\\') {
      scratch_ += after == 'n' ? '\n' : '\\';
      ++at;
    } else {
      scratch_ += text[at];
    }
  }
  return scratch_;
}

void Reader::read_fish() {
  constexpr std::string_view kCommand = "- cmd: ";
  constexpr std::string_view kWhen = "  when: ";
  std::optional<std::string_view> command;
  int64_t time = -1;
  uint64_t line = 0;
  uint64_t offset = 0;
  const auto give_pending = [&] {
    if (command) {
      give(without_fish_escapes(*command), time, line, offset);
    }
    command.reset();
    time = -1;
  };
  while (next()) {
    if (line_.starts_with(kCommand)) {
      give_pending();
      command = line_.substr(kCommand.size());
      line = number_;
      offset = offset_;
    } else if (command && line_.starts_with(kWhen)) {
      const auto when = base::parse_number<int64_t>(line_.substr(kWhen.size()));
      time = when && *when >= 0 ? *when : -1;
    }
  }
  give_pending();
}

// vis(3) with octal numbers: "\040" for a blank.
std::string_view Reader::without_libedit_escapes(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) {
    return text;
  }
  const auto octal = [&](size_t at, char highest) {
    return at < text.size() && text[at] >= '0' && text[at] <= highest;
  };
  scratch_.clear();
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && octal(at + 1, '3') && octal(at + 2, '7') && octal(at + 3, '7')) {
      const int value = (text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0');
      scratch_ += static_cast<char>(value);
      at += 3;
    } else if (text.substr(at, 2) == "\\\\") {
      scratch_ += '\\';
      ++at;
    } else {
      scratch_ += text[at];
    }
  }
  return scratch_;
}

void Reader::read_less() {
  bool shell = false;
  while (next()) {
    if (line_.starts_with('.')) {
      shell = line_ == ".shell";
    } else if (shell && line_.starts_with('"')) {
      line_.remove_prefix(1);
      give_line();
    }
  }
}

}  // namespace

HistoryFormat history_format_of(std::string_view file_name) {
  if (file_name.find("fish_history") != std::string_view::npos) {
    return HistoryFormat::kFish;
  }
  if (file_name.find("zsh") != std::string_view::npos || file_name.starts_with(".zhistory") ||
      file_name.starts_with(".histfile")) {
    return HistoryFormat::kZsh;
  }
  if (file_name.starts_with(".lesshst") || file_name.starts_with("lesshst") ||
      file_name.starts_with(".lesshsQ")) {
    return HistoryFormat::kLess;
  }
  for (const std::string_view name :
       {"python", "mysql", "mariadb", "psql", "sqlite", "rediscli", "node_repl", "irb", "php",
        "dbshell", "ash_", "scapy", "mongo"}) {
    const std::string_view bare = file_name.substr(file_name.starts_with('.') ? 1 : 0);
    if (bare.starts_with(name)) {
      return HistoryFormat::kLines;
    }
  }
  return HistoryFormat::kBash;
}

std::string_view to_string(HistoryFactKind kind) {
  switch (kind) {
    case HistoryFactKind::kTimeWentBack: return "time_went_back";
    case HistoryFactKind::kTimesStop: return "times_stop";
    case HistoryFactKind::kTimeWithoutCommand: return "time_without_command";
    case HistoryFactKind::kNulBytes: return "nul_bytes";
    case HistoryFactKind::kCut: return "cut";
  }
  return "cut";
}

HistoryFacts parse_shell_history(std::string_view bytes, HistoryFormat format,
                                 const std::function<void(const HistoryEntry&)>& found) {
  return Reader(bytes, found).read(format);
}

}  // namespace genba::parse
