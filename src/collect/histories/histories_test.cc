// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "collect/collector.h"
#include "fmt/format.h"
#include "gtest/gtest.h"
#include "model/tables/history_files.h"
#include "model/tables/shell_history.h"
#include "support/run_collector.h"

namespace genba::collect::histories {

const Collector& collector();

namespace {

using test::add_account;
using test::coverage_of;
using test::FakeHost;
using test::run_collector;

class Histories : public ::testing::Test {
 protected:
  void read() { run_collector(collector(), host_, facts_); }

  std::string cell(const model::RowStore& rows, size_t row, std::string_view column) const {
    const auto at =
        static_cast<size_t>(model::TableOf<model::ShellHistory>::info().column_index(column));
    const model::Value value = rows.cell(row, at);
    if (const auto* number = std::get_if<int64_t>(&value)) {
      return column == "time" ? std::to_string(*number / 1'000'000'000) : std::to_string(*number);
    }
    const auto* text = std::get_if<std::string_view>(&value);
    return text != nullptr ? std::string(*text) : "-";
  }
  // "user time line command [trick];"
  std::string commands() const {
    const model::RowStore* rows = facts_.find(model::tables::shell_history());
    if (rows == nullptr) {
      return "not read";
    }
    std::string out;
    for (size_t i = 0; i < rows->size(); ++i) {
      out +=
          fmt::format("{} {} {} {} [{}];", cell(*rows, i, "username"), cell(*rows, i, "time"),
                      cell(*rows, i, "line"), cell(*rows, i, "command"), cell(*rows, i, "trick"));
    }
    return out;
  }
  std::string files() const {
    std::string out;
    for (const model::HistoryFile& row : facts_.read<model::HistoryFile>()) {
      out += fmt::format("{} {} {} {} size {} commands {} back {} nul {};", row.path, row.username,
                         row.type, row.link_target.value_or("-"), row.size, row.commands,
                         row.times_back, row.nul_bytes);
    }
    return out;
  }

  FakeHost host_;
  model::Facts facts_;
};

TEST_F(Histories, BashWithTimes) {
  add_account(facts_, "hana", 1000, "/home/hana");
  host_.add_file("/home/hana/.bash_history", "#1794107529\nls -l\n#1794107530\nsudo -i\n");
  read();
  EXPECT_EQ(commands(), "hana 1794107529 1 ls -l [-];hana 1794107530 3 sudo -i [-];");
  EXPECT_EQ(files(), "/home/hana/.bash_history hana regular - size 38 commands 2 back 0 nul 0;");
  const auto row = coverage_of(facts_, "/home/hana/.bash_history");
  EXPECT_EQ(row.status, "complete");
  EXPECT_EQ(row.seen, 1);
}

TEST_F(Histories, BashWithoutTimesHasNone) {
  add_account(facts_, "hana", 1000, "/home/hana");
  host_.add_file("/home/hana/.bash_history", "ls\nwhoami\n");
  read();
  EXPECT_EQ(commands(), "hana - 1 ls [-];hana - 2 whoami [-];");
}

TEST_F(Histories, ZshAndFishHaveTheirOwnWays) {
  add_account(facts_, "hana", 1000, "/home/hana");
  host_.add_file("/home/hana/.zsh_history", ": 1794107529:0;ls -l\n: 1794107530:5;make\n");
  host_.add_file("/home/hana/.local/share/fish/fish_history",
                 "- cmd: git status\n  when: 1794107531\n");
  read();
  EXPECT_EQ(commands(),
            "hana 1794107529 1 ls -l [-];hana 1794107530 2 make [-];"
            "hana 1794107531 1 git status [-];");
}

TEST_F(Histories, LinkToDevNullIsToldAndNotFollowed) {
  add_account(facts_, "root", 0, "/root");
  host_.add_special("/dev/null", host::FileType::kCharacter);
  host_.add_link("/root/.bash_history", "/dev/null");
  read();
  EXPECT_EQ(files(), "/root/.bash_history root symlink /dev/null size 9 commands 0 back 0 nul 0;");
  EXPECT_EQ(commands(), "");
}

TEST_F(Histories, EmptiedHistoryIsToldByItsSize) {
  add_account(facts_, "root", 0, "/root");
  host_.add_file("/root/.bash_history", "");
  read();
  EXPECT_EQ(files(), "/root/.bash_history root regular - size 0 commands 0 back 0 nul 0;");
}

TEST_F(Histories, FifoOrDirectoryIsToldAndNotOpened) {
  add_account(facts_, "root", 0, "/root");
  host_.add_special("/root/.bash_history", host::FileType::kFifo);
  host_.add_directory("/root/.zsh_history");
  read();
  EXPECT_EQ(files(),
            "/root/.bash_history root fifo - size 0 commands 0 back 0 nul 0;"
            "/root/.zsh_history root directory - size 0 commands 0 back 0 nul 0;");
  for (const test::Access& access : host_.accesses()) {
    EXPECT_NE(access.operation, "read_file") << access.path;
  }
}

TEST_F(Histories, TricksHaveAStableWord) {
  add_account(facts_, "root", 0, "/root");
  host_.add_file("/root/.bash_history",
                 "unset HISTFILE\nhistory -c\nln -sf /dev/null ~/.bash_history\n"
                 "grep 'history -c' notes\n");
  read();
  EXPECT_EQ(commands(),
            "root - 1 unset HISTFILE [histfile_unset];root - 2 history -c [history_clear];"
            "root - 3 ln -sf /dev/null ~/.bash_history [history_linked];"
            "root - 4 grep 'history -c' notes [-];");
}

TEST_F(Histories, TimesThatGoBackAndHolesAreCounted) {
  add_account(facts_, "root", 0, "/root");
  host_.add_file("/root/.bash_history", "#1794107529\nls\n#1794100000\nid\n" +
                                            std::string(100, '\0') + "#1794107600\nw\n");
  read();
  ASSERT_EQ(facts_.read<model::HistoryFile>().size(), 1U);
  const model::HistoryFile& file = facts_.read<model::HistoryFile>()[0];
  EXPECT_EQ(file.times_back, 1);
  EXPECT_EQ(file.nul_bytes, 100);
  EXPECT_EQ(file.commands, 3);
}

TEST_F(Histories, HostileBytesStayWhole) {
  add_account(facts_, "root", 0, "/root");
  host_.add_file("/root/.bash_history", "echo \x1b[31m\xe2\x80\xae\xff\r\n");
  read();
  EXPECT_EQ(commands(), "root - 1 echo \x1b[31m\xe2\x80\xae\xff\r [-];");
}

TEST_F(Histories, LongCommandIsCut) {
  add_account(facts_, "root", 0, "/root");
  host_.add_file("/root/.bash_history", std::string(100'000, 'x') + "\n");
  read();
  EXPECT_EQ(commands().size(), std::string("root - 1  [-];").size() + 4096);
}

TEST_F(Histories, HugeHistoryIsReadFromItsBeginningAndSaysSo) {
  add_account(facts_, "root", 0, "/root");
  host_.add_file("/root/.bash_history", "first\n" + std::string(9 << 20, 'x') + "\n");
  read();
  EXPECT_TRUE(commands().starts_with("root - 1 first [-];"));
  EXPECT_EQ(coverage_of(facts_, "/root/.bash_history").status, "partial");
}

TEST_F(Histories, DeniedHomeIsNoEmptyHistory) {
  add_account(facts_, "hana", 1000, "/home/hana");
  host_.add_file("/home/hana/.bash_history", "ls\n").deny("/home/hana");
  read();
  EXPECT_EQ(commands(), "not read");
  EXPECT_FALSE(facts_.has(model::tables::history_files()));
  const auto row = coverage_of(facts_, "/home/hana/.bash_history");
  EXPECT_EQ(row.status, "failed");
  EXPECT_EQ(row.denied, 1);
  EXPECT_EQ(row.remedy, "run as root");
}

TEST_F(Histories, DeniedFileBesideOthersIsTold) {
  add_account(facts_, "hana", 1000, "/home/hana");
  add_account(facts_, "ken", 1001, "/home/ken");
  host_.add_file("/home/hana/.bash_history", "ls\n").deny("/home/hana/.bash_history");
  host_.add_file("/home/ken/.bash_history", "id\n");
  read();
  EXPECT_EQ(commands(), "ken - 1 id [-];");
  EXPECT_EQ(coverage_of(facts_, "/home/hana/.bash_history").denied, 1);
  EXPECT_EQ(facts_.read<model::HistoryFile>().size(), 2U);
}

TEST_F(Histories, HomeOnAFileServerIsLeftAlone) {
  add_account(facts_, "hana", 1000, "/home/hana");
  host_.add_file("/home/hana/.bash_history", "ls\n");
  host_.set_filesystem_type("/home", "nfs4");
  read();
  EXPECT_FALSE(host_.touched("/home/hana/."));
  EXPECT_EQ(coverage_of(facts_, "/home/hana").status, "skipped");
}

TEST_F(Histories, HomeOfTwoAccountsIsReadOnceAndRootOfTheTreeNever) {
  add_account(facts_, "root", 0, "/root");
  add_account(facts_, "toor", 0, "/root");
  add_account(facts_, "daemon", 1, "/");
  add_account(facts_, "ghost", 2, "/nonexistent");
  host_.add_file("/root/.bash_history", "ls\n");
  host_.add_file("/.bash_history", "of nobody\n");
  read();
  EXPECT_EQ(commands(), "root - 1 ls [-];");
  EXPECT_EQ(facts_.read<model::Coverage>().size(), 1U);
}

TEST_F(Histories, UnknownAccountsAreUnknownHistories) {
  host_.add_file("/root/.bash_history", "ls\n");
  read();
  EXPECT_EQ(commands(), "not read");
}

TEST_F(Histories, HistoryThatVanishesIsNoFailure) {
  add_account(facts_, "root", 0, "/root");
  host_.add_file("/root/.bash_history", "ls\n").vanish("/root/.bash_history", 2);
  read();
  const auto row = coverage_of(facts_, "/root/.bash_history");
  EXPECT_EQ(row.gone, 1);
  EXPECT_EQ(row.status, "complete");
}

}  // namespace
}  // namespace genba::collect::histories
