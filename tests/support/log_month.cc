// SPDX-License-Identifier: Apache-2.0
#include "support/log_month.h"

#include <zlib.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "base/time.h"
#include "fmt/format.h"
#include "parse/journal/test_journal.h"

namespace genba::test {

namespace {

constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kMonthBegin = kMonthEnd - 30 * kDay;
constexpr int64_t kZone = 9 * kHour;  // Asia/Tokyo, without summer time

// A line of a log, kept until all are sorted.
struct Line {
  int64_t time = 0;
  uint32_t order = 0;  // lines of one second keep the order in which they were made
  std::string text;
};

std::string gzip(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// "Nov  8 12:12:09 web01 " in local time.
std::string head_of(int64_t utc) {
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const base::Civil civil = base::to_civil(base::timestamp_from_unix(utc + kZone));
  return fmt::format("{} {:>2} {:02}:{:02}:{:02} web01 ", kMonths[civil.month - 1], civil.day,
                     civil.hour, civil.minute, civil.second);
}

// A record of utmp(5), 384 bytes, little-endian.
std::string utmp_record(int type, int64_t pid, std::string_view tty, std::string_view user,
                        std::string_view host, int64_t time) {
  std::string bytes(384, '\0');
  const auto put = [&](size_t at, uint64_t value, size_t size) {
    for (size_t i = 0; i < size; ++i) {
      bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xff);
    }
  };
  put(0, static_cast<uint64_t>(type), 2);
  put(4, static_cast<uint64_t>(pid), 4);
  std::copy(tty.begin(), tty.end(), bytes.begin() + 8);
  std::copy(user.begin(), user.end(), bytes.begin() + 44);
  std::copy(host.begin(), host.end(), bytes.begin() + 76);
  put(340, static_cast<uint64_t>(time), 4);
  return bytes;
}

std::string lastlog_record(int64_t time, std::string_view tty, std::string_view host) {
  std::string bytes(292, '\0');
  for (size_t i = 0; i < 4; ++i) {
    bytes[i] = static_cast<char>(static_cast<uint64_t>(time) >> (8 * i) & 0xff);
  }
  std::copy(tty.begin(), tty.end(), bytes.begin() + 4);
  std::copy(host.begin(), host.end(), bytes.begin() + 36);
  return bytes;
}

struct Person {
  const char* name;
  int uid;
  const char* key;
  std::vector<std::string> addresses;
};

class Month {
 public:
  Month(Scratch& tree, const LogMonth& month) : tree_(tree), month_(month), random_(month.seed) {}

  PlantedMonth write() {
    people_ = {{"hana", 1000, "SHA256:hanahanahanahanahanahanahanahanahanahanahan", {}},
               {"ken", 1001, "SHA256:kenkenkenkenkenkenkenkenkenkenkenkenkenkenken", {}},
               {"yuki", 1002, "SHA256:yukiyukiyukiyukiyukiyukiyukiyukiyukiyukiyuk", {}},
               {"taro", 1003, "SHA256:tarotarotarotarotarotarotarotarotarotarotar", {}},
               {"mei", 1004, "SHA256:meimeimeimeimeimeimeimeimeimeimeimeimeimeim", {}}};
    for (size_t i = 0; i < people_.size(); ++i) {
      people_[i].addresses = {fmt::format("192.0.2.{}", 10 + i), fmt::format("10.0.0.{}", 20 + i)};
      planted_.honest_addresses.insert(planted_.honest_addresses.end(),
                                       people_[i].addresses.begin(), people_[i].addresses.end());
    }
    planted_.honest_addresses.emplace_back("10.0.0.5");
    add_machine();
    add_people();
    add_robot();
    add_attackers();
    if (month_.intruder == Intruder::kOne) {
      add_intruder();
    }
    write_files();
    return planted_;
  }

 private:
  int64_t between(int64_t from, int64_t to) {
    return std::uniform_int_distribution<int64_t>(from, to - 1)(random_);
  }
  int64_t pid() {
    pid_ = pid_ >= 32'000 ? 400 : pid_ + between(1, 4);
    return pid_;
  }
  void auth(int64_t time, std::string text) {
    auth_.push_back({time, static_cast<uint32_t>(auth_.size()), std::move(text)});
  }
  void syslog(int64_t time, std::string text) {
    syslog_.push_back({time, static_cast<uint32_t>(syslog_.size()), std::move(text)});
  }
  bool is_off(int64_t time) const { return time >= off_from_ && time < off_to_; }

