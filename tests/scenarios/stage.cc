// SPDX-License-Identifier: Apache-2.0
#include "scenarios/stage.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace genba::test {

namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> kChanged = {"/etc", "/root", "/usr/bin"};

bool overlay(const fs::path& upper_place, const char* directory) {
  const fs::path upper = upper_place / "upper";
  const fs::path work = upper_place / "work";
  std::error_code error;
  fs::create_directories(upper, error);
  fs::create_directories(work, error);
  const std::string options = std::string("lowerdir=") + directory + ",upperdir=" + upper.string() +
                              ",workdir=" + work.string();
  return mount("overlay", directory, "overlay", 0, options.c_str()) == 0;
}

// In the keeper: makes the namespace and tells in one message what failed, or that nothing did.
std::string set_up(const std::string& scratch) {
  const auto failed = [](const std::string& what) { return what + ": " + std::strerror(errno); };
  if (unshare(CLONE_NEWNS) != 0) {
    return failed("unshare");
  }
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return failed("making mounts private");
  }
  if (mount("tmpfs", scratch.c_str(), "tmpfs", 0, "mode=0755") != 0) {
    return failed("mounting a tmpfs");
  }
  for (const char* directory : kChanged) {
    if (!overlay(scratch + "/" + fs::path(directory).filename().string(), directory)) {
      return failed(std::string("overlay over ") + directory);
    }
  }
  return {};
}

[[noreturn]] void keep(const std::string& scratch, int answer) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::string problem = set_up(scratch);
  if (write(answer, problem.data(), problem.size()) != static_cast<ssize_t>(problem.size())) {
    _exit(1);
  }
  close(answer);
  while (true) {
    pause();
  }
}

std::string read_all(int reader) {
  std::string text;
  std::array<char, 256> buffer;
  for (ssize_t got = 0; (got = read(reader, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<size_t>(got));
  }
  return text;
}

}  // namespace

Stage::Stage() {
  std::array<int, 2> answer{};
  if (pipe2(answer.data(), O_CLOEXEC) != 0) {
    missing_ = "no pipe";
    return;
  }
  keeper_ = fork();
  if (keeper_ == 0) {
    close(answer[0]);
    keep(scratch_.path(), answer[1]);
  }
  close(answer[1]);
  missing_ = read_all(answer[0]);
  close(answer[0]);
  if (missing_.empty()) {
    const std::string path = "/proc/" + std::to_string(keeper_) + "/ns/mnt";
    namespace_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  }
}

Stage::~Stage() {
  if (namespace_ >= 0) {
    close(namespace_);
  }
  if (keeper_ > 0) {
    kill(keeper_, SIGKILL);
    waitpid(keeper_, nullptr, 0);
  }
}

std::string Stage::reach(std::string_view absolute) const {
  return "/proc/" + std::to_string(keeper_) + "/root" + std::string(absolute);
}

void Stage::file(std::string_view absolute, std::string_view bytes, mode_t mode) const {
  const fs::path path = reach(absolute);
  fs::create_directories(path.parent_path());
  std::ofstream stream(path, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  ASSERT_TRUE(stream.good()) << path;
  ASSERT_EQ(chmod(path.c_str(), mode), 0) << path;
}

Impostor::Impostor(const Stage& stage, const std::string& path, int connections) {
  std::array<int, 2> input{};
  std::array<int, 2> output{};
  if (pipe2(input.data(), O_CLOEXEC) != 0 || pipe2(output.data(), O_CLOEXEC) != 0) {
    return;
  }
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();  // as cron does: a session of its own, not the responder's
    dup2(input[0], 0);
    dup2(output[1], 1);
    const std::string count = std::to_string(connections);
    if (setns(stage.mount_namespace(), CLONE_NEWNS) == 0) {
      execl(path.c_str(), path.c_str(), "--genba-test-marker", count.c_str(), nullptr);
    }
    _exit(127);
  }
  close(input[0]);
  close(output[1]);
  input_ = input[1];
  std::array<char, 5> word{};
  ready_ = read(output[0], word.data(), word.size()) == static_cast<ssize_t>(word.size()) &&
           std::string_view(word.data(), word.size()) == "ready";
  close(output[0]);
}

Impostor::~Impostor() {
  if (input_ >= 0) {
    close(input_);
  }
  if (pid_ > 0) {
    waitpid(pid_, nullptr, 0);
  }
}

}  // namespace genba::test
