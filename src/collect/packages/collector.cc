// SPDX-License-Identifier: Apache-2.0
//
// Which packages are installed, and which file belongs to which? Read from dpkg's own database:
// status for the packages, info/*.list and info/*.md5sums for their files. The two are independent:
// with a damaged status the lists still tell who owns what. Without a dpkg database package_files
// stays unread, so that no rule takes every file of the host for a stranger; RPM databases are not
// read, and the coverage says so. Root can edit all of this. Sources: dpkg(1), deb-md5sums(5).
// Covered by packages_test.cc.
#include "collect/collector.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "collect/ordered_work.h"
#include "collect/packages/dpkg_paths.h"
#include "fmt/format.h"
#include "model/tables/deb_packages.h"
#include "model/tables/file.h"
#include "model/tables/hash.h"
#include "model/tables/host_info.h"
#include "model/tables/package_files.h"
#include "model/tables/package_verify.h"
#include "parse/dpkg_lists/dpkg_lists.h"
#include "parse/dpkg_status/dpkg_status.h"

namespace genba::collect::packages {

namespace {

using base::ErrorCode;

constexpr std::string_view kArea = "packages";
constexpr std::string_view kStatusPath = "/var/lib/dpkg/status";
constexpr std::string_view kInfoPath = "/var/lib/dpkg/info";
constexpr std::string_view kDiversionsPath = "/var/lib/dpkg/diversions";
constexpr uint64_t kStatusLimit = 128ULL << 20;  // 0.8 MB for 1,145 packages
constexpr uint64_t kListLimit = 64ULL << 20;     // linux-headers lists reach 1.5 MB

// One pair of info/NAME.list and info/NAME.md5sums.
struct InfoFile {
  std::string stem;  ///< NAME, or NAME:ARCH
  base::Timestamp list_time;
  bool has_md5sums = false;
};

struct InfoBytes {
  base::Result<host::FileBytes> list;
  std::optional<base::Result<host::FileBytes>> md5sums;
};

std::pair<std::string_view, std::string_view> split_stem(std::string_view stem) {
  const size_t colon = stem.find(':');
  return colon == std::string_view::npos ? std::pair(stem, std::string_view())
                                         : std::pair(stem.substr(0, colon), stem.substr(colon + 1));
}

// The files of info/ that have a list, by stem.
std::map<std::string, InfoFile, std::less<>> info_files(const host::DirectoryListing& listing) {
  std::map<std::string, InfoFile, std::less<>> files;
  for (const host::ListedFile& file : listing.files) {
    const std::string_view name = file.name;
    if (name.ends_with(".list")) {
      InfoFile& info = files[std::string(name.substr(0, name.size() - 5))];
      info.stem = name.substr(0, name.size() - 5);
      info.list_time = file.status.mtime;
    } else if (name.ends_with(".md5sums")) {
      files[std::string(name.substr(0, name.size() - 8))].has_md5sums = true;
    }
  }
  std::erase_if(files, [](const auto& entry) { return entry.second.stem.empty(); });
  return files;
}

class Collection {
 public:
  explicit Collection(Context& context) : context_(context), host_(context.host) {}

  void run() {
    auto bytes = host_.read_file(kStatusPath, kStatusLimit);
    if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
      no_database("there is no dpkg database");
      return;
    }
    CoverageCounter status_coverage(kArea, kStatusPath);
    status_coverage.asked();
    if (bytes) {
      status_ = parse::parse_dpkg_status(bytes->bytes, kStatusPath);
      for (const base::Note& note : status_.notes) {
        status_coverage.note(note);
      }
      if (bytes->truncated) {
        status_coverage.cut("the file is larger than the limit for one read");
      }
    } else {
      status_coverage.failed(bytes.error());
    }
    CoverageCounter info_coverage(kArea, kInfoPath);
    const auto listing = host_.list_directory(kInfoPath);
    const auto files =
        listing ? info_files(*listing) : std::map<std::string, InfoFile, std::less<>>();
    if (bytes && status_.packages.empty() && status_.notes.empty() && files.empty()) {
      no_database("the dpkg database is empty");
      return;
    }
    if (bytes) {
      status_coverage.seen();
      add_packages(files);
    }
    status_coverage.finish(context_.facts);
    if (!listing) {
      info_coverage.asked();
      info_coverage.failed(listing.error());
    } else if (wants_files()) {
      add_files(files, info_coverage);
    } else {
      return;
    }
    info_coverage.finish(context_.facts);
    if (saw_nothing(context_.facts, kArea, kInfoPath)) {
      context_.facts.drop(model::tables::package_files());
    }
  }

