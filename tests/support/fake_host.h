// SPDX-License-Identifier: Apache-2.0
//
// A machine in memory, for tests. It answers every question of host/host.h from
// what the test put in, misbehaves exactly where it is told to (denies,
// truncates, vanishes, hangs, changes between two looks), owns the clock, and
// writes down every access, so that a test can also assert what was touched. It
// is fitted with the live host's answers: the same error codes for the same
// situations. Covered by host/fake_host_test.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/host.h"

namespace genba::test {

/// 2026-11-21T03:00:00Z: the fake's clock at start, and every file's times
/// unless told otherwise.
inline constexpr base::Timestamp kFakeNow{1795230000LL * 1'000'000'000LL};

/// One look at the fake host: which method, and the path as the caller spelled
/// it.
struct Access {
  std::string operation;  ///< "read_file", "open_file", "read", "lstat", "sock_diag" …
  std::string path;

  friend bool operator==(const Access&, const Access&) = default;
};

/// What a builder call may say of a new file; everything else through
/// FakeHost::status().
struct With {
  std::optional<uint32_t> mode;  ///< 0644 for files, 0755 for directories, 0777 for links
  uint32_t uid = 0;
  uint32_t gid = 0;
  base::Timestamp mtime = kFakeNow;
};

/// A process for FakeHost::add_process; every field has a plausible default.
struct FakeProcess {
  int64_t pid = 1;
  int64_t ppid = 1;
  std::string name = "fake";             ///< comm; may hold any bytes
  std::vector<std::string> arguments;    ///< cmdline; empty for a kernel thread
  std::vector<std::string> environment;  ///< "NAME=value"
  std::string executable;                ///< text of the exe link; empty: no such link
  std::optional<std::string>
      executable_bytes;  ///< what open_magic reads; else the file at that path
  std::string working_directory = "/";
  char state = 'S';
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint64_t start_ticks = 100;  ///< field 22 of stat, in 1/100 s since boot
};

/// The fake. Builder calls return *this; all paths are absolute; missing
/// directories appear by themselves. Thread-safe like the real one once it is
/// built.
class FakeHost final : public host::Host {
 public:
  explicit FakeHost(host::HostKind kind = host::HostKind::kLive);
  ~FakeHost() override;

  // Building.
  FakeHost& add_file(std::string_view path, std::string_view bytes, const With& with = {});
  FakeHost& add_directory(std::string_view path, const With& with = {});
  FakeHost& add_link(std::string_view path, std::string_view target, const With& with = {});
  /// A FIFO, socket or device node.
  FakeHost& add_special(std::string_view path, host::FileType type, const With& with = {});
  /// A link such as /proc/7/exe: `text` is what read_link says; stat_magic and
  /// open_magic give `bytes`, or, without bytes, whatever lies at `text`.
  FakeHost& add_magic_link(std::string_view path, std::string_view text,
                           std::optional<std::string> bytes = std::nullopt);
  /// /proc/PID with stat, status, comm, cmdline, environ, maps, exe, cwd, root,
  /// fd/ and task/.
  FakeHost& add_process(const FakeProcess& process);
  /// Removes the file or directory with everything below it.
  FakeHost& remove(std::string_view path);
  /// The status that lstat gives for `path`, to be changed by the test. Links
  /// are not followed.
  host::FileStatus& status(std::string_view path);
  /// The status that stat_magic gives for a magic link.
  host::FileStatus& magic_status(std::string_view path);

  // Misbehaviour. Where it says "below", it also holds for all paths under
  // `path`.
  /// Contents, listing and link text give kDenied; so does everything below.
  /// lstat of `path` works.
  FakeHost& deny(std::string_view path);
  /// Every operation on `path` and below fails with `code`.
  FakeHost& fail_with(std::string_view path, base::ErrorCode code);
  /// The `access`-th access to `path` or below (1 is the first) and all later
  /// ones give kGone; from then on listings no longer show it. Each
  /// FileReader::read counts as an access too.
  FakeHost& vanish(std::string_view path, int access = 1);
  /// Contents end after `bytes` bytes, with `truncated` set.
  FakeHost& truncate(std::string_view path, uint64_t bytes);
  /// The second time `path` is opened or read it has these bytes; further calls
  /// add further times.
  FakeHost& then_bytes(std::string_view path, std::string_view bytes);
  /// read_risky of `path` gives kTimedOut (and any other read of it fails the
  /// test: it would hang).
  FakeHost& hang(std::string_view path);
  /// Runs `change` just before the `access`-th access to exactly `path`.
  FakeHost& before_access(std::string_view path, int access, std::function<void(FakeHost&)> change);
  /// Runs `change` at each sleep_for, after the clock moved.
  FakeHost& on_sleep(std::function<void(FakeHost&)> change);

  // The rest of the machine.
  FakeHost& set_sock_diag(int64_t namespace_pid, std::vector<host::DiagSocket> sockets);
  FakeHost& set_sock_diag(int64_t namespace_pid, base::ErrorCode code);
  /// What sock_diag_families says. Default: all kinds on a live host, none on a tree.
  FakeHost& set_sock_diag_families(std::vector<host::DiagFamily> families);
  /// Default: "proc" for /proc, "sysfs" for /sys, "ext4" elsewhere.
  FakeHost& set_filesystem_type(std::string_view mount_point, std::string_view type);
  FakeHost& set_kernel_names(host::KernelNames names);
  FakeHost& set_euid(uint32_t euid);
  FakeHost& set_clocks(const host::ClockReading& clocks);
  FakeHost& set_footprint(const host::Footprint& footprint);

  // What was touched.
  std::vector<Access> accesses() const;
  int access_count(std::string_view path) const;  ///< by the path as the caller spelled it
  bool touched(std::string_view path_prefix) const;
  void forget_accesses();

  // host::Host.
  host::HostKind kind() const override;
  base::Result<host::FileBytes> read_file(std::string_view path,
                                          uint64_t limit = host::kReadLimit) const override;
  base::Result<std::unique_ptr<host::FileReader>> open_file(std::string_view path) const override;
  base::Result<std::vector<host::DirectoryEntry>> read_directory(
      std::string_view path) const override;
  base::Result<host::FileStatus> lstat(std::string_view path) const override;
  base::Result<host::FileStatus> stat(std::string_view path) const override;
  base::Result<std::string> read_link(std::string_view path) const override;
  base::Result<std::string> canonical(std::string_view path) const override;
  base::Result<host::FileStatus> stat_magic(std::string_view path) const override;
  base::Result<std::unique_ptr<host::FileReader>> open_magic(std::string_view path) const override;
  void read_risky(
      std::span<const host::RiskyRead> reads,
      const std::function<void(size_t, base::Result<host::FileBytes>)>& done) const override;
  base::Result<std::vector<host::DiagSocket>> read_sock_diag(int64_t namespace_pid) const override;
  std::vector<host::DiagFamily> sock_diag_families() const override;
  base::Result<std::string> filesystem_type(std::string_view path) const override;
  base::Result<host::KernelNames> kernel_names() const override;
  host::ClockReading clocks() const override;
  uint32_t euid() const override;
  host::Footprint footprint() const override;
  void sleep_for(std::chrono::milliseconds time) const override;

 private:
  struct State;
  class Reader;
  std::unique_ptr<State> state_;
};

}  // namespace genba::test
