// SPDX-License-Identifier: Apache-2.0
#include "app/stop_family.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "act/freeze/family_index.h"
#include "act/freeze/family_request.h"
#include "act/respawn/host_respawners.h"
#include "act/respawn/respawn.h"
#include "base/text.h"
#include "fmt/format.h"
#include "model/tables/processes.h"

namespace genba::app {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;
using model::Process;

// Two readings of one start differ by the clock's slewing and by the second to which the kernel
// cuts its boot time.
constexpr int64_t kSameStart = 2'000'000'000;

using Roots = std::vector<const Process*>;

bool runs(const Process& process, const act::Executable& file) {
  return process.exe_inode && process.exe_device &&
         static_cast<uint64_t>(*process.exe_inode) == file.inode &&
         static_cast<uint64_t>(*process.exe_device) == file.device;
}

model::Text replaced_note(int64_t pid, const Process& other) {
  const std::string path = other.path.value_or("?");
  return {fmt::format("process {} ended while Genba looked; process {} runs the same file ({})",
                      pid, other.pid, path),
          fmt::format("プロセス {} は確認中に終了しました。プロセス {} が同じファイル（{}）を実行"
                      "しています",
                      pid, other.pid, path)};
}

// A process that replaces itself by a child is another one by now; its file tells it.
Result<Roots> roots_of_process(const StopScene& scene, std::vector<model::Text>& notes) {
  const NamedProcess& named = *scene.named;
  const auto& rows = scene.facts.read<Process>();
  const bool alive = act::is_alive(*scene.host, named.key);
  for (const Process& row : rows) {
    if (row.pid == named.key.pid && (alive || (named.executable && runs(row, *named.executable)))) {
      return Roots{&row};
    }
  }
  for (const Process& row : rows) {
    if (named.executable && runs(row, *named.executable) && !act::is_vouched_by_place(row)) {
      notes.push_back(replaced_note(named.key.pid, row));
      return Roots{&row};
    }
  }
  const auto own = scene.host->own_processes();
  if (std::find(own.begin(), own.end(), named.key.pid) != own.end()) {
    return fail(ErrorCode::kInvalid, fmt::format("process {} must not be touched: it is Genba "
                                                 "itself",
                                                 named.key.pid));
  }
  return fail(ErrorCode::kGone,
              fmt::format("process {} ended while Genba looked, and nothing else runs its file: "
                          "name another one",
                          named.key.pid));
}

std::optional<int64_t> number_of(const model::Subject& subject, std::string_view key) {
  const model::OwnedValue* value = subject.find(key);
  const auto* number = value == nullptr ? nullptr : std::get_if<int64_t>(value);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::string text_of(const model::Subject& subject, std::string_view key) {
  const model::OwnedValue* value = subject.find(key);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? "" : *text;
}

// The subject itself, else those that run a file of its path now.
void add_roots(const model::Subject& subject, const std::vector<Process>& rows, Roots& roots,
               std::vector<model::Text>& notes) {
  const auto pid = number_of(subject, "pid");
  const auto start = number_of(subject, "start_time");
  const std::string path = text_of(subject, "path");
  for (const Process& row : rows) {
    if (pid && start && row.pid == *pid &&
        std::abs(row.start_time.nanoseconds - *start) < kSameStart) {
      roots.push_back(&row);
      return;
    }
  }
  for (const Process& row : rows) {
    if (!path.empty() && row.path == path && !act::is_vouched_by_place(row)) {
      notes.push_back(replaced_note(pid.value_or(0), row));
      roots.push_back(&row);
    }
  }
}

Result<Roots> roots_of_finding(const StopScene& scene, std::vector<model::Text>& notes) {
  const model::Finding& finding = scene.finding->finding;
  if (!scene.finding->kept_in.empty()) {
    notes.push_back({fmt::format("the finding is one of the case in {}", scene.finding->kept_in),
                     fmt::format("検出は {} のケースのものです", scene.finding->kept_in)});
  }
  Roots roots;
  bool names_process = false;
  for (const model::Subject& subject : finding.subjects) {
    if (subject.kind == "process") {
      names_process = true;
      add_roots(subject, scene.facts.read<Process>(), roots, notes);
    }
  }
  if (!names_process) {
    return fail(ErrorCode::kInvalid, fmt::format("finding {} names no process; name one by its "
                                                 "number",
                                                 finding.id));
  }
  if (roots.empty()) {
    return fail(ErrorCode::kGone, fmt::format("no process of finding {} runs any more; name one "
                                              "that runs",
                                              finding.id));
  }
  return roots;
}

// Of a path that may not exist yet: the filesystem of what there is of it.
bool lies_on_fuse(const host::Host& host, std::string_view path) {
  std::string at(path);
  while (true) {
    if (const auto type = host.filesystem_type(at)) {
      return type->starts_with("fuse");
    }
    const size_t slash = at.rfind('/');
    if (slash == std::string::npos || at == "/") {
      return false;
    }
    at.resize(slash == 0 ? 1 : slash);
  }
}

void spare_filesystems(const StopScene& scene, std::string_view evidence,
                       std::map<int64_t, std::string>& spared) {
  for (const std::string_view directory : {std::string_view(scene.journal_directory), evidence}) {
    if (directory.empty() || !lies_on_fuse(*scene.host, directory)) {
      continue;
    }
    for (const int64_t pid : act::find_fuse_daemons(scene.facts)) {
      spared.emplace(pid, "it may serve the filesystem that the journal or the case is written to");
    }
  }
}

// The session that is proven; of mere guesses, each with its ancestors, so that none is lost.
void spare_session(const StopScene& scene, act::FamilyOptions& options) {
  if (const auto* session = scene.responder.session()) {
    options.session.push_back(session->pid);
    return;
  }
  std::map<int64_t, int64_t> parents;
  for (const Process& process : scene.facts.read<Process>()) {
    parents[process.pid] = process.parent;
  }
  for (const auto& candidate : scene.responder.candidates) {
    std::set<int64_t> seen;
    for (int64_t at = candidate.pid; at > 1 && seen.insert(at).second && parents.contains(at);
         at = parents[at]) {
      options.spared.emplace(at, "it may carry your own session");
    }
  }
}

Result<act::FamilyOptions> family_options(const StopScene& scene, std::string_view evidence) {
  GENBA_TRY(const act::Scan scan, act::scan_processes(*scene.host));
  act::FamilyOptions options;
  options.spared = act::untouchable(*scene.host, scan);
  spare_session(scene, options);
  spare_filesystems(scene, evidence, options.spared);
  options.socket_peers = scene.socket_peers;
  return options;
}

// Families of several roots are one: who is in any of them is left out of none.
void merge(act::Family&& more, act::Family& family) {
  std::map<int64_t, act::FamilyMember> members;
  for (auto* list : {&family.members, &more.members}) {
    for (act::FamilyMember& member : *list) {
      members.try_emplace(member.pid, std::move(member));
    }
  }
  std::map<int64_t, act::LeftOut> left_out;
  for (auto* list : {&family.left_out, &more.left_out}) {
    for (act::LeftOut& left : *list) {
      if (!members.contains(left.pid)) {
        left_out.try_emplace(left.pid, std::move(left));
      }
    }
  }
  std::set<int64_t> own(family.executable_pids.begin(), family.executable_pids.end());
  own.insert(more.executable_pids.begin(), more.executable_pids.end());
  family = {};
  for (auto& [pid, member] : members) {
    family.members.push_back(std::move(member));
  }
  for (auto& [pid, left] : left_out) {
    family.left_out.push_back(std::move(left));
  }
  family.executable_pids.assign(own.begin(), own.end());
}

Result<StopFamily> family_of(const StopScene& scene, const Roots& roots,
                             std::string_view evidence) {
  StopFamily found;
  GENBA_TRY(found.options, family_options(scene, evidence));
  std::optional<base::Error> refused;
  for (const Process* root : roots) {
    const auto& known = found.family.members;
    if (std::any_of(known.begin(), known.end(),
                    [&](const act::FamilyMember& member) { return member.pid == root->pid; })) {
      continue;
    }
    auto one = act::find_family(scene.facts, root->pid, root->start_time, found.options);
    if (one) {
      merge(*std::move(one), found.family);
    } else {
      found.notes.push_back({one.error().what, one.error().what});
      refused = std::move(one).error();
    }
  }
  if (found.family.members.empty()) {
    return fail(*std::move(refused));
  }
  found.own_files = act::own_files_of(scene.facts, found.family);
  return found;
}

// That the responder's own shell holds a pipe of the family says nothing, and to advise to freeze
// it would be a trap.
bool is_mere_hint_at_spared(const model::Respawner& each,
                            const std::map<int64_t, std::string>& spared) {
  return each.kind == model::RespawnKind::kWatchdog &&
         each.confidence == model::Confidence::kHint &&
         std::any_of(spared.begin(), spared.end(), [&](const auto& one) {
           return each.source == fmt::format("pid {}", one.first);
         });
}

model::FamilyLink link_of(const act::FamilyTie& tie) {
  return {std::string(act::to_string(tie.tie)), tie.through, tie.detail};
}

model::FamilyProcess described(const std::map<int64_t, const Process*>& rows, int64_t pid,
                               base::Timestamp start_time) {
  model::FamilyProcess process;
  process.pid = pid;
  process.start_time = start_time;
  if (const auto row = rows.find(pid); row != rows.end()) {
    process.path = row->second->path.value_or("");
    process.command = row->second->cmdline.value_or(row->second->name);
  }
  return process;
}

// A hint at a container's policy gives way to the policy that was read.
act::RespawnReport respawners_of(const StopScene& scene, const std::vector<int64_t>& pids) {
  const act::RespawnTarget target = act::respawn_target_of(scene.facts, pids);
  act::RespawnReport report = act::find_respawners(scene.facts, target);
  act::RespawnReport more = act::find_host_respawners(*scene.host, scene.facts, target);
  std::erase_if(report.found, [&](const model::Respawner& hint) {
    return hint.kind == model::RespawnKind::kContainer &&
           std::any_of(more.found.begin(), more.found.end(), [&](const model::Respawner& known) {
             return known.kind == hint.kind && known.source == hint.source;
           });
  });
  report.found.insert(report.found.end(), more.found.begin(), more.found.end());
  report.unread.insert(report.unread.end(), more.unread.begin(), more.unread.end());
  std::stable_sort(report.found.begin(), report.found.end(),
                   [](const model::Respawner& left, const model::Respawner& right) {
                     return left.confidence > right.confidence;
                   });
  return report;
}

}  // namespace

Result<StopFamily> find_stop_family(const StopOptions& options, const StopScene& scene,
                                    std::string_view evidence) {
  if (!scene.facts.has(model::tables::processes())) {
    return fail(ErrorCode::kUnsupported, "processes could not be read: nothing was done");
  }
  std::vector<model::Text> notes;
  GENBA_TRY(const Roots roots,
            options.finding ? roots_of_finding(scene, notes) : roots_of_process(scene, notes));
  GENBA_TRY(StopFamily found, family_of(scene, roots, evidence));
  found.notes.insert(found.notes.begin(), notes.begin(), notes.end());
  return found;
}

Result<StopFamily> find_frozen_family(const StopScene& scene, const act::FreezeState& state,
                                      std::string_view evidence) {
  std::set<int64_t> pids;
  for (const act::FrozenProcess& process : state.processes) {
    if (act::is_alive(*scene.host, process.key)) {
      pids.insert(process.key.pid);
    }
  }
  Roots roots;
  for (const Process& row : scene.facts.read<Process>()) {
    if (pids.contains(row.pid)) {
      roots.push_back(&row);
    }
  }
  if (roots.empty()) {
    return fail(ErrorCode::kGone, "none of the frozen processes lives any more");
  }
  return family_of(scene, roots, evidence);
}

void describe_family(const StopScene& scene, const StopFamily& family, model::StopPlan& plan) {
  std::map<int64_t, const Process*> rows;
  for (const Process& row : scene.facts.read<Process>()) {
    rows[row.pid] = &row;
  }
  std::vector<int64_t> pids;
  for (const act::FamilyMember& member : family.family.members) {
    pids.push_back(member.pid);
    plan.members.push_back(described(rows, member.pid, member.start_time));
    for (const act::FamilyTie& tie : member.ties) {
      plan.members.back().links.push_back(link_of(tie));
    }
  }
  for (const act::LeftOut& left : family.family.left_out) {
    plan.left_out.push_back(described(rows, left.pid, left.start_time));
    plan.left_out.back().links.push_back(link_of(left.tie));
    plan.left_out.back().why = left.why;
  }
  act::RespawnReport report = respawners_of(scene, pids);
  plan.respawners = std::move(report.found);
  std::erase_if(plan.respawners, [&](const model::Respawner& each) {
    return is_mere_hint_at_spared(each, family.options.spared);
  });
  plan.not_looked_at = scene.not_looked_at;
  const auto unread = act::unread_for_family(scene.facts);
  plan.not_looked_at.insert(plan.not_looked_at.end(), unread.begin(), unread.end());
  plan.not_looked_at.insert(plan.not_looked_at.end(), report.unread.begin(), report.unread.end());
  plan.notes = family.notes;
}

}  // namespace genba::app
