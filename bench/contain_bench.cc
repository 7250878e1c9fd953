// SPDX-License-Identifier: Apache-2.0
//
// The three budgets of containment, each on a stage of its own: a whole `genba contain plan` on a
// machine with 2,000 processes (< 1 s), from its start to its end; applying a plan, in a network of
// its own, with and without containers beside it (< 50 ms; the proof by packets comes after it and
// is not counted); freezing 50 processes that each respawn ten times a second, from the first look
// to the kernel's word that all stand, records on the disk included (< 100 ms). Each figure is of
// five runs, each on a new stage, with the processors' time beside it: on a busy machine that says
// more. Needs root; what cannot be staged is skipped with a line.
//
// usage: contain_bench [--benchmark_filter=REGEX]
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "act/freeze/freezer.h"
#include "benchmark/benchmark.h"
#include "support/contain_lab.h"
#include "support/freeze_stage.h"
#include "support/private_machine.h"
#include "support/run_program.h"
#include "support/scratch.h"

namespace {

using namespace std::chrono_literals;
using genba::act::FreezeMethod;
using Clock = std::chrono::steady_clock;

constexpr int kProcesses = 2000;
constexpr int kDescriptors = 8;  // of each, beside the three that it was born with
constexpr int kRuns = 5;

// What a stage in another process has measured.
struct Measured {
  double seconds = 0;
  double cpu = 0;    // the same in seconds of processors: what a busy machine changes less
  double count = 0;  // what the benchmark tells beside it
  bool good = false;
};

using Who = decltype(RUSAGE_SELF);

double processor_seconds(Who who) {
  rusage usage{};
  ::getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// From here on until stop(); `who` as in getrusage(2).
class Watch {
 public:
  explicit Watch(Who who) : who_(who), cpu_(processor_seconds(who)), begun_(Clock::now()) {}

  void stop(Measured& measured) const {
    measured.seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
    measured.cpu = processor_seconds(who_) - cpu_;
  }

 private:
  Who who_;
  double cpu_;
  Clock::time_point begun_;
};

void tell(benchmark::State& state, const Measured& measured) {
  state.SetIterationTime(measured.seconds);
  state.counters["cpu_ms"] = 1e3 * measured.cpu;
}

// The private machine is a process of its own: it writes into memory that both see.
template <class Body>
Measured on_a_machine_of_its_own(Body body) {
  void* shared =
      ::mmap(nullptr, sizeof(Measured), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) {
    return {};
  }
  auto* measured = new (shared) Measured;
  genba::test::on_private_machine([&] { body(*measured); });
  const Measured copy = *measured;
  ::munmap(shared, sizeof(Measured));
  return copy;
}

// It waits, with files, pipes and a socket open, until its machine ends.
void start_neighbour() {
  if (::fork() != 0) {
    return;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  int ends[2];
  for (int i = 0; i < kDescriptors; i += 4) {
    (void)::open("/dev/null", O_RDWR);
    (void)!::pipe(ends);
    (void)::socket(AF_INET, SOCK_DGRAM, 0);
  }
  while (true) {
    ::pause();
  }
}

void plan(benchmark::State& state) {
  for (auto _ : state) {
    const Measured measured = on_a_machine_of_its_own([](Measured& told) {
      for (int i = 0; i < kProcesses; ++i) {
        start_neighbour();
      }
      const Watch watch(RUSAGE_CHILDREN);
      const auto run = genba::test::run_genba({"contain", "plan", "--admin", "203.0.113.0/24"});
      watch.stop(told);
      told.good = run.status == 0 && run.out.find("[PLAN]") != std::string::npos;
    });
    if (!measured.good) {
      state.SkipWithError("no plan was made: needs root, namespaces and GENBA_BINARY");
      return;
    }
    tell(state, measured);
  }
}

// Counted beside it: how long the batch took that closes this host.
void apply(benchmark::State& state) {
  for (auto _ : state) {
    const Measured measured = on_a_machine_of_its_own([&](Measured& told) {
      genba::test::ContainLab lab;
      std::vector<std::unique_ptr<genba::test::Tenant>> containers;
      auto plan = lab.plan(60);
      for (int64_t i = 0; i < state.range(0); ++i) {
        containers.push_back(std::make_unique<genba::test::Tenant>());
        plan.namespaces.push_back(containers.back()->as_other());
      }
      const Watch watch(RUSAGE_SELF);
      const auto report = lab.apply(plan, lab.apply_options());
      watch.stop(told);
      told.good = report && report->trouble.empty() && lab.is_closed();
      told.count = report ? static_cast<double>(report->commit_nanoseconds) / 1e6 : 0;
    });
    if (!measured.good) {
      state.SkipWithError("nothing was closed: needs root, namespaces and nf_tables");
      return;
    }
    tell(state, measured);
    state.counters["batch_ms"] = measured.count;
  }
}

// As the journal does: nothing is changed before its record is on the disk.
genba::base::Result<void> keep(const std::string& path, const genba::act::FreezeState& record) {
  const std::string line = genba::act::to_json(record) + "\n";
  const genba::sys::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
      ::fsync(file.get()) != 0) {
    return genba::base::fail(genba::base::ErrorCode::kIo, "the record could not be written");
  }
  return {};
}

Measured freeze_a_swarm(FreezeMethod method) {
  Measured measured;
  const genba::test::Scratch scratch;
  genba::test::FreezeStage stage;
  if (!stage.possible()) {
    return measured;
  }
  stage.start({"swarm", "50"});
  stage.host().sleep_for(500ms);
  // Who was named may have replaced itself before the first look.
  for (int attempt = 0; attempt < 20; ++attempt) {
    genba::act::FreezeRequest request;
    request.id = stage.id();
    request.members = {{stage.some_alive(), "the process that was named"}};
    request.executables = {stage.executable()};
    request.methods = {method};
    request.journal = [&](const auto& record) { return keep(scratch.at("record"), record); };
    const Watch watch(RUSAGE_SELF);
    const auto report = genba::act::freeze(stage.host(), request);
    watch.stop(measured);
    if (report) {
      measured.count = static_cast<double>(report->state.processes.size());
      measured.good = report->all_frozen && stage.stands_still();
      return measured;
    }
    if (report.error().code != genba::base::ErrorCode::kGone) {
      return measured;
    }
  }
  return measured;
}

void freeze(benchmark::State& state, FreezeMethod method) {
  for (auto _ : state) {
    const Measured measured = freeze_a_swarm(method);
    if (!measured.good) {
      state.SkipWithError("not all were frozen: needs root, the fixture and this freezer");
      return;
    }
    tell(state, measured);
    state.counters["frozen"] = measured.count;
  }
}

double worst(const std::vector<double>& times) {
  return *std::max_element(times.begin(), times.end());
}

void of_five_runs(benchmark::internal::Benchmark* one) {
  one->UseManualTime()
      ->Unit(benchmark::kMillisecond)
      ->Iterations(1)
      ->Repetitions(kRuns)
      ->DisplayAggregatesOnly()
      ->ComputeStatistics("worst", worst);
}

BENCHMARK(plan)->Apply(of_five_runs);
BENCHMARK(apply)->ArgName("containers")->Arg(0)->Arg(10)->Apply(of_five_runs);
BENCHMARK_CAPTURE(freeze, cgroup2, FreezeMethod::kCgroup2)->Apply(of_five_runs);
BENCHMARK_CAPTURE(freeze, cgroup1, FreezeMethod::kCgroup1)->Apply(of_five_runs);

}  // namespace
