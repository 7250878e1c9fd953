// SPDX-License-Identifier: Apache-2.0
//
// What exactly runs there? SHA-256 and MD5 of executables that no package explains: deleted ones,
// memory files, those in volatile or hidden places and those that no package owns; each read once
// through /proc/PID/exe, so that the bytes are those that run. In a tree, and in a deep run, also
// of programs on disk that no package owns. Files inside containers are not compared with the
// host's packages. Covered by hashes_test.cc.
#include "collect/collector.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "collect/file_digest.h"
#include "collect/ordered_work.h"
#include "collect/package_index.h"
#include "fmt/format.h"
#include "model/tables/file.h"
#include "model/tables/hash.h"
#include "model/tables/package_files.h"
#include "model/tables/processes.h"

namespace genba::collect::hashes {

namespace {

using base::ErrorCode;

constexpr std::string_view kArea = "hashes";
// The default triage's share: what runs unexplained is a handful of files on most hosts. In a tree
// nothing else takes time, and programs on disk are more.
constexpr std::chrono::milliseconds kDefaultTime{600};
constexpr std::chrono::milliseconds kDefaultTreeTime{2000};
constexpr uint64_t kDefaultBytes = 1ULL << 30;
constexpr uint64_t kDeepBytes = 64ULL << 30;

struct Task {
  std::string path;
  std::optional<int64_t> pid;  ///< absent: read from disk
};

struct Outcome {
  base::Result<FileDigest> digest = base::fail(ErrorCode::kTimedOut, "");
};

bool in_volatile_place(std::string_view path) {
  static constexpr std::array<std::string_view, 4> kPlaces = {"/tmp/", "/var/tmp/", "/dev/",
                                                              "/run/user/"};
  return std::any_of(kPlaces.begin(), kPlaces.end(),
                     [&](std::string_view place) { return path.starts_with(place); });
}

bool in_hidden_place(std::string_view path) {
  return path.find("/.") != std::string_view::npos || path.find(" /") != std::string_view::npos ||
         path.ends_with(' ');
}

bool deserves_hash(const model::Process& process, const PackageIndex& packages) {
  if (process.kernel_thread || !process.path || process.path->empty()) {
    return false;
  }
  const std::string kind = process.exe_kind.value_or("");
  if (kind == "deleted" || kind == "memfd" || process.deleted.value_or(false) ||
      process.on_disk == false || in_volatile_place(*process.path) ||
      in_hidden_place(*process.path)) {
    return true;
  }
  return packages.known() && !process.in_container.value_or(false) && !packages.owns(*process.path);
}

class Hashing {
 public:
  Hashing(Context& context, const PackageIndex& packages)
      : context_(context), packages_(packages) {}

  void run() {
    deadline_ = context_.deadline;
    bytes_left_ = static_cast<int64_t>(kDeepBytes);
    if (context_.depth == Depth::kDefault) {
      const bool live = context_.host.kind() == host::HostKind::kLive;
      deadline_ = std::min(
          deadline_, std::chrono::steady_clock::now() + (live ? kDefaultTime : kDefaultTreeTime));
      bytes_left_ = static_cast<int64_t>(kDefaultBytes);
    }
    context_.facts.open(model::tables::hash());
    if (context_.progress) {
      context_.progress("unexplained executables");
    }
    if (context_.host.kind() == host::HostKind::kLive) {
      hash_all("running executables", model::tables::processes(), running());
    }
    if (context_.host.kind() == host::HostKind::kTree || context_.depth == Depth::kDeep) {
      hash_all("unowned programs on disk", model::tables::file(), on_disk());
    }
    if (saw_nothing(context_.facts, kArea)) {
      context_.facts.drop(model::tables::hash());
    }
  }

 private:
  std::vector<Task> running() const {
    std::vector<Task> tasks;
    std::set<std::pair<int64_t, int64_t>> seen;
    std::set<std::string_view> seen_paths;
    for (const model::Process& process : context_.facts.read<model::Process>()) {
      if (!deserves_hash(process, packages_)) {
        continue;
      }
      const bool fresh = process.exe_device && process.exe_inode
                             ? seen.emplace(*process.exe_device, *process.exe_inode).second
                             : seen_paths.insert(*process.path).second;
      if (fresh) {
        tasks.push_back({*process.path, process.pid});
      }
    }
    return tasks;
  }

