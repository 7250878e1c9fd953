// SPDX-License-Identifier: Apache-2.0
#include "render/started_as.h"

#include <gtest/gtest.h>

namespace genba::render {
namespace {

TEST(StartedAs, CommandsBeginWithTheProgramThatWasStarted) {
  EXPECT_EQ(started_as("./genba", "genba query 'SELECT 1'"), "./genba query 'SELECT 1'");
  EXPECT_EQ(started_as("'/media/my usb/genba'", "Keep it: genba triage --save DIR"),
            "Keep it: '/media/my usb/genba' triage --save DIR");
  EXPECT_EQ(started_as("./genba", "証拠を保全：genba triage、次にgenba help"),
            "証拠を保全：./genba triage、次に./genba help");
  EXPECT_EQ(started_as("genba", "genba triage"), "genba triage");
}

TEST(StartedAs, OtherWordsStay) {
  for (const char* words : {"", "genba", "genbatsu", "/usr/bin/genba triage",
                            "genba opened 3 files", "my-genba query"}) {
    EXPECT_EQ(started_as("./x", words), words);
  }
}

}  // namespace
}  // namespace genba::render
