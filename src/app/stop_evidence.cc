// SPDX-License-Identifier: Apache-2.0
#include "app/stop_evidence.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "model/tables/package_files.h"
#include "model/tables/process_open_sockets.h"
#include "render/json_writer.h"
#include "sys/file_writer.h"

namespace genba::app {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

base::Error as_usage(base::Error error) {
  error.code = ErrorCode::kInvalid;
  error.what = fmt::format(
      "the case for the evidence: {}; name a new directory with room, which "
      "you may write to, with --save DIR",
      error.what);
  return error;
}

// kOutput: an action that could not be recorded, not a look that failed.
Result<void> as_output(Result<void> result) {
  if (result) {
    return result;
  }
  base::Error error = std::move(result).error().with_context("keeping evidence");
  error.code = ErrorCode::kOutput;
  error.what += "; make room, or name another directory with --save DIR";
  return fail(std::move(error));
}

using Holders = std::map<int64_t, std::set<int64_t>>;

// Who holds the unix socket of an inode.
Holders unix_holders(const model::Facts& facts) {
  Holders holders;
  for (const model::ProcessOpenSocket& row : facts.read<model::ProcessOpenSocket>()) {
    if (row.pid && row.family == "unix") {
      holders[row.socket].insert(*row.pid);
    }
  }
  return holders;
}

void add_end(render::JsonWriter& json, std::string_view name, int64_t inode,
             const Holders& holders) {
  json.key(name);
  json.begin_object();
  json.key("socket");
  json.integer(inode);
  json.key("pids");
  json.begin_array();
  if (const auto held = holders.find(inode); held != holders.end()) {
    for (const int64_t pid : held->second) {
      json.integer(pid);
    }
  }
  json.end_array();
  json.end_object();
}

// Of the whole machine, as the table of sockets is: each connection from each of its sides.
std::string unix_peers(const StopScene& scene) {
  const Holders holders = unix_holders(scene.facts);
  std::string lines;
  for (const auto& [socket, peer] : scene.socket_peers) {
    render::JsonWriter json(lines);
    json.begin_object();
    add_end(json, "end", socket, holders);
    add_end(json, "peer", peer, holders);
    json.end_object();
    lines += '\n';
  }
  return lines;
}

}  // namespace

Result<StopEvidence> StopEvidence::create(const StopOptions& options, const StopScene& scene,
                                          const std::string& directory) {
  if (!options.save_dir) {
    if (auto above = sys::DirectoryWriter::open_or_create(kDefaultCases); !above) {
      return fail(as_usage(std::move(above).error()));
    }
  }
  auto writer = store::CaseWriter::create(
      directory,
      {.version = options.act.version, .host = scene.hostname, .started = scene.started});
  if (!writer) {
    return fail(as_usage(std::move(writer).error()));
  }
  StopEvidence evidence(*std::move(writer));
  evidence.kept_.directory = directory;
  return evidence;
}

Result<void> StopEvidence::save(const host::Host& host, const std::vector<act::ProcessKey>& keys,
                                const act::SnapshotOptions& options) {
  act::CaseEvidence sink(writer_);
  const auto snapshots = act::snapshot(host, keys, options, sink);
  if (!snapshots) {
    return as_output(fail(snapshots.error()));
  }
  for (const act::ProcessSnapshot& snapshot : *snapshots) {
    count(snapshot);
  }
  return {};
}

bool StopEvidence::is_saved(const act::ProcessKey& key) const {
  return std::find(saved_.begin(), saved_.end(), key) != saved_.end();
}

void StopEvidence::count(const act::ProcessSnapshot& snapshot) {
  const bool fresh = snapshot.same_process && !is_saved(snapshot.key);
  if (!snapshot.same_process) {
    kept_.changed.push_back(snapshot.key.pid);
  } else if (fresh) {
    saved_.push_back(snapshot.key);
    ++kept_.processes;
  }
  bool has_executable = false;
  for (const act::SnapshotItem& item : snapshot.items) {
    if (!item.sha256.empty()) {
      ++kept_.contents;
      kept_.bytes += item.bytes;
      has_executable = has_executable || item.source.ends_with("/exe");
      kept_.memory_bytes += item.source.find("/mem (private") == std::string::npos ? 0 : item.bytes;
    }
    // Of one that ended meanwhile nothing more can be read: that is told once, by its number.
    const bool in_part = !item.error.empty() || item.truncated;
    const bool known =
        std::any_of(kept_.in_part.begin(), kept_.in_part.end(),
                    [&](const model::KeptInPart& each) { return each.source == item.source; });
    if (in_part && snapshot.same_process && !known) {
      kept_.in_part.push_back({item.source, item.error.empty() ? "a limit cut it" : item.error});
    }
  }
  kept_.executables += fresh && has_executable ? 1 : 0;
}

Result<void> StopEvidence::seal(const StopScene& scene, std::string_view told) {
  if (!told.empty()) {
    if (auto added = writer_.add_object("genba contain", told); !added) {
      return as_output(fail(added.error()));
    }
  }
  // None were read where the kernel does not tell: the plan says so.
  if (!scene.socket_peers.empty()) {
    if (auto added = writer_.add_object("(unix peers)", unix_peers(scene)); !added) {
      return as_output(fail(added.error()));
    }
  }
  for (const model::TableInfo* table : scene.facts.tables()) {
    // The list of what packages brought is the host's own, and larger than all else together.
    if (table != &model::tables::package_files()) {
      GENBA_TRY_VOID(as_output(writer_.add_table(*table, *scene.facts.find(*table))));
    }
  }
  auto chain = writer_.seal(scene.host->clocks().realtime);
  if (!chain) {
    return as_output(fail(chain.error()));
  }
  kept_.chain = *std::move(chain);
  return {};
}

}  // namespace genba::app
