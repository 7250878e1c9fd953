// SPDX-License-Identifier: Apache-2.0
#include "support/freeze_stage.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "act/freeze/process_signal.h"
#include "fmt/format.h"

namespace genba::test {

using namespace std::chrono_literals;

namespace {

constexpr int kMostRounds = 400;

}  // namespace

FreezeStage::FreezeStage() {
  static int count = 0;
  host_ = *host::open_live_host({});
  id_ = fmt::format("test-{}-{}", ::getpid(), ++count);
  token_ = fmt::format("stage-{}", id_);
  ::prctl(PR_GET_CHILD_SUBREAPER, &was_reaper_);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  old_handler_ = ::signal(SIGCHLD, SIG_IGN);
}

FreezeStage::~FreezeStage() {
  end_all();
  ::prctl(PR_SET_CHILD_SUBREAPER, was_reaper_);
  ::signal(SIGCHLD, old_handler_);
}

std::string FreezeStage::fixture() {
  const char* folder = std::getenv("GENBA_FIXTURES");
  return folder == nullptr ? "" : std::string(folder) + "/respawner";
}

act::Executable FreezeStage::executable() const {
  const auto status = host_->stat(fixture());
  EXPECT_TRUE(status);
  return status ? act::Executable{status->device, status->inode, status->size, fixture(), false}
                : act::Executable{};
}

bool FreezeStage::possible() const {
  return ::geteuid() == 0 && ::access(fixture().c_str(), X_OK) == 0;
}

act::ProcessKey FreezeStage::start(const std::vector<std::string>& mode, const std::string& cgroup,
                                   const act::Hierarchy* hierarchy, const std::string& program) {
  std::vector<std::string> words = {program.empty() ? fixture() : program, "--genba-test-marker",
                                    token_, "50"};
  words.insert(words.end(), mode.begin(), mode.end());
  const pid_t child = ::fork();
  if (child == 0) {
    if (hierarchy != nullptr) {
      const auto group = hierarchy->open_cgroup(cgroup);
      if (!group || !hierarchy->move(::getpid(), *group)) {
        ::_exit(126);
      }
    }
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    char home[] = "HOME=/nonexistent";
    char* environment[] = {home, nullptr};
    ::execve(arguments[0], arguments.data(), environment);
    ::_exit(127);
  }
  for (int round = 0; round < kMostRounds; ++round) {
    const auto executable = act::executable_of(*host_, child);
    const auto process = act::scan_process(*host_, child);
    if (executable && process && executable->path == words[0]) {
      return process->key;
    }
    host_->sleep_for(5ms);
  }
  ADD_FAILURE() << "the fixture did not start: " << words[0];
  return {child, 0};
}

std::string FreezeStage::make_cgroup(const act::Hierarchy& hierarchy, const std::string& suffix) {
  const auto path = hierarchy.make(id_ + "-" + suffix);
  EXPECT_TRUE(path) << path.error().what;
  if (!path) {
    return "/";
  }
  cgroups_.emplace_back(hierarchy.method(), *path);
  return *path;
}

void FreezeStage::remember_freeze(const std::string& id) {
  cgroups_.emplace_back(act::FreezeMethod::kCgroup2, "/genba-" + id);
  cgroups_.emplace_back(act::FreezeMethod::kCgroup1, "/genba-" + id);
}

std::vector<act::ProcessKey> FreezeStage::alive() const {
  std::vector<act::ProcessKey> found;
  const auto scan = act::scan_processes(*host_);
  for (const auto& [pid, process] : scan.value()) {
    const auto cmdline = host_->read_file(fmt::format("/proc/{}/cmdline", pid));
    const std::string wanted = "--genba-test-marker" + std::string(1, '\0') + token_ + '\0';
    if (!process.zombie && cmdline && cmdline->bytes.find(wanted) != std::string::npos) {
      found.push_back(process.key);
    }
  }
  return found;
}

act::ProcessKey FreezeStage::some_alive() const {
  for (int i = 0; i < 1000; ++i) {
    if (const auto keys = alive(); !keys.empty()) {
      return keys.front();
    }
    ::usleep(10'000);
  }
  ADD_FAILURE() << "none of the fixture's processes was found";
  return {};
}

bool FreezeStage::stands_still() const {
  const auto first = alive();
  for (int look = 0; look < 2; ++look) {
    host_->sleep_for(250ms);
    if (alive() != first) {
      return false;
    }
  }
  return true;
}

void FreezeStage::end_all() {
  remember_freeze(id_);
  std::vector<act::ProcessKey> left;
  for (int round = 0; round < kMostRounds; ++round) {
    left = possible() ? alive() : left;
    for (const act::ProcessKey& key : left) {
      (void)act::send_signal(*host_, key, sys::Signal::kKill);
    }
    for (const auto& [method, path] : cgroups_) {
      const auto hierarchy = act::Hierarchy::open(*host_, method);
      const auto group = hierarchy ? hierarchy->open_cgroup(path) : base::fail(hierarchy.error());
      if (group) {
        (void)hierarchy->thaw(*group);
        (void)hierarchy->remove(path);
      }
    }
    if (left.empty() && round > 0) {
      return;
    }
    host_->sleep_for(5ms);
  }
  ADD_FAILURE() << left.size() << " processes of the fixture could not be ended";
}

}  // namespace genba::test
