// SPDX-License-Identifier: Apache-2.0
#include "support/run_program.h"

#include <elf.h>
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace genba::test {

namespace {

using std::chrono::steady_clock;

constexpr int kNotStarted = 127;

/// What the child writes to and what the test reads from.
struct Stream {
  int reader = -1;
  int writer = -1;
};

Stream open_stream(const ProgramOptions& options) {
  std::array<int, 2> ends{-1, -1};
  if (options.where == Where::kTerminal) {
    termios raw{};
    cfmakeraw(&raw);
    winsize size{};
    size.ws_col = options.columns;
    size.ws_row = 24;
    EXPECT_EQ(openpty(&ends[0], &ends[1], nullptr, &raw, &size), 0);
  } else {
    EXPECT_EQ(pipe(ends.data()), 0);
  }
  for (const int end : ends) {
    fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  return {ends[0], ends[1]};
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) {
    result.push_back(word.data());
  }
  result.push_back(nullptr);
  return result;
}

bool become_user(uint32_t user) {
  return setgroups(0, nullptr) == 0 && setresgid(user, user, user) == 0 &&
         setresuid(user, user, user) == 0;
}

[[noreturn]] void become(std::vector<std::string> words, const ProgramOptions& options, int out,
                         int err) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_DFL);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, 0);
  dup2(out, 1);
  dup2(err, 2);
  if (options.mount_namespace && setns(*options.mount_namespace, CLONE_NEWNS) != 0) {
    _exit(kNotStarted);
  }
  if (options.user && !become_user(*options.user)) {
    _exit(kNotStarted);
  }
  if (options.before_exec && !options.before_exec()) {
    _exit(kNotPrepared);
  }
  std::vector<std::string> environment = options.environment;
  // A sanitizer's runtime in the program needs to know what it may do here.
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) {
      environment.push_back(std::string(name) + "=" + value);
    }
  }
  execve(words[0].c_str(), pointers(words).data(), pointers(environment).data());
  _exit(kNotStarted);
}

// Reads what is there; closes the reader at the end. A terminal ends with EIO.
void take(int& reader, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t got = read(reader, buffer.data(), buffer.size());
  if (got > 0) {
    text.append(buffer.data(), static_cast<size_t>(got));
  } else if (got == 0 || errno != EINTR) {
    close(reader);
    reader = -1;
  }
}

// False when the deadline came first.
bool read_until_closed(Stream& out, Stream& err, steady_clock::time_point deadline,
                       ProgramResult& result) {
  while (out.reader >= 0 || err.reader >= 0) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) {
      return false;
    }
    std::array<pollfd, 2> both{pollfd{out.reader, POLLIN, 0}, pollfd{err.reader, POLLIN, 0}};
    poll(both.data(), both.size(), static_cast<int>(left.count()));
    if (both[0].revents != 0) {
      take(out.reader, result.out);
    }
    if (both[1].revents != 0) {
      take(err.reader, result.err);
    }
  }
  return true;
}

}  // namespace

ProgramResult run_program(const std::vector<std::string>& words, const ProgramOptions& options) {
  ProgramResult result;
  const auto deadline = steady_clock::now() + options.deadline;
  Stream out = open_stream(options);
  Stream err = open_stream(options);
  if (options.where == Where::kClosed) {
    close(out.reader);
    out.reader = -1;
  }
  const pid_t child = fork();
  if (child == 0) {
    become(words, options, out.writer, err.writer);
  }
  close(out.writer);
  close(err.writer);
  if (!read_until_closed(out, err, deadline, result)) {
    result.timed_out = true;
    kill(child, SIGKILL);
  }
  for (const int reader : {out.reader, err.reader}) {
    if (reader >= 0) {
      close(reader);
    }
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

ProgramResult run_genba(std::vector<std::string> words, const ProgramOptions& options) {
  words.insert(words.begin(), given("GENBA_BINARY"));
  return run_program(words, options);
}

std::string given(const char* variable) {
  const char* value = std::getenv(variable);
  EXPECT_NE(value, nullptr) << variable << " is not set: run this through ctest";
  return value == nullptr ? std::string() : std::string(value);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string genba_binary() {
  const char* path = std::getenv("GENBA_BINARY");
  return path != nullptr && std::filesystem::exists(path) ? path : "";
}

bool is_static(const std::string& binary) {
  std::ifstream stream(binary, std::ios::binary);
  Elf64_Ehdr head{};
  stream.read(reinterpret_cast<char*>(&head), sizeof head);
  for (int i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr segment{};
    stream.seekg(static_cast<std::streamoff>(head.e_phoff) + i * head.e_phentsize);
    stream.read(reinterpret_cast<char*>(&segment), sizeof segment);
    if (segment.p_type == PT_INTERP) {
      return false;
    }
  }
  return stream.good();
}

bool is_root() {
  return geteuid() == 0;
}

bool become_nobody() {
  constexpr uint32_t kNobody = 65534;
  return become_user(kNobody);
}

}  // namespace genba::test