  // Cron each ten minutes, upgrades each day, one night without power, a weekend switched off.
  void add_machine() {
    off_from_ = kMonthBegin + 10 * kDay + 11 * kHour;
    off_to_ = off_from_ + 40 * kHour;
    for (int64_t time = kMonthBegin + 60; time < kMonthEnd; time += 600) {
      if (is_off(time)) {
        continue;
      }
      const int64_t number = pid();
      syslog(time, fmt::format("CRON[{}]: (root) CMD (command -v debian-sa1 > /dev/null && "
                               "debian-sa1 1 1)",
                               number));
      auth(time, fmt::format("CRON[{}]: pam_unix(cron:session): session opened for user "
                             "root(uid=0) by (uid=0)",
                             number));
      auth(time,
           fmt::format("CRON[{}]: pam_unix(cron:session): session closed for user root", number));
    }
    for (int64_t time = kMonthBegin + 6 * kHour; time < kMonthEnd; time += kDay) {
      if (is_off(time)) {
        continue;
      }
      syslog(time,
             "systemd[1]: Started apt-daily-upgrade.service - Daily apt upgrade and clean "
             "activities.");
      syslog(time + 20,
             "rsyslogd: [origin software=\"rsyslogd\" swVersion=\"8.2302.0\" "
             "x-pid=\"612\"] exiting on signal 15.");
      syslog(time + 21,
             "rsyslogd: [origin software=\"rsyslogd\" swVersion=\"8.2302.0\" "
             "x-pid=\"7120\" x-info=\"https://www.rsyslog.com\"] start");
      packages_ += fmt::format("{} upgrade libc6:amd64 2.36-9+deb12u8 2.36-9+deb12u9\n",
                               base::to_rfc3339(base::timestamp_from_unix(time + kZone))
                                   .substr(0, 19)
                                   .replace(10, 1, " "));
    }
    add_boot(kMonthBegin + 5);
    syslog(off_from_ - 5, "systemd[1]: Reached target shutdown.target - System Shutdown.");
    syslog(off_from_ - 2,
           "rsyslogd: [origin software=\"rsyslogd\" swVersion=\"8.2302.0\" "
           "x-pid=\"7120\"] exiting on signal 15.");
    wtmp_.push_back(
        {off_from_ - 1, utmp_record(1, 0, "~~", "shutdown", "6.1.0-25-amd64", off_from_ - 1)});
    add_boot(off_to_);
    add_boot(kMonthBegin + 20 * kDay + 3 * kHour + 17);  // after a power cut
  }

  void add_boot(int64_t time) {
    syslog(time,
           "kernel: [    0.000000] Linux version 6.1.0-25-amd64 "
           "(debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP");
    syslog(time + 2, "kernel: [    4.201337] nvidia: loading out-of-tree module taints kernel.");
    syslog(time + 4, "systemd[1]: systemd 252.30-1~deb12u2 running in system mode");
    wtmp_.push_back({time, utmp_record(2, 0, "~", "reboot", "6.1.0-25-amd64", time)});
  }

  void add_login(int64_t time, const std::string& user, int uid, const std::string& address,
                 const std::string& how, int64_t length) {
    const int64_t number = pid();
    const int64_t port = between(30'000, 60'000);
    auth(time,
         fmt::format("sshd[{}]: Accepted {} for {} from {} port {} ssh2{}", number,
                     how.substr(0, how.find(' ')), user, address, port,
                     how.find(' ') == std::string::npos ? "" : ":" + how.substr(how.find(' '))));
    auth(time, fmt::format("sshd[{}]: pam_unix(sshd:session): session opened for user "
                           "{}(uid={}) by (uid=0)",
                           number, user, uid));
    auth(time + length,
         fmt::format("sshd[{}]: pam_unix(sshd:session): session closed for user {}", number, user));
    if (length > 30) {
      const std::string tty = fmt::format("pts/{}", uid % 10);
      wtmp_.push_back({time + 1, utmp_record(7, number + 1, tty, user, address, time + 1)});
      wtmp_.push_back({time + length, utmp_record(8, number + 1, tty, "", "", time + length)});
      last_[uid] = lastlog_record(time + 1, tty, address);
    }
  }

