// SPDX-License-Identifier: Apache-2.0
//
// What did people type? Reads the histories of shells in every home, and tells what state the files
// are in: one that is emptied, or a link to /dev/null, says something too. Homes on file servers
// are left out. Covered by histories_test.cc.
#include <algorithm>

#include "collect/collector.h"
#include "collect/path_gate.h"
#include "fmt/format.h"
#include "model/tables/history_files.h"
#include "model/tables/mounts.h"
#include "model/tables/shell_history.h"
#include "model/tables/users.h"
#include "parse/shell_history/shell_history.h"

namespace genba::collect::histories {

namespace {

// Below a home. less and mysql keep shell commands too, but what they tell is not a shell's.
constexpr std::string_view kNames[] = {
    ".bash_history", ".zsh_history", ".zhistory",
    ".histfile",     ".sh_history",  ".ash_history",
    ".history",      ".ksh_history", ".local/share/fish/fish_history"};
// Larger ones are no honest histories; their beginning is read.
constexpr uint64_t kHistoryLimit = 8ULL << 20;
constexpr size_t kMostCommands = 200'000;
constexpr size_t kCommandBytes = 4096;

class Collection {
 public:
  explicit Collection(Context& context) : context_(context), gate_(context) {}

  void run() {
    (void)context_.facts.open(model::tables::shell_history());
    (void)context_.facts.open(model::tables::history_files());
    std::set<std::string> homes;
    for (const model::User& user : context_.facts.read<model::User>()) {
      // "/" and what is not there are homes of accounts that nobody logs in to.
      if (user.directory.size() > 1 && homes.insert(user.directory).second) {
        read_home(user);
      }
    }
  }

 private:
  void read_home(const model::User& user) {
    if (const auto type = gate_.refusal(user.directory)) {
      CoverageCounter coverage("histories", user.directory);
      coverage.asked();
      coverage.cut(
          fmt::format("{}: a network, FUSE or automount filesystem is not entered", *type));
      coverage.finish(context_.facts);
      return;
    }
    for (const std::string_view name : kNames) {
      read_file(user, user.directory + "/" + std::string(name));
    }
  }

  void read_file(const model::User& user, const std::string& path) {
    const auto status = context_.host.lstat(path);
    if (!status) {
      if (status.error().code != base::ErrorCode::kNotFound) {
        CoverageCounter coverage("histories", path);
        coverage.asked();
        coverage.failed(status.error());
        coverage.finish(context_.facts);
      }
      return;
    }
    model::HistoryFile file;
    file.path = path;
    file.uid = user.uid;
    file.username = user.username;
    file.type = host::to_string(status->type);
    file.size = static_cast<int64_t>(status->size);
    file.mtime = status->mtime;
    file.ctime = status->ctime;
    file.btime = status->btime;
    if (status->type == host::FileType::kSymlink) {
      if (auto target = context_.host.read_link(path)) {
        file.link_target = *std::move(target);
      }
    } else if (status->type == host::FileType::kRegular) {
      read_commands(user, path, file);
    }
    context_.facts.rows<model::HistoryFile>().push_back(std::move(file));
  }

  void read_commands(const model::User& user, const std::string& path, model::HistoryFile& file) {
    CoverageCounter coverage("histories", path);
    coverage.asked();
    const auto bytes = context_.host.read_file(path, kHistoryLimit);
    if (!bytes) {
      coverage.failed(bytes.error());
      coverage.finish(context_.facts);
      return;
    }
    coverage.seen();
    if (bytes->truncated) {
      coverage.cut("larger than 8 MiB; its beginning is read");
    }
    const parse::HistoryFacts told = parse::parse_shell_history(
        bytes->bytes, parse::history_format_of(std::string_view(path).substr(path.rfind('/') + 1)),
        [&](const parse::HistoryEntry& entry) { add(user, path, entry, file); });
    for (const parse::HistoryFact& fact : told.list) {
      if (fact.kind == parse::HistoryFactKind::kTimeWentBack) {
        ++file.times_back;
      } else if (fact.kind == parse::HistoryFactKind::kNulBytes) {
        file.nul_bytes += fact.amount;
      }
    }
    if (full_) {
      coverage.cut("more than 200,000 commands; the rest is left out");
    }
    coverage.finish(context_.facts);
  }

  void add(const model::User& user, const std::string& path, const parse::HistoryEntry& entry,
           model::HistoryFile& file) {
    ++file.commands;
    full_ = commands_ >= kMostCommands;
    if (full_) {
      return;
    }
    ++commands_;
    model::ShellHistory row;
    row.uid = user.uid;
    row.username = user.username;
    if (entry.time >= 0) {
      row.time = base::timestamp_from_unix(entry.time);
    }
    row.command = entry.command.substr(0, kCommandBytes);
    if (const std::string_view trick = parse::names_history_trick(entry.command); !trick.empty()) {
      row.trick = std::string(trick);
    }
    row.history_file = path;
    row.line = static_cast<int64_t>(entry.line);
    context_.facts.append_large(row);
  }

  Context& context_;
  PathGate gate_;
  size_t commands_ = 0;
  bool full_ = false;
};

void collect(Context& context) {
  if (!context.facts.has(model::tables::users())) {
    return;  // whose homes there are is not known
  }
  Collection(context).run();
  if (saw_nothing(context.facts, "histories")) {
    context.facts.drop(model::tables::history_files());
    context.facts.drop(model::tables::shell_history());
  }
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::history_files(),
                                                      &model::tables::shell_history()};
  static const model::TableInfo* const kNeeds[] = {&model::tables::mounts(),
                                                   &model::tables::users()};
  static const Collector kCollector{"histories", kProvides, kNeeds, collect, nullptr};
  return kCollector;
}

}  // namespace genba::collect::histories
