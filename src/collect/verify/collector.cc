// SPDX-License-Identifier: Apache-2.0
//
// Is this file what its package shipped? Compares MD5 with dpkg's own promise, the most telling
// files first (targets.h), within the time of the run. Root can edit the promise: a match proves
// nothing, a mismatch does. A file that changes while it is read is read again; a mismatch is read
// twice, and the promise too, so that an upgrade during the run accuses nobody. Configuration files
// are not compared. Sources: dpkg(1) --verify, deb-md5sums(5). Covered by verify_test.cc.
#include "collect/collector.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "collect/file_digest.h"
#include "collect/ordered_work.h"
#include "collect/verify/targets.h"
#include "fmt/format.h"
#include "model/tables/deb_packages.h"
#include "model/tables/package_files.h"
#include "model/tables/package_verify.h"
#include "model/tables/process_memory_map.h"
#include "model/tables/processes.h"
#include "parse/dpkg_config/dpkg_config.h"
#include "parse/dpkg_lists/dpkg_lists.h"

namespace genba::collect::verify {

namespace {

using base::ErrorCode;
using host::FileType;

constexpr std::string_view kArea = "verify";
constexpr std::string_view kDiversionsPath = "/var/lib/dpkg/diversions";
// The default triage's share for comparing packaged files.
constexpr std::chrono::milliseconds kDefaultTime{1200};

struct Outcome {
  std::optional<model::PackageVerify> row;
  std::optional<base::Error> error;
  bool skipped = false;
};

// What deb_packages says of a package, found by the name that package_files uses.
class PackageTimes {
 public:
  explicit PackageTimes(const model::Facts& facts) {
    const auto& rows = facts.read<model::DebPackage>();
    std::string native;
    for (const model::DebPackage& row : rows) {
      native = row.name == "dpkg" ? row.arch : native;
    }
    for (const model::DebPackage& row : rows) {
      by_name_.emplace(row.name + ":" + row.arch, &row);
      if (row.arch == native || row.arch == "all") {
        by_name_[row.name] = &row;
      } else {
        by_name_.emplace(row.name, &row);
      }
    }
  }
  const model::DebPackage* find(std::string_view package) const {
    const auto found = by_name_.find(package);
    return found == by_name_.end() ? nullptr : found->second;
  }

 private:
  std::map<std::string, const model::DebPackage*, std::less<>> by_name_;
};

bool same_file(const host::FileStatus& a, const host::FileStatus& b) {
  return a.device == b.device && a.inode == b.inode && a.size == b.size && a.mtime == b.mtime &&
         a.ctime == b.ctime;
}

class Verification {
 public:
  Verification(Context& context, const PackageIndex& packages)
      : context_(context), host_(context.host), packages_(packages), times_(context.facts) {}

  void run() {
    deadline_ = context_.deadline;
    if (context_.depth == Depth::kDefault) {
      deadline_ = std::min(deadline_, std::chrono::steady_clock::now() + kDefaultTime);
    }
    if (context_.progress) {
      context_.progress("packaged files");
    }
    const std::vector<Target> targets = find_targets(context_, packages_);
    auto& rows = context_.facts.rows<model::PackageVerify>();
    CoverageCounter coverage(kArea, "package_verify");
    int64_t skipped = 0;
    OrderedWork<const Target*, Outcome> work(
        [&](const Target* const& target) { return verify(*target); },
        [&](const Target*&&, Outcome&& outcome, std::vector<const Target*>&) {
          coverage.asked();
          skipped += outcome.skipped ? 1 : 0;
          coverage.seen(outcome.skipped || outcome.error ? 0 : 1);
          if (outcome.error) {
            coverage.failed(*outcome.error);
          }
          if (outcome.row) {
            rows.push_back(*std::move(outcome.row));
          }
        });
    for (const Target& target : targets) {
      work.add(&target);
    }
    work.run(context_.jobs);
    if (skipped > 0) {
      coverage.cut(fmt::format("{} of {} files were not compared: the time for it is over", skipped,
                               targets.size()),
                   "--deep");
    }
    coverage.finish(context_.facts);
    if (rows.empty() && saw_nothing(context_.facts, kArea)) {
      context_.facts.drop(model::tables::package_verify());
    }
  }

 private:
  Outcome verify(const Target& target) {
    if (!target.status) {
      return absent_or_unreadable(target, target.status.error());
    }
    if (target.status->type == FileType::kSymlink && led_to_alternatives(target.path)) {
      return {};
    }
    for (int reading = 0; reading < 2; ++reading) {
      if (std::chrono::steady_clock::now() >= deadline_) {
        return Outcome{std::nullopt, std::nullopt, true};
      }
      const auto reader = host_.open_file(target.path);
      if (!reader) {
        return absent_or_unreadable(target, reader.error());
      }
      const host::FileStatus before = (*reader)->status();
      const auto digest = digest_file(**reader, Digests::kMd5, deadline_);
      if (!digest) {
        return not_digested(target, digest.error());
      }
      const auto after = host_.stat(target.path);
      if (after && same_file(before, *after)) {
        return target.promised(digest->md5) ? found(target, "match", before, *digest)
                                            : look_twice(target);
      }
    }
    return unreadable(
        target,
        base::Error{ErrorCode::kIo, 0, fmt::format("'{}' changes while it is read", target.path)});
  }

