// SPDX-License-Identifier: Apache-2.0
//
// Finds all of a fixed list of words in a text, in one pass and one table look-up a byte: an
// automaton of Aho and Corasick (1975) as a dense table over the bytes that occur in the words.
// Letters A-Z count as a-z, white space of any kind and length as one blank. Built once; a search
// allocates nothing. Part of web_request and of nobody else. Covered by web_request_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace genba::parse {

/// Where a word counts.
enum class Where : uint8_t {
  kAnywhere,
  kPath,
  kQuery,       ///< behind the path
  kSegmentEnd,  ///< the path's end, or a "/", ";" or NUL behind it in the path
  kPathEnd,
};

/// What must stand at its ends.
enum class Edges : uint8_t {
  kAny,
  kWordEnd,    ///< no letter or digit behind it
  kWordStart,  ///< no letter or digit in front of it; the word must hold no blank
};

struct Word {
  std::string_view text;  ///< lower case, at least one byte
  uint16_t bits;
  Where where = Where::kAnywhere;
  Edges edges = Edges::kAny;
};

class WordFinder {
 public:
  /// `words` must outlive it.
  explicit WordFinder(std::span<const Word> words);

  /// Calls `found(word, end)` for each word that ends in front of byte `end`, from left to right,
  /// when its edges are right. `Where` is the caller's to check.
  template <class Found>
  void find(std::string_view text, Found&& found) const {
    uint32_t state = 0;
    for (size_t at = 0; at < text.size(); ++at) {
      state = next_[state + class_of_[static_cast<uint8_t>(text[at])]];
      if (state >= first_hit_) [[unlikely]] {
        report(state, text, at + 1, found);
      }
    }
  }

 private:
  static constexpr uint16_t kNoWord = UINT16_MAX;

  static constexpr bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  }
  static bool edges_fit(const Word& word, std::string_view text, size_t end) {
    switch (word.edges) {
      case Edges::kAny: return true;
      case Edges::kWordEnd: return end == text.size() || !is_word_byte(text[end]);
      case Edges::kWordStart:
        return end <= word.text.size() || !is_word_byte(text[end - word.text.size() - 1]);
    }
    return true;
  }

  template <class Found>
  void report(uint32_t state, std::string_view text, size_t end, Found&& found) const {
    // Words that end here form a chain, the longest first; none is longer than a few links.
    for (uint16_t word = word_at_[state / classes_]; word != kNoWord; word = shorter_[word]) {
      if (edges_fit(words_[word], text, end)) {
        found(words_[word], end);
      }
    }
  }

  struct Trie;
  void number_states(const Trie& trie);

  std::span<const Word> words_;
  std::array<uint8_t, 256> class_of_{};
  uint32_t classes_ = 1;           ///< class 0: a byte in no word
  uint32_t first_hit_ = 0;         ///< states from here on end a word
  std::vector<uint32_t> next_;     ///< [state + class]; states are multiples of classes_
  std::vector<uint16_t> word_at_;  ///< the longest word that ends in a state
  std::vector<uint16_t> shorter_;  ///< for a word, the next shorter one that is its end
};

}  // namespace genba::parse
