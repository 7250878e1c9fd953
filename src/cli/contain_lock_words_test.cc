// SPDX-License-Identifier: Apache-2.0
#include "cli/contain_lock_words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "cli/error_words.h"
#include "fmt/format.h"

namespace genba::cli {
namespace {

std::string japanese(std::string_view english) {
  return error_words(english, model::Language::kJapanese);
}

TEST(ContainLockWords, EveryValueOfAPhraseIsTold) {
  for (const render::Phrase& phrase : contain_lock_phrases()) {
    const auto values = std::count(phrase.english.begin(), phrase.english.end(), '*');
    for (int64_t i = 0; i < values; ++i) {
      EXPECT_NE(phrase.japanese.find(fmt::format("{{{}}}", i)), std::string_view::npos)
          << phrase.english;
    }
    EXPECT_EQ(phrase.japanese.find(fmt::format("{{{}}}", values)), std::string_view::npos)
        << phrase.english;
  }
}

TEST(ContainLockWords, NoPhraseStandsTwice) {
  std::set<std::string_view> known;
  for (const render::Phrase& phrase : contain_lock_phrases()) {
    EXPECT_TRUE(known.insert(phrase.english).second) << phrase.english;
  }
}

TEST(ContainLockWords, TheNamespaceOfARefusalIsJapaneseToo) {
  EXPECT_EQ(
      japanese("our network namespace has a table 'genba_contain' that is not Genba's: look "
               "at it, and delete it with genba contain undo --force"),
      "genba のネットワーク名前空間に、genba のものではないテーブル 'genba_contain' があります。"
      "内容を確認し、genba contain undo --force で削除してください");
  EXPECT_EQ(japanese("network namespace 4026532177"), "ネットワーク名前空間 4026532177");
}

TEST(ContainLockWords, WhatStoodInTheWayOfABatchIsToldInside) {
  EXPECT_EQ(japanese("nothing was changed: nf_tables: adding table 'x': EPERM; another socket "
                     "owns the table"),
            "何も変更していません：nf_tables: adding table 'x': EPERM。テーブルは別のプロセスが所有"
            "しています");
}

}  // namespace
}  // namespace genba::cli
