// SPDX-License-Identifier: Apache-2.0
//
// What the tests of freeze, kill and thaw share: a family on a stage, runs of a verb in a process
// of their own, and what a case holds.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "act/freeze/hierarchy.h"
#include "act/freeze/process_signal.h"
#include "act/journal/journal.h"
#include "app/contain_stop.h"
#include "app/stop_records.h"
#include "app/triage.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "store/case/case_reader.h"
#include "support/freeze_stage.h"
#include "support/private_mounts.h"
#include "support/scratch.h"

namespace genba {

namespace fs = std::filesystem;
using app::StopOptions;
using app::StopOutcome;
using app::StopStage;
using base::Result;
using nlohmann::json;
using namespace std::chrono_literals;

inline constexpr int kNotEnded = -1;
inline constexpr int kInvalid = 3;
inline constexpr int kFailed = 4;
inline constexpr int kDeclined = 5;
inline constexpr int kOther = 6;

inline std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

inline std::vector<json> lines_of(const std::string& path) {
  std::vector<json> lines;
  std::istringstream text(content(path));
  for (std::string line; std::getline(text, line);) {
    lines.push_back(json::parse(line, nullptr, false));
  }
  return lines;
}

inline int exit_code(const Result<StopOutcome>& outcome) {
  if (!outcome) {
    fmt::print(stderr, "genba: {}\n", outcome.error().what);
    return outcome.error().code == base::ErrorCode::kInvalid  ? kInvalid
           : outcome.error().code == base::ErrorCode::kOutput ? kFailed
                                                              : kOther;
  }
  return *outcome == StopOutcome::kDone     ? 0
         : *outcome == StopOutcome::kFailed ? kFailed
                                            : kDeclined;
}

using Verb = Result<StopOutcome> (*)(const StopOptions&, app::Progress&);

// What a run told and how it ended.
struct RunEnd {
  int code = kNotEnded;  // stays so when it was killed
  std::vector<json> lines;
  std::string errors;

  std::vector<json> all(std::string_view type) const {
    std::vector<json> found;
    for (const json& line : lines) {
      if (line.is_object() && line.value("type", "") == type) {
        found.push_back(line);
      }
    }
    return found;
  }
  json one(std::string_view type) const {
    const auto found = all(type);
    EXPECT_EQ(found.size(), 1U) << type << "; " << errors;
    return found.empty() ? json::object() : found.front();
  }
};

class Stage {
 public:
  Stage() { fs::copy_file(test::FreezeStage::fixture(), scratch_.at("malware")); }

  test::FreezeStage& processes() { return processes_; }
  const host::Host& host() const { return processes_.host(); }
  std::string at(std::string_view name) const { return scratch_.at(name); }
  std::string program() const { return scratch_.at("malware"); }
  act::ProcessKey start(const std::vector<std::string>& mode) {
    return processes_.start(mode, "", nullptr, program());
  }

  StopOptions options() {
    StopOptions options;
    options.act.journal_directory = at("journal");
    options.save_dir = at(fmt::format("case-{}", ++cases_));
    options.act.version = "test";
    options.act.why = "a test";
    options.format = app::Format::kJson;
    options.watch = 0s;
    return options;
  }
  std::string last_case() const { return at(fmt::format("case-{}", cases_)); }

  // The run may go on only when every process of its plan runs the copy that this test made.
  bool touches_only_ours(const std::string& output) const {
    for (const json& line : lines_of(output)) {
      if (line.is_object() && line.value("type", "") == "member" &&
          line.value("path", "") != program()) {
        return false;
      }
    }
    return true;
  }

