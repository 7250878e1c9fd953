// SPDX-License-Identifier: Apache-2.0
#include "host/tree_backed_host.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fmt/format.h"
#include "host/filesystem_names.h"
#include "sys/file.h"
#include "sys/process.h"

namespace genba::host {

using base::ErrorCode;
using base::fail;

namespace {

class TreeReader final : public FileReader {
 public:
  TreeReader(const RootedTree& tree, RootedTree::OpenFile file, std::string path)
      : tree_(tree), file_(std::move(file)), path_(std::move(path)) {}
  ~TreeReader() override { tree_.account(file_, file_.fd); }
  TreeReader(const TreeReader&) = delete;
  TreeReader& operator=(const TreeReader&) = delete;

  Result<size_t> read(std::span<char> buffer) override {
    auto size = sys::read(file_.fd.get(), buffer);
    if (!size) {
      return fail(tree_.tell(size.error(), "reading", path_));
    }
    tree_.counters().bytes_read += *size;
    return size;
  }
  Result<size_t> read_at(uint64_t offset, std::span<char> buffer) override {
    size_t filled = 0;
    while (filled < buffer.size()) {
      const auto size = sys::pread(file_.fd.get(), buffer.subspan(filled), offset + filled);
      if (!size) {
        return fail(tree_.tell(size.error(), "reading", path_));
      }
      if (*size == 0) {
        break;
      }
      filled += *size;
    }
    tree_.counters().bytes_read += filled;
    return filled;
  }
  const FileStatus& status() const override { return file_.status; }

