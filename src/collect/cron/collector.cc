// SPDX-License-Identifier: Apache-2.0
//
// What does cron run, when and as whom? The tables of Debian's cron, cronie, busybox and anacron,
// and the scripts of the periodic directories. Names that every cron passes over are left out,
// names that one of them runs are not; a script without an execute bit is not run and not listed.
// at(1) jobs are counted in the coverage and not read. Source: cron(8), crontab(5), anacrontab(5),
// run-parts(8). Covered by cron_test.cc.
#include "collect/collector.h"

#include <algorithm>
#include <array>

#include "collect/config_reader.h"
#include "fmt/format.h"
#include "model/tables/crontab.h"
#include "parse/crontab/crontab.h"
#include "parse/shell_words/shell_words.h"

namespace genba::collect::cron {

namespace {

constexpr std::string_view kArea = "cron";

constexpr std::string_view kSpools[] = {
    "/var/spool/cron/crontabs",  // Debian, Alpine
    "/var/spool/cron",           // Red Hat
    "/var/spool/cron/tabs",      // SUSE
    "/etc/crontabs",             // busybox
};

constexpr std::string_view kPeriodic[] = {
    "/etc/cron.hourly",     "/etc/cron.daily",       "/etc/cron.weekly",     "/etc/cron.monthly",
    "/etc/cron.yearly",     "/etc/periodic/15min",   "/etc/periodic/hourly", "/etc/periodic/daily",
    "/etc/periodic/weekly", "/etc/periodic/monthly",
};

template <size_t kCount>
bool has_ending(std::string_view name, const std::string_view (&endings)[kCount]) {
  return std::any_of(std::begin(endings), std::end(endings),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

/// Names in cron.d that no cron runs. cronie passes over the fewest (database.c, not_a_crontab);
/// Debian's cron would leave out many more.
bool no_cron_runs(std::string_view name) {
  constexpr std::string_view kEndings[] = {"~", ".rpmsave", ".rpmorig", ".rpmnew"};
  return name[0] == '.' || name[0] == '#' || has_ending(name, kEndings);
}

/// Names in a periodic directory that no run-parts runs.
bool no_run_parts_runs(std::string_view name) {
  constexpr std::string_view kEndings[] = {".swp",       ".dpkg-old", ".dpkg-new",
                                           ".dpkg-dist", ".dpkg-tmp", ".cfsaved"};
  return no_cron_runs(name) || has_ending(name, kEndings);
}

class CronCollector {
 public:
  explicit CronCollector(Context& context)
      : context_(context), rows_(context.facts.rows<model::Crontab>()) {}

  void run() {
    system_tables();
    spools();
    periodic();
    anacron();
    at_jobs();
  }

 private:
  void set_times(model::Crontab& row, const std::optional<host::FileStatus>& status) {
    if (status) {
      row.file_mtime = status->mtime;
      row.file_ctime = status->ctime;
    }
  }

  void table(ConfigReader& reader, const std::string& path, parse::CronForm form,
             std::string_view kind, const std::optional<std::string>& owner) {
    const auto bytes = reader.read(path);
    if (!bytes) {
      return;
    }
    const auto status = reader.status(path);
    auto file = parse::parse_crontab(*bytes, form, path);
    reader.notes(file.notes);
    for (auto& entry : file.entries) {
      model::Crontab row;
      row.event = std::move(entry.event);
      row.minute = std::move(entry.minute);
      row.hour = std::move(entry.hour);
      row.day_of_month = std::move(entry.day_of_month);
      row.month = std::move(entry.month);
      row.day_of_week = std::move(entry.day_of_week);
      row.executable = parse::first_absolute_program(parse::shell_part(entry.command));
      row.command = std::move(entry.command);
      row.path = path;
      row.line = entry.line;
      row.username = owner ? owner : entry.username;
      row.kind = kind;
      row.control_characters = entry.control_characters;
      set_times(row, status);
      rows_.push_back(std::move(row));
    }
  }

  void system_tables() {
    ConfigReader reader(context_, kArea, "/etc/crontab, /etc/cron.d");
    table(reader, "/etc/crontab", parse::CronForm::kSystem, "system", std::nullopt);
    for (const auto& name : reader.list("/etc/cron.d")) {
      if (!no_cron_runs(name)) {
        table(reader, join_path("/etc/cron.d", name), parse::CronForm::kSystem, "cron_d",
              std::nullopt);
      }
    }
    reader.finish();
  }

  void spools() {
    ConfigReader reader(context_, kArea, "/var/spool/cron");
    std::vector<std::string> done;
    for (const auto spool : kSpools) {
      // Alpine: one of them is a link to the other.
      auto real = context_.host.canonical(spool);
      if (real && std::find(done.begin(), done.end(), *real) != done.end()) {
        continue;
      }
      if (real) {
        done.push_back(std::move(*real));
      }
      for (const auto& name : reader.list(spool)) {
        const std::string path = join_path(spool, name);
        const auto status = reader.status(path);
        // The name is an account's, and accounts may be called anything: Debian's cron only passes
        // over hidden files.
        if (name[0] != '.' && (!status || status->type != host::FileType::kDirectory)) {
          table(reader, path, parse::CronForm::kUser, "user", name);
        }
      }
    }
    reader.finish();
  }

  void periodic() {
    ConfigReader reader(context_, kArea, "cron.hourly, daily, weekly, monthly");
    for (const auto directory : kPeriodic) {
      for (const auto& name : reader.list(directory)) {
        const std::string path = join_path(directory, name);
        const auto status = reader.status(path);
        constexpr uint32_t kAnyExecute = 0111;
        if (no_run_parts_runs(name) || !status || status->type != host::FileType::kRegular ||
            (status->mode & kAnyExecute) == 0) {
          continue;
        }
        model::Crontab row;
        row.command = path;
        row.executable = path;
        row.path = path;
        row.username = "root";
        row.kind = "periodic";
        set_times(row, status);
        rows_.push_back(std::move(row));
      }
    }
    reader.finish();
  }

  void anacron() {
    ConfigReader reader(context_, kArea, "/etc/anacrontab");
    const std::string path = "/etc/anacrontab";
    if (const auto bytes = reader.read(path)) {
      const auto status = reader.status(path);
      auto file = parse::parse_anacrontab(*bytes, path);
      reader.notes(file.notes);
      for (auto& entry : file.entries) {
        model::Crontab row;
        if (entry.period[0] == '@') {
          row.event = std::move(entry.period);
        }
        row.executable = parse::first_absolute_program(entry.command);
        row.command = std::move(entry.command);
        row.path = path;
        row.line = entry.line;
        row.username = "root";
        row.kind = "anacron";
        row.control_characters = entry.control_characters;
        set_times(row, status);
        rows_.push_back(std::move(row));
      }
    }
    reader.finish();
  }

  void at_jobs() {
    ConfigReader reader(context_, kArea, "at jobs");
    for (const std::string_view spool :
         {"/var/spool/cron/atjobs", "/var/spool/at", "/var/spool/atjobs"}) {
      const auto names = reader.list(spool);
      // A queue's letter, then the job's number and its minute in hexadecimal; "=" while it runs.
      constexpr size_t kJobName = 14;
      const auto jobs = std::count_if(names.begin(), names.end(), [](const std::string& name) {
        return name.size() == kJobName && name[0] != '.';
      });
      if (jobs > 0) {
        reader.counter().cut(fmt::format("at jobs wait in {} and were not read: {}", spool, jobs),
                             "read the files there");
      }
    }
    reader.finish();
  }

  Context& context_;
  std::vector<model::Crontab>& rows_;
};

void collect(Context& context) {
  if (context.wanted.wants(model::tables::crontab())) {
    CronCollector(context).run();
    if (saw_nothing(context.facts, kArea)) {
      context.facts.drop(model::tables::crontab());
    }
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::crontab()};
  static const Collector kCollector = {kArea, kProvides, {}, collect};
  return kCollector;
}

}  // namespace genba::collect::cron