 private:
  // Other collectors ask package_files who owns a file, whether or not the query names it.
  bool wants_files() const {
    const Wanted& wanted = context_.wanted;
    return wanted.wants(model::tables::package_files()) ||
           wanted.wants(model::tables::package_verify()) || wanted.wants(model::tables::file()) ||
           wanted.wants(model::tables::hash());
  }
  bool wants_md5() const {
    return context_.wanted.wants(model::tables::package_files(), "md5") ||
           context_.wanted.wants(model::tables::package_verify());
  }

  void no_database(std::string_view reason) {
    CoverageCounter coverage(kArea, kStatusPath);
    if (host_is_debian()) {
      coverage.asked();
      coverage.failed(base::Error{ErrorCode::kDamaged, 0,
                                  fmt::format("{}, though os-release says that the host is of "
                                              "Debian's family",
                                              reason)});
    } else {
      coverage.not_applicable(reason);
    }
    coverage.finish(context_.facts);
    note_rpm();
  }

  bool host_is_debian() const {
    static constexpr std::string_view kFamily[] = {"debian", "ubuntu", "raspbian",  "linuxmint",
                                                   "devuan", "kali",   "pop",       "proxmox",
                                                   "neon",   "zorin",  "elementary"};
    for (const model::HostInfo& info : context_.facts.read<model::HostInfo>()) {
      if (std::find(std::begin(kFamily), std::end(kFamily), info.os_id.value_or("")) !=
          std::end(kFamily)) {
        return true;
      }
    }
    return false;
  }

  void note_rpm() {
    static constexpr std::string_view kPlaces[] = {
        "/var/lib/rpm/rpmdb.sqlite",         "/var/lib/rpm/Packages",
        "/var/lib/rpm/Packages.db",          "/usr/lib/sysimage/rpm/rpmdb.sqlite",
        "/usr/lib/sysimage/rpm/Packages.db", "/usr/lib/sysimage/rpm/Packages"};
    for (const std::string_view place : kPlaces) {
      if (host_.lstat(place)) {
        CoverageCounter coverage(kArea, place);
        coverage.unsupported("rpm databases are not read by this version");
        coverage.finish(context_.facts);
        return;
      }
    }
  }

  void add_packages(const std::map<std::string, InfoFile, std::less<>>& files) {
    native_ = parse::native_architecture(status_);
    auto& rows = context_.facts.rows<model::DebPackage>();
    rows.reserve(status_.packages.size());
    for (const parse::DpkgPackage& package : status_.packages) {
      by_name_.emplace(package.name, &package);
      model::DebPackage row;
      row.name = package.name;
      row.version = package.version;
      row.source = package.source;
      row.size = package.installed_bytes;
      row.arch = package.architecture;
      row.status = package.status;
      row.maintainer = package.maintainer;
      row.section = package.section;
      row.priority = package.priority;
      auto info = files.find(package.name);
      if (info == files.end()) {
        info = files.find(package.name + ":" + package.architecture);
      }
      if (info != files.end()) {
        row.installed_at = info->second.list_time;
      }
      rows.push_back(std::move(row));
    }
  }

