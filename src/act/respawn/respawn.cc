// SPDX-License-Identifier: Apache-2.0
#include "act/respawn/respawn.h"

#include <algorithm>
#include <map>
#include <set>

#include "act/respawn/target.h"
#include "act/respawn/unit_words.h"
#include "fmt/format.h"
#include "model/tables/crontab.h"
#include "model/tables/process_changes.h"
#include "model/tables/process_open_files.h"
#include "model/tables/processes.h"
#include "model/tables/startup_items.h"
#include "model/tables/systemd_unit_commands.h"
#include "model/tables/systemd_units.h"

namespace genba::act {

namespace {

using model::Confidence;
using model::Facts;
using model::Process;
using model::Text;

constexpr int64_t kThreadDaemon = 2;  // kthreadd; pid 1 and it are everybody's parents

const Text& move_file() {
  static const Text kText = {
      "Keep a copy of the file in the case, then move it out of its directory; put it back to "
      "undo.",
      "ファイルの写しを記録に残してから、そのディレクトリの外へ移してください。戻せば元どおりになり"
      "ます。"};
  return kText;
}

const Text& comment_line() {
  static const Text kText = {
      "Keep a copy of the file in the case, then put # before this line; take it away to undo.",
      "ファイルの写しを記録に残してから、この行の先頭に # を付けてください。外せば元に戻ります。"};
  return kText;
}

class Finder {
 public:
  Finder(const Facts& facts, const RespawnTarget& family)
      : facts_(facts), family_(family), matcher_(facts, family) {}

  RespawnReport run();

 private:
  void look_at_cron();
  void look_at_units();
  void add_unit(const model::SystemdUnitCommand& command, const model::SystemdUnit* unit);
  void look_at_triggers();
  void look_at_cgroups();
  void look_at_startup();
  void look_at_processes();
  void add_kernel_helper(const Process& process);
  void add_parent(const Process& process, const Process& parent);
  void look_at_changes();
  void look_at_pipes();
  void say_unread();
  const model::SystemdUnit* unit_of(std::string_view id, std::string_view fragment) const;
  bool lacks_unit_file(std::string_view id) const;
  void add_watchdog(int64_t pid, Confidence confidence, std::string what, Text says);

