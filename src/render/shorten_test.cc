// SPDX-License-Identifier: Apache-2.0
#include "render/shorten.h"

#include <gtest/gtest.h>

namespace genba::render {
namespace {

using model::Language;

std::string within(std::string_view text, size_t bytes, Language language) {
  return shortened(text, language, [bytes](std::string_view part) { return part.size() <= bytes; });
}

constexpr std::string_view kEnglish =
    "Broken into: /usr/bin/cd runs (pids 1, 2), 1 unit starts it, and 1 key opens a way in. "
    "The earliest trace is of noon. It talks.";

TEST(Shorten, ATextThatFitsIsLeftAlone) {
  EXPECT_EQ(within(kEnglish, 1000, Language::kEnglish), kEnglish);
  EXPECT_EQ(within("", 10, Language::kEnglish), "");
}

TEST(Shorten, ASentenceThatDoesNotFitIsLeftOutWhole) {
  EXPECT_EQ(
      within(kEnglish, 100, Language::kEnglish),
      "Broken into: /usr/bin/cd runs (pids 1, 2), 1 unit starts it, and 1 key opens a way in. "
      "It talks.");
}

TEST(Shorten, AFirstSentenceThatDoesNotFitLosesItsLastClauses) {
  EXPECT_EQ(within(kEnglish, 80, Language::kEnglish),
            "Broken into: /usr/bin/cd runs (pids 1, 2), 1 unit starts it, and more.");
  EXPECT_EQ(within(kEnglish, 60, Language::kEnglish),
            "Broken into: /usr/bin/cd runs (pids 1, 2), and more.");
}

TEST(Shorten, JapaneseEndsInEtcetera) {
  EXPECT_EQ(within("侵害。プログラム a が動作中（PID 1、2）、鍵1件です。", 20, Language::kJapanese),
            "侵害。");
  EXPECT_EQ(within("プログラム a が動作中（PID 1、2）、鍵1件です。次。", 60, Language::kJapanese),
            "プログラム a が動作中（PID 1、2）など。");
}

TEST(Shorten, TheJapaneseStoryBehindItsVerdictIsCutRatherThanLeftOut) {
  EXPECT_EQ(within("侵害。プログラム a が動作中、鍵1件です。次。", 55, Language::kJapanese),
            "侵害。プログラム a が動作中など。");
}

TEST(Shorten, WithoutAClauseThatFitsTheSentenceStaysWhole) {
  EXPECT_EQ(within("One long sentence. Two.", 4, Language::kEnglish), "One long sentence.");
}

}  // namespace
}  // namespace genba::render
