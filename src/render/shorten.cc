// SPDX-License-Identifier: Apache-2.0
#include "render/shorten.h"

#include <vector>

#include "fmt/format.h"

namespace genba::render {

namespace {

struct Marks {
  std::string_view sentence;  ///< ends a sentence; its blank is no part of the sentence
  std::string_view clause;
  std::string_view open;  ///< no clause ends between these
  std::string_view close;
  std::string_view more;  ///< put behind the last clause that is kept
  size_t lead;            ///< sentences at the front that are cut rather than left out
};

constexpr Marks kEnglishMarks = {". ", ", ", "(", ")", ", and more.", 1};
// An incident's first sentence in Japanese only says how sure it is; the second one tells it.
constexpr Marks kJapaneseMarks = {"。", "、", "（", "）", "など。", 2};

std::vector<std::string_view> sentences_of(std::string_view text, const Marks& marks) {
  std::vector<std::string_view> sentences;
  while (!text.empty()) {
    const size_t at = text.find(marks.sentence);
    const size_t end = at == std::string_view::npos ? text.size() : at + marks.sentence.size();
    sentences.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return sentences;
}

// Where the sentence may break off, from the front.
std::vector<size_t> clause_ends(std::string_view sentence, const Marks& marks) {
  std::vector<size_t> ends;
  int depth = 0;
  for (size_t i = 0; i < sentence.size(); ++i) {
    const std::string_view rest = sentence.substr(i);
    if (rest.rfind(marks.open, 0) == 0) {
      ++depth;
    } else if (rest.rfind(marks.close, 0) == 0) {
      --depth;
    } else if (depth <= 0 && rest.rfind(marks.clause, 0) == 0) {
      ends.push_back(i);
    }
  }
  return ends;
}

std::string without_blanks(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

std::string shortened(std::string_view text, model::Language language,
                      const std::function<bool(std::string_view)>& fits) {
  const Marks& marks = language == model::Language::kJapanese ? kJapaneseMarks : kEnglishMarks;
  const auto sentences = sentences_of(text, marks);
  std::string kept;
  for (size_t i = 0; i < sentences.size(); ++i) {
    if (fits(without_blanks(kept + std::string(sentences[i])))) {
      kept += sentences[i];
      continue;
    }
    if (i >= marks.lead) {
      continue;
    }
    const auto ends = clause_ends(sentences[i], marks);
    for (size_t j = ends.size(); j-- > 0;) {
      std::string shorter =
          fmt::format("{}{}{}", kept, sentences[i].substr(0, ends[j]), marks.more);
      if (fits(shorter)) {
        return shorter;
      }
    }
    break;  // without it the others hang in the air
  }
  return without_blanks(kept.empty() && !sentences.empty() ? std::string(sentences.front()) : kept);
}

}  // namespace genba::render