  const Facts& facts_;
  const RespawnTarget& family_;
  TargetMatcher matcher_;
  std::set<std::string> named_units_;
  std::set<int64_t> watchdogs_;
  RespawnReport report_;
};

void Finder::look_at_cron() {
  for (const model::Crontab& row : facts_.read<model::Crontab>()) {
    const bool hit =
        matcher_.named_in(row.command) || (row.executable && matcher_.is_file(*row.executable));
    if (!hit) {
      continue;
    }
    report_.found.push_back({RespawnKind::kCron,
                             Confidence::kLikely,
                             row.path,
                             row.line,
                             row.command,
                             {"cron starts it again.", "cron が再び起動します。"},
                             row.line ? comment_line() : move_file()});
  }
}

const model::SystemdUnit* Finder::unit_of(std::string_view id, std::string_view fragment) const {
  for (const model::SystemdUnit& unit : facts_.read<model::SystemdUnit>()) {
    if (unit.id == id && unit.fragment_path == fragment) {
      return &unit;
    }
  }
  return nullptr;
}

void Finder::add_unit(const model::SystemdUnitCommand& command, const model::SystemdUnit* unit) {
  named_units_.insert(command.id);
  report_.found.push_back(naming_unit(command, unit));
}

void Finder::look_at_units() {
  for (const auto& command : facts_.read<model::SystemdUnitCommand>()) {
    const model::SystemdUnit* unit = unit_of(command.id, command.fragment_path);
    const bool is_masked = unit != nullptr && unit->unit_file_state.starts_with("masked");
    if (!is_masked && matcher_.named_in(command.command)) {
      add_unit(command, unit);
    }
  }
}

void Finder::look_at_triggers() {
  for (const model::SystemdUnit& unit : facts_.read<model::SystemdUnit>()) {
    if (!unit.triggers || named_units_.count(*unit.triggers) == 0) {
      continue;
    }
    report_.found.push_back({RespawnKind::kSystemdTrigger,
                             Confidence::kLikely,
                             unit.fragment_path,
                             std::nullopt,
                             unit.schedule.value_or(""),
                             {fmt::format("{} starts {}.", unit.id, *unit.triggers),
                              fmt::format("{} が {} を起動します。", unit.id, *unit.triggers)},
                             move_file()});
  }
}

// "name@instance.service" has its file as "name@.service".
bool Finder::lacks_unit_file(std::string_view id) const {
  std::string file(id);
  if (const size_t at = file.find('@'); at != std::string::npos) {
    file = file.substr(0, at + 1) + file.substr(file.rfind('.'));
  }
  const auto& units = facts_.read<model::SystemdUnit>();
  return facts_.has(model::tables::systemd_units()) &&
         std::none_of(units.begin(), units.end(), [&](const model::SystemdUnit& unit) {
           return unit.id == id || unit.id == file;
         });
}

bool is_container_cgroup(std::string_view path) {
  return path.find("docker") != std::string_view::npos ||
         path.find("kubepods") != std::string_view::npos ||
         path.find("libpod") != std::string_view::npos ||
         path.find("containerd") != std::string_view::npos ||
         path.find("lxc") != std::string_view::npos;
}

// The family's cgroup tells which unit, session or container it was started in.
void Finder::look_at_cgroups() {
  for (const std::string& cgroup : family_.cgroups) {
    if (is_container_cgroup(cgroup)) {
      report_.found.push_back(
          {RespawnKind::kContainer,
           Confidence::kHint,
           cgroup,
           std::nullopt,
           "",
           {"It runs in a container: the engine starts that again if its restart policy says so.",
            "コンテナ内で動作しています。再起動ポリシーによっては、コンテナエンジンが再び起動し"
            "ます。"},
           {"Keep the container frozen; change its restart policy before it is ended.",
            "コンテナを凍結したままにし、終了させる前に再起動ポリシーを変更してください。"}});
      continue;
    }
    const std::string unit = cgroup.substr(cgroup.rfind('/') + 1);
    if (!unit.ends_with(".service") || unit.starts_with("user@") || named_units_.count(unit) > 0) {
      continue;
    }
    report_.found.push_back(lacks_unit_file(unit) ? service_without_file(unit, cgroup)
                                                  : innocent_service(unit, cgroup));
  }
}

RespawnKind kind_of(std::string_view type) {
  if (type == "ld.so.preload") {
    return RespawnKind::kPreload;
  }
  return type.find("profile") != std::string_view::npos ? RespawnKind::kProfile
                                                        : RespawnKind::kBoot;
}

Text startup_words(RespawnKind kind, std::string_view type) {
  if (kind == RespawnKind::kPreload) {
    return {"The dynamic linker loads it into every program that starts.",
            "起動するすべてのプログラムに、動的リンカーが読み込みます。"};
  }
  if (kind == RespawnKind::kProfile) {
    return {"It starts again when somebody logs in.", "誰かがログインすると再び起動します。"};
  }
  return {fmt::format("It starts again at boot or at a session's start ({}).", type),
          fmt::format("マシンまたはセッションの開始時に再び起動します（{}）。", type)};
}

void Finder::look_at_startup() {
  for (const model::StartupItem& item : facts_.read<model::StartupItem>()) {
    const bool hit = (item.path && matcher_.is_file(*item.path)) || matcher_.named_in(item.name) ||
                     matcher_.named_in(item.args.value_or(""));
    const RespawnKind kind = kind_of(item.type);
    // Any preload stands between every new program and the kernel, this family's or not.
    if (item.status == "disabled" || (!hit && kind != RespawnKind::kPreload)) {
      continue;
    }
    report_.found.push_back({kind, hit ? Confidence::kLikely : Confidence::kHint, item.source,
                             item.line, item.args ? item.name + " " + *item.args : item.name,
                             startup_words(kind, item.type),
                             item.line ? comment_line() : move_file()});
  }
}

void Finder::add_watchdog(int64_t pid, Confidence confidence, std::string what, Text says) {
  if (pid <= kThreadDaemon || matcher_.is_member(pid) || !watchdogs_.insert(pid).second) {
    return;
  }
  report_.found.push_back(
      {RespawnKind::kWatchdog,
       confidence,
       fmt::format("pid {}", pid),
       std::nullopt,
       std::move(what),
       std::move(says),
       {"Freeze it together with the family if it is not a program that you need; thaw it to undo.",
        "必要なプログラムでなければ、対象と一緒に凍結してください。解除すれば元に戻ります。"}});
}

// Seen while we looked: the surest sign there is.
void Finder::look_at_changes() {
  for (const model::ProcessChange& change : facts_.read<model::ProcessChange>()) {
    if (change.change != "started" ||
        !matcher_.runs_same_file(change.path.value_or(""), change.exe_device, change.exe_inode)) {
      continue;
    }
    add_watchdog(change.parent, Confidence::kProven,
                 fmt::format("started pid {} ({})", change.pid, change.name),
                 {"It started one of the family while Genba looked.",
                  "確認中に、対象と同じプログラムを起動しました。"});
  }
}

void Finder::add_kernel_helper(const Process& process) {
  report_.found.push_back(
      {RespawnKind::kKernelHelper,
       Confidence::kLikely,
       fmt::format("pid {}", process.pid),
       std::nullopt,
       process.path.value_or(""),
       {"The kernel itself started it: a core_pattern, modprobe or uevent helper, or a kernel "
        "module.",
        "カーネルが起動しました（core_pattern、modprobe、uevent "
        "のヘルパー、またはカーネルモジュール"
        "）。"},
       {"Keep the old value of the setting in the case before you reset it. A kernel module is not "
        "to be trusted: image the machine and rebuild it.",
        "設定を戻す前に元の値を記録に残してください。カーネルモジュールの場合は信頼できないため、"
        "イメージを取得して再構築してください。"}});
}

void Finder::add_parent(const Process& process, const Process& parent) {
  add_watchdog(parent.pid, Confidence::kHint, parent.cmdline.value_or(parent.name),
               {fmt::format("It is the parent of pid {} and sees it end.", process.pid),
                fmt::format("pid {} の親で、終了を検知します。", process.pid)});
}

void Finder::look_at_processes() {
  std::map<int64_t, const Process*> by_pid;
  for (const Process& process : facts_.read<Process>()) {
    by_pid[process.pid] = &process;
  }
  for (const auto& [pid, process] : by_pid) {
    if (!matcher_.is_member(pid)) {
      if (matcher_.runs_same_file(process->path.value_or(""), process->exe_device,
                                  process->exe_inode)) {
        add_watchdog(pid, Confidence::kLikely, process->cmdline.value_or(process->name),
                     {"It runs the same file as the family but is not among those to be killed.",
                      "対象と同じファイルを実行していますが、終了させる対象に入っていません。"});
      }
    } else if (process->parent == kThreadDaemon && !process->kernel_thread) {
      add_kernel_helper(*process);
    } else if (const auto parent = by_pid.find(process->parent); parent != by_pid.end()) {
      add_parent(*process, *parent->second);
    }
  }
}

// A pipe between a member and a process outside: how siblings notice each other's end.
void Finder::look_at_pipes() {
  const model::RowStore* files = facts_.find(model::tables::process_open_files());
  if (files == nullptr) {
    return;
  }
  const model::TableInfo& table = model::tables::process_open_files();
  const auto pid_column = static_cast<size_t>(table.column_index("pid"));
  const auto inode_column = static_cast<size_t>(table.column_index("inode"));
  std::map<int64_t, std::set<int64_t>> holders;
  for (size_t row = 0; row < files->size(); ++row) {
    const model::Value pid = files->cell(row, pid_column);
    const model::Value inode = files->cell(row, inode_column);
    if (std::holds_alternative<int64_t>(pid) && std::holds_alternative<int64_t>(inode)) {
      holders[std::get<int64_t>(inode)].insert(std::get<int64_t>(pid));
    }
  }
  for (const auto& [inode, pids] : holders) {
    if (std::none_of(pids.begin(), pids.end(),
                     [this](int64_t pid) { return matcher_.is_member(pid); })) {
      continue;
    }
    for (const int64_t pid : pids) {
      add_watchdog(pid, Confidence::kHint, fmt::format("pipe:[{}]", inode),
                   {"It shares a pipe with the family and can notice its end.",
                    "対象とパイプを共有しており、終了を検知できます。"});
    }
  }
}

void Finder::say_unread() {
  const auto table = [this](const model::TableInfo& info, std::string_view en,
                            std::string_view ja) {
    if (!facts_.has(info)) {
      report_.unread.push_back({std::string(en), std::string(ja)});
    }
  };
  table(model::tables::crontab(), "cron tables could not be read",
        "cron の設定を読み取れませんでした");
  table(model::tables::systemd_unit_commands(), "systemd units could not be read",
        "systemd のユニットを読み取れませんでした");
  table(model::tables::startup_items(),
        "boot scripts, profiles and ld.so.preload could not be read",
        "起動スクリプト、プロファイル、ld.so.preload を読み取れませんでした");
  table(model::tables::processes(), "processes could not be read",
        "プロセスを読み取れませんでした");
  table(model::tables::process_changes(), "who starts processes was not watched",
        "プロセスの起動元は監視していません");
  report_.unread.push_back(
      {"not read: PAM modules, sshrc, package and logrotate hooks, D-Bus "
       "services, what scripts called from cron or units run in turn",
       "未確認：PAM モジュール、sshrc、パッケージや logrotate のフック、"
       "D-Bus サービス、cron やユニットから呼ばれるスクリプトの中身"});
  report_.unread.push_back(
      {"not read: BPF programs, kernel modules, restart policies of containers that are not "
       "Docker's",
       "未確認：BPF プログラム、カーネルモジュール、Docker 以外のコンテナの再起動ポリシー"});
}

RespawnReport Finder::run() {
  look_at_cron();
  look_at_units();
  look_at_triggers();
  look_at_cgroups();
  look_at_startup();
  look_at_changes();  // before the weaker signs of the same process
  look_at_processes();
  look_at_pipes();
  say_unread();
  std::stable_sort(report_.found.begin(), report_.found.end(),
                   [](const Respawner& left, const Respawner& right) {
                     return left.confidence > right.confidence;
                   });
  return std::move(report_);
}

}  // namespace

RespawnReport find_respawners(const Facts& facts, const RespawnTarget& family) {
  return Finder(facts, family).run();
}

}  // namespace genba::act
