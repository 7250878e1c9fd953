// SPDX-License-Identifier: Apache-2.0
#include "whole/run_program.h"

#include <elf.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/result.h"

namespace genba::test {

namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const std::string& word : words) {
    result.push_back(const_cast<char*>(word.c_str()));
  }
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void become(const std::vector<std::string>& arguments, const RunOptions& options,
                         int out, int err) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  if (options.before_exec && !options.before_exec()) {
    ::_exit(126);
  }
  ::execve(arguments[0].c_str(), pointers(arguments).data(), pointers(options.environment).data());
  ::_exit(127);
}

// Reads both pipes until they end or the deadline passes; false then.
bool drain(std::array<pollfd, 2> pipes, std::array<std::string*, 2> texts,
           Clock::time_point deadline) {
  std::array<char, 65536> buffer;
  while (pipes[0].fd >= 0 || pipes[1].fd >= 0) {
    if (Clock::now() > deadline) {
      return false;
    }
    ::poll(pipes.data(), pipes.size(), 200);
    for (size_t i = 0; i < pipes.size(); ++i) {
      if (pipes[i].fd < 0 || pipes[i].revents == 0) {
        continue;
      }
      const ssize_t size = ::read(pipes[i].fd, buffer.data(), buffer.size());
      if (size <= 0) {
        pipes[i].fd = -1;
      } else {
        texts[i]->append(buffer.data(), static_cast<size_t>(size));
      }
    }
  }
  return true;
}

}  // namespace

RunResult run_program(const std::vector<std::string>& arguments, const RunOptions& options) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  GENBA_CHECK(::pipe2(out.data(), O_CLOEXEC) == 0 && ::pipe2(err.data(), O_CLOEXEC) == 0);
  const auto start = Clock::now();
  const pid_t pid = ::fork();
  GENBA_CHECK(pid >= 0);
  if (pid == 0) {
    become(arguments, options, out[1], err[1]);
  }
  ::close(out[1]);
  ::close(err[1]);
  RunResult result;
  const bool ended =
      drain({pollfd{out[0], POLLIN, 0}, pollfd{err[0], POLLIN, 0}}, {&result.out, &result.err},
            start + std::chrono::seconds(options.timeout_seconds));
  if (!ended) {
    ::kill(pid, SIGKILL);
    result.err += "\n(killed by the test after its time was up)\n";
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  ::close(out[0]);
  ::close(err[0]);
  return result;
}

std::string genba_binary() {
  const char* path = ::getenv("GENBA_BINARY");
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
  return ::geteuid() == 0;
}

}  // namespace genba::test
