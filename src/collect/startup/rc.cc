// SPDX-License-Identifier: Apache-2.0
//
// What System V style scripts run at boot: rc.local line by line, the scripts of init.d and the
// links of the runlevels. systemd runs them too, through its generators, and whoever puts a program
// beside those runs as root before any unit: they are listed as well. Source: init.d(7),
// systemd-rc-local-generator(8), systemd-sysv-generator(8), systemd.generator(7).
#include <set>

#include "collect/startup/startup_rows.h"
#include "fmt/format.h"
#include "parse/shell_words/shell_words.h"
#include "parse/text_lines/text_lines.h"

namespace genba::collect::startup {

namespace {

constexpr uint32_t kAnyExecute = 0111;

constexpr std::string_view kLocalScripts[] = {
    "/etc/rc.local", "/etc/rc.d/rc.local",                // Debian, Red Hat
    "/etc/init.d/boot.local", "/etc/init.d/after.local",  // SUSE
};

bool is_executable(const host::FileStatus& status) {
  return status.type == host::FileType::kRegular && (status.mode & kAnyExecute) != 0;
}

void collect_rc_local(Context& context) {
  ConfigReader reader(context, kArea, "rc.local");
  std::set<std::string> done;
  for (const auto path : kLocalScripts) {
    const auto real = context.host.canonical(path);
    if (real && !done.insert(*real).second) {
      continue;
    }
    const auto bytes = reader.read(path);
    if (!bytes) {
      continue;
    }
    const auto status = reader.status(path);
    const Enabled enabled = status && is_executable(*status) ? Enabled::kYes : Enabled::kNo;
    parse::TextLines lines(*bytes);
    size_t count = 0;
    while (const auto line = lines.next()) {
      const std::string_view text = parse::trim_back(parse::trim_front(line->text));
      std::string_view rest = text;
      const std::string_view word = parse::take_word(rest);
      if (word.empty() || word[0] == '#' || word == "exit" || ++count > parse::kMaxEntries) {
        continue;
      }
      auto& row = add_item(context, "rc.local", std::string(word), path, enabled, status);
      row.path = parse::first_absolute_program(text);
      row.args = cell(parse::trim_front(rest));
      row.line = line->number;
      row.username = "root";
    }
  }
  reader.finish();
}

/// "S20ssh": whether it is one of a runlevel's links, which starts or stops a script.
bool is_runlevel_link(std::string_view name) {
  const auto digit = [&](size_t i) { return name[i] >= '0' && name[i] <= '9'; };
  return name.size() > 3 && (name[0] == 'S' || name[0] == 'K') && digit(1) && digit(2);
}

/// Rows for the links of all runlevels; returns the scripts that some runlevel starts.
std::set<std::string> collect_runlevels(Context& context, ConfigReader& reader) {
  std::set<std::string> started;
  std::set<std::string> done;
  for (const std::string_view parent : {"/etc", "/etc/rc.d"}) {
    for (const char level : std::string_view("0123456S")) {
      const std::string directory = fmt::format("{}/rc{}.d", parent, level);
      const auto real = context.host.canonical(directory);
      if (real && !done.insert(*real).second) {
        continue;
      }
      for (const auto& name : reader.list(directory)) {
        if (!is_runlevel_link(name)) {
          continue;
        }
        const std::string path = join_path(directory, name);
        const auto own = context.host.lstat(path);
        const auto script = context.host.canonical(path);
        const bool starts = name[0] == 'S' && script;
        auto& row = add_item(context, "rc.d", name, path, starts ? Enabled::kYes : Enabled::kNo,
                             own ? std::optional(*own) : std::nullopt);
        row.path = script ? std::optional(*script) : std::nullopt;
        row.args = name[0] == 'S' ? "start" : "stop";
        row.username = "root";
        if (starts) {
          started.insert(*script);
        }
      }
    }
  }
  return started;
}

void collect_init_scripts(Context& context, ConfigReader& reader,
                          const std::set<std::string>& started) {
  std::set<std::string> done;
  for (const std::string_view directory : {"/etc/init.d", "/etc/rc.d/init.d"}) {
    const auto real_directory = context.host.canonical(directory);
    if (real_directory && !done.insert(*real_directory).second) {
      continue;
    }
    for (const auto& name : reader.list(directory)) {
      const std::string path = join_path(directory, name);
      const auto status = reader.status(path);
      if (!status || !is_executable(*status)) {
        continue;
      }
      const auto real = context.host.canonical(path);
      const bool starts = real && started.count(*real) > 0;
      auto& row =
          add_item(context, "init.d", name, path, starts ? Enabled::kYes : Enabled::kNo, status);
      row.path = path;
      row.username = "root";
    }
  }
}

/// Programs that systemd runs before all units, as root, to make more of them.
void collect_generators(Context& context) {
  ConfigReader reader(context, kArea, "systemd generators");
  std::set<std::string> done;
  for (const std::string_view directory :
       {"/run/systemd/system-generators", "/etc/systemd/system-generators",
        "/usr/local/lib/systemd/system-generators", "/usr/lib/systemd/system-generators",
        "/lib/systemd/system-generators"}) {
    const auto real = context.host.canonical(directory);
    if (real && !done.insert(*real).second) {
      continue;
    }
    for (const auto& name : reader.list(directory)) {
      const std::string path = join_path(directory, name);
      const auto status = reader.status(path);
      if (status && is_executable(*status)) {
        auto& row = add_item(context, "systemd_generator", name, path, Enabled::kYes, status);
        row.path = path;
        row.username = "root";
      }
    }
  }
  reader.finish();
}

}  // namespace

void collect_rc(Context& context) {
  collect_generators(context);
  collect_rc_local(context);
  ConfigReader reader(context, kArea, "/etc/init.d, /etc/rc?.d");
  const auto started = collect_runlevels(context, reader);
  collect_init_scripts(context, reader, started);
  reader.finish();
}

}  // namespace genba::collect::startup
