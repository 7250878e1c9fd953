// SPDX-License-Identifier: Apache-2.0
#include "sys/file_writer.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "fmt/format.h"

namespace genba::sys {

namespace {

using base::error_from_errno;
using base::ErrorCode;
using base::fail;
using base::Result;

constexpr size_t kGather = 1U << 20;
std::atomic<uint64_t> written_bytes = 0;
constexpr int kNewFileFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_APPEND;
constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

base::Error error_of(int sys_errno, std::string_view doing, std::string_view name) {
  base::Error error =
      error_from_errno(sys_errno, fmt::format("{} '{}'", doing, base::escape_for_terminal(name)));
  if (sys_errno == EEXIST || sys_errno == ENOTEMPTY) {
    error.code = ErrorCode::kInvalid;
  }
  return error;
}

// EPERM: a filesystem that keeps no modes (vfat); its mount options decide.
Result<void> close_to_others(int fd, mode_t mode, std::string_view name) {
  if (::fchmod(fd, mode) != 0 && errno != EPERM) {
    return fail(error_of(errno, "closing to others", name));
  }
  return {};
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

Result<void> check_name(std::string_view name) {
  if (!is_plain_name(name)) {
    return fail(ErrorCode::kInvalid,
                fmt::format("'{}' is not a name for a new file", base::escape_for_terminal(name)));
  }
  return {};
}

// A slash at the end would make O_NOFOLLOW follow a link.
Result<std::string> directory_name(std::string_view path) {
  std::string name(path);
  while (name.size() > 1 && name.back() == '/') {
    name.pop_back();
  }
  if (name.empty() || name.find('\0') != std::string::npos) {
    return fail(ErrorCode::kInvalid, "a directory needs a name");
  }
  return name;
}

Result<bool> is_empty(int directory, std::string_view path) {
  // fdopendir takes its descriptor over.
  const int copy = ::openat(directory, ".", kDirectoryFlags);
  DIR* stream = copy < 0 ? nullptr : ::fdopendir(copy);
  if (stream == nullptr) {
    const int sys_errno = errno;
    if (copy >= 0) {
      ::close(copy);
    }
    return fail(error_of(sys_errno, "listing", path));
  }
  bool empty = true;
  while (const dirent* entry = ::readdir(stream)) {
    empty =
        empty && (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0);
  }
  ::closedir(stream);
  return empty;
}

// What another user owns, or what has another name somewhere, is not the responder's to overwrite:
// a link planted under the name of the report would lead the write into any file.
Result<void> check_output(int fd, std::string_view path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    return fail(error_of(errno, "writing", path));
  }
  const char* reason =
      !S_ISREG(status.st_mode)       ? "it is not a regular file"
      : status.st_uid != ::geteuid() ? "it belongs to another user; name a new file"
      : status.st_nlink != 1 ? "it is also known under another name (hard link); name a new file"
                             : nullptr;
  if (reason != nullptr) {
    return fail(S_ISREG(status.st_mode) ? ErrorCode::kInvalid : ErrorCode::kWrongType,
                fmt::format("writing '{}': {}", base::escape_for_terminal(path), reason));
  }
  return close_to_others(fd, 0600, path);
}

}  // namespace

FileWriter::FileWriter(FileWriter&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      directory_(std::move(other.directory_)),
      name_(std::move(other.name_)),
      gathered_(std::move(other.gathered_)) {}

FileWriter& FileWriter::operator=(FileWriter&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(directory_, other.directory_);
  std::swap(name_, other.name_);
  std::swap(gathered_, other.gathered_);
  return *this;
}

FileWriter::~FileWriter() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

uint64_t bytes_written() {
  return written_bytes;
}

void add_bytes_written(uint64_t bytes) {
  written_bytes += bytes;
}

Result<FileWriter> FileWriter::open_output(std::string_view path) {
  const size_t slash = path.rfind('/') + 1;  // 0 when there is none
  const std::string parent = slash == 0 ? "." : std::string(path.substr(0, slash));
  FileWriter writer(-1, std::string(path.substr(slash)));
  writer.directory_ = Fd(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!writer.directory_.valid()) {
    return fail(error_of(errno, "writing", path));
  }
  const int directory = writer.directory_.get();
  const Fd tried(::openat(directory, writer.name_.c_str(), kNewFileFlags, 0600));
  if (tried.valid()) {
    return ::unlinkat(directory, writer.name_.c_str(), 0) == 0
               ? Result<FileWriter>(std::move(writer))
               : fail(error_of(errno, "writing", path));
  }
  if (errno != EEXIST) {
    return fail(error_of(errno, "writing", path));
  }
  const int flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  writer.fd_ = ::openat(directory, writer.name_.c_str(), flags);
  if (writer.fd_ < 0) {
    return fail(error_of(errno, "writing", path));
  }
  GENBA_TRY_VOID(check_output(writer.fd_, path));
  return writer;
}

Result<void> FileWriter::replace_content(std::string_view bytes) {
  if (fd_ < 0) {
    fd_ = ::openat(directory_.get(), name_.c_str(), kNewFileFlags, 0600);
  }
  if (fd_ < 0 || ::ftruncate(fd_, 0) != 0) {
    return fail(error_of(errno, "writing", name_));
  }
  GENBA_TRY_VOID(append(bytes));
  return close_file();
}

Result<void> FileWriter::append(std::string_view bytes) {
  gathered_ += bytes;
  return gathered_.size() < kGather ? Result<void>() : flush();
}

Result<void> FileWriter::flush() {
  size_t done = 0;
  while (done < gathered_.size()) {
    const ssize_t written = ::write(fd_, gathered_.data() + done, gathered_.size() - done);
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      const int sys_errno = written < 0 ? errno : EIO;
      gathered_.erase(0, done);
      return fail(error_of(sys_errno, "writing", name_));
    }
    done += static_cast<size_t>(written);
    written_bytes += static_cast<uint64_t>(written);
  }
  gathered_.clear();
  return {};
}

Result<void> FileWriter::close_file() {
  if (auto flushed = flush(); !flushed) {
    return flushed;
  }
  const bool synced = ::fdatasync(fd_) == 0;
  const int sync_errno = errno;
  const bool closed = ::close(std::exchange(fd_, -1)) == 0;
  if (!synced || !closed) {
    return fail(error_of(synced ? errno : sync_errno, "writing", name_));
  }
  return {};
}

DirectoryWriter::DirectoryWriter(DirectoryWriter&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

DirectoryWriter& DirectoryWriter::operator=(DirectoryWriter&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

DirectoryWriter::~DirectoryWriter() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

Result<DirectoryWriter> DirectoryWriter::create(std::string_view path) {
  GENBA_TRY(const std::string name, directory_name(path));
  const bool made = ::mkdir(name.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) {
    return fail(error_of(errno, "making", name));
  }
  DirectoryWriter directory(::open(name.c_str(), kDirectoryFlags));
  if (directory.fd_ < 0) {
    return fail(error_of(errno, "opening", name));
  }
  if (!made) {
    struct stat status {};
    if (::fstat(directory.fd_, &status) != 0 || status.st_uid != ::geteuid()) {
      return fail(ErrorCode::kInvalid,
                  fmt::format("'{}' belongs to another user", base::escape_for_terminal(name)));
    }
    GENBA_TRY(const bool empty, is_empty(directory.fd_, name));
    if (!empty) {
      return fail(error_of(ENOTEMPTY, "writing into", name));
    }
  }
  GENBA_TRY_VOID(close_to_others(directory.fd_, 0700, name));
  return directory;
}

Result<DirectoryWriter> DirectoryWriter::open_or_create(std::string_view path) {
  GENBA_TRY(const std::string name, directory_name(path));
  for (size_t slash = name.find('/', 1); slash != std::string::npos;
       slash = name.find('/', slash + 1)) {
    const std::string above = name.substr(0, slash);
    if (::mkdir(above.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail(error_of(errno, "making", above));
    }
  }
  if (::mkdir(name.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(error_of(errno, "making", name));
  }
  DirectoryWriter directory(::open(name.c_str(), kDirectoryFlags));
  struct stat status {};
  if (directory.fd_ < 0 || ::fstat(directory.fd_, &status) != 0) {
    return fail(error_of(errno, "opening", name));
  }
  if (status.st_uid != ::geteuid()) {
    return fail(ErrorCode::kInvalid,
                fmt::format("'{}' belongs to another user", base::escape_for_terminal(name)));
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(ErrorCode::kInvalid, fmt::format("others may write into '{}'; name another one",
                                                 base::escape_for_terminal(name)));
  }
  return directory;
}

Result<void> DirectoryWriter::sync() const {
  // EINVAL: a filesystem that cannot (fsync(2)).
  if (::fsync(fd_) != 0 && errno != EINVAL) {
    return fail(error_of(errno, "writing", "."));
  }
  return {};
}

Result<DirectoryWriter> DirectoryWriter::make_directory(std::string_view name) const {
  if (auto checked = check_name(name); !checked) {
    return fail(checked.error());
  }
  const std::string text(name);
  if (::mkdirat(fd_, text.c_str(), 0700) != 0) {
    return fail(error_of(errno, "making", name));
  }
  DirectoryWriter directory(::openat(fd_, text.c_str(), kDirectoryFlags));
  if (directory.fd_ < 0) {
    return fail(error_of(errno, "opening", name));
  }
  return directory;
}

Result<DirectoryWriter> DirectoryWriter::open_or_make_directory(std::string_view name) const {
  GENBA_TRY_VOID(check_name(name));
  const std::string text(name);
  if (::mkdirat(fd_, text.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(error_of(errno, "making", name));
  }
  DirectoryWriter directory(::openat(fd_, text.c_str(), kDirectoryFlags));
  if (directory.fd_ < 0) {
    return fail(error_of(errno, "opening", name));
  }
  return directory;
}

Result<FileWriter> DirectoryWriter::create_file(std::string_view name) const {
  if (auto checked = check_name(name); !checked) {
    return fail(checked.error());
  }
  std::string text(name);
  const int fd = ::openat(fd_, text.c_str(), kNewFileFlags, 0600);
  if (fd < 0) {
    return fail(error_of(errno, "making", name));
  }
  return FileWriter(fd, std::move(text));
}

Result<void> DirectoryWriter::rename_file(std::string_view from, std::string_view to) const {
  for (const std::string_view name : {from, to}) {
    if (auto checked = check_name(name); !checked) {
      return checked;
    }
  }
  const std::string old_name(from);
  const std::string new_name(to);
  if (::renameat2(fd_, old_name.c_str(), fd_, new_name.c_str(), RENAME_NOREPLACE) == 0) {
    return {};
  }
  // Before Linux 3.15, and on filesystems that do not know the flag.
  if (errno != ENOSYS && errno != EINVAL) {
    return fail(error_of(errno, "naming", to));
  }
  if (::linkat(fd_, old_name.c_str(), fd_, new_name.c_str(), 0) != 0) {
    return fail(error_of(errno, "naming", to));
  }
  return remove_file(from);
}

Result<void> DirectoryWriter::remove_file(std::string_view name) const {
  if (auto checked = check_name(name); !checked) {
    return checked;
  }
  if (::unlinkat(fd_, std::string(name).c_str(), 0) != 0) {
    return fail(error_of(errno, "removing", name));
  }
  return {};
}

}  // namespace genba::sys
