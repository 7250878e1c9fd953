// SPDX-License-Identifier: Apache-2.0
//
// What may systemd start, when, and which commands does that run? Read from the unit files of the
// system, of all users and of each home, with drop-ins, masks, templates, aliases and wants links
// put together as systemd does; systemd itself is never asked, so what it was told since its last
// daemon-reload differs from what it runs. Settings count as written: specifiers stay, and so do
// settings that this release of systemd would ignore. Source: systemd.unit(5), systemd.service(5),
// systemd.timer(5). Covered by systemd_test.cc.
#include "collect/collector.h"

#include <map>
#include <memory>

#include "collect/config_reader.h"
#include "collect/systemd/unit_index.h"
#include "collect/systemd/unit_paths.h"
#include "collect/systemd/unit_state.h"
#include "fmt/format.h"
#include "model/tables/mounts.h"
#include "model/tables/systemd_unit_commands.h"
#include "model/tables/systemd_units.h"
#include "model/tables/users.h"
#include "parse/systemd_unit/systemd_unit.h"

namespace genba::collect::systemd {

namespace {

constexpr std::string_view kArea = "systemd";

constexpr std::string_view kDirectives[] = {"ExecCondition", "ExecStartPre", "ExecStart",
                                            "ExecStartPost", "ExecReload",   "ExecReloadPost",
                                            "ExecStop",      "ExecStopPre",  "ExecStopPost"};

/// "Service" for "service": where a unit of this type has its own settings.
std::string section_of(std::string_view type) {
  std::string section(type);
  section[0] = static_cast<char>(section[0] - 'a' + 'A');
  return section;
}

std::optional<std::string> join(const std::vector<std::string>& parts, std::string_view between) {
  return parts.empty() ? std::nullopt : std::optional(fmt::format("{}", fmt::join(parts, between)));
}

/// What starts on a timer, path or socket.
std::optional<std::string> triggers_of(std::span<const parse::UnitFile> files,
                                       std::string_view name, const parse::UnitName& parsed) {
  const bool socket = parsed.type == "socket";
  if (parsed.type != "timer" && parsed.type != "path" && !socket) {
    return std::nullopt;
  }
  if (auto unit = parse::last_value(files, section_of(parsed.type), socket ? "Service" : "Unit")) {
    return unit;
  }
  const std::string stem(name.substr(0, name.size() - parsed.type.size() - 1));
  const auto accept = parse::last_value(files, "Socket", "Accept");
  const bool each = socket && accept && (*accept == "yes" || *accept == "true" || *accept == "1");
  return stem + (each && !parsed.instance ? "@.service" : ".service");
}

/// The On…= lines of a timer; an empty one drops all before it, whatever its key.
std::optional<std::string> schedule_of(std::span<const parse::UnitFile> files) {
  std::vector<std::string> lines;
  for (const auto& file : files) {
    for (const auto& one : file.assignments) {
      if (one.section != "Timer" || one.key.substr(0, 2) != "On") {
        continue;
      }
      if (one.value.empty()) {
        lines.clear();
      } else {
        lines.push_back(one.key + "=" + one.value);
      }
    }
  }
  return join(lines, "; ");
}

/// The units of one manager as rows.
class Manager {
 public:
  Manager(Context& context, ConfigReader& reader, std::string_view scope,
          std::optional<std::string> username)
      : context_(context),
        reader_(reader),
        index_(context.host, reader),
        scope_(scope),
        username_(std::move(username)) {}

  void run(const std::vector<UnitDirectory>& directories) {
    if (!index_.scan(directories)) {
      return;
    }
    for (const auto& name : index_.names()) {
      add_unit(name);
    }
  }

 private:
  /// A fragment or drop-in, read once.
  const parse::UnitFile& file_at(const std::string& path) {
    auto& file = files_[path];
    if (!file) {
      file = std::make_unique<parse::UnitFile>();
      if (const auto bytes = reader_.read(path)) {
        *file = parse::parse_unit_file(*bytes, path);
        reader_.notes(file->notes);
      }
    }
    return *file;
  }

  void add_unit(const std::string& name) {
    const Fragment& fragment = *index_.fragment(name);
    const auto drop_ins = index_.drop_ins(name);
    bool reported = fragment.reported || index_.wants(name, {}).reported;
    std::vector<std::string> paths = {fragment.path};
    for (const auto& drop_in : drop_ins) {
      reported = reported || drop_in.reported;
      paths.push_back(drop_in.path);
    }
    if (!reported) {
      return;
    }
    std::vector<parse::UnitFile> files(1);
    if (!fragment.masked) {
      files.clear();
      for (const auto& path : paths) {
        files.push_back(file_at(path));
      }
    }
    const auto instance = parse::last_value({files.data(), 1}, "Install", "DefaultInstance");
    add_row(name, fragment, files, paths, index_.wants(name, instance.value_or("")));
    // An alias is the same unit under a second name: its commands stand under the first.
    if (index_.primary_name(name) == name) {
      add_commands(name, files, paths);
    }
  }