  void add_files(const std::map<std::string, InfoFile, std::less<>>& files,
                 CoverageCounter& coverage) {
    // Without a single list every file would look as if nobody owned it: better unread, so that
    // rules about foreign files say that they could not judge.
    if (files.empty()) {
      coverage.asked();
      coverage.failed(base::Error{ErrorCode::kNotFound, 0, "there is no package's file list"});
      return;
    }
    context_.facts.open(model::tables::package_files());
    links_ = DirectoryLinks::of(host_);
    const std::string diversion_bytes = read_diversions();
    const auto parsed = parse::parse_dpkg_diversions(diversion_bytes, kDiversionsPath);
    for (const base::Note& note : parsed.notes) {
      coverage.note(note);
    }
    diversions_.emplace(parsed.entries);
    count_missing_lists(files, coverage);
    if (context_.progress) {
      context_.progress("package file lists");
    }
    OrderedWork<const InfoFile*, InfoBytes> work(
        [&](const InfoFile* const& info) { return read_info(*info); },
        [&](const InfoFile*&& info, InfoBytes&& bytes, std::vector<const InfoFile*>&) {
          take_info(*info, bytes, coverage);
        });
    for (const auto& [stem, info] : files) {
      coverage.asked();
      work.add(&info);
    }
    work.run(context_.jobs);
    if (full_) {
      coverage.cut("the table of packaged files is full");
    }
    diversions_.reset();
  }

  std::string read_diversions() {
    auto bytes = host_.read_file(kDiversionsPath);
    if (bytes) {
      return std::move(bytes->bytes);
    }
    if (bytes.error().code != ErrorCode::kNotFound) {
      CoverageCounter coverage(kArea, kDiversionsPath);
      coverage.asked();
      coverage.failed(bytes.error());
      coverage.finish(context_.facts);
    }
    return {};
  }

  // An installed package without a list: its files look as if nobody owned them.
  void count_missing_lists(const std::map<std::string, InfoFile, std::less<>>& files,
                           CoverageCounter& coverage) {
    for (const parse::DpkgPackage& package : status_.packages) {
      if (package.is_installed() && !files.contains(package.name) &&
          !files.contains(package.name + ":" + package.architecture)) {
        coverage.asked();
        coverage.failed(base::Error{
            ErrorCode::kDamaged, 0,
            fmt::format("the package {} is installed but has no file list", package.name)});
      }
    }
  }

  InfoBytes read_info(const InfoFile& info) const {
    const std::string stem = fmt::format("{}/{}", kInfoPath, info.stem);
    InfoBytes bytes{host_.read_file(stem + ".list", kListLimit), std::nullopt};
    if (info.has_md5sums && wants_md5()) {
      bytes.md5sums = host_.read_file(stem + ".md5sums", kListLimit);
    }
    return bytes;
  }

  void take_info(const InfoFile& info, const InfoBytes& bytes, CoverageCounter& coverage) {
    if (!bytes.list) {
      coverage.failed(bytes.list.error());
      return;
    }
    coverage.seen();
    note_truncation(info, *bytes.list, coverage);
    parse::DpkgMd5List md5s;
    if (bytes.md5sums) {
      if (*bytes.md5sums) {
        note_truncation(info, **bytes.md5sums, coverage);
        md5s = parse::parse_dpkg_md5sums((*bytes.md5sums)->bytes, info.stem + ".md5sums");
      } else {
        coverage.failed(bytes.md5sums->error());
      }
    }
    const auto list = parse::parse_dpkg_list(bytes.list->bytes, info.stem + ".list");
    for (const base::Note& note : md5s.notes) {
      coverage.note(note);
    }
    for (const base::Note& note : list.notes) {
      coverage.note(note);
    }
    add_rows(info, list, md5s);
  }

  static void note_truncation(const InfoFile& info, const host::FileBytes& bytes,
                              CoverageCounter& coverage) {
    if (bytes.truncated) {
      coverage.cut(fmt::format("a list of {} is larger than {} MiB; the rest was not read",
                               info.stem, kListLimit >> 20));
    }
  }

