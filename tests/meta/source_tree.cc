// SPDX-License-Identifier: Apache-2.0
#include "meta/source_tree.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace genba::meta {
namespace {

namespace fs = std::filesystem;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Walks over the text once, blanking what is not code.
class Scanner {
 public:
  explicit Scanner(Source& source) : source_(source), text_(source.text) {}

  void run() {
    source_.code = text_;
    while (at_ < text_.size()) {
      if (starts("//")) {
        blank_until(find("\n", at_));
      } else if (starts("/*")) {
        blank_until(find("*/", at_ + 2) + 2);
      } else if (text_[at_] == '"') {
        if (at_ > 0 && text_[at_ - 1] == 'R') {
          raw_string();
        } else {
          quoted('"');
        }
      } else if (text_[at_] == '\'' && !in_number()) {
        quoted('\'');
      } else {
        ++at_;
      }
    }
  }

 private:
  bool starts(std::string_view what) const { return text_.compare(at_, what.size(), what) == 0; }

  size_t find(std::string_view what, size_t from) const {
    return std::min(text_.find(what, from), text_.size());
  }

  void blank_until(size_t end) {
    for (end = std::min(end, text_.size()); at_ < end; ++at_) {
      if (text_[at_] != '\n') {
        source_.code[at_] = ' ';
      }
    }
  }

  // A ' behind digits is a separator: 300'000.
  bool in_number() const {
    size_t start = at_;
    while (start > 0 && (is_word(text_[start - 1]) || text_[start - 1] == '\'')) {
      --start;
    }
    return start < at_ && std::isdigit(static_cast<unsigned char>(text_[start])) != 0;
  }

  void quoted(char quote) {
    const size_t start = ++at_;
    size_t end = start;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    end = std::min(end, text_.size());
    if (quote == '"') {
      source_.literals.push_back({start, text_.substr(start, end - start)});
    }
    blank_until(end);
    ++at_;
  }

  // R"delimiter(…)delimiter"
  void raw_string() {
    const size_t open = find("(", at_);
    const std::string close = ")" + text_.substr(at_ + 1, open - at_ - 1) + "\"";
    const size_t start = std::min(open + 1, text_.size());
    const size_t end = find(close, start);
    source_.literals.push_back({start, text_.substr(start, end - start)});
    blank_until(end + close.size());
  }

  Source& source_;
  const std::string& text_;
  size_t at_ = 0;
};

std::string_view qualifier_before(std::string_view code, size_t start) {
  if (start < 2 || code.substr(start - 2, 2) != "::") {
    return {};
  }
  const size_t end = start - 2;
  size_t begin = end;
  while (begin > 0 && is_word(code[begin - 1])) {
    --begin;
  }
  return code.substr(begin, end - begin);
}

// True for "Type name": a word stands before the name that is no keyword of an expression.
bool is_declared(std::string_view code, size_t start) {
  constexpr std::array<std::string_view, 10> kKeywords = {
      "return", "else", "do", "case", "not", "and", "or", "throw", "co_return", "co_yield"};
  const size_t last =
      start == 0 ? std::string_view::npos : code.find_last_not_of(" \t\n", start - 1);
  if (last == std::string_view::npos || last + 1 == start || !is_word(code[last])) {
    return false;
  }
  size_t begin = last;
  while (begin > 0 && is_word(code[begin - 1])) {
    --begin;
  }
  const std::string_view word = code.substr(begin, last + 1 - begin);
  return std::find(kKeywords.begin(), kKeywords.end(), word) == kKeywords.end();
}

}  // namespace

size_t Source::line_of(size_t offset) const {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
  return 1 + static_cast<size_t>(std::count(text.begin(), end, '\n'));
}

std::vector<Include> Source::includes() const {
  std::vector<Include> found;
  size_t line = 0;
  for (size_t start = 0; start < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const size_t hash = code.find_first_not_of(" \t", start);
    if (hash < end && code[hash] == '#') {
      const size_t word = code.find_first_not_of(" \t", hash + 1);
      const size_t open = text.find_first_of("\"<", hash);
      if (word < end && code.compare(word, 7, "include") == 0 && open < end) {
        const bool is_quoted = text[open] == '"';
        const size_t close = std::min(text.find(is_quoted ? '"' : '>', open + 1), end);
        found.push_back({line + 1, is_quoted, text.substr(open + 1, close - open - 1)});
      }
    }
    start = end + 1;
  }
  return found;
}

std::vector<Identifier> Source::identifiers() const {
  std::vector<Identifier> found;
  const std::string_view all = code;
  for (size_t at = 0; at < all.size();) {
    if (!is_word(all[at])) {
      ++at;
      continue;
    }
    const size_t start = at;
    while (at < all.size() && is_word(all[at])) {
      ++at;
    }
    const size_t next = all.find_first_not_of(" \t\n", at);
    const bool member =
        (start >= 1 && all[start - 1] == '.') || (start >= 2 && all.substr(start - 2, 2) == "->");
    found.push_back({start, all.substr(start, at - start),
                     next != std::string_view::npos && all[next] == '(' && !is_declared(all, start),
                     member, qualifier_before(all, start)});
  }
  return found;
}

std::string_view Source::layer() const {
  const std::string_view view = path;
  if (!view.starts_with("src/")) {
    return {};
  }
  const size_t slash = view.find('/', 4);
  return slash == std::string_view::npos ? std::string_view{} : view.substr(4, slash - 4);
}

bool Source::is_test_code() const {
  const std::string_view view = path;
  return !view.starts_with("src/") || view.ends_with("_test.cc") || view.ends_with("_fuzz.cc") ||
         view.ends_with("_bench.cc") || view.ends_with("test_support.h");
}

std::string source_directory() {
  const char* directory = std::getenv("GENBA_SOURCE_DIR");
  return directory == nullptr ? fs::current_path().string() : directory;
}

Source scan(std::string path, std::string text) {
  Source source;
  source.path = std::move(path);
  source.text = std::move(text);
  Scanner(source).run();
  return source;
}

std::string read_text(const std::string& path) {
  std::ifstream in(fs::path(source_directory()) / path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<Source> read_sources(const std::vector<std::string>& folders) {
  const fs::path root = source_directory();
  std::vector<std::string> paths;
  for (const auto& folder : folders) {
    if (!fs::is_directory(root / folder)) {
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (entry.is_regular_file() && (extension == ".cc" || extension == ".h")) {
        paths.push_back(entry.path().lexically_relative(root).string());
      }
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Source> sources;
  sources.reserve(paths.size());
  for (const auto& path : paths) {
    sources.push_back(scan(path, read_text(path)));
  }
  return sources;
}

}  // namespace genba::meta