  void add_row(const std::string& name, const Fragment& fragment,
               std::span<const parse::UnitFile> files, const std::vector<std::string>& paths,
               const Wants& wants) {
    const auto parsed = *parse::parse_unit_name(name);
    const std::string section = section_of(parsed.type);
    model::SystemdUnit row;
    row.id = name;
    row.kind = parsed.type;
    row.description = parse::last_value(files, "Unit", "Description");
    row.fragment_path = fragment.path;
    row.link_target = fragment.link_target;
    if (!fragment.masked) {
      row.drop_in_paths = join({paths.begin() + 1, paths.end()}, "\n");
    }
    row.scope = scope_;
    row.username = username_;
    row.unit_file_state = unit_file_state(index_, name, fragment, files[0], wants);
    row.wanted_by = join({wants.by.begin(), wants.by.end()}, " ");
    row.user = parse::last_value(files, section, "User");
    row.restart = parse::last_value(files, section, "Restart");
    if (const auto starts = parse::merged_values(files, section, "ExecStart"); !starts.empty()) {
      row.exec_start = starts[0].assignment->value;
    }
    std::vector<std::string> environment;
    for (const auto& value : parse::merged_values(files, section, "Environment")) {
      environment.push_back(value.assignment->value);
    }
    row.environment = join(environment, " ");
    if (!fragment.masked) {
      row.triggers = triggers_of(files, name, parsed);
      row.schedule = schedule_of(files);
    }
    if (fragment.status) {
      row.file_mtime = fragment.status->mtime;
      row.file_ctime = fragment.status->ctime;
      row.file_btime = fragment.status->btime;
    }
    context_.facts.rows<model::SystemdUnit>().push_back(std::move(row));
  }

  void add_commands(const std::string& name, std::span<const parse::UnitFile> files,
                    const std::vector<std::string>& paths) {
    const std::string section = section_of(parse::parse_unit_name(name)->type);
    for (const auto directive : kDirectives) {
      for (const auto& value : parse::merged_values(files, section, directive)) {
        for (const auto& command : parse::split_commands(value.assignment->value)) {
          model::SystemdUnitCommand row;
          row.id = name;
          row.fragment_path = paths[0];
          row.path = paths[value.file];
          row.line = value.assignment->line;
          row.directive = directive;
          row.executable = parse::command_program(command);
          row.command = parse::decode_escapes(command);
          row.scope = scope_;
          context_.facts.rows<model::SystemdUnitCommand>().push_back(std::move(row));
        }
      }
    }
  }

  Context& context_;
  ConfigReader& reader_;
  UnitIndex index_;
  std::string scope_;
  std::optional<std::string> username_;
  std::map<std::string, std::unique_ptr<parse::UnitFile>> files_;
};

void collect(Context& context) {
  if (!context.wanted.wants(model::tables::systemd_units()) &&
      !context.wanted.wants(model::tables::systemd_unit_commands())) {
    return;
  }
  context.facts.rows<model::SystemdUnit>();
  context.facts.rows<model::SystemdUnitCommand>();
  ConfigReader system(context, kArea, "system units");
  Manager(context, system, "system", std::nullopt).run(system_unit_directories());
  system.finish();
  ConfigReader shared(context, kArea, "user units");
  Manager(context, shared, "user", std::nullopt).run(shared_user_unit_directories());
  shared.finish();
  PathGate gate(context);
  ConfigReader homes(context, kArea, "user units in homes", &gate);
  for (const auto& home : homes_of_accounts(context.facts)) {
    Manager(context, homes, "user", home.username).run(user_unit_directories(home));
  }
  homes.finish();
  if (saw_nothing(context.facts, kArea)) {
    context.facts.drop(model::tables::systemd_units());
    context.facts.drop(model::tables::systemd_unit_commands());
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::systemd_units(),
                                                      &model::tables::systemd_unit_commands()};
  static const model::TableInfo* const kNeeds[] = {&model::tables::users(),
                                                   &model::tables::mounts()};
  static const Collector kCollector = {kArea, kProvides, kNeeds, collect};
  return kCollector;
}

}  // namespace genba::collect::systemd
