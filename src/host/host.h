// SPDX-License-Identifier: Apache-2.0
//
// The one read-only door to a machine. Collectors see only this: paths as the machine itself would
// spell them, answered from the running system (LiveHost), from a mounted or copied tree
// (`--root`, where every link resolves inside the tree), or from memory (tests/support/fake_host).
// Nothing here writes, executes, or follows a path out of its root. Regular files only unless
// asked: opening a FIFO or a device where a log should be returns kWrongType instead of hanging.
// Covered by host/*_test.cc and, for the promises, tests/whole/trust_test.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace genba::host {

using base::Result;

enum class HostKind : uint8_t { kLive, kTree };

enum class FileType : uint8_t {
  kRegular,
  kDirectory,
  kSymlink,
  kFifo,
  kSocket,
  kCharacter,
  kBlock,
  kUnknown
};

/// The name used in tables: regular, directory, symlink, fifo, socket, character, block, unknown.
std::string_view to_string(FileType type);

/// What statx(2) says of a file. Absent: the filesystem or kernel does not tell.
struct FileStatus {
  FileType type = FileType::kUnknown;
  uint32_t mode = 0;  ///< permission bits, 07777
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint64_t inode = 0;
  uint64_t device = 0;  ///< encoded as makedev(3)
  uint64_t size = 0;    ///< bytes
  uint32_t hard_links = 0;
  base::Timestamp atime;
  base::Timestamp mtime;
  base::Timestamp ctime;
  std::optional<base::Timestamp> btime;
  std::optional<bool> immutable;
  std::optional<bool> append_only;
};

/// Four octal digits, as tables show a mode: "0644", "4755".
std::string mode_text(uint32_t mode);

struct DirectoryEntry {
  std::string name;  ///< raw bytes, never "." or ".."
  FileType type = FileType::kUnknown;
  uint64_t inode = 0;
};

/// One name in a directory together with what lstat and read_link say of it.
struct ListedFile {
  std::string name;  ///< raw bytes, never "." or ".."
  FileStatus status;
  std::optional<std::string> link_target;  ///< as written; only for symbolic links
};

/// What Host::list_directory gives.
struct DirectoryListing {
  FileStatus status;              ///< of the directory itself
  std::vector<ListedFile> files;  ///< in the order in which the filesystem lists them
  uint64_t gone = 0;              ///< names that vanished before they could be looked at
  uint64_t failed = 0;            ///< names whose status was refused or failed otherwise
  bool truncated = false;         ///< the limit cut it
};

/// Default cap on the names of one directory; it keeps one listing below about 300 MB.
inline constexpr uint64_t kListingLimit = 1ULL << 20;

/// What was read of a file. `truncated` is set when the limit cut it.
struct FileBytes {
  std::string bytes;
  bool truncated = false;
};

/// A file read in pieces, for contents that may be large. Not thread-safe.
class FileReader {
 public:
  virtual ~FileReader() = default;
  /// Fills `buffer` from the current position; 0 at the end.
  virtual Result<size_t> read(std::span<char> buffer) = 0;
  /// Fills `buffer` from `offset`, whatever the current position, which stays; fewer bytes only at
  /// the end. What a file of this size does not have is 0, not an error.
  virtual Result<size_t> read_at(uint64_t offset, std::span<char> buffer) = 0;
  virtual const FileStatus& status() const = 0;
};

/// Default cap on one file read whole: configuration and /proc files stay far below.
inline constexpr uint64_t kReadLimit = 16ULL << 20;

/// One of the /proc/PID files whose read can block for ever in the kernel when the target's memory
/// map is locked (cmdline, environ, maps), or the socket tables of another network namespace.
struct RiskyRead {
  std::string path;
  uint64_t limit = kReadLimit;
};

/// One socket as sock_diag(7) reports it.
struct DiagSocket {
  uint8_t family = 0;    ///< AF_INET, AF_INET6, AF_UNIX
  uint8_t protocol = 0;  ///< IPPROTO_TCP …; 0 for unix
  uint8_t state = 0;     ///< TCP_ESTABLISHED …, as in /proc/net/tcp
  uint32_t uid = 0;
  uint64_t inode = 0;
  uint16_t local_port = 0;
  uint16_t remote_port = 0;
  std::string local_address;   ///< 4 or 16 raw bytes, network order
  std::string remote_address;  ///< 4 or 16 raw bytes, network order
};

/// A kind of socket that sock_diag(7) is asked for.
struct DiagFamily {
  uint8_t family = 0;    ///< AF_INET, AF_INET6, AF_UNIX
  uint8_t protocol = 0;  ///< IPPROTO_TCP, IPPROTO_UDP, IPPROTO_RAW; 0 for AF_UNIX

  friend bool operator==(const DiagFamily&, const DiagFamily&) = default;
};

/// The clocks at one moment.
struct ClockReading {
  base::Timestamp realtime;
  int64_t boottime_nanoseconds = 0;
  int64_t monotonic_nanoseconds = 0;
};

/// What this run touched; the footprint line.
struct Footprint {
  uint64_t files_opened = 0;
  uint64_t directories_read = 0;
  uint64_t bytes_read = 0;
  uint64_t files_with_moved_access_time = 0;  ///< could not be read without moving it
  uint64_t helpers_started = 0;
  uint64_t helpers_abandoned = 0;  ///< stuck in the kernel, left behind
};

