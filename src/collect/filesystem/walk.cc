// SPDX-License-Identifier: Apache-2.0
#include "collect/filesystem/walk.h"

#include <array>
#include <chrono>
#include <utility>

#include "collect/filesystem/filesystem_kind.h"
#include "collect/ordered_work.h"
#include "fmt/format.h"
#include "model/tables/hash.h"
#include "parse/content/content.h"

namespace genba::collect::filesystem {

namespace {

using base::ErrorCode;
using host::FileType;

constexpr std::string_view kArea = "filesystem";
constexpr uint64_t kDefaultRows = 600'000;
constexpr uint64_t kDeepRows = 2'000'000;
constexpr size_t kPathMax = 4096;  // PATH_MAX of linux/limits.h: longer ones cannot be opened

std::string join(std::string_view directory, std::string_view name) {
  std::string path;
  path.reserve(directory.size() + name.size() + 1);
  path.append(directory == "/" ? std::string_view() : directory).append("/").append(name);
  return path;
}

std::string_view parent_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

struct Walk::PlaceState {
  explicit PlaceState(const Place& its_place)
      : place(&its_place), coverage(kArea, its_place.path) {}

  const Place* place;
  CoverageCounter coverage;
  uint64_t rows = 0;
  uint64_t refused = 0;
  bool there = true;
  std::atomic<bool> stopped = false;
};

struct Walk::Directory {
  std::string path;
  PlaceState* place;
  uint32_t level;   ///< 0: the place itself
  bool new_device;  ///< another filesystem begins here
};

// What one directory gave, and the content kinds of its files (empty: not looked at).
struct Walk::Listed {
  base::Result<host::DirectoryListing> listing =
      base::fail(ErrorCode::kTimedOut, "the time for the walk is over");
  std::vector<std::string_view> contents;
  std::optional<std::string> filesystem;  ///< set when it is one that is not entered
  bool skipped = false;                   ///< the deadline or a cap came first
};

Walk::Walk(Context& context, const Places& places, const WalkLimits& limits)
    : context_(context),
      places_(places),
      limits_(limits),
      packages_(context.facts),
      content_wanted_(context.wanted.wants(model::tables::file(), "content") ||
                      context.wanted.wants(model::tables::hash())) {
  if (limits_.entries == 0) {
    limits_.entries = context.depth == Depth::kDeep ? kDeepRows : kDefaultRows;
  }
}

Walk::~Walk() = default;

void Walk::run() {
  context_.facts.open(model::tables::file());
  walk_group(places_.first);
  walk_group(places_.second);
  if (contents_ >= limits_.contents) {
    CoverageCounter coverage(kArea, "file.content");
    coverage.asked(static_cast<int64_t>(contents_.load()));
    coverage.seen(static_cast<int64_t>(limits_.contents));
    coverage.cut(fmt::format("only {} files were looked into", limits_.contents));
    coverage.finish(context_.facts);
  }
  if (saw_nothing(context_.facts, kArea)) {
    context_.facts.drop(model::tables::file());
  }
}

void Walk::walk_group(const std::vector<Place>& group) {
  std::vector<std::unique_ptr<PlaceState>> states;
  OrderedWork<Directory, Listed> work(
      [this](const Directory& directory) { return list(directory); },
      [this](Directory&& directory, Listed&& listed, std::vector<Directory>& more) {
        take(std::move(directory), std::move(listed), more);
      });
  for (const Place& place : group) {
    states.push_back(std::make_unique<PlaceState>(place));
    work.add(Directory{place.path, states.back().get(), 0, true});
  }
  work.run(context_.jobs);
  for (const auto& state : states) {
    if (state->there) {
      state->coverage.finish(context_.facts);
    }
  }
}

Walk::Listed Walk::list(const Directory& directory) {
  Listed listed;
  PlaceState& place = *directory.place;
  if (place.stopped || full_ || std::chrono::steady_clock::now() >= context_.deadline) {
    listed.skipped = true;
    return listed;
  }
  if (directory.new_device) {
    // Asked before the directory is opened: opening is what could hang.
    auto type = context_.host.filesystem_type(directory.path);
    const FilesystemKind kind = type ? filesystem_kind(*type) : FilesystemKind::kLocal;
    const bool own_root = kind == FilesystemKind::kContainer && directory.level == 0;
    if (kind != FilesystemKind::kLocal && !own_root) {
      listed.filesystem = *std::move(type);
      return listed;
    }
  }
  listed.listing = context_.host.list_directory(directory.path, limits_.names);
  if (!listed.listing || !content_wanted_) {
    return listed;
  }
  for (size_t i = 0; i < listed.listing->files.size(); ++i) {
    const host::ListedFile& file = listed.listing->files[i];
    if (file.status.type != FileType::kRegular) {
      continue;
    }
    const std::string path = join(directory.path, file.name);
    if (wants_content(place.place->kind, path, file)) {
      listed.contents.resize(listed.listing->files.size());
      listed.contents[i] = read_content(path, file.status.size);
    }
  }
  return listed;
}

bool Walk::wants_content(PlaceKind kind, std::string_view path,
                         const host::ListedFile& file) const {
  if (kind == PlaceKind::kPrograms && packages_.known()) {
    // Libraries are mapped, not executed, and need no execute permission.
    const bool program = (file.status.mode & 0111U) != 0 ||
                         file.name.find(".so") != std::string::npos ||
                         file.name.find(".ko") != std::string::npos;
    return program && !packages_.owns(path);
  }
  return places_.is_volatile(path);
}

std::string_view Walk::read_content(const std::string& path, uint64_t size) {
  if (size == 0) {
    return "other";
  }
  if (++contents_ > limits_.contents || std::chrono::steady_clock::now() >= context_.deadline) {
    return {};
  }
  const auto reader = context_.host.open_file(path);
  if (!reader) {
    return {};
  }
  std::array<char, parse::kContentBytes> bytes;
  const auto read = (*reader)->read(bytes);
  return read ? parse::content_kind({bytes.data(), *read}) : std::string_view();
}

void Walk::refuse(PlaceState& place, const std::string& path, std::string_view why) {
  ++place.refused;
  place.coverage.cut(place.refused == 1 ? fmt::format("{}: {}", path, why)
                                        : fmt::format("{}: {} (and {} more such places)", path, why,
                                                      place.refused - 1));
}

void Walk::take(Directory&& directory, Listed&& listed, std::vector<Directory>& more) {
  PlaceState& place = *directory.place;
  if (listed.skipped) {
    place.coverage.asked();
    if (!place.stopped.exchange(true)) {
      place.coverage.cut(full_ ? "the table of files is full" : "the time for the walk is over",
                         "--deep");
    }
  } else if (listed.filesystem) {
    const FilesystemKind kind = filesystem_kind(*listed.filesystem);
    // Views of the kernel have collectors of their own; they are not a gap of this walk.
    if (kind != FilesystemKind::kKernelView) {
      refuse(place, directory.path,
             fmt::format("{} ({})", why_not_entered(kind), *listed.filesystem));
    }
  } else if (!listed.listing) {
    take_failure(directory, listed.listing.error());
  } else {
    take_listing(directory, listed, more);
  }
}

void Walk::take_failure(const Directory& directory, const base::Error& error) {
  PlaceState& place = *directory.place;
  if (directory.level == 0 && error.code == ErrorCode::kNotFound) {
    place.there = false;
    return;
  }
  if (error.code == ErrorCode::kUnsupported) {
    refuse(place, directory.path, why_not_entered(FilesystemKind::kRemote));
    return;
  }
  // It was a directory when its parent was listed.
  const bool vanished = error.code == ErrorCode::kNotFound || error.code == ErrorCode::kGone ||
                        error.code == ErrorCode::kLoop || error.code == ErrorCode::kWrongType;
  place.coverage.asked();
  place.coverage.failed(vanished ? base::Error{ErrorCode::kGone, 0, ""} : error);
}

void Walk::take_listing(const Directory& directory, const Listed& listed,
                        std::vector<Directory>& more) {
  PlaceState& place = *directory.place;
  const host::DirectoryListing& listing = *listed.listing;
  place.coverage.asked();
  place.coverage.seen();
  if (directory.level == 0) {
    begin_place(directory, listing);
  }
  for (uint64_t i = 0; i < listing.failed; ++i) {
    place.coverage.failed(base::Error{
        ErrorCode::kIo, 0, fmt::format("an entry of '{}' has no status", directory.path)});
  }
  if (listing.truncated) {
    place.coverage.cut(fmt::format("'{}' has more than {} entries", directory.path, limits_.names));
  }
  for (size_t i = 0; i < listing.files.size(); ++i) {
    const host::ListedFile& file = listing.files[i];
    if (place.rows >= place.place->entries || rows_ >= limits_.entries || full_) {
      place.stopped = true;
      place.coverage.cut(fmt::format("stopped after {} entries", place.rows), "--deep");
      return;
    }
    std::string path = join(directory.path, file.name);
    add_row(directory.path, path, file,
            listed.contents.empty() ? std::string_view() : listed.contents[i]);
    ++place.rows;
    if (file.status.type != FileType::kDirectory || directory.level >= place.place->depth) {
      continue;
    }
    if (path.size() >= kPathMax) {
      place.coverage.cut(
          fmt::format("directories below {} bytes of path are not entered", kPathMax));
      continue;
    }
    more.push_back(Directory{std::move(path), &place, directory.level + 1,
                             file.status.device != listing.status.device});
  }
}

// The place's own row, unless its parent was a place too and has listed it.
void Walk::begin_place(const Directory& directory, const host::DirectoryListing& listing) {
  const std::string parent(parent_of(directory.path));
  if (!listed_.contains(parent)) {
    const host::ListedFile self{directory.path.substr(directory.path.rfind('/') + 1),
                                listing.status, std::nullopt};
    add_row(parent, directory.path, self, {});
  }
  listed_.insert(directory.path);
  if (context_.progress) {
    context_.progress(directory.path);
  }
}

void Walk::add_row(const std::string& directory, const std::string& path,
                   const host::ListedFile& file, std::string_view content) {
  const host::FileStatus& status = file.status;
  row_.path = path;
  row_.directory = directory;
  row_.filename = file.name;
  row_.inode = static_cast<int64_t>(status.inode);
  row_.uid = status.uid;
  row_.gid = status.gid;
  row_.mode = host::mode_text(status.mode);
  row_.device = static_cast<int64_t>(status.device);
  row_.size = static_cast<int64_t>(status.size);
  row_.atime = status.atime;
  row_.mtime = status.mtime;
  row_.ctime = status.ctime;
  row_.btime = status.btime;
  row_.hard_links = status.hard_links;
  row_.symlink_target_path = file.link_target;
  row_.type = to_string(status.type);
  row_.attributes.reset();
  if (status.immutable.value_or(false) || status.append_only.value_or(false)) {
    row_.attributes = std::string(status.immutable.value_or(false) ? "i" : "") +
                      (status.append_only.value_or(false) ? "a" : "");
  }
  row_.content.reset();
  if (!content.empty()) {
    row_.content = std::string(content);
  }
  if (context_.facts.append_large(row_)) {
    ++rows_;
  } else {
    full_ = true;
  }
}

}  // namespace genba::collect::filesystem
