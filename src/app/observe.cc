// SPDX-License-Identifier: Apache-2.0
#include "app/observe.h"

#include <algorithm>

#include "app/gather.h"
#include "base/text.h"
#include "fmt/format.h"
#include "host/host.h"
#include "model/tables/coverage.h"
#include "model/tables/file.h"
#include "model/tables/host_info.h"
#include "model/tables/processes.h"
#include "store/case/case_reader.h"
#include "store/case/case_writer.h"
#include "store/database.h"
#include "sys/file_writer.h"
#include "sys/process.h"
#include "sys/process_setup.h"
#include "sys/usage.h"

namespace genba::app {

namespace {

using base::Result;

// Optional work of the default triage (hashing, the walk) ends here; DESIGN's five seconds less
// what judging and telling need.
constexpr auto kDefaultBudget = std::chrono::milliseconds(3500);
// On a host too slow for that (overloaded, emulated) each still gets this long from its own start.
constexpr auto kLeastTime = std::chrono::seconds(2);
constexpr unsigned kMostJobs = 4;

int jobs_of(const ObserveOptions& options) {
  if (options.jobs > 0) {
    return options.jobs;
  }
  return static_cast<int>(
      std::clamp(static_cast<unsigned>(sys::usable_processors()), 1U, kMostJobs));
}

// A directory that the responder named and that cannot be used is a mistake in the command line.
base::Error as_usage(base::Error error, std::string_view option, std::string_view remedy) {
  error.code = base::ErrorCode::kInvalid;
  error.what = fmt::format("{}: {}; {}", option, error.what, remedy);
  return error;
}

Result<std::unique_ptr<host::Host>> open_host(const ObserveOptions& options) {
  if (options.root) {
    auto tree = host::open_tree_host(*options.root);
    if (!tree) {
      return base::fail(as_usage(std::move(tree).error(), "--root",
                                 "give a directory that holds the root of a system"));
    }
    return tree;
  }
  host::LiveOptions live;
  live.module_load = options.allow_module_load ? host::LiveOptions::ModuleLoad::kAllowed
                                               : host::LiveOptions::ModuleLoad::kNever;
  return host::open_live_host(live);
}

// A tree without anything in these is an empty or a forgotten mount point. Its coverage row says so
// in a case too.
constexpr std::string_view kRootArea = "root";
constexpr std::string_view kSystemDirectories[] = {"/etc", "/usr", "/bin", "/var"};

std::optional<base::Error> look_for_system(const host::Host& tree, std::string_view root,
                                           model::Facts& facts) {
  base::Error error{base::ErrorCode::kNotFound, 0,
                    fmt::format("--root {} holds no system (no etc, usr, bin or var with anything "
                                "in it): is it mounted?",
                                base::escape_for_terminal(root))};
  for (const std::string_view directory : kSystemDirectories) {
    const auto entries = tree.read_directory(directory);
    if (entries && !entries->empty()) {
      return std::nullopt;
    }
    if (!entries && entries.error().code == base::ErrorCode::kDenied) {
      error = entries.error();
      error.what =
          fmt::format("--root {}: {}; run as root", base::escape_for_terminal(root), error.what);
    }
  }
  collect::CoverageCounter coverage(kRootArea, "/");
  coverage.asked();
  coverage.failed(error);
  coverage.finish(facts);
  return error;
}

// All collectors, without the walk when that was left out.
std::vector<const collect::Collector*> collectors_for(Walk walk) {
  std::vector<const collect::Collector*> chosen;
  for (const collect::Collector* collector : collect::all_collectors()) {
    const auto& provides = collector->provides;
    const bool walks =
        std::find(provides.begin(), provides.end(), &model::tables::file()) != provides.end();
    if (walk == Walk::kYes || !walks) {
      chosen.push_back(collector);
    }
  }
  return chosen;
}

void fill_footprint(const host::Footprint& footprint, render::RunFigures& run) {
  run.files_opened = footprint.files_opened;
  run.directories_read = footprint.directories_read;
  run.bytes_read = footprint.bytes_read;
  run.files_with_moved_access_time = footprint.files_with_moved_access_time;
  run.helpers_started = footprint.helpers_started;
  run.helpers_abandoned = footprint.helpers_abandoned;
}

Result<void> save(store::CaseWriter& writer, const model::Facts& facts, base::Timestamp now) {
  GENBA_TRY_VOID(writer.add_facts(facts));
  GENBA_TRY(const auto database, store::Database::open(facts));
  GENBA_TRY(const std::string bytes, database->serialize());
  GENBA_TRY_VOID(writer.add_derived_file("facts.sqlite", bytes));
  GENBA_TRY(const std::string chain, writer.seal(now));
  return {};
}

render::CaseState case_state_of(store::CaseEnd end) {
  switch (end) {
    case store::CaseEnd::kSealed: return render::CaseState::kSealed;
    case store::CaseEnd::kCut: return render::CaseState::kCut;
    case store::CaseEnd::kAltered: return render::CaseState::kAltered;
  }
  return render::CaseState::kAltered;
}

// What the case's own tree calls "/log.jsonl" stands below the directory that was named.
base::Error unreadable_case(base::Error error, const std::string& directory) {
  if (const size_t at = error.what.find("'/"); at != std::string::npos) {
    error.what.insert(at + 1, directory);
  }
  return as_usage(std::move(error), "--case", "give a directory that --save has made");
}

// A kernel without system call filters is looked at all the same, but not in silence.
Result<void> confine(sys::Writing writing, model::Facts& facts) {
  GENBA_TRY(const auto confinement, sys::enter_look_sandbox(writing));
  if (confinement == sys::Confinement::kNotOffered) {
    collect::CoverageCounter coverage("sandbox", "seccomp");
    coverage.unsupported("sandbox: not in force; this kernel has no system call filters");
    coverage.finish(facts);
  }
  return {};
}

Result<Observation> observe_case(const ObserveOptions& options) {
  auto directory = host::open_tree_host(*options.case_dir);
  if (!directory) {
    return base::fail(
        as_usage(std::move(directory).error(), "--case", "give a directory that --save has made"));
  }
  Observation observation;
  GENBA_TRY_VOID(confine(options.writing, observation.facts));
  auto contents = store::read_case(**directory);
  if (!contents) {
    return base::fail(unreadable_case(std::move(contents).error(), *options.case_dir));
  }
  observation.facts.merge(std::move(contents->facts));
  observation.run.started = contents->header.started;
  observation.run.source = fmt::format("case {}", *options.case_dir);
  observation.run.case_state = case_state_of(contents->end);
  const char* damage = contents->end == store::CaseEnd::kCut       ? "the log is cut: no seal"
                       : contents->end == store::CaseEnd::kAltered ? "the log was altered"
                                                                   : nullptr;
  if (damage != nullptr || !contents->notes.empty()) {
    collect::CoverageCounter coverage("case", "log.jsonl");
    coverage.seen(static_cast<int64_t>(contents->lines));
    for (const base::Note& note : contents->notes) {
      coverage.note(note);
    }
    if (damage != nullptr) {
      coverage.cut(damage, "compare with another copy of the case");
    }
    coverage.finish(observation.facts);
  }
  fill_footprint((*directory)->footprint(), observation.run);
  return observation;
}

Result<Observation> observe_host(const ObserveOptions& options, const collect::Wanted& wanted,
                                 Progress& progress, const HostWork& work) {
  GENBA_TRY(const auto host, open_host(options));
  Observation observation;
  observation.run.started = host->clocks().realtime;
  observation.run.source = options.root ? fmt::format("root {}", *options.root) : "live";
  std::optional<store::CaseWriter> writer;
  if (options.save_dir) {
    auto names = host->kernel_names();
    auto created = store::CaseWriter::create(*options.save_dir,
                                             {.version = options.version,
                                              .host = names ? names->hostname : std::string(),
                                              .started = observation.run.started});
    if (!created) {
      return base::fail(as_usage(std::move(created).error(), "--save",
                                 "give a directory that does not exist yet"));
    }
    writer = *std::move(created);
  }
  GENBA_TRY_VOID(confine(options.writing, observation.facts));
  GatherOptions gather_options;
  gather_options.depth = options.depth;
  gather_options.jobs = jobs_of(options);
  gather_options.progress = [&progress](std::string_view what) { progress.show(what); };
  if (options.depth == collect::Depth::kDefault) {
    gather_options.deadline = std::chrono::steady_clock::now() + kDefaultBudget;
    gather_options.least = kLeastTime;
  }
  if (options.root) {
    observation.no_system = look_for_system(*host, *options.root, observation.facts);
  }
  gather(*host, collectors_for(options.walk), wanted, gather_options, observation.facts);
  if (options.walk == Walk::kNo) {
    collect::CoverageCounter coverage("filesystem", "walk");
    coverage.cut("left out by --no-walk", "run again without --no-walk");
    coverage.finish(observation.facts);
  }
  if (writer) {
    progress.show("save");
    observation.kept =
        save(*writer, observation.facts, host->clocks().realtime).map_error([](base::Error error) {
          error.code = base::ErrorCode::kOutput;
          return error;
        });
  }
  if (work) {
    collect::Context context{.host = *host,
                             .facts = observation.facts,
                             .wanted = wanted,
                             .depth = options.depth,
                             .deadline = gather_options.deadline,
                             .jobs = gather_options.jobs,
                             .progress = gather_options.progress};
    GENBA_TRY_VOID(work(context));
  }
  fill_footprint(host->footprint(), observation.run);
  return observation;
}

}  // namespace

base::Result<Observation> observe(const ObserveOptions& options, const collect::Wanted& wanted,
                                  Progress& progress, const HostWork& work) {
  const auto started = std::chrono::steady_clock::now();
  auto observation =
      options.case_dir ? observe_case(options) : observe_host(options, wanted, progress, work);
  if (observation) {
    observation->run.version = options.version;
    observation->run.command = options.command;
    observation->run.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }
  return observation;
}

void complete_figures(std::chrono::steady_clock::time_point started, render::RunFigures& run) {
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  run.bytes_written = sys::bytes_written();
  run.peak_memory_bytes = sys::peak_memory();
}

bool saw_anything(const model::Facts& facts) {
  const auto& hosts = facts.read<model::HostInfo>();
  const bool live = !hosts.empty() && hosts.front().kernel_release.has_value();
  if (live && !facts.has(model::tables::processes())) {
    return false;
  }
  for (const model::Coverage& row : facts.read<model::Coverage>()) {
    if (row.area == kRootArea && row.status == "failed") {
      return false;
    }
  }
  for (const model::TableInfo* table : facts.tables()) {
    const bool counts = table != &model::tables::coverage() && table != &model::tables::host_info();
    // The walk of an empty tree still lists the root itself.
    const size_t nothing = table == &model::tables::file() ? 1 : 0;
    if (counts && facts.find(*table)->size() > nothing) {
      return true;
    }
  }
  return false;
}

}  // namespace genba::app
