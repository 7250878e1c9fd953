// SPDX-License-Identifier: Apache-2.0
#include "app/act_scene.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "act/journal/self.h"
#include "app/gather.h"
#include "app/output.h"
#include "base/text.h"
#include "fmt/format.h"
#include "model/tables/file.h"
#include "sys/process.h"
#include "sys/sandbox.h"

namespace genba::app {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

// As triage: optional work (hashing) must not keep a person waiting who wants something stopped.
constexpr auto kBudget = std::chrono::milliseconds(3500);
constexpr auto kLeastTime = std::chrono::seconds(2);
constexpr unsigned kMostJobs = 4;

std::vector<const collect::Collector*> all_but_the_walk() {
  std::vector<const collect::Collector*> chosen;
  for (const collect::Collector* collector : collect::all_collectors()) {
    const auto& provides = collector->provides;
    if (std::find(provides.begin(), provides.end(), &model::tables::file()) == provides.end()) {
      chosen.push_back(collector);
    }
  }
  return chosen;
}

}  // namespace

Result<std::unique_ptr<host::Host>> open_host_to_act(const ActOptions& options,
                                                     std::string_view doing) {
  host::LiveOptions live;
  live.module_load = options.allow_module_load ? host::LiveOptions::ModuleLoad::kAllowed
                                               : host::LiveOptions::ModuleLoad::kNever;
  GENBA_TRY(auto host, host::open_live_host(live));
  if (host->euid() != 0) {
    return fail(ErrorCode::kDenied, fmt::format("{} needs root: use sudo", doing));
  }
  return host;
}

Result<bool> enter_act_sandbox() {
  const auto entered = sys::enter_sandbox(sys::Profile::kAct);
  if (!entered && entered.error().code == ErrorCode::kUnsupported) {
    return false;
  }
  GENBA_TRY_VOID(entered);
  return true;
}

void gather_to_act(const host::Host& host, const collect::Wanted& wanted, const ActOptions& options,
                   Progress& progress, model::Facts& facts) {
  GatherOptions gather_options;
  gather_options.jobs = options.jobs > 0
                            ? options.jobs
                            : static_cast<int>(std::clamp(
                                  static_cast<unsigned>(sys::usable_processors()), 1U, kMostJobs));
  gather_options.progress = [&progress](std::string_view what) { progress.show(what); };
  gather_options.deadline = std::chrono::steady_clock::now() + kBudget;
  gather_options.least = kLeastTime;
  gather(host, all_but_the_walk(), wanted, gather_options, facts);
}

Result<act::Journal> open_act_journal(const ActOptions& options, std::string_view session_address) {
  act::JournalOptions journal;
  journal.directory = options.journal_directory;
  journal.version = options.version;
  journal.actor = act::read_actor();
  journal.actor.address = std::string(session_address);
  journal.why = options.why;
  journal.unrecorded = options.unrecorded;
  journal.tell = [](std::string_view line) {
    print(Stream::kErrors, fmt::format("genba: {}\n", base::escape_for_terminal(line)));
  };
  return act::Journal::open(std::move(journal));
}

}  // namespace genba::app
