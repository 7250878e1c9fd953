// SPDX-License-Identifier: Apache-2.0
//
// The budget "metadata walk >= 300,000 files/s" on two threads: the filesystem collector over a
// made tree of 300,000 files in 3,000 directories, beside find(1) printing the same metadata of it.
// The tree lies below TMPDIR (or /tmp), takes 15 seconds to make and is removed at the end.
// GENBA_BENCH_FILES changes the number of files.
//
// usage: walk_bench [--benchmark_filter=REGEX]
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "benchmark/benchmark.h"
#include "collect/collector.h"
#include "host/host.h"
#include "model/tables/file.h"

namespace genba::collect::filesystem {
const Collector& collector();
}  // namespace genba::collect::filesystem

namespace {

namespace fs = std::filesystem;

constexpr size_t kFilesInDirectory = 100;

size_t number_of_files() {
  const char* text = std::getenv("GENBA_BENCH_FILES");
  return text == nullptr ? 300'000 : std::strtoul(text, nullptr, 10);
}

// Made at the first use, removed when the program ends.
class MadeTree {
 public:
  MadeTree() {
    std::string name = (fs::temp_directory_path() / "genba-walk-XXXXXX").string();
    root_ = mkdtemp(name.data());
    fs::create_directories(root_ / "tmp");
    const size_t files = number_of_files();
    for (size_t i = 0; i < files; ++i) {
      const fs::path directory = root_ / "etc" / ("group" + std::to_string(i / 10'000)) /
                                 ("directory-" + std::to_string(i / kFilesInDirectory));
      if (i % kFilesInDirectory == 0) {
        fs::create_directories(directory);
      }
      std::ofstream(directory / ("some-file-name-" + std::to_string(i) + ".conf"));
    }
  }
  ~MadeTree() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  MadeTree(const MadeTree&) = delete;
  MadeTree& operator=(const MadeTree&) = delete;
  const fs::path& root() const { return root_; }

 private:
  fs::path root_;
};

const MadeTree& tree() {
  static const MadeTree kTree;
  return kTree;
}

double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void walk(benchmark::State& state) {
  const auto host = genba::host::open_tree_host(tree().root().string());
  if (!host) {
    state.SkipWithError(host.error().what.c_str());
    return;
  }
  const auto wanted = genba::collect::Wanted::all();
  size_t rows = 0;
  size_t bytes = 0;
  for (auto _ : state) {
    genba::model::Facts facts;
    genba::collect::Context context{**host, facts, wanted};
    context.jobs = static_cast<int>(state.range(0));
    genba::collect::filesystem::collector().collect(context);
    const auto* store = facts.find(genba::model::tables::file());
    rows += store->size();
    bytes = store->bytes();
  }
  state.counters["files/s"] =
      benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kIsRate);
  state.counters["table_MiB"] = static_cast<double>(bytes) / (1 << 20);
  state.counters["peak_MiB"] = peak_mebibytes();
}
BENCHMARK(walk)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

void peer_find(benchmark::State& state) {
  const std::string command = "find " + tree().root().string() +
                              " -printf '%p %i %U %G %m %D %s %A@ %T@ %C@ %n %l %y\\n' > /dev/null";
  for (auto _ : state) {
    if (std::system(command.c_str()) != 0) {
      state.SkipWithError("find failed");
      return;
    }
  }
  state.counters["files/s"] = benchmark::Counter(static_cast<double>(number_of_files()),
                                                 benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(peer_find)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