  RunEnd run(Verb verb, StopOptions options) {
    const std::string output = at("output");
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
      const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
      const int err = ::open(at("errors").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
      const int code = ::open(at("code").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::signal(SIGCHLD, SIG_DFL);
      ::dup2(out, 1);
      ::dup2(err, 2);
      const auto asked = options.confirm;
      options.confirm = [&, asked] { return touches_only_ours(output) && (!asked || asked()); };
      app::Progress progress(app::ProgressMode::kSilent, model::Language::kEnglish);
      const int result = exit_code(verb(options, progress));
      (void)!::write(code, &result, sizeof result);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    RunEnd run;
    run.lines = lines_of(output);
    // A test that ends here must not leave its processes frozen.
    for (const json& plan : run.all("plan")) {
      processes_.remember_freeze(plan.value("id", ""));
    }
    run.errors = content(at("errors"));
    const std::string code = content(at("code"));
    if (code.size() == sizeof run.code) {
      std::memcpy(&run.code, code.data(), sizeof run.code);
    }
    return run;
  }

  // The family may be another one before Genba has looked at the process that was named.
  RunEnd run_on_any(Verb verb, const std::function<StopOptions()>& make) {
    RunEnd result;
    result.code = kInvalid;
    for (int i = 0; i < 50 && result.code == kInvalid; ++i) {
      const auto alive = processes_.alive();
      if (alive.empty()) {  // each lives for 200 ms: one look may meet none
        host().sleep_for(10ms);
        continue;
      }
      StopOptions options = make();
      options.pid = alive.back().pid;
      result = run(verb, options);
    }
    return result;
  }

  model::ActionLog journal() const {
    const auto tree = host::open_tree_host(at("journal"));
    const auto log = tree ? act::read_journal(**tree, "") : base::fail(tree.error());
    EXPECT_TRUE(log) << log.error().what;
    return log ? *log : model::ActionLog();
  }
  std::vector<std::string> verbs() const {
    std::vector<std::string> verbs;
    for (const model::Action& action : journal().actions) {
      if (verbs.empty() || verbs.back() != action.verb) {
        verbs.push_back(action.verb);
      }
    }
    return verbs;
  }
  std::string cgroups(const act::ProcessKey& key) const {
    const auto file = host().read_file(fmt::format("/proc/{}/cgroup", key.pid));
    return file ? file->bytes : "";
  }

 private:
  test::Scratch scratch_;
  test::FreezeStage processes_;
  int cases_ = 0;
};

#define NEEDS_ROOT_AND_FIXTURE()                                       \
  if (::geteuid() != 0 || test::FreezeStage::fixture().empty() ||      \
      ::access(test::FreezeStage::fixture().c_str(), X_OK) != 0) {     \
    GTEST_SKIP() << "SKIPPED: needs root and the fixture 'respawner'"; \
  }

inline void expect_whole_case(const Stage& stage, const std::string& directory) {
  const auto tree = host::open_tree_host(directory);
  ASSERT_TRUE(tree) << tree.error().what;
  const auto contents = store::read_case(**tree);
  ASSERT_TRUE(contents) << contents.error().what;
  EXPECT_EQ(contents->end, store::CaseEnd::kSealed);
  EXPECT_TRUE(store::verify_objects(**tree, contents->objects).empty());
  const std::string bytes = content(stage.program());
  bool has_program = false;
  for (const store::CaseObject& object : contents->objects) {
    has_program = has_program || (object.source.ends_with("/exe") &&
                                  content(directory + "/objects/" + object.sha256) == bytes);
  }
  EXPECT_TRUE(has_program) << "the bytes that ran are in the case";
}

inline bool memory_holds(const std::string& directory, const std::string& secret) {
  const auto tree = host::open_tree_host(directory);
  const auto contents = tree ? store::read_case(**tree) : base::fail(tree.error());
  return contents &&
         std::any_of(contents->objects.begin(), contents->objects.end(),
                     [&](const store::CaseObject& object) {
                       return object.source.find("/mem (private") != std::string::npos &&
                              content(directory + "/objects/" + object.sha256).find(secret) !=
                                  std::string::npos;
                     });
}

}  // namespace genba
