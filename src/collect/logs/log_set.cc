// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/log_set.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/number.h"
#include "base/split.h"
#include "collect/logs/log_format.h"
#include "collect/logs/text_source.h"
#include "collect/path_gate.h"
#include "fmt/format.h"

namespace genba::collect::logs {

namespace {

// Enough for the longest first line of an honest log, and for every magic number.
constexpr size_t kHeadBytes = 64UL << 10;
// /var/log/httpd/site/access_log, /var/log/journal/<machine>/system.journal.
constexpr int kMostDepth = 4;
// More files than any honest server keeps; what is left out is told.
constexpr size_t kMostFiles = 20'000;

constexpr std::string_view kLogDirectories[] = {"/var/log", "/run/log/journal",
                                                "/var/lib/docker/containers"};
// Looked for before any directory, so that no flood of files crowds them out.
constexpr std::string_view kFirst[] = {
    "/var/log/auth.log",        "/var/log/secure",  "/var/log/syslog",
    "/var/log/messages",        "/var/log/wtmp",    "/var/log/btmp",
    "/var/log/audit/audit.log", "/var/log/lastlog", "/var/lib/lastlog/lastlog2.db",
    "/var/lib/wtmpdb/wtmp.db"};

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_compression(std::string_view name) {
  for (const std::string_view ending : {".gz", ".xz", ".zst", ".bz2"}) {
    if (name.ends_with(ending)) {
      return name.substr(0, name.size() - ending.size());
    }
  }
  return name;
}

// "20261108", "20261108-1696723200", "2026-11-08", "20261108T03": the day, and what stands behind
// it as a number below it; 0 when it is no date.
std::pair<int64_t, int64_t> date_of(std::string_view text) {
  constexpr int kDayDigits = 8;
  constexpr int kRestDigits = 10;  // seconds since 1970
  int64_t day = 0;
  int64_t rest = 0;
  int digits = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      if (digits < kDayDigits) {
        day = day * 10 + (c - '0');
      } else if (digits < kDayDigits + kRestDigits) {
        rest = rest * 10 + (c - '0');
      }
      ++digits;
    } else if (c != '-' && c != 'T' && c != '_') {
      return {0, 0};
    }
  }
  const bool plausible = digits >= kDayDigits && (text[0] == '1' || text[0] == '2');
  return plausible ? std::pair(day, rest) : std::pair<int64_t, int64_t>(0, 0);
}

// A log that begins with a hole (it was cut under its writer) is told by what comes behind it.
std::string behind_hole(const host::Host& host, const LogFile& file, std::string head) {
  constexpr uint64_t kMost = 256ULL << 20;
  if (head.find_first_not_of('\0') != std::string::npos) {
    return head;
  }
  const auto reader = host.open_file(file.path);
  std::string piece(1UL << 20, '\0');
  for (uint64_t at = head.size(); reader && at < kMost; at += piece.size()) {
    const auto got = (*reader)->read_at(at, piece);
    if (!got || *got == 0) {
      break;
    }
    const size_t text = std::string_view(piece).substr(0, *got).find_first_not_of('\0');
    if (text != std::string_view::npos) {
      head.resize(kHeadBytes);
      const auto size = (*reader)->read_at(at + text, head);
      head.resize(size.value_or(0));
      return head;
    }
  }
  return head;
}

void look_at_head(const host::Host& host, LogFile& file) {
  if (file.status.size == 0) {
    file.format = detect_format(file.path, {});
    return;
  }
  auto head = read_head(host, file.path, kHeadBytes);
  if (!head) {
    file.error = std::move(head).error();
    return;
  }
  file.compression = head->compression;
  if (file.compression == parse::Compression::kNone) {
    head->bytes = behind_hole(host, file, std::move(head->bytes));
  }
  file.format = detect_format(file.path, head->bytes);
  if (is_text(file.format)) {
    file.first_time = first_time_of(file.format, head->bytes);
  }
}

class Finder {
 public:
  explicit Finder(Context& context) : context_(context), gate_(context) {}

  std::vector<LogSet> run() {
    for (const std::string_view path : kFirst) {
      if (const auto type = gate_.refusal(path)) {
        if (!path.starts_with("/var/log/")) {  // that is told below
          note_refused(std::string(path), *type);
        }
      } else {
        add(std::string(path));
      }
    }
    for (const std::string_view directory : kLogDirectories) {
      list(std::string(directory), 1);
    }
    std::vector<LogSet> sets;
    for (auto& [name, files] : sets_) {
      LogSet set;
      set.name = name;
      std::sort(files.begin(), files.end(), older);
      for (auto& [rotated, file] : files) {
        set.files.push_back(std::move(file));
      }
      sets.push_back(std::move(set));
    }
    return sets;
  }

 private:
  struct Age {
    int64_t number = 0;
    int64_t date = 0;
    int64_t time = 0;
    int64_t mtime = 0;
  };
  using Rotated = std::pair<Age, LogFile>;

  // The unrotated file is the youngest; then numbers upward, or dates downward.
  static bool older(const Rotated& left, const Rotated& right) {
    const auto key = [](const Rotated& each) {
      const bool current = each.first.number == 0 && each.first.date == 0;
      return std::tuple(current, each.first.date, each.first.time, -each.first.number,
                        each.first.mtime);
    };
    return key(left) < key(right);
  }