  // Rows of `file` whose content the walk looked at: volatile places, strangers among programs.
  std::vector<Task> on_disk() const {
    std::vector<Task> tasks;
    const model::TableInfo& table = model::tables::file();
    const model::RowStore* files = context_.facts.find(table);
    const auto path_column = static_cast<size_t>(table.column_index("path"));
    const auto content_column = static_cast<size_t>(table.column_index("content"));
    for (size_t row = 0; files != nullptr && row < files->size(); ++row) {
      const model::Value cell = files->cell(row, content_column);
      const auto* content = std::get_if<std::string_view>(&cell);
      if (content == nullptr || (*content != "elf" && *content != "script")) {
        continue;
      }
      const model::Value path = files->cell(row, path_column);
      const auto* text = std::get_if<std::string_view>(&path);
      if (text != nullptr && !(packages_.known() && packages_.owns(*text))) {
        tasks.push_back({std::string(*text), std::nullopt});
      }
    }
    return tasks;
  }

  void hash_all(std::string_view subject, const model::TableInfo& source,
                const std::vector<Task>& tasks) {
    CoverageCounter coverage(kArea, subject);
    if (!context_.facts.has(source)) {
      coverage.asked();
      coverage.failed(
          {ErrorCode::kNotFound, 0, fmt::format("the table {} was not read", source.name)});
    }
    int64_t skipped = 0;
    OrderedWork<Task, Outcome> work(
        [&](const Task& task) { return Outcome{hash(task)}; },
        [&](Task&& task, Outcome&& outcome, std::vector<Task>&) {
          coverage.asked();
          if (outcome.digest) {
            coverage.seen();
            add_row(std::move(task), *outcome.digest);
          } else if (outcome.digest.error().code == ErrorCode::kTimedOut) {
            ++skipped;
          } else {
            // The process or the file ended between being listed and being read.
            const base::Error& error = outcome.digest.error();
            coverage.failed(
                error.code == ErrorCode::kNotFound ? base::Error{ErrorCode::kGone, 0, ""} : error);
          }
        });
    for (const Task& task : tasks) {
      work.add(task);
    }
    work.run(context_.jobs);
    if (skipped > 0) {
      coverage.cut(fmt::format("{} of {} files were not hashed: the time or the bytes for it are "
                               "used up",
                               skipped, tasks.size()),
                   "--deep");
    }
    coverage.finish(context_.facts);
  }

  base::Result<FileDigest> hash(const Task& task) {
    if (bytes_left_ <= 0) {
      return base::fail(ErrorCode::kTimedOut, "the bytes for hashing are used up");
    }
    GENBA_TRY(const auto reader,
              task.pid ? context_.host.open_magic(fmt::format("/proc/{}/exe", *task.pid))
                       : context_.host.open_file(task.path));
    bytes_left_ -= static_cast<int64_t>(std::min<uint64_t>(reader->status().size, kDeepBytes));
    return digest_file(*reader, Digests::kMd5AndSha256, deadline_);
  }

  void add_row(Task&& task, const FileDigest& digest) {
    model::Hash row;
    row.path = std::move(task.path);
    row.pid = task.pid;
    row.size = static_cast<int64_t>(digest.size);
    row.sha256 = digest.sha256.value_or("");
    row.md5 = digest.md5;
    row.content = std::string(digest.content);
    context_.facts.rows<model::Hash>().push_back(std::move(row));
  }

  Context& context_;
  const PackageIndex& packages_;
  std::chrono::steady_clock::time_point deadline_;
  std::atomic<int64_t> bytes_left_ = 0;
};

void collect(Context& context) {
  const PackageIndex packages(context.facts);
  Hashing(context, packages).run();
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::hash()};
  static const model::TableInfo* const kNeeds[] = {
      &model::tables::processes(), &model::tables::package_files(), &model::tables::file()};
  static const Collector kCollector{"hashes", kProvides, kNeeds, &collect};
  return kCollector;
}

}  // namespace genba::collect::hashes
