// SPDX-License-Identifier: Apache-2.0
//
// A filesystem whose server never answers a read: what a dead NFS server is to a reader, made with
// FUSE and a daemon of our own. A process of which someone reads memory that lies on such
// a file, while it wants to map more, is one whose memory map stays locked: /proc/PID/cmdline,
// environ and maps then hang their readers, as they do for a process stuck in the kernel. Mounted
// in a private mount namespace, so that the machine never sees it. Source: fuse(4),
// include/uapi/linux/fuse.h.
#pragma once

#include <sys/types.h>

#include <string>

namespace genba::test {

/// Moves this process into a mount namespace of its own, from which no mount travels out. False
/// without the right to.
bool enter_private_mounts();

class StuckFilesystem {
 public:
  /// Mounts on `directory`. Call enter_private_mounts() first, and before other threads exist. Its
  /// file is a copy of the file `program`, if given, and can then be run until seize().
  explicit StuckFilesystem(std::string directory, const std::string& program = "");
  /// Lets everything that hangs in it fail with an error, and unmounts it.
  ~StuckFilesystem();
  StuckFilesystem(const StuckFilesystem&) = delete;
  StuckFilesystem& operator=(const StuckFilesystem&) = delete;

  bool mounted() const { return daemon_ > 0; }
  /// A regular file; opening and looking at it works, reading it hangs (without a program).
  std::string file() const { return directory_ + "/file"; }
  /// From here on no question is answered, be it for a name or for a status.
  void seize();

 private:
  std::string directory_;
  pid_t daemon_ = -1;
};

/// A child that waits until it is killed, for tests that need a process. The destructor reaps it.
class Child {
 public:
  Child();
  /// One whose root is that directory.
  explicit Child(const std::string& chroot);
  /// One that runs a program (sleep, say) and has come to rest in it.
  Child(const std::string& program, const std::string& argument);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

/// A child whose memory map stays locked as long as the StuckFilesystem lives. Destroy it after
/// the filesystem: it cannot die before.
class LockedChild {
 public:
  explicit LockedChild(const std::string& stuck_file);
  ~LockedChild();
  LockedChild(const LockedChild&) = delete;
  LockedChild& operator=(const LockedChild&) = delete;

  pid_t pid() const { return pid_; }
  /// Whether this kernel could be brought into that state.
  bool locked() const { return locked_; }

 private:
  pid_t pid_ = -1;
  pid_t reader_ = -1;
  bool locked_ = false;
};

}  // namespace genba::test
