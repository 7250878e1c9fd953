// SPDX-License-Identifier: Apache-2.0
//
// The scanner behind the meta tests: if it went blind, they would all pass.
#include "meta/source_tree.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace genba::meta {
namespace {

bool calls(const std::string& text, std::string_view name) {
  const Source source = scan("src/base/x.cc", text);
  const auto identifiers = source.identifiers();
  return std::any_of(identifiers.begin(), identifiers.end(), [&](const Identifier& identifier) {
    return identifier.name == name && identifier.called && !identifier.member;
  });
}

TEST(SourceTree, SeesCalls) {
  EXPECT_TRUE(calls("int f() { return system(\"ls\"); }", "system"));
  EXPECT_TRUE(calls("auto x = std::system (\n\"ls\");", "system"));
  EXPECT_TRUE(calls("int n = 300'000; system(\"ls\"); char c = 'x';", "system"));
  EXPECT_TRUE(calls("char c = '\"'; system(\"ls\"); char d = '\"';", "system"));
  EXPECT_TRUE(calls("auto s = R\"q(\")q\"; system(\"ls\");", "system"));
}

TEST(SourceTree, PassesOverCommentsAndStrings) {
  EXPECT_FALSE(calls("// system(\"ls\")\n", "system"));
  EXPECT_FALSE(calls("/* system(\n) */ int x;", "system"));
  EXPECT_FALSE(calls("const char* s = \"\\\"system(\";", "system"));
  EXPECT_FALSE(calls("auto s = R\"q(system(1))\")q\";", "system"));
  EXPECT_FALSE(calls("host.system(1);", "system"));
  EXPECT_FALSE(calls("ConfigReader system(context);", "system"));
  EXPECT_TRUE(calls("if (x) {} else system(y);", "system"));
}

TEST(SourceTree, ReadsIncludesAndLiterals) {
  const Source source = scan("src/base/x.cc",
                             "#include \"base/a.h\"\n  # include <sys/stat.h>\n"
                             "// #include \"app/b.h\"\n/*\n#include \"app/c.h\"\n*/\n"
                             "auto s = \"/bin/sh\";\n");
  const auto includes = source.includes();
  ASSERT_EQ(includes.size(), 2U);
  EXPECT_EQ(includes[0].path, "base/a.h");
  EXPECT_TRUE(includes[0].quoted);
  EXPECT_EQ(includes[1].path, "sys/stat.h");
  EXPECT_EQ(includes[1].line, 2U);
  ASSERT_EQ(source.literals.size(), 2U);
  EXPECT_EQ(source.literals[1].text, "/bin/sh");
  EXPECT_EQ(source.line_of(source.literals[1].offset), 7U);
}

TEST(SourceTree, FindsTheTree) {
  EXPECT_FALSE(read_sources({"src"}).empty()) << "no sources below " << source_directory();
}

}  // namespace
}  // namespace genba::meta
