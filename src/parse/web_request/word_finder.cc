// SPDX-License-Identifier: Apache-2.0
#include "parse/web_request/word_finder.h"

#include <algorithm>

#include "base/result.h"

namespace genba::parse {

/// The automaton while it grows, with states in order of making: state 0 is the root.
struct WordFinder::Trie {
  explicit Trie(uint32_t width) : classes(width) { add_state(0); }

  uint32_t add_state(uint8_t by_class) {
    next.resize(next.size() + classes, 0);
    word.push_back(kNoWord);
    last_class.push_back(by_class);
    return static_cast<uint32_t>(word.size() - 1);
  }
  uint32_t& to(uint32_t state, uint32_t by_class) { return next[state * classes + by_class]; }

  uint32_t classes;
  std::vector<uint32_t> next;  ///< 0 where nothing was made yet, for no word leads to the root
  std::vector<uint16_t> word;
  std::vector<uint8_t> last_class;
};

WordFinder::WordFinder(std::span<const Word> words) : words_(words) {
  GENBA_CHECK(words.size() < kNoWord);
  for (const Word& word : words) {
    for (const char c : word.text) {
      uint8_t& by_class = class_of_[static_cast<uint8_t>(c)];
      by_class = by_class == 0 ? static_cast<uint8_t>(classes_++) : by_class;
    }
  }
  Trie trie(classes_);
  shorter_.assign(words.size(), kNoWord);
  for (uint16_t index = 0; index < words.size(); ++index) {
    uint32_t state = 0;
    for (const char c : words[index].text) {
      const uint8_t by_class = class_of_[static_cast<uint8_t>(c)];
      const uint32_t known = trie.to(state, by_class);
      const uint32_t reached = known == 0 ? trie.add_state(by_class) : known;
      trie.to(state, by_class) = reached;
      state = reached;
    }
    GENBA_CHECK(state != 0);
    // The same word twice, in other places or with other edges: chained.
    shorter_[index] = trie.word[state];
    trie.word[state] = index;
  }
  number_states(trie);
  for (size_t c = 0; c < class_of_.size(); ++c) {
    if (c >= 'A' && c <= 'Z') {
      class_of_[c] = class_of_[c - 'A' + 'a'];
    } else if (c >= '\t' && c <= '\r') {
      class_of_[c] = class_of_[' '];
    }
  }
}

/// Breadth first: gives each state the transitions and words of its longest proper end, then
/// numbers the states so that those which end a word come last.
void WordFinder::number_states(const Trie& original) {
  Trie trie = original;
  const auto states = static_cast<uint32_t>(trie.word.size());
  std::vector<uint32_t> end_of(states, 0);
  std::vector<uint32_t> order{0};
  for (size_t i = 0; i < order.size(); ++i) {
    const uint32_t state = order[i];
    for (uint32_t by_class = 0; by_class < classes_; ++by_class) {
      uint32_t& to = trie.to(state, by_class);
      const uint32_t fallen = state == 0 ? 0 : trie.to(end_of[state], by_class);
      if (to == 0 || original.next[state * classes_ + by_class] == 0) {
        to = fallen;
        continue;
      }
      end_of[to] = fallen;
      order.push_back(to);
      uint16_t word = trie.word[to];
      if (word == kNoWord) {
        trie.word[to] = trie.word[fallen];
        continue;
      }
      while (shorter_[word] != kNoWord) {
        word = shorter_[word];
      }
      shorter_[word] = trie.word[fallen];
    }
  }
  const uint8_t blank = class_of_[' '];
  for (uint32_t state = 1; blank != 0 && state < states; ++state) {
    if (trie.last_class[state] == blank) {
      trie.to(state, blank) = state;
    }
  }
  std::vector<uint32_t> number(states);
  uint32_t used = 0;
  for (const bool hits : {false, true}) {
    first_hit_ = hits ? used * classes_ : first_hit_;
    for (const uint32_t state : order) {
      if ((trie.word[state] != kNoWord) == hits) {
        number[state] = used++ * classes_;
      }
    }
  }
  next_.resize(trie.next.size());
  word_at_.resize(states);
  for (uint32_t state = 0; state < states; ++state) {
    word_at_[number[state] / classes_] = trie.word[state];
    for (uint32_t by_class = 0; by_class < classes_; ++by_class) {
      next_[number[state] + by_class] = number[trie.to(state, by_class)];
    }
  }
}

}  // namespace genba::parse
