// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/family_index.h"

#include "act/freeze/family_rules.h"
#include "base/places.h"
#include "fmt/format.h"
#include "model/tables/hash.h"
#include "model/tables/package_files.h"
#include "model/tables/process_memory_map.h"
#include "model/tables/process_open_files.h"
#include "model/tables/process_open_sockets.h"

namespace genba::act {

using model::Process;

namespace {

constexpr size_t kMostAncestors = 4096;
constexpr int64_t kNoStandardDescriptor = 3;

// Rows of a large table, by cells.
class Rows {
 public:
  Rows(const model::Facts& facts, const model::TableInfo& table)
      : table_(table), rows_(facts.find(table)) {}
  size_t size() const { return rows_ == nullptr ? 0 : rows_->size(); }
  int64_t number(size_t row, std::string_view column) const {
    const model::Value value = rows_->cell(row, index(column));
    const auto* number = std::get_if<int64_t>(&value);
    return number == nullptr ? 0 : *number;
  }
  std::string_view text(size_t row, std::string_view column) const {
    const model::Value value = rows_->cell(row, index(column));
    const auto* text = std::get_if<std::string_view>(&value);
    return text == nullptr ? std::string_view() : *text;
  }

 private:
  size_t index(std::string_view column) const {
    const int found = table_.column_index(column);
    GENBA_CHECK(found >= 0);
    return static_cast<size_t>(found);
  }
  const model::TableInfo& table_;
  const model::RowStore* rows_;
};

const std::vector<const Process*>& of(const std::map<int64_t, std::vector<const Process*>>& lists,
                                      int64_t pid) {
  static const std::vector<const Process*> kNone;
  const auto at = lists.find(pid);
  return at == lists.end() ? kNone : at->second;
}

}  // namespace

FamilyIndex::FamilyIndex(const model::Facts& facts) {
  index_processes(facts);
  index_packages(facts);
  index_files(facts);
  index_sockets(facts);
  index_code(facts);
}

void FamilyIndex::index_processes(const model::Facts& facts) {
  for (const Process& process : facts.read<Process>()) {
    processes_[process.pid] = &process;
    children_[process.parent].push_back(&process);
    if (process.tracer_pid) {
      traced_[*process.tracer_pid].push_back(&process);
    }
    if (process.cgroup_path && is_cgroup_of_one_purpose(*process.cgroup_path)) {
      cgroups_[*process.cgroup_path].push_back(&process);
    }
  }
  for (const model::Hash& hash : facts.read<model::Hash>()) {
    if (hash.pid) {
      hashes_[*hash.pid] = hash.sha256;
    }
  }
}

void FamilyIndex::index_packages(const model::Facts& facts) {
  const Rows files(facts, model::tables::package_files());
  packages_known_ = files.size() > 0;
  if (!packages_known_) {
    return;
  }
  std::set<std::string_view> running;
  for (const auto& [pid, process] : processes_) {
    if (process->path) {
      running.insert(*process->path);
    }
  }
  for (size_t row = 0; row < files.size(); ++row) {
    if (const auto known = running.find(files.text(row, "path")); known != running.end()) {
      packaged_.insert(*known);
    }
  }
}

void FamilyIndex::index_files(const model::Facts& facts) {
  const Rows files(facts, model::tables::process_open_files());
  for (size_t row = 0; row < files.size(); ++row) {
    const std::string_view kind = files.text(row, "kind");
    const int64_t inode = files.number(row, "inode");
    const std::string_view path = files.text(row, "path");
    std::string name;
    if (kind == "pipe" && inode != 0) {
      name = fmt::format("pipe {}", inode);
    } else if (kind == "file" && is_meeting_place(path)) {
      name = fmt::format("file {}", path);
    } else {
      continue;
    }
    Channel& channel = channels_[name];
    channel.tie = kind == "pipe" ? Tie::kPipe : Tie::kSharedFile;
    channel.name = name;
    channel.holders[files.number(row, "pid")].insert(files.number(row, "fd"));
  }
}

void FamilyIndex::index_sockets(const model::Facts& facts) {
  for (const auto& socket : facts.read<model::ProcessOpenSocket>()) {
    if (socket.pid && socket.socket != 0) {
      const std::string name = fmt::format("socket {}", socket.socket);
      Channel& channel = channels_[name];
      channel.tie = Tie::kSocket;
      channel.name = name;
      channel.serves = channel.serves || (socket.family == "unix" && socket.path &&
                                          !socket.path->empty() && !is_meeting_place(*socket.path));
      channel.holders[*socket.pid].insert(socket.fd.value_or(kNoStandardDescriptor));
    }
  }
}

void FamilyIndex::index_code(const model::Facts& facts) {
  const Rows maps(facts, model::tables::process_memory_map());
  for (size_t row = 0; row < maps.size(); ++row) {
    const std::string_view path = maps.text(row, "path");
    const Process* process = find(maps.number(row, "pid"));
    if (maps.number(row, "inode") == 0 || !base::lies_in_volatile_directory(path) ||
        process == nullptr || process->path == path) {
      continue;
    }
    Channel& channel =
        channels_[fmt::format("code {} {}", maps.text(row, "device"), maps.number(row, "inode"))];
    channel.tie = Tie::kSharedCode;
    channel.name = fmt::format("code {}", path);
    channel.holders[process->pid].insert(kNoStandardDescriptor);
  }
}

const Process* FamilyIndex::find(int64_t pid) const {
  const auto at = processes_.find(pid);
  return at == processes_.end() ? nullptr : at->second;
}

const std::vector<const Process*>& FamilyIndex::children(int64_t pid) const {
  return of(children_, pid);
}

const std::vector<const Process*>& FamilyIndex::traced_by(int64_t pid) const {
  return of(traced_, pid);
}

std::vector<int64_t> FamilyIndex::ancestors(int64_t pid) const {
  std::vector<int64_t> result;
  const Process* at = find(pid);
  while (at != nullptr && at->parent > 0 && result.size() < kMostAncestors) {
    result.push_back(at->parent);
    at = find(at->parent);
  }
  return result;
}

std::string_view FamilyIndex::hash(int64_t pid) const {
  const auto at = hashes_.find(pid);
  return at == hashes_.end() ? std::string_view() : at->second;
}

const Channel* FamilyIndex::socket(int64_t inode) const {
  const auto at = channels_.find(fmt::format("socket {}", inode));
  return at == channels_.end() ? nullptr : &at->second;
}

bool FamilyIndex::may_be_packaged(const Process& process) const {
  return !packages_known_ || process.kernel_thread || process.in_container.value_or(false) ||
         !process.path || packaged_.contains(*process.path);
}

std::vector<int64_t> find_fuse_daemons(const model::Facts& facts) {
  const Rows files(facts, model::tables::process_open_files());
  std::set<int64_t> pids;
  for (size_t row = 0; row < files.size(); ++row) {
    if (files.text(row, "path") == "/dev/fuse") {
      pids.insert(files.number(row, "pid"));
    }
  }
  return {pids.begin(), pids.end()};
}

std::vector<model::Text> unread_for_family(const model::Facts& facts) {
  struct Line {
    const model::TableInfo& table;
    std::string_view english;
    std::string_view japanese;
  };
  const Line lines[] = {
      {model::tables::package_files(),
       "not known: which files packages brought; a program in a system directory is taken for the "
       "system's own by its place alone",
       "不明：どのファイルがパッケージのものか。システムのディレクトリにあるプログラムは、場所だけ"
       "で"
       "システムのものと見なしています"},
      {model::tables::process_open_files(),
       "not read: open files; who shares a pipe or a lock file with the family is not known",
       "未確認：開いているファイル。パイプやロックファイルを共有するプロセスは分かりません"},
      {model::tables::process_open_sockets(),
       "not read: sockets of processes; who shares one with the family is not known",
       "未確認：プロセスのソケット。ソケットを共有するプロセスは分かりません"},
      {model::tables::process_memory_map(),
       "not read: mapped files; who shares code with the family is not known",
       "未確認：マップされたファイル。コードを共有するプロセスは分かりません"},
      {model::tables::hash(),
       "not read: hashes of what runs; other copies of a deleted program are not known",
       "未確認：実行中のファイルのハッシュ。削除されたプログラムの別のコピーは分かりません"},
  };
  std::vector<model::Text> unread;
  for (const Line& line : lines) {
    const model::RowStore* rows = facts.find(line.table);
    if (rows == nullptr || rows->size() == 0) {
      unread.push_back({std::string(line.english), std::string(line.japanese)});
    }
  }
  return unread;
}

}  // namespace genba::act