  void list(const std::string& directory, int depth) {
    if (const auto type = gate_.refusal(directory)) {
      note_refused(directory, *type);
      return;
    }
    const auto listing = context_.host.list_directory(directory);
    if (!listing) {
      if (listing.error().code != base::ErrorCode::kNotFound) {
        CoverageCounter coverage("logs", directory);
        coverage.asked();
        coverage.failed(listing.error());
        coverage.finish(context_.facts);
      }
      return;
    }
    if (was_met(listing->status, depth)) {
      return;
    }
    directories_[{listing->status.device, listing->status.inode}] = depth;
    for (const host::ListedFile& file : listing->files) {
      const std::string path = directory + "/" + file.name;
      if (file.status.type == host::FileType::kRegular) {
        add(path);
      } else if (file.status.type != host::FileType::kDirectory &&
                 file.status.type != host::FileType::kSymlink) {
        note_special(path, file.status.type);
      }
    }
    for (const host::ListedFile& file : listing->files) {
      const std::string path = directory + "/" + file.name;
      if (file.status.type == host::FileType::kDirectory && depth < kMostDepth) {
        list(path, depth + 1);
      } else if (file.status.type == host::FileType::kSymlink) {
        add_target(path, depth);
      }
    }
  }

  // A thousand links to their own directory would lead to it a milliard times. Where a directory
  // is met again less deep, more below it can be seen.
  bool was_met(const host::FileStatus& directory, int depth) const {
    const auto known = directories_.find({directory.device, directory.inode});
    return known != directories_.end() && known->second <= depth;
  }

  // A log that is a link (container images link access.log to a terminal), or a directory of logs
  // on another disk, counts when it leads to one that may be entered.
  void add_target(const std::string& path, int depth) {
    if (const auto type = gate_.refusal(path)) {
      note_refused(path, *type);
      return;
    }
    const auto status = context_.host.stat(path);
    if (status && status->type == host::FileType::kRegular) {
      add(path);
    } else if (status && status->type == host::FileType::kDirectory && depth < kMostDepth &&
               !was_met(*status, depth + 1)) {
      if (const auto whole = context_.host.canonical(path)) {
        list(*whole, depth + 1);
      }
    }
  }

  void note_refused(const std::string& path, std::string_view type) {
    CoverageCounter coverage("logs", path);
    coverage.asked();
    coverage.cut(fmt::format("{}: a network, FUSE or automount filesystem is not entered", type));
    coverage.finish(context_.facts);
  }

  // Whoever puts a FIFO or a device there hides what was logged.
  void note_special(const std::string& path, host::FileType type) {
    CoverageCounter coverage("logs", path);
    coverage.asked();
    coverage.cut(fmt::format("it is a {} and no file, so it is not read", to_string(type)));
    coverage.finish(context_.facts);
  }

  void add(const std::string& path) {
    const auto status = context_.host.stat(path);
    if (!status || status->type != host::FileType::kRegular ||
        !seen_.emplace(status->device, status->inode).second) {
      return;
    }
    if (seen_.size() > kMostFiles) {
      if (!full_) {
        full_ = true;
        CoverageCounter coverage("logs", "/var/log");
        coverage.seen(static_cast<int64_t>(kMostFiles));
        coverage.cut("more than 20,000 files; the rest is left out");
        coverage.finish(context_.facts);
      }
      return;
    }
    LogFile file;
    file.path = path;
    file.status = *status;
    look_at_head(context_.host, file);
    const size_t slash = path.rfind('/');
    const RotatedName rotated = parse_rotated_name(std::string_view(path).substr(slash + 1));
    std::string name = path.substr(0, slash + 1) + std::string(rotated.stem);
    if (file.format == LogFormat::kJournal) {
      name = path.substr(0, slash);  // one directory of journals is one log
    }
    const Age age{rotated.number, rotated.date, rotated.time, file.status.mtime.nanoseconds};
    sets_[std::move(name)].emplace_back(age, std::move(file));
  }

  Context& context_;
  PathGate gate_;
  std::map<std::string, std::vector<Rotated>> sets_;
  std::set<std::pair<uint64_t, uint64_t>> seen_;
  std::map<std::pair<uint64_t, uint64_t>, int> directories_;  ///< and how deep they were met
  bool full_ = false;
};

}  // namespace

RotatedName parse_rotated_name(std::string_view name) {
  RotatedName rotated;
  rotated.stem = without_compression(name);
  for (const char separator : {'.', '-'}) {
    const size_t at = rotated.stem.find(separator, 1);
    for (size_t cut = at; cut != std::string_view::npos;
         cut = rotated.stem.find(separator, cut + 1)) {
      const std::string_view behind = rotated.stem.substr(cut + 1);
      if (const auto [date, time] = date_of(behind); date != 0) {
        rotated.date = date;
        rotated.time = time;
        rotated.stem = rotated.stem.substr(0, cut);
        return rotated;
      }
      if (separator == '.' && is_digits(behind) && behind.size() <= 5) {
        rotated.number = *base::parse_number<int64_t>(behind);
        rotated.stem = rotated.stem.substr(0, cut);
        return rotated;
      }
    }
  }
  if (rotated.stem.size() > 4 && rotated.stem.ends_with(".old")) {
    rotated.number = 1;
    rotated.stem.remove_suffix(4);
  }
  return rotated;
}

std::vector<LogSet> find_logs(Context& context) {
  return Finder(context).run();
}

}  // namespace genba::collect::logs
