// SPDX-License-Identifier: Apache-2.0
#include "store/functions.h"

#include "gtest/gtest.h"
#include "store/database.h"

namespace genba::store {
namespace {

std::string value_of(const std::string& expression) {
  const model::Facts nothing;
  const auto database = Database::open(nothing);
  if (!database) {
    return database.error().what;
  }
  const auto statement = (*database)->prepare("SELECT quote(" + expression + ")");
  if (!statement) {
    return statement.error().what;
  }
  std::string out;
  const auto done = (*statement)->run({}, [&](std::span<const model::Value> cells) {
    out = std::get<std::string_view>(cells[0]);
    return true;
  });
  return done ? out : done.error().what;
}

TEST(Dirname, IsWhatDirnameSays) {
  EXPECT_EQ(value_of("dirname('/usr/bin/ls')"), "'/usr/bin'");
  EXPECT_EQ(value_of("dirname('/usr')"), "'/'");
  EXPECT_EQ(value_of("dirname('/')"), "'/'");
  EXPECT_EQ(value_of("dirname('/a//b//')"), "'/a'");
  EXPECT_EQ(value_of("dirname('a')"), "'.'");
  EXPECT_EQ(value_of("dirname('')"), "'.'");
  EXPECT_EQ(value_of("dirname(NULL)"), "NULL");
}

TEST(Basename, IsWhatBasenameSays) {
  EXPECT_EQ(value_of("basename('/usr/bin/ls')"), "'ls'");
  EXPECT_EQ(value_of("basename('/usr/bin/')"), "'bin'");
  EXPECT_EQ(value_of("basename('//')"), "'/'");
  EXPECT_EQ(value_of("basename('')"), "''");
  EXPECT_EQ(value_of("basename(NULL)"), "NULL");
}

TEST(Iso, PrintsATimestamp) {
  EXPECT_EQ(value_of("iso(0)"), "'1970-01-01T00:00:00.000000000Z'");
  EXPECT_EQ(value_of("iso(NULL)"), "NULL");
  EXPECT_EQ(value_of("iso('yesterday')"), "NULL");
}

TEST(InDirectory, ASimilarNameIsNotInside) {
  EXPECT_EQ(value_of("in_directory('/tmp/a/b', '/tmp')"), "1");
  EXPECT_EQ(value_of("in_directory('/tmp/a', '/tmp/')"), "1");
  EXPECT_EQ(value_of("in_directory('/tmpx/a', '/tmp')"), "0");
  EXPECT_EQ(value_of("in_directory('/tmp', '/tmp')"), "0");
  EXPECT_EQ(value_of("in_directory('/tmp/', '/tmp')"), "0");
  EXPECT_EQ(value_of("in_directory('/a', '/')"), "1");
  EXPECT_EQ(value_of("in_directory('/', '/')"), "0");
  EXPECT_EQ(value_of("in_directory('a', '')"), "0");
  EXPECT_EQ(value_of("in_directory(NULL, '/tmp')"), "NULL");
}

TEST(HasHiddenComponent, DotsThatMeanDirectoriesDoNotCount) {
  EXPECT_EQ(value_of("has_hidden_component('/tmp/.x/run')"), "1");
  EXPECT_EQ(value_of("has_hidden_component('/tmp/...')"), "1");
  EXPECT_EQ(value_of("has_hidden_component('/tmp/../etc/./passwd')"), "0");
  EXPECT_EQ(value_of("has_hidden_component('/tmp/a.b')"), "0");
  EXPECT_EQ(value_of("has_hidden_component('.ssh')"), "1");
}

TEST(IsDeceptiveName, WhatAListingDoesNotShow) {
  EXPECT_EQ(value_of("is_deceptive_name('...')"), "1");
  EXPECT_EQ(value_of("is_deceptive_name(' ')"), "1");
  EXPECT_EQ(value_of("is_deceptive_name('.. ')"), "1");
  EXPECT_EQ(value_of("is_deceptive_name('sshd ')"), "1");
  EXPECT_EQ(value_of("is_deceptive_name('a' || char(27) || '[2K')"), "1");
  EXPECT_EQ(value_of("is_deceptive_name('x' || char(8238) || 'gnp.elf')"), "1");
  EXPECT_EQ(value_of("is_deceptive_name('ss' || char(8203) || 'hd')"), "1");
}

TEST(IsDeceptiveName, OrdinaryNamesOfManyTongues) {
  EXPECT_EQ(value_of("is_deceptive_name('')"), "0");
  EXPECT_EQ(value_of("is_deceptive_name('.bashrc')"), "0");
  EXPECT_EQ(value_of("is_deceptive_name('..data')"), "0");
  EXPECT_EQ(value_of("is_deceptive_name('my file.txt')"), "0");
  EXPECT_EQ(value_of("is_deceptive_name('報告書　最終.pdf')"), "0");
  EXPECT_EQ(value_of("is_deceptive_name('\\xFF')"), "0");
  EXPECT_EQ(value_of("is_deceptive_name(NULL)"), "NULL");
}

TEST(HidingPlaces, ToolsInHomesAreNotHidden) {
  EXPECT_EQ(value_of("in_volatile_directory('/var/tmp/x')"), "1");
  EXPECT_EQ(value_of("in_volatile_directory('/srv/tmp/x')"), "0");
  EXPECT_EQ(value_of("hidden_in_system_place('/usr/lib/.x/y')"), "1");
  EXPECT_EQ(value_of("hidden_in_system_place('/home/hana/.local/bin/x')"), "0");
  EXPECT_EQ(value_of("hidden_in_system_place(NULL)"), "NULL");
}

TEST(IsCoreProgram, BuiltInsAndTools) {
  EXPECT_EQ(value_of("is_core_program('cd')"), "1");
  EXPECT_EQ(value_of("is_core_program('alias')"), "1");
  EXPECT_EQ(value_of("is_core_program('who')"), "1");
  EXPECT_EQ(value_of("is_core_program('node_exporter')"), "0");
  EXPECT_EQ(value_of("is_core_program(NULL)"), "NULL");
}

TEST(NamesHidingPlace, ListsAndOptions) {
  EXPECT_EQ(value_of("names_hiding_place('/opt/lib:/tmp/x')"), "1");
  EXPECT_EQ(value_of("names_hiding_place('-I/opt --require /dev/shm/x.js')"), "1");
  EXPECT_EQ(value_of("names_hiding_place('LD_PRELOAD=/usr/lib/.x.so')"), "1");
  EXPECT_EQ(value_of("names_hiding_place('/opt/tmp/x:/home/hana/.venv')"), "0");
  EXPECT_EQ(value_of("names_hiding_place('')"), "0");
}

TEST(CommandTrick, NamesTheStrongest) {
  EXPECT_EQ(value_of("command_trick('curl x | sh; sh /tmp/a')"), "'download'");
  EXPECT_EQ(value_of("command_trick('/usr/bin/true')"), "NULL");
  EXPECT_EQ(value_of("command_trick(NULL)"), "NULL");
}

TEST(KeyOption, IsTakenOutOfItsQuotes) {
  EXPECT_EQ(value_of("key_option('restrict,command=\"sh -c \\\"a b\\\"\",pty', 'command')"),
            "'sh -c \"a b\"'");
  EXPECT_EQ(value_of("key_option('restrict', 'command')"), "NULL");
  EXPECT_EQ(value_of("key_option(NULL, 'command')"), "NULL");
}

TEST(StartsWith, CasesDifferAndWildcardsAreText) {
  EXPECT_EQ(value_of("starts_with('/tmp/x', '/tmp')"), "1");
  EXPECT_EQ(value_of("starts_with('/TMP/x', '/tmp')"), "0");
  EXPECT_EQ(value_of("starts_with('abc', 'a%')"), "0");
  EXPECT_EQ(value_of("ends_with('x (deleted)', ' (deleted)')"), "1");
  EXPECT_EQ(value_of("ends_with('d', 'deleted')"), "0");
  EXPECT_EQ(value_of("ends_with('d', NULL)"), "NULL");
}

}  // namespace
}  // namespace genba::store
