// SPDX-License-Identifier: Apache-2.0
#include "base/interpreters.h"

#include <set>

#include "gtest/gtest.h"

namespace genba::base {
namespace {

TEST(Interpreters, AreKnownWithTheirVersions) {
  for (const auto* path : {"/usr/bin/python3.11", "/bin/sh", "/usr/bin/php8.2", "/usr/bin/perl",
                           "perl5.36", "/usr/bin/lua5.4", "/tmp/bash", "/usr/bin/php-cgi8.2"}) {
    EXPECT_TRUE(is_interpreter(path)) << path;
    EXPECT_TRUE(runs_scripts(path)) << path;
  }
}

TEST(Interpreters, AServerOfScriptsIsNone) {
  EXPECT_FALSE(is_interpreter("/usr/sbin/php-fpm8.2"));
  EXPECT_TRUE(runs_scripts("/usr/sbin/php-fpm8.2"));
}

TEST(Interpreters, OtherPrograms) {
  for (const auto* path : {"/usr/sbin/nginx", "/usr/bin/shred", "", "/", "/tmp/123", "/tmp/.x",
                           "/usr/bin/sh/", "/usr/bin/python3.11/x"}) {
    EXPECT_FALSE(is_interpreter(path)) << path;
    EXPECT_FALSE(runs_scripts(path)) << path;
  }
}

TEST(Interpreters, EachIsNamedOnceAndWithoutAVersion) {
  std::set<std::string_view> seen;
  for (const std::string_view name : interpreters()) {
    EXPECT_TRUE(seen.insert(name).second) << name;
    EXPECT_EQ(name_without_version(name), name);
  }
}

}  // namespace
}  // namespace genba::base
