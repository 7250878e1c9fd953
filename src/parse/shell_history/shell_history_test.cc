// SPDX-License-Identifier: Apache-2.0
#include "parse/shell_history/shell_history.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "parse/shell_history/open_command.h"

namespace genba::parse {
namespace {

using Strings = std::vector<std::string>;

struct Parsed {
  Strings entries;  ///< "line time command"
  Strings facts;    ///< "kind line amount"
  uint64_t dropped = 0;
};

Parsed parse(std::string_view bytes, HistoryFormat format) {
  Parsed parsed;
  const HistoryFacts facts = parse_shell_history(bytes, format, [&](const HistoryEntry& entry) {
    parsed.entries.push_back(std::to_string(entry.line) + " " + std::to_string(entry.time) + " " +
                             std::string(entry.command));
  });
  for (const HistoryFact& fact : facts.list) {
    parsed.facts.push_back(std::string(to_string(fact.kind)) + " " + std::to_string(fact.line) +
                           " " + std::to_string(fact.amount));
  }
  parsed.dropped = facts.dropped;
  return parsed;
}

TEST(BashHistory, WithoutTimesEachLineIsACommand) {
  const auto parsed = parse("ls\n\n#comment\n#123\necho \"a\nb\"\n", HistoryFormat::kBash);
  EXPECT_EQ(parsed.entries,
            (Strings{"1 -1 ls", "3 -1 #comment", "4 -1 #123", "5 -1 echo \"a", "6 -1 b\""}));
  EXPECT_TRUE(parsed.facts.empty());
}

TEST(BashHistory, OpenCommandsGoOnOverLines) {
  const auto parsed = parse(
      "#1700000000\necho \"a\nb\"\n#1700000001\ncat <<-'E O' <<F\nx\n\tE O\n#no\nF\n"
      "#1700000002\nfor i in 1\ndo\n\nls\ndone\n#1700000003\nls \\\n-l\n#1700000004\na |\nb\n"
      "#1700000005\nif x; then\ny\nfi\n",
      HistoryFormat::kBash);
  EXPECT_EQ(parsed.entries[0], "1 1700000000 echo \"a\nb\"");
  EXPECT_EQ(parsed.entries[1], "4 1700000001 cat <<-'E O' <<F\nx\n\tE O\n#no\nF");
  EXPECT_EQ(parsed.entries[2], "10 1700000002 for i in 1\ndo\n\nls\ndone");
  EXPECT_EQ(parsed.entries[3], "16 1700000003 ls \\\n-l");
  EXPECT_EQ(parsed.entries[4], "19 1700000004 a |\nb");
  EXPECT_EQ(parsed.entries[5], "22 1700000005 if x; then\ny\nfi");
  EXPECT_EQ(parsed.entries.size(), 6U);
  EXPECT_TRUE(parsed.facts.empty());
}

TEST(BashHistory, QuoteThatNeverClosesEndsAtTheNextTime) {
  const auto parsed = parse("#1700000000\necho 'a\nb\n#1700000001\nls\n", HistoryFormat::kBash);
  EXPECT_EQ(parsed.entries, (Strings{"1 1700000000 echo 'a\nb", "4 1700000001 ls"}));
}

TEST(BashHistory, TimesThatStopAreAFact) {
  const auto parsed =
      parse("old\n#1700000000\nls\n# it's\n./x\n./y\n#1700000009\nw\nid\n", HistoryFormat::kBash);
  EXPECT_EQ(parsed.entries, (Strings{"1 -1 old", "2 1700000000 ls", "4 -1 # it's", "5 -1 ./x",
                                     "6 -1 ./y", "7 1700000009 w", "9 -1 id"}));
  EXPECT_EQ(parsed.facts, (Strings{"times_stop 4 0", "times_stop 9 0"}));
}

TEST(BashHistory, TimeWithoutCommandAndTimeGoingBackAreFacts) {
  const auto parsed =
      parse("#1700000100\nls\n#1700000200\n#1700000050\npwd\n#1700000300\n", HistoryFormat::kBash);
  EXPECT_EQ(parsed.entries, (Strings{"1 1700000100 ls", "4 1700000050 pwd"}));
  EXPECT_EQ(parsed.facts, (Strings{"time_without_command 3 0", "time_went_back 4 50",
                                   "time_without_command 6 0"}));
}

TEST(BashHistory, HolesAndCutEndsAreFacts) {
  const std::string bytes =
      std::string("ls\n") + std::string(5000, '\0') + "#1700000000\nw\na" + '\0' + "b\npw";
  const auto parsed = parse(bytes, HistoryFormat::kBash);
  EXPECT_EQ(parsed.entries,
            (Strings{"1 -1 ls", "2 1700000000 w", std::string("4 -1 a\0b", 8), "5 -1 pw"}));
  EXPECT_EQ(parsed.facts,
            (Strings{"nul_bytes 2 5000", "nul_bytes 4 1", "times_stop 4 0", "cut 5 0"}));
}

TEST(BashHistory, FactsOfOneKindLeaveRoomForTheOthers) {
  std::string bytes;
  for (int i = 0; i < 200; ++i) {
    bytes += "#" + std::to_string(1700000000 - i) + "\nls\n";
  }
  const auto parsed = parse(bytes + "cut", HistoryFormat::kBash);
  ASSERT_EQ(parsed.facts.size(), 66U);
  EXPECT_EQ(parsed.facts[63], "time_went_back 129 1");
  EXPECT_EQ(parsed.facts[65], "cut 401 0");
  EXPECT_EQ(parsed.dropped, 135U);
}

TEST(ZshHistory, TimesContinuationsAndMetafiedBytes) {
  const auto parsed = parse(
      ": 1700000000:12;cd x\nplain\n: 1700000001:0;echo a\\\nb\\\\\nc\n: 1700000002:0;x\\ \n"
      ":  170000003:0;\xe3\x81\x83\xa3 \x83\x83\n: bad:0;y\n",
      HistoryFormat::kZsh);
  EXPECT_EQ(parsed.entries,
            (Strings{"1 1700000000 cd x", "2 -1 plain", "3 1700000001 echo a\nb\\\nc",
                     "6 1700000002 x\\", "7 170000003 \xe3\x81\x83 \xa3", "8 -1 : bad:0;y"}));
  EXPECT_EQ(parsed.facts,
            (Strings{"times_stop 2 0", "time_went_back 7 1529999999", "times_stop 8 0"}));
}

TEST(ZshHistory, EndInsideAContinuationIsCut) {
  const auto parsed = parse(": 1700000000:0;a\\\n", HistoryFormat::kZsh);
  EXPECT_EQ(parsed.entries, (Strings{"1 1700000000 a\n"}));
  EXPECT_EQ(parsed.facts, (Strings{"cut 1 0"}));
  EXPECT_EQ(parse("a\x83", HistoryFormat::kZsh).entries, (Strings{"1 -1 a\x83"}));
}

TEST(FishHistory, EscapesTimesAndPaths) {
  const auto parsed = parse(
      "garbage\n  when: 5\n- cmd: echo a\\nb\\\\n\\x\\\n  when: 1700000000\n  paths:\n    - x\n"
      "- cmd: ls\n- cmd: pwd\n  when: 1600000000\n- cmd: q\n  when: x\n",
      HistoryFormat::kFish);
  EXPECT_EQ(parsed.entries,
            (Strings{"3 1700000000 echo a\nb\\n\\x\\", "7 -1 ls", "8 1600000000 pwd", "10 -1 q"}));
  EXPECT_EQ(parsed.facts,
            (Strings{"times_stop 7 0", "time_went_back 8 100000000", "times_stop 10 0"}));
}

TEST(OtherHistories, LessAndLibeditAndLines) {
  EXPECT_EQ(parse(".less-history-file:\n.search\n\"x\n.shell\n\"ls -l\n\"id\n.mark\n\"m\n",
                  HistoryFormat::kLess)
                .entries,
            (Strings{"5 -1 ls -l", "6 -1 id"}));
  EXPECT_EQ(parse("_HiStOrY_V2_\nselect\\0401;\\\\x\\9\\04\n", HistoryFormat::kLines).entries,
            (Strings{"2 -1 select 1;\\x\\9\\04"}));
  EXPECT_EQ(parse("import os\nos.system('\\040')\n", HistoryFormat::kLines).entries,
            (Strings{"1 -1 import os", "2 -1 os.system('\\040')"}));
}

TEST(OtherHistories, FormatIsKnownByTheName) {
  EXPECT_EQ(history_format_of(".bash_history"), HistoryFormat::kBash);
  EXPECT_EQ(history_format_of(".sh_history"), HistoryFormat::kBash);
  EXPECT_EQ(history_format_of(".zsh_history"), HistoryFormat::kZsh);
  EXPECT_EQ(history_format_of(".zhistory"), HistoryFormat::kZsh);
  EXPECT_EQ(history_format_of("fish_history"), HistoryFormat::kFish);
  EXPECT_EQ(history_format_of(".lesshst"), HistoryFormat::kLess);
  EXPECT_EQ(history_format_of(".mysql_history"), HistoryFormat::kLines);
  EXPECT_EQ(history_format_of(".ash_history"), HistoryFormat::kLines);
}

TEST(OpenCommand, ShiftsCommentsAndHereStringsAreNotOpen) {
  for (const char* line :
       {"echo $((1<<2))", "ls # don't", "cat <<< x", "echo $'a\\'b'", "echo \"a\\\"b\"",
        "echo if for {", "for i in 1; do ls; done", "f() { ls; }", "echo ${x}", "sleep 1 &", "}",
        "case $1 in a) x;; esac", "a#'b'"}) {
    OpenCommand open;
    open.feed(line);
    EXPECT_FALSE(open.is_open()) << line;
  }
  for (const char* line : {"echo 'a", "echo \"a", "cat <<EOF", "cat <<-\"EOF\"", "ls \\", "f() {",
                           "while :; do", "a &&", "a ||", "x=1 if a; then", "echo $'a\\'"}) {
    OpenCommand open;
    open.feed(line);
    EXPECT_TRUE(open.is_open()) << line;
    open.reset();
    EXPECT_FALSE(open.is_open());
  }
}

TEST(HistoryTrick, EachTrickHasItsWord) {
  const std::pair<const char*, const char*> tricks[] = {
      {"HISTFILE=/dev/null", "histfile_null"},
      {"export HISTFILE=/dev/null", "histfile_null"},
      {"export HISTSIZE=500 HISTFILE=", "histfile_null"},
      {"HISTFILE= bash", "histfile_null"},
      {"env HISTFILE=/dev/null bash -i", "histfile_null"},
      {"unset HISTFILE", "histfile_unset"},
      {"cd /tmp && unset -v HISTFILE HISTSAVE;ls", "histfile_unset"},
      {"export HISTSIZE=0", "histsize_zero"},
      {"HISTFILESIZE=0;", "histsize_zero"},
      {"SAVEHIST=0", "histsize_zero"},
      {"HISTIGNORE='*'", "histignore_all"},
      {"set +o history", "history_off"},
      {"history -c", "history_clear"},
      {"ls; history -cw", "history_clear"},
      {"builtin history -c", "history_clear"},
      {"history clear", "history_clear"},
      {"history -d 120", "history_delete"},
      {"history delete --exact 'x'", "history_delete"},
      {"ln -sf /dev/null ~/.bash_history", "history_linked"},
      {"> ~/.bash_history", "history_truncated"},
      {"cat /dev/null > /root/.bash_history", "history_truncated"},
      {"echo >| $HISTFILE", "history_truncated"},
      {"cp /dev/null ~/.zsh_history", "history_truncated"},
      {"truncate -s 0 ~/.bash_history", "history_truncated"},
      {"dd if=/dev/zero of=/root/.bash_history count=1", "history_truncated"},
      {"tee ~/.bash_history < /dev/null", "history_truncated"},
      {"rm -rf ~/.bash_history", "history_removed"},
      {"sudo shred -u /home/erin/.bash_history", "history_removed"},
      {"rm -f ~/.*history", "history_removed"},
      {"rm ~/.bash_h*", "history_removed"},
      {"rm \"$HISTFILE\"", "history_removed"},
      {"sed -i '/evil/d' ~/.bash_history", "history_edited"},
      {"chattr +i .bash_history", "history_locked"},
      {"kill -9 $$", "shell_killed"},
      {"kill -s KILL $BASHPID", "shell_killed"},
      {"bash -c 'unset HISTFILE; exec bash'", "histfile_unset"},
      {"sh -ic \"history -c\"", "history_clear"},
      {"eval 'history -c'", "history_clear"},
      {"eval history -c", "history_clear"},
  };
  for (const auto& [command, word] : tricks) {
    EXPECT_EQ(names_history_trick(command), word) << command;
  }
}

TEST(HistoryTrick, InnocentTwinsSayNothing) {
  for (const char* command : {"",
                              "ls",
                              "history",
                              "history 20",
                              "history | grep ssh",
                              "history -a",
                              "history -w",
                              "echo \"history -c\"",
                              "grep 'history -c' notes.txt",
                              "echo 'unset HISTFILE' >> ~/.bashrc",
                              "man history # history -c",
                              "HISTSIZE=10000",
                              "export HISTFILESIZE=0100",
                              "HISTFILE=~/.h",
                              "export HISTCONTROL=ignoredups",
                              "HISTIGNORE='ls:pwd'",
                              "unset HISTTIMEFORMAT",
                              "set -o history",
                              "cat ~/.bash_history",
                              "cp ~/.bash_history /backup/",
                              "cp ~/.bash_history /dev/null",
                              "echo x >> ~/.bash_history",
                              "sed -n 1p ~/.bash_history",
                              "rm -rf history",
                              "rm bash_history.txt",
                              "rm -f *",
                              "rm .b*",
                              "ln -s ~/.bash_history /tmp/h",
                              "ln -s /dev/null /tmp/x",
                              "kill -9 1234",
                              "kill $$",
                              "pkill -9 bash",
                              "git log --history -c",
                              "grep HISTFILE=/dev/null /etc/profile",
                              "tee -a ~/.bash_history < /dev/null",
                              "vim ~/.bash_history",
                              "chattr -i ~/.bash_history",
                              "bash -c 'echo history -c'",
                              "awk '{print > \"hist\"}' x",
                              "sh histogram.sh -c"}) {
    EXPECT_EQ(names_history_trick(command), "") << command;
  }
}

TEST(HistoryTrick, HostileLinesEnd) {
  std::string nested = "history -c";
  for (int i = 0; i < 10; ++i) {
    nested = "bash -c '" + nested + "'";
  }
  (void)names_history_trick(nested);
  EXPECT_EQ(names_history_trick("eval eval eval eval eval eval hist"), "");
  EXPECT_EQ(names_history_trick(std::string(1'000'000, 'a') + "; history -c"), "");
}

class ShellHistoryOfRealHosts : public ::testing::Test {
 protected:
  std::string read_whole(const std::string& name) {
    const char* shared = std::getenv("GENBA_SHARED_DIR");
    std::ifstream file(std::string(shared == nullptr ? "../shared" : shared) +
                           "/data/plaso-linux/test_data/" + name,
                       std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(ShellHistoryOfRealHosts, GiveWhatPlasoFinds) {
  const std::string bash = read_whole("bash_history");
  if (bash.empty()) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no plaso-linux/test_data/bash_history";
  }
  const auto first = parse(bash, HistoryFormat::kBash);
  const std::string multiline =
      "1623364236 binary argument1 \"--params=\\\nparam1=foo,\nparam2=bar\n\" argument2";
  EXPECT_EQ(first.entries,
            (Strings{"1 1380630977 /usr/lib/plaso", "3 1380630978 /bin/bash",
                     "5 1380630979 /usr/local/bin/splunk -p 8080", "7 " + multiline}));
  EXPECT_TRUE(first.facts.empty());

  const auto desync = parse(read_whole("bash_history_desync"), HistoryFormat::kBash);
  ASSERT_EQ(desync.entries.size(), 5U);
  EXPECT_EQ(desync.entries[0], "1 -1 /sbin/reboot");
  EXPECT_EQ(desync.entries[1], "2 1380630977 /usr/lib/plaso");
  EXPECT_EQ(desync.entries[4], "8 " + multiline);
  EXPECT_TRUE(desync.facts.empty());

  const auto zsh = parse(read_whole("zsh_extended_history.txt"), HistoryFormat::kZsh);
  EXPECT_EQ(zsh.entries, (Strings{"1 1457771210 cd plaso", "2 1457771212 ls",
                                  "3 1458993293 echo dfgdfg \\\n& touch /tmp/afile",
                                  "5 1458993297 PYTHONPATH=. ./runtests.py"}));
  EXPECT_EQ(zsh.facts, (Strings{"cut 5 0"}));

  const auto fish = parse(read_whole("fish_history"), HistoryFormat::kFish);
  ASSERT_EQ(fish.entries.size(), 10U);
  EXPECT_EQ(fish.entries[0], "1 1619736780 ll");
  EXPECT_EQ(fish.entries[8], "23 1625972281 git clone git@github.com:log2timeline/plaso.git");
  EXPECT_EQ(fish.entries[9], "25 1625972315 cd plaso");
  EXPECT_EQ(fish.facts, (Strings{"cut 28 0"}));
}

}  // namespace
}  // namespace genba::parse
