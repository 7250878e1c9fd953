// SPDX-License-Identifier: Apache-2.0
//
// Every sentence that collectors and hosts say about what they could not read has its Japanese. The
// sentences are read from the sources, so that a new one cannot be forgotten. What is put together
// from variables, and the words of parsers about damaged bytes, are not seen here.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "meta/source_tree.h"
#include "render/coverage_words.h"

namespace genba::meta {
namespace {

struct Sentence {
  std::string text;  // with "7" for each value
  std::string place;
};

// The calls whose words end in the reason or the remedy of a coverage row.
bool gives_a_reason(std::string_view call) {
  constexpr std::array<std::string_view, 7> kCalls = {
      "cut", "unsupported", "not_applicable", "no_database", "refuse", "fail", "failed"};
  return std::find(kCalls.begin(), kCalls.end(), call) != kCalls.end();
}

// Behind the bracket that closes the one at or behind `open`.
size_t end_of_call(std::string_view code, size_t open) {
  int depth = 0;
  for (size_t at = code.find('(', open); at < code.size(); ++at) {
    depth += code[at] == '(' ? 1 : code[at] == ')' ? -1 : 0;
    if (depth == 0) {
      return at + 1;
    }
  }
  return code.size();
}

// These put an error's own words behind what was being done, which is no sentence.
bool only_adds_context(std::string_view call) {
  constexpr std::array<std::string_view, 3> kContext = {"tell(", "with_context(",
                                                        "error_from_errno("};
  return std::any_of(kContext.begin(), kContext.end(), [&](std::string_view name) {
    return call.find(name) != std::string_view::npos;
  });
}

std::string with_values(std::string text) {
  for (size_t at = text.find("{}"); at != std::string::npos; at = text.find("{}", at)) {
    text.replace(at, 2, "7");
  }
  return text;
}

bool is_sentence(std::string_view text) {
  const bool letters =
      std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return letters && text.find(' ') != std::string_view::npos;
}

// The literals of one call; those that the compiler joins are joined.
void add_sentences(const Source& source, size_t start, size_t end, std::vector<Sentence>& out) {
  const std::string_view code = source.code;
  size_t last_end = 0;
  std::vector<Sentence> found;
  for (const Literal& literal : source.literals) {
    if (literal.offset < start || literal.offset >= end) {
      continue;
    }
    const size_t from = std::min(last_end, literal.offset);
    const std::string_view between = code.substr(from, literal.offset - from);
    if (last_end > 0 && between.find_first_not_of(" \n\"") == std::string_view::npos) {
      found.back().text += literal.text;
    } else {
      found.push_back(
          {literal.text, source.path + ":" + std::to_string(source.line_of(literal.offset))});
    }
    last_end = literal.offset + literal.text.size();
  }
  for (Sentence& sentence : found) {
    sentence.text = with_values(std::move(sentence.text));
    if (is_sentence(sentence.text)) {
      out.push_back(std::move(sentence));
    }
  }
}

std::vector<Sentence> sentences_of(const Source& source) {
  std::vector<Sentence> sentences;
  for (const Identifier& identifier : source.identifiers()) {
    if (!identifier.called || !gives_a_reason(identifier.name)) {
      continue;
    }
    const size_t end = end_of_call(source.code, identifier.offset);
    const std::string_view call =
        std::string_view(source.code).substr(identifier.offset, end - identifier.offset);
    if (!only_adds_context(call)) {
      add_sentences(source, identifier.offset, end, sentences);
    }
  }
  return sentences;
}

bool has_japanese(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c & '\x80') != 0; });
}

TEST(CoverageWords, EverySentenceOfTheSourcesIsKnownInJapanese) {
  size_t seen = 0;
  for (const Source& source : read_sources({"src/collect", "src/host"})) {
    if (source.is_test_code()) {
      continue;
    }
    for (const Sentence& sentence : sentences_of(source)) {
      ++seen;
      const std::string said = render::coverage_text(sentence.text, model::Language::kJapanese);
      EXPECT_TRUE(has_japanese(said)) << sentence.place << ": \"" << sentence.text
                                      << "\" is not in src/render/coverage_words.cc";
    }
  }
  EXPECT_GT(seen, 60U) << "the sources are read in a way that finds no sentences";
}

TEST(CoverageWords, SentencesAreFoundAsTheyAreWritten) {
  const auto found = sentences_of(scan("src/collect/x/collector.cc",
                                       "void f() {\n"
                                       "  c.cut(fmt::format(\"{} of {} files \"\n"
                                       "                    \"were late\", a, b), \"--deep\");\n"
                                       "  return fail(tree.tell(e, \"looking at\", path));\n"
                                       "  say(\"not asked for\");\n"
                                       "}\n"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text, "7 of 7 files were late");
}

}  // namespace
}  // namespace genba::meta
