// SPDX-License-Identifier: Apache-2.0
#include "parse/package_log/package_log.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/cursor.h"

namespace genba::parse {
namespace {

using Strings = std::vector<std::string>;

template <class Log>
std::vector<PackageEvent> read(std::string_view text) {
  Log log;
  std::vector<PackageEvent> events;
  const auto keep = [&](const PackageEvent& event) { events.push_back(event); };
  base::Lines lines(text);
  uint64_t number = 0;
  while (const auto line = lines.next()) {
    log.feed(line->text, ++number, keep);
  }
  log.end(keep);
  return events;
}

// "line action package arch old->version outcome", what most tests ask.
std::string told(const PackageEvent& event) {
  return std::to_string(event.line) + " " + std::string(to_string(event.action)) + " " +
         event.package + " " + event.architecture + " " + event.old_version + ">" + event.version +
         " " + std::string(to_string(event.outcome));
}

template <class Log>
Strings told_by(std::string_view text) {
  Strings result;
  for (const PackageEvent& event : read<Log>(text)) {
    result.push_back(told(event));
  }
  return result;
}

TEST(DpkgLog, ActionIsCompletedByItsStatus) {
  const auto events = read<DpkgLog>(
      "2026-11-08 03:12:01 startup archives unpack\n"
      "2026-11-08 03:12:02 install nmap:amd64 <none> 7.93-1\n"
      "2026-11-08 03:12:02 status half-installed nmap:amd64 7.93-1\n"
      "2026-11-08 03:12:03 configure nmap:amd64 7.93-1 <none>\n"
      "2026-11-08 03:12:04 status installed nmap:amd64 7.93-1\n");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(told(events[0]), "2 installed nmap amd64 >7.93-1 completed");
  EXPECT_EQ(events[0].time.year, 2026);
  EXPECT_EQ(events[0].time.second, 2);
  EXPECT_EQ(events[0].time.offset, LogTime::kNoOffset);
}

TEST(DpkgLog, EachActionHasItsVersions) {
  EXPECT_EQ(told_by<DpkgLog>("2026-11-08 03:12:01 upgrade a:all 1 2\n"
                             "2026-11-08 03:12:01 status installed a:all 2\n"
                             "2026-11-08 03:12:01 upgrade b 1 1\n"
                             "2026-11-08 03:12:01 status installed b 1\n"
                             "2026-11-08 03:12:01 remove c:all 3 <none>\n"
                             "2026-11-08 03:12:01 status installed c:all 3\n"
                             "2026-11-08 03:12:01 status config-files c:all 3\n"
                             "2026-11-08 03:12:01 purge c:all 3 <none>\n"
                             "2026-11-08 03:12:01 status config-files c:all 3\n"
                             "2026-11-08 03:12:01 status not-installed c:all <none>\n"
                             "2026-11-08 03:12:01 disappear d:all 4 <none>\n"
                             "2026-11-08 03:12:01 status not-installed d:all <none>\n"),
            (Strings{"1 upgraded a all 1>2 completed", "3 reinstalled b  1>1 completed",
                     "5 removed c all >3 completed", "8 purged c all >3 completed",
                     "11 removed d all >4 completed"}));
}

TEST(DpkgLog, UnfinishedActionsComeAtTheEndInOrder) {
  EXPECT_EQ(told_by<DpkgLog>("2026-11-08 03:12:01 install z:all <none> 1\n"
                             "2026-11-08 03:12:01 install b:all <none> 1\n"
                             "2026-11-08 03:12:01 install a:all <none> 1\n"
                             "2026-11-08 03:12:02 status installed b:all 1\n"
                             "2026-11-08 03:12:03 install z:all <none> 1"),
            (Strings{"2 installed b all >1 completed", "1 installed z all >1 unknown",
                     "3 installed a all >1 unknown", "5 installed z all >1 unknown"}));
}

TEST(DpkgLog, OtherAndBrokenLinesGiveNothing) {
  EXPECT_EQ(told_by<DpkgLog>("\n2026-11-08 03:12:01\n2026-11-08 03:12:01 install\n"
                             "2026-11-08 03:12:01 install a\n2026-99-08 03:12:01 install a b c\n"
                             "2026-11-08 03:12:01 conffile /etc/x keep\n"
                             "2026-11-08 03:12:01 trigproc man-db:amd64 1 <none>\n"
                             "2026-11-08 03:12:01 status installed never:all 1\n"
                             "2026-11-08 03:12:01 installx a b c\n"
                             "2026-11-08 03:12:01 install " +
                             std::string(2000, 'a') + " <none> 1\n"),
            Strings{});
}

TEST(DpkgLog, FloodOfUnfinishedActionsIsGivenNotKept) {
  DpkgLog log;
  size_t given = 0;
  const auto count = [&](const PackageEvent&) { ++given; };
  for (size_t i = 0; i <= kMaxPendingPackages; ++i) {
    log.feed("2026-11-08 03:12:01 install p" + std::to_string(i) + ":all <none> 1", i + 1, count);
  }
  EXPECT_EQ(given, kMaxPendingPackages);
  log.end(count);
  EXPECT_EQ(given, kMaxPendingPackages + 1);
}

TEST(AptHistory, TransactionGivesItsCommandAndPackages) {
  const auto events = read<AptHistory>(
      "\nStart-Date: 2026-11-08  03:12:01\nCommandline: apt-get install nmap\n"
      "Requested-By: erin (1000)\n"
      "Install: nmap:amd64 (1:7.93-1), lua:amd64 (5.3, automatic)\n"
      "Upgrade: gpgv:amd64 (2.2-1, 2.2-2)\nReinstall: a:all (1)\nDowngrade: b:all (2, 1)\n"
      "Remove: c:all (3), d:i386 (4)\nPurge: e:all (5)\nEnd-Date: 2026-11-08  03:12:09\n");
  Strings told_events;
  for (const auto& event : events) {
    told_events.push_back(told(event));
    EXPECT_EQ(event.command, "apt-get install nmap");
    EXPECT_EQ(event.requested_by, "erin (1000)");
    EXPECT_EQ(event.time.second, 1);
  }
  EXPECT_EQ(
      told_events,
      (Strings{"2 command   > completed", "5 installed nmap amd64 >1:7.93-1 completed",
               "5 installed lua amd64 >5.3 completed",
               "6 upgraded gpgv amd64 2.2-1>2.2-2 completed", "7 reinstalled a all >1 completed",
               "8 downgraded b all 2>1 completed", "9 removed c all >3 completed",
               "9 removed d i386 >4 completed", "10 purged e all >5 completed"}));
}

TEST(AptHistory, ErrorFailsAndAMissingEndLeavesItOpen) {
  EXPECT_EQ(told_by<AptHistory>("Start-Date: 2026-11-08  03:12:01\nInstall: a:all (1)\n"
                                "Error: Sub-process returned an error code (1)\n"
                                "End-Date: 2026-11-08  03:12:09\n"
                                "Start-Date: 2026-11-08  04:12:01\nCommandline: apt x\n"
                                "Install: b:all (1)\n"
                                "Start-Date: 2026-11-08  05:12:01\nInstall: c:all (1)"),
            (Strings{"2 installed a all >1 failed", "5 command   > unknown",
                     "7 installed b all >1 unknown", "9 installed c all >1 unknown"}));
}

TEST(AptHistory, FieldsOutsideOfATransactionAndBrokenOnesGiveNothing) {
  EXPECT_EQ(told_by<AptHistory>("Install: a:all (1)\nStart-Date: yesterday\nInstall: b:all (1)\n"
                                "Start-Date: 2026-11-08  03:12:01\nInstall: (1), , x, )(\n"
                                "Install\nInstall: \n"),
            Strings{});
}

TEST(AptHistory, HugeCommandAndListAreCut) {
  std::string list = "Install: ";
  for (int i = 0; i < 10'000; ++i) {
    list += "p" + std::to_string(i) + ":all (1), ";
  }
  const auto events =
      read<AptHistory>("Start-Date: 2026-11-08  03:12:01\nCommandline: " + std::string(9000, 'a') +
                       "\n" + list + "\n");
  ASSERT_EQ(events.size(), 10'001U);
  EXPECT_EQ(events[0].action, PackageAction::kCommand);
  EXPECT_EQ(events[0].command.size(), 4096U);
  EXPECT_EQ(events[10'000].package, "p9999");
  EXPECT_EQ(events[10'000].command.size(), 4096U);
}

TEST(YumLog, EachLabelAndShapeIsRead) {
  const auto events = read<YumLog>(
      "Nov 08 03:12:09 Installed: 1:bind-libs-9.8.2-1.el6.x86_64\n"
      "Apr  6 03:19:09 Updated: yum-3.2.29-81.el6.centos.noarch\n"
      "May 25 20:10:54 Erased: postfix\nMay 25 20:10:54 Erased: python-pip-wheel\n"
      "May 25 20:10:54 Erased: httpd-2.2.3-6\n"
      "Mar 05 12:00:00 Installed: httpd - 2.2.3-6.el5.i386\n"
      "Mar 05 12:00:00 Updated: httpd.i386 2.2.3\r\n"
      "Mar 05 12:00:00 Installed: gpg-pubkey-350d275d-6279464b\n"
      "Mar 05 12:00:00 Installed: tzdata-java-r2014g-1.el6.noarch\n"
      "Mar 05 12:00:00 Cleanup: x-1-1.noarch\nMar 05 12:00:00 Installed: \n"
      "Mar 05 Installed: y\n");
  Strings told_events;
  for (const auto& event : events) {
    told_events.push_back(told(event));
  }
  EXPECT_EQ(
      told_events,
      (Strings{
          "1 installed bind-libs x86_64 >1:9.8.2-1.el6 completed",
          "2 upgraded yum noarch >3.2.29-81.el6.centos completed", "3 removed postfix  > completed",
          "4 removed python-pip-wheel  > completed", "5 removed httpd  >2.2.3-6 completed",
          "6 installed httpd i386 >2.2.3-6.el5 completed", "7 upgraded httpd i386 >2.2.3 completed",
          "8 installed gpg-pubkey  >350d275d-6279464b completed",
          "9 installed tzdata-java noarch >r2014g-1.el6 completed"}));
  EXPECT_EQ(events[0].time.year, 0);
  EXPECT_EQ(events[0].time.month, 11);
  EXPECT_EQ(events[0].time.day, 8);
}

TEST(DnfLog, BothSidesOfAChangeMakeOneEvent) {
  const auto events = read<DnfLog>(
      "2026-11-08T03:12:08+0900 INFO --- logging initialized ---\n"
      "2026-11-08T03:12:09+0900 SUBDEBUG Upgrade: openssl-libs-1:3.2.2-6.el9.x86_64\n"
      "2026-11-08T03:12:09+0900 SUBDEBUG Installed: nmap-3:7.92-1.el9.x86_64\n"
      "2026-11-08T03:12:10+0900 SUBDEBUG Downgrade: flac-1.3.3-2.fc29.x86_64\n"
      "2026-11-08T03:12:10+0900 SUBDEBUG Reinstall: zip-3.0-35.el9.x86_64\n"
      "2026-11-08T03:12:11+0900 SUBDEBUG Upgraded: openssl-libs-1:3.0.7-27.el9.x86_64\n"
      "2026-11-08T03:12:11+0900 SUBDEBUG Downgraded: flac-1.3.3-3.fc29.x86_64\n"
      "2026-11-08T03:12:11+0900 SUBDEBUG Reinstalled: zip-3.0-35.el9.x86_64\n"
      "2026-11-08T03:12:12Z SUBDEBUG Erase: nano-8.1-1.fc41.x86_64\n"
      "2026-11-08T03:12:12Z SUBDEBUG Obsoleted: a-1-1.noarch\n"
      "2026-11-08T03:12:13Z INFO warning: /etc/x created as /etc/x.rpmnew\n");
  Strings told_events;
  for (const auto& event : events) {
    told_events.push_back(told(event));
  }
  EXPECT_EQ(told_events,
            (Strings{"3 installed nmap x86_64 >3:7.92-1.el9 completed",
                     "2 upgraded openssl-libs x86_64 1:3.0.7-27.el9>1:3.2.2-6.el9 completed",
                     "4 downgraded flac x86_64 1.3.3-3.fc29>1.3.3-2.fc29 completed",
                     "5 reinstalled zip x86_64 3.0-35.el9>3.0-35.el9 completed",
                     "9 removed nano x86_64 >8.1-1.fc41 completed",
                     "10 removed a noarch >1-1 completed"}));
  EXPECT_EQ(events[0].time.offset, 9 * 3600);
  EXPECT_EQ(events[4].time.offset, 0);
}

TEST(DnfLog, HalvesWithoutTheirOtherSideAreGivenAlone) {
  EXPECT_EQ(told_by<DnfLog>("2026-11-08T03:12:09Z SUBDEBUG Upgrade: a-2-1.noarch\n"
                            "2026-11-08T03:12:09Z SUBDEBUG Upgraded: b-2-1.noarch\n"
                            "2026-11-08T03:12:10Z INFO --- logging initialized ---\n"
                            "2026-11-08T03:12:11Z SUBDEBUG Upgraded: a-1-1.noarch\n"
                            "2026-11-08T03:12:12Z SUBDEBUG Upgrade: c-2-1.noarch\n"
                            "2026-11-08T03:12:12Z SUBDEBUG Downgrade: c-1-1.noarch\n"),
            (Strings{"2 upgraded b noarch >2-1 completed", "1 upgraded a noarch >2-1 completed",
                     "4 upgraded a noarch >1-1 completed", "5 upgraded c noarch >2-1 completed",
                     "6 downgraded c noarch >1-1 completed"}));
}

TEST(DnfLog, CommandsOfDnfLogAndOldTimes) {
  const auto events = read<DnfLog>(
      "2026-11-08T03:12:09+0900 DDEBUG Command: dnf install -y nmap \n"
      "2026-11-08T03:12:09+0900 DDEBUG Base command: install\n"
      "Aug 11 13:20:33 INFO Erased: a-1-1.noarch\n2026-11-08T03:12:09Z INFO Installed:\n"
      "  b-1-1.noarch\n2026-11-08T03:12:09Z DEBUG Installed: two words\n");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].action, PackageAction::kCommand);
  EXPECT_EQ(events[0].command, "dnf install -y nmap");
  EXPECT_EQ(told(events[1]), "3 removed a noarch >1-1 completed");
  EXPECT_EQ(events[1].time.year, 0);
}

TEST(ZyppHistory, PackagesCarryTheirCommand) {
  const auto events = read<ZyppHistory>(
      "2020-04-11 12:38:20|command|root@pc1|'zypper' 'in' 'a\\|b\\\\c'|\n"
      "# 2020-04-11 12:38:20 cowsay-3.03-5.2.noarch.rpm installed ok\n"
      "2020-04-11 12:38:21|install|cowsay|3.03-5.2|noarch|root@pc1|repo-oss|a28b|\n"
      "2020-04-11 12:38:22|install|dep|1|x86_64||repo-oss|a28c|\n"
      "2020-04-11 12:42:52|remove |cowsay|3.03-5.2|noarch|root@pc1|\n"
      "2020-04-11 12:42:52|radd   |repo|http://x.example/|\n2020-04-11 12:42:52|install|\n"
      "2020-04-11 12:42:52 install|x|\n");
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(told(events[0]), "1 command   > unknown");
  EXPECT_EQ(events[0].command, "'zypper' 'in' 'a|b\\c'");
  EXPECT_EQ(events[0].requested_by, "root@pc1");
  EXPECT_EQ(told(events[1]), "3 installed cowsay noarch >3.03-5.2 completed");
  EXPECT_EQ(events[1].command, events[0].command);
  EXPECT_EQ(events[1].requested_by, "root@pc1");
  EXPECT_EQ(events[1].time.second, 21);
  EXPECT_EQ(events[2].requested_by, "");
  EXPECT_EQ(told(events[3]), "5 removed cowsay noarch >3.03-5.2 completed");
}

TEST(PacmanLog, BothDateFormatsAndTagsAreRead) {
  const auto events = read<PacmanLog>(
      "[2026-11-08T03:12:09+0900] [PACMAN] Running 'pacman -S --needed it's'\n"
      "[2026-11-08T03:12:10+0900] [ALPM] transaction started\n"
      "[2026-11-08T03:12:10+0900] [ALPM] installed nmap (7.93-1)\n"
      "[2026-11-08T03:12:10+0900] [ALPM-SCRIPTLET] installed evil (1-1)\n"
      "[2019-07-14 21:33] [ALPM] upgraded libev (4.25-1 -> 4.27-1)\n"
      "[2013-07-14 21:33] removed feh (3.1.3-1)\n"
      "[2026-11-08T03:12:10+0900] [ALPM] downgraded a (2 -> 1)\n"
      "[2026-11-08T03:12:10+0900] [ALPM] reinstalled b (2)\n"
      "[2026-11-08T03:12:10+0900] [ALPM] installed broken\n[x] [ALPM] installed c (1)\n[\n");
  Strings told_events;
  for (const auto& event : events) {
    told_events.push_back(told(event));
  }
  EXPECT_EQ(
      told_events,
      (Strings{"1 command   > unknown", "3 installed nmap  >7.93-1 completed",
               "5 upgraded libev  4.25-1>4.27-1 completed", "6 removed feh  >3.1.3-1 completed",
               "7 downgraded a  2>1 completed", "8 reinstalled b  >2 completed"}));
  EXPECT_EQ(events[0].command, "pacman -S --needed it's");
  EXPECT_EQ(events[1].command, "pacman -S --needed it's");
  EXPECT_EQ(events[1].time.offset, 9 * 3600);
  EXPECT_EQ(events[2].time.minute, 33);
}

class PackageLogOfRealHosts : public ::testing::Test {
 protected:
  std::string read_whole(const std::string& path) {
    const char* shared = std::getenv("GENBA_SHARED_DIR");
    std::ifstream file(std::string(shared == nullptr ? "../shared" : shared) + "/data/" + path,
                       std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(PackageLogOfRealHosts, AptHistoryGivesWhatPlasoFinds) {
  const std::string bytes = read_whole("plaso-linux/test_data/apt_history.log");
  if (bytes.empty()) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no plaso-linux/test_data/apt_history.log";
  }
  // plaso counts a list of packages as one event, so its ten are ours by line.
  std::map<uint64_t, std::vector<PackageEvent>> lists;
  std::vector<PackageEvent> commands;
  for (const auto& event : read<AptHistory>(bytes)) {
    if (event.action == PackageAction::kCommand) {
      commands.push_back(event);
    } else {
      lists[event.line].push_back(event);
    }
  }
  EXPECT_EQ(lists.size(), 10U);
  EXPECT_EQ(commands.size(), 10U);
  const std::pair<uint64_t, size_t> sizes[] = {{4, 8},    {9, 100}, {14, 113}, {19, 19},  {24, 14},
                                               {31, 429}, {37, 2},  {43, 1},   {49, 105}, {55, 6}};
  for (const auto& [line, size] : sizes) {
    EXPECT_EQ(lists[line].size(), size) << line;
  }
  // The third, of which plaso asserts every field.
  const auto& third = lists[14];
  ASSERT_EQ(third.size(), 113U);
  EXPECT_EQ(told(third.front()), "14 installed libmpc3 amd64 >1.0.3-1+b2 completed");
  EXPECT_EQ(told(third.back()), "14 installed liberror-perl amd64 >0.17024-1 completed");
  EXPECT_EQ(told(third[14]), "14 installed git-man amd64 >1:2.11.0-3+deb9u4 completed");
  EXPECT_EQ(third[0].command,
            "apt-get -y install python-pip python3-pip python-dev python3-dev git tmux screen joe");
  EXPECT_EQ(third[0].time.year, 2019);
  EXPECT_EQ(third[0].time.month, 7);
  EXPECT_EQ(third[0].time.day, 11);
  EXPECT_EQ(third[0].time.hour, 12);
  EXPECT_EQ(third[0].time.minute, 20);
  EXPECT_EQ(third[0].time.second, 55);
  EXPECT_EQ(told(lists[4][0]),
            "4 upgraded libdns-export162 amd64 "
            "1:9.10.3.dfsg.P4-12.3+deb9u4>1:9.10.3.dfsg.P4-12.3+deb9u5 completed");
  EXPECT_EQ(lists[24][0].outcome, PackageOutcome::kFailed);
  EXPECT_EQ(told(lists[43][0]), "43 purged python-pytest amd64 >3.0.6-1 completed");
  EXPECT_EQ(lists[43][0].requested_by, "jxs (1005)");
}

TEST_F(PackageLogOfRealHosts, DpkgLogOfPlasoHoldsOneAction) {
  const std::string bytes = read_whole("plaso-linux/test_data/dpkg.log");
  if (bytes.empty()) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no plaso-linux/test_data/dpkg.log";
  }
  // plaso gives all four lines; a conffile, a startup and a status are no action.
  EXPECT_EQ(told_by<DpkgLog>(bytes), (Strings{"3 installed base-passwd amd64 >3.5.33 unknown"}));
}

TEST_F(PackageLogOfRealHosts, DpkgLogOfDebianIsRead) {
  const std::string bytes = read_whole("wtmp-multiarch/s4/logs/Debian11/dpkg.log");
  if (bytes.empty()) {
    GTEST_SKIP() << "SKIPPED, NOTHING WAS TESTED: no wtmp-multiarch/s4/logs/Debian11/dpkg.log";
  }
  // Pieces of two days; of the first only the upgrade was completed before it breaks off.
  EXPECT_EQ(told_by<DpkgLog>(bytes),
            (Strings{"2 upgraded gpgv amd64 2.2.27-2>2.2.27-2+deb11u1 completed",
                     "14 installed libassuan0 amd64 >2.5.3-7.1 unknown",
                     "18 installed gpgconf amd64 >2.2.27-2+deb11u1 unknown",
                     "21 installed libksba8 amd64 >1.5.0-3 unknown",
                     "24 installed libnpth0 amd64 >1.6-3 unknown",
                     "27 installed dirmngr amd64 >2.2.27-2+deb11u1 unknown",
                     "30 installed gnupg-l10n all >2.2.27-2+deb11u1 unknown"}));
}

}  // namespace
}  // namespace genba::parse