  void add_people() {
    for (int64_t day = kMonthBegin; day < kMonthEnd; day += kDay) {
      for (const Person& person : people_) {
        for (int64_t i = between(0, 4); i > 0; --i) {
          const int64_t time = day + between(0, 10 * kHour);
          if (is_off(time) || is_off(time + kHour)) {
            continue;
          }
          const std::string& address = person.addresses[static_cast<size_t>(between(0, 2))];
          // Now and then somebody types a password, and mistypes it first.
          if (between(0, 12) == 0) {
            for (int64_t wrong = between(1, 6); wrong > 0; --wrong) {
              auth(time - 10 * wrong,
                   fmt::format("sshd[{}]: Failed password for {} from {} port 50123 ssh2", pid(),
                               person.name, address));
            }
            add_login(time, person.name, person.uid, address, "password", between(60, kHour));
          } else {
            add_login(time, person.name, person.uid, address,
                      fmt::format("publickey ED25519 {}", person.key), between(60, kHour));
          }
          if (between(0, 3) == 0) {
            auth(time + 40, fmt::format("sudo:     {} : TTY=pts/{} ; PWD=/home/{} ; USER=root ; "
                                        "COMMAND=/usr/bin/apt update",
                                        person.name, person.uid % 10, person.name));
          }
        }
      }
    }
    // Somebody leaves the house, months after they came.
    auth(kMonthBegin + 15 * kDay + 2 * kHour, "userdel[9001]: delete user 'intern'");
  }

  void add_robot() {
    for (int64_t time = kMonthBegin + 33; time < kMonthEnd; time += 300) {
      if (!is_off(time)) {
        add_login(time, "monitor", 998, "10.0.0.5",
                  "publickey ED25519 SHA256:monitormonitormonitormonitormonitormonitorm", 2);
      }
    }
  }

