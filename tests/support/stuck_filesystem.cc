// SPDX-License-Identifier: Apache-2.0
#include "support/stuck_filesystem.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "fmt/format.h"

namespace genba::test {

namespace {

constexpr uint64_t kFileNode = 2;
constexpr uint64_t kForever = 3600;  // seconds that the kernel may keep names and attributes

fuse_attr attributes_of(uint64_t node, const std::string& program) {
  fuse_attr attributes{};
  attributes.ino = node;
  attributes.mode = (node == FUSE_ROOT_ID ? S_IFDIR : S_IFREG) | 0755;
  attributes.nlink = 1;
  attributes.size = program.empty() ? 65536 : program.size();
  attributes.blksize = 4096;
  return attributes;
}

template <class Body>
void answer(int device, const fuse_in_header& request, const Body& body) {
  fuse_out_header head{};
  head.len = sizeof head + sizeof body;
  head.unique = request.unique;
  std::array<iovec, 2> parts{iovec{&head, sizeof head},
                             iovec{const_cast<Body*>(&body), sizeof body}};
  (void)!::writev(device, parts.data(), parts.size());
}

void refuse(int device, const fuse_in_header& request, int error) {
  fuse_out_header head{sizeof head, -error, request.unique};
  (void)!::write(device, &head, sizeof head);
}

void answer_read(int device, const fuse_in_header& request, const char* body,
                 const std::string& program) {
  fuse_read_in wanted{};
  std::memcpy(&wanted, body, sizeof wanted);
  const std::string_view bytes = std::string_view(program).substr(
      std::min<uint64_t>(wanted.offset, program.size()), wanted.size);
  fuse_out_header head{};
  head.len = static_cast<uint32_t>(sizeof head + bytes.size());
  head.unique = request.unique;
  std::array<iovec, 2> parts{iovec{&head, sizeof head},
                             iovec{const_cast<char*>(bytes.data()), bytes.size()}};
  (void)!::writev(device, parts.data(), parts.size());
}

void serve_one(int device, const fuse_in_header& request, const char* body,
               const std::string& program) {
  switch (request.opcode) {
    case FUSE_INIT: {
      fuse_init_out out{};
      out.major = FUSE_KERNEL_VERSION;
      out.minor = FUSE_KERNEL_MINOR_VERSION;
      out.max_write = 4096;
      return answer(device, request, out);
    }
    case FUSE_LOOKUP: {
      if (std::strcmp(body, "file") != 0) {
        return refuse(device, request, ENOENT);
      }
      fuse_entry_out out{};
      out.nodeid = kFileNode;
      out.entry_valid = out.attr_valid = kForever;
      out.attr = attributes_of(kFileNode, program);
      return answer(device, request, out);
    }
    case FUSE_GETATTR: {
      fuse_attr_out out{};
      out.attr_valid = kForever;
      out.attr = attributes_of(request.nodeid, program);
      return answer(device, request, out);
    }
    case FUSE_OPEN:
    case FUSE_OPENDIR: return answer(device, request, fuse_open_out{});
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT: return;
    case FUSE_READ:
      // Without a program no read is ever answered: the point of it all.
      return program.empty() ? void() : answer_read(device, request, body, program);
    default: return refuse(device, request, ENOSYS);
  }
}

[[noreturn]] void run_daemon(int device, pid_t parent, const std::string& program) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(1);
  }
  alignas(fuse_in_header) std::array<char, 1 << 17> buffer{};
  while (true) {
    const ssize_t size = ::read(device, buffer.data(), buffer.size() - 1);
    if (size < 0 && (errno == EINTR || errno == ENOENT)) {
      continue;
    }
    if (size < static_cast<ssize_t>(sizeof(fuse_in_header))) {
      ::_exit(0);
    }
    buffer[static_cast<size_t>(size)] = '\0';
    fuse_in_header request{};
    std::memcpy(&request, buffer.data(), sizeof request);
    serve_one(device, request, buffer.data() + sizeof request, program);
  }
}

// The state letter in /proc/PID/stat, which needs no memory map; '?' when there is none.
char state_of(pid_t pid) {
  std::ifstream stream(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(stream, text);
  const size_t end = text.rfind(')');
  return end == std::string::npos || end + 2 >= text.size() ? '?' : text[end + 2];
}

bool reaches_state(pid_t pid, std::string_view states) {
  for (int i = 0; i < 400 && states.find(state_of(pid)) == std::string_view::npos; ++i) {
    ::usleep(5000);
  }
  return states.find(state_of(pid)) != std::string_view::npos;
}

template <class Prepare>
pid_t fork_waiting_child(Prepare prepare) {
  const pid_t parent = ::getpid();
  std::array<int, 2> ready{};
  GENBA_CHECK(::pipe(ready.data()) == 0);
  const pid_t pid = ::fork();
  GENBA_CHECK(pid >= 0);
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    prepare();
    (void)!::write(ready[1], "+", 1);
    while (::getppid() == parent) {
      ::pause();
    }
    ::_exit(0);
  }
  char byte = 0;
  GENBA_CHECK(::read(ready[0], &byte, 1) == 1);
  ::close(ready[0]);
  ::close(ready[1]);
  return pid;
}

