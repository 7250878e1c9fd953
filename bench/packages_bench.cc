// SPDX-License-Identifier: Apache-2.0
//
// How long do the packaged files of this very machine take? The target is 150 ms for 140,000 paths,
// warm, on two threads; the peer joins the same files with cat and sort. Then the comparison of
// programs with their packages, beside md5sum over PATH. Skips where there is no dpkg.
//
// usage: packages_bench [--benchmark_filter=REGEX]
#include <cstdlib>

#include "benchmark/benchmark.h"
#include "collect/collector.h"
#include "host/host.h"
#include "model/tables/package_files.h"
#include "model/tables/package_verify.h"

namespace genba::collect {
namespace packages {
const Collector& collector();
}
namespace verify {
const Collector& collector();
}
}  // namespace genba::collect

namespace {

void packages(benchmark::State& state) {
  const auto host = genba::host::open_tree_host("/");
  const auto wanted = genba::collect::Wanted::all();
  size_t rows = 0;
  for (auto _ : state) {
    genba::model::Facts facts;
    genba::collect::Context context{**host, facts, wanted};
    context.jobs = static_cast<int>(state.range(0));
    genba::collect::packages::collector().collect(context);
    const auto* store = facts.find(genba::model::tables::package_files());
    if (store == nullptr) {
      state.SkipWithError("this machine has no dpkg database");
      return;
    }
    rows = store->size();
    state.counters["table_MiB"] = static_cast<double>(store->bytes()) / (1 << 20);
  }
  state.counters["rows"] = static_cast<double>(rows);
}
BENCHMARK(packages)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(
    benchmark::kMillisecond);

void peer_cat_sort(benchmark::State& state) {
  for (auto _ : state) {
    if (std::system("cat /var/lib/dpkg/info/*.list | sort -u > /dev/null") != 0) {
      state.SkipWithError("no dpkg lists");
      return;
    }
  }
}
BENCHMARK(peer_cat_sort)->UseRealTime()->Unit(benchmark::kMillisecond);

void verify(benchmark::State& state) {
  const auto host = genba::host::open_tree_host("/");
  const auto wanted = genba::collect::Wanted::all();
  genba::model::Facts facts;
  genba::collect::Context context{**host, facts, wanted};
  context.jobs = 2;
  context.depth = genba::collect::Depth::kDeep;
  genba::collect::packages::collector().collect(context);
  for (auto _ : state) {
    facts.drop(genba::model::tables::package_verify());
    genba::collect::verify::collector().collect(context);
  }
  double bytes = 0;
  for (const auto& row : facts.read<genba::model::PackageVerify>()) {
    bytes += static_cast<double>(row.size.value_or(0));
  }
  state.counters["files"] = static_cast<double>(facts.read<genba::model::PackageVerify>().size());
  state.counters["bytes/s"] = benchmark::Counter(
      bytes, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1024);
}
BENCHMARK(verify)->UseRealTime()->Unit(benchmark::kMillisecond);

void peer_md5sum(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::system(
        "find /usr/bin /usr/sbin -type f -print0 | xargs -0 -P2 -n200 md5sum > /dev/null"));
  }
}
BENCHMARK(peer_md5sum)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