  // A mismatch accuses somebody: everything is read once more before it is said.
  Outcome look_twice(const Target& target) {
    const auto reader = host_.open_file(target.path);
    if (!reader) {
      return absent_or_unreadable(target, reader.error());
    }
    const host::FileStatus status = (*reader)->status();
    const auto digest = digest_file(**reader, Digests::kMd5AndSha256, context_.deadline);
    if (!digest) {
      return not_digested(target, digest.error());
    }
    const bool matches = target.promised(digest->md5) || promised_now(target, digest->md5);
    return found(target, matches ? "match" : "mismatch", status, *digest);
  }

  // Whether the package has come to promise this MD5 since package_files was read.
  bool promised_now(const Target& target, std::string_view md5) const {
    const std::string_view name = std::string_view(target.path).substr(target.path.rfind('/'));
    for (const PackagedFile& promise : target.promises) {
      const model::DebPackage* package = times_.find(promise.package);
      const std::string plain(promise.package);
      for (const std::string& stem :
           {plain, package == nullptr ? plain : package->name + ":" + package->arch}) {
        const auto bytes = host_.read_file(fmt::format("/var/lib/dpkg/info/{}.md5sums", stem));
        if (!bytes) {
          continue;
        }
        for (const parse::DpkgMd5& entry : parse::parse_dpkg_md5sums(bytes->bytes, "").entries) {
          if (entry.md5 == md5 && entry.path.ends_with(name)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  Outcome found(const Target& target, std::string_view status, const host::FileStatus& file,
                const FileDigest& digest) const {
    Outcome outcome;
    model::PackageVerify& row = outcome.row.emplace(row_of(target, status));
    row.actual_md5 = digest.md5;
    row.size = static_cast<int64_t>(digest.size);
    row.mtime = file.mtime;
    row.ctime = file.ctime;
    if (status == "mismatch") {
      row.sha256 = digest.sha256;
      row.content = std::string(digest.content);
    }
    return outcome;
  }

  Outcome not_digested(const Target& target, const base::Error& error) const {
    if (error.code == ErrorCode::kTimedOut) {
      return Outcome{std::nullopt, std::nullopt, true};
    }
    return unreadable(target, error.with_context(target.path));
  }

  Outcome unreadable(const Target& target, const base::Error& error) const {
    return Outcome{row_of(target, "unreadable"), error, false};
  }

  Outcome absent_or_unreadable(const Target& target, const base::Error& error) {
    if (error.code != ErrorCode::kNotFound && error.code != ErrorCode::kGone) {
      return unreadable(target, error);
    }
    Outcome outcome;
    if (target.group != Group::kRunning && should_be_there(target)) {
      outcome.row = row_of(target, "missing");
    }
    return outcome;
  }

  model::PackageVerify row_of(const Target& target, std::string_view status) const {
    const PackagedFile& promise = target.promises.front();
    model::PackageVerify row;
    row.path = target.path;
    row.package = promise.package;
    row.status = status;
    row.expected_md5 = *promise.md5;
    row.reason = target.reason;
    if (const model::DebPackage* package = times_.find(promise.package)) {
      row.package_changed_at = package->installed_at;
    }
    return row;
  }

  bool led_to_alternatives(const std::string& path) const {
    const auto link = host_.read_link(path);
    return link && link->starts_with("/etc/alternatives/");
  }

  bool should_be_there(const Target& target) {
    const bool installed = std::any_of(
        target.promises.begin(), target.promises.end(), [&](const PackagedFile& promise) {
          const model::DebPackage* package = times_.find(promise.package);
          return package != nullptr && package->status.ends_with(" ok installed");
        });
    if (!installed) {
      return false;
    }
    const std::lock_guard<std::mutex> lock(excuses_mutex_);
    read_excuses();
    return !filters_.excludes(target.path) && !diverted_.contains(target.path);
  }

  // Read when the first file is missing, which is rare.
  void read_excuses() {
    if (std::exchange(excuses_read_, true)) {
      return;
    }
    std::vector<std::string> paths;
    if (const auto entries = host_.read_directory("/etc/dpkg/dpkg.cfg.d")) {
      for (const host::DirectoryEntry& entry : *entries) {
        paths.push_back("/etc/dpkg/dpkg.cfg.d/" + entry.name);
      }
    }
    std::sort(paths.begin(), paths.end());
    paths.emplace_back("/etc/dpkg/dpkg.cfg");  // dpkg reads it last
    for (const std::string& path : paths) {
      if (const auto bytes = host_.read_file(path)) {
        filters_.add_file(bytes->bytes);
      }
    }
    if (const auto bytes = host_.read_file(kDiversionsPath)) {
      for (const auto& entry : parse::parse_dpkg_diversions(bytes->bytes, "").entries) {
        diverted_.emplace(entry.from);
        diverted_.emplace(entry.to);
      }
    }
  }

  Context& context_;
  const host::Host& host_;
  const PackageIndex& packages_;
  PackageTimes times_;
  std::chrono::steady_clock::time_point deadline_;
  std::mutex excuses_mutex_;
  bool excuses_read_ = false;
  parse::DpkgPathFilters filters_;
  std::unordered_set<std::string> diverted_;
};

void collect(Context& context) {
  const PackageIndex packages(context.facts);
  if (!packages.known()) {
    CoverageCounter coverage(kArea, "package_verify");
    coverage.not_applicable("no package database tells what the files should be");
    coverage.finish(context.facts);
    return;
  }
  Verification(context, packages).run();
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::package_verify()};
  static const model::TableInfo* const kNeeds[] = {
      &model::tables::processes(), &model::tables::process_memory_map(),
      &model::tables::package_files(), &model::tables::deb_packages()};
  static const Collector kCollector{"verify", kProvides, kNeeds, &collect};
  return kCollector;
}

}  // namespace genba::collect::verify
