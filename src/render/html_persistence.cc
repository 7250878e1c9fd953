// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "fmt/format.h"
#include "model/tables/crontab.h"
#include "model/tables/startup_items.h"
#include "model/tables/systemd_units.h"
#include "render/html_parts.h"

namespace genba::render {

namespace {

using model::Crontab;
using model::StartupItem;
using model::SystemdUnit;
using Mark = std::optional<model::Severity>;

constexpr size_t kBudget = 450'000;

// Directories that packages and generators fill (systemd.unit(5), "Unit File Load Path").
bool is_package_directory(std::string_view path) {
  constexpr std::string_view kDirectories[] = {"/usr/lib/systemd/", "/lib/systemd/",
                                               "/run/systemd/generator"};
  return std::any_of(std::begin(kDirectories), std::end(kDirectories),
                     [path](std::string_view directory) { return path.rfind(directory, 0) == 0; });
}

// Rows that findings name come first, and then those that changed last.
template <class Fact, class MarkOf>
void put_in_order(std::vector<const Fact*>& rows, const MarkOf& mark) {
  std::stable_sort(rows.begin(), rows.end(), [&](const Fact* a, const Fact* b) {
    return std::tuple(mark(*a), a->file_ctime) > std::tuple(mark(*b), b->file_ctime);
  });
}

std::string schedule(const Crontab& cron) {
  if (cron.event) {
    return *cron.event;
  }
  if (!cron.minute) {
    return cron.kind;
  }
  return fmt::format("{} {} {} {} {}", *cron.minute, cron.hour.value_or(""),
                     cron.day_of_month.value_or(""), cron.month.value_or(""),
                     cron.day_of_week.value_or(""));
}

void write_cron(Page& page, const Report& report, const Marks& marks) {
  const auto mark = [&](const Crontab& cron) -> Mark {
    return std::max(marks.path(cron.path), marks.path_if(cron.executable));
  };
  std::vector<const Crontab*> rows;
  for (const auto& cron : report.facts->read<Crontab>()) {
    rows.push_back(&cron);
  }
  put_in_order(rows, mark);
  TableView view;
  view.caption = Word::kCron;
  view.headers = {Word::kCommandLine, Word::kSchedule, Word::kRunsAs, Word::kFile, Word::kChanged};
  view.total = view.rows = rows.size();
  view.mark = [&](size_t i) { return mark(*rows[i]); };
  view.fill = [&](size_t i, Row& row) {
    const Crontab& cron = *rows[i];
    row.code(cron.command).code(schedule(cron)).words(cron.username.value_or(""));
    row.code(cron.line ? fmt::format("{}:{}", cron.path, *cron.line) : cron.path);
    row.time(cron.file_ctime);
  };
  page.table(view);
}

void write_units(Page& page, const Report& report, const Marks& marks) {
  const auto mark = [&](const SystemdUnit& unit) -> Mark {
    const std::string_view command = unit.exec_start ? std::string_view(*unit.exec_start) : "";
    return std::max(marks.path(unit.fragment_path),
                    marks.path(command.substr(0, command.find(' '))));
  };
  std::vector<const SystemdUnit*> services;
  std::vector<const SystemdUnit*> timers;
  for (const auto& unit : report.facts->read<SystemdUnit>()) {
    const bool masked = unit.unit_file_state.starts_with("masked");
    if (unit.kind == "timer" && !masked) {
      timers.push_back(&unit);
    } else if (mark(unit) || (unit.kind == "service" && !masked &&
                              (unit.unit_file_state != "disabled" || unit.wanted_by) &&
                              !is_package_directory(unit.fragment_path))) {
      services.push_back(&unit);
    }
  }
  put_in_order(services, mark);
  put_in_order(timers, mark);
  TableView view;
  view.caption = Word::kServices;
  view.headers = {Word::kUnit, Word::kStarts, Word::kState, Word::kFile, Word::kChanged};
  view.total = view.rows = services.size();
  view.mark = [&](size_t i) { return mark(*services[i]); };
  view.fill = [&](size_t i, Row& row) {
    const SystemdUnit& unit = *services[i];
    row.code(unit.id).code_if(unit.exec_start).words(unit.unit_file_state).code(unit.fragment_path);
    row.time(unit.file_ctime);
  };
  page.table(view);
  view.caption = Word::kTimers;
  view.headers = {Word::kUnit, Word::kStarts, Word::kSchedule, Word::kFile, Word::kChanged};
  view.total = view.rows = timers.size();
  view.mark = [&](size_t i) { return mark(*timers[i]); };
  view.fill = [&](size_t i, Row& row) {
    const SystemdUnit& unit = *timers[i];
    row.code(unit.id).code_if(unit.triggers).code_if(unit.schedule).code(unit.fragment_path);
    row.time(unit.file_ctime);
  };
  page.table(view);
}

void write_startup(Page& page, const Report& report, const Marks& marks) {
  const auto mark = [&](const StartupItem& item) -> Mark {
    return std::max(marks.path_if(item.path), marks.path(item.source));
  };
  std::vector<const StartupItem*> rows;
  for (const auto& item : report.facts->read<StartupItem>()) {
    rows.push_back(&item);
  }
  put_in_order(rows, mark);
  TableView view;
  view.caption = Word::kStartupItems;
  view.headers = {Word::kName, Word::kType, Word::kState, Word::kFile, Word::kChanged};
  view.total = view.rows = rows.size();
  view.mark = [&](size_t i) { return mark(*rows[i]); };
  view.fill = [&](size_t i, Row& row) {
    const StartupItem& item = *rows[i];
    row.code(item.args ? item.name + " " + *item.args : item.name);
    row.words(item.type).words(item.status);
    row.code(item.line ? fmt::format("{}:{}", item.source, *item.line) : item.source);
    row.time(item.file_ctime);
  };
  page.table(view);
}

}  // namespace

void write_persistence(Page& page, const Report& report, const Marks& marks) {
  page.open_section("persistence", Word::kPersistence, kBudget);
  page.note(page.say(Word::kPersistenceMeans));
  const bool cron = report.facts->has(model::TableOf<Crontab>::info());
  const bool units = report.facts->has(model::TableOf<SystemdUnit>::info());
  const bool items = report.facts->has(model::TableOf<StartupItem>::info());
  if (!cron && !units && !items) {
    page.note(page.say(Word::kNotReadHere));
  }
  if (cron) {
    write_cron(page, report, marks);
  }
  if (units) {
    write_units(page, report, marks);
  }
  if (items) {
    write_startup(page, report, marks);
  }
  page.close_section();
}

}  // namespace genba::render
