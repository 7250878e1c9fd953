// SPDX-License-Identifier: Apache-2.0
#include "sys/append_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/text.h"
#include "fmt/format.h"
#include "sys/file.h"

namespace genba::sys {

namespace {

using base::error_from_errno;
using base::ErrorCode;
using base::fail;
using base::Result;

base::Error error_of(int sys_errno, std::string_view doing, std::string_view name) {
  return error_from_errno(sys_errno,
                          fmt::format("{} '{}'", doing, base::escape_for_terminal(name)));
}

// A link or a foreign file planted under the journal's name would lead the writes elsewhere.
const char* why_not_ours(const struct stat& status) {
  return !S_ISREG(status.st_mode)       ? "it is not a regular file"
         : status.st_uid != ::geteuid() ? "it belongs to another user"
         : status.st_nlink != 1         ? "it is also known under another name (hard link)"
                                        : nullptr;
}

}  // namespace

Result<AppendFile> AppendFile::open(const DirectoryWriter& directory, std::string_view name) {
  const std::string text(name);
  constexpr int kFlags =
      O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  Fd fd(::openat(directory.fd_, text.c_str(), kFlags, 0600));
  struct stat status {};
  if (!fd.valid() || ::fstat(fd.get(), &status) != 0) {
    return fail(error_of(errno, "opening", name));
  }
  if (const char* reason = why_not_ours(status)) {
    return fail(S_ISREG(status.st_mode) ? ErrorCode::kInvalid : ErrorCode::kWrongType,
                fmt::format("opening '{}': {}; name a new directory",
                            base::escape_for_terminal(name), reason));
  }
  // EPERM: a filesystem that keeps no modes (vfat); its mount options decide.
  if (::fchmod(fd.get(), 0600) != 0 && errno != EPERM) {
    return fail(error_of(errno, "closing to others", name));
  }
  return AppendFile(std::move(fd), text);
}

Result<Lock> AppendFile::try_lock() const {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(fd_.get(), F_OFD_SETLK, &lock) == 0) {
    return Lock::kOurs;
  }
  switch (errno) {
    case EAGAIN:
    case EACCES: return Lock::kTaken;
    case EINVAL:  // before Linux 3.15
    case ENOLCK:
    case EOPNOTSUPP: return Lock::kNotOffered;
    default: return fail(error_of(errno, "locking", name_));
  }
}

Result<uint64_t> AppendFile::size() const {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) {
    return fail(error_of(errno, "reading", name_));
  }
  return static_cast<uint64_t>(status.st_size);
}

Result<std::string> AppendFile::read_all(uint64_t limit) const {
  GENBA_TRY(const uint64_t bytes, size());
  std::string text;
  constexpr size_t kPiece = 1U << 16;
  text.reserve(bytes < limit ? bytes + 1 : 0);
  while (true) {
    const size_t done = text.size();
    if (done > limit) {
      return fail(ErrorCode::kTooLarge,
                  fmt::format("reading '{}': it is larger than {} bytes; name a new directory",
                              base::escape_for_terminal(name_), limit));
    }
    text.resize(done + kPiece);
    auto count = pread(fd_.get(), std::span(text).subspan(done), done);
    if (!count) {
      return fail(std::move(count).error().with_context(
          fmt::format("reading '{}'", base::escape_for_terminal(name_))));
    }
    text.resize(done + *count);
    if (*count == 0) {
      return text;
    }
  }
}

Result<void> AppendFile::append(std::string_view bytes) const {
  GENBA_TRY(const uint64_t before, size());
  size_t done = 0;
  int sys_errno = 0;
  while (done < bytes.size() && sys_errno == 0) {
    const ssize_t written = ::write(fd_.get(), bytes.data() + done, bytes.size() - done);
    if (written > 0) {
      done += static_cast<size_t>(written);
    } else if (written == 0 || errno != EINTR) {
      sys_errno = written == 0 ? EIO : errno;
    }
  }
  add_bytes_written(done);
  if (sys_errno == 0 && ::fdatasync(fd_.get()) != 0) {
    sys_errno = errno;
  }
  if (sys_errno != 0) {
    // What does not work here is told by the reader, as half a line at the end.
    (void)cut(before);
    return fail(error_of(sys_errno, "writing", name_));
  }
  return {};
}

Result<void> AppendFile::cut(uint64_t size) const {
  if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0 || ::fdatasync(fd_.get()) != 0) {
    return fail(error_of(errno, "shortening", name_));
  }
  return {};
}

}  // namespace genba::sys
