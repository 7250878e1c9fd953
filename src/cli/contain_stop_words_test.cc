// SPDX-License-Identifier: Apache-2.0
#include "cli/contain_stop_words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cli/error_words.h"
#include "fmt/format.h"
#include "render/stopping_words.h"

namespace genba::cli {
namespace {

TEST(ContainStopWords, EveryValueOfAPhraseIsTold) {
  for (const render::Phrases table : {contain_stop_phrases(), render::stopping_phrases()}) {
    for (const render::Phrase& phrase : table) {
      const auto values = std::count(phrase.english.begin(), phrase.english.end(), '*');
      for (int64_t i = 0; i < values; ++i) {
        EXPECT_NE(phrase.japanese.find(fmt::format("{{{}}}", i)), std::string_view::npos)
            << phrase.english;
      }
      EXPECT_EQ(phrase.japanese.find(fmt::format("{{{}}}", values)), std::string_view::npos)
          << phrase.english;
    }
  }
}

TEST(ContainStopWords, NoPhraseStandsTwice) {
  std::set<std::string_view> known;
  for (const render::Phrases table : {contain_stop_phrases(), render::stopping_phrases()}) {
    for (const render::Phrase& phrase : table) {
      EXPECT_TRUE(known.insert(phrase.english).second) << phrase.english;
    }
  }
}

TEST(ContainStopWords, AReasonWithinAComplaintIsJapaneseToo) {
  EXPECT_EQ(error_words("process 1 must not be touched: it is PID 1, without which the machine "
                        "stops",
                        model::Language::kJapanese),
            "プロセス 1 は操作できません：PID 1（停止するとマシンが止まります）");
}

}  // namespace
}  // namespace genba::cli