  void add_rows(const InfoFile& info, const parse::DpkgFileList& list,
                const parse::DpkgMd5List& md5s) {
    const auto [name, architecture] = split_stem(info.stem);
    row_.package = architecture.empty() || architecture == native_ ? name : info.stem;
    auto conffiles = conffiles_of(name, architecture);
    md5_finder_.reset(md5s);
    for (const std::string_view path : list.paths) {
      row_.md5.reset();
      row_.conffile = false;
      if (const auto conffile = conffiles.find(path); conffile != conffiles.end()) {
        set_conffile(*conffile->second);
        conffiles.erase(conffile);
      } else if (const std::string_view md5 = md5_finder_.find(path.substr(1)); !md5.empty()) {
        row_.md5 = md5;
      }
      append(path, name);
    }
    for (const auto& [path, conffile] : conffiles) {
      set_conffile(*conffile);
      append(path, name);
    }
  }

  // An obsolete conffile keeps its owner, but nothing promises its content any more.
  void set_conffile(const parse::DpkgConffile& conffile) {
    row_.conffile = true;
    row_.md5.reset();
    if (!conffile.obsolete && !conffile.md5.empty()) {
      row_.md5 = conffile.md5;
    }
  }

  void append(std::string_view path, std::string_view package) {
    links_.resolve(diversions_->resolve(path, package), row_.path);
    full_ = !context_.facts.append_large(row_) || full_;
  }

  std::map<std::string_view, const parse::DpkgConffile*> conffiles_of(
      std::string_view name, std::string_view architecture) const {
    std::map<std::string_view, const parse::DpkgConffile*> conffiles;
    const auto [begin, end] = by_name_.equal_range(name);
    for (auto package = begin; package != end; ++package) {
      if (architecture.empty() || package->second->architecture == architecture) {
        for (const parse::DpkgConffile& conffile : package->second->conffiles) {
          conffiles.emplace(conffile.path, &conffile);
        }
      }
    }
    return conffiles;
  }

  // Lists and md5sums are nearly in the same order: look at the next entry first.
  class Md5Finder {
   public:
    void reset(const parse::DpkgMd5List& md5s) {
      md5s_ = &md5s;
      next_ = 0;
      by_path_.clear();
    }
    std::string_view find(std::string_view path) {
      const auto& entries = md5s_->entries;
      if (entries.empty()) {
        return {};
      }
      if (next_ < entries.size() && entries[next_].path == path) {
        return entries[next_++].md5;
      }
      if (by_path_.empty()) {
        by_path_.reserve(entries.size());
        for (uint32_t i = 0; i < entries.size(); ++i) {
          by_path_.emplace(entries[i].path, i);
        }
      }
      const auto found = by_path_.find(path);
      if (found == by_path_.end()) {
        return {};
      }
      next_ = found->second + 1;
      return entries[found->second].md5;
    }

   private:
    const parse::DpkgMd5List* md5s_ = nullptr;
    size_t next_ = 0;
    std::unordered_map<std::string_view, uint32_t> by_path_;
  };

  Context& context_;
  const host::Host& host_;
  parse::DpkgStatus status_;
  std::string native_;
  std::unordered_multimap<std::string_view, const parse::DpkgPackage*> by_name_;
  DirectoryLinks links_;
  std::optional<Diversions> diversions_;
  Md5Finder md5_finder_;
  model::PackageFile row_;
  bool full_ = false;
};

void collect(Context& context) {
  Collection(context).run();
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::deb_packages(),
                                                      &model::tables::package_files()};
  static const model::TableInfo* const kNeeds[] = {&model::tables::host_info()};
  static const Collector kCollector{"packages", kProvides, kNeeds, &collect};
  return kCollector;
}

}  // namespace genba::collect::packages
