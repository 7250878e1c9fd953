// SPDX-License-Identifier: Apache-2.0
#include "parse/content/content.h"

#include "gtest/gtest.h"

namespace genba::parse {
namespace {

TEST(Content, ElfMagicIsElfHoweverShortTheFile) {
  EXPECT_EQ(content_kind("\x7f"
                         "ELF\x02\x01"),
            "elf");
  EXPECT_EQ(content_kind("\x7f"
                         "ELF"),
            "elf");
}

TEST(Content, InterpreterLineIsAScript) {
  EXPECT_EQ(content_kind("#!/bin/sh\n"), "script");
  EXPECT_EQ(content_kind("#!"), "script");
}

TEST(Content, EmptyCutOrUnknownBytesAreOther) {
  EXPECT_EQ(content_kind(""), "other");
  EXPECT_EQ(content_kind("#"), "other");
  EXPECT_EQ(content_kind("\x7f"
                         "EL"),
            "other");
  EXPECT_EQ(content_kind(" #!/bin/sh"), "other");
  EXPECT_EQ(content_kind("<?php "), "other");
}

}  // namespace
}  // namespace genba::parse
