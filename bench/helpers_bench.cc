// SPDX-License-Identifier: Apache-2.0
//
// What does it cost to read through a helper, which may be lost, instead of directly? 2,000
// processes' cmdline both ways; the last benchmark prints the ratio of the two, measured in turns
// so that a busy machine weighs on both. Observed on two idle cores: 10 us a direct read, ratio
// about 2; on a busy machine 1.
//
// usage: helpers_bench [--benchmark_filter=REGEX]
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "host/host.h"
#include "support/stuck_filesystem.h"

namespace {

using genba::host::FileBytes;
using genba::host::Host;
using genba::host::RiskyRead;
using Clock = std::chrono::steady_clock;

constexpr int kProcesses = 2000;

struct Machine {
  Machine() {
    for (int i = 0; i < kProcesses; ++i) {
      children.push_back(std::make_unique<genba::test::Child>());
      reads.push_back({"/proc/" + std::to_string(children.back()->pid()) + "/cmdline"});
    }
    auto opened = genba::host::open_live_host({});
    if (opened) {
      host = *std::move(opened);
    }
  }
  std::vector<std::unique_ptr<genba::test::Child>> children;
  std::vector<RiskyRead> reads;
  std::unique_ptr<Host> host;
};

Machine& machine() {
  static Machine one;
  return one;
}

size_t read_directly(const Machine& here) {
  size_t bytes = 0;
  for (const RiskyRead& read : here.reads) {
    const auto file = here.host->read_file(read.path);
    bytes += file ? file->bytes.size() : 0;
  }
  return bytes;
}

size_t read_through_helpers(const Machine& here) {
  size_t bytes = 0;
  here.host->read_risky(here.reads, [&](size_t, genba::base::Result<FileBytes> file) {
    bytes += file ? file->bytes.size() : 0;
  });
  return bytes;
}

void direct(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(read_directly(machine()));
  }
}
BENCHMARK(direct)->UseRealTime()->Unit(benchmark::kMillisecond);

void through_helpers(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(read_through_helpers(machine()));
  }
}
BENCHMARK(through_helpers)->UseRealTime()->Unit(benchmark::kMillisecond);

void in_turns(benchmark::State& state) {
  Clock::duration directly{};
  Clock::duration helped{};
  for (auto _ : state) {
    const auto start = Clock::now();
    const size_t one = read_directly(machine());
    const auto middle = Clock::now();
    const size_t other = read_through_helpers(machine());
    helped += Clock::now() - middle;
    directly += middle - start;
    if (one != other) {
      state.SkipWithError("the two ways do not read the same");
      return;
    }
  }
  state.counters["ratio"] =
      std::chrono::duration<double>(helped) / std::chrono::duration<double>(directly);
}
BENCHMARK(in_turns)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
