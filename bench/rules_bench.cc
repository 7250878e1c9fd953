// SPDX-License-Identifier: Apache-2.0
//
// How long do all rules take over the facts of a busy server? 500 processes, 2,000 sockets, 300,000
// walked files, 139,000 package files, as in docs/architecture.md, Speed; the budget is 0.5 s.
// Prints each rule's time, slowest first, and the sum. The facts are made up, healthy and the same
// in every run, so that a query which joins badly shows by itself.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "judge/judge.h"
#include "model/tables/crontab.h"
#include "model/tables/file.h"
#include "model/tables/host_info.h"
#include "model/tables/package_files.h"
#include "model/tables/process_memory_map.h"
#include "model/tables/process_open_files.h"
#include "model/tables/process_open_sockets.h"
#include "model/tables/processes.h"
#include "model/tables/systemd_unit_commands.h"
#include "model/tables/systemd_units.h"
#include "model/tables/users.h"
#include "store/database.h"

namespace {

using namespace genba;

constexpr int kProcesses = 500;
constexpr int kSockets = 2'000;
constexpr int kFiles = 300'000;
constexpr int kPackageFiles = 139'000;
constexpr int kMaps = 20'000;
constexpr int kOpenFiles = 10'000;
constexpr int kUnits = 400;
constexpr double kBudgetSeconds = 0.5;
constexpr int64_t kNow = 1'795'230'000'000'000'000;  // 2026-11-21

base::Timestamp ago(int64_t seconds) {
  return base::Timestamp{kNow - seconds * 1'000'000'000};
}

std::string packaged(int i) {
  return fmt::format("/usr/lib/p{}/f{}", i / 40, i);
}

std::string program(int i) {
  return fmt::format("/usr/bin/program{}", i % 120);
}

void add_processes(model::Facts& facts) {
  for (int i = 0; i < kProcesses; ++i) {
    model::Process process;
    process.pid = 100 + i;
    process.parent = i < 60 ? 1 : 100 + i / 8;
    process.session = process.pid;
    process.path = program(i);
    process.name = fmt::format("program{}", i % 120);
    process.cmdline = *process.path + " --config /etc/program.conf --quiet";
    process.argv0 = process.path;
    process.state = "S";
    process.cwd = "/";
    process.uid = process.euid = process.suid = i % 3 == 0 ? 0 : 1000 + i % 7;
    process.start_time = ago(86'400 + i);
    process.on_disk = true;
    process.deleted = false;
    process.exe_kind = "file";
    process.exe_device = 1;
    process.exe_inode = 5000 + i % 120;
    process.exe_ctime = ago(90 * 86'400);
    process.exe_mode = "0755";
    process.in_container = false;
    facts.rows<model::Process>().push_back(process);
  }
}

void add_maps_and_descriptors(model::Facts& facts) {
  for (int i = 0; i < kMaps; ++i) {
    model::ProcessMemoryMap map;
    map.pid = 100 + i % kProcesses;
    map.permissions = "r-xp";
    map.path = packaged(i % 300);
    map.inode = i % 300;
    facts.append_large(map);
  }
  for (int i = 0; i < kOpenFiles; ++i) {
    model::ProcessOpenFile open;
    open.pid = 100 + i % kProcesses;
    open.fd = i / kProcesses;
    open.path = i % 3 == 0 ? "/dev/null" : fmt::format("/var/log/program{}.log", i % 90);
    open.kind = i % 3 == 0 ? "device" : "file";
    facts.append_large(open);
  }
}

void add_sockets(model::Facts& facts) {
  for (int i = 0; i < kSockets; ++i) {
    model::ProcessOpenSocket socket;
    socket.pid = 100 + i % kProcesses;
    socket.fd = i / kProcesses;
    socket.socket = 70'000 + i;
    socket.family = "ipv4";
    socket.protocol = "tcp";
    socket.local_address = "10.0.0.5";
    socket.local_port = 443;
    socket.remote_address = fmt::format("198.51.100.{}", i % 250);
    socket.remote_port = 20'000 + i;
    socket.state = "ESTABLISHED";
    socket.remote_scope = "public";
    socket.view = "both";
    facts.rows<model::ProcessOpenSocket>().push_back(socket);
  }
}

void add_files(model::Facts& facts) {
  for (int i = 0; i < kFiles; ++i) {
    model::File file;
    file.path = i < kPackageFiles ? packaged(i)
                                  : fmt::format("/home/user{}/data/d{}/f{}", i % 20, i / 100, i);
    const size_t slash = file.path.rfind('/');
    file.directory = file.path.substr(0, slash);
    file.filename = file.path.substr(slash + 1);
    file.inode = 10'000 + i;
    file.uid = i < kPackageFiles ? 0 : 1000 + i % 7;
    file.mode = i % 5 == 0 ? "0755" : "0644";
    file.size = 4096;
    file.mtime = file.ctime = file.btime = ago(86'400 + i % 10'000'000);
    file.hard_links = 1;
    file.type = i % 50 == 0 ? "symlink" : "regular";
    facts.append_large(file);
  }
  for (int i = 0; i < kPackageFiles; ++i) {
    model::PackageFile owned;
    owned.package = fmt::format("package{}", i / 100);
    owned.path = i < 120 ? program(i) : packaged(i);
    owned.md5 = "d41d8cd98f00b204e9800998ecf8427e";
    facts.append_large(owned);
  }
}

void add_startup(model::Facts& facts) {
  for (int i = 0; i < kUnits; ++i) {
    model::SystemdUnit unit;
    unit.id = fmt::format("program{}.service", i);
    unit.kind = "service";
    unit.fragment_path = "/usr/lib/systemd/system/" + unit.id;
    unit.scope = "system";
    unit.file_ctime = ago(90 * 86'400);
    facts.rows<model::SystemdUnit>().push_back(unit);
    model::SystemdUnitCommand command;
    command.id = unit.id;
    command.fragment_path = command.path = unit.fragment_path;
    command.directive = "ExecStart";
    command.executable = program(i);
    command.command = program(i) + " --foreground";
    command.scope = "system";
    facts.rows<model::SystemdUnitCommand>().push_back(command);
    if (i % 20 == 0) {
      model::Crontab entry;
      entry.command = entry.path = fmt::format("/etc/cron.daily/task{}", i);
      entry.kind = "periodic";
      entry.username = "root";
      facts.rows<model::Crontab>().push_back(entry);
    }
  }
  for (int i = 0; i < 40; ++i) {
    model::User user;
    user.uid = i == 0 ? 0 : 990 + i;
    user.username = i == 0 ? "root" : fmt::format("user{}", i);
    user.directory = "/home/" + user.username;
    user.shell = "/bin/sh";
    user.password_field = "shadowed";
    facts.rows<model::User>().push_back(user);
  }
}

void fill(model::Facts& facts) {
  for (const model::TableInfo* table : model::all_tables()) {
    facts.open(*table);
  }
  model::HostInfo host;
  host.kernel_release = "6.1.0-28-amd64";
  host.clock_realtime = base::Timestamp{kNow};
  facts.rows<model::HostInfo>().push_back(host);
  add_processes(facts);
  add_maps_and_descriptors(facts);
  add_sockets(facts);
  add_files(facts);
  add_startup(facts);
}

}  // namespace

int main() {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  model::Facts facts;
  fill(facts);
  const Clock::time_point opening = Clock::now();
  auto database = store::Database::open(facts);
  if (!database) {
    fmt::print(stderr, "{}\n", database.error().what);
    return 1;
  }
  const double open_seconds = seconds_since(opening);

  std::vector<judge::RuleTiming> timings;
  judge::JudgeOptions options;
  options.timings = &timings;
  const Clock::time_point start = Clock::now();
  const auto judgement = judge::judge(judge::builtin_rules(), **database, facts, options);
  const double seconds = seconds_since(start);
  if (!judgement) {
    fmt::print(stderr, "{}\n", judgement.error().what);
    return 1;
  }
  std::stable_sort(timings.begin(), timings.end(), [](const auto& left, const auto& right) {
    return left.seconds > right.seconds;
  });
  double sum = 0;
  for (const judge::RuleTiming& timing : timings) {
    sum += timing.seconds;
    fmt::print("{:9.2f} ms  {}\n", timing.seconds * 1000, timing.rule);
  }
  for (const model::NotJudged& rule : judgement->not_judged) {
    fmt::print("not judged: {}: {}\n", rule.rule, rule.reason);
  }
  fmt::print("open the database    {:7.1f} ms\n", open_seconds * 1000);
  fmt::print("{} rules             {:7.1f} ms, budget {:.0f} ms: {:.2f} of it\n", timings.size(),
             sum * 1000, kBudgetSeconds * 1000, sum / kBudgetSeconds);
  fmt::print("with {} findings, {} incidents, verdict '{}': {:.1f} ms\n",
             judgement->findings.size(), judgement->incidents.size(),
             model::to_string(judgement->verdict), seconds * 1000);
  return 0;
}