/// The kernel's own names, from uname(2).
struct KernelNames {
  std::string hostname;
  std::string release;
  std::string version;
  std::string machine;
};

/// One machine to look at. Thread-safe unless a method says otherwise. Paths are absolute raw
/// bytes; a symbolic link in the middle or at the end is followed inside the root, at most 40 deep.
class Host {
 public:
  virtual ~Host() = default;
  virtual HostKind kind() const = 0;

  /// The whole content of a regular file (procfs and sysfs files count as regular).
  virtual Result<FileBytes> read_file(std::string_view path, uint64_t limit = kReadLimit) const = 0;
  /// Opens a regular file for reading in pieces.
  virtual Result<std::unique_ptr<FileReader>> open_file(std::string_view path) const = 0;
  /// Names in a directory, in the order in which the filesystem lists them.
  virtual Result<std::vector<DirectoryEntry>> read_directory(std::string_view path) const = 0;
  /// Names in a directory with the status of each, for walks: one open a directory where the host
  /// can do it. Unlike read_directory it does not follow a final symbolic link (kLoop), starts no
  /// automount and asks no server for fresh attributes. The default does it name by name.
  virtual Result<DirectoryListing> list_directory(std::string_view path,
                                                  uint64_t limit = kListingLimit) const;
  /// Status of the file itself; a final symbolic link is not followed.
  virtual Result<FileStatus> lstat(std::string_view path) const = 0;
  /// Status of what the path leads to.
  virtual Result<FileStatus> stat(std::string_view path) const = 0;
  /// Target of a symbolic link, as written. Works on /proc/PID/{exe,cwd,root,fd/N,ns/x}.
  virtual Result<std::string> read_link(std::string_view path) const = 0;
  /// The path with all links resolved inside the root: what a merged-/usr /bin/ls really is.
  virtual Result<std::string> canonical(std::string_view path) const = 0;

  // Ordinary calls do not follow magic links of procfs (kWrongType), and do not enter network, FUSE
  // and automount filesystems (kUnsupported; read_risky does). A live host's /proc is a procfs or
  // kUnsupported. What is missing below /proc/PID because that process has ended is kGone.

  /// Status through a magic link: the running file behind /proc/PID/exe, even when deleted; and of
  /// `relative` below /proc/PID/root when `path` ends there. Live only (kUnsupported elsewhere).
  /// kUnsupported also for what lies on a network, FUSE or automount filesystem, or on a mount that
  /// neither our own mountinfo nor that of the process lists.
  virtual Result<FileStatus> stat_magic(std::string_view path) const = 0;
  /// Opens the file behind a magic link (/proc/PID/exe, /proc/PID/map_files/…), or at a path below
  /// /proc/PID/root, resolved inside that root. Live only.
  virtual Result<std::unique_ptr<FileReader>> open_magic(std::string_view path) const = 0;

  /// Reads each path in a helper process under a deadline and calls `done` with its index as it
  /// arrives (in order). A read that hangs gives kTimedOut and costs its helper, no more. Called
  /// from one thread at a time for each call; several calls may run side by side.
  virtual void read_risky(std::span<const RiskyRead> reads,
                          const std::function<void(size_t, Result<FileBytes>)>& done) const = 0;
  /// All sockets of a network namespace through sock_diag, read in a helper that enters it.
  /// `namespace_pid` is a process that lives there; 0 stands for this run's own namespace, which
  /// needs no privilege. Only the kinds in sock_diag_families() are
  /// asked for; kUnsupported when there is none, or on a host that is not live.
  virtual Result<std::vector<DiagSocket>> read_sock_diag(int64_t namespace_pid) const = 0;
  /// The kinds of socket that read_sock_diag can give: those for which the kernel need not load a
  /// module. What is missing here was not looked at through sock_diag. Default: none.
  virtual std::vector<DiagFamily> sock_diag_families() const;

  /// Type of the filesystem that holds `path` ("ext4", "proc"), from statfs(2)'s magic, or from
  /// mountinfo for one that is not entered ("nfs4", "fuse.sshfs", "autofs"); "unknown-0x…" when it
  /// has no name.
  virtual Result<std::string> filesystem_type(std::string_view path) const = 0;

  virtual Result<KernelNames> kernel_names() const = 0;
  virtual ClockReading clocks() const = 0;
  /// The process ids of this run: Genba, and its helpers as far as the kernel tells. What is listed
  /// of the machine leaves them out. Empty for a host that is not live.
  virtual std::vector<int64_t> own_processes() const { return {}; }
  /// The effective user id of this run; 0 has the best view.
  virtual uint32_t euid() const = 0;
  virtual Footprint footprint() const = 0;

  /// Waits, so that a second sample differs from the first. The fake only moves its clock.
  virtual void sleep_for(std::chrono::milliseconds time) const = 0;
};

/// What a live host may do beyond the default.
struct LiveOptions {
  std::chrono::milliseconds helper_deadline{1000};
  enum class ModuleLoad : uint8_t { kNever, kAllowed } module_load = ModuleLoad::kNever;
};

/// Opens the running machine. Must be called by the main thread, before any other thread exists and
/// before the sandbox is entered: it clones mounts and forks the process that forks the helpers.
Result<std::unique_ptr<Host>> open_live_host(const LiveOptions& options);

/// Opens a mounted or copied tree as if it were /, before the sandbox is entered. kNotFound or
/// kWrongType when it is no directory.
Result<std::unique_ptr<Host>> open_tree_host(std::string_view directory);

}  // namespace genba::host