 private:
  const RootedTree& tree_;
  RootedTree::OpenFile file_;
  std::string path_;
};

// The status of one name, and the text of a link. Looks at the name itself, wherever it leads.
Result<ListedFile> look_at(int directory, std::string_view name) {
  ListedFile file;
  file.name = name;
  constexpr int kFlags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
  GENBA_TRY(const auto status,
            sys::statx(directory, file.name.c_str(), kFlags, STATX_BASIC_STATS | STATX_BTIME));
  file.status = to_file_status(status);
  if (file.status.type == FileType::kSymlink) {
    if (auto target = sys::readlinkat(directory, file.name.c_str())) {
      file.link_target = *std::move(target);
    }
  }
  return file;
}

}  // namespace

Result<FileBytes> read_open_file(const RootedTree& tree, const RootedTree::OpenFile& file,
                                 uint64_t limit) {
  ++tree.counters().files_opened;
  FileBytes result;
  result.bytes.reserve(std::min({file.status.size, limit, uint64_t{64U << 20}}));
  std::array<char, 65536> buffer;
  while (true) {
    const uint64_t left = limit - result.bytes.size();
    // With nothing left one byte more is asked for, to learn whether the limit cut something.
    const size_t want = left == 0 ? 1 : std::min<uint64_t>(left, buffer.size());
    const auto size = sys::read(file.fd.get(), std::span(buffer).first(want));
    if (!size) {
      return fail(size.error());
    }
    if (*size == 0) {
      break;
    }
    if (left == 0) {
      result.truncated = true;
      break;
    }
    result.bytes.append(buffer.data(), *size);
  }
  tree.counters().bytes_read += result.bytes.size();
  tree.account(file, file.fd);
  return result;
}

std::unique_ptr<FileReader> make_reader(const RootedTree& tree, RootedTree::OpenFile file,
                                        std::string path) {
  ++tree.counters().files_opened;
  return std::make_unique<TreeReader>(tree, std::move(file), std::move(path));
}

TreeBackedHost::TreeBackedHost(std::unique_ptr<Counters> counters, std::unique_ptr<RootedTree> tree)
    : counters_(std::move(counters)), tree_(std::move(tree)) {}

Result<FileBytes> TreeBackedHost::read_file(std::string_view path, uint64_t limit) const {
  const auto read = [&]() -> Result<FileBytes> {
    GENBA_TRY(const RootedTree::OpenFile file, tree_->open_regular(path));
    return read_open_file(*tree_, file, limit);
  };
  auto result = read();
  return result ? std::move(result) : fail(tree_->tell(result.error(), "reading", path));
}

Result<std::unique_ptr<FileReader>> TreeBackedHost::open_file(std::string_view path) const {
  auto file = tree_->open_regular(path);
  if (!file) {
    return fail(tree_->tell(file.error(), "opening", path));
  }
  return make_reader(*tree_, *std::move(file), std::string(path));
}

Result<std::vector<DirectoryEntry>> TreeBackedHost::read_directory(std::string_view path) const {
  const auto read = [&]() -> Result<std::vector<DirectoryEntry>> {
    GENBA_TRY(const RootedTree::OpenFile directory, tree_->open_directory(path, Follow::kYes));
    ++counters_->directories_read;
    std::vector<DirectoryEntry> entries;
    const auto each = [&](std::string_view name, uint8_t type, uint64_t inode) {
      // d_type is the type part of st_mode, shifted (DTTOIF in dirent.h).
      entries.push_back({std::string(name), file_type_of_mode(unsigned{type} << 12U), inode});
      return true;
    };
    auto listed = sys::read_directory(directory.fd.get(), each);
    tree_->account(directory, directory.fd);
    if (!listed) {
      return fail(listed.error());
    }
    return entries;
  };
  auto result = read();
  return result ? std::move(result) : fail(tree_->tell(result.error(), "listing", path));
}

Result<DirectoryListing> TreeBackedHost::list_directory(std::string_view path,
                                                        uint64_t limit) const {
  const auto read = [&]() -> Result<DirectoryListing> {
    GENBA_TRY(const RootedTree::OpenFile directory, tree_->open_directory(path, Follow::kNo));
    ++counters_->directories_read;
    DirectoryListing listing;
    listing.status = directory.status;
    const auto each = [&](std::string_view name, uint8_t, uint64_t) {
      if (listing.files.size() >= limit) {
        listing.truncated = true;
        return false;
      }
      auto file = look_at(directory.fd.get(), name);
      if (file) {
        listing.files.push_back(*std::move(file));
      } else {
        const ErrorCode code = file.error().code;
        const bool gone = code == ErrorCode::kNotFound || code == ErrorCode::kGone;
        ++(gone ? listing.gone : listing.failed);
      }
      return true;
    };
    auto listed = sys::read_directory(directory.fd.get(), each);
    tree_->account(directory, directory.fd);
    if (!listed) {
      return fail(listed.error());
    }
    return listing;
  };
  auto result = read();
  return result ? std::move(result) : fail(tree_->tell(result.error(), "listing", path));
}

Result<FileStatus> TreeBackedHost::lstat(std::string_view path) const {
  auto status = tree_->status(path, Follow::kNo);
  return status ? std::move(status) : fail(tree_->tell(status.error(), "looking at", path));
}

Result<FileStatus> TreeBackedHost::stat(std::string_view path) const {
  auto status = tree_->status(path, Follow::kYes);
  return status ? std::move(status) : fail(tree_->tell(status.error(), "looking at", path));
}

Result<std::string> TreeBackedHost::read_link(std::string_view path) const {
  auto text = tree_->read_link(path);
  return text ? std::move(text) : fail(tree_->tell(text.error(), "reading the link", path));
}

Result<std::string> TreeBackedHost::canonical(std::string_view path) const {
  auto place = tree_->resolve(path, Follow::kYes);
  if (!place) {
    return fail(tree_->tell(place.error(), "resolving", path));
  }
  return std::move(place->canonical);
}

Result<FileStatus> TreeBackedHost::stat_magic(std::string_view path) const {
  return fail(ErrorCode::kUnsupported, fmt::format("'{}': only a live host has magic links", path));
}

Result<std::unique_ptr<FileReader>> TreeBackedHost::open_magic(std::string_view path) const {
  return fail(ErrorCode::kUnsupported, fmt::format("'{}': only a live host has magic links", path));
}

void TreeBackedHost::read_risky(std::span<const RiskyRead> reads,
                                const std::function<void(size_t, Result<FileBytes>)>& done) const {
  for (size_t i = 0; i < reads.size(); ++i) {
    done(i, read_file(reads[i].path, reads[i].limit));
  }
}

Result<std::vector<DiagSocket>> TreeBackedHost::read_sock_diag(int64_t) const {
  return fail(ErrorCode::kUnsupported, "sock_diag: only a running kernel has sockets");
}

Result<std::string> TreeBackedHost::filesystem_type(std::string_view path) const {
  if (auto remote = tree_->remote_mount(path)) {
    return std::move(remote->type);  // known without asking its server
  }
  const auto read = [&]() -> Result<uint64_t> {
    GENBA_TRY(const sys::Fd fd, tree_->open_path(path, Follow::kYes));
    return tree_->magic_of(fd);
  };
  const auto magic = read();
  if (!magic) {
    return fail(tree_->tell(magic.error(), "asking for the filesystem of", path));
  }
  return filesystem_name(*magic);
}

Result<KernelNames> TreeBackedHost::kernel_names() const {
  return fail(ErrorCode::kUnsupported, "uname: only a running kernel has these names");
}

ClockReading TreeBackedHost::clocks() const {
  return {base::Timestamp{sys::clock_nanoseconds(CLOCK_REALTIME)},
          sys::clock_nanoseconds(CLOCK_BOOTTIME), sys::clock_nanoseconds(CLOCK_MONOTONIC)};
}

uint32_t TreeBackedHost::euid() const {
  return sys::geteuid();
}

Footprint TreeBackedHost::footprint() const {
  return counters_->snapshot();
}

void TreeBackedHost::sleep_for(std::chrono::milliseconds time) const {
  sys::sleep_nanoseconds(std::chrono::nanoseconds(time).count());
}

}  // namespace genba::host