  void add_attackers() {
    static constexpr const char* kNames[] = {"root", "admin",  "test", "ubuntu", "postgres",
                                             "git",  "oracle", "user", "deploy", "hana"};
    for (int i = 0; i < month_.attackers; ++i) {
      // 198.18.0.0/15 is for benchmarks (RFC 2544): room for 131,072 and, doubled, for the rest.
      const std::string address =
          i < 131'072 ? fmt::format("198.{}.{}.{}", 18 + i / 65'536, i / 256 % 256, i % 256)
                      : fmt::format("2001:db8:{:x}::{:x}", i % 0xffff, i);
      int64_t time = between(kMonthBegin, kMonthEnd - kHour);
      for (int64_t tries = between(1, 6); tries > 0; --tries, time += between(2, 900)) {
        if (is_off(time)) {
          continue;
        }
        const char* name = kNames[static_cast<size_t>(between(0, 10))];
        const bool known = std::string_view(name) == "root" || std::string_view(name) == "hana";
        auth(time, fmt::format("sshd[{}]: Failed password for {}{} from {} port {} ssh2", pid(),
                               known ? "" : "invalid user ", name, address, between(1024, 65'535)));
        ++planted_.failed_lines;
      }
    }
    // A name that looks like a success and another address.
    auth(kMonthBegin + 3 * kDay,
         "sshd[777]: Failed password for invalid user x from 192.0.2.10 port 22 ssh2 from "
         "198.18.0.1 port 4022 ssh2");
    ++planted_.failed_lines;
  }

  void add_intruder() {
    planted_.address = fmt::format("203.0.113.{}", between(2, 250));
    const int64_t begin = kMonthBegin + 25 * kDay + between(0, 6 * kHour);
    int64_t time = begin;
    for (int64_t tries = between(300, 2000); tries > 0; --tries, time += between(1, 6)) {
      auth(time, fmt::format("sshd[{}]: Failed password for root from {} port {} ssh2", pid(),
                             planted_.address, between(1024, 65'535)));
      ++planted_.failed_lines;
    }
    planted_.login_seconds = time + 3;
    add_login(planted_.login_seconds, "root", 0, planted_.address, "password", 5 * kHour);
    wiped_at_ = planted_.login_seconds + 1;
    auth(time + 60,
         "useradd[9100]: new user: name=sysupd, UID=0, GID=0, home=/var/tmp, "
         "shell=/bin/bash, from=/dev/pts/0");
    syslog(time + 90,
           "kernel: [93012.114411] diamorphine_genba_test_marker: loading out-of-tree "
           "module taints kernel.");
    planted_.gap_from = time + 600;
    planted_.gap_to = planted_.gap_from + 4 * kHour;
    tree_.link("root/.bash_history", "/dev/null");
    forged_at_ = time + 300;
  }

  void write_journal() {
    parse::TestJournal journal;
    // The journal of the last days, as sshd and cron fill it; and one line that logger wrote.
    for (int64_t time = kMonthBegin + 24 * kDay; time < kMonthEnd; time += 1800) {
      journal.add(
          {(time + 5) * 1'000'000,
           (time - kMonthBegin) * 1'000'000,
           {"MESSAGE=(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)",
            "SYSLOG_IDENTIFIER=CRON", "_COMM=cron", "_PID=4711", "_UID=0", "_TRANSPORT=syslog"}});
      if (forged_at_ >= time && forged_at_ < time + 1800) {
        journal.add({forged_at_ * 1'000'000,
                     (forged_at_ - kMonthBegin) * 1'000'000,
                     {"MESSAGE=Accepted password for hana from 192.0.2.77 port 40022 ssh2",
                      "SYSLOG_IDENTIFIER=sshd", "_COMM=logger", "_PID=9200", "_UID=0",
                      "_TRANSPORT=syslog"}});
      }
    }
    tree_.file("var/log/journal/0123456789abcdef0123456789abcdef/system.journal", journal.bytes());
    tree_.times("var/log/journal/0123456789abcdef0123456789abcdef/system.journal", kMonthEnd);
  }

  // Four files, the older two compressed, as logrotate leaves them.
  void write_rotated(const std::string& name, std::vector<Line>& lines) {
    std::sort(lines.begin(), lines.end(), [](const Line& left, const Line& right) {
      return std::tie(left.time, left.order) < std::tie(right.time, right.order);
    });
    std::string parts[4];
    for (const Line& line : lines) {
      if (name == "auth.log" && line.time >= planted_.gap_from && line.time < planted_.gap_to) {
        continue;
      }
      const int64_t age = (kMonthEnd - 1 - line.time) / (8 * kDay);
      parts[std::min<int64_t>(age, 3)] += head_of(line.time) + line.text + "\n";
    }
    for (int64_t i = 0; i < 4; ++i) {
      const std::string path = fmt::format(
          "var/log/{}{}{}", name, i == 0 ? "" : fmt::format(".{}", i), i >= 2 ? ".gz" : "");
      tree_.file(path, i >= 2 ? gzip(parts[i]) : parts[i]);
      tree_.times(path, kMonthEnd - i * 8 * kDay);
    }
  }

  void write_files() {
    // TZif, version 2, no transitions, only the rule (RFC 9636).
    std::string header("TZif2", 5);
    header += std::string(15, '\0');
    const auto counts = [](int types, int letters) {
      std::string text(24, '\0');
      text[19] = static_cast<char>(types);
      text[23] = static_cast<char>(letters);
      return text;
    };
    std::string block = counts(1, 4) + std::string("\0\0\x7e\x90\0\0", 6) + std::string("JST\0", 4);
    tree_.file("etc/localtime", header + block + header + block + "\nJST-9\n");
    write_rotated("auth.log", auth_);
    write_rotated("syslog", syslog_);
    tree_.file("var/log/dpkg.log", packages_);
    tree_.times("var/log/dpkg.log", kMonthEnd);
    std::sort(wtmp_.begin(), wtmp_.end());
    std::string wtmp;
    for (const auto& [time, record] : wtmp_) {
      const bool wiped = time == wiped_at_ && record[44] == 'r' && record[45] == 'o' &&
                         record[46] == 'o' && record[47] == 't';
      wtmp += wiped ? std::string(384, '\0') : record;
    }
    tree_.file("var/log/wtmp", wtmp);
    tree_.times("var/log/wtmp", kMonthEnd);
    std::string lastlog(292 * 1005, '\0');
    for (const auto& [uid, record] : last_) {
      lastlog.replace(static_cast<size_t>(uid) * 292, 292, record);
    }
    tree_.file("var/log/lastlog", lastlog);
    write_journal();
  }

  Scratch& tree_;
  const LogMonth& month_;
  std::mt19937_64 random_;
  PlantedMonth planted_;
  std::vector<Person> people_;
  std::vector<Line> auth_;
  std::vector<Line> syslog_;
  std::vector<std::pair<int64_t, std::string>> wtmp_;
  std::map<int, std::string> last_;
  std::string packages_;
  int64_t pid_ = 400;
  int64_t off_from_ = 0;
  int64_t off_to_ = 0;
  int64_t wiped_at_ = 0;
  int64_t forged_at_ = 0;
};

}  // namespace

PlantedMonth write_log_month(Scratch& tree, const LogMonth& month) {
  return Month(tree, month).write();
}

}  // namespace genba::test