std::string first_line(pid_t pid, const char* file) {
  std::ifstream stream(fmt::format("/proc/{}/{}", pid, file));
  std::string text;
  std::getline(stream, text);
  return text;
}

// Whether it has become another program that sleeps, and no longer waits for pages of its file: in
// that it could not even be killed. The system call it waits in tells the two apart, proc(5).
bool comes_to_rest(pid_t pid) {
  const std::string asleep[] = {fmt::format("{} ", SYS_nanosleep),
                                fmt::format("{} ", SYS_clock_nanosleep)};
  for (int i = 0; i < 1000; ++i) {
    const std::string call = first_line(pid, "syscall");
    if (call.starts_with(asleep[0]) || call.starts_with(asleep[1])) {
      return true;
    }
    ::usleep(5000);
  }
  return false;
}

void kill_and_reap(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

}  // namespace

bool enter_private_mounts() {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

StuckFilesystem::StuckFilesystem(std::string directory, const std::string& program)
    : directory_(std::move(directory)) {
  const int device = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
  const std::string options =
      fmt::format("fd={},rootmode=40000,user_id=0,group_id=0,allow_other", device);
  if (device < 0 || ::mount("stuck", directory_.c_str(), "fuse.stuck", MS_NOSUID | MS_NODEV,
                            options.c_str()) != 0) {
    ::close(device);
    return;
  }
  std::ifstream stream(program, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const pid_t parent = ::getpid();
  daemon_ = ::fork();
  GENBA_CHECK(daemon_ >= 0);
  if (daemon_ == 0) {
    run_daemon(device, parent, bytes);
  }
  ::close(device);
}

StuckFilesystem::~StuckFilesystem() {
  if (daemon_ > 0) {
    // Without its server the connection is aborted: what hangs fails with ENOTCONN.
    kill_and_reap(daemon_);
    ::umount2(directory_.c_str(), MNT_DETACH);
  }
}

void StuckFilesystem::seize() {
  ::kill(daemon_, SIGSTOP);
  GENBA_CHECK(reaches_state(daemon_, "T"));
}

Child::Child() : pid_(fork_waiting_child([] {})) {}

Child::Child(const std::string& chroot)
    : pid_(fork_waiting_child([&] { GENBA_CHECK(::chroot(chroot.c_str()) == 0); })) {}

Child::Child(const std::string& program, const std::string& argument) : pid_(::fork()) {
  GENBA_CHECK(pid_ >= 0);
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::execl(program.c_str(), program.c_str(), argument.c_str(), nullptr);
    ::_exit(127);
  }
  GENBA_CHECK(comes_to_rest(pid_));
}

Child::~Child() {
  kill_and_reap(pid_);
}

namespace {

constexpr size_t kPage = 4096;

// Maps the file at `place`, says so, waits for `go`, and then wants one more mapping: for that it
// queues for the lock of its memory map, and whoever comes after it queues behind.
[[noreturn]] void run_locked_child(const std::string& file, void* place, int ready, int go) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 || ::mmap(place, kPage, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) != place) {
    ::_exit(1);
  }
  char byte = '+';
  (void)!::write(ready, &byte, 1);
  (void)!::read(go, &byte, 1);
  (void)::mmap(nullptr, kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  while (true) {
    ::pause();
  }
}

// Reads the child's memory where the file lies: it holds the lock while the file does not come.
[[noreturn]] void run_memory_reader(pid_t child, void* place) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int memory = ::open(fmt::format("/proc/{}/mem", child).c_str(), O_RDONLY | O_CLOEXEC);
  char byte = 0;
  (void)!::pread(memory, &byte, 1, static_cast<off_t>(reinterpret_cast<uintptr_t>(place)));
  ::_exit(0);
}

}  // namespace

LockedChild::LockedChild(const std::string& stuck_file) {
  std::array<int, 2> ready{};
  std::array<int, 2> go{};
  GENBA_CHECK(::pipe(ready.data()) == 0 && ::pipe(go.data()) == 0);
  // Reserved before the fork, so that both sides know where the file will lie.
  void* const place = ::mmap(nullptr, kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  GENBA_CHECK(place != MAP_FAILED);
  pid_ = ::fork();
  if (pid_ == 0) {
    run_locked_child(stuck_file, place, ready[1], go[0]);
  }
  ::close(ready[1]);
  char byte = 0;
  if (::read(ready[0], &byte, 1) == 1) {
    reader_ = ::fork();
    if (reader_ == 0) {
      run_memory_reader(pid_, place);
    }
    locked_ = reaches_state(reader_, "SD");  // it waits for nothing but the file
    (void)!::write(go[1], &byte, 1);
    locked_ = locked_ && reaches_state(pid_, "D");
  }
  ::munmap(place, kPage);
  for (const int fd : {ready[0], go[0], go[1]}) {
    ::close(fd);
  }
}

LockedChild::~LockedChild() {
  for (const pid_t pid : {reader_, pid_}) {
    if (pid > 0) {
      kill_and_reap(pid);
    }
  }
}

}  // namespace genba::test
