// SPDX-License-Identifier: Apache-2.0
#include "app/stop_scene.h"

#include <algorithm>
#include <utility>

#include "act/contain/gather.h"
#include "app/gather.h"
#include "collect/collector.h"
#include "fmt/format.h"
#include "model/tables/crontab.h"
#include "model/tables/file.h"
#include "model/tables/hash.h"
#include "model/tables/listening_ports.h"
#include "model/tables/package_files.h"
#include "model/tables/process_changes.h"
#include "model/tables/process_memory_map.h"
#include "model/tables/process_open_files.h"
#include "model/tables/process_open_sockets.h"
#include "model/tables/processes.h"
#include "model/tables/startup_items.h"
#include "model/tables/systemd_unit_commands.h"
#include "model/tables/systemd_units.h"
#include "sys/netlink.h"
#include "sys/process.h"
#include "sys/sandbox.h"
#include "sys/unix_diag.h"

namespace genba::app {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr uint8_t kUnixFamily = 1;  // AF_UNIX

bool is_absent(const base::Error& error) {
  return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kGone;
}

Result<NamedProcess> find_named(const host::Host& host, int64_t pid) {
  const auto process = act::scan_process(host, pid);
  if (!process && is_absent(process.error())) {
    return fail(ErrorCode::kInvalid,
                fmt::format("there is no process {}: it has ended; name one that runs, or a "
                            "finding with --finding",
                            pid));
  }
  if (!process) {
    return fail(process.error());
  }
  NamedProcess named;
  named.key = process->key;
  if (auto executable = act::executable_of(host, pid)) {
    named.executable = *std::move(executable);
  }
  return named;
}

Result<void> confine(StopScene& scene) {
  GENBA_TRY(const bool confined, enter_act_sandbox());
  if (!confined) {
    scene.not_looked_at.push_back(
        {"sandbox: not in force; this kernel has no system call filters",
         "サンドボックス：このカーネルにはシステムコールのフィルタがないため、有効ではありません"});
  }
  return {};
}

collect::Wanted wanted_tables(const StopOptions& options) {
  if (options.finding && !options.finding_case) {
    return collect::Wanted::all();
  }
  collect::Wanted wanted;
  for (const model::TableInfo* table :
       {&model::tables::processes(), &model::tables::process_open_files(),
        &model::tables::process_open_sockets(), &model::tables::listening_ports(),
        &model::tables::process_memory_map(), &model::tables::hash(),
        &model::tables::package_files(), &model::tables::crontab(), &model::tables::systemd_units(),
        &model::tables::systemd_unit_commands(), &model::tables::startup_items(),
        &model::tables::process_changes()}) {
    wanted.add(table->name, {});
  }
  return wanted;
}

// A look may be taken again.
void note_once(StopScene& scene, model::Text note) {
  auto& notes = scene.not_looked_at;
  if (std::none_of(notes.begin(), notes.end(),
                   [&](const model::Text& one) { return one.en == note.en; })) {
    notes.push_back(std::move(note));
  }
}

void find_peers(StopScene& scene) {
  const auto kinds = scene.host->sock_diag_families();
  const bool present =
      std::find(kinds.begin(), kinds.end(), host::DiagFamily{kUnixFamily, 0}) != kinds.end();
  const auto diag =
      present ? sys::open_sock_diag() : fail(ErrorCode::kUnsupported, "unix_diag is not loaded");
  const auto peers = diag ? sys::dump_unix_peers(*diag) : fail(diag.error());
  if (!peers) {
    note_once(scene, {"not read: which unix sockets are connected to each other",
                      "未確認：UNIX ソケット同士の接続関係"});
    return;
  }
  for (const sys::UnixPeers& each : *peers) {
    scene.socket_peers.emplace_back(static_cast<int64_t>(each.socket),
                                    static_cast<int64_t>(each.peer));
  }
}

void find_session(StopScene& scene) {
  const auto self = act::read_self(*scene.host, sys::getpid());
  if (!self) {
    note_once(scene, {"not known: which session is yours", "不明：どのセッションが自分のものか"});
    return;
  }
  scene.responder = act::find_responder(
      *self, {scene.facts.read<model::Process>(), scene.facts.read<model::ProcessOpenSocket>(),
              scene.facts.read<model::ListeningPort>()});
}

}  // namespace

std::string absolute_path(const host::Host& host, std::string_view path) {
  if (path.starts_with('/')) {
    return std::string(path);
  }
  const auto here = host.read_link(fmt::format("/proc/{}/cwd", sys::getpid()));
  return here ? fmt::format("{}/{}", *here == "/" ? "" : *here, path) : std::string(path);
}

Result<StopScene> open_stop_scene(const StopOptions& options, Naming naming) {
  StopScene scene;
  GENBA_TRY(scene.host, open_host_to_act(options.act, "stopping the processes of others"));
  scene.journal_directory = absolute_path(*scene.host, options.act.journal_directory);
  if (auto journal = host::open_tree_host(options.act.journal_directory)) {
    scene.journal = *std::move(journal);
  }
  scene.started = scene.host->clocks().realtime;
  scene.looked_at_ticks = act::ticks_now(*scene.host);
  if (const auto names = scene.host->kernel_names()) {
    scene.hostname = names->hostname;
  }
  if (options.pid && naming == Naming::kProcess) {
    GENBA_TRY(scene.named, find_named(*scene.host, *options.pid));
  }
  // A case is opened as a tree, which the sandbox forbids.
  if (options.finding && options.finding_case) {
    GENBA_TRY(scene.finding, find_finding_in_case(options));
  } else if (options.finding) {
    scene.kept_cases = open_kept_cases(options.kept_cases);
  }
  GENBA_TRY_VOID(confine(scene));
  return scene;
}

Result<void> look(const StopOptions& options, Progress& progress, StopScene& scene) {
  scene.facts = model::Facts();
  scene.socket_peers.clear();
  gather_to_act(*scene.host, wanted_tables(options), options.act, progress, scene.facts);
  find_peers(scene);
  find_session(scene);
  if (options.finding && !options.finding_case) {
    progress.show("judge");
    GENBA_TRY(scene.finding, find_finding(options, scene.facts, scene.kept_cases));
  }
  progress.wipe();
  return {};
}

}  // namespace genba::app
