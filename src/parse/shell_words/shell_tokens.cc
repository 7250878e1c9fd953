// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "parse/shell_words/shell_words.h"

namespace genba::parse {

namespace {

// A command line of cron has at most a few hundred words; more is an attempt to tire us.
constexpr size_t kMaxTokens = 10'000;

constexpr std::string_view kOperators = ";&|()\n<>";

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<ShellToken> run() && {
    while (position_ < text_.size() && tokens_.size() < kMaxTokens) {
      const char c = text_[position_];
      if (c == ' ' || c == '\t') {
        end_word();
        ++position_;
      } else if (c == '#' && !in_word_) {
        break;
      } else if (kOperators.find(c) != std::string_view::npos) {
        take_operator(c);
      } else {
        take_word_part(c);
      }
    }
    end_word();
    return std::move(tokens_);
  }

 private:
  char peek() const { return position_ + 1 < text_.size() ? text_[position_ + 1] : '\0'; }

  void end_word() {
    if (in_word_) {
      tokens_.push_back({ShellToken::Kind::kWord, std::move(word_)});
    }
    word_.clear();
    in_word_ = false;
    quoted_ = false;
  }

  void take_operator(char c) {
    const bool redirect = c == '<' || c == '>' || (c == '&' && peek() == '>');
    if (redirect && in_word_ && !quoted_ && is_digits(word_)) {
      // "2>": the digits name the descriptor and are no word.
      word_.clear();
      in_word_ = false;
    }
    end_word();
    const char next = peek();
    const bool doubled = next == c && c != '(' && c != ')' && c != '\n';
    const bool paired = redirect && (next == '&' || next == '>' || (c == '>' && next == '|'));
    const size_t length = doubled || paired ? 2 : 1;
    tokens_.push_back({redirect ? ShellToken::Kind::kRedirect : ShellToken::Kind::kControl,
                       std::string(text_.substr(position_, length))});
    position_ += length;
  }

  void take_word_part(char c) {
    in_word_ = true;
    if (c == '\\') {
      quoted_ = true;
      if (position_ + 1 < text_.size() && peek() != '\n') {
        word_ += peek();
      }
      position_ += 2;
    } else if (c == '\'') {
      quoted_ = true;
      const size_t end = std::min(text_.find('\'', position_ + 1), text_.size());
      word_ += text_.substr(position_ + 1, end - position_ - 1);
      position_ = end + 1;
    } else if (c == '"') {
      take_double_quoted();
    } else {
      word_ += c;
      ++position_;
    }
  }

  void take_double_quoted() {
    quoted_ = true;
    ++position_;
    while (position_ < text_.size() && text_[position_] != '"') {
      const char next = peek();
      if (text_[position_] == '\\' && (next == '"' || next == '\\' || next == '$' || next == '`')) {
        ++position_;
      }
      word_ += text_[position_++];
    }
    ++position_;
  }

  std::string_view text_;
  size_t position_ = 0;
  std::vector<ShellToken> tokens_;
  std::string word_;
  bool in_word_ = false;
  bool quoted_ = false;
};

}  // namespace

std::vector<ShellToken> split_shell_tokens(std::string_view command) {
  return Splitter(command).run();
}

}  // namespace genba::parse
