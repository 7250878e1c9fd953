// SPDX-License-Identifier: Apache-2.0
//
// Kernel modules that are loaded at boot, and programs that start with a desktop session. Source:
// modules-load.d(5), modules(5); the Desktop Application Autostart Specification.
#include <set>

#include "collect/startup/startup_rows.h"
#include "parse/shell_words/shell_words.h"
#include "parse/systemd_unit/systemd_unit.h"
#include "parse/text_lines/text_lines.h"

namespace genba::collect::startup {

namespace {

void add_modules(Context& context, ConfigReader& reader, const std::string& path, Enabled enabled) {
  const auto bytes = reader.read(path);
  if (!bytes) {
    return;
  }
  const auto status = reader.status(path);
  parse::TextLines lines(*bytes);
  size_t count = 0;
  while (const auto line = lines.next()) {
    std::string_view rest = parse::trim_back(line->text);
    const std::string_view module = parse::take_word(rest);
    if (module.empty() || module[0] == '#' || module[0] == ';' || ++count > parse::kMaxEntries) {
      continue;
    }
    auto& row = add_item(context, "modules-load", std::string(module), path, enabled, status);
    row.args = cell(parse::trim_front(rest));
    row.line = line->number;
  }
}

void add_desktop_entry(Context& context, ConfigReader& reader, const std::string& path,
                       const std::string* username) {
  const auto bytes = reader.read(path);
  if (!bytes) {
    return;
  }
  // Desktop entries have the syntax of units: sections, keys, comments.
  const auto file = parse::parse_unit_file(*bytes, path);
  const std::span<const parse::UnitFile> files(&file, 1);
  const auto commands = parse::merged_values(files, "Desktop Entry", "Exec");
  if (commands.empty()) {
    return;
  }
  const auto& command = *commands.back().assignment;
  const bool off =
      parse::last_value(files, "Desktop Entry", "Hidden") == "true" ||
      parse::last_value(files, "Desktop Entry", "X-GNOME-Autostart-enabled") == "false";
  auto& row = add_item(context, "xdg_autostart", path.substr(path.rfind('/') + 1), path,
                       off ? Enabled::kNo : Enabled::kYes, reader.status(path));
  row.path = parse::first_absolute_program(command.value);
  row.args = command.value;
  row.line = command.line;
  if (username != nullptr) {
    row.username = *username;
  }
}

}  // namespace

void collect_modules(Context& context) {
  ConfigReader reader(context, kArea, "/etc/modules, modules-load.d");
  add_modules(context, reader, "/etc/modules", Enabled::kYes);
  std::set<std::string> names;
  std::set<std::string> done;
  for (const std::string_view directory :
       {"/etc/modules-load.d", "/run/modules-load.d", "/usr/local/lib/modules-load.d",
        "/usr/lib/modules-load.d", "/lib/modules-load.d"}) {
    const auto real = context.host.canonical(directory);
    if (!real || !done.insert(*real).second) {
      continue;
    }
    for (const auto& name : reader.list(directory)) {
      const std::string path = join_path(directory, name);
      // Debian links modules.conf to /etc/modules.
      const auto file = context.host.canonical(path);
      if (!name.ends_with(".conf") || (file && *file == "/etc/modules")) {
        continue;
      }
      // A file of the same name in an earlier directory stands in for this one; a link to
      // /dev/null turns it off.
      const bool first = names.insert(name).second;
      if (file && *file == "/dev/null") {
        continue;
      }
      add_modules(context, reader, path, first ? Enabled::kYes : Enabled::kNo);
    }
  }
  reader.finish();
}

void collect_autostart(Context& context, PathGate& gate) {
  ConfigReader reader(context, kArea, "xdg autostart", &gate);
  const auto collect_from = [&](const std::string& directory, const std::string* username) {
    for (const auto& name : reader.list(directory)) {
      if (name.ends_with(".desktop")) {
        add_desktop_entry(context, reader, join_path(directory, name), username);
      }
    }
  };
  collect_from("/etc/xdg/autostart", nullptr);
  for (const auto& home : homes_of_accounts(context.facts)) {
    if (home.first) {
      collect_from(join_path(home.directory, ".config/autostart"), &home.username);
    }
  }
  reader.finish();
}

}  // namespace genba::collect::startup
